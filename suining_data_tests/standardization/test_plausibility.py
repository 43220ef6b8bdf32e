"""Columns of a new batch are judged on any connection, whatever was run on it before."""

from pathlib import Path

import duckdb
import pytest

from suining_data.catalog import Resource, load_catalog
from suining_data.sql import identifier
from suining_data.standardization import implausible_column
from suining_data.warehouse import prepare

SHAPED = [
    resource
    for resource in load_catalog().shared
    if any(field.element.startswith("geometry") for field in resource.fields)
]


@pytest.mark.parametrize("resource", SHAPED, ids=lambda resource: resource.id)
def test_shapes_are_judged_on_a_connection_that_has_seen_none(resource: Resource, tmp_path: Path) -> None:
    raw = tmp_path / "raw.parquet"
    shapes = {field.source for field in resource.fields if field.element.startswith("geometry")}
    columns = ", ".join(
        f"{'repeat' if source in shapes else 'left'}('x', 3) as {identifier(source)}"
        for source in dict.fromkeys(field.source for field in resource.fields)
    )
    with duckdb.connect() as con:
        con.execute(f"copy (select {columns} from range(30)) to '{raw}'")
        refused = implausible_column(con, raw, resource, "b1")
    assert refused


@pytest.mark.parametrize(("ending", "is_refused"), [("00", True), ("12", False)])
def test_a_column_of_numbers_that_all_end_in_zeros_is_refused(tmp_path: Path, ending: str, is_refused: bool) -> None:
    """One such number may be right; a spreadsheet keeps fifteen digits of every one."""
    [resource] = [each for each in load_catalog().shared if each.id == "poverty_alleviation__households"]
    raw = tmp_path / "raw.parquet"
    card = next(field.source for field in resource.fields if field.name == "household_card_number")
    name = next(field.source for field in resource.fields if field.name == "name")
    number = f"lpad(i::varchar, 15, '5') || '{ending}'"
    values = {card: number, name: "'王小明'"}
    columns = ", ".join(
        f"{values.get(source, 'null::varchar')} as {identifier(source)}"
        for source in dict.fromkeys(field.source for field in resource.fields)
    )
    with duckdb.connect() as con:
        prepare(con)
        con.execute(f"copy (select {columns} from range(30) as t(i)) to '{raw}'")
        refused = implausible_column(con, raw, resource, "b1")
    assert bool(refused) == is_refused
    assert not refused or "第15位以后都是0" in refused.zh
