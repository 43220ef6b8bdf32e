"""The texts that are asked for, taken apart by the pipeline's own SQL, and what of them can be mended.

Here: tables `asked`, `stored` and `rest`. Not here: which stored address a text is (matching.py).
"""

import csv

import duckdb

from suining_data.city import load_city
from suining_data.linkage import address_id, digits
from suining_data.models import Renderer
from suining_data.settings import REFERENCE, SQL

PARSED = "{{ parsed_addresses('reported', 'spatial.division', 'former_village') }}"
# numbers of the divisions of a row, and its street and estate as they are compared: 小区 may be left out
DIVISIONS = f"""
    substr(division_code, 1, 6) as county,
    case when substr(division_code, 7, 3) <> '000' then substr(division_code, 1, 9) end as town,
    case when substr(division_code, 10) <> '000' then division_code end as village,
    {digits("street")} as street_key,
    regexp_replace(estate, '(..)小区$', '\\1') as estate_key
"""
# what differs between two streets that are both right: 滨江北路 and 滨江南路, 二段 and 三段
OTHER_STREET = "[0-9东西南北中上下前后左右内外新老大小正横]"
# by which part the town of a text can be found that leaves it out
TELLING = ("village_name", "street_key", "estate_key")

# `only_estate`: an estate of which no other street of the town has one of that name
_STORED = f"""
    with address as (select *, {DIVISIONS} from spatial.address)
    select
        *,
        case when min(street_key) over same_estate = max(street_key) over same_estate or max(street_key) over same_estate is null
            then estate_key end as only_estate
    from address
    window same_estate as (partition by town, estate_key)
"""


def take_apart(con: duckdb.DuckDBPyConnection, texts: str) -> None:
    """Create temporary tables `asked`, a row per row of `texts` (number, text), and `rest`, those that are no stored address
    by their id, with town and street where these are known. Creates table `stored`, the stored addresses.
    """
    _load_former_villages(con)
    parsed, _ = Renderer(SQL).render_text(PARSED, SQL / "geocode")
    con.execute(f"""
        create or replace temp table asked as
        with reported as (
            select cast(number as varchar) as address_id, text as address, cast(null as varchar) as hint_code from {texts}
        ),
        {parsed},
        place as (select * replace (cast(address_id as bigint) as address_id) from parsed)
        select texts.number, texts.text, {address_id("texts.text")} as address_id, place.* exclude (address_id), {DIVISIONS}
        from {texts} as texts left join place on place.address_id = texts.number
    """)
    con.execute(f"create or replace temp table stored as {_STORED}")
    con.execute(f"create or replace temp table town_found as {_towns_found()}")
    con.execute(f"create or replace temp table street_found as {_streets_found()}")
    con.execute(f"create or replace temp table rest as {_rest()}")


def _load_former_villages(con: duckdb.DuckDBPyConnection) -> None:
    [path] = REFERENCE.rglob(f"{load_city().tables.former_villages}.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = [(row["county"], row["town"], row["village"]) for row in csv.DictReader(file)]
    con.execute("create or replace temp table former_village (county varchar, town varchar, village varchar)")
    con.execute(
        "insert into former_village select unnest(?), unnest(?), unnest(?)",
        [list(each) for each in zip(*rows, strict=True)],
    )


def _towns_found() -> str:
    """SELECT of county, part, name, found_town: names that occur in one town of the county; '' is the whole city."""
    names = " union ".join(
        f"select {county} as county, '{part}' as part, {part} as name, town from stored where town is not null and {part} is not null"
        for part in TELLING
        for county in ("county", "''")
    )
    return f"select county, part, name, min(town) as found_town from ({names}) group by all having count(*) = 1"


def _streets_found() -> str:
    """SELECT of town, street_key, found_street: an unknown street with one wrong character, where one street is so near."""
    here, there = "unknown.street_key[i]", "known.street_key[i]"
    positions = "range(1, length(unknown.street_key) + 1)"
    wrong = f"len(list_filter({positions}, lambda i: {here} <> {there}))"
    telling = f"len(list_filter({positions}, lambda i: {here} <> {there} and regexp_matches({here} || {there}, '{OTHER_STREET}')))"
    return f"""
        with known as (select distinct town, street_key from stored where town is not null and street_key is not null),
        unknown as (
            select distinct town, street_key from asked
            anti join known on asked.town = known.town and asked.street_key = known.street_key
            where town is not null and street_key is not null
        )
        select unknown.town, unknown.street_key, min(known.street_key) as found_street
        from unknown join known on unknown.town = known.town and length(unknown.street_key) = length(known.street_key)
        where {wrong} = 1 and {telling} = 0
        group by all having count(*) = 1
    """


def _rest() -> str:
    found = " ".join(
        f"""left join town_found as by_{part} on by_{part}.name = case when asked.town is null then asked.{part} end
            and by_{part}.county = coalesce(asked.county, '') and by_{part}.part = '{part}'"""
        for part in TELLING
    )
    return f"""
        with mended as (
            select
                asked.* replace (
                    coalesce(asked.town, {", ".join(f"by_{part}.found_town" for part in TELLING)}) as town,
                    coalesce(found_street, asked.street_key) as street_key
                ),
                found_street is not null as is_misspelt
            from (from asked anti join stored using (address_id)) as asked
            {found}
            left join street_found on asked.town = street_found.town and asked.street_key = street_found.street_key
        ),
        known as (select distinct town, street_key, true as is_known from stored)
        select
            mended.*,
            -- an estate on a known street is not the one of that name on another
            case when known.is_known is null then estate_key end as only_estate
        from mended left join known on mended.town = known.town and mended.street_key = known.street_key
    """
