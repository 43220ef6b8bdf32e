"""Tombstones: how a forgotten person is recognised, without any value of the person.

Here: the tables registry.tombstone and registry.tombstone_mark, the key, the hash of a value. Not here: which values a person
is recognised by (standardization/forgotten_rows.py), forgetting itself (forgetting/).

A mark is the SHA-256 of a value with a key before it. There are so few identity numbers that a hash without a key says as
much as the number. So the key is a file of its own beside the copy of the registry, and goes into another backup.
"""

import secrets
from pathlib import Path

import duckdb

from suining_data.settings import Settings

Connection = duckdb.DuckDBPyConnection

TABLES = """
create table if not exists registry.tombstone (
    person_id varchar, forgotten_at timestamp, forgotten_by varchar, reason varchar);
create table if not exists registry.tombstone_mark (person_id varchar, mark varchar)
"""
MARKS = "temp.mark_of_forgotten"  # the marks that `mark` is compared with
_KEY = "tombstone_key"  # a variable of the connection, so that no statement has the key in its text


class KeyMissing(Exception):
    """There are tombstones, but not the key with which they were made."""


def key_file(settings: Settings) -> Path:
    """The key; whoever has it and the tombstones can try out all identity numbers."""
    return settings.registry_backup.parent / "tombstone.key"


def make_key(settings: Settings) -> None:
    """Make the key if there is none."""
    file = key_file(settings)
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_hex(32), encoding="ascii")
        fresh.replace(file)


def load_marks(con: Connection, settings: Settings) -> bool:
    """Make the marks of all tombstones ready for comparison on this connection. False if nobody was forgotten.

    Raises KeyMissing if the key is lost: then nobody who was forgotten would be recognised.
    """
    con.execute(f"create or replace temp table {_name(MARKS)} as select distinct mark from registry.tombstone_mark")
    if not con.execute(f"select 1 from {MARKS} limit 1").fetchone():
        return False
    if not key_file(settings).exists():
        raise KeyMissing(
            f"{key_file(settings)} 丢失，无法识别已被遗忘的人员：请从备份恢复 "
            "(the key of the tombstones is lost, so nobody who was forgotten is recognised: restore it from its backup)"
        )
    load_key(con, settings)
    return True


def load_key(con: Connection, settings: Settings) -> None:
    """Give the key to this connection; `mark` needs it."""
    con.execute(f"set variable {_KEY} = ?", [key_file(settings).read_text(encoding="ascii")])


def mark(kind: str, *values: str) -> str:
    """SQL: the mark of values, null if one is null. Marks of different kinds are different for the same values."""
    text = " || chr(31) || ".join((f"'{kind}'", *(f"cast({value} as varchar)" for value in values)))
    return f"sha256(getvariable('{_KEY}') || {text})"


def is_marked(kind: str, *values: str) -> str:
    """SQL: whether the mark of values is that of a forgotten person; false if one is null."""
    return f"coalesce({mark(kind, *values)} in (from {MARKS}), false)"


def _name(table: str) -> str:
    return table.split(".")[1]
