"""Streets, estates, buildings, dwellings, parcels and real-estate units.

Here: one dwelling per household and the buildings and parcels that hold them; street numbers for organisations.
Not here: villages (geography.py), who lives or works there (families.py, organizations.py), how an address is
delivered (views/habits.py).

In a community (居委会) dwellings stack up to buildings and estates; in a village each is a house of a group (村民小组),
of which only some have a number: rural addresses end at the group.
"""

import duckdb

from . import words

DWELLINGS_PER_BUILDING = 30
BUILDINGS_PER_ESTATE = 6


def make_dwellings(con: duckdb.DuckDBPyConnection) -> None:
    """Create `address` with one row per household (aid = hid), from `person_core` and `village`."""
    con.execute(
        f"""create table address as
        with household as (select distinct hid, village as vid from person_core where hid > 0),
        placed as (
            select hid as aid, vid, row_number() over (partition by vid order by hid) - 1 as k from household
        ),
        numbered as (
            select p.*, v.is_community,
                case when is_community then k // {DWELLINGS_PER_BUILDING} end as b,
                case when is_community then k % {DWELLINGS_PER_BUILDING} end as r,
                5 + pick(vid, 'groups', 7) as groups
            from placed p join village v using (vid)
        )
        select aid, vid, is_community,
            case when is_community then vid * 1000 + b // {BUILDINGS_PER_ESTATE} end as estate_id,
            case when is_community then vid * 1000 + b end as building_id,
            case when is_community then 1 + r // 12 end::integer as unit_no,
            case when is_community then (1 + (r % 12) // 2) * 100 + 1 + (r % 12) % 2 end::integer as room_no,
            case when not is_community then 1 + k % groups end::integer as group_no,
            case when not is_community and u(aid, 'door') < 0.45 then 1 + k // groups end::integer as door_no,
            case when is_community then b // {BUILDINGS_PER_ESTATE} + 1 else k + 1 end::integer as parcel_no,
            case when is_community then r + 1 end::integer as dwelling_no,
            (55 + 110 * u(aid, 'area'))::decimal(9, 2) as area_m2
        from numbered order by aid"""
    )


def make_estates_and_buildings(con: duckdb.DuckDBPyConnection) -> None:
    """Create `building` (with its estate's name, street and point) and add points to `address`."""
    estates, streets = words.sql_list(words.ESTATES), words.sql_list(words.STREETS)
    suffixes = words.sql_list(words.ESTATE_ENDINGS)
    con.execute(
        f"""create table building as
        with b as (select building_id, estate_id, vid, count(*) as dwellings from address where is_community group by all)
        select b.*, 1 + building_id % 1000 % {BUILDINGS_PER_ESTATE} as building_no,
            {estates}[1 + pick(estate_id, 'estate', {len(words.ESTATES)})]
                || {suffixes}[1 + pick(estate_id, 'ending', {len(words.ESTATE_ENDINGS)})] as estate,
            {streets}[1 + pick(estate_id, 'street', {len(words.STREETS)})] as street,
            1 + pick(estate_id, 'number', 380) as street_number,
            6 + pick(building_id, 'floors', 5) * 3 as floors,
            1988 + pick(estate_id, 'built', 31) as built_year,
            v.lon + (u(estate_id, 'x') - 0.5) * 0.008 + (u(building_id, 'x') - 0.5) * 0.002 as lon,
            v.lat + (u(estate_id, 'y') - 0.5) * 0.008 + (u(building_id, 'y') - 0.5) * 0.002 as lat
        from b join village v using (vid) order by building_id"""
    )


def make_places(con: duckdb.DuckDBPyConnection) -> None:
    """Create `place`: every dwelling with the parts of its address, its point, parcel and real-estate unit."""
    con.execute(
        """create table place as
        with located as (
            select a.*, b.estate, b.building_no, b.street, b.street_number, v.code, v.county_code, v.county, v.town,
                v.old_town, v.village, v.old_village,
                coalesce(b.lon, v.lon + (u(a.aid, 'x') - 0.5) * 0.01) as lon,
                coalesce(b.lat, v.lat + (u(a.aid, 'y') - 0.5) * 0.01) as lat,
                a.vid * 1000 + coalesce(a.building_id % 1000, 0) as building_key,
                v.county_code || lpad(v.zone::varchar, 3, '0') || lpad(v.subzone::varchar, 3, '0')
                    || case when a.is_community then 'GB' else 'JC' end || lpad(a.parcel_no::varchar, 5, '0') as parcel
            from address a join village v using (vid) left join building b using (building_id)
        )
        select * exclude (building_key),
            parcel || 'F' || case when is_community
                then lpad((building_id % 1000 + 1)::varchar, 4, '0') || lpad(dwelling_no::varchar, 4, '0')
                else '00010001' end as real_estate_unit,
            case when is_community
                then street || street_number || '号' || estate || building_no || '栋' || unit_no || '单元' || room_no || '号'
                else village || group_no || '组' || coalesce(door_no || '号', '') end as tail,
            case when not is_community then old_village || group_no || '组' end as old_tail
        from located order by aid"""
    )
    con.execute("drop table address")
