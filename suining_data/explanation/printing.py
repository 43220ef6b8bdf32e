"""Prints an explanation at the terminal.

Here: tables of records, values and findings. Not here: reading them (queries.py).
"""

import json

from rich.console import Console
from rich.table import Table

from suining_data.display import folding_table
from suining_data.explanation.queries import Explanation, Record, SubjectKind

MOST_RECORDS = 60  # rows that are printed; an employer has thousands
MOST_NUMBERS = 6  # numbers of records that are printed per value
RULES = {
    "resident_id": "公民身份号码相同 same resident id",
    "other_id": "其他证件号码相同 same other document",
    "uscc": "统一社会信用代码相同 same USCC",
    "organization_code": "组织机构代码相同 same organisation code",
    "registration_number": "注册号相同 same registration number",
    "scored": "评分 scored",
    "decided": "人工认定 decided by a person",
    "own": "号码无效，自成一人 no valid number, nobody else fits",
}
TITLES = {SubjectKind.PERSON: "人员 person", SubjectKind.ORGANIZATION: "法人单位 organization"}


def print_explanation(explained: Explanation, console: Console) -> None:
    """Print the records, the values with their reasons, and the findings."""
    who = explained.id or "没有对应的择优记录 (the number belongs to no golden record)"
    console.print(f"{TITLES[explained.kind]}  {who}")
    console.print(_records(explained))
    for number, record in _shown(explained):
        if record.evidence:
            console.print(f"记录 #{number} 评分 scored {_parts(record.evidence)}")
    if explained.values:
        console.print(_values(explained))
    for department, detail in explained.findings:
        console.print(f"线索 finding  {department}: {detail}")


def _records(explained: Explanation) -> Table:
    table = folding_table(
        "#", "资源 resource", "文件 file", "行 line", "角色 role", "日期 date", "号码 number", "关联 linked",
        title="来源记录 records",
    )  # fmt: skip
    for number, record in _shown(explained):
        table.add_row(
            str(number),
            record.resource,
            record.file,
            str(record.line),
            record.role,
            str(record.valid_from or ""),
            record.number or "",
            _linked(record, explained.id),
        )
    if hidden := len(explained.records) - table.row_count:
        table.caption = f"另有 {hidden:,} 条记录，取值与所列的相同 ({hidden:,} more records with the same values)"
    return table


def _shown(explained: Explanation) -> list[tuple[int, Record]]:
    """Records with their numbers: those that a value comes from, those about another subject, then the strongest."""
    sources = {record for reported in explained.values for record in reported.records[:1]}
    numbered = list(enumerate(explained.records, start=1))
    first = [
        each for each in numbered if (each[1].record_id, each[1].role) in sources or each[1].golden_id != explained.id
    ]
    rest = [each for each in numbered if each not in first]
    return sorted([*first, *rest[: max(0, MOST_RECORDS - len(first))]])


def _linked(record: Record, explained_id: str | None) -> str:
    """The rule of the link, with the weight of a score; for a record about another subject also its id."""
    if record.golden_id is None:
        return "未关联 not linked"
    rule = RULES.get(record.link_rule or "", record.link_rule or "")
    if record.link_weight is not None:
        rule += f" {record.link_weight:.2f}"
    return rule if record.golden_id == explained_id else f"属于他人 of somebody else, {record.golden_id}: {rule}"


def _parts(evidence: str) -> str:
    """`name 相同 same +8.10, birth 相同 same +4.40` of a list of {comparison, level, weight}."""
    parts = json.loads(evidence)
    return ", ".join(f"{part['comparison']} {part['level']} {part['weight']:+.2f}" for part in parts)


def _values(explained: Explanation) -> Table:
    table = folding_table(
        "项 attribute", "", "值 value", "记录 #", "权威性 authority", "原因 reason",
        title="各项取值 values（● 择优值 golden）",
    )  # fmt: skip
    numbers = {(record.record_id, record.role): number for number, record in enumerate(explained.records, start=1)}
    before = ""
    for reported in explained.values:
        is_first = reported.attribute != before
        table.add_row(
            f"{reported.label} {reported.attribute}" if is_first else "",
            "●" if reported.is_golden else "",
            reported.value,
            _numbers([numbers[record] for record in reported.records]),
            "" if reported.authority is None else str(reported.authority),
            reported.reason,
        )
        before = reported.attribute
    return table


def _numbers(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:MOST_NUMBERS]))
    return f"{shown} … {len(numbers):,}" if len(numbers) > MOST_NUMBERS else shown
