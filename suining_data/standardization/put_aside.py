"""What was put aside, for whoever has to call the unit: the file, the lines and the reason, and no value.

Here: counting governance.quarantine by file and reason, as sentences. Not here: putting aside (run.py), the workbooks for the
units with the rows themselves (feedback/).
"""

import duckdb

from suining_data.display import at_lines

PRESENT, NEXT = "governance.quarantine", "temp.next_quarantine"
MOST_GROUPS = 20  # that are told of one resource; `suining quarantine --export` has them all


def put_aside(con: duckdb.DuckDBPyConnection, resource_id: str) -> list[str]:
    """A sentence for each file and reason of a resource, the file that came last first."""
    return _told(con, PRESENT, resource_id, "true")


def newly_put_aside(con: duckdb.DuckDBPyConnection, resource_id: str) -> list[str]:
    """The same of the batches of which nothing was put aside before; call it when the resource has been standardised."""
    known = f"select batch_id from {PRESENT} where resource_id = $resource"
    return _told(con, NEXT, resource_id, f"batch_id not in ({known})")


def _told(con: duckdb.DuckDBPyConnection, table: str, resource_id: str, where: str) -> list[str]:
    groups = con.execute(
        f"""
        select unit_id || '/' || file_name as file, list_sort(list(distinct line_number)), reason, rule, count(*) over ()
        from {table} where resource_id = $resource and {where}
        group by file, reason, rule order by file desc, min(line_number), reason, rule limit {MOST_GROUPS}
        """,
        {"resource": resource_id},
    ).fetchall()
    told = [f"{at_lines(file, lines)}: {reason} ({rule})" for file, lines, reason, rule, _ in groups]
    rest = groups[0][-1] - len(groups) if groups else 0
    return [*told, f"另有 {rest} 项 (and {rest} more): suining quarantine --export"] if rest else told
