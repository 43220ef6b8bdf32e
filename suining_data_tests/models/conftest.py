"""The real divisions, which the models of places start from."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from suining_data.models import Model
from suining_data_tests.bench import Bench, all_models

DIVISION_TABLES = (
    "spatial.division_version",
    "spatial.division_code",
    "spatial.division_change",
    "spatial.division_succession",
    "spatial.unresolved_division",
    "spatial.division",
)
DIVISIONS = """
insert into staged.natural_resources__divisions by name
with reported as (
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
from reported
"""


@pytest.fixture(scope="session")
def session_bench(empty_warehouse: Path) -> Iterator[Bench]:
    bench = Bench(empty_warehouse)
    bench.con.execute(DIVISIONS)
    bench.build(*DIVISION_TABLES)
    yield bench
    bench.con.close()


@pytest.fixture(scope="session")
def models() -> Mapping[str, Model]:
    return {model.table: model for model in all_models()}
