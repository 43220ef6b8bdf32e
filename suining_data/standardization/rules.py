"""The rules that the rows of a resource must meet: one per column and rule of its element, and those of its field.

Here: the list of rules of a resource. Not here: the SQL that applies them (statement.py), rows that are no data at all
(no_data.py).
"""

from dataclasses import dataclass, replace

from suining_data.catalog import Derived, Field, Resource
from suining_data.elements import ELEMENTS, Element, Then
from suining_data.elements.cells import unguarded
from suining_data.elements.expressions import BLANK
from suining_data.sql import literal

# The shape of an error of a spreadsheet (#REF!, #N/A, #NAME?, #SPILL!, #GETTING_DATA, a column of # that is too narrow)
# and of the markers that readers of workbooks write (ingestion/workbook_cells.py).
_MARKERS = "DATE|BOOLEAN|MONTH|FORMAT|NUMBER|ERROR"
SPREADSHEET_ERROR = rf"{BLANK}*#(?:#{{2,}}|N/A|[A-Z][A-Z0-9_/]*[!?]|[A-Z]+_[A-Z_]+|(?:{_MARKERS})! ?.*){BLANK}*"
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


def readable_text(source: str) -> str:
    """SQL: a delivered text for cleaning: without the guard against spreadsheets; null where it is an error of one.

    Hardly any text has one of the two characters, so it is quick.
    """
    error = f"regexp_full_match({source}, '{SPREADSHEET_ERROR}')"
    return (
        f"case when not regexp_matches({source}, '[#=]') then {source} "
        f"when not contains({source}, '#') then {unguarded(source)} when not {error} then {source} end"
    )


def reason_of_marker(received: str, otherwise: str) -> str:
    """SQL: the reason that fits the marker at the start of a delivered text."""
    cases = " ".join(
        f"when starts_with({received}, {literal(m)}) then {literal(r)}" for m, r in REASONS_OF_MARKERS.items()
    )
    return f"case {cases} else {otherwise} end"


@dataclass(frozen=True)
class ColumnRule:
    """A rule applied to one column; `holds` is SQL over `c_<column>` (cleaned text), `v_<column>` (value) and, of a
    delivered column, `e_<column>` (the text is an error of a spreadsheet, so there is neither)."""

    column: str
    label: str
    source: str | None  # column name in the delivery; None for derived columns
    name: str  # as in the element; the rule of a table is `id`
    reason: str
    holds: str
    then: Then
    sure: str | None = None  # SQL: a quick condition under which it holds

    @property
    def id(self) -> str:
        return f"{self.column}:{self.name}"


def element_of(column: Field | Derived) -> Element:
    """The data element of a column; its rules have the consequences that the column declares."""
    element = ELEMENTS[column.element]
    rules = tuple(replace(rule, then=Then(column.rules.get(rule.id, rule.then))) for rule in element.rules)
    return replace(element, rules=rules)


def rules_of_fields(resource: Resource) -> list[ColumnRule]:
    """Every rule that rows of `resource` must meet before derived columns are computed."""
    return [rule for field in resource.fields for rule in rules_of_field(field)]


def rules_of_derived(resource: Resource) -> list[ColumnRule]:
    """Every rule for the derived columns of `resource`."""
    return [rule for column in resource.derived for rule in _of_element(column, None)]


def rules_of_field(field: Field) -> list[ColumnRule]:
    """Every rule that the values of one delivered column must meet."""
    element = ELEMENTS[field.element]
    cleaned, value, is_error = f"c_{field.name}", f"v_{field.name}", f"e_{field.name}"
    # what is no value at all stops the row of a required field, as an empty cell does
    no_value = Then.QUARANTINE if field.required else element.unreadable_then
    has_value = f"{value} is not null"  # then the rules about a missing or unreadable value hold
    found = []
    if field.required:
        there = f"{cleaned} is not null or {is_error}"
        found.append(_rule(field, "required", "必填项为空", there, Then.QUARANTINE, has_value))
    found.append(_rule(field, "formula_error", FORMULA_ERROR, f"not {is_error}", no_value, has_value))
    texts = [
        _rule(
            field,
            rule.id,
            rule.reason,
            _over(field.name, rule.holds),
            no_value,
            rule.sure and _over(field.name, rule.sure),
        )
        for rule in element.text_rules
    ]
    found += texts
    if element.convert != "{x}":
        explained = "".join(f" or not ({rule.holds})" for rule in texts)
        readable = f"({cleaned} is null or {value} is not null{explained})"
        found.append(_rule(field, "unreadable", element.unreadable, readable, no_value, has_value))
    return found + _of_element(field, field.source)


def _of_element(column: Field | Derived, source: str | None) -> list[ColumnRule]:
    return [
        ColumnRule(
            column=column.name,
            label=column.label,
            source=source,
            name=rule.id,
            reason=rule.reason,
            holds=_over(column.name, rule.holds),
            then=rule.then,
            sure=rule.sure and _over(column.name, rule.sure),
        )
        for rule in element_of(column).rules
    ]


def _over(column: str, condition: str) -> str:
    return condition.replace("{x}", f"c_{column}").replace("{v}", f"v_{column}")


def _rule(field: Field, name: str, reason: str, holds: str, then: Then, sure: str | None) -> ColumnRule:
    return ColumnRule(field.name, field.label, field.source, name, reason, holds, then, sure)
