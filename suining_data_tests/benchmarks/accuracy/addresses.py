"""Addresses of records against the true addresses of their subjects: the town, and the building or village group.

Here: section addresses. Not here: golden addresses (golden.py), which record is about whom (records.py).

An address is right if it is one of the subject's: registered, of residence, or the former one, which departments go on to
report. What a true address consists of is read from its fixed form, not by the parser that is measured. A text with the name of
a village from before its merger counts for the town alone: nothing says which village of today it became.
"""

import duckdb

from suining_data.city import load_city
from suining_data_tests.benchmarks.accuracy.figures import Figures, row_of
from suining_data_tests.benchmarks.accuracy.records import Subject

# ids in records; true texts, and the same places under names of before
COLUMNS = {
    "person": (
        ("registered_address_id", "residence_address_id"),
        ("registered_address", "residence_address", "former_address"),
        "old_named_addresses",
    ),
    "organization": (("address_id",), ("address",), "cast([] as varchar[])"),
}
FORM = "^(.{2,4}?[区县市])(.+?(?:街道|镇|乡))(.*)$"
PART = "^.*?[0-9](?:栋|组)"


def measure(con: duckdb.DuckDBPyConnection, subject: Subject) -> Figures:
    """Shares of addresses with the right town, and precision and recall of building or group. Reads <subject>_matched."""
    ids, texts, old_texts = COLUMNS[subject.name]
    city = load_city()
    beginning = len(city.province.name + city.name)
    return row_of(
        con,
        _SQL.format(
            subject=subject.name,
            ids=", ".join(f"record.{id}" for id in ids),
            texts=", ".join(texts),
            old_texts=old_texts,
            beginning=beginning,
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
    select true_id, is_old, regexp_extract(substr(text, {beginning} + 1), '{form}', ['county', 'town', 'rest']) as place
    from (
        select true_id, false as is_old, unnest([{texts}]) as text from truth_{subject}
        union all
        select true_id, true, unnest({old_texts}) from truth_{subject}
    )
    where text is not null
),

truth as (
    select true_id, list(distinct code) filter (not is_old) as towns,
        list(distinct nullif(regexp_extract(place.rest, '{part}'), '')) filter (not is_old) as parts,
        list(distinct nullif(regexp_extract(place.rest, '{part}'), '')) filter (is_old) as old_parts,
        bool_and(regexp_matches(place.rest, '{part}')) filter (not is_old) as has_parts
    from true_text left join division on division.county = place.county and division.town = place.town
    group by true_id
),

reported as (
    select matched.true_id, unnest([{ids}]) as address_id
    from {subject}_matched as matched join linked.{subject}_record as record using (record_id, role)
),

placed as (
    select *, coalesce(building, village_group) is not null as has_part,
        -- a community before a street is left out, as in the true texts
        case
            when street is null or door_number is null then concat(village_name, village_group, street, estate, building)
            else concat(street, door_number, estate, building)
        end as part
    from reported join spatial.address using (address_id) join truth using (true_id)
),

judged as (
    select coalesce(list_contains(towns, division_code[:9]), false) as is_town_right, has_parts, has_part,
        coalesce(list_contains(parts, part), false) as is_part_right,
        coalesce(list_contains(old_parts, part), false) and not is_part_right as is_old_named
    from placed
)

select count(*) as addresses, count_if(is_town_right) / nullif(addresses, 0) as town_right,
    count_if(is_old_named) as old_named,
    count_if(has_part and not is_old_named) as with_part,
    count_if(has_part and is_part_right) as right_part,
    right_part / nullif(with_part, 0) as part_precision,
    right_part / nullif(count_if((has_parts or is_part_right) and not is_old_named), 0) as part_recall
from judged
"""
