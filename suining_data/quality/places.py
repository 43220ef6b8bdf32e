"""Where rows that break a rule were delivered: the file in landing/ and the line.

Here: from the source rows that a table names (record_id), or from batches, to files and lines. Not here: which rows break a rule (suite.py).
"""

from collections.abc import Collection

import duckdb

from suining_data.display import at_lines, visible
from suining_data.packed_keys import batch_of_record, batch_of_resource, line_number
from suining_data.warehouse import table_exists

MOST_FILES = 3  # that are named for one rule


def places(con: duckdb.DuckDBPyConnection, rows: str, columns: Collection[str]) -> str:
    """The files and lines of the SELECT `rows`, which has these columns; "" if they do not say where they come from."""
    if not {"record_id", "batch_id"} & set(columns) or not table_exists(con, "governance.batch"):
        return ""
    return _of_records(con, rows) if "record_id" in columns else _of_batches(con, rows)


def _of_batches(con: duckdb.DuckDBPyConnection, rows: str) -> str:
    named = f"from governance.batch where batch_id in (select batch_id from ({rows}))"
    files = con.execute(f"select distinct unit_id || '/' || file_name as file {named} order by file desc").fetchall()
    return "、".join(visible(file) for (file,) in files[:MOST_FILES])


def _of_records(con: duckdb.DuckDBPyConnection, rows: str) -> str:
    files = con.execute(f"""
        with source as (
            select distinct {batch_of_record("record_id")} as batch, {line_number("record_id")} as line from ({rows})
        ),
        batch as (select *, {batch_of_resource("resource_id", "batch_id")} as batch from governance.batch)
        select batch.unit_id || '/' || coalesce(part.file_name, batch.file_name) as file,
            list_sort(list(line - coalesce(first_line, 1) + 1)), count(*) over ()
        from source join batch using (batch)
        left join governance.batch_file as part
            on batch.resource_id = part.resource_id and batch.batch_id = part.batch_id
            and line between first_line and first_line + lines - 1
        group by file order by file desc limit {MOST_FILES}
    """).fetchall()
    named = "；".join(at_lines(file, lines, len(lines)) for file, lines, _ in files)
    rest = files[0][-1] - len(files) if files else 0
    return f"{named}；另有 {rest} 个文件 (and {rest} more files)" if rest else named
