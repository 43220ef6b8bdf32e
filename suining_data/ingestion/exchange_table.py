"""A table or view of the exchange database: reached, looked at, read in order through a server-side cursor.

Here: everything said to PostgreSQL, in one read-only transaction on one snapshot. Every value is asked for as text.
Not here: what becomes of the rows (fetching.py).
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from suining_data.catalog.model import Exchange, Resource
from suining_data.ingestion.reading import DELETED, FETCHED_AT, Refused, check_header, yaml_of

ROWS_AT_ONCE = 5_000  # held in memory
CONNECT_SECONDS = 10
# text of one form whatever the server's settings; a time with zone is told in Chinese time
SESSION = "-c timezone=Asia/Shanghai -c datestyle=ISO,YMD -c intervalstyle=iso_8601 -c extra_float_digits=1"
PHOTOS = "bytea"  # binary values have no text, and photos and biometrics are never ingested


@dataclass(frozen=True)
class Watermark:
    """How a kind of watermark is written into a file name and read back; `{w}` is the column, `{mark}` the text.

    A change that is committed late has an older watermark than some that were read already: so much is read again.
    """

    to_text: str
    from_text: str
    overlap: str
    now: str  # nothing later is believed: one date of 2099 would end the increments


TIME = Watermark(
    "to_char({w}, 'YYYYMMDD\"T\"HH24MISSUS')",
    "to_timestamp({mark}, 'YYYYMMDD\"T\"HH24MISSUS')::{type}",
    "interval '1 hour'",
    "now()::{type}",
)
WATERMARKS = {
    "timestamptz": TIME,
    "timestamp": TIME,
    "date": Watermark("to_char({w}, 'YYYYMMDD')", "to_date({mark}, 'YYYYMMDD')", "1", "current_date"),
    **dict.fromkeys(
        ("int2", "int4", "int8"),
        Watermark("{w}::text", "{mark}::bigint", "10000", "9223372036854775807"),
    ),
}


class Unreachable(Exception):
    """The exchange database does not answer, or stopped answering half way."""


@contextmanager
def connected(dsn: str) -> Iterator[psycopg.Connection]:
    """A connection that sees one state of the database and cannot change it; its errors never repeat the DSN."""
    try:
        connection = psycopg.connect(
            dsn, connect_timeout=CONNECT_SECONDS, options=SESSION, keepalives_idle=60, application_name="suining_data"
        )
    except (psycopg.OperationalError, psycopg.ProgrammingError):
        raise Unreachable from None
    connection.read_only = True
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    try:
        yield connection
    except psycopg.OperationalError:
        raise Unreachable from None
    finally:
        connection.close()


@dataclass(frozen=True)
class Table:
    """The table of a resource as the server has it now."""

    connection: psycopg.Connection
    exchange: Exchange
    types: dict[str, str]  # of the columns, in their order

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.types)

    def rows(self, since: str | None) -> Iterator[tuple[str, str | None]]:
        """Each row from the watermark `since` on (all without it) as a line of JSON, and its own watermark.

        Ordered by watermark. Rows without one, or with one in the future, come first and have none.
        """
        type_name = self.types[self.exchange.watermark]
        kind = WATERMARKS[type_name]
        name = sql.Identifier(self.exchange.watermark)

        def spelled(template: str) -> sql.Composed:
            form = template.replace("{type}", type_name)
            return sql.SQL(form).format(w=name, mark=sql.Literal(since))

        is_new = sql.SQL("true")
        if since is not None:
            is_new = sql.SQL("{w} is null or {w} >= {since} - {overlap}").format(  # type: ignore[assignment]
                w=name, since=spelled(kind.from_text), overlap=spelled(kind.overlap)
            )
        query = sql.SQL("""
            select row_to_json(line)::text, mark
            from (
                select {columns}, null::text as {deleted}, now()::text as {fetched_at},
                    case when {w} <= {now} then {to_text} end as mark, {w} as watermark
                from {table} where {is_new}
            ) as found, lateral (select {names}) as line
            order by mark is not null, watermark
        """).format(
            columns=self._as_text(self.columns),
            deleted=sql.Identifier(DELETED),
            fetched_at=sql.Identifier(FETCHED_AT),
            w=name,
            now=spelled(kind.now),
            to_text=spelled(kind.to_text),
            table=_named(self.exchange),
            is_new=is_new,
            names=sql.SQL(", ").join(
                sql.SQL("found.{}").format(sql.Identifier(c)) for c in (*self.columns, DELETED, FETCHED_AT)
            ),
        )
        return self._stream(query)

    def keys(self) -> Iterator[tuple[str]]:
        """The key of every row, as a line of JSON."""
        query = sql.SQL("select row_to_json(line)::text from (select {key} from {table}) as line").format(
            key=self._as_text(self.exchange.key), table=_named(self.exchange)
        )
        return self._stream(query)

    def now(self) -> str:
        """When the snapshot was taken, in the form of FETCHED_AT."""
        row = self.connection.execute("select now()::text").fetchone()
        return str(row[0]) if row else ""

    def _as_text(self, columns: Iterable[str]) -> sql.Composed:
        local = {"timestamptz": sql.SQL("{0}::timestamp::text as {0}")}  # of the session's zone
        plain = sql.SQL("{0}::text as {0}")
        return sql.SQL(", ").join(local.get(self.types[c], plain).format(sql.Identifier(c)) for c in columns)

    def _stream(self, query: sql.Composed) -> Iterator[Any]:
        with self.connection.cursor(name="fetch") as cursor:
            cursor.itersize = ROWS_AT_ONCE
            yield from cursor.execute(query)


def look_at(connection: psycopg.Connection, resource: Resource, exchange: Exchange) -> Table:
    """The table of a resource; Refused when it, a declared column or a usable watermark is missing."""
    place_zh, place_en = f"交换库 {exchange.table}", f"exchange table {exchange.table}"
    found = connection.execute(
        """
        select attname, typname from pg_attribute join pg_type on pg_type.oid = atttypid
        where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped order by attnum
        """,
        [_named(exchange).as_string(connection)],
    ).fetchall()
    if not found:
        raise Refused(
            f"{place_zh}: 没有这个表或视图，或账号无权访问。请核对 {yaml_of(resource)} 的 delivery.exchange.table。",
            f"{place_en}: there is no such table or view, or the account may not see it. "
            f"Compare delivery.exchange.table in {yaml_of(resource)}.",
        )
    types: dict[str, str] = dict(found)
    check_header(resource, list(types), place_zh, place_en)
    flag = [exchange.deleted.column] if exchange.deleted else []
    lost = [name for name in (exchange.watermark, *exchange.key, *flag) if name not in types]
    if lost:
        raise Refused(
            f"{place_zh}: 没有列 {'、'.join(lost)}。请核对 {yaml_of(resource)} 的 delivery.exchange。",
            f"{place_en}: column {', '.join(lost)} is missing. Compare delivery.exchange in {yaml_of(resource)}.",
        )
    if types[exchange.watermark] not in WATERMARKS:
        raise Refused(
            f"{place_zh}: 列 {exchange.watermark} 的类型 {types[exchange.watermark]} 不能作增量标记。"
            f"请在 {yaml_of(resource)} 的 delivery.exchange.watermark 中登记时间、日期或整数列。",
            f"{place_en}: column {exchange.watermark} of type {types[exchange.watermark]} cannot be a watermark. "
            f"Name a time, date or integer column in delivery.exchange.watermark of {yaml_of(resource)}.",
        )
    return Table(connection, exchange, {name: kind for name, kind in types.items() if kind != PHOTOS})


def _named(exchange: Exchange) -> sql.Identifier:
    return sql.Identifier(*exchange.table.split("."))
