"""The rules that the rows of a resource must meet: one per column and rule of its element, and those of its field.

Here: the list of rules of a resource. Not here: the SQL that applies them (statement.py), rows that are no data at all
(no_data.py).
"""

from dataclasses import dataclass

from suining_data.catalog import Derived, Field, Resource
from suining_data.elements import ELEMENTS, Rule, Then
from suining_data.sql import literal

# The shape of an error of a spreadsheet (#REF!, #N/A, #NAME?, #SPILL!, #GETTING_DATA, a column of # that is too narrow)
# and of the markers that readers of workbooks write (ingestion/workbook_cells.py). Cleaning may have dropped their blank.
_MARKERS = "DATE|BOOLEAN|MONTH|FORMAT|NUMBER|ERROR"
SPREADSHEET_ERROR = rf"'#(?:#{{2,}}|N/A|[A-Z][A-Z0-9_/]*[!?]|[A-Z]+_[A-Z_]+|(?:{_MARKERS})! ?.*)'"
# Start of the delivered text -> what happened, and what to do
REASONS_OF_MARKERS = {
    "#DATE!": "表格把文本变成了日期（如3-2变成3月2日），或该列不应有日期，请把该列设为文本格式、改正后重新导出",
    "#BOOLEAN!": "表格把文本变成了逻辑值（TRUE、FALSE），请把该列设为文本格式、改正后重新导出",
    "#MONTH!": "数值分不清是1月还是10月（2014.10存为2014.1），请把该列改为文本，写作2014-01或2014-10",
    "#FORMAT!": "单元格格式使显示的数与存储的数大小不同（如千位、万位缩写），请改用普通数值格式、核对后重新导出",
    "#FORMULA!": "公式没有计算结果，请打开工作簿计算并保存，或改为数值后重新导出",
    "#NUMBER!": "单元格里的数不是有效数值（如NaN、无穷大），请改正后重新导出",
}


FORMULA_ERROR = "表格公式出错（如#REF!），请改正公式或改为数值后重新导出"


def is_spreadsheet_error(text: str) -> str:
    """SQL: the text is an error of a spreadsheet or a marker of a reader. Hardly any begins with #, so it is quick."""
    return f"case when starts_with({text}, '#') then regexp_full_match({text}, {SPREADSHEET_ERROR}) else false end"


def reason_of_marker(received: str, otherwise: str) -> str:
    """SQL: the reason that fits the marker at the start of a delivered text."""
    cases = " ".join(
        f"when starts_with({received}, {literal(m)}) then {literal(r)}" for m, r in REASONS_OF_MARKERS.items()
    )
    return f"case {cases} else {otherwise} end"


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
    # one mistake breaks one rule: an error of a spreadsheet has no value, and is not unreadable besides
    is_error = is_spreadsheet_error(cleaned)
    found.append(_rule(field, "formula_error", FORMULA_ERROR, f"not ({is_error})", no_value))
    texts = [_rule(field, rule.id, rule.reason, _over(field.name, rule), no_value) for rule in element.text_rules]
    found += texts
    if element.convert != "{x}":
        explained = "".join(f" or not ({rule.holds})" for rule in texts)
        readable = f"({cleaned} is null or {value} is not null or {is_error}{explained})"
        found.append(_rule(field, "unreadable", element.unreadable, readable, no_value))
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
