"""From the exchange database into landing/: rows that are new, changed or deleted since the last fetch become files.

Here: the watermark to continue from (it is in the file names), the comparison with recorded rows, writing files.
Not here: the queries to the server (exchange_table.py), reading the files (json_documents.py).

`hjbd_*.jsonl` is fetched as hjbd_000007_<from>_<to>.jsonl: the number of the file and the watermarks of its first and
last rows. Equal watermarks and late commits make the fetch read some rows again. A row that is already recorded with
the same content is not written again. A file appears in landing/ only when it is complete.
"""

import json
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import duckdb
import psycopg

from suining_data.catalog.model import Exchange, Resource, Unit
from suining_data.encryption import parquet_rows
from suining_data.ingestion.exchange_connection import Unreachable, connected
from suining_data.ingestion.exchange_table import Table, inspect_table
from suining_data.ingestion.intake import Redactor, ingest
from suining_data.ingestion.json_documents import json_pointer
from suining_data.ingestion.ledger import Status, accepted_batches, recorded_batches
from suining_data.ingestion.plausibility import GREATEST_FALL
from suining_data.ingestion.raw_files import check_raw_files, raw_path
from suining_data.ingestion.reading import DELETED, FETCHED_AT, LINE, Notice, Refused, yaml_of
from suining_data.settings import Settings
from suining_data.sql import identifier, literal

ROWS_PER_FILE = 100_000  # after an interruption the next fetch continues after the last complete file
PAUSES = (2.0, 10.0)  # seconds before a lost connection is tried again
START = "start"
RECORDED, PART, KEYS = "_fetching_recorded", "_fetching_part", "_fetching_keys"  # temporary tables
FEW_DELETED = 20  # so many deletions need no confirmation, whatever their share


@dataclass
class Fetched:
    """The files that a fetch wrote into landing/; `notice` says why the fetch stopped early, if it did."""

    files: list[str] = field(default_factory=list)
    rows: int = 0
    deleted: int = 0
    notice: Notice | None = None


def fetch(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    unit: Unit,
    resource: Resource,
    run_id: str,
    *,
    redact: Redactor = lambda raw, rejected: False,
) -> Fetched:
    """Fetches the new, changed and deleted rows of the table of `resource`. Complete files stay after an interruption.

    A lost connection is tried again after each of PAUSES. Without a DSN it fetches nothing and gives no notice.
    """
    fetched = Fetched()
    exchange = resource.delivery.exchange
    if settings.exchange_dsn is None or exchange is None:
        return fetched

    def attempt() -> None:
        with connected(settings) as connection:
            table = inspect_table(connection, resource, exchange)
            with _landing(con, settings, unit, resource, table, run_id, redact) as landing:
                landing.fetch(fetched)

    try:
        _persistently(attempt)
    except Refused as refusal:
        fetched.notice = Notice(refusal.zh, refusal.en)
    except Unreachable as unreachable:
        fetched.notice = _interrupted(exchange, fetched, unreachable.cause)
    except psycopg.Error as error:  # the error's own message may contain a value, so it is not shown
        fetched.notice = Notice(
            f"交换库 {exchange.table}: 数据库拒绝了查询（{type(error).__name__}）。请核对账号权限和视图定义。",
            f"exchange table {exchange.table}: the database refused the query ({type(error).__name__}). "
            "Check the rights of the account and the definition of the view.",
        )
    return fetched


def _persistently(attempt: Callable[[], None]) -> None:
    """Try, and try again after each pause as long as the database is unreachable."""
    for pause in PAUSES:
        try:
            return attempt()
        except Unreachable as unreachable:
            if unreachable.is_lasting:
                raise
            time.sleep(pause)
    return attempt()


def _interrupted(exchange: Exchange, fetched: Fetched, cause: Notice | None) -> Notice:
    table = exchange.table
    if fetched.files:
        return Notice(
            f"交换库 {table}: 连接中断，已取 {fetched.rows} 行，下次从中断处继续。{cause.zh if cause else ''}",
            f"exchange table {table}: the connection broke after {fetched.rows} rows. The next fetch continues there"
            f"{f': {cause.en}' if cause else '.'}",
        )
    if cause:
        return Notice(f"交换库 {table}: {cause.zh}", f"exchange table {table}: {cause.en}")
    return Notice(
        f"交换库 {table}: 连接不上，或在第一个文件写完之前中断。请检查 SUINING_EXCHANGE_DSN、网络和账号。",
        f"exchange table {table}: the database does not answer, or the connection broke before the first file was "
        "complete. Check SUINING_EXCHANGE_DSN, the network and the account.",
    )


@contextmanager
def _landing(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    unit: Unit,
    resource: Resource,
    table: Table,
    run_id: str,
    redact: Redactor,
) -> Iterator["_Landing"]:
    """The landing folder of a resource, with the recorded rows of its table; incomplete files are removed at the end."""
    ingest(con, settings, unit, resource, run_id, redact=redact)  # files of an earlier fetch that were not ingested yet
    batches = recorded_batches(con, resource.id).values()
    names = [batch.file_name for batch in batches]
    # what was withdrawn counts as fetched, so that the same rows do not come back by themselves
    known = sorted((b for b in batches if b.status in (Status.CURRENT, Status.WITHDRAWN)), key=lambda b: b.file_name)
    check_raw_files(con, settings, resource.id, [batch.batch_id for batch in known])
    raws = [raw_path(settings, resource.id, batch.batch_id) for batch in known]
    scratch = settings.landing / unit.id / f".{resource.id}"
    shutil.rmtree(scratch, ignore_errors=True)  # left over from a crash
    scratch.mkdir(parents=True)
    landing = _Landing(con, resource, table, scratch, *_last_position(resource, names))
    try:
        landing.load_recorded([raw for raw in raws if raw.exists()])
        yield landing
    finally:
        for name in (RECORDED, PART, KEYS):
            con.execute(f"drop table if exists {name}")
        shutil.rmtree(scratch)


def _last_position(resource: Resource, names: list[str]) -> tuple[int, str | None]:
    """Number and upper watermark of the last file."""
    before, _, after = resource.delivery.pattern.partition("*")
    shape = re.compile(rf"{re.escape(before)}(\d{{6,}})_[^_]+_([^_]+){re.escape(after)}")
    last = max(((int(found[1]), found[2]) for name in names if (found := shape.fullmatch(name))), default=(0, START))
    return last[0], None if last[1] == START else last[1]


@dataclass
class _Landing:
    con: duckdb.DuckDBPyConnection
    resource: Resource
    table: Table
    scratch: Path
    number: int
    watermark: str | None

    def fetch(self, fetched: Fetched) -> None:
        """New and changed rows, file by file; where keys are compared, then missed rows and deleted rows."""
        self._fetch_rows(self.watermark, fetched)
        if not self.table.exchange.compare_keys:
            return
        self._load_keys()
        if self._count(f"from {KEYS} anti join (from {RECORDED} where not is_deleted) using (key)"):
            self._fetch_rows(None, fetched)  # rows with an old watermark, or committed later than the overlap
        recorded = self._count(f"from {RECORDED} where not is_deleted")
        deleted = self._deleted_lines()
        confirmation = f"{self.resource.id}@{self.number}"
        if len(deleted) > max(FEW_DELETED, recorded * GREATEST_FALL) and confirmation not in accepted_batches(
            self.con, self.resource.id
        ):
            raise self._collapsed(len(deleted), recorded, confirmation)
        self._write(deleted, self.watermark, fetched)
        fetched.deleted = len(deleted)

    def _fetch_rows(self, since: str | None, fetched: Fetched) -> None:
        rows = self.table.rows(since)
        while lines := list(islice(rows, ROWS_PER_FILE)):
            watermarks = [mark for mark in (self.watermark, lines[-1][1]) if mark is not None]
            new = self._new_lines([line for line, _ in lines])
            self._write(new, max(watermarks, key=_order, default=None), fetched)
            fetched.rows += len(new)

    def load_recorded(self, raws: list[Path]) -> None:
        """Fills the temporary table with the last content of each key, from the batches that were fetched, in their order."""
        if not raws:
            self.con.execute(
                f"create or replace temp table {RECORDED} (key varchar, content varchar, is_deleted boolean)"
            )
            return
        positions = ", ".join(f"({literal(raw)}, {position})" for position, raw in enumerate(raws))
        source = parquet_rows(*raws, filename=True)
        present = {name for name, *_ in self.con.execute(f"describe from {source}").fetchall()}
        content = ", ".join(identifier(c) if c in present else "null" for c in self.table.columns)
        key = ", ".join(map(identifier, self.table.exchange.key))
        self.con.execute(f"""
            create or replace temp table {RECORDED} as
            select key, arg_max(content, position) as content, arg_max(is_deleted, position) as is_deleted
            from (
                select to_json([{key}])::varchar as key, md5(to_json([{content}])::varchar) as content,
                    coalesce({DELETED}, '') <> '' as is_deleted, batch_position * {1 << 32} + {LINE} as position
                from {source} join (values {positions}) as batch(filename, batch_position) using (filename)
            ) group by key""")

    def _new_lines(self, lines: list[str]) -> list[str]:
        """The lines that are new or changed; all lines are recorded afterwards. Refused when two lines have one key."""
        self._load(lines, self.table.columns)
        if repeated := self._count(f"from (select key from {PART} group by key having count(*) > 1)"):
            raise self._ambiguous(repeated)
        new = self.con.execute(f"""
            select n from {PART} as part left join {RECORDED} as recorded using (key)
            where recorded.key is null or recorded.is_deleted or recorded.content <> part.content
            order by n""").fetchall()
        self.con.execute(f"delete from {RECORDED} where key in (select key from {PART})")
        self.con.execute(f"insert into {RECORDED} select key, content, false from {PART}")
        return [lines[n] for (n,) in new]

    def _load_keys(self) -> None:
        """Fills the temporary table with every key of the exchange table."""
        self.con.execute(f"create or replace temp table {KEYS} (key varchar)")
        keys = self.table.keys()
        while lines := [line for (line,) in islice(keys, ROWS_PER_FILE)]:
            self._load(lines, self.table.exchange.key)
            self.con.execute(f"insert into {KEYS} select key from {PART}")

    def _deleted_lines(self) -> list[str]:
        """One line for each recorded key that is no longer in the table; the other columns are empty."""
        deleted = self.con.execute(
            f"select key from {RECORDED} anti join {KEYS} using (key) where not is_deleted order by key"
        ).fetchall()
        now = self.table.now()
        empty: dict[str, str | None] = dict.fromkeys(self.table.columns)
        marked = {DELETED: "1", FETCHED_AT: now}
        named = (dict(zip(self.table.exchange.key, json.loads(key), strict=True)) for (key,) in deleted)
        return [json.dumps({**empty, **key, **marked}, ensure_ascii=False) for key in named]

    def _load(self, lines: list[str], columns: tuple[str, ...] | list[str]) -> None:
        """Fills the temporary table with the number, the key and the content digest of each line."""

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

    def _write(self, lines: list[str], watermark: str | None, fetched: Fetched) -> None:
        """Writes the file in the scratch folder, then moves it: landing/ never has an incomplete file."""
        if not lines:
            return
        before, _, after = self.resource.delivery.pattern.partition("*")
        self.number += 1
        name = f"{before}{self.number:06}_{self.watermark or START}_{watermark or START}{after}"
        self.watermark = watermark
        incomplete = self.scratch / name
        incomplete.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        incomplete.replace(self.scratch.parent / name)
        fetched.files.append(name)

    def _count(self, rows: str) -> int:
        found = self.con.execute(f"select count(*) {rows}").fetchone()
        return int(found[0]) if found else 0

    def _ambiguous(self, keys: int) -> Refused:
        table, key = self.table.exchange.table, ", ".join(self.table.exchange.key)
        return Refused(
            f"交换库 {table}: 有 {keys} 个键（{key}）对应多行。"
            f"请在 {yaml_of(self.resource)} 的 delivery.exchange.key 中登记能区分各行的列。",
            f"exchange table {table}: {keys} keys ({key}) occur in more than one row. "
            f"Declare columns that identify a row in delivery.exchange.key of {yaml_of(self.resource)}.",
        )

    def _collapsed(self, deleted: int, recorded: int, confirmation: str) -> Refused:
        table, share = self.table.exchange.table, f"{deleted / recorded:.0%}"
        return Refused(
            f"交换库 {table}: 已知的 {recorded} 行中有 {deleted} 行（{share}，超过 {GREATEST_FALL:.0%}）不在表中，未作删除。"
            f"请向交付方核实；若确实如此，请运行 suining fetch --accept {confirmation}。",
            f"exchange table {table}: {deleted} of {recorded} recorded rows ({share}, more than {GREATEST_FALL:.0%}) are "
            "missing from the table; none was deleted. Ask the department. If the rows really left the table, run "
            f"suining fetch --accept {confirmation}.",
        )


def _order(watermark: str) -> int:
    """A sort key for the watermarks of one table, whether they are times, dates or numbers."""
    return int(watermark.replace("T", ""))
