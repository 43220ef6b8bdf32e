"""No text makes a data element fail: it becomes a value, is unreadable, or breaks a rule. One value never stops a table."""

import random
import struct
from collections.abc import Iterator

import duckdb
import pytest

from suining_data.elements import ELEMENTS, Element
from suining_data.warehouse import load_spatial, prepare

NUMBERS = (
    "0",
    "1",
    "7",
    "9",
    "00",
    "12",
    "43691",
    "79999",
    "2019",
    "20190814",
    "190001010000",
    "9" * 20,
    "9" * 400,
    "1" + "0" * 308,
)
SIGNS = (
    "",
    "-",
    "+",
    ".",
    ".5",
    ".99999999999999999",
    "E5",
    "E+308",
    "e-999",
    "E999",
    "%",
    "万元",
    "亿",
    "°",
    "′",
    "″",
    "年",
    "月",
    "日",
    ":",
    "/",
    "T",
    "Z",
)
ODD = (
    "NaN", "nan", "inf", "-Infinity", "infinity", "epoch", "1e999", "-1e999", "0x1F", "1_000", "TRUE", "'", "''", '"', "\\", "%",
    "2019-02-30", "0000-00-00", "99999-12-31", "-2019-01-01", "9999-12-31T23:59:60Z", "2019-13-01 25:61:61", "24:00:00",
    "290309-12-22 00:00:00", "5877642-06-25", "71999.99999999999", "(1)", "((1))", "POINT(1 1)", "POLYGON EMPTY", "POLYGON((0 0))",
    "010100000000", "0103000000FFFFFFFF", "00", "GEOMETRYCOLLECTION EMPTY", "LINESTRING(0 0, nan nan)", "POINT(1e400 1)",
    "\x00", "\x1f", "\u200b", "\ufeff", "\ufffd", "\U0001f600", "\U00020000", "王\n李", "a" * 5000, "[", "]", "{", "}", "*", "(", ")", "?",
)  # fmt: skip


def wkb(*parts: object) -> str:
    """Hexadecimal WKB of unsigned numbers and floats, least byte first."""
    packed = (struct.pack("<d" if isinstance(part, float) else "<I", part) for part in parts)
    return b"".join(packed).hex().upper()


POINT = f"01{wkb(1, 105.5, 30.5)}"
SHAPES = (
    "LINESTRING(0 0)", "POLYGON((0 0, 1 1))", "POLYGON((0 0,1 0,1 1,0 0),(0 0))", "MULTIPOLYGON(((0 0,1 1,0 0)))", "MULTIPOINT EMPTY",
    "POLYGON((0 0,1 0,1 1,0 0),EMPTY)", "GEOMETRYCOLLECTION(POINT EMPTY)", "TRIANGLE((0 0,1 0,1 1,0 0))", "CIRCULARSTRING(0 0,1 1,2 0)",
    "GEOMETRYCOLLECTION (" * 50_000 + "POINT (1 1)" + ")" * 50_000, "POLYGON(" + "(" * 50_000,
    f"01{wkb(2, 1, 1.0, 1.0)}", f"01{wkb(3, 1, 1, 1.0, 1.0)}", f"01{wkb(3, 1, 2, 1.0, 1.0, 2.0, 2.0)}", f"01{wkb(2, 0xFFFFFFFF)}",
    f"01{wkb(3, 0xFFFFFFF0)}", f"01{wkb(3, 1, 0x0FFFFFFF)}", f"01{wkb(6, 1)}{POINT}", f"01{wkb(4, 2)}{POINT}", f"01{wkb(7, 0)}",
    *(f"{f'01{wkb(7, 1)}' * levels}{POINT}" for levels in (1, 9, 40, 50_000)), f"01{wkb(1007, 1)}" * 40 + POINT,
    f"01{wkb(0x20000007, 4490, 1)}" * 40 + POINT, f"01{wkb(0x80000007, 1)}" * 40 + POINT, ("00" + "0000000700000001") * 40 + POINT,
    f"01{wkb(5, 1)}" * 40 + POINT, f"01{wkb(6, 1)}" * 40 + POINT, f"01{wkb(99, 1)}" * 40, f"09{wkb(1, 1.0, 1.0)}", POINT * 2, POINT[:-2],
)  # fmt: skip


def texts(seed: int) -> list[str]:
    """The odd texts, and many put together from pieces of all kinds."""
    rng = random.Random(seed)
    pieces = (*NUMBERS, *SIGNS, *ODD)
    return [*ODD, *SHAPES, *("".join(rng.choices(pieces, k=rng.randint(1, 4))) for _ in range(300))]


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        prepare(con)
        load_spatial(con)
        yield con


def statement(element: Element) -> str:
    """Everything that standardization does with a value of the element."""
    rules = [rule.holds.replace("{x}", "cleaned").replace("{v}", "value") for rule in element.rules]
    shown = element.masked("value")
    return (
        f"select value, ({shown})::varchar{''.join(f', ({rule})' for rule in rules)} from (select *, {element.converted('cleaned')} as value "
        f"from (select {element.cleaned('delivered')} as cleaned from (select unnest(?::varchar[]) as delivered)))"
    )


@pytest.mark.parametrize("element", ELEMENTS.values(), ids=lambda element: element.id)
def test_any_text_is_read_or_not_and_never_fails(con: duckdb.DuckDBPyConnection, element: Element) -> None:
    assert len(con.execute(statement(element), [texts(1)]).fetchall()) == len(texts(1))


@pytest.mark.slow
@pytest.mark.parametrize("element", ELEMENTS.values(), ids=lambda element: element.id)
def test_thousands_of_texts_never_fail(con: duckdb.DuckDBPyConnection, element: Element) -> None:
    for seed in range(2, 30):
        assert len(con.execute(statement(element), [texts(seed)]).fetchall()) == len(texts(seed)), seed


@pytest.mark.parametrize("element", [each for each in ELEMENTS.values() if each.units], ids=lambda element: element.id)
def test_a_unit_does_not_make_it_fail(con: duckdb.DuckDBPyConnection, element: Element) -> None:
    for unit in element.units:
        converted = element.converted("c", unit)
        cleaned = element.cleaned("delivered")
        numbers = [left + right for left in NUMBERS for right in SIGNS]
        rows = con.execute(
            f"select {converted} from (select {cleaned} as c from (select unnest(?::varchar[]) as delivered))",
            [numbers],
        ).fetchall()
        assert len(rows) == len(numbers)
