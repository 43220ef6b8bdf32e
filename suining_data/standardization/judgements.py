"""What is judged of a resource's rows: one judgement per column and rule, from the catalogue and the elements.

Here: the list of judgements of a resource. Not here: the SQL that applies them (statement.py).
"""

from dataclasses import dataclass

from suining_data.catalog import Derived, Field, Resource
from suining_data.elements import ELEMENTS, Then

# a pattern: a list of ten texts is planned as a join, once for every column
FORMULA_ERRORS = "'#(?:REF!|N/A|VALUE!|DIV/0!|NAME[?]|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA)'"


@dataclass(frozen=True)
class Judgement:
    """A rule applied to one column; `holds` is SQL over `c_<column>` (cleaned text) and `v_<column>` (value)."""

    column: str
    label: str
    source: str | None  # column name in the delivery; None for derived columns
    rule: str
    reason: str
    holds: str
    then: Then

    @property
    def id(self) -> str:
        return f"{self.column}:{self.rule}"


def judgements_of_fields(resource: Resource) -> list[Judgement]:
    """Every rule that rows of `resource` are judged by before derived columns are computed."""
    return [judgement for field in resource.fields for judgement in judgements_of_field(field)]


def judgements_of_derived(resource: Resource) -> list[Judgement]:
    """Every rule for the derived columns of `resource`."""
    return [judgement for column in resource.derived for judgement in _of_element(column, None)]


def judgements_of_field(field: Field) -> list[Judgement]:
    """Every rule that the values of one delivered column are judged by."""
    element = ELEMENTS[field.element]
    cleaned, value = f"c_{field.name}", f"v_{field.name}"
    found = []
    if field.required:
        found.append(_judgement(field, "required", "必填项为空", f"{cleaned} is not null", Then.QUARANTINE))
    if element.convert != "{x}":
        readable = f"({cleaned} is null or {value} is not null)"
        found.append(_judgement(field, "unreadable", element.unreadable, readable, element.unreadable_then))
    else:
        no_error = f"case when starts_with({cleaned}, '#') then not regexp_full_match({cleaned}, {FORMULA_ERRORS}) end"
        reason = "表格公式出错（如#REF!），请改正公式或改为数值后重新导出"
        # else it were a value
        found.append(_judgement(field, "formula_error", reason, no_error, Then.QUARANTINE_VALUE))
    return found + _of_element(field, field.source)


def _of_element(column: Field | Derived, source: str | None) -> list[Judgement]:
    return [
        Judgement(
            column=column.name,
            label=column.label,
            source=source,
            rule=rule.id,
            reason=rule.reason,
            holds=rule.holds.replace("{x}", f"c_{column.name}").replace("{v}", f"v_{column.name}"),
            then=rule.then,
        )
        for rule in ELEMENTS[column.element].rules
    ]


def _judgement(field: Field, rule: str, reason: str, holds: str, then: Then) -> Judgement:
    return Judgement(field.name, field.label, field.source, rule, reason, holds, then)
