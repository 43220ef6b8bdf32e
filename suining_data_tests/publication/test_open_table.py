"""A table of counts as the public gets it: totals of all levels, empty cells, multiples of 5."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from suining_data.models import ModelContract
from suining_data.publication.open_table import counted, open_counts

TABLE = "open_data.firm"
CONTRACT = ModelContract.model_validate(
    {
        "description": {"zh": "单位数", "en": "Firms"},
        "open": "counts",
        "key": ["division_code", "kind"],
        "columns": {
            "division_code": {"element": "division_code"},
            "kind": {"type": "varchar", "sensitivity": "L1"},
            "firms": {"type": "bigint", "sensitivity": "L1"},
        },
    }
)
Rows = list[tuple[str, str, int]]
COUNTED: Rows = [
    *(("510903001000", kind, count) for kind, count in (("a", 41), ("b", 17), ("c", 3))),
    *(("510903002000", kind, count) for kind, count in (("a", 23), ("b", 12), ("c", 12))),
    *(("510904001000", kind, count) for kind, count in (("a", 8), ("c", 9))),
]


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute(
            f"create schema open_data; create table {TABLE} (division_code varchar, kind varchar, firms bigint)"
        )
        yield con


def opened(con: duckdb.DuckDBPyConnection, rows: Rows, before: Path | None = None) -> dict[tuple[str, str], int | None]:
    con.execute(f"delete from {TABLE}")
    con.executemany(f"insert into {TABLE} values (?, ?, ?)", rows)
    open_counts(con, CONTRACT, TABLE, before)
    found = con.execute(f"from {counted(TABLE)}").fetchall()
    cells = {(division, kind): count for division, kind, count in found}
    assert len(cells) == len(found)
    return cells


def test_it_has_the_totals_of_counties_and_city_in_multiples_of_five(con: duckdb.DuckDBPyConnection) -> None:
    cells = opened(con, COUNTED)
    assert cells["510903000000", "a"] == 65  # 64
    assert cells["510903000000", "total"] == 110  # 108
    assert cells["510900000000", "c"] == 25  # 24
    assert cells["510900000000", "total"] == 125
    assert ("510904001000", "b") not in cells


def test_a_small_count_and_three_others_are_empty(con: duckdb.DuckDBPyConnection) -> None:
    empty = {cell for cell, count in opened(con, COUNTED).items() if count is None}
    assert empty == {(town, kind) for town in ("510903001000", "510903002000") for kind in ("b", "c")}


def test_what_has_no_town_is_in_the_totals_alone(con: duckdb.DuckDBPyConnection) -> None:
    cells = opened(con, [*COUNTED, ("510903000000", "a", 10), ("510900000000", "a", 20)])
    assert cells["510903000000", "a"] == 75
    assert cells["510900000000", "a"] == 100  # 102
    assert cells["510900000000", "total"] == 155


def test_a_table_about_too_few_and_an_empty_one_have_no_rows(con: duckdb.DuckDBPyConnection) -> None:
    assert opened(con, [("510903001000", "a", 4)]) == {}
    assert opened(con, [("510903001000", "a", 1), ("510904001000", "b", 100)]) != {}
    con.execute(f"delete from {TABLE}")
    open_counts(con, CONTRACT, TABLE, None)
    assert con.execute(f"from {counted(TABLE)}").fetchall() == []


def test_what_the_last_edition_suppressed_stays_empty(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    opened(con, COUNTED)
    file = tmp_path / "last.parquet"
    con.execute(f"copy {counted(TABLE)} to '{file}' (format parquet)")
    larger = [(town, kind, count + 20) for town, kind, count in COUNTED]
    assert None not in opened(con, larger).values()
    assert list(opened(con, larger, file).values()).count(None) == 4


@pytest.mark.parametrize("key", [["kind", "division_code"], ["division_code"]])
def test_a_table_of_counts_says_what_is_a_division_and_what_is_the_count(key: list[str]) -> None:
    with pytest.raises(ValueError, match="has a key of a division_code and categories"):
        ModelContract.model_validate(CONTRACT.model_dump() | {"key": key})
