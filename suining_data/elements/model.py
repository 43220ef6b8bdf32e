"""The parts of a data element (数据元): cleaning, conversion, rules, mask, sensitivity, as SQL.

Here: the shape of an element and the placeholders of its templates.
Not here: the elements themselves (one module per subject beside this file), which resource uses them (catalog/).

Placeholders in templates, replaced as text: `{x}` the delivered or the cleaned text, `{t}` the tidied text, `{v}` the
converted value, `{factor}` the multiplier of the field's unit (money and areas only).
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypedDict

SHOWN_CODES = 12  # codes of a code set that `expected` lists


class Then(StrEnum):
    """What happens to a row whose value breaks a rule."""

    QUARANTINE = "quarantine"  # the row is quarantined
    QUARANTINE_VALUE = "quarantine_value"  # the value is quarantined and becomes null; the row is kept
    DISCARD = "discard"  # the value is a placeholder (1900-01-01) and becomes null; it is counted, not quarantined
    WARN = "warn"  # the value is kept and counted


@dataclass(frozen=True)
class Rule:
    """A condition on the converted value `{v}` or the cleaned text `{x}` that must not be false; null is not validated."""

    id: str
    reason: str  # Chinese, for the department
    holds: str  # SQL, boolean
    then: Then = Then.QUARANTINE_VALUE
    dimension: str = "规范性"  # GB/T 36344-2018
    sure: str | None = None


class Identifies(StrEnum):
    """What a value identifies: it leads from one table to another, and to somebody."""

    PERSON = "person"
    HOUSEHOLD = "household"
    NUMBER = "number"  # an identity document, and so its holder
    PHONE = "phone"
    ROW = "row"  # the row, or the delivered row that it comes from


class Cleaning(TypedDict):
    """The two templates of an element that make a clean text."""

    tidy: str
    clean: str


@dataclass(frozen=True)
class Element:
    """A data element: it defines what a value of this kind is.

    `clean` turns delivered text `{x}` into normalised text; null if the text stands for "no value".
    `tidy` turns delivered text `{x}` into the text `{t}` that `clean` reads besides: null where `{x}` is clean as it is,
    empty where it stands for "no value". So most texts need one quick condition, and what is long is computed once.
    `convert` turns cleaned text `{x}` into `sql_type`; null if it cannot be read: then rule `unreadable` is broken.
    `mask` turns a value `{v}` into a text that lets a person recognise a value that is known already.
    `coarse` turns a value `{v}` into a less exact one that still can be counted: a year, a town.
    """

    id: str
    label: str
    english: str
    form: str | None = None  # Chinese: the form in which a department should write it
    example: str | None = None  # a value of this form that belongs to nobody
    sql_type: str = "varchar"
    standard: str | None = None
    sensitivity: str | None = None  # L1..L4; None: every field that uses the element declares its own
    is_personal: bool = False
    clean: str = "{x}"
    tidy: str | None = None
    convert: str = "{x}"
    unreadable: str = "无法识别"
    unreadable_then: Then = Then.QUARANTINE_VALUE
    rules: tuple[Rule, ...] = ()
    # A text that breaks one of these is no value: it is not called unreadable too, and like an unreadable one it stops
    # the row of a required field.
    text_rules: tuple[Rule, ...] = ()
    # A pattern (RE2) of texts that break none of the rules above that quarantine: a column in which many texts match need
    # not be looked at rule by rule (standardization/plausibility.py).
    sound: str | None = None
    mask: str | None = None
    coarse: str | None = None
    identifies: Identifies | None = None
    units: dict[str, float] = field(default_factory=dict)  # unit -> factor to the canonical unit
    code_set: dict[str, str] | None = None  # code -> Chinese label

    def tidied(self, column: str) -> str | None:
        """SQL: the text for `cleaned` of a raw column; None when this element needs none."""
        return self.tidy.replace("{x}", column) if self.tidy else None

    def cleaned(self, column: str, tidied: str | None = None) -> str:
        """SQL: the normalised text of a raw column; `tidied` is a column with `self.tidied(column)`, if there is one."""
        return self.clean.replace("{t}", tidied or f"({self.tidied(column)})").replace("{x}", column)

    def converted(self, cleaned: str, unit: str | None = None) -> str:
        """SQL: the typed value of a cleaned text; KeyError when the unit is not one of `units`."""
        factor = str(self.units[unit]) if unit else "1"
        return self.convert.replace("{factor}", factor).replace("{x}", cleaned)

    def masked(self, column: str) -> str:
        """SQL: the value as shown without clearance; the column itself if nothing has to be hidden."""
        return self.mask.replace("{v}", column) if self.mask else column

    @property
    def expected(self) -> str:
        """Description for a department of what to deliver, in Chinese: name, standard, form or codes, example."""
        form = self.form
        if self.code_set:
            # codes without a standard are ours: departments use the names
            codes = [f"{code} {name}" if self.standard else name for code, name in self.code_set.items()]
            form = f"其中之一：{'、'.join(codes[:SHOWN_CODES])}{'等' if len(codes) > SHOWN_CODES else ''}"
        named = self.label + (f"（{self.standard}）" if self.standard else "")
        return f"{named}{f'：{form}' if form else ''}{f'。例：{self.example}' if self.example else ''}"
