"""A warehouse without deliveries, and what the model tests put into it.

Here: staged and linked tables made empty from the catalogue, the real divisions, running models of dbt_like_sql.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import pytest

from suining_data.catalog import load_catalog
from suining_data.models import Model, build, load_models
from suining_data.models.sources import create_empty_sources
from suining_data.quality import base_suite
from suining_data.warehouse import prepare, swap

DIVISIONS = """
insert into staged.natural_resources__divisions by name
with told as (
    select code, name, if(level = 'prefecture', 'city', level) as level_code, parent_code, 'NBS' as code_system_code,
        null as valid_from, null as valid_to, null as predecessor
    from reference.suining_divisions_2023_county_town_village
    union all
    select code9, name, 'town', county_code, 'NBS', null, '2019-12-20',  null
    from reference.suining_towns_2018_and_2022 as old
    where vintage < '2019'
        and code9 not in (select code9 from reference.suining_towns_2018_and_2022 where vintage > '2019')
    union all select '510922', '射洪县', 'county', '510900', 'NBS', '1985-02-08', '2019-11-12', null
    union all select null, '河东新区', 'functional_area', '510903', 'NBS', null, null, null
    union all select code12, name, 'town', substr(code12, 1, 6), 'MCA', null, null, null
    from reference.suining_towns_mca_2026
)
select row_number() over (order by code_system_code, code, name) as record_id, 'b' as batch_id, 1 as line_number,
    rpad(code, 12, '0') as division_code, name, level_code, rpad(parent_code, 12, '0') as parent_division_code,
    code_system_code, valid_from::date as valid_from, valid_to::date as valid_to,
    case code when '510981' then '510922000000' when '510903107000' then '510903201000' end as predecessor_division_code
from told
"""


@dataclass
class World:
    """An in-memory warehouse and the models that fill it."""

    con: duckdb.DuckDBPyConnection
    models: Mapping[str, Model]

    def insert(self, table: str, *rows: Mapping[str, Any]) -> None:
        """Rows by column name; what is not named is null."""
        for row in rows:
            columns, marks = ", ".join(row), ", ".join("?" for _ in row)
            self.con.execute(f"insert into {table} ({columns}) values ({marks})", list(row.values()))

    def build(self, *tables: str) -> None:
        for table in tables:
            build(self.con, self.models[table])
            swap(self.con, table)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.con.execute(sql).fetchall()

    def failures(self, table: str) -> dict[str, int]:
        """Rules of the table's contract that its rows break, with how many."""
        counts = {r.id: len(self.rows(r.rows(table))) for r in base_suite(self.models[table]).rules}
        return {id: count for id, count in counts.items() if count}

    def broken(self, table: str, test: str) -> int:
        """Rows that break a test of the table's contract."""
        rule = next(rule for rule in self.models[table].contract.tests if rule.id == test)
        return len(self.rows(rule.sql.replace("{table}", table)))


@pytest.fixture(scope="session")
def models() -> Mapping[str, Model]:
    return {model.table: model for model in load_models()}


@pytest.fixture(scope="session")
def warehouse(models: Mapping[str, Model]) -> Iterator[World]:
    with duckdb.connect() as con:
        prepare(con)
        create_empty_sources(con, load_catalog())
        con.execute(DIVISIONS)
        con.execute("create table population.person (person_id varchar)")
        con.execute("create table legal_entity.organization (organization_id varchar)")
        world = World(con, models)
        world.build("spatial.division")
        yield world


@pytest.fixture
def world(warehouse: World) -> Iterator[World]:
    """The same warehouse for every test: what a test does is rolled back."""
    warehouse.con.begin()
    yield warehouse
    warehouse.con.rollback()
