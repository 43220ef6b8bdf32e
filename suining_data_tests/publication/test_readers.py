"""Readers of data/published/ while it is published again and again: each sees all of one snapshot, and no error."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb

from suining_data.publication import publish
from suining_data.settings import Settings
from suining_data.warehouse import open_warehouse
from suining_data_tests.publication.test_snapshot import fill, filled

PUBLICATIONS = READERS = 20


def write(con: duckdb.DuckDBPyConnection, number: int) -> None:
    """So many people, and as many in a second table: they differ only in a mixture of two snapshots."""
    fill(con, people=number)
    con.execute(f"create or replace table macro.indicator as select i as code from range({number}) as t(i)")
    con.execute("update governance.table_state set version = ? where table_name = 'macro.indicator'", [f"v{number}"])


def look(published: Path) -> tuple[int, int, int]:
    """The rows of both tables in the DuckDB file, and those of a Parquet file of the same snapshot."""
    snapshot = (published / "current").resolve()
    with duckdb.connect(str(snapshot / "suining.duckdb"), read_only=True) as con:
        people, codes = (
            con.execute(f"select count(*) from {table}").fetchall()[0][0]
            for table in ("population.person", "macro.indicator")
        )
        parquet = con.execute(
            "select count(*) from read_parquet(?)", [str(snapshot / "parquet" / "macro" / "indicator.parquet")]
        )
        return people, codes, parquet.fetchall()[0][0]


def test_twenty_readers_see_whole_snapshots_during_twenty_publications(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    ended = threading.Event()

    def read() -> list[tuple[int, int, int]]:
        seen = []
        while not ended.is_set():
            seen.append(look(settings.published))
            ended.wait(0.2)  # 20 readers would leave the publications no processor
        return seen

    with filled(settings) as con:
        write(con, 1)
        publish(con, settings, "run1")
    with open_warehouse(settings) as con, ThreadPoolExecutor(READERS) as pool:
        readers = [pool.submit(read) for _ in range(READERS)]
        try:
            for number in range(2, PUBLICATIONS + 2):
                write(con, number)
                publish(con, settings, f"run{number}")
        finally:
            ended.set()
        seen = [each for reader in readers for each in reader.result()]
    assert all(len(set(each)) == 1 for each in seen)
    assert len({people for people, *_ in seen}) > PUBLICATIONS / 4
