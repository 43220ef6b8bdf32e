"""Damaged files of the project: how an error says that one is, and what helps.

Here: DamagedFile, and finding it in an error of DuckDB or SQLite. Not here: files that were delivered (ingestion/), a full disk
(warehouse.py), the refresh that writes damaged published files anew (publication/).

DuckDB checks a checksum of every block, so a damaged block is an error and never a wrong value. The error names the file only
where it ends too soon.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from suining_data.settings import Settings

# DuckDB's words, then SQLite's
IN_WORDS = (
    *("Corrupt database file", "not a valid DuckDB database file", "Could not read enough bytes from file"),
    *("Failure while replaying WAL file", "Corrupt WAL file", "Failed to load metadata pointer"),
    "Computed AES tag differs",  # of an encrypted file
)
IN_WORDS_OF_SQLITE = ("database disk image is malformed", "file is not a database")
QUOTED = re.compile(r"[\"'](/[^\"']+)[\"']")  # a path in a message


class DamagedFile(Exception):
    """A file that the project wrote is damaged; the message says which, and what to do."""


class DamagedLog(BaseException):
    """The log of a run is damaged while it runs. It is not an Exception, so that no handler catches it and logs again."""


def is_damage(error: BaseException | None) -> bool:
    """Whether the error, or one that caused it, says that a file is damaged."""
    return _words(error) is not None


def damage_of(error: BaseException, settings: Settings) -> DamagedFile | None:
    """The damaged file that an error is about; None if it is about none."""
    if isinstance(error, DamagedFile):
        return error
    words = _words(error)
    if words is None:
        return None
    if any(each in words for each in IN_WORDS_OF_SQLITE):
        return damaged_log(settings)
    for name in QUOTED.findall(words):
        file = Path(name)
        if file.is_relative_to(settings.published.resolve()):
            return damaged_publication(file)
        if file == settings.registry_backup.absolute():
            return damaged_copy(settings)
    return _damaged_warehouse(settings)


@contextmanager
def reporting_damage(settings: Settings) -> Iterator[None]:
    """Raises DamagedFile instead of an error inside that is about a damaged file."""
    try:
        yield
    except Exception as error:
        if damaged := damage_of(error, settings):
            raise damaged from error
        raise


@contextmanager
def reporting_damaged_publication(file: Path) -> Iterator[None]:
    """The same where a published file is read."""
    try:
        yield
    except Exception as error:
        if is_damage(error):
            raise damaged_publication(file) from error
        raise


def damaged_copy(settings: Settings) -> DamagedFile:
    """The copy of the registry, where the warehouse has no registry of its own."""
    return DamagedFile(
        f"{settings.registry_backup} 已损坏，而仓库中没有登记。请运行 suining restore 备份目录 --force，再运行 suining refresh "
        "(the copy of the registry is damaged, and the warehouse has no registry: run `suining restore BACKUP --force`, then "
        "`suining refresh`. Without a backup, move the copy away: then all golden ids, decisions and the history begin anew)"
    )


def damaged_publication(file: Path) -> DamagedFile:
    """A published file."""
    return DamagedFile(
        f"{file} 已损坏。请运行 touch {file}，再运行 suining refresh，它会重新写出 (a published file is damaged: run these two, and it "
        "is written anew)"
    )


def damaged_log(settings: Settings) -> DamagedFile:
    """Dagster's log."""
    home = settings.dagster_home
    return DamagedFile(
        f"{home} 中的运行日志已损坏；已发布的数据不变。请停止界面与守护进程，运行 mv {home} {home}.damaged，再次运行 (Dagster's log "
        "is damaged; what was published stays: stop interface and daemon, move the folder away as shown, and run again; only "
        "the record of former runs is lost)"
    )


def damaged_raw(file: Path) -> DamagedFile:
    """A file of delivered rows."""
    return DamagedFile(
        f"{file} 已损坏或被改动；已发布的数据不变。请运行 mv {file} {file}.damaged，再运行 suining refresh，从 landing/ 重读该来件 (a raw "
        "file is damaged or was changed; what was published stays: move it away as shown, then run `suining refresh`, which reads "
        "the delivery again; if its file is not in landing/ any more, put it back first)"
    )


def changed_table(settings: Settings, table: str, how: str) -> DamagedFile:
    """A table of the warehouse whose rows are not those that were written."""
    folder = settings.warehouse.parent
    return DamagedFile(
        f"{table}: {how}。请运行 mv {folder} {folder}.damaged，再运行 suining refresh，由 landing/、raw/ 与登记副本重建 (its rows are "
        "not those that were written: move the warehouse away as shown, then run `suining refresh`, which builds it again)"
    )


def _damaged_warehouse(settings: Settings) -> DamagedFile:
    folder = settings.warehouse.parent
    return DamagedFile(
        f"{settings.warehouse} 已损坏；已发布的数据不变。请运行 mv {folder} {folder}.damaged，再运行 suining refresh，由 landing/、raw/ "
        "与登记副本重建 (the warehouse is damaged; what was published stays: move it away as shown, then run `suining refresh`, "
        "which builds it again from landing/, raw/ and the copy of the registry)"
    )


def _words(error: BaseException | None) -> str | None:
    """What the error, or one that caused it, says, if it is about a damaged file."""
    while error is not None:
        said = str(error)
        if type(error).__module__.split(".")[0] in OF_DATABASES and any(
            each in said for each in (*IN_WORDS, *IN_WORDS_OF_SQLITE)
        ):
            return said
        error = error.__cause__ or error.__context__
    return None


OF_DATABASES = ("duckdb", "_duckdb", "sqlite3", "sqlalchemy")  # modules of their errors
