"""Recorded time: comparing a table with its last recorded state, and writing what is different.

Here: which states begin and which end, and why; writing both in the transaction of the promotion. Not here: the kept
tables (kept.py), what a person sees of them (dbt_like_sql/).

The rows whose recorded_to is null are the last recorded state. Rows are compared by a hash of 64 bits of their compared
columns. So a run that is repeated, or a run that a killed one left half done, writes exactly what is still missing.
"""

from dataclasses import dataclass

import duckdb

from suining_data.history.kept import Kept
from suining_data.sql import identifier, literal

Connection = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class Recorded:
    """What a comparison found: states that begin and end, and how many there are and have ended afterwards."""

    begun: int
    ended: int
    states: int
    all_ended: int
    forgotten: int = 0  # persons whose states were removed

    @property
    def version(self) -> str:
        """The same for the same history: states are only added and ended, unless a person is forgotten."""
        return f"{self.states} states, {self.all_ended} ended" + f", {self.forgotten} forgotten" * bool(self.forgotten)


def compare(con: Connection, kept: Kept) -> Recorded:
    """Fill temp.begun_state and temp.ended_state: what is new in the table, and what holds no longer."""
    id, columns = identifier(kept.id), _list(kept.columns)
    digest = f"hash({columns})"
    con.execute(f"""
        create or replace temp table open_state as
        select {id} as id, {digest} as digest from {kept.history} where recorded_to is null;

        create or replace temp table present_state as select {id} as id, {digest} as digest from {kept.table};

        create or replace temp table ended_state as
        with ended as (from open_state anti join present_state using (digest))
        select digest,
            case when present.id is not null then 'changed' when redirect.new_id is not null then 'merged'
                else 'withdrawn' end as ended_as,
            case when present.id is null then redirect.new_id end as became
        from ended
        left join (select distinct id from present_state) as present using (id)
        left join registry.{kept.subject}_redirect as redirect on ended.id = redirect.old_id;

        create or replace temp table begun_state as
        with begun as (select distinct id, digest from present_state anti join open_state using (digest)),

        split as (
            select {id} as id, arg_max(other_id, happened_at) as came_from
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
        from (select *, {digest} as digest from {kept.table}) as present
        join explained using (digest)
    """)
    begun, ended, states, closed, forgotten = con.execute(f"""
        select (select count(*) from begun_state), (select count(*) from ended_state), count(*), count(recorded_to),
            (select count(*) from registry.tombstone)
        from {kept.history}
    """).fetchall()[0]
    return Recorded(begun, ended, states + begun, closed + ended, forgotten)


def record(con: Connection, kept: Kept, run_id: str) -> None:
    """Write the result of `compare`, all with the time of the run; call it inside a transaction."""
    con.execute(
        """
        insert into history.run
        select ?, greatest(current_timestamp::timestamp, (select max(recorded_at) + interval 1 microsecond from history.run))
        where not exists (from history.run where run_id = ?)
        """,
        [run_id, run_id],
    )
    recorded_at = f"(select recorded_at from history.run where run_id = {literal(run_id)})"
    con.execute(f"""
        update {kept.history} as state
        set recorded_to = {recorded_at}, ended_run = {literal(run_id)}, ended_as = ended.ended_as, became = ended.became
        from temp.ended_state as ended
        where state.recorded_to is null and hash({_list(kept.columns)}) = ended.digest;

        insert into {kept.history} by name
        select *, {recorded_at} as recorded_from, {literal(run_id)} as begun_run from temp.begun_state
    """)


def _list(columns: dict[str, str]) -> str:
    return ", ".join(identifier(name) for name in columns)
