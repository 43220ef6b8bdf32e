"""An SQLite file that somebody else made: opened so that nothing in it runs, writes or goes on without end.

Here: the connection and its limits, the refusal of views, the check of a table's pages.
Not here: the tables of a GeoPackage (geopackage.py).

See https://www.sqlite.org/security.html on files from others.
"""

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from suining_data.ingestion.reading import Refused
from suining_data.settings import Limits

STEPS_BETWEEN_LOOKS = 10_000  # of SQLite's machine, a few milliseconds
CAUTIOUS = ("trusted_schema = off", "query_only = on", "cell_size_check = on", "mmap_size = 0")
FEW = {
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 100,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 10,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
UNFINISHED = ("-wal", "-journal")  # beside the file: changes that it does not hold yet, or must take back
ABOUT_VALUES = re.compile(r"(NULL|CHECK|TEXT|NUMERIC|non-\w+) ")  # a check's words about values; the others are damage


@contextmanager
def opened(file: Path, limits: Limits) -> Iterator[sqlite3.Connection]:
    """A connection that gives texts as bytes. Refused when the file takes longer or holds larger values than the limits."""
    deadline = time.monotonic() + limits.reader_seconds
    try:
        with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro&immutable=1", uri=True)) as connection:
            connection.text_factory = bytes
            connection.set_progress_handler(lambda: time.monotonic() > deadline, STEPS_BETWEEN_LOOKS)
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, limits.document_mb << 20)
            for limit, value in FEW.items():
                connection.setlimit(limit, value)
            for pragma in CAUTIOUS:
                connection.execute(f"pragma {pragma}")
            yield connection
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", None)
        if code == sqlite3.SQLITE_INTERRUPT:
            raise _too_slow(limits) from None
        if code == sqlite3.SQLITE_TOOBIG or isinstance(error, sqlite3.DataError):
            raise _too_large(limits) from None
        raise damaged() from None


def damaged() -> Refused:
    return Refused(
        "全文件: 不是 GeoPackage 文件，或已损坏，传输可能中断。请交付方重新导出并交付。",
        "whole file: not a GeoPackage, or damaged; the transfer may have been interrupted. "
        "Ask the department for a new export.",
    )


def _too_slow(limits: Limits) -> Refused:
    return Refused(
        f"全文件: 读取超过 {limits.reader_seconds:g} 秒，已停止。请交付方重新导出；若文件确实这样大，请调高 "
        "SUINING_LIMIT_READER_SECONDS。",
        f"whole file: reading took more than {limits.reader_seconds:g} seconds and was stopped. Ask the department for a new "
        "export. If the file is really that large, raise SUINING_LIMIT_READER_SECONDS.",
    )


def _too_large(limits: Limits) -> Refused:
    return Refused(
        f"全文件: 有一条记录超过 {limits.document_mb} MB。请交付方简化图形后重新导出；若图形确实这样大，请调高 "
        "SUINING_LIMIT_DOCUMENT_MB。",
        f"whole file: a record has more than {limits.document_mb} MB. Ask the department for an export with simpler shapes. "
        "If a shape is really that large, raise SUINING_LIMIT_DOCUMENT_MB.",
    )


def unfinished_changes(file: Path) -> list[Path]:
    """The files beside an SQLite file that hold changes which are not in it, because a program still has it open."""
    beside = (file.with_name(file.name + suffix) for suffix in UNFINISHED)
    return [part for part in beside if part.is_file() and part.stat().st_size]


def refuse_if_unfinished(file: Path) -> None:
    for part in unfinished_changes(file):
        suffix = part.name.removeprefix(file.name)
        raise Refused(
            f"全文件: 旁边有 {suffix} 文件，交付时还有程序开着它，有修改没有写入。请交付方关闭程序后重新交付。",
            f"whole file: a {suffix} file is beside it, so a program had it open and some changes are not in it. Ask the "
            "department to close the program and to deliver the file again.",
        )


def is_table(connection: sqlite3.Connection, name: str) -> bool:
    """True for a table that is stored in the file. A view or a virtual table is a program, and may never end."""
    found = connection.execute(
        "select 1 from sqlite_master where name = ? collate nocase and type = 'table' and rootpage > 0", [name]
    ).fetchone()
    return found is not None


def refuse_if_pages_are_damaged(connection: sqlite3.Connection, table: str) -> None:
    """Refused when the pages of a table are inconsistent: reading it would skip or repeat rows without an error."""
    for (message,) in connection.execute("select * from pragma_quick_check(?)", [table]):
        if message != b"ok" and not ABOUT_VALUES.match(message.decode("utf-8", "replace")):
            raise damaged()
