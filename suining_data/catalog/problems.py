"""What is wrong in a catalogue file, told so that whoever wrote it can mend it.

Here: the shape of a problem, and pydantic's errors put into that shape. Not here: the texts (messages.py), finding
problems (reading.py: form; checking.py: meaning).
"""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from suining_data.catalog.messages import Words, words

Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    """One mistake: where it stands, what is wrong, how it is mended. `rule` is a stable word for the kind."""

    rule: str
    file: str
    line: int | None
    resource: str | None
    field: str | None
    what: str  # Chinese
    mend: str  # Chinese
    english: str  # both

    def __str__(self) -> str:
        line = f" 第 {self.line} 行" if self.line else ""
        place = "".join(f" {part}" for part in (self.resource, self.field) if part)
        return f"{self.file}{line}{place}: {self.what}。{self.mend}。 / {self.english}."


def words_of(error: ErrorDetails, model: type[BaseModel]) -> Words:
    """What a validation error of `model` means, in the catalogue's words."""
    name = next((str(part) for part in reversed(error["loc"]) if isinstance(part, str)), "")
    given, context = error["input"], error.get("ctx") or {}
    match error["type"]:
        case "missing":
            found = words("missing", name=name)
        case "extra_forbidden":
            near = get_close_matches(name, _options(model, error["loc"][:-1]), n=1)
            found = (
                words("unknown_option", name=name, mend=f"改为 {near[0]}", english=f"did you mean {near[0]}")
                if near
                else words("unknown_option", name=name, mend="删去，或改正拼写", english="remove or respell it")
            )
        case "enum" | "literal_error":
            allowed = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
            found = words("choice", name=name, given=given, allowed=allowed)
        case "string_type" if given is None or isinstance(given, int | float | bool):
            found = words("not_text", text=f"{name}: {given}")
        case "string_pattern_mismatch":
            shape = "unit__thing" if "__" in str(context.get("pattern")) else "a_b_c"
            found = words("spelling", name=name, given=given, shape=shape)
        case "greater_than_equal" | "less_than_equal":
            found = words("bound", name=name, given=given, limit=context.get("ge", context.get("le")))
        case "unknown_derivation" | "two_expressions" as rule:
            found = words(rule, **context)
        case _:
            found = words("form", name=name)
    return found


def _options(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    """The options known at a place inside `model`."""
    here: type[BaseModel] | None = model
    for part in loc:
        if isinstance(part, str) and here:
            field = here.model_fields.get(part)
            here = _model_in(field.annotation) if field else None
    return list(here.model_fields) if here else []


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model named in `Model`, `list[Model]` or `Model | None`."""
    if not get_args(annotation):
        return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
    return next((model for inner in get_args(annotation) if (model := _model_in(inner))), None)
