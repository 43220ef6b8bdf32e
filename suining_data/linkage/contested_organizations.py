"""Contested numbers of organisations: records whose number is another organisation's, or is mistyped.

Here: the SELECT of linked.contested_organization. Not here: accepted numbers (deterministic.py), what becomes of a
contested record (subject_linkage.py: it is linked like a record without a number), persons (person_contests.py).

A number has an owner: one of the names that records report with it. A record with a name that does not fit the owner
contests the number, unless it may be the former name of the owner: because the record reports the owner's head, address,
phone, registration number or date of establishment, or several sources report the name with this number, or nothing
speaks against it. It contests the number all the same if better supported records have the name under another number. A
name with the ending of a branch contests the number of the parent, whatever else agrees.

A valid number is mistyped if one record only reports it, and it is one character away from a number with the same name
and better support, and head and address do not differ.

All choices are made by content, never by the order of rows. The owner is a name that no other number has with more
sources, and that did not contest the number before; then one in a register, with more sources, of better authority.
"""

from suining_data.city import load_city
from suining_data.elements.organization_names import (
    differ_in_ordinals,
    is_branch,
    is_part,
    is_part_with_ending,
    without_county,
)
from suining_data.linkage.deterministic import keyed_organizations
from suining_data.linkage.similar_names import differing_characters
from suining_data.linkage.subject_linkage import ORGANIZATION_CORE
from suining_data.linkage.tokens import token

_CITY = load_city()
SEVERAL = 2  # sources that report the same by themselves
REGISTER = 2  # authority of the registers that give the numbers, or copy those that do
_LISTS = ("heads", "addresses", "phones", "registration_numbers", "established")
_REGISTERED = ("registration_numbers", "established")  # two organisations never share them
_OFTEN_CHANGED = ("heads", "towns")
_TOWN = "(?:[省市县区]|^)([^省市县区]{1,6}(?:街道|镇|乡))"


def _is_abbreviated(short: str, long: str) -> str:
    """SQL: whether a name has only characters of a longer one, in their order, and begins like it."""
    pattern = f"array_to_string(list_transform(string_split({short}, ''), lambda c: regexp_escape(c)), '.*')"
    return f"(length({short}) >= 2 and left({short}, 1) = left({long}, 1) and regexp_matches({long}, {pattern}))"


def _are_abbreviated(one: str, other: str) -> str:
    return f"({_is_abbreviated(one, other)} or {_is_abbreviated(other, one)})"


_BARE, _OWNER_BARE = without_county("naming.core", _CITY), without_county("owner.core", _CITY)
_IS_SOFT_PART = is_part("owner.names", "owner.core", "naming.core", _CITY)
_IS_PARENT = is_part("naming.names", "naming.core", "owner.core", _CITY)
# spellings of one name: without the county, cut, abbreviated, one character wrong
_FITS = f"""{_BARE} = {_OWNER_BARE} or (
    not {_IS_SOFT_PART} and not {_IS_PARENT} and not {differ_in_ordinals("naming.core", "owner.core")}
    and ({_are_abbreviated(_BARE, _OWNER_BARE)} or {differing_characters("naming.core", "owner.core")} <= 1)
)"""
_IS_BRANCH = is_part_with_ending("owner.core", "naming.core", _CITY)
_IS_OTHER_BRANCH = f"""{is_branch("naming.core")} and {is_branch("owner.core")} and {_BARE} <> {_OWNER_BARE}
    and not {_are_abbreviated(_BARE, _OWNER_BARE)} and {differing_characters("naming.core", "owner.core")} > 1"""


def _naming(records: str) -> str:
    """SELECT of the names with each number, and what the records with this name and number report."""
    return f"""
        select identity_key, core, string_agg(distinct name, ' ' order by name) as names,
            bool_and(is_nameless) as is_nameless, count(distinct resource_id) as sources,
            list(distinct representative_name) filter (where representative_name is not null) as heads,
            list_distinct(flatten(list(addresses) filter (where addresses is not null))) as addresses,
            list_filter(list_distinct(list_transform(flatten(list(addresses) filter (where addresses is not null)),
                lambda address: regexp_extract(address, '{_TOWN}', 1))), lambda town: town <> '') as towns,
            list(distinct phone) filter (where phone is not null) as phones,
            list(distinct registration_number) filter (where registration_number is not null) as registration_numbers,
            list(distinct established_date) filter (where established_date is not null) as established
        from {records} group by identity_key, core
    """


def _shared(left: str, right: str, lists: tuple[str, ...] = _LISTS) -> str:
    """SQL: of how many lists the two sides share a value."""
    return " + ".join(f"coalesce(list_has_any({left}.{name}, {right}.{name}), false)::int" for name in lists)


def _differing(left: str, right: str, lists: tuple[str, ...]) -> str:
    """SQL: of how many lists both sides have values, none of them shared."""
    return " + ".join(
        f"coalesce(len({left}.{name}) > 0 and len({right}.{name}) > 0 and not list_has_any({left}.{name}, {right}.{name}), false)::int"
        for name in lists
    )


_POOLED = ", ".join(
    f"list_distinct(flatten(list({name}) filter (where {name} is not null))) as {name}" for name in (*_LISTS, "towns")
)
# Two numbers are one mistake apart if one character before the check character is; the check character follows it.
_ONE_MISTAKE = """length(single.identity_key) = length(support.identity_key)
        and damerau_levenshtein(left(single.identity_key, length(single.identity_key) - 1),
            left(support.identity_key, length(support.identity_key) - 1)) = 1"""

CONTESTED_ORGANIZATION = f"""
with keyed as (
    select *, {ORGANIZATION_CORE} as name_core, coalesce(uscc, organization_code, registration_number) as number
    from ({keyed_organizations("linked.organization_evidence")}) where identity_key is not null
),

-- a record without a name is compared by all else that it reports
record as (
    select * exclude (name_core), name_core is null as is_nameless,
        coalesce(name_core, concat_ws(' ', '-', representative_name, registration_number, established_date,
            array_to_string(list_sort(addresses), ' '))) as core
    from keyed
),

support as (
    select identity_key, core, is_nameless, count(distinct resource_id) as sources, min(name_authority) as authority,
        count(*) as records
    from record group by identity_key, core, is_nameless
),

several_names as (select identity_key from support group by identity_key having count(*) > 1),

-- the other numbers with which as many sources report a name
namesake as (
    select here.identity_key, here.core, other.identity_key as other_key,
        here.sources = 1 and other.sources > 1 as is_stronger,
        -- the better owner of the two: more records, or no other name has that number
        here.records < other.records or other.identity_key not in (from several_names) as is_better,
        count(*) over (partition by here.identity_key, here.core) as numbers
    from (from support semi join several_names using (identity_key) where not is_nameless) as here
    join support as other on here.core = other.core and here.identity_key <> other.identity_key
        and (here.sources, here.records) <= (other.sources, other.records)
        and not starts_with(other.identity_key, 'registration_number:')
),

naming as ({_naming("record semi join several_names using (identity_key)")}),

other_naming as ({_naming("record semi join (select core, other_key as identity_key from namesake) using (identity_key, core)")}),

-- the same organisation under the other number, as far as the records report it: not another one with the same name
elsewhere as (
    select identity_key, core, max(shared) as shared, bool_or(is_stronger) as is_stronger,
        bool_or(is_stronger or is_better) as is_better
    from (
        select namesake.identity_key, namesake.core, is_stronger, is_better, numbers,
            {_shared("naming", "other_naming")} as shared,
            {_differing("naming", "other_naming", (*_OFTEN_CHANGED, *_REGISTERED))} as differing
        from namesake
        join naming using (identity_key, core)
        join other_naming on other_naming.identity_key = other_key and other_naming.core = namesake.core
    )
    where shared > 0 or (numbers = 1 and differing = 0)
    group by identity_key, core
),

-- names that contested the number in an earlier run and were organisations of their own: they do not become its owner
contested_before as (
    select distinct identity_key, core, true as was_contested
    from (
        select identity_key, core, {token("organization")} as token
        from (select *, number as contested_number from record semi join several_names using (identity_key))
    ) semi join registry.organization_identity as registered on registered.identity_key = token
),

owner as (
    select naming.* from naming join (
        select identity_key, core from support
        join naming using (identity_key, core)
        left join elsewhere using (identity_key, core)
        left join contested_before using (identity_key, core)
        qualify row_number() over (
            partition by identity_key order by is_stronger is true, was_contested is true, support.is_nameless,
                is_stronger is false, authority <= {REGISTER} desc, support.sources desc, authority, records desc, length(core),
                core) = 1
    ) using (identity_key, core)
),

compared as (
    select naming.*, {_FITS} as fits, {_IS_BRANCH} as is_branch,
        {_IS_OTHER_BRANCH} as is_other_branch, {_IS_PARENT} as is_parent,
        owner.is_nameless as is_of_nameless, coalesce(was_contested, false) as was_contested
    from naming join owner using (identity_key) left join contested_before on
        contested_before.identity_key = naming.identity_key and contested_before.core = naming.core
    where naming.core <> owner.core
),

-- all that is known of the owner: what the records with any spelling of its name report
owned as (
    select identity_key, {_POOLED}
    from (
        from owner
        union all
        from naming semi join (from compared where fits) as fitting using (identity_key, core)
    )
    group by identity_key
),

judged as (
    select compared.*, {_shared("compared", "owned")} as shared,
        {_differing("compared", "owned", _OFTEN_CHANGED)} as changed,
        {_differing("compared", "owned", _REGISTERED)} as contradicted,
        elsewhere.core is not null as is_elsewhere, coalesce(is_stronger, false) as is_stronger,
        coalesce(is_better, false) as is_better, coalesce(elsewhere.shared, 0) as shared_elsewhere
    from compared
    join owned using (identity_key)
    left join elsewhere on elsewhere.identity_key = compared.identity_key and elsewhere.core = compared.core
),

unfit as (
    select identity_key, core from judged
    where case when is_branch or (is_other_branch and shared = 0) or (is_parent and contradicted > 0) then true
        when is_of_nameless then contradicted > 0 or (shared = 0 and is_stronger)
        when is_elsewhere and shared_elsewhere > shared and (is_better or changed + contradicted > 0) then true
        when is_better and shared_elsewhere = shared and sources < {SEVERAL} and not fits and not is_parent then true
        when fits or shared > 0 or (sources >= {SEVERAL} and not was_contested) then false
        when is_nameless then contradicted > 0
        else changed + contradicted > 0 end
),

number as (
    select identity_key, count(distinct resource_id) as sources, count(*) as records, min(name_authority) as authority
    from record group by identity_key
),

-- a number of one record, one mistake away from a number with the same name that has better support
single as (
    select identity_key, core, representative_name as head, addresses, number.* exclude (identity_key)
    from record join number using (identity_key) where records = 1 and not is_nameless
),

near as (
    select single.*, support.identity_key as other_key, number.sources as other_sources
    from single
    join support on single.core = support.core and {_ONE_MISTAKE}
    join number on number.identity_key = support.identity_key
        and (single.sources, single.records, -single.authority, single.identity_key)
            < (number.sources, number.records, -number.authority, number.identity_key)
),

known as ({_naming("record semi join (select other_key as identity_key from near) using (identity_key)")}),

mistyped as (
    select near.identity_key
    from near join known on known.identity_key = other_key
    group by near.identity_key, other_key, head, near.addresses, other_sources
    having coalesce(bool_or(list_contains(heads, head)), true)
        and coalesce(bool_or(list_has_any(known.addresses, near.addresses)), true)
        and (other_sources >= {SEVERAL}
            or bool_or(list_contains(heads, head)) and bool_or(list_has_any(known.addresses, near.addresses)))
)

select record_id, role, resource_id, number, false as is_mistyped
from record semi join unfit using (identity_key, core)
union all
select record_id, role, resource_id, number, true
from record semi join mistyped using (identity_key)
"""
