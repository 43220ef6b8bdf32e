"""A table that is written by keys has, after any change, the rows that it would have if it were written whole."""

from collections.abc import Collection
from dataclasses import replace

import duckdb
import pytest

from suining_data.incremental import Incremental
from suining_data.orchestration.step import Context, Step, WriteResult
from suining_data.settings import Settings
from suining_data.warehouse import STAGING, swap
from suining_data_tests.orchestration.tables import BLOCKING, run

NAMES = ("anna", "bert", "carl", "dora", "emil", "fred", "gina", "hans", "ines", "jens", "karl", "lena")
BY_PERSON = Incremental("person", {"staged.visit": "person", "staged.town": "select person from staged.visit "
                                   "where town in (select town from changed)"})  # fmt: skip
SUMMARY = """
    select person, count(*) as visits, max(mayor) as mayor
    from staged.visit left join staged.town on visit.town = town.town
    group by person
"""


def source(name: str, rows: Collection[tuple[object, ...]], columns: str, *, fails: bool = False) -> Step:
    """A step whose table has these rows."""
    listed = ", ".join(str(row) for row in rows)
    return select(name, f"select * from (values {listed}) as {name}({columns})", fails=fails)


def select(name: str, sql: str, upstream: tuple[str, ...] = (), *, fails: bool = False) -> Step:
    """A step whose table is a SELECT, always written whole."""

    def write(context: Context) -> WriteResult:
        context.con.execute(f"create or replace table staged.{name}{STAGING} as {sql}")
        return WriteResult(rows=None, failures={"holds": ("wrong",)} if fails else {})

    return Step(f"staged.{name}", "staged", name, upstream, sql, write, lambda context: swap(context.con, f"staged.{name}"),
                checks=(BLOCKING,), sql=sql)  # fmt: skip


def visits(*changed: tuple[int, str, str]) -> Step:
    """A visit of everyone to the same town, but for the changed rows; one that begins with a minus is left out."""
    rows = {number: (number, name, "north") for number, name in enumerate(NAMES)}
    rows |= {abs(number): (number, name, town) for number, name, town in changed}
    return source("visit", [row for row in rows.values() if row[0] >= 0], "number, person, town")


def towns(mayor: str = "meier", name: str = "south") -> Step:
    others = [(f"town {number}", "lang") for number in range(5)]
    return source("town", [("north", "alt"), (name, mayor), *others], "town, mayor")


def summary(written: list[str], by: Incremental | None = BY_PERSON) -> Step:
    """The table under test; what is noted when it is written whole."""
    step = select("summary", SUMMARY, ("staged.visit", "staged.town"))

    def write(context: Context) -> WriteResult:
        written.append("whole")
        return step.write(context)

    return replace(step, write=write, incremental=by)


def rows(data: Settings, table: str = "staged.summary") -> list[tuple[object, ...]]:
    with duckdb.connect(str(data.warehouse), read_only=True) as con:
        return con.execute(f"from {table} order by all").fetchall()


def expected(data: Settings) -> list[tuple[object, ...]]:
    with duckdb.connect(str(data.warehouse), read_only=True) as con:
        return con.execute(f"{SUMMARY} order by all").fetchall()


@pytest.mark.parametrize(
    ("visit", "town"),
    [
        pytest.param(visits((20, "anna", "south")), towns(), id="one more row of a key"),
        pytest.param(visits((20, "zora", "south")), towns(), id="a new key"),
        pytest.param(visits((-3, "dora", "north")), towns(), id="a key is gone"),
        pytest.param(visits((3, "anna", "south")), towns(), id="a row moves to another key"),
        pytest.param(visits((4, "emil", "south")), towns("huber"), id="a row and what it refers to"),
        pytest.param(visits(), towns(name="east"), id="a change that concerns nobody"),
    ],
)
def test_only_the_rows_of_the_keys_are_written(data: Settings, visit: Step, town: Step) -> None:
    written: list[str] = []
    assert run(visits(), towns(), summary(written)).success
    before = rows(data)
    assert run(visit, town, summary(written)).success
    assert written == ["whole"]
    assert rows(data) == expected(data)
    assert sorted(set(before) ^ set(rows(data))) == sorted(row[1:] for row in rows(data, "change.staged__summary"))


def test_a_table_that_is_not_listed_makes_it_whole(data: Settings) -> None:
    written: list[str] = []
    by = Incremental("person", {"staged.visit": "person"})
    run(visits(), towns(), summary(written, by))
    run(visits((4, "emil", "south")), towns("huber"), summary(written, by))
    assert written == ["whole", "whole"]
    assert rows(data) == expected(data)


def test_many_keys_make_it_whole(data: Settings) -> None:
    written: list[str] = []
    run(visits(), towns(), summary(written))
    run(visits(*((number, NAMES[number], "south") for number in range(4))), towns(), summary(written))
    assert written == ["whole", "whole"]
    assert rows(data) == expected(data)


def test_another_declaration_makes_it_whole(data: Settings) -> None:
    written: list[str] = []
    run(visits(), towns(), summary(written))
    run(visits((3, "dora", "south")), towns(), replace(summary(written), digest="another"))
    assert written == ["whole", "whole"]


def test_changes_that_it_missed_make_it_whole(data: Settings) -> None:
    written: list[str] = []
    run(visits(), towns(), summary(written))
    assert run(visits((3, "dora", "south")), towns(), summary(written), chosen=["staged.visit"]).success
    run(visits((3, "dora", "south"), (4, "emil", "south")), towns(), summary(written))
    assert written == ["whole", "whole"]
    assert rows(data) == expected(data)


def test_a_change_of_an_earlier_run_is_taken_up(data: Settings) -> None:
    written: list[str] = []
    run(visits(), towns(), summary(written))
    assert run(visits((3, "dora", "south")), towns(), summary(written), chosen=["staged.visit"]).success
    run(visits((3, "dora", "south")), towns(), summary(written))
    assert written == ["whole"]
    assert rows(data) == expected(data)


def test_a_run_that_fails_keeps_the_rows_and_the_next_one_mends_them(data: Settings) -> None:
    written: list[str] = []
    run(visits(), towns(), summary(written))
    before = rows(data)
    failing = replace(summary(written), figures=_fail)
    assert not run(visits((3, "dora", "south")), towns(), failing).success
    assert rows(data) == before
    assert run(visits((3, "dora", "south")), towns(), summary(written)).success
    assert written == ["whole"]
    assert rows(data) == expected(data)


def _fail(context: Context) -> dict[str, int]:
    raise RuntimeError("the figures cannot be counted")
