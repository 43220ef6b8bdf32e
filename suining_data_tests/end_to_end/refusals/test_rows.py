"""Lines, rows and values that cannot be used: put aside with line, rule and reason; the rest of the file goes on."""

import json

import pytest

from suining_data_tests.end_to_end.refusals.conftest import SOUND, Desk, lines
from suining_data_tests.end_to_end.refusals.deliveries import SOURCES, content, people, resident_id, xlsx
from suining_data_tests.ingestion.sound_deliveries import resource, sound

HEADER = ",".join(SOURCES).encode() + b"\n"
GOOD = 30


def take(desk: Desk, body: bytes, kind: str = "csv") -> None:
    """Deliver a second file behind a sound one."""
    resource = desk.sound(kind)
    desk.deliver(f"ry_2.{kind}", body)
    assert desk.take(resource).refusals == ()
    assert desk.balances()


def put_aside(desk: Desk, rule: str, line: int, scope: str = "line") -> None:
    """One thing was put aside, for the documented reason, and all sound rows are there."""
    assert desk.quarantine() == [(line, scope, rule)]
    [reason] = desk.reasons()
    assert desk.entry.zh in reason


def good(first: int = 100) -> bytes:
    return lines(people(GOOD, first))


def test_a_line_with_a_nul(desk: Desk) -> None:
    take(desk, HEADER + good() + b"1,\0,2,3\n")
    put_aside(desk, "NUL", GOOD + 2)
    assert desk.staged() == SOUND + GOOD


def test_mixed_line_ends(desk: Desk) -> None:
    take(desk, HEADER.replace(b"\n", b"\r\n") + good() + good(200).replace(b"\n", b"\r\n"))
    assert desk.quarantine() == []
    assert desk.staged() == SOUND + 2 * GOOD


def test_an_unclosed_quote(desk: Desk) -> None:
    take(desk, HEADER + b'1,"x,2,3\n' + good())
    put_aside(desk, "UNCLOSED_QUOTE", 2)
    assert desk.staged() == SOUND + GOOD


def test_a_cell_of_three_megabytes(desk: Desk) -> None:
    take(desk, HEADER + good() + b"1,x,2," + b"y" * 3_000_000 + b"\n" + good(200))
    put_aside(desk, "TOO_LONG", GOOD + 2)
    assert desk.staged() == SOUND + 2 * GOOD


def test_a_line_in_another_encoding(desk: Desk) -> None:
    take(desk, HEADER + good() + ",".join(people(1)[0]).encode("gb18030") + b"\n")
    put_aside(desk, "ENCODING", GOOD + 2)
    assert desk.staged() == SOUND + GOOD


def test_a_line_with_too_few_columns(desk: Desk) -> None:
    take(desk, HEADER + good() + b"1,2\n" + good(200))
    put_aside(desk, "COLUMN_COUNT", GOOD + 2)
    assert desk.staged() == SOUND + 2 * GOOD


def test_columns_in_another_order(desk: Desk) -> None:
    header, *rows = content("csv", people(GOOD, first=100)).decode().splitlines()
    turned = [",".join(line.split(",")[::-1]) for line in (header, *rows)]
    take(desk, "\n".join(turned).encode() + b"\n")
    assert desk.staged() == SOUND + GOOD
    assert desk.quarantine() == []


def test_extra_columns(desk: Desk) -> None:
    take(desk, content("csv", people(GOOD, first=100)).replace(b"\n", b",more\n"))
    assert desk.last
    [warning] = desk.last.warnings
    desk.says(warning, "ry_2.csv")
    assert desk.staged() == SOUND + GOOD


def test_an_id_in_scientific_notation(desk: Desk) -> None:
    take(desk, HEADER + good() + b"5.10903E+17,\xe7\x8e\x8b,1970-01-01,\n")
    put_aside(desk, "spreadsheet", GOOD + 2, "value")
    assert desk.staged() == SOUND + GOOD + 1


def test_an_id_stored_as_a_number_in_a_workbook(desk: Desk) -> None:
    def as_number(sheet) -> None:  # type: ignore[no-untyped-def]
        sheet.write_number(1, 0, int(resident_id(101)[:17]) * 10)

    take(desk, xlsx(people(GOOD, first=100), as_number), "xlsx")
    put_aside(desk, "spreadsheet", 2, "value")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_date_as_serial_number(desk: Desk, kind: str) -> None:
    number, name, _, remark = people(1, first=100)[0]
    take(desk, content(kind, [(number, name, "43691", remark)]), kind)
    assert desk.quarantine() == []
    assert desk.staged("birth_date = date '2019-08-14'") == 1


def test_a_formula_error_in_a_workbook(desk: Desk) -> None:
    """The sheet shows #REF!, and so does the quarantine; one mistake has one reason, in a date too."""

    def broken(sheet) -> None:  # type: ignore[no-untyped-def]
        sheet.write_formula("B3", "=#REF!", value="#REF!")
        sheet.write_formula("C4", "=1/0", value="#DIV/0!")

    take(desk, xlsx(people(GOOD, first=100), broken), "xlsx")
    assert desk.quarantine() == [(3, "row", "formula_error"), (4, "value", "formula_error")]  # a name is required
    assert any(desk.entry.zh in reason for reason in desk.reasons())
    assert desk.staged() == SOUND + GOOD - 1


@pytest.mark.parametrize("error", ["#REF!", "#N/A", "#VALUE!", "#DIV/0!"])
def test_a_formula_error_in_text(desk: Desk, error: str) -> None:
    take(desk, HEADER + good() + f"{resident_id(500)},王,1970-01-01,{error}\n".encode())
    put_aside(desk, "formula_error", GOOD + 2, "value")


def test_broken_records_within_pages(desk: Desk) -> None:
    """The file that is named is the page, and the line the record in it; the pages stand in another order than their names."""
    names = {"ry_1_p1.json": "ry_1_p3.json", "ry_1_p2.json": "ry_1_p1.json", "ry_1_p3.json": "ry_1_p2.json"}
    pages = {names[name]: json.loads(page) for name, page in sound("pages").items()}
    pages["ry_1_p1.json"]["data"][2]["gmsfhm"] = "5.10903E+17"
    pages["ry_1_p1.json"]["data"][3] = "王"
    pages["ry_1_p2.json"]["data"][1]["xm"] = None
    for name, page in pages.items():
        desk.deliver(name, json.dumps(page, ensure_ascii=False))
    assert desk.take(resource("pages")).refusals == ()
    assert desk.con.sql(
        "select file_name, line_number, scope, rule from governance.quarantine order by all"
    ).fetchall() == [
        ("ry_1_p1.json", 3, "value", "spreadsheet"),
        ("ry_1_p1.json", 4, "line", "NOT_AN_OBJECT"),
        ("ry_1_p2.json", 2, "row", "required"),
    ]
    assert any(desk.entry.zh in reason for reason in desk.reasons())
    assert desk.staged() == 10
    assert desk.balances()
