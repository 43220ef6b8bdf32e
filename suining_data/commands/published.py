"""What the commands that read the published file share: the connection, the options that ask for a day.

Here: `published`, as of today or of a day, locked: whatever SQL runs on it reads this file and nothing else; `opened`, for what
shows personal values. Not here: the commands, what the file says of a day (explanation/past.py), the answer to SQL of a
user (answers.py), what a look is (looks.py).
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time
from typing import TYPE_CHECKING, Annotated

import duckdb
import typer

from suining_data.commands.errors import Mistake
from suining_data.commands.looks import Look, looking
from suining_data.damage import reporting_damaged_publication
from suining_data.encryption import Config, open_database
from suining_data.settings import settings
from suining_data.warehouse import load_spatial

if TYPE_CHECKING:
    from suining_data.explanation import AskedTime

AsOf = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day of which to show the values, as YYYY-MM-DD.")
]
KnownAt = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f"],
        help="Show what was known then: YYYY-MM-DD is the end of that day. Default: what is known now.",
    ),
]


# extensions come from the project or not at all; a name in SQL never means a variable of this program
NOTHING_FROM_OUTSIDE: Config = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "python_enable_replacements": False,
    "ignore_unknown_crs": True,  # without the extension no statement knows the coordinate system of a column of shapes
}


# audiences of publication/audiences.yaml: everything, as delivered; and what one gets without a purpose
FULL, ANALYST = "full", "analyst"


@contextmanager
def opened(
    command: str,
    purpose: str | None,
    asked: "AskedTime | None" = None,
    audience: str = FULL,
    sql: str = "",
    **more: object,
) -> Iterator[tuple[duckdb.DuckDBPyConnection, Look]]:
    """The file of everything, for a command that shows what is in it, or what an `audience` gets of it. Who opens it says what for.

    The command records the look before it shows anything. `more`: what else the access log has of it.
    """
    with published(asked, sql=sql) as con, looking(command, purpose, audience=audience, **more) as look:
        yield con, look


@contextmanager
def published(
    asked: "AskedTime | None" = None, audience: str = FULL, sql: str = ""
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A locked connection to the published file, as of today or of a day: the full one by itself for counts only.

    `sql`: of the user, who has the functions ST_... in it; those that read a file are refused as all others are.
    Raises Mistake when there is none, or an older version wrote it.
    """
    folder = "" if audience == FULL else audience
    file = settings().published / folder / "suining.duckdb"
    if not file.exists():
        raise Mistake(f"{file} 还没有：先运行 suining refresh (nothing is published yet: run `suining refresh` first)")
    try:
        with (
            tempfile.TemporaryDirectory(prefix="suining-") as spill,
            reporting_damaged_publication(file),
            open_database(file.resolve(), read_only=True, config=NOTHING_FROM_OUTSIDE) as con,
        ):
            if asked is not None:
                from suining_data.explanation import view_as_of

                view_as_of(con, asked)
            load_spatial(con, sql.upper())
            _lock(con, spill)
            yield con
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        raise Mistake(
            "已发布的文件由旧版本写成：先运行 suining refresh (an older version wrote the published file: run `suining refresh` first)"
        ) from error


def _lock(con: duckdb.DuckDBPyConnection, spill: str) -> None:
    """No statement reads, writes or attaches another file, loads an extension, or changes a limit.

    What does not fit into memory spills into a folder that only this user can read.
    """
    con.execute("set memory_limit = ?", [f"{settings().memory_gb}GB"])
    con.execute("set temp_directory = ?", [spill])
    if threads := settings().threads:
        con.execute("set threads = ?", [threads])
    con.execute("set enable_external_access = false")
    con.execute("set lock_configuration = true")


def asked_time(as_of: datetime | None, known_at: datetime | None) -> "AskedTime | None":
    """The day and the moment that the options ask for; None for the present. A moment without a time is the end of its day."""
    from suining_data.explanation import AskedTime

    if as_of is None and known_at is None:
        return None
    if known_at is not None and known_at.time() == time.min:
        known_at = datetime.combine(known_at, time.max)
    return AskedTime((as_of or known_at or datetime.max).date(), known_at)


def check_text(text: str) -> None:
    """Raise Mistake when an argument has bytes that are not UTF-8: the terminal may use another encoding."""
    if not text.isprintable() and any("\ud800" <= character <= "\udfff" for character in text):
        raise Mistake(f"{text}: 不是 UTF-8，请检查终端的编码 (not UTF-8: check the encoding of the terminal)")
