"""Addresses of records against the true addresses of their subjects: the town, and the building or village group.

Here: section addresses. Not here: golden addresses (golden.py), which record is about whom (records.py).

An address is right if it is one of the subject's: registered, of residence, or the former one, which departments go on to
report. What a true address consists of is read from its fixed form, not by the parser that is measured. A record with the
name of a village from before its merger counts for the town alone: nothing says which village of today it became.
"""

import duckdb

from suining_data.city import load_city
from suining_data_tests.benchmarks.accuracy.figures import Figures, row_of
from suining_data_tests.benchmarks.accuracy.records import Subject

COLUMNS = {
    "person": (("registered_address_id", "residence_address_id"), ("registered_address", "residence_address", "former_address")),
    "organization": (("address_id",), ("address",)),
}  # fmt: skip
FORM = "^(.{2,4}?[区县市])(.+?(?:街道|镇|乡))(.*)$"
PART = "^.*?[0-9](?:栋|组)"


def measure(con: duckdb.DuckDBPyConnection, subject: Subject) -> Figures:
    """Shares of addresses with the right town, and precision and recall of building or group. Reads <subject>_matched."""
    ids, texts = COLUMNS[subject.name]
    city = load_city()
    beginning = len(city.province.name + city.name)
    return row_of(
        con,
        _SQL.format(
            subject=subject.name,
            ids=", ".join(f"record.{id}" for id in ids),
            texts=", ".join(f"substr({text}, {beginning + 1})" for text in texts),
            form=FORM,
            part=PART,
        ),
    )


_SQL = """
with division as (
    select county.name as county, town.name as town, min(town.division_code[:9]) as code
    from spatial.division as town join spatial.division as county on county.division_code = town.division_code[:6] || '000000'
    where town.level_code = 'town' and town.is_current and town.code_system_code = 'NBS' and county.code_system_code = 'NBS'
        and county.is_current
    group by all
),

true_text as (
    select true_id, regexp_extract(text, '{form}', ['county', 'town', 'rest']) as place
    from (select true_id, unnest([{texts}]) as text from truth_{subject}) where text is not null
),

truth as (
    select true_id, list(distinct code) as towns, list(distinct nullif(regexp_extract(place.rest, '{part}'), '')) as parts,
        bool_and(regexp_matches(place.rest, '{part}')) as has_parts
    from true_text left join division on division.county = place.county and division.town = place.town
    group by true_id
),

reported as (
    select matched.true_id, unnest([{ids}]) as address_id, list_contains(matched.kinds, 'address_stale_place') as is_stale
    from {subject}_matched as matched join linked.{subject}_record as record using (record_id, role)
),

judged as (
    select list_contains(towns, division_code[:9]) as is_town_right, is_stale, has_parts,
        coalesce(building, village_group) is not null as has_part,
        list_contains(parts, concat(village_name, village_group, street, case when street is not null then door_number end, estate, building)) as is_part_right
    from reported join spatial.address using (address_id) join truth using (true_id)
)

select count(*) as addresses, count_if(is_town_right) / nullif(addresses, 0) as town_right,
    count_if(has_part and not is_stale) as with_part,
    count_if(has_part and is_part_right and not is_stale) as right_part,
    right_part / nullif(with_part, 0) as part_precision,
    right_part / nullif(count_if((has_parts or is_part_right) and not is_stale), 0) as part_recall
from judged
"""
