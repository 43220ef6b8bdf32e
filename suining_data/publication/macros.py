"""Table macros of the published file: the bases as of any day.

Here: person_at, organization_at, population_by_division_at; macro.as_of, for analysts and the full file. Not here: the states and periods that they read
(dbt_like_sql/population/person_version.sql, person_history.sql), commands that ask for a day (cli.py).

    from person_at(date '2018-06-01')                                                    as far as is known now
    from person_at(date '2018-06-01', known_at := timestamp '2019-03-31 23:59:59')       as it was known then

    from macro.as_of(date '2022-01-01')                 the figures that stood then: of what was released until that day

A golden value holds on a day unless a period of another value ends after that day. So the earliest value that is known
counts for all days before it, too.
"""

import duckdb

from suining_data.history import KEPT, Kept, is_known

FORMER_HOUSEHOLD = "case when former.household_number is not null then 'H' || left(md5(former.household_number), 16) else state.household_id end"
COMPUTED = {  # columns of a day that are not just the value of that day
    "household_id": FORMER_HOUSEHOLD,
    "death_date": "case when state.death_date <= day then state.death_date end",
    "moved_out_date": "case when state.moved_out_date <= day then state.moved_out_date end",
    "closed_date": "case when state.closed_date <= day then state.closed_date end",
}
BEGAN = {"person": "birth_date", "organization": "established_date"}


def add_macros(con: duckdb.DuckDBPyConnection, database: str) -> None:
    """Create the macros in an attached database that has the tables of the history."""
    for name, sql in MACROS.items():
        con.execute(f"create or replace macro {database}.main.{name} as table {sql}")


def add_figures_as_of(con: duckdb.DuckDBPyConnection, database: str) -> None:
    """Create macro.as_of in an attached database that has the table macro.observation."""
    con.execute(f"create or replace macro {database}.macro.as_of(day) as table {FIGURES_AS_OF}")


def _at(kept: Kept) -> str:
    """SELECT of the golden records of a day: `day`, and `known_at` if it is not null."""
    base, id = kept.table.split(".")[0], kept.id
    columns = ", ".join(
        f"{COMPUTED.get(name) or f'coalesce(try_cast(former.{name} as {kind}), state.{name})'} as {name}"
        for name, kind in kept.columns.items()
        if name != id
    )
    former = ", ".join(f"arg_min(value, valid_to) filter (attribute = '{name}') as {name}" for name in kept.attributes)
    return f"""
        with former as (
            select {id}, {former}
            from {base}.{kept.name}_history where valid_to > day and {is_known("known_at")} group by {id}
        )
        select state.{id}, {columns}
        from {base}.{kept.name}_version as state left join former on state.{id} = former.{id}
        where {is_known("known_at", "state")} and coalesce(state.{BEGAN[kept.name]} <= day, true)
    """


AT = {kept.name: _at(kept) for kept in KEPT if kept.name in BEGAN}
PYRAMID = f"""
    select registered_division_code as division_code, sex_code, date_sub('year', birth_date, day) as age,
        count(*) as persons
    from ({AT["person"]}) as person
    where death_date is null and registered_division_code is not null
    group by all
"""
MACROS = {  # a macro cannot name another one of a file that is only attached while it is written
    **{f"{name}_at(day, known_at := null)": sql for name, sql in AT.items()},
    "population_by_division_at(day, known_at := null)": PYRAMID,
}
OBSERVATION = "macro.observation"
FIGURES_AS_OF = f"""
    select * from {OBSERVATION} where released_at <= day
    qualify preference = min(preference) over (partition by figure_id)
"""
