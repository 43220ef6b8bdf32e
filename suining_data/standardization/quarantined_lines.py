"""What is quarantined, for whoever has to call the unit: the file, the lines and the reason, and no value.

Here: governance.quarantine by file and reason. Not here: putting rows there (run.py), the workbooks for the units with the
rows themselves (feedback/).
"""

from dataclasses import dataclass

import duckdb

from suining_data.display import MOST_LINES, at_lines

PRESENT, NEXT = "governance.quarantine", "temp.next_quarantine"
MOST = 50  # files and reasons of one resource; `suining quarantine --export` has them all


@dataclass(frozen=True)
class QuarantinedLines:
    """Lines of a file that are quarantined, or a value in them, for one reason."""

    file: str  # with the folder of its unit
    lines: tuple[int, ...]  # the first ones
    count: int  # of all
    reason: str
    rule: str

    def __str__(self) -> str:
        return f"{at_lines(self.file, self.lines, self.count)}: {self.reason} ({self.rule})"


def quarantined_lines(con: duckdb.DuckDBPyConnection, resource_id: str) -> list[QuarantinedLines]:
    """The quarantine of a resource, the file with the latest name first."""
    return _read(con, PRESENT, resource_id, "true")


def newly_quarantined_lines(con: duckdb.DuckDBPyConnection, resource_id: str) -> list[QuarantinedLines]:
    """The same of the batches that had no line in it before; call it when the resource has been standardised."""
    return _read(
        con, NEXT, resource_id, f"batch_id not in (select batch_id from {PRESENT} where resource_id = $resource)"
    )


def _read(con: duckdb.DuckDBPyConnection, table: str, resource_id: str, where: str) -> list[QuarantinedLines]:
    rows = con.execute(
        f"""
        select unit_id || '/' || file_name as file, list_sort(list(distinct line_number))[1:{MOST_LINES}] as lines,
            count(distinct line_number), reason, rule
        from {table} where resource_id = $resource and {where}
        group by file, reason, rule order by file desc, lines, reason, rule limit {MOST}
        """,
        {"resource": resource_id},
    ).fetchall()
    return [QuarantinedLines(file, tuple(lines), *others) for file, lines, *others in rows]
