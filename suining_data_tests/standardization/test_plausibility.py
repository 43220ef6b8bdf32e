"""Columns of a new batch are judged on any connection, whatever was run on it before."""

from pathlib import Path

import duckdb
import pytest

from suining_data.catalog import Resource, load_catalog
from suining_data.sql import identifier
from suining_data.standardization import implausible_column

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
