"""What was put aside, for whoever has to call the unit: the file, the lines and the reason, and no value.

Here: governance.quarantine by file and reason. Not here: putting aside (run.py), the workbooks for the units with the rows
themselves (feedback/).
"""

from dataclasses import dataclass

import duckdb

from suining_data.display import at_lines

PRESENT, NEXT = "governance.quarantine", "temp.next_quarantine"
MOST = 50  # that are told of one resource; `suining quarantine --export` has them all


@dataclass(frozen=True)
class PutAside:
    """Lines of a file that were put aside, or a value in them, for one reason."""

    file: str  # with the folder of its unit
    lines: tuple[int, ...]
    reason: str
    rule: str

    def __str__(self) -> str:
        return f"{at_lines(self.file, self.lines)}: {self.reason} ({self.rule})"


def put_aside(con: duckdb.DuckDBPyConnection, resource_id: str) -> list[PutAside]:
    """What is in quarantine of a resource, the file with the latest name first."""
    return _read(con, PRESENT, resource_id, "true")


def newly_put_aside(con: duckdb.DuckDBPyConnection, resource_id: str) -> list[PutAside]:
    """The same of the batches of which nothing was put aside before; call it when the resource has been standardised."""
    return _read(
        con, NEXT, resource_id, f"batch_id not in (select batch_id from {PRESENT} where resource_id = $resource)"
    )


def _read(con: duckdb.DuckDBPyConnection, table: str, resource_id: str, where: str) -> list[PutAside]:
    rows = con.execute(
        f"""
        select unit_id || '/' || file_name as file, list_sort(list(distinct line_number)) as lines, reason, rule
        from {table} where resource_id = $resource and {where}
        group by file, reason, rule order by file desc, lines, reason, rule limit {MOST}
        """,
        {"resource": resource_id},
    ).fetchall()
    return [PutAside(file, tuple(lines), reason, rule) for file, lines, reason, rule in rows]
