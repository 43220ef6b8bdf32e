"""No model compares every row of one table with every row of another where equal values would find them.

DuckDB 1.5 does so for an outer join or an anti join whose ON has, beside equalities, a condition on the left table alone (or one
that is no comparison): 85,000 changes of a night took 147 s instead of 0.7 s. A `case` on the left side of an equality says the same.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from suining_data.settings import Settings
from suining_data.warehouse import load_spatial
from suining_data_tests.bench import all_models

FEW_ROWS = {"spatial.coordinate_offset"}  # as many rows as there are pairs of resources, and three coordinate systems
EQUALITY = re.compile(r"\w+ = \w+\)")


def compared_row_by_row(con: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    """The conditions of joins that look at every pair of rows although they have an equality."""
    [(_, plan)] = con.execute(f"explain (format json) {sql}").fetchall()
    conditions = (
        node["extra_info"]["Condition"] for node in _nodes(json.loads(plan)) if "BLOCKWISE_NL_JOIN" in node["name"]
    )
    return [condition for condition in conditions if EQUALITY.search(condition)]


def _nodes(plan: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for node in plan:
        yield node
        yield from _nodes(node["children"])


def test_equal_values_are_found_by_their_hash(first_night: Path) -> None:
    """In a warehouse with rows, for without rows DuckDB leaves joins out."""
    found = {}
    with duckdb.connect(str(Settings(data=first_night).warehouse), read_only=True) as con:
        load_spatial(con)
        for model in all_models():
            if model.table not in FEW_ROWS:
                found[model.table] = compared_row_by_row(con, model.sql)
    assert found.keys() == {model.table for model in all_models()} - FEW_ROWS
    assert {table: conditions for table, conditions in found.items() if conditions} == {}


def test_a_condition_on_the_left_of_an_outer_join_is_found() -> None:
    with duckdb.connect() as con:
        con.execute("create table a (id integer, kind varchar); create table b (id integer)")
        assert compared_row_by_row(con, "from a left join b on a.id = b.id and a.kind = 'x'")
        assert compared_row_by_row(con, "from a anti join b on a.id = b.id and a.kind in ('x', 'y')")
        assert not compared_row_by_row(con, "from a left join b on case when a.kind = 'x' then a.id end = b.id")
