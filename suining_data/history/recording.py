"""Recorded time: comparing a table with its last recorded state, and writing what is different.

Here: which states begin and which end, and why; writing both in the transaction of the promotion. Not here: the kept
tables (kept.py), what a person sees of them (dbt_like_sql/).

The rows whose recorded_to is null are the last recorded state. Rows are compared by a hash of 64 bits of their compared
columns. So a run that is repeated, or a run that a killed one left half done, writes exactly what is still missing.
"""

from collections.abc import Collection
from dataclasses import dataclass

import duckdb

from suining_data.changes import change_table
from suining_data.history.kept import Kept
from suining_data.history.reasons import explain
from suining_data.sql import identifier, literal

Connection = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class Run:
    """The run that records, and a digest of all declarations and code that it runs with."""

    id: str
    declared: str = ""


@dataclass(frozen=True)
class Recorded:
    """What a comparison found: states that begin and end, and how many there are and have ended afterwards."""

    begun: int
    ended: int
    states: int
    all_ended: int

    @property
    def version(self) -> str:
        """The same for the same history: states are only added and ended."""
        return f"{self.states} states, {self.all_ended} ended"


def compare(con: Connection, kept: Kept, run: Run, changed: Collection[str] | None = None) -> Recorded:
    """Fill temp.begun_state and temp.ended_state: what is new in the table, and what holds no longer.

    `changed`: the tables that have changed since the last recording, if their change tables have all that did. Then only
    the subjects that are in the change table are compared.
    """
    id, columns = identifier(kept.id), _list(kept.columns)
    digest = f"hash({columns})"
    narrowed = f"semi join {change_table(kept.table)} using ({id})" if kept.table in (changed or ()) else ""
    con.execute(f"""
        create or replace temp table open_state as
        select {id} as id, {digest} as digest from {kept.history} {narrowed} where recorded_to is null;

        create or replace temp table present_row as from {kept.table} {narrowed};

        create or replace temp table present_state as select {id} as id, {digest} as digest from present_row;

        create or replace temp table ended_state as
        with ended as (from open_state anti join present_state using (digest))
        select ended.id, digest,
            case when present.id is not null then 'changed' when redirect.new_id is not null then 'merged'
                else 'withdrawn' end as ended_as,
            case when present.id is null then redirect.new_id end as became
        from ended
        left join (select distinct id from present_state) as present using (id)
        left join registry.{kept.subject}_redirect as redirect on ended.id = redirect.old_id;

        create or replace temp table begun_state as
        with begun as (select distinct id, digest from present_state anti join open_state using (digest)),

        split as (
            select {kept.subject}_id as id, arg_max(other_id, happened_at) as came_from
            from registry.{kept.subject}_event where kind = 'split' group by all
        ),

        explained as (
            select digest, came_from,
                case when not has_states then 'initial' when open.id is not null then 'changed'
                    when former.id is not null then 'returned' when split.id is not null then 'split' else 'added' end as begun_as
            from begun
            left join (select distinct id from open_state) as open on begun.id = open.id
            left join (select distinct {id} as id from {kept.history} where recorded_to is not null) as former
                on begun.id = former.id
            left join split on begun.id = split.id
            cross join (select count(*) > 0 as has_states from {kept.history})
        )

        select {_list({**kept.columns, **kept.sources})}, begun_as, case when begun_as = 'split' then came_from end as came_from
        from (select *, {digest} as digest from present_row) as present
        join explained using (digest)
    """)
    if kept.is_golden:
        explain(con, kept, run.id, run.declared)
    begun, ended, states, closed = con.execute(f"""
        select (select count(*) from begun_state), (select count(*) from ended_state), count(*), count(recorded_to)
        from {kept.history}
    """).fetchall()[0]
    return Recorded(begun, ended, states + begun, closed + ended)


def record(con: Connection, kept: Kept, run: Run) -> None:
    """Write the result of `compare`, all with the time of the run; call it inside a transaction."""
    con.execute(
        """
        insert into history.run
        select ?, greatest(current_timestamp::timestamp, (select max(recorded_at) + interval 1 microsecond from history.run)), ?
        where not exists (from history.run where run_id = ?)
        """,
        [run.id, run.declared, run.id],
    )
    begun, ended, ended_reason = "temp.begun_state", "temp.ended_state", ""
    if kept.is_golden:
        begun = f"(from {begun} left join (select id as {kept.id}, reasons from temp.begun_reason) using ({kept.id}))"
        ended, ended_reason = (
            f"(from {ended} left join temp.ended_reason using (digest))",
            ", ended_reason = ended.reason",
        )
    recorded_at = f"(select recorded_at from history.run where run_id = {literal(run.id)})"
    con.execute(f"""
        create or replace temp table ended_row as
        select state.row, ended.*
        from (
            select rowid as row, hash({_list(kept.columns)}) as digest
            from {kept.history} where recorded_to is null and {identifier(kept.id)} in (select id from temp.ended_state)
        ) as state
        join {ended} as ended using (digest);

        update {kept.history} as state
        set recorded_to = {recorded_at}, ended_run = {literal(run.id)}, ended_as = ended.ended_as, became = ended.became{ended_reason}
        from temp.ended_row as ended
        where state.rowid = ended.row;

        insert into {kept.history} by name
        select *, {recorded_at} as recorded_from, {literal(run.id)} as begun_run from {begun} as begun
    """)


def _list(columns: dict[str, str]) -> str:
    return ", ".join(identifier(name) for name in columns)
