"""suining query --excel: a workbook, or CSV, that Excel opens without changing a value."""

import csv
from datetime import date, datetime
from pathlib import Path

import duckdb
import openpyxl
import pytest

from suining_data.commands import excel
from suining_data.commands.errors import Mistake
from suining_data.commands.excel import check_file
from suining_data.commands.excel import write_for_excel as write_answer
from suining_data.commands.output import Form


def write_for_excel(con: duckdb.DuckDBPyConnection, sql: str, file: Path) -> None:
    write_answer(con, con.sql(sql), sql, file)


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("""
        create schema population;
        create schema governance;
        create table population.person as select '510903199003078036' as resident_id, '01' as ethnicity_code, date '1990-03-07' as birth_date;
        create table governance.dictionary as select 'population' as schema_name, 'person' as table_name, 2 as position,
            'ethnicity_code' as column_name, '民族' as zh, 'Ethnic group' as en, 'ethnicity_code' as element, 'GB/T 3304-1991' as standard,
            'ethnicity_code' as code_set;
        create view population.person_labelled as select person.*, '汉族' as ethnicity_name from population.person as person;
        insert into governance.dictionary values ('population', 'person_labelled', 3, 'ethnicity_name', '民族：名称', 'Ethnic group: name',
            'ethnicity_code', 'GB/T 3304-1991', null)
    """)
    return con


def sheets(file: Path) -> dict[str, list[tuple[object, ...]]]:
    book = openpyxl.load_workbook(file)
    return {sheet.title: [tuple(cell.value for cell in row) for row in sheet.rows] for sheet in book}


@pytest.mark.parametrize(
    ("sql", "cell", "kind"),
    [
        ("'510903199003078036'", "510903199003078036", "s"),
        ("'01'", "01", "s"),
        ("'=1+1'", "=1+1", "s"),
        ("'http://example.com'", "http://example.com", "s"),
        ("'2019-03-02'", "2019-03-02", "s"),
        ("1234567890123456789", "1234567890123456789", "s"),
        ("-5", -5, "n"),
        ("1.50::decimal(18, 2)", 1.5, "n"),
        ("'nan'::double", "nan", "s"),
        ("true", True, "b"),
        ("date '1990-03-07'", datetime(1990, 3, 7), "d"),
        ("date '1890-03-07'", "1890-03-07", "s"),
        ("timestamp '2019-08-31 12:30:00'", datetime(2019, 8, 31, 12, 30), "d"),
        ("null", None, "n"),
        ("['a', 'b']", "['a', 'b']", "s"),
    ],
)
def test_a_value_stays_what_it_is(con, tmp_path, sql, cell, kind):
    write_for_excel(con, f"select {sql} as value", file := tmp_path / "a.xlsx")
    found = openpyxl.load_workbook(file)["数据"]["A2"]
    assert (found.value, found.data_type) == (cell, kind)


def test_an_id_stays_a_text_when_it_is_edited(con, tmp_path):
    write_for_excel(con, "from population.person", file := tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(file)["数据"]
    assert [cell.number_format for cell in sheet[2]] == ["@", "@", "yyyy-mm-dd"]
    assert sheet["C2"].value.date() == date(1990, 3, 7)


def test_a_sheet_says_what_the_columns_are(con, tmp_path):
    write_for_excel(
        con, "select ethnicity_code, count(*) as n from population.person group by all", file := tmp_path / "a.xlsx"
    )
    assert sheets(file) == {
        "数据": [("ethnicity_code", "n"), ("01", 1)],
        "列说明": [
            excel.HEADER,
            (
                "ethnicity_code",
                "民族",
                "Ethnic group",
                "population.person",
                "ethnicity_code",
                "GB/T 3304-1991",
                "ethnicity_code",
            ),
        ],
    }


def test_the_columns_of_a_view_are_those_that_the_dictionary_has_of_the_view(con, tmp_path):
    write_for_excel(con, "from population.person_labelled as p", file := tmp_path / "a.xlsx")
    assert [row[:4] for row in sheets(file)["列说明"][1:]] == [
        ("ethnicity_name", "民族：名称", "Ethnic group: name", "population.person_labelled")
    ]


def test_more_rows_than_a_sheet_has_are_refused_and_the_file_stays(con, tmp_path, monkeypatch):
    monkeypatch.setattr(excel, "MOST_ROWS", 3)
    write_for_excel(con, "from range(2)", file := tmp_path / "a.xlsx")
    before = file.read_bytes()
    with pytest.raises(Mistake, match=r"超过 Excel 一张工作表的 3 行.*more rows than a sheet"):
        write_for_excel(con, "from range(3)", file)
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]


def test_a_text_longer_than_a_cell_is_cut_and_said(con, tmp_path, capsys):
    write_for_excel(con, "select repeat('长', 40000) as a", file := tmp_path / "a.xlsx")
    assert len(openpyxl.load_workbook(file)["数据"]["A2"].value) == 32_767
    assert "1 个值" in capsys.readouterr().out


def test_a_csv_has_a_bom_and_guards_what_excel_would_change(con, tmp_path):
    write_for_excel(
        con, "select resident_id, ethnicity_code, '=1+1' as f from population.person", file := tmp_path / "a.csv"
    )
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    with file.open(encoding="utf-8-sig", newline="") as stream:
        assert list(csv.reader(stream))[1] == ["'510903199003078036", "'01", "'=1+1"]


def test_only_its_owner_may_read_the_file(con, tmp_path):
    write_for_excel(con, "from population.person", file := tmp_path / "a.xlsx")
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("name", "form", "message"),
    [
        ("a.xls", Form.TABLE, "must end with"),
        ("none/a.xlsx", Form.TABLE, "no such folder"),
        ("a.xlsx", Form.JSON, "excludes --csv"),
    ],
)
def test_what_cannot_be_written_is_said_before_anything_runs(tmp_path, name, form, message):
    with pytest.raises(Mistake, match=message):
        check_file(tmp_path / name, form)
