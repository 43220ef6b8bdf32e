"""A table or view of the exchange database: reading its definition, streaming its rows in order.

Here: every query to PostgreSQL. All run in one read-only transaction on one snapshot, through a server-side cursor, and
every value arrives as text.
Not here: the connection (exchange_connection.py), what is done with the rows (fetching.py).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from suining_data.catalog.model import Exchange, Resource
from suining_data.ingestion.reading import DELETED, FETCHED_AT, Refused, check_header, yaml_of

ROWS_AT_ONCE = 5_000  # held in memory
PHOTOS = "bytea"  # binary values have no text form, and photos and biometrics are never ingested


@dataclass(frozen=True)
class Watermark:
    """SQL templates that write a watermark as text for a file name and read it back.

    `{w}` is the column, `{mark}` the text. A change that is committed late may have an older watermark than changes that
    were already read, so `overlap` is subtracted from the start of every fetch.
    """

    to_text: str
    from_text: str
    overlap: str
    now: str  # a later watermark is ignored: one date in 2099 would stop all further increments


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


@dataclass(frozen=True)
class Table:
    """The exchange table of a resource, as the server defines it now."""

    connection: psycopg.Connection
    exchange: Exchange
    types: dict[str, str]  # column name -> type, in the order of the table

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.types)

    def rows(self, since: str | None) -> Iterator[tuple[str, str | None]]:
        """(row as a line of JSON, its watermark) of the rows from `since` on, or of all rows when `since` is None.

        Ordered by watermark. Rows whose watermark is empty or in the future come first, with the watermark None.
        """
        type_name = self.types[self.exchange.watermark]
        kind = WATERMARKS[type_name]
        name = sql.Identifier(self.exchange.watermark)

        def composed(template: str) -> sql.Composed:
            form = template.replace("{type}", type_name)
            return sql.SQL(form).format(w=name, mark=sql.Literal(since))

        is_new = sql.SQL("true")
        if since is not None:
            is_new = sql.SQL("{w} is null or {w} >= {since} - {overlap}").format(  # type: ignore[assignment]
                w=name, since=composed(kind.from_text), overlap=composed(kind.overlap)
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
            now=composed(kind.now),
            to_text=composed(kind.to_text),
            table=_table_name(self.exchange),
            is_new=is_new,
            names=sql.SQL(", ").join(
                sql.SQL("found.{}").format(sql.Identifier(c)) for c in (*self.columns, DELETED, FETCHED_AT)
            ),
        )
        return self._stream(query)

    def keys(self) -> Iterator[tuple[str]]:
        """The key of every row, as a line of JSON."""
        query = sql.SQL("select row_to_json(line)::text from (select {key} from {table}) as line").format(
            key=self._as_text(self.exchange.key), table=_table_name(self.exchange)
        )
        return self._stream(query)

    def latest(self) -> str:
        """The greatest watermark of the table that is not in the future, as text; empty for an empty table."""
        type_name = self.types[self.exchange.watermark]
        kind = WATERMARKS[type_name]
        name = sql.Identifier(self.exchange.watermark)
        query = sql.SQL("select max({w})::text from {table} where {w} <= {now}").format(
            table=_table_name(self.exchange), w=name, now=sql.SQL(kind.now.replace("{type}", type_name))
        )
        row = self.connection.execute(query).fetchone()
        return str(row[0] or "") if row else ""

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


def inspect_table(connection: psycopg.Connection, resource: Resource, exchange: Exchange) -> Table:
    """The exchange table of a resource; Refused when it, a declared column or a usable watermark is missing."""
    location_zh, location_en = f"交换库 {exchange.table}", f"exchange table {exchange.table}"
    found = connection.execute(
        """
        select attname, typname from pg_attribute join pg_type on pg_type.oid = atttypid
        where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped order by attnum
        """,
        [_table_name(exchange).as_string(connection)],
    ).fetchall()
    if not found:
        raise Refused(
            f"{location_zh}: 没有这个表或视图，或账号无权访问。请核对 {yaml_of(resource)} 的 delivery.exchange.table。",
            f"{location_en}: there is no such table or view, or the account has no right to read it. "
            f"Check delivery.exchange.table in {yaml_of(resource)}.",
        )
    types: dict[str, str] = dict(found)
    check_header(resource, list(types), location_zh, location_en)
    flag = [exchange.deleted.column] if exchange.deleted else []
    missing = [name for name in (exchange.watermark, *exchange.key, *flag) if name not in types]
    if missing:
        raise Refused(
            f"{location_zh}: 没有列 {'、'.join(missing)}。请核对 {yaml_of(resource)} 的 delivery.exchange。",
            f"{location_en}: column {', '.join(missing)} is missing. Check delivery.exchange in {yaml_of(resource)}.",
        )
    if types[exchange.watermark] not in WATERMARKS:
        raise Refused(
            f"{location_zh}: 列 {exchange.watermark} 的类型 {types[exchange.watermark]} 不能作增量标记。"
            f"请在 {yaml_of(resource)} 的 delivery.exchange.watermark 中登记时间、日期或整数列。",
            f"{location_en}: column {exchange.watermark} of type {types[exchange.watermark]} cannot be a watermark. "
            f"Declare a time, date or integer column in delivery.exchange.watermark of {yaml_of(resource)}.",
        )
    return Table(connection, exchange, {name: kind for name, kind in types.items() if kind != PHOTOS})


def _table_name(exchange: Exchange) -> sql.Identifier:
    return sql.Identifier(*exchange.table.split("."))
