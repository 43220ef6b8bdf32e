"""Matching of texts with the stored addresses, all texts in one pass.

Here: from a table of texts to a table of candidates. Not here: how a text is taken apart (asked.py), the command.

A text is a stored address if it has the same id. Else it is one if all its parts agree with those of one stored address,
though one of the two leaves out the town, the street or the estate, or the street has one wrong character. What is left is
placed by the finest part that a stored address shares: building, door or estate, village group, street; else in the village,
town or county that it names. Several candidates are no match: they are listed, and the text is placed by a part.
"""

import duckdb

from suining_data.geocoding.asked import take_apart

INSIDE = ("building", "unit", "floor", "room", "remainder")
PARTS = ("village_name", "village_group", "street_key", "door_number", "estate_key", *INSIDE)
SCORES = {"same": 1.0, "omission": 0.9, "misspelt": 0.8}
# parts that have to be the same in a whole address, the first `needed` of them there; the others must not differ
WHOLE = (
    (2, ("street_key", "door_number", *INSIDE)),
    (1, ("estate_key", *INSIDE)),
    (2, ("village_name", "village_group", "door_number", *INSIDE)),
)
# what a text is placed by, the finest first: level, score, parts
LEVELS = (
    ("building", 0.7, ("town", "street_key", "door_number", "building")),
    ("building", 0.7, ("town", "street_key", "estate_key", "building")),
    ("building", 0.7, ("town", "only_estate", "building")),
    ("door_number", 0.6, ("town", "street_key", "door_number")),
    ("estate", 0.6, ("town", "street_key", "estate_key")),
    ("estate", 0.6, ("town", "only_estate")),
    ("village_group", 0.5, ("town", "village_name", "village_group")),
    ("street", 0.4, ("town", "street_key")),
    ("village", 0.3, ("village",)),
    ("town", 0.2, ("town",)),
    ("county", 0.1, ("county",)),
)
NAMED = ("village", "town", "county")  # a text that names one lies in it, whether an address is stored there or not
SHOWN = (
    "county_name", "area_name", "town_name", "village_name", "village_group", "street", "door_number", "estate", "building",
    "unit", "floor", "room", "remainder",
)  # fmt: skip


def geocode(con: duckdb.DuckDBPyConnection, texts: str) -> duckdb.DuckDBPyRelation:
    """Candidates of every row of the table `texts` (number, text), in order; `is_answer` is true in one row per text.

    An answer has an address_id if it is a stored address. `candidates`: how many addresses the text may be, if not one.
    Reads spatial.address, address_point and division, and leaves temporary tables in the connection.
    """
    take_apart(con, texts)
    con.execute(f"create or replace temp table whole as {_whole()}")
    con.execute(f"create or replace temp table matched as {_MATCHED}")
    con.execute(f"create or replace temp table placed as {_placed()}")
    return con.sql(_candidates())


def _key(of: str, parts: tuple[str, ...], needed: int) -> str:
    """SQL: the parts as one text; null unless the first `needed` are there."""
    there = " and ".join(f"{of}.{part} is not null" for part in parts[:needed])
    texts = ", ".join(f"coalesce({of}.{part}, '')" for part in parts)
    return f"case when {there} then concat_ws('|', {texts}) end"


def _whole() -> str:
    """SELECT of number, address_id, kind, candidates: stored addresses that agree in every part that both have."""
    ways = []
    for needed, parts in WHOLE:
        others = [part for part in PARTS if part not in parts]
        agree = " and ".join(f"coalesce(rest.{part} = stored.{part}, true)" for part in others)
        ways.append(f"""
            select rest.number, stored.address_id, rest.is_misspelt
            from rest join stored on {_key("rest", parts, needed)} = {_key("stored", parts, needed)}
            where {agree} and coalesce(rest.town = stored.town, coalesce(rest.county = stored.county, true))
        """)
    return f"""
        select number, address_id, case when is_misspelt then 'misspelt' else 'omission' end as kind,
            count(*) over (partition by number) as candidates
        from ({" union ".join(ways)})
    """


_MATCHED = """
    select asked.number, asked.address_id, 'same' as kind from asked semi join stored using (address_id)
    union all
    select number, address_id, kind from whole where candidates = 1
"""


def _placed() -> str:
    """SELECT of number, level, score and of point_level, longitude, latitude, for texts that are no stored address.

    The level is the finest that a stored address shares, the point is that of the finest level with points.
    """
    ranked = [(rank, level, score, parts) for rank, (level, score, parts) in enumerate(LEVELS)]

    def keys(of: str) -> str:
        each = (f"{{'rank': {rank}, 'key': {_key(of, parts, len(parts))}}}" for rank, _, _, parts in ranked)
        return f"unnest(list_filter([{', '.join(each)}], lambda each: each.key is not null))"

    levels = ", ".join(f"({rank}, '{level}', {score}, {level in NAMED})" for rank, level, score, _ in ranked)
    return f"""
        with level as (from (values {levels}) as level(rank, name, score, is_named)),
        searched as (from rest anti join matched using (number)),
        asked_key as (select number, each.rank, each.key from (select number, {keys("searched")} as each from searched)),
        stored_key as (
            select each.rank, each.key, longitude, latitude
            from (select longitude, latitude, {keys("stored")} as each from stored)
            semi join asked_key on each.rank = asked_key.rank and each.key = asked_key.key
        ),
        known as (
            select rank, key, round(avg(longitude), 7) as longitude, round(avg(latitude), 7) as latitude
            from stored_key group by rank, key
        ),
        found as (
            select number, rank, longitude, latitude
            from asked_key join level using (rank) left join known using (rank, key)
            where is_named or known.key is not null
        ),
        best as (
            select number, min(rank) as rank, min(rank) filter (where longitude is not null) as point_rank from found group by number
        )
        select best.number, level.name as level, level.score, point_level.name as point_level, found.longitude, found.latitude
        from best join level using (rank)
        left join level as point_level on point_level.rank = best.point_rank
        left join found on found.number = best.number and found.rank = best.point_rank
    """


def _candidates() -> str:
    scores = " ".join(f"when '{kind}' then {score}" for kind, score in SCORES.items())
    shown = ", ".join(f"asked.{part}" for part in SHOWN)
    return f"""
        with listed as (
            select number, address_id, kind, 1 as candidates, true as is_answer from matched
            union all
            select number, cast(null as varchar), 'part', coalesce(max(whole.candidates), 0), true
            from asked anti join matched using (number) left join whole using (number) group by number
            union all
            select number, address_id, kind, candidates, false from whole where candidates > 1
        )
        select
            listed.number, asked.text, is_answer,
            case when listed.kind = 'part' and placed.level is null then 'none' else listed.kind end as match,
            case when listed.kind = 'part' then coalesce(placed.level, 'none') else stored.parse_level end as match_level,
            round(case listed.kind {scores} else coalesce(placed.score, 0) end / greatest(case when is_answer then 1 else candidates end, 1), 2) as score,
            listed.candidates,
            listed.address_id, stored.address,
            case when listed.address_id is null then placed.longitude else point.longitude end as longitude,
            case when listed.address_id is null then placed.latitude else point.latitude end as latitude,
            case when listed.address_id is null then placed.point_level else point.coordinate_accuracy end as point_level,
            coalesce(stored.division_code, asked.division_code) as division_code, division.name as division_name,
            {shown}
        from listed join asked using (number)
        left join stored on stored.address_id = listed.address_id
        left join spatial.address_point as point on point.address_id = listed.address_id
        left join placed on placed.number = listed.number
        left join (
            select division_code, max(name) as name from spatial.division
            where is_current and code_system_code = 'NBS' group by division_code
        ) as division on division.division_code = coalesce(stored.division_code, asked.division_code)
        order by listed.number, is_answer desc, stored.address
    """
