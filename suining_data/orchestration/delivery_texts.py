"""What Dagster says of the lines of a resource's deliveries: files, lines and counts, and no value.

Here: batches that do not balance, lines in quarantine. Not here: what a check is about (delivery_checks.py), the rules of a
table (quality/), the end of a run's log (morning.py).
"""

import dagster as dg

from suining_data.catalog import Resource
from suining_data.display import visible
from suining_data.orchestration.step import Connection, Figure
from suining_data.standardization import Unbalanced, quarantined_lines


def does_not_balance(batch: Unbalanced, resource: Resource) -> str:
    """Counts and no lines, because nobody can say which row is lost."""
    file = visible(batch.file)
    return (
        f"{file} 行数不平：文件 {batch.lines} 行 = 表头 {batch.header} + 续行 {batch.continuation} + 拒收 {batch.rejected} + "
        f"原始 {batch.raw}；原始 {batch.raw} 行 = 入库 {batch.staged} + 隔离 {batch.quarantined} + 被替代 {batch.superseded}。"
        f"raw/ 中的副本可能已损坏：请运行作业 reload（resource: {resource.id}），或请交付方以原文件名重新交付。\n"
        f"{file} does not balance: {batch.lines} lines = {batch.header} of the header + {batch.continuation} continued + "
        f"{batch.rejected} rejected + {batch.raw} raw; {batch.raw} raw = {batch.staged} staged + {batch.quarantined} quarantined + "
        f"{batch.superseded} superseded. Its copy in raw/ may be damaged: run the job reload, or ask for the file again."
    )


def shown_quarantine(con: Connection, resource: Resource) -> dict[str, Figure]:
    """Which lines of which files are in quarantine, for the page of the table."""
    records = [
        dg.TableRecord(
            {
                "file": visible(each.file),
                "lines": ", ".join(map(str, each.lines)) + (", …" if each.count > len(each.lines) else ""),
                "count": each.count,
                "reason": each.reason,
                "rule": each.rule,
            }
        )
        for each in quarantined_lines(con, resource.id)
    ]
    return {"quarantined_lines": dg.MetadataValue.table(records)} if records else {}
