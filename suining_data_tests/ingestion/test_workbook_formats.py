"""What a sheet shows for a stored number, and what a column gets of it."""

import pytest

from suining_data.ingestion.workbook_cells import Column, Holds, in_columns, number_cell
from suining_data.ingestion.workbook_formats import BUILT_IN, GENERAL, number_format

ACCOUNT = '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ '
TEXT, NUMBER = Column(Holds.TEXT), Column(Holds.NUMBER)
DATE, MONTH, YEAR, BOOLEAN = Column(Holds.DATE), Column(Holds.MONTH), Column(Holds.YEAR), Column(Holds.BOOLEAN)
SHARE = Column(Holds.NUMBER, is_share=True)


def got(stored: str, code: str, column: Column | None, *, from_1904: bool = False) -> str:
    [text] = in_columns([number_cell(stored, number_format(code), from_1904=from_1904)], [column])
    return text


@pytest.mark.parametrize(
    ("stored", "code", "in_text", "in_numbers"),
    [
        ("1234.5", GENERAL, "1234.5", "1234.5"),
        ("0.51", "0%", "51%", "51%"),
        ("0.335", "0%", "33.5%", "33.5%"),
        ("1", "0.00%", "100.00%", "100.00%"),
        ("-0.005", "0.0%;[Red]-0.0%", "-0.5%", "-0.5%"),
        ("8.2", '0.0"%"', "8.2%", "8.2"),
        ("5", '0"‰"', "5‰", "5‰"),
        ("5", '0"万元"', "5万元", "5万元"),
        ("5", '0.00"元"', "5.00元", "5.00"),
        ("5", '0"千克"', "5千克", "5"),
        ("2014.1", "0.00", "2014.10", "2014.10"),
        ("1234.567", "#,##0.00", "1234.567", "1234.567"),
        ("1234.5", ACCOUNT, "1234.50", "1234.50"),
        ("-1234.5", ACCOUNT, "-1234.50", "-1234.50"),
        ("-3", "#,##0_);(#,##0)", "-3", "-3"),
        ("1234", "000000", "001234", "001234"),
        ("13800138000", "000-0000-0000", "138-0013-8000", "138-0013-8000"),
        ("51090319800101", "000000\\-00000000", "510903-19800101", "510903-19800101"),
        ("8251234", "[<=9999999]000-0000;(0000) 000-0000", "825-1234", "825-1234"),
        ("8258251234", '[<=9999999]000-0000;"("0000")" 000-0000', "(0825) 825-1234", "0825) 825-1234"),
        ("123", '"川A"00000', "川A00123", "00123"),
        ("1", '[=1]"男";[=2]"女"', "男", "1"),
        ("2", '[=1]"男";[=2]"女"', "女", "2"),
        ("12345", "0.00E+00", "12345", "12345"),
        ("0.5", "# ?/?", "0.5", "0.5"),
        ("7", ";;;", "7", "7"),
        ("123456789012345678", "0", "1.23457E+17", "1.23457E+17"),
        ("12345678", "#,##0,", "#FORMAT! 12345678", "#FORMAT! 12345678"),
        ("12345678", "0.00,,", "#FORMAT! 12345678", "#FORMAT! 12345678"),
        ("123456", '0!.0,"万"', "#FORMAT! 123456", "#FORMAT! 123456"),
        ("12345", "0\\.0000", "#FORMAT! 12345", "#FORMAT! 12345"),
        ("NaN", GENERAL, "#NUMBER! NaN", "#NUMBER! NaN"),
        ("1E999", "0.00", "#NUMBER! 1E999", "#NUMBER! 1E999"),
        ("-INF", "yyyy-mm-dd", "#NUMBER! -INF", "#NUMBER! -INF"),
        ("99999999", "yyyy-mm-dd", "#NUMBER! 99999999", "#NUMBER! 99999999"),
        ("43526", "yyyy-mm-dd", "#DATE! 2019-03-02", "#DATE! 2019-03-02"),
        ("43526", BUILT_IN[58], "#DATE! 2019-03-02", "#DATE! 2019-03-02"),
    ],
)  # fmt: skip
def test_a_number_as_its_format_shows_it(stored: str, code: str, in_text: str, in_numbers: str) -> None:
    assert (got(stored, code, TEXT), got(stored, code, NUMBER)) == (in_text, in_numbers)


@pytest.mark.parametrize(
    ("stored", "code", "column", "text"),
    [
        ("0.082", "0.0%", SHARE, "8.2"),  # 增长(%): the unit is in the name
        ("43526", "yyyy-mm-dd", None, "2019-03-02"),
        ("43526", "yyyy-mm-dd", DATE, "2019-03-02"),
        ("43526.5", "yyyy-mm-dd h:mm", DATE, "2019-03-02 12:00:00"),
        ("43526", 'yyyy"年"m"月"', MONTH, "2019-03-02"),
        ("43526", "yyyy", YEAR, "2019"),
        ("43526", "yyyy-mm-dd", YEAR, "#DATE! 2019-03-02"),
        ("43526", "yyyy-mm-dd", BOOLEAN, "#DATE! 2019-03-02"),
        ("0.5", "h:mm", None, "12:00:00"),
        ("1.5", "[h]:mm", None, "36:00:00"),
        ("1", "yyyy-mm-dd", DATE, "1900-01-01"),
        ("61", "yyyy-mm-dd", DATE, "1900-03-01"),
        ("2014.1", GENERAL, MONTH, "#MONTH! 2014.1"),
        ("2014.1", "0.0", MONTH, "#MONTH! 2014.1"),
        ("2014.1", "0.00", MONTH, "2014.10"),
        ("2014.2", GENERAL, MONTH, "2014.2"),
        ("2014.1", GENERAL, TEXT, "2014.1"),
        ("12345678", "#,##0,", None, "12345678"),
    ],
)
def test_a_column_gets_what_it_holds_or_a_marker(stored: str, code: str, column: Column | None, text: str) -> None:
    assert got(stored, code, column) == text


@pytest.mark.parametrize("code", [GENERAL, "0", "#,##0", BUILT_IN[14], BUILT_IN[31], 'yyyy"年"m"月"d"日"'])
def test_a_day_number_counted_from_1904_is_one_date_in_every_format(code: str) -> None:
    assert got("42251", code, DATE, from_1904=True) == "2019-09-05"


def test_other_numbers_of_a_workbook_from_1904_stay() -> None:
    assert [got("42251", GENERAL, column, from_1904=True) for column in (NUMBER, TEXT, None)] == ["42251"] * 3
    assert got("2.5", GENERAL, DATE, from_1904=True) == "2.5"


@pytest.mark.parametrize("number", [14, 17, 22, 27, 30, 31, 36, 50, 51, 54, 57, 58])
def test_formats_that_no_file_defines_are_dates(number: int) -> None:
    assert number_format(BUILT_IN[number]).is_date


@pytest.mark.parametrize(
    "code", ["", '"', "[", "\\", "_", "*", ";" * 9, "0" * 5000, '"a";"b', "[$", "%%%", "0.0.0", "[<=x]0", "E+"]
)
def test_any_code_gives_a_text(code: str) -> None:
    assert got("12.5", code, TEXT)
    assert got("-12.5", code, NUMBER)
