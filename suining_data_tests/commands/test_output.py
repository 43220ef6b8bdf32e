"""The same rows for people, for programs and for Excel."""

import csv
import io
import json

import duckdb
import pytest

from suining_data.commands.errors import Mistake, message_for_user, unexpected
from suining_data.commands.output import Form, form_of, print_json, show
from suining_data.settings import Settings

Captured = pytest.CaptureFixture[bytes]


def written(sql: str, form: Form, captured: Captured) -> bytes:
    show(duckdb.sql(sql), form)
    return captured.readouterr().out


def rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline="")))


def test_csv_for_programs_changes_nothing(capsysbinary: Captured) -> None:
    hostile = '=1+1,"a"\r\n\x1b[2J\u202e\'\t'
    sql = f"select {duckdb.ConstantExpression(hostile)} as a, null as b, '' as c, -5 as d, 1.50 as e, true as f, 1 as a"
    data = written(sql, Form.CSV, capsysbinary)
    assert data.startswith(b"a,b,c,d,e,f,a\r\n")
    assert rows(data)[1:] == [[hostile, "", "", "-5", "1.50", "true", "1"]]


@pytest.mark.parametrize(
    ("sql", "cell"),
    [
        ("'=1+1'", "'=1+1"),
        ("'+86 825'", "'+86 825"),
        ("'-1+2'", "'-1+2"),
        ("'@SUM(A1)'", "'@SUM(A1)"),
        ("'＝1'", "'＝1"),
        ("' =1'", "' =1"),
        ("chr(9) || '=1'", "'\t=1"),
        ("chr(13) || 'x'", "'\rx"),
        ("'-5'", "-5"),
        ("'-5.25'", "-5.25"),
        ("'+5'", "+5"),
        ("-5", "-5"),
        ("-5.25::double", "-5.25"),
        ("'510903199001011234'", "'510903199001011234"),
        ("1234567890123456789", "'1234567890123456789"),
        ("'0012'", "'0012"),
        ("'0.5'", "0.5"),
        ("'1E5'", "'1E5"),
        ("'3-2'", "'3-2"),
        ("date '2019-03-02'", "2019-03-02"),
        ("'船山区'", "船山区"),
        ("'13800000000'", "13800000000"),
        ("null", ""),
    ],
)
def test_excel_gets_numbers_as_numbers_and_text_as_text(sql: str, cell: str, capsysbinary: Captured) -> None:
    data = written(f"select {sql} as a, 'x' as b", Form.EXCEL_CSV, capsysbinary)
    assert data.startswith(b"\xef\xbb\xbfa,b\r\n")
    assert rows(data)[1:] == [[cell, "x"]]


def test_json_has_numbers_as_numbers_and_no_control_characters(capsysbinary: Captured) -> None:
    sql = """select 1 as a, 2 as a, 1.5 as c, 'nan'::double as d, date '2019-08-31' as e, true as f, null as g,
        chr(155) || chr(27) || chr(8238) || '王' as h, 12345678901234567890 as i, ['x'] as j"""
    data = written(sql, Form.JSON, capsysbinary)
    assert json.loads(data) == [
        {
            "a": 1, "a_1": 2, "c": 1.5, "d": None, "e": "2019-08-31", "f": True, "g": None,
            "h": "\x9b\x1b\u202e王", "i": 12345678901234567890, "j": ["x"],
        }
    ]  # fmt: skip
    assert "\x9b" not in data.decode()
    assert "\u202e" not in data.decode()
    assert "王" in data.decode()
    assert json.loads(written("select 1 where false", Form.JSON, capsysbinary)) == []
    assert len(json.loads(written("from range(25000)", Form.JSON, capsysbinary))) == 25_000
    print_json({"a": "\x1b\u202e王", "b": [1]})
    assert json.loads(capsysbinary.readouterr().out) == {"a": "\x1b\u202e王", "b": [1]}


def test_a_table_shows_the_first_rows_and_says_what_it_leaves_out(capsysbinary: Captured) -> None:
    told = written(
        "select range as n, repeat('长', 301) as long, E'a\nb' as lines from range(201)", Form.TABLE, capsysbinary
    )
    assert "只显示前 200 行" in told.decode()
    assert "长……另有 1 字" in told.decode()
    assert "a\\nb" in told.decode()
    name = "n" * 255
    assert name in written(f"select '{name}' as name", Form.TABLE, capsysbinary).decode()


def test_only_one_form_is_chosen() -> None:
    assert form_of() is Form.TABLE
    assert form_of(as_json=True) is Form.JSON
    with pytest.raises(Mistake, match="choose one"):
        form_of(as_csv=True, as_json=True)


def test_an_unexpected_error_names_the_place_and_no_value() -> None:
    try:
        form_of(as_csv=True, as_json=True)
    except Mistake as error:
        line = unexpected(error)
    assert line.startswith("程序出错 Mistake，位于 output.py:")
    assert "choose one" not in line
    assert message_for_user(ValueError("510902198001010011")) is None


def test_a_wrong_setting_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUINING_THREADS", "geheim")
    with pytest.raises(ValueError, match="threads") as raised:
        Settings()
    line = message_for_user(raised.value) or ""
    assert "SUINING_THREADS" in line
    assert "geheim" not in line
    assert "\n" not in line
