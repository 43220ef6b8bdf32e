"""A person or an organisation as of a day: what was so then, and what was known of it then.

Here: finding the subject in the history, its values of a day, printing them, the bases as of a day. Not here: the macros
that give them (publication/macros.py), the present and its records (queries.py).
"""

from dataclasses import dataclass
from datetime import date, datetime

import duckdb
from rich.console import Console

from suining_data.display import folding_table
from suining_data.explanation.queries import SubjectKind, find_ids
from suining_data.history import is_known
from suining_data.sql import identifier, literal
from suining_data.warehouse import LABELLED, SERVICES

Connection = duckdb.DuckDBPyConnection
VALID_TO = {"reported": "来件所报 reported", "derived": "由下一值推得 derived from the next", None: ""}


@dataclass(frozen=True)
class AskedTime:
    """A day, and the moment whose knowledge counts; None: that of now."""

    day: date
    known_at: datetime | None = None

    @property
    def arguments(self) -> str:
        """The arguments of a macro: date '2018-06-01', known_at := timestamp '2019-03-31 23:59:59'."""
        known = f", known_at := timestamp {literal(str(self.known_at))}" if self.known_at else ""
        return f"date {literal(str(self.day))}{known}"


@dataclass(frozen=True)
class PastValue:
    """A value that an attribute had on a day. Without a period no other value is known."""

    attribute: str
    label: str
    value: str
    valid_from: date | None
    valid_to: date | None
    valid_to_kind: str | None
    recorded_from: datetime
    recorded_to: datetime | None


def find_past_ids(con: Connection, kind: SubjectKind, query: str) -> list[str]:
    """Like find_ids; an id that was merged or withdrawn since is found, too, and stays itself."""
    if con.execute(f"select 1 from {kind.table('version')} where {kind}_id = ?", [query.strip()]).fetchone():
        return [query.strip()]
    return find_ids(con, kind, query)


def values_at(con: Connection, kind: SubjectKind, id: str, asked: AskedTime) -> list[PastValue]:
    """The values of the subject at that time in the order of their columns; empty if it was not known then."""
    columns = [name for name, *_ in con.execute(f"describe from {kind}_at({asked.arguments})").fetchall()]
    entries = ", ".join(
        f"{{'attribute': {literal(name)}, 'value': cast({identifier(name)} as varchar)}}"
        for name in columns
        if name != f"{kind}_id"
    )
    rows = con.execute(
        f"""
        with golden as (
            select unnest([{entries}], recursive := true) from {kind}_at({asked.arguments}) where {kind}_id = $id
        ),

        period as (
            from {kind.table("history")} where {kind}_id = $id and ({_KNOWN}) and coalesce(valid_to > $day, true)
            qualify row_number() over (partition by attribute order by valid_to nulls last) = 1
        ),

        state as (from {kind.table("version")} where {kind}_id = $id and ({_KNOWN}))

        select attribute, label.zh, golden.value, period.valid_from, period.valid_to, period.valid_to_kind,
            coalesce(period.recorded_from, state.recorded_from), coalesce(period.recorded_to, state.recorded_to)
        from golden
        cross join state
        left join period using (attribute, value)
        join governance.dictionary as label
            on label.schema_name = '{kind.base}' and label.table_name = '{kind}_version' and label.column_name = attribute
        where golden.value is not null
        order by label.position
        """,
        {"id": id, "day": asked.day, "known_at": asked.known_at},
    ).fetchall()
    return [PastValue(*row) for row in rows]


_KNOWN = is_known("$known_at::timestamp")


def print_past(kind: SubjectKind, id: str, asked: AskedTime, values: list[PastValue], console: Console) -> None:
    """Print the values of a day, with both times."""
    known = f"，{asked.known_at:%Y-%m-%d %H:%M:%S} 所知 (as known then)" if asked.known_at else ""
    console.print(f"{kind} {id}  {asked.day}{known}")
    table = folding_table(
        "项 attribute", "值 value", "起 since", "止 until", "终止依据 end", "登记 recorded",
        title="当日取值 values of that day",
    )  # fmt: skip
    for each in values:
        recorded = f"{each.recorded_from:%Y-%m-%d %H:%M}"
        table.add_row(
            f"{each.label} {each.attribute}",
            each.value,
            str(each.valid_from or ""),
            str(each.valid_to or ""),
            VALID_TO[each.valid_to_kind],
            f"{recorded} – {each.recorded_to:%Y-%m-%d %H:%M}" if each.recorded_to else recorded,
        )
    console.print(table)


def view_as_of(con: Connection, asked: AskedTime) -> None:
    """Let `con`, connected to the published file, see the golden persons and organisations of a day in place of today's."""
    [(file,)] = con.execute("select current_database()").fetchall()
    past = {kind.table(): kind for kind in SubjectKind}
    names = con.execute(
        "select schema_name, table_name from duckdb_tables() where not internal and database_name = $file "
        "union all select schema_name, view_name from duckdb_views() where not internal and database_name = $file",
        {"file": file},
    ).fetchall()
    con.execute("attach ':memory:' as past (read_write)")
    for schema in sorted({schema for schema, _ in names}):
        con.execute(f"create schema if not exists past.{identifier(schema)}")
    for schema, name in names:
        table = f"{identifier(schema)}.{identifier(name)}"
        if kind := past.get(f"{schema}.{name}"):
            con.execute(f"create table past.{table} as from {kind}_at({asked.arguments})")
        # views with names of codes and views of services would be of today
        elif schema != SERVICES and f"{schema}.{name.removesuffix(LABELLED)}" not in past:
            con.execute(f"create view past.{table} as from {identifier(file)}.{table}")
    con.execute("use past")
