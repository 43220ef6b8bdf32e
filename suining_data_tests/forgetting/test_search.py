"""The search finds a planted value wherever it may be, and nothing where nothing is."""

import gzip
import json
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import openpyxl
import pytest

from suining_data.forgetting.known import Known
from suining_data.forgetting.search import search
from suining_data.settings import Settings

NUMBER, PHONE, NAME, BIRTH = "51090319620305139X", "13908251234", "郑有才", "1962-03-05"
KNOWN = Known("P1", "李主任", "1", ("P1",), (), (NUMBER,), (PHONE,), ((NAME, BIRTH),))


def _text(encoding: str) -> Callable[[Path], None]:
    return lambda file: file.write_bytes(f"a,b\n{NUMBER},x\n".encode(encoding))


def _workbook(file: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["x", NUMBER])
    book.save(file.with_suffix(".xlsx"))


def _zip_in_zip(file: Path) -> None:
    inner = file.with_suffix(".inner")
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("rows.csv", f"{NUMBER}\n" * 9)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(inner, "inner.zip")
    inner.unlink()


def _parquet(file: Path) -> None:
    duckdb.sql(
        f"copy (select '{NUMBER[:9]}' || '{NUMBER[9:]}' as a from range(999)) to '{file}' (format parquet, compression zstd)"
    )


def _database(file: Path) -> None:
    with duckdb.connect(str(file)) as con:
        con.execute(f"create table t as select ['x', '{PHONE}'] as list, {{'a': 1}} as s from range(9)")


def _freed_blocks(file: Path) -> None:
    with duckdb.connect(str(file)) as con:
        con.execute(f"create table t as select '{NUMBER}' || i as a from range(100000) as r(i)")
        con.execute("checkpoint")
        con.execute("drop table t; create table kept as select 1 as a")
        con.execute("checkpoint")


def _sqlite(file: Path) -> None:
    with sqlite3.connect(file) as con:
        con.execute("create table event (body text)")
        con.execute("insert into event values (?)", [json.dumps({"error": f"could not convert {NUMBER}"})])
    con.close()


PLANTED: dict[str, Callable[[Path], object]] = {
    "utf-8": _text("utf-8"),
    "utf-16": _text("utf-16-le"),
    "phone": lambda file: file.write_text(f"电话{PHONE}"),
    "workbook": _workbook,
    "zip in zip": _zip_in_zip,
    "gzip": lambda file: file.write_bytes(gzip.compress(NUMBER.encode() * 99)),
    "parquet": _parquet,
    "duckdb": _database,
    "freed blocks": _freed_blocks,
    "sqlite": _sqlite,
    "name and birth in gb18030": lambda file: file.write_bytes(f"1|{NAME}|1962年3月5日|\n".encode("gb18030")),
    "name and birth in a table": lambda file: duckdb.sql(
        f"copy (select '{NAME}' as a, date '{BIRTH}' as b) to '{file}' (format parquet)"
    ),
    "at the end of a block": lambda file: file.write_bytes(b" " * ((1 << 24) - 5) + NUMBER.encode()),
}


@pytest.mark.parametrize("plant", PLANTED.values(), ids=PLANTED)
def test_what_is_left_is_found(tmp_path: Path, plant: Callable[[Path], object]) -> None:
    folder = tmp_path / "landing" / "unit"
    folder.mkdir(parents=True)
    plant(folder / "file")
    finds = search(Settings(data=tmp_path), KNOWN).finds
    assert finds
    assert all(find.place.startswith("landing/unit/file") for find in finds)
    assert not any(value in str(finds) for value in (NUMBER, PHONE, NAME))


def test_where_nothing_is_left_nothing_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"51090319620306121X,{NAME},1962-03-06\n唐小兰,{BIRTH}\n", encoding="utf-8")
    with duckdb.connect(str(tmp_path / "b.duckdb")) as con:
        con.execute(f"create table t as select '{NAME}' as name, date '1962-03-06' as birth")
    found = search(Settings(data=tmp_path), KNOWN)
    assert (found.finds, found.files, found.tables) == ([], 2, 1)


def test_what_is_known_until_the_end_is_left_out_of_the_search_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "registry").mkdir()
    for name in (".forgetting_P1.json", ".forgetting_P2.json"):
        (tmp_path / "registry" / name).write_text(NUMBER)
    [find] = search(Settings(data=tmp_path), KNOWN).finds
    assert find.place == "registry/.forgetting_P2.json"
