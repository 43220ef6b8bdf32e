"""The proof that a person is forgotten: a search through every file of the data folder, and what it found.

Here: which files are opened in which way, and the texts that are looked for. Not here: which values are the person's alone
(known.py).

Every file is searched byte by byte, in each encoding that deliveries have. What is packed is unpacked: members of ZIP files
and workbooks, GZIP, tables of DuckDB, Parquet and SQLite files. A name counts together with the birth, in one row or line,
where nobody else has the two. Blocks of a DuckDB file that no table uses can be read by no query, so there must be none, but in a file that never had the
person.
"""

import gzip
import re
import sqlite3
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import duckdb

from suining_data.encryption import ENCRYPTED_PARQUET, connect, open_database, parquet_rows
from suining_data.forgetting.known import Known, unfinished_file
from suining_data.publication import DATABASE, read_database
from suining_data.settings import Settings
from suining_data.sql import identifier, literal

ENCODINGS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
BLOCK = 1 << 24  # bytes that are searched at a time
SEARCHED_TYPES = re.compile("VARCHAR|JSON|DATE|TIMESTAMP|STRUCT|MAP|BLOB")
MOST_NESTED = 3  # archives in archives


@dataclass(frozen=True)
class Find:
    """Something of the person that is left: where, and what kind of value; never the value."""

    place: str
    kind: str


@dataclass
class Search:
    """What was looked for where; `finds` is empty when nothing is left."""

    files: int = 0
    bytes: int = 0
    tables: int = 0
    members: int = 0
    finds: list[Find] = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        self.finds = []


def search(settings: Settings, known: Known) -> Search:
    """Look through the whole data folder. The file of what is known of the person is left out: it goes last."""
    found, own = Search(), unfinished_file(settings, known.person_id)
    is_new = read_database(settings).get("copies") == 0  # its blocks never had another content
    published = (settings.published / DATABASE).resolve() if is_new else None
    for file in sorted(settings.data.rglob("*")):
        if file.is_file() and not file.is_symlink() and file != own:
            place = str(file.relative_to(settings.data))
            found.files += 1
            found.bytes += file.stat().st_size
            kinds = dict.fromkeys([(place, kind) for kind in _kinds_in_stream(file, known)])
            kinds |= dict.fromkeys(_inside(file, place, known, found, is_new=file.resolve() == published))
            found.finds += [Find(where, kind) for where, kind in kinds]
    return found


def texts_of(known: Known) -> list[str]:
    """The texts of which each alone is the person's."""
    return [*known.numbers, *known.phones]


def written_births(birth: str) -> list[str]:
    """The forms in which a day is written."""
    year, month, day = birth.split("-")
    return [
        birth, f"{year}{month}{day}", f"{year}/{month}/{day}", f"{year}.{month}.{day}", f"{year}年{month}月{day}日",
        f"{year}/{int(month)}/{int(day)}", f"{year}年{int(month)}月{int(day)}日",
    ]  # fmt: skip


def _encoded(text: str) -> set[bytes]:
    escaped = text.encode("ascii", "backslashreplace")  # as JSON writes it
    return {*(text.encode(encoding) for encoding in ENCODINGS), escaped}


def _kinds_in(content: bytes, known: Known) -> Iterator[str]:
    """The kinds of values that some bytes have. A name and birth count within one line."""
    for kind, texts in (("number", known.numbers), ("phone", known.phones)):
        if any(each in content for text in texts for each in _encoded(text)):
            yield kind
    for name, birth in known.births:
        for encoding in ENCODINGS[:2]:
            written, births = name.encode(encoding), [each.encode(encoding) for each in written_births(birth)]
            if written in content and any(
                written in line and any(each in line for each in births) for line in content.split(b"\n")
            ):
                yield "name and birth"


def _kinds_in_stream(file: Path, known: Known) -> set[str]:
    """Like _kinds_in, of a file of any size; blocks overlap, so that nothing is cut in two."""
    kinds: set[str] = set()
    with file.open("rb") as stream:
        tail = b""
        while block := stream.read(BLOCK):
            kinds.update(_kinds_in(tail + block, known))
            tail = block[-4096:]
    return kinds


def _inside(file: Path, place: str, known: Known, found: Search, *, is_new: bool) -> Iterator[tuple[str, str]]:
    """Place and kind of what is found inside a packed file."""
    with file.open("rb") as stream:
        start = stream.read(16)
    if start.startswith((b"PK\x03\x04", b"\x1f\x8b")):
        yield from _unpacked(file.read_bytes(), place, known, found)
    elif start.startswith((b"PAR1", ENCRYPTED_PARQUET)):
        with connect() as con:
            yield from _in_relation(con, parquet_rows(file), place, known, found)
    elif start[8:12] == b"DUCK":
        yield from _in_database(file, place, known, found, is_new=is_new)
    elif start.startswith(b"SQLite format 3"):
        yield from _in_sqlite(file, place, known, found)


def _unpacked(content: bytes, place: str, known: Known, found: Search, depth: int = 0) -> Iterator[tuple[str, str]]:
    if depth == MOST_NESTED:
        return
    if content.startswith(b"\x1f\x8b"):
        members: Iterable[tuple[str, Callable[[], bytes]]] = [("gzip", lambda: gzip.decompress(content))]
    elif content.startswith(b"PK\x03\x04"):
        archive = zipfile.ZipFile(BytesIO(content))
        members = [(info.filename, lambda info=info: archive.read(info)) for info in archive.infolist()]  # type: ignore[misc]
    else:
        return
    for name, read in members:
        inner, within = read(), f"{place}!{name}"
        found.members += 1
        yield from ((within, kind) for kind in _kinds_in(inner, known))
        yield from _unpacked(inner, within, known, found, depth + 1)


def _in_database(file: Path, place: str, known: Known, found: Search, *, is_new: bool) -> Iterator[tuple[str, str]]:
    with open_database(file, read_only=True) as con:
        free = con.execute(
            "select sum(free_blocks) from pragma_database_size() where database_name = current_database()"
        ).fetchall()[0][0]
        if free and not is_new:
            yield place, f"{free} blocks that no table uses: they cannot be searched"
        tables = con.execute(
            "select schema_name || '.' || table_name, schema_name, table_name from duckdb_tables() "
            "where database_name = current_database() and not internal order by 1"
        ).fetchall()
        for name, schema, table in tables:
            yield from _in_relation(con, f"{identifier(schema)}.{identifier(table)}", f"{place}!{name}", known, found)


def _in_relation(
    con: duckdb.DuckDBPyConnection, relation: str, place: str, known: Known, found: Search
) -> Iterator[tuple[str, str]]:
    """One pass over a table: each row as one text."""
    columns = [
        name
        for name, kind, *_ in con.execute(f"describe select * from {relation}").fetchall()
        if SEARCHED_TYPES.search(kind)
    ]
    found.tables += 1
    if not columns:
        return
    text = f"concat_ws(chr(31), {', '.join(f'cast({identifier(name)} as varchar)' for name in columns)})"
    conditions = {
        "number": [_contains(text) for text in known.numbers],
        "phone": [_contains(text) for text in known.phones],
        "name and birth": [
            f"({_contains(name)} and ({' or '.join(map(_contains, written_births(birth)))}))"
            for name, birth in known.births
        ],
    }
    asked = {kind: " or ".join(each) for kind, each in conditions.items() if each}
    if not asked:
        return
    counts = con.execute(
        f"select {', '.join(f'count(*) filter ({each})' for each in asked.values())} from (select {text} as row_text from {relation})"
    ).fetchall()[0]
    for kind, count in zip(asked, counts, strict=True):
        if count:
            yield place, f"{kind} in {count} rows"


def _contains(text: str) -> str:
    return f"contains(row_text, {literal(text)})"


def _in_sqlite(file: Path, place: str, known: Known, found: Search) -> Iterator[tuple[str, str]]:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as con:
        for (table,) in con.execute("select name from sqlite_master where type = 'table'").fetchall():
            found.tables += 1
            for row in con.execute(f"select * from {identifier(table)}"):
                content = "\x1f".join(str(value) for value in row).replace("\n", " ").encode()
                for kind in _kinds_in(content, known):
                    yield f"{place}!{table}", kind
