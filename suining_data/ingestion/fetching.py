"""From the exchange database into landing/: what is new or gone since the last fetch becomes a file like any other.

Here: where to go on (the file names tell), leaving out what is known, writing whole files only.
Not here: the questions to the server (exchange_table.py), reading the files (json_documents.py).

`hjbd_*.jsonl` is fetched as hjbd_000007_<from>_<to>.jsonl: number of the file, watermarks it lies between. Rows that are
read again, because of equal watermarks or late commits, are left out when they are known with the same content.
"""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import duckdb
import psycopg

from suining_data.catalog.model import Exchange, Resource, Unit
from suining_data.ingestion.exchange_table import Table, Unreachable, connected, look_at
from suining_data.ingestion.intake import ingest
from suining_data.ingestion.json_documents import json_pointer
from suining_data.ingestion.ledger import accepted_batches, recorded_batches
from suining_data.ingestion.plausibility import GREATEST_FALL
from suining_data.ingestion.reading import DELETED, FETCHED_AT, LINE, Notice, Refused, yaml_of
from suining_data.settings import Settings
from suining_data.sql import identifier, literal

ROWS_PER_FILE = 100_000  # a fetch that breaks off goes on behind the last whole file
START = "start"
KNOWN, PART, KEYS = "_fetching_known", "_fetching_part", "_fetching_keys"  # temporary tables
FEW_DELETED = 20  # fewer are believed, whatever their share


@dataclass
class Fetched:
    """What a fetch brought into landing/, and why it ended before its end, if it did."""

    files: list[str] = field(default_factory=list)
    rows: int = 0
    deleted: int = 0
    notice: Notice | None = None


def fetch(con: duckdb.DuckDBPyConnection, settings: Settings, unit: Unit, resource: Resource, run_id: str) -> Fetched:
    """Fetches what is new or gone in the table of `resource`; what it has written stays when it breaks off.

    Without a DSN nothing is fetched and nothing said.
    """
    fetched = Fetched()
    exchange = resource.delivery.exchange
    if settings.exchange_dsn is None or exchange is None:
        return fetched
    try:
        with connected(settings.exchange_dsn.get_secret_value()) as connection:
            table = look_at(connection, resource, exchange)
            with _landing(con, settings, unit, resource, table, run_id) as landing:
                landing.take(fetched)
    except Refused as refusal:
        fetched.notice = Notice(refusal.zh, refusal.en)
    except Unreachable:
        fetched.notice = _broken_off(exchange, fetched)
    except psycopg.Error as error:  # its message may quote a value
        fetched.notice = Notice(
            f"交换库 {exchange.table}: 数据库拒绝了查询（{type(error).__name__}）。请核对账号权限和视图定义。",
            f"exchange table {exchange.table}: the database refused the query ({type(error).__name__}). "
            "Look at the account's rights and at the definition of the view.",
        )
    return fetched


def _broken_off(exchange: Exchange, fetched: Fetched) -> Notice:
    table = exchange.table
    if fetched.files:
        return Notice(
            f"交换库 {table}: 连接中断，已取 {fetched.rows} 行，下次从中断处继续。",
            f"exchange table {table}: the connection broke after {fetched.rows} rows; the next fetch goes on from there.",
        )
    return Notice(
        f"交换库 {table}: 连接不上，或在第一个文件写完之前中断。请检查 SUINING_EXCHANGE_DSN、网络和账号。",
        f"exchange table {table}: the database does not answer, or broke off before a first file was whole. "
        "Check SUINING_EXCHANGE_DSN, network and account.",
    )


@contextmanager
def _landing(
    con: duckdb.DuckDBPyConnection, settings: Settings, unit: Unit, resource: Resource, table: Table, run_id: str
) -> Iterator["_Landing"]:
    """The landing folder of a resource with what is known of its table; half files are gone afterwards."""
    ingested = ingest(con, settings, unit, resource, run_id)  # files of a fetch that nobody has taken in since
    names = [batch.file_name for batch in recorded_batches(con, resource.id).values()]
    scratch = settings.landing / unit.id / f".{resource.id}"
    shutil.rmtree(scratch, ignore_errors=True)  # left over from a crash
    scratch.mkdir(parents=True)
    landing = _Landing(con, resource, table, scratch, *_where_to_go_on(resource, names))
    try:
        landing.remember([item.raw for item in ingested.current])
        yield landing
    finally:
        for name in (KNOWN, PART, KEYS):
            con.execute(f"drop table if exists {name}")
        shutil.rmtree(scratch)


def _where_to_go_on(resource: Resource, names: list[str]) -> tuple[int, str | None]:
    """Number and upper watermark of the last file."""
    before, _, behind = resource.delivery.pattern.partition("*")
    shape = re.compile(rf"{re.escape(before)}(\d{{6,}})_[^_]+_([^_]+){re.escape(behind)}")
    last = max(((int(found[1]), found[2]) for name in names if (found := shape.fullmatch(name))), default=(0, START))
    return last[0], None if last[1] == START else last[1]


@dataclass
class _Landing:
    con: duckdb.DuckDBPyConnection
    resource: Resource
    table: Table
    scratch: Path
    number: int
    mark: str | None

    def take(self, fetched: Fetched) -> None:
        """New and changed rows, file by file; then, where keys are compared, what was passed by and what is gone."""
        self._take_rows(self.mark, fetched)
        if not self.table.exchange.compare_keys:
            return
        self._load_keys()
        if self._count(f"from {KEYS} anti join (from {KNOWN} where not is_gone) using (key)"):
            self._take_rows(None, fetched)  # written with an old watermark, or committed later than the overlap
        known = self._count(f"from {KNOWN} where not is_gone")
        gone = self._gone_lines()
        confirmed = f"{self.resource.id}@{self.number}"
        if len(gone) > max(FEW_DELETED, known * GREATEST_FALL) and confirmed not in accepted_batches(self.con):
            raise self._collapsed(len(gone), known, confirmed)
        self._write(gone, self.mark, fetched)
        fetched.deleted = len(gone)

    def _take_rows(self, since: str | None, fetched: Fetched) -> None:
        rows = self.table.rows(since)
        while lines := list(islice(rows, ROWS_PER_FILE)):
            marks = [mark for mark in (self.mark, lines[-1][1]) if mark is not None]
            new = self._new_lines([line for line, _ in lines])
            self._write(new, max(marks, key=_order, default=None), fetched)
            fetched.rows += len(new)

    def remember(self, raws: list[Path]) -> None:
        """What is known of the table: the last content of each key, from the batches in force in their order."""
        if not raws:
            self.con.execute(f"create or replace temp table {KNOWN} (key varchar, content varchar, is_gone boolean)")
            return
        places = ", ".join(f"({literal(raw)}, {place})" for place, raw in enumerate(raws))
        source = f"read_parquet([{', '.join(map(literal, raws))}], union_by_name = true, filename = true)"
        there = {name for name, *_ in self.con.execute(f"describe from {source}").fetchall()}
        content = ", ".join(identifier(c) if c in there else "null" for c in self.table.columns)
        key = ", ".join(map(identifier, self.table.exchange.key))
        self.con.execute(f"""
            create or replace temp table {KNOWN} as
            select key, arg_max(content, place) as content, arg_max(is_gone, place) as is_gone
            from (
                select to_json([{key}])::varchar as key, md5(to_json([{content}])::varchar) as content,
                    coalesce({DELETED}, '') <> '' as is_gone, place * {1 << 32} + {LINE} as place
                from {source} join (values {places}) as batch(filename, place) using (filename)
            ) group by key""")

    def _new_lines(self, lines: list[str]) -> list[str]:
        """The lines that say something not known yet; they are known afterwards. Refused when a key is there twice."""
        self._load(lines, self.table.columns)
        if twice := self._count(f"from (select key from {PART} group by key having count(*) > 1)"):
            raise self._ambiguous(twice)
        new = self.con.execute(f"""
            select n from {PART} as part left join {KNOWN} as known using (key)
            where known.key is null or known.is_gone or known.content <> part.content order by n""").fetchall()
        self.con.execute(f"delete from {KNOWN} where key in (select key from {PART})")
        self.con.execute(f"insert into {KNOWN} select key, content, false from {PART}")
        return [lines[n] for (n,) in new]

    def _load_keys(self) -> None:
        """Fills the temporary table with every key that the table has."""
        self.con.execute(f"create or replace temp table {KEYS} (key varchar)")
        keys = self.table.keys()
        while lines := [line for (line,) in islice(keys, ROWS_PER_FILE)]:
            self._load(lines, self.table.exchange.key)
            self.con.execute(f"insert into {KEYS} select key from {PART}")

    def _gone_lines(self) -> list[str]:
        """A line per known key that is in the table no more; other columns are empty."""
        gone = self.con.execute(
            f"select key from {KNOWN} anti join {KEYS} using (key) where not is_gone order by key"
        ).fetchall()
        now = self.table.now()
        empty: dict[str, str | None] = dict.fromkeys(self.table.columns)
        marked = {DELETED: "1", FETCHED_AT: now}
        named = (dict(zip(self.table.exchange.key, json.loads(key), strict=True)) for (key,) in gone)
        return [json.dumps({**empty, **key, **marked}, ensure_ascii=False) for key in named]

    def _load(self, lines: list[str], columns: tuple[str, ...] | list[str]) -> None:
        """Fills the temporary table with number, key and digest of the content of each line."""

        def values(names: tuple[str, ...] | list[str]) -> str:
            paths = ", ".join(literal(json_pointer(name)) for name in names)
            return f"to_json(json_extract_string(line, [{paths}]))::varchar"

        part = self.scratch / "part.jsonl"
        part.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        self.con.execute(f"""
            create or replace temp table {PART} as
            select row_number() over () - 1 as n, {values(self.table.exchange.key)} as key,
                md5({values(columns)}) as content
            from (select json as line from read_json_objects({literal(part)}, format = 'newline_delimited'))""")

    def _write(self, lines: list[str], mark: str | None, fetched: Fetched) -> None:
        """A whole file appears in landing/ at once, or none."""
        if not lines:
            return
        before, _, behind = self.resource.delivery.pattern.partition("*")
        self.number += 1
        name = f"{before}{self.number:06}_{self.mark or START}_{mark or START}{behind}"
        self.mark = mark
        half = self.scratch / name
        half.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        half.replace(self.scratch.parent / name)
        fetched.files.append(name)

    def _count(self, rows: str) -> int:
        found = self.con.execute(f"select count(*) {rows}").fetchone()
        return int(found[0]) if found else 0

    def _ambiguous(self, keys: int) -> Refused:
        table, key = self.table.exchange.table, ", ".join(self.table.exchange.key)
        return Refused(
            f"交换库 {table}: 有 {keys} 个键（{key}）对应多行。"
            f"请在 {yaml_of(self.resource)} 的 delivery.exchange.key 中登记能区分各行的列。",
            f"exchange table {table}: {keys} keys ({key}) stand in more than one row. "
            f"Name the columns that tell rows apart in delivery.exchange.key of {yaml_of(self.resource)}.",
        )

    def _collapsed(self, gone: int, known: int, confirmed: str) -> Refused:
        table, share = self.table.exchange.table, f"{gone / known:.0%}"
        return Refused(
            f"交换库 {table}: 已知的 {known} 行中有 {gone} 行（{share}，超过 {GREATEST_FALL:.0%}）不在表中，未作删除。"
            f"请向交付方核实；若确实如此，请运行 suining fetch --accept {confirmed}。",
            f"exchange table {table}: {gone} of {known} known rows ({share}, more than {GREATEST_FALL:.0%}) are gone; "
            f"none was deleted. Ask the department; if it is so, run suining fetch --accept {confirmed}.",
        )


def _order(mark: str) -> int:
    """Marks of one table by their order: times, dates and numbers alike."""
    return int(mark.replace("T", ""))
