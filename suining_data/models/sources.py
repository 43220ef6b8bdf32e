"""Tables that other stages write and base tables may read, with their columns.

Here: collecting what catalogue, linkage and reference files declare. Linked tables are created once without rows, to
read their columns. Not here: the declarations themselves.
"""

import csv
from collections.abc import Mapping, Sequence
from functools import cache

import duckdb

from suining_data.catalog import Catalog, load_catalog
from suining_data.elements import ELEMENTS
from suining_data.history import create_history
from suining_data.linkage import linked_tables
from suining_data.settings import REFERENCE
from suining_data.standardization import create_accounts
from suining_data.warehouse import SCHEMAS

ROW = {"record_id": "bigint", "batch_id": "varchar", "line_number": "bigint"}


@cache
def declared_sources() -> Mapping[str, Sequence[str]]:
    """`schema.table` -> columns, for every staged, linked, history and reference table."""
    catalog = load_catalog()
    return {**_reference_tables(), **_staged_and_linked_tables(catalog)}


def declared_systems() -> Mapping[str, str]:
    """Resource -> coordinate system of its delivery, where it has one."""
    return {r.id: r.delivery.crs for r in load_catalog().resources if r.delivery.crs}


def _reference_tables() -> dict[str, list[str]]:
    tables = {}
    for path in sorted(REFERENCE.rglob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            tables[f"reference.{path.stem}"] = next(csv.reader(file))
    return tables


def create_empty_sources(con: duckdb.DuckDBPyConnection, catalog: Catalog) -> None:
    """Create empty staged tables, typed by the catalogue, empty linked tables, as linkage selects them, and an empty history."""
    for schema in SCHEMAS:
        con.execute(f"create schema if not exists {schema}")
    for resource in catalog.shared:
        types = {**ROW, **{column.name: ELEMENTS[column.element].sql_type for column in resource.columns}}
        columns = ", ".join(f"{name} {sql_type}" for name, sql_type in types.items())
        con.execute(f"create table staged.{resource.id} ({columns}, failed_rules varchar[])")
    create_accounts(con)  # linkage reads what was quarantined
    for table in linked_tables(catalog):
        table.create_empty(con)
    create_history(con)


def _staged_and_linked_tables(catalog: Catalog) -> dict[str, list[str]]:
    with duckdb.connect() as con:
        con.execute("pragma disable_optimizer")  # planning costs more than the work: there are no rows
        create_empty_sources(con, catalog)
        rows = con.execute(
            "select schema_name || '.' || table_name, list(column_name order by column_index) from duckdb_columns() "
            "where schema_name in ('staged', 'linked', 'history') group by all"
        ).fetchall()
    return dict(rows)
