"""The answer to SQL that a user wrote: one SELECT, within a time limit, complete before the first row of it is shown.

Here: which statements are run, the time limit, the temporary table with the answer, the subjects in it. Not here: the locked connection
(published.py), how rows are written (output.py).
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from duckdb import StatementType

from suining_data.access import GOLDEN_ID
from suining_data.commands.errors import Mistake
from suining_data.commands.excel import write_for_excel
from suining_data.commands.output import Form, show
from suining_data.damage import is_damage
from suining_data.sql import identifier
from suining_data.warehouse import table_exists

TIMEOUT = 300.0  # seconds
ANSWER = "answer"  # name of the temporary table
# tables that say whose number it is
NUMBERED = {"population.person_identifier": "person_id", "legal_entity.organization_identifier": "organization_id"}
NUMBER = r"\b[0-9A-Z][0-9A-Z-]{5,23}\b"
ONLY_ROWS = (StatementType.SELECT, StatementType.EXPLAIN)


def answer(con: duckdb.DuckDBPyConnection, sql: str, most: int | None, seconds: float) -> duckdb.DuckDBPyRelation:
    """The rows of one SELECT in a temporary table: `most`, and one more if there is one. Raises Mistake when it fails.

    An error in the middle of the rows comes before any of them is shown.
    """
    try:
        _check(con, sql)
        with _time_limit(con, seconds):
            rows = con.sql(sql)
            rows = rows if most is None else rows.limit(most + 1)
            rows.query("asked", f"create temp table {ANSWER} as from asked")
            _write_shapes_as_text(con)
            return con.table(f"temp.{ANSWER}")
    except duckdb.InterruptException as error:
        raise Mistake(
            f"查询超过 {seconds:g} 秒，已中止；可缩小范围，或用 --timeout 放宽 "
            "(the query took too long and was stopped: ask for less, or give --timeout more seconds)"
        ) from error
    except duckdb.Error as error:
        if is_damage(error):
            raise
        raise Mistake(str(error).strip().splitlines()[0]) from error


def _write_shapes_as_text(con: duckdb.DuckDBPyConnection) -> None:
    """Make WKT of the shapes in the answer, whatever form it is shown in: Python would get their bytes."""
    found = con.table(f"temp.{ANSWER}")
    for name, kind in zip(found.columns, found.types, strict=True):
        if "GEOMETRY" in str(kind):
            con.execute(f"alter table temp.{ANSWER} alter {identifier(name)} type varchar")


def subjects_in_answer(con: duckdb.DuckDBPyConnection, sql: str, most: int | None) -> list[str]:
    """The golden ids in the rows that are shown and in the SQL, and the ids of those whose numbers are in them."""
    cells = ", ".join(f"cast({identifier(name)} as varchar)" for name in con.table(f"temp.{ANSWER}").columns)
    owned = " ".join(
        f"union select {id} from {table} where identifier in (from number)"
        for table, id in NUMBERED.items()
        if table_exists(con, table)
    )
    found = con.execute(
        f"""
        with row_text as (
            (select concat_ws(' ', {cells}) as text from temp.{ANSWER} limit $most) union all select $sql
        ),
        number as (select distinct unnest(regexp_extract_all(upper(text), $number)) from row_text)
        select distinct unnest(regexp_extract_all(text, $id)) from row_text {owned}
        """,
        {"sql": sql, "most": most, "number": NUMBER, "id": GOLDEN_ID},
    ).fetchall()
    return [id for (id,) in found]


def write_answer(
    con: duckdb.DuckDBPyConnection,
    found: duckdb.DuckDBPyRelation,
    sql: str,
    form: Form,
    limit: int | None,
    excel: Path | None,
) -> None:
    """Write the rows to the file for Excel, if there is one, or show them."""
    if excel is not None:
        write_for_excel(con, found, sql, excel)
    else:
        show(found, form, limit)


def _check(con: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Raise Mistake unless the text is one statement that gives rows. DuckDB makes several of a PIVOT, the others without text."""
    statements = [each for each in con.extract_statements(sql) if each.query or each.type in ONLY_ROWS]
    if len(statements) != 1 or statements[0].type not in ONLY_ROWS:
        raise Mistake("请写一条 SELECT，别无其他语句 (write one SELECT, and no other statement)")


@contextmanager
def _time_limit(con: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    timer = threading.Timer(seconds, con.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
