"""Reading the declarations of subjects, once per process.

Here: reading and checking <subject>.yaml beside this file. Not here: their shape (model.py).
"""

from functools import cache
from pathlib import Path

import yaml
from pydantic import ValidationError

from suining_data.subjects.model import Subject

FOLDER = Path(__file__).parent


class SubjectError(ValueError):
    """A subject's YAML is not valid; the message names file and key."""


@cache
def load_subjects() -> dict[str, Subject]:
    """Every subject by its name. Raises SubjectError for the first mistake."""
    return {path.stem: read_subject(path) for path in sorted(FOLDER.glob("*.yaml"))}


def read_subject(path: Path) -> Subject:
    """The subject that `path`, <name>.yaml, declares. Raises SubjectError."""
    try:
        return Subject.model_validate({"name": path.stem, **yaml.safe_load(path.read_text(encoding="utf-8"))})
    except (yaml.YAMLError, ValidationError) as error:
        raise SubjectError(
            f"suining_data/subjects/{path.name}: {_first_problem(error)}。各键的含义见 subjects/model.py "
            "(the keys are explained in subjects/model.py)"
        ) from error


def _first_problem(error: yaml.YAMLError | ValidationError) -> str:
    if isinstance(error, yaml.YAMLError):
        return " ".join(str(error).split())
    first = error.errors()[0]
    key = ".".join(map(str, first["loc"]))
    if first["type"] == "extra_forbidden":
        return f"{key}: 没有这个键 (there is no such key)"
    return f"{key}: {first['msg'].removeprefix('Value error, ')}"
