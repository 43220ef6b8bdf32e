"""A problem in a catalogue file, described so that its author can fix it.

Here: the shape of a problem, and the conversion of pydantic's errors. Not here: the texts (messages.py), finding
problems (reading.py: form; checking.py: meaning).
"""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from suining_data.catalog.messages import Message, message

Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    """One mistake: where it is, what is wrong, how to fix it. `rule` is a stable word for the kind of mistake."""

    rule: str
    file: str
    line: int | None
    resource: str | None
    field: str | None
    what: str  # Chinese
    fix: str  # Chinese
    english: str  # both

    def __str__(self) -> str:
        line = f" 第 {self.line} 行" if self.line else ""
        place = "".join(f" {part}" for part in (self.resource, self.field) if part)
        return f"{self.file}{line}{place}: {self.what}。{self.fix}。 / {self.english}."


def message_of(error: ErrorDetails, model: type[BaseModel]) -> Message:
    """The catalogue's message for a validation error of `model`."""
    name = next((str(part) for part in reversed(error["loc"]) if isinstance(part, str)), "")
    given, context = error["input"], error.get("ctx") or {}
    match error["type"]:
        case "missing":
            found = message("missing", name=name)
        case "extra_forbidden":
            near = get_close_matches(name, _options(model, error["loc"][:-1]), n=1)
            found = (
                message("unknown_option", name=name, fix=f"改为 {near[0]}", english=f"did you mean {near[0]}")
                if near
                else message(
                    "unknown_option", name=name, fix="删去，或改正拼写", english="remove it, or correct the spelling"
                )
            )
        case "enum" | "literal_error":
            allowed = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
            found = message("choice", name=name, given=given, allowed=allowed)
        case "string_type" if given is None or isinstance(given, int | float | bool):
            found = message("not_text", text=f"{name}: {given}")
        case "string_pattern_mismatch":
            shape = "unit__thing" if "__" in str(context.get("pattern")) else "a_b_c"
            found = message("spelling", name=name, given=given, shape=shape)
        case "greater_than_equal" | "less_than_equal":
            found = message("bound", name=name, given=given, limit=context.get("ge", context.get("le")))
        case "unknown_derivation" | "two_expressions" as rule:
            found = message(rule, **context)
        case _:
            found = message("form", name=name)
    return found


def _options(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    """The options that `model` allows at a place inside it."""
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
