"""Code sets by name: those of the data elements, and those that the bases make themselves (dbt_like_sql/codes.yml).

Here: reading codes.yml, all code sets in one shape, the codes that a column of schema.yml accepts.
Not here: what departments deliver (elements/), the published tables of codes (dbt_like_sql/code/).

Keys of a code set in codes.yml: `zh` and `en`, its name; `standard`; `codes`, code to name in both languages; `includes`, other
code sets whose codes belong to it; `attributes_of` and `doubts_of`, a subject whose attributes or doubts are codes of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError

from suining_data.catalog.reading import SafeLoader
from suining_data.elements import ELEMENTS
from suining_data.models.contract import Identifier, Strict, Text
from suining_data.models.errors import ModelError, place
from suining_data.settings import SQL
from suining_data.subjects import load_subjects

FILE = "codes.yml"
OWN = "本项目 (this project)"


class DeclaredCodes(Strict):
    """A code set in codes.yml."""

    zh: str
    en: str
    standard: str | None = None
    codes: dict[str, Text] = Field(default_factory=dict)
    includes: list[Identifier] = Field(default_factory=list)
    attributes_of: Identifier | None = None
    doubts_of: Identifier | None = None


@dataclass(frozen=True)
class CodeSet:
    """A code set: code to (Chinese name, English name or None). `source`: whose it is, a standard or this project."""

    zh: str
    en: str
    standard: str | None
    codes: Mapping[str, tuple[str, str | None]] = field(default_factory=dict)

    @property
    def source(self) -> str:
        return self.standard or OWN


@cache
def code_sets(directory: Path = SQL) -> Mapping[str, CodeSet]:
    """All code sets by name. Raises ModelError for a mistake in codes.yml."""
    declared = _declared(directory / FILE)
    found = {
        each.id: CodeSet(
            each.label,
            each.english,
            each.standard,
            {code: (name, None) for code, name in each.code_set.items()},
        )
        for each in ELEMENTS.values()
        if each.code_set
    }
    if twice := sorted(found.keys() & declared.keys()):
        raise ModelError(f"{place(directory / FILE)}: {twice[0]} is a data element; give the code set another name")
    for name, each in declared.items():
        found[name] = CodeSet(each.zh, each.en, each.standard, _codes(name, declared, directory))
    return found


def accepted_codes(table: dict[str, Any], directory: Path) -> dict[str, Any]:
    """The body of a table in schema.yml, in which a column with `codes` accepts all of them, unless it says otherwise."""
    return {**table, "columns": {name: _column(each, directory) for name, each in (table.get("columns") or {}).items()}}


def _column(column: Any, directory: Path) -> Any:
    if not isinstance(column, dict) or column.get("codes") is None:
        return column
    if column["codes"] not in code_sets(directory):
        raise ModelError(f"{place(directory / FILE)}: there is no code set {column['codes']}; add it")
    accepted = None if column.get("others") else list(code_sets(directory)[column["codes"]].codes)
    return {"accepted": accepted, **column}


def _declared(file: Path) -> dict[str, DeclaredCodes]:
    if not file.exists():
        return {}
    content = yaml.load(file.read_text(encoding="utf-8"), Loader=SafeLoader) or {}
    try:
        return {name: DeclaredCodes.model_validate(body) for name, body in content.items()}
    except ValidationError as error:
        first = error.errors()[0]
        raise ModelError(f"{place(file)}: {'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from error


def _codes(name: str, declared: Mapping[str, DeclaredCodes], directory: Path) -> dict[str, tuple[str, str | None]]:
    each = declared[name]
    codes: dict[str, tuple[str, str | None]] = {}
    parts: list[Mapping[str, tuple[str, str | None]]] = [
        {code: (text.zh, text.en) for code, text in each.codes.items()}
    ]
    if each.attributes_of:
        attributes = load_subjects()[each.attributes_of].recorded
        parts.append({code: (attribute.zh, attribute.en) for code, attribute in attributes.items()})
    if each.doubts_of:
        doubts = load_subjects()[each.doubts_of].doubts
        parts.append({code: (doubt.zh, doubt.en) for code, doubt in doubts.items()})
    for other in each.includes:
        parts.append(_codes(other, declared, directory) if other in declared else _of_element(name, other, directory))
    for part in parts:
        if twice := sorted(codes.keys() & part.keys()):
            raise ModelError(f"{place(directory / FILE)}: {name} has {twice[0]} twice")
        codes |= part
    return codes


def _of_element(name: str, element: str, directory: Path) -> dict[str, tuple[str, str | None]]:
    codes = ELEMENTS[element].code_set if element in ELEMENTS else None
    if not codes:
        raise ModelError(f"{place(directory / FILE)}: {name} includes {element}, which is no code set")
    return {code: (zh, None) for code, zh in codes.items()}
