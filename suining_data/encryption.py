"""Encryption of the files with personal values: the key, and opening DuckDB and Parquet files with it.

Here: the key file, attaching a DuckDB file, Parquet that is written and read with the key. Not here: which files are encrypted (the
code that writes them), files that were written before there was a key (warehouse.py, ingestion/encrypted_raw.py, publication/).

A process has one key, or none: then all is written and read in plain. The first line of the key file is the key; a file that was
written with the key of a further line can be read, and is written anew with the first. Keys reach DuckDB as parameters and
variables, so no statement has one in its text. DuckDB's extension httpfs has the cipher: without it nothing can be
written, and reading takes three times as long. Nothing is fetched over the network.
"""

import base64
from functools import cache
from importlib.resources import files as package
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from suining_data.settings import Unusable, settings
from suining_data.sql import identifier, literal

FORMAT = "v1.5.0"  # of DuckDB's files: the first in which a GEOMETRY keeps its coordinate system
DIGITS = 64  # hexadecimal ones of a key
MAIN = "suining"  # the database that names without one mean
PARQUET_KEY = "suining"  # name of the key in statements
ENCRYPTED_PARQUET = b"PARE"  # first bytes of a file
HOW = "(umask 077; openssl rand -hex 32 > FILE)"
Config = dict[str, str | bool | int | float | list[str]]


class KeyFileUnusable(Unusable):
    """The key file is missing, open to others or has no key, or a file needs a key that is not in it."""


def keys() -> tuple[str, ...]:
    """The keys as base64, the one to write with first; empty if nothing is to be encrypted. Raises KeyFileUnusable."""
    file = settings().key_file
    if file is None:
        return ()
    if file.resolve().is_relative_to(settings().data.resolve()):
        raise KeyFileUnusable(
            f"{file}: 加密密钥不得放在数据目录内 (SUINING_KEY_FILE: the key must not be in the data folder)"
        )
    try:
        mode, lines = file.stat().st_mode, file.read_text(encoding="ascii").split()
    except (OSError, ValueError) as error:
        lines, mode = [], 0o600
        if isinstance(error, OSError):
            raise KeyFileUnusable(
                f"{file}: 读不到加密密钥：{error.strerror} (SUINING_KEY_FILE: the key cannot be read)"
            ) from error
    if mode & 0o077:
        raise KeyFileUnusable(f"{file}: 加密密钥只准本用户读写：chmod 600 (only its owner may read the key: chmod 600)")
    if not lines or not all(_is_key(line) for line in lines):
        raise KeyFileUnusable(
            f"{file}: 不是加密密钥，应为每行 {DIGITS} 个十六进制字符。生成：{HOW} (no key: {DIGITS} hexadecimal digits a line are one; "
            "make one as shown)"
        )
    return tuple(base64.b64encode(bytes.fromhex(line)).decode() for line in lines)


def _is_key(line: str) -> bool:
    return len(line) == DIGITS and all(digit in "0123456789abcdefABCDEF" for digit in line)


def changes_key() -> bool:
    """Whether files that were written with a former key are to be written anew."""
    return len(keys()) > 1


def connect(config: Config | None = None) -> duckdb.DuckDBPyConnection:
    """A connection without a database of its own that can read and write encrypted files; also what it spills is encrypted."""
    con = duckdb.connect(config=config or {})
    if found := keys():
        con.execute("set autoinstall_known_extensions = false; set autoload_known_extensions = false")
        con.execute(f"load '{_extension()}'")
        con.execute("set temp_file_encryption = true")
        for number, key in enumerate(found):
            con.execute("set variable parquet_key = ?", [key])
            con.execute(f"pragma add_parquet_key('{_name(number)}', getvariable('parquet_key'))")
        con.execute("reset variable parquet_key")
    return con


@cache
def _extension() -> Path:
    """The extension is a Python package, because a closed network cannot download it."""
    folder = Path(str(package("duckdb_extension_httpfs"))) / "extensions" / f"v{duckdb.__version__}"
    return folder / "httpfs.duckdb_extension"


def open_database(file: Path, *, read_only: bool = False, config: Config | None = None) -> duckdb.DuckDBPyConnection:
    """A connection to a DuckDB file, encrypted or not, whose tables need no name of a database. Raises KeyFileUnusable."""
    con = connect(config)
    try:
        attach(con, file, MAIN, read_only=read_only)
        con.execute(f"use {MAIN}")
    except BaseException:
        con.close()
        raise
    return con


def attach(con: duckdb.DuckDBPyConnection, file: Path, name: str, *, read_only: bool = False) -> None:
    """Attach a DuckDB file as it is; one that is new is encrypted if there is a key. Raises KeyFileUnusable."""
    is_there = file.exists()
    options = "read_only" if read_only else "read_write" if is_there else f"storage_version '{FORMAT}'"
    if not (_is_encrypted_database(file) if is_there else keys()):
        con.execute(f"attach {literal(file)} as {identifier(name)} ({options})")
        return
    with_key = f"attach {literal(file)} as {identifier(name)} ({options}, encryption_key ?)"
    for key in keys():
        try:
            con.execute(with_key, [key])
        except duckdb.InvalidInputException as error:
            if "Wrong encryption key" not in str(error):
                raise
        else:
            return
    raise _locked(file)


def _locked(file: Path) -> KeyFileUnusable:
    if keys():
        return KeyFileUnusable(
            f"{file} 已用另一把密钥加密：请让 SUINING_KEY_FILE 指向原密钥 (was encrypted with another key: let SUINING_KEY_FILE "
            "name the file with that key, or add it to the file as a further line)"
        )
    return KeyFileUnusable(
        f"{file} 已加密：请用 SUINING_KEY_FILE 指定密钥文件 (is encrypted: let SUINING_KEY_FILE name the file with its key)"
    )


def _is_encrypted_database(file: Path) -> bool:
    """Whether the header of a DuckDB file says that what follows is encrypted."""
    with file.open("rb") as content:
        start = content.read(21)
    return start[8:12] == b"DUCK" and len(start) == 21 and bool(start[20] & 1)


def is_database_as_set(file: Path) -> bool:
    """Whether a DuckDB file is encrypted with the key to write with, or plain if there is none."""
    if not changes_key():
        return _is_encrypted_database(file) == bool(keys())
    if not _is_encrypted_database(file):
        return False
    with duckdb.connect() as con:
        try:
            con.execute(f"attach {literal(file)} as tried (read_only, encryption_key ?)", [keys()[0]])
        except duckdb.InvalidInputException:
            return False
    return True


def parquet_options(options: str) -> str:
    """Options of COPY for a Parquet file that is encrypted if there is a key."""
    return f"{options}, encryption_config {{footer_key: '{PARQUET_KEY}'}}" if keys() else options


def parquet_rows(*of: Path, filename: bool = False) -> str:
    """SQL of the rows of Parquet files, encrypted or not; a column that a file lacks is null. Raises KeyFileUnusable.

    `filename`: with this column. DuckDB cannot match the columns of encrypted files by name, so these are read one by one.
    """
    named = ", filename = true" if filename else ""
    if not any(map(_is_encrypted_parquet, of)):
        return f"read_parquet([{', '.join(map(literal, of))}], union_by_name = true{named})"
    if not keys():
        raise _locked(of[0])
    key = f", encryption_config = {{footer_key: '{PARQUET_KEY}'}}"
    read = [f"from read_parquet({literal(each)}{named}{key if _is_encrypted_parquet(each) else ''})" for each in of]
    return f"({' union all by name '.join(read)})"


def read_parquet(sql: str) -> list[tuple[Any, ...]]:
    """The rows of a SELECT of `parquet_rows` alone, where there is no connection."""
    with _reader(keys()).cursor() as con:
        return con.execute(sql).fetchall()


@cache
def _reader(of: tuple[str, ...]) -> duckdb.DuckDBPyConnection:
    return connect()


def parquet_columns(file: Path) -> list[str]:
    """The names of the columns of a Parquet file."""
    if not _is_encrypted_parquet(file):
        return list(pq.read_schema(file).names)
    return [name for name, *_ in read_parquet(f"describe from {parquet_rows(file)}")]


def is_parquet_as_set(file: Path) -> bool:
    """Whether a Parquet file is encrypted with the key to write with, or there is none."""
    if not keys() or not _is_encrypted_parquet(file):
        return not keys()
    return not changes_key() or _opens(file, PARQUET_KEY)


def encrypt_parquet(file: Path, options: str) -> None:
    """Write a Parquet file anew with the key to write with, if there is one, and with these options of COPY.

    DuckDB does it, for it cannot read single columns of what Arrow has encrypted.
    """
    if is_parquet_as_set(file):
        return
    source, fresh = f"read_parquet({literal(file)})", file.with_suffix(".fresh")
    if _is_encrypted_parquet(file):
        opening = [name for name in map(_name, range(len(keys()))) if _opens(file, name)]
        if not opening:
            raise _locked(file)
        source = f"read_parquet({literal(file)}, encryption_config = {{footer_key: '{opening[0]}'}})"
    read_parquet(f"copy (from {source}) to {literal(fresh)} ({parquet_options(options)})")
    fresh.replace(file)


def _name(number: int) -> str:
    """The name of a key in statements: the one to write with first."""
    return f"{PARQUET_KEY}{number or ''}"


def _opens(file: Path, key: str) -> bool:
    try:
        read_parquet(f"from read_parquet({literal(file)}, encryption_config = {{footer_key: '{key}'}}) limit 0")
    except duckdb.InvalidInputException:
        return False
    return True


def _is_encrypted_parquet(file: Path) -> bool:
    """Whether a Parquet file is encrypted as a whole; one that is missing or damaged is not."""
    if not file.is_file():
        return False
    with file.open("rb") as content:
        return content.read(4) == ENCRYPTED_PARQUET
