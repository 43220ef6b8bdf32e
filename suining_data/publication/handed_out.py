"""What an audience gets of a table, as a SELECT that makes a row of each row.

Here: reading audiences.yaml; from a label to plain value, less exact form, pseudonym or nothing. Not here: what a column
is (labels.py), how pseudonyms are made (pseudonyms.py), writing the tables (audience_file.py).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from suining_data.elements import Identifies
from suining_data.publication.labels import Label
from suining_data.publication.pseudonyms import pseudonym

AUDIENCES = Path(__file__).with_name("audiences.yaml")
Sensitivity = Literal["L1", "L2", "L3", "L4"]
Treatment = Literal["plain", "coarse", "masked", "withheld"]
WITHHELD = "****"

_DIGIT = "[0-9０-９]"
_GAP = "[ \\-]?"
_PHONE = f"(^|[^0-9０-９])[1１]{_GAP}[3-9３-９](?:{_GAP}{_DIGIT}){{9}}"
_NUMBER = f"{_DIGIT}(?:{_GAP}{_DIGIT}){{16}}{_GAP}[0-9０-９XxＸｘ]|{_DIGIT}(?:{_GAP}{_DIGIT}){{14}}"


class Audience(BaseModel):
    """Who gets what; audiences.yaml says what its words mean."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: str
    en: str
    tables: Literal["all", "open"] = "all"
    rows: Sensitivity
    columns: dict[Sensitivity, Treatment]
    identifiers: dict[Identifies, Literal["plain", "pseudonym", "masked", "withheld"]]
    free_text: Literal["plain", "redacted"]


@dataclass(frozen=True)
class Given:
    """A column that an audience gets, and the one that it is made of. `distinguishes`: persons can be distinguished by it."""

    name: str
    source: str
    sql: str
    distinguishes: bool = False


@cache
def load_audiences() -> dict[str, Audience]:
    """All audiences by name, as declared."""
    content = yaml.safe_load(AUDIENCES.read_text(encoding="utf-8"))
    return TypeAdapter(dict[str, Audience]).validate_python(content)


def with_own_files() -> list[str]:
    """The audiences that get less than everything, and so have files of their own, in a folder of their name."""
    return [name for name in load_audiences() if name != "full"]


def given(audience: Audience, labels: Sequence[Label], year: int, sensitivity: str | None = None) -> list[Given]:
    """The columns that an audience gets of a table; none of one that is not handed out.

    `year`: of the snapshot, from which age bands are counted. `sensitivity`: of the table's rows, if they have their own.
    """
    if sensitivity and sensitivity > audience.rows:
        return []
    return [each for label in labels for each in _given(audience, label, year)]


def _given(audience: Audience, label: Label, year: int) -> Iterator[Given]:
    column = f'"{label.name}"'
    mask = label.element.mask if label.element else None
    if label.identifies:
        what = audience.identifiers[label.identifies]
        if what == "masked" and mask:
            yield Given(label.name, label.name, mask.replace("{v}", column))
        elif what in ("plain", "pseudonym"):
            yield Given(label.name, label.name, pseudonym(label.identifies, column) if what == "pseudonym" else column)
        return
    how = audience.columns[label.sensitivity]  # type: ignore[index]  # a label has one of the four
    coarse = label.element.coarse if label.element else None
    if how == "masked" and mask:
        yield Given(label.name, label.name, mask.replace("{v}", column), True)
    elif how == "plain":
        is_redacted = label.is_any_text and audience.free_text == "redacted"
        distinguishes = label.is_personal or bool(label.element and label.element.id == "division_code")
        yield Given(label.name, label.name, redacted(column) if is_redacted else column, distinguishes)
    elif how in ("coarse", "masked") and coarse:
        sql = coarse.replace("{v}", column)
        if label.type != "date":
            yield Given(label.name, label.name, sql, True)
            return
        stem = label.name.removesuffix("_date")
        yield Given(f"{stem}_year", label.name, sql, True)
        if stem == "birth":
            yield Given("age_band", label.name, _age_band(f"{year} - {sql}"))


def redacted(column: str) -> str:
    """SQL: a free text without the identity and phone numbers that somebody has written into it.

    A longer number that begins as a phone number does goes, too.
    """
    without_phones = f"regexp_replace({column}, '{_PHONE}', '\\1{WITHHELD}', 'g')"
    return f"regexp_replace({without_phones}, '{_NUMBER}', '{WITHHELD}', 'g')"


def _age_band(age: str) -> str:
    """SQL: the five years of age, reached in the year of the snapshot, that an age is in: 00-04 to 85-89, 90+."""
    first = f"({age}) // 5 * 5"
    return f"case when {age} >= 90 then '90+' when {age} >= 0 then printf('%02d-%02d', {first}, {first} + 4) end"
