"""Table macros of the published file: which division a code or a name is today, and which it was on a day.

Here: division_now and division_at, for every audience that has the tables they read. Not here: what is known of divisions
(dbt_like_sql/spatial/division_version.sql and the tables beside it), the bases as of a day (macros.py).

    from division_now('<code or name>')                        what the division is today
    from division_now('<code>', code_system := 'MCA')          a code of Civil Affairs, which may be another town's in the statistical codes
    from division_at('<code or name>', date '1990-01-01')      what it was on that day

One row, or several of which each says that it is one of several (is_ambiguous). A division of which no source says what it
became gives the division that it lies in (relation 'within'), and the reason. A code or name that nothing has gives no row. What is
known, but not for the day, gives the relation 'none'.
"""

from collections.abc import Collection

import duckdb

READ = tuple(
    f"spatial.{name}"
    for name in ("division_version", "division_code", "division_change", "division_succession", "unresolved_division")
)

# The versions that a code or a name may mean. The code of a village that is in no list means its town.
ASKED = """
    named as (
        select version_id, true as is_listed from spatial.division_version
        where code_or_name in (name, short_name) or regexp_replace(code_or_name, '办事处$', '') = short_name
    ),
    coded as (
        select version_id, division_code = rpad(code_or_name, 12, '0') as is_listed
        from spatial.division_code
        where regexp_full_match(code_or_name, '[0-9]{6}|[0-9]{9}|[0-9]{12}')
            and division_code in (rpad(code_or_name, 12, '0'), substr(code_or_name, 1, 9) || '000')
            and (code_system is null or code_system_code = code_system or substr(division_code, 7) = '000000')
    ),
    asked as (
        from named union select version_id, is_listed from coded where is_listed or (select count(*) from coded where is_listed) = 0
    )
"""

# A version in words: the codes of both systems, the names of what it lies in.
DESCRIBED = """
    described as (
        select version.version_id, version.division_code,
            (select min(code.division_code) from spatial.division_code as code
                where code.version_id = version.version_id and code.code_system_code = 'MCA') as civil_affairs_division_code,
            version.name, version.level_code,
            case version.level_code when 'county' then version.name when 'town' then above.name when 'village' then over.name end as county_name,
            case version.level_code when 'town' then version.name when 'village' then above.name end as town_name,
            version.valid_from, version.known_from, version.valid_from_precision, version.known_to, version.valid_to, version.valid_to_precision
        from spatial.division_version as version
        left join spatial.division_version as above on version.parent_version_id = above.version_id
        left join spatial.division_version as over on above.parent_version_id = over.version_id
    )
"""
COLUMNS = """division_code, civil_affairs_division_code, name, level_code, county_name, town_name, valid_from, valid_from_precision,
        valid_to, valid_to_precision"""

NOW = f"""
    with {ASKED},
    found as (
        select succession.later_version_id as version_id,
            case when not asked.is_listed then 'within' when succession.later_version_id = asked.version_id then 'same' else 'successor' end as relation,
            case when not asked.is_listed then 'not_listed' end as reason_code
        from asked join spatial.division_succession as succession on asked.version_id = succession.version_id
        where succession.is_later_current
        union all
        select unresolved.within_version_id, 'within', unresolved.reason_code
        from asked join spatial.unresolved_division as unresolved on asked.version_id = unresolved.version_id
        where unresolved.within_version_id is not null
    ),
    answer as (
        select version_id, arg_min(relation, relation = 'within') as relation, arg_min(reason_code, relation = 'within') as reason_code
        from found group by version_id
    ),
    {DESCRIBED}
    select {COLUMNS}, answer.relation, answer.reason_code, count(*) over () > 1 as is_ambiguous
    from answer join described on answer.version_id = described.version_id
    order by division_code
"""
# On a day a version may have been from valid_from to valid_to, and surely was from known_from to known_to. Of several, those
# count that surely were, and before their predecessors and successors the versions that were asked for.
AT = f"""
    with {ASKED},
    line as (
        select asked.version_id as asked_id, succession.later_version_id as version_id,
            case when not asked.is_listed then 'within' when succession.later_version_id = asked.version_id then 'same' else 'successor' end as relation,
            case when not asked.is_listed then 'not_listed' end as reason_code
        from asked join spatial.division_succession as succession on asked.version_id = succession.version_id
        union all
        select asked.version_id, succession.version_id, case when asked.is_listed then 'predecessor' else 'within' end,
            case when not asked.is_listed then 'not_listed' end
        from asked join spatial.division_succession as succession on asked.version_id = succession.later_version_id
        where succession.version_id <> asked.version_id
        union all
        select asked.version_id, change.predecessor_version_id, 'predecessor', null
        from asked join spatial.division_change as change on asked.version_id = change.successor_version_id
        where asked.is_listed
        union all
        select asked.version_id, succession.version_id, 'within', unresolved.reason_code
        from asked
        join spatial.unresolved_division as unresolved on asked.version_id = unresolved.version_id
        join spatial.division_succession as succession on unresolved.within_version_id = succession.later_version_id
    ),
    {DESCRIBED},
    possible as (
        select line.asked_id, line.version_id, line.relation, line.reason_code,
            coalesce(described.known_from <= day and coalesce(described.known_to >= day, described.valid_to is null), false) as is_certain
        from line join described on line.version_id = described.version_id
        where coalesce(described.valid_from <= day, true) and coalesce(described.valid_to >= day, true)
    ),
    weighed as (
        select version_id, relation, reason_code, is_certain,
            bool_or(relation = 'same') over (partition by asked_id) as is_asked,
            bool_or(relation = 'same' and is_certain) over (partition by asked_id) as is_sure,
            bool_or(relation <> 'within') over (partition by asked_id) as is_known
        from possible
    ),
    nearest as (
        select version_id, relation, reason_code, is_certain, is_asked from weighed
        where (relation <> 'within' or not is_known) and (relation = 'same' or not is_sure)
    ),
    answer as (
        select version_id, arg_min(relation, relation = 'within') as relation, arg_min(reason_code, relation = 'within') as reason_code,
            bool_or(is_certain) as is_certain
        from nearest
        where is_asked or (select count(*) from nearest where is_asked) = 0
        group by version_id
    ),
    answered as (
        select {COLUMNS}, answer.relation, answer.reason_code, answer.is_certain, count(*) over () > 1 as is_ambiguous
        from answer join described on answer.version_id = described.version_id
        where answer.is_certain or (select count(*) from answer where is_certain) = 0
    )
    select * from answered
    union all
    select null, null, null, null, null, null, null, null, null, null, 'none', 'not_known_then', false, false
    where (select count(*) from asked) > 0 and (select count(*) from answered) = 0
    order by division_code
"""
MACROS = {
    "division_now(code_or_name, code_system := null)": NOW,
    "division_at(code_or_name, day, code_system := null)": AT,
}


def add_division_macros(con: duckdb.DuckDBPyConnection, database: str, tables: Collection[str]) -> None:
    """Create the macros in an attached database, if its `tables` are enough for them."""
    if set(READ) <= set(tables):
        for name, sql in MACROS.items():
            con.execute(f"create or replace macro {database}.main.{name} as table {sql}")
