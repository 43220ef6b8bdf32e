"""Which cells are hidden follows from the labels of the columns, and all rows stay."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from suining_data.confidential import VALUES
from suining_data.models import SourceContract
from suining_data.publication.confidential_rows import with_persons_hidden
from suining_data.publication.labels import labels_of
from suining_data.settings import Settings

NUMBER, PHONE = "510902199001011237", "13812345678"
HIDDEN = [
    ("person", "P1"), ("record", "7"), ("number", NUMBER), ("number", "510902900101123"), ("number", PHONE), ("name", "王小明"),
    ("place", "A1"), ("near", "P2"), ("near", "O1"),
]  # fmt: skip
COLUMNS = {
    "person_id": {"type": "varchar", "identifies": "person", "sensitivity": "L2"},
    "resident_id": {"element": "resident_id"},
    "name": {"element": "person_name"},
    "birth_date": {"element": "date", "sensitivity": "L3"},
    "address_id": {"type": "varchar", "sensitivity": "L3"},
    "note": {"type": "varchar", "sensitivity": "L2"},
    "amount": {"type": "bigint", "sensitivity": "L1"},
    "record_id": {"type": "bigint", "identifies": "row", "sensitivity": "L1"},
}
CONTRACT = {
    "description": {"zh": "", "en": ""},
    "columns": {name: {"zh": "", "en": "", **each} for name, each in COLUMNS.items()},
}
LABELS = labels_of({"a.b": SourceContract.model_validate(CONTRACT)})
OTHER = (None, "110101198001010011", "李四", "1980-01-01", "A2", "nothing", 1, 9)


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute(
            f"create schema linked; create schema governance; create schema a; create table {VALUES} (kind varchar, value varchar)"
        )
        con.execute("create table governance.table_state (table_name varchar, version varchar)")
        con.execute(
            "create table a.b (person_id varchar, resident_id varchar, name varchar, birth_date date, address_id varchar, "
            "note varchar, amount bigint, record_id bigint)"
        )
        yield con


def published(con: duckdb.DuckDBPyConnection, folder: Path, *row: object) -> list[object]:
    """The row as it is published; of numbers only how they begin."""
    con.execute("insert into a.b values (?, ?, ?, ?, ?, ?, ?, ?)", row)
    sql = with_persons_hidden(con, Settings(data=folder), "a.b", LABELS)
    [found] = con.execute(sql).fetchall()
    return [
        value[:5] if str(value).startswith("****") else str(value) if index == 3 and value else value
        for index, value in enumerate(found)
    ]


def hide(con: duckdb.DuckDBPyConnection) -> None:
    con.executemany(f"insert into {VALUES} values (?, ?)", HIDDEN)


def test_nothing_is_hidden_where_nobody_is_confidential(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    row = ("P1", NUMBER, "王小明", "1990-01-01", "A1", "x", 5, 7)
    assert published(con, tmp_path, *row) == list(row)


def test_in_a_row_about_the_person_every_personal_value_goes_and_ids_stay(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    hide(con)
    found = published(con, tmp_path, "P1", NUMBER, "王晓明", "1990-01-01", "A9", "asked on Monday", 5, 7)
    assert found == ["P1", "****n", "****", None, None, "asked on Monday", 5, 7]


def test_a_row_without_a_persons_id_is_about_whom_its_delivered_row_is_about(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    hide(con)
    assert published(con, tmp_path, None, *OTHER[1:7], 7)[1:4] == ["****n", "****", None]


def test_another_persons_row_of_the_same_delivered_row_stays(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    hide(con)
    row = ("P3", *OTHER[1:7], 7)
    assert published(con, tmp_path, *row) == list(row)


@pytest.mark.parametrize(
    "text",
    [
        f"id {NUMBER}",
        "510902 19900101 1237",
        "５１０９０２１９９００１０１１２３７",
        "510902900101123",
        "call 138-1234-5678",
        f"{PHONE}。",
    ],
)
def test_a_number_is_found_in_any_text_of_anybody(con: duckdb.DuckDBPyConnection, tmp_path: Path, text: str) -> None:
    hide(con)
    assert published(con, tmp_path, "P3", *OTHER[1:5], text, 1, 9) == ["P3", *OTHER[1:5], "****", 1, 9]


def test_beside_a_number_of_the_person_the_name_goes_too(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    hide(con)
    found = published(con, tmp_path, "P3", NUMBER, "王小明", "1980-01-01", "A2", "王小明 called", 1, 9)
    assert found == ["P3", "****n", "****", "1980-01-01", "A2", "****", 1, 9]


def test_who_is_near_keeps_all_but_the_persons_name_and_address(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    hide(con)
    found = published(con, tmp_path, "P2", OTHER[1], "李四", "1980-01-01", "A1", "wife of 王小明", 1, 9)
    assert found == ["P2", OTHER[1], "李四", "1980-01-01", None, "****", 1, 9]


def test_a_namesake_stays(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    hide(con)
    row = ("P3", OTHER[1], "王小明", "1980-01-01", "A1", "王小明 called", 1, 9)
    assert published(con, tmp_path, *row) == list(row)


def test_a_column_that_nothing_describes_is_hidden_like_a_personal_text(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    hide(con)
    con.execute("create table a.c as select 'P1' as person_id, 'secret' as whatever")
    assert con.execute(with_persons_hidden(con, Settings(data=tmp_path), "a.c", {})).fetchall() == [("****", "****")]


def test_the_same_number_is_the_same_in_every_table(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    hide(con)
    con.execute("insert into a.b (person_id, resident_id) values ('P1', ?), ('P3', ?)", [NUMBER, NUMBER])
    sql = with_persons_hidden(con, Settings(data=tmp_path), "a.b", LABELS)
    [(different, shortest)] = con.execute(
        f"select count(distinct resident_id), min(length(resident_id)) from ({sql})"
    ).fetchall()
    assert (different, shortest) == (1, 25)
