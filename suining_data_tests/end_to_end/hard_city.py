"""The published file of the small city with the cases that it has too seldom to find a wrong recipe.

Here: the cases, put into a copy of the file. Not here: what the recipes should say of them (test_recipes.py).
"""

import shutil
from pathlib import Path
from typing import Any

import duckdb

# What the small city has too seldom: rows that a recipe must leave out, or count once. One statement each.
HARD = """
create temp table some_person as from population.person
    where not is_deceased and registered_division_code is not null order by person_id limit 1;
create temp table top_employer as select employer_organization_id as id from social_security.employment
    where valid_to is null and valid_to_kind is null group by all order by count(distinct person_id) desc, id limit 1;
insert into spatial.address select * replace ('A-city' as address_id, '510900000000' as division_code) from spatial.address limit 1;
insert into population.household select * replace ('H-empty' as household_id, 0 as member_count) from population.household limit 1;
insert into population.household select * replace ('H-alone' as household_id, 1 as member_count) from population.household limit 1;
insert into population.household select * replace ('H-widow' as household_id, 1 as member_count) from population.household limit 1;
insert into population.person select * replace ('P-widow' as person_id, date '1980-01-01' as birth_date, 'H-widow' as household_id) from some_person;
insert into population.person select * replace ('P-65' as person_id, date '1954-08-31' as birth_date, 'H-alone' as household_id) from some_person;
insert into population.person select * replace ('P-64' as person_id, date '1954-09-01' as birth_date, null as household_id) from some_person;
insert into population.person select * replace ('P-city' as person_id, 'A-city' as residence_address_id, null as household_id) from some_person;
insert into population.person select some_person.* replace ('P-80-' || n as person_id, date '1939-08-31' as birth_date, null as household_id)
    from some_person, range(3) as t(n);
insert into population.person select some_person.* replace ('P-dead-' || born as person_id, born as birth_date, true as is_deceased, 'H-widow' as household_id,
        (select min(address_id) from spatial.address where division_code like '5109%' and division_code not like '510900%'
            and left(division_code, 6) <> left(registered_division_code, 6)) as residence_address_id)
    from some_person, unnest([date '2009-01-01', date '1949-01-01', date '1930-01-01', date '1929-01-01']) as t(born);
insert into population.person select * replace ('P-town' as person_id, date '2009-01-01' as birth_date, null as household_id,
        (select min(division_code) from (select division_code from spatial.division where level_code = 'town' and is_current
            group by all having count(*) > 1)) as registered_division_code)
    from some_person;
insert into social_security.allowance select one.* replace (id as allowance_id, person as person_id, since as valid_from, until as valid_to)
    from (from social_security.allowance limit 1) as one, (values
        ('W-ended', 'P-80-0', date '2010-01-01', date '2019-08-30'), ('W-coming', 'P-80-1', date '2019-09-01', null),
        ('W-last-day', 'P-80-2', date '2010-01-01', date '2019-08-31'), ('W-dead', 'P-dead-1930-01-01', date '2010-01-01', null),
        ('W-once', 'P-64', date '2010-01-01', null), ('W-twice', 'P-64', date '2011-01-01', null)) as t(id, person, since, until);
insert into legal_entity.license select * replace ('L-expired' as license_id, 'expired' as status_code, date '2019-10-01' as valid_to)
    from legal_entity.license limit 1;
insert into social_security.employment
    select e.* replace ('E-again' as employment_id) from social_security.employment as e join top_employer on employer_organization_id = id
    where valid_to is null and valid_to_kind is null limit 1;
insert into social_security.employment
    select e.* replace ('E-ended' as employment_id, 'P-64' as person_id, 'known_by' as valid_to_kind)
    from social_security.employment as e join top_employer on employer_organization_id = id where valid_to is null limit 1;
insert into credit.listing select * replace ('S-removed' as listing_id, true as is_removed,
    (select min(organization_id) from legal_entity.organization where status_code = 'active') as organization_id) from credit.listing limit 1;
create temp table house as from spatial.real_estate_right
    where status_code = 'current' and person_id is not null and right_type_code like '%house' order by all limit 1;
insert into spatial.real_estate_right select house.* replace ('R-' || id as real_estate_right_id, person as person_id, unit as real_estate_unit_code,
        kind as right_type_code)
    from house, (values ('first', 'P-65', 'U1', 'homestead_house'), ('again', 'P-65', 'U1', 'homestead_house'),
        ('second', 'P-65', 'U2', 'homestead_house'), ('third', 'P-64', 'U3', 'homestead_house'), ('land', 'P-64', 'U4', 'homestead'),
        ('firm', null, 'U5', 'homestead_house')) as t(id, person, unit, kind);
"""


class HardCity:
    """The published file of the city with the hard cases."""

    def __init__(self, published: Path, file: Path) -> None:
        shutil.copyfile(published.resolve(), file)
        self.con = duckdb.connect(str(file))
        for statement in HARD.split(";\n"):
            self.con.execute(statement)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        return self.con.sql(sql).fetchall()
