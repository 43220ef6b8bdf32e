"""The rules that the rows of a resource must meet: one per column and rule of its element, and those of its field.

Here: the list of rules of a resource. Not here: the SQL that applies them (statement.py), rows that are no data at all
(no_data.py).
"""

from dataclasses import dataclass

from suining_data.catalog import Derived, Field, Resource
from suining_data.elements import ELEMENTS, Rule, Then

# This is a pattern, because DuckDB plans a list of ten texts as a join, once for every column.
FORMULA_ERRORS = "'#(?:REF!|N/A|VALUE!|DIV/0!|NAME[?]|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA)'"


@dataclass(frozen=True)
class ColumnRule:
    """A rule applied to one column; `holds` is SQL over `c_<column>` (cleaned text) and `v_<column>` (value)."""

    column: str
    label: str
    source: str | None  # column name in the delivery; None for derived columns
    name: str  # as in the element; the rule of a table is `id`
    reason: str
    holds: str
    then: Then

    @property
    def id(self) -> str:
        return f"{self.column}:{self.name}"


def rules_of_fields(resource: Resource) -> list[ColumnRule]:
    """Every rule that rows of `resource` must meet before derived columns are computed."""
    return [rule for field in resource.fields for rule in rules_of_field(field)]


def rules_of_derived(resource: Resource) -> list[ColumnRule]:
    """Every rule for the derived columns of `resource`."""
    return [rule for column in resource.derived for rule in _of_element(column, None)]


def rules_of_field(field: Field) -> list[ColumnRule]:
    """Every rule that the values of one delivered column must meet."""
    element = ELEMENTS[field.element]
    cleaned, value = f"c_{field.name}", f"v_{field.name}"
    # what is no value at all stops the row of a required field, as an empty cell does
    no_value = Then.QUARANTINE if field.required else element.unreadable_then
    found = []
    if field.required:
        found.append(_rule(field, "required", "必填项为空", f"{cleaned} is not null", Then.QUARANTINE))
    texts = [_rule(field, rule.id, rule.reason, _over(field.name, rule), no_value) for rule in element.text_rules]
    found += texts
    if element.convert != "{x}":
        explained = "".join(f" or not coalesce({rule.holds}, true)" for rule in texts)
        readable = f"({cleaned} is null or {value} is not null{explained})"
        found.append(_rule(field, "unreadable", element.unreadable, readable, no_value))
    else:
        no_error = f"case when starts_with({cleaned}, '#') then not regexp_full_match({cleaned}, {FORMULA_ERRORS}) end"
        reason = "表格公式出错（如#REF!），请改正公式或改为数值后重新导出"
        # without this rule the error text would be accepted as a value
        found.append(_rule(field, "formula_error", reason, no_error, no_value))
    return found + _of_element(field, field.source)


def _of_element(column: Field | Derived, source: str | None) -> list[ColumnRule]:
    return [
        ColumnRule(
            column=column.name,
            label=column.label,
            source=source,
            name=rule.id,
            reason=rule.reason,
            holds=_over(column.name, rule),
            then=rule.then,
        )
        for rule in ELEMENTS[column.element].rules
    ]


def _over(column: str, rule: Rule) -> str:
    return rule.holds.replace("{x}", f"c_{column}").replace("{v}", f"v_{column}")


def _rule(field: Field, name: str, reason: str, holds: str, then: Then) -> ColumnRule:
    return ColumnRule(field.name, field.label, field.source, name, reason, holds, then)
