"""The table of the exchange database from which one resource of the town is fetched.

Here: its rows, and a server without any. Not here: the server (exchange/conftest.py), fetching (ingestion/).
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import psycopg
from psycopg import sql

from suining_data_tests.random_changes.registers import Row

TABLE = sql.Identifier("exchange", "jzdj")


class ExchangeTable:
    """Table exchange.jzdj: the delivered columns as text, a key and the time of the last change."""

    def __init__(self, dsn: str, columns: Iterable[str]) -> None:
        self.columns = list(columns)
        self.server = psycopg.connect(dsn, autocommit=True)
        texts = sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(name)) for name in self.columns)
        self.server.execute("drop schema if exists exchange cascade; create schema exchange")
        self.server.execute(
            sql.SQL("create table {} (xh bigint primary key, {}, gxsj timestamptz not null)").format(TABLE, texts)
        )

    def rows(self) -> dict[int, Row]:
        """All rows by their key."""
        names = sql.SQL(", ").join(map(sql.Identifier, self.columns))
        found = self.server.execute(sql.SQL("select xh, {} from {} order by xh").format(names, TABLE)).fetchall()
        return {key: dict(zip(self.columns, values, strict=True)) for key, *values in found}

    def put(self, rows: Mapping[int, Row], at: str = "now") -> None:
        """New rows, or rows changed, at that time."""
        self.delete(rows)
        marks = sql.SQL(", ").join(sql.Placeholder() * len(self.columns))
        insert = sql.SQL("insert into {} values (%s, {}, %s)").format(TABLE, marks)
        for key, row in rows.items():
            self.server.execute(insert, [key, *(row[name] for name in self.columns), at])

    def delete(self, keys: Iterable[int]) -> None:
        """Without a mark: whoever fetches must compare the keys."""
        self.server.execute(sql.SQL("delete from {} where xh = any(%s)").format(TABLE), [list(keys)])


def read_lines(files: Iterable[Path]) -> list[Row]:
    """The rows of JSON Lines files."""
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
