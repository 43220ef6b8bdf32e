"""A linked table names all tables that it reads: what is not named can change without the table being written again."""

import re

import pytest

from suining_data.catalog import load_catalog
from suining_data.linkage import LinkedTable, linked_tables
from suining_data.warehouse import STAGING

TABLES = linked_tables(load_catalog())
BESIDE = {f"linked.{name}": f"linked.{table.name}" for table in TABLES for name, _ in table.also_filled}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_linked_table_names_all_tables_that_its_select_reads(table: LinkedTable) -> None:
    own = {f"linked.{name}" for name in (table.name, *(name for name, _ in table.also_filled))}
    read = {name.removesuffix(STAGING) for name in re.findall(r"\b(?:linked|staged)\.\w+", table.sql)} - own
    assert read
    assert {BESIDE.get(name, name) for name in read} <= set(table.refs)
