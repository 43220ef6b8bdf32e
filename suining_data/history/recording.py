"""Recorded time: comparing a table with its last recorded state, and writing what is different.

Here: which states begin and which end, and why; writing both in the transaction of the promotion. Not here: the kept
tables (kept.py), what a person sees of them (dbt_like_sql/).

The rows whose recorded_to is null are the last recorded state. Rows are compared by a hash of 64 bits of their compared
columns. So a run that is repeated, or a run that a killed one left half done, writes exactly what is still missing.
"""

from collections.abc import Collection
from dataclasses import dataclass

import duckdb

from suining_data.changes import MOST_LISTED, Difference, change_table
from suining_data.clock import NOW
from suining_data.history.kept import Kept
from suining_data.history.reasons import explain
from suining_data.sql import identifier, literal
from suining_data.warehouse import STAGING

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
    forgotten: int = 0  # persons whose states were removed

    @property
    def version(self) -> str:
        """The same for the same history: states are only added and ended, unless a person is forgotten."""
        return f"{self.states} states, {self.all_ended} ended" + f", {self.forgotten} forgotten" * bool(self.forgotten)

    @property
    def difference(self) -> Difference:
        """How the history changes: a state that ends is another row than before."""
        is_listed = self.begun + self.ended <= MOST_LISTED * self.states
        return Difference(self.begun + self.ended, self.ended, is_listed)


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
    return _recorded(con, kept)


def _recorded(con: Connection, kept: Kept) -> Recorded:
    """What the last comparison found; call it before the history is written."""
    begun, ended, states, closed, forgotten = con.execute(f"""
        select (select count(*) from begun_state), (select count(*) from ended_state), count(*), count(recorded_to),
            (select count(*) from registry.tombstone)
        from {kept.history}
    """).fetchall()[0]
    return Recorded(begun, ended, states + begun, closed + ended, forgotten)


def record(con: Connection, kept: Kept, run: Run) -> None:
    """Write the result of `compare`, all with the time of the run, and the rows of the history that it changes as the
    staging table of its change table; call it inside a transaction."""
    con.execute(
        f"""
        insert into history.run
        select ?, greatest({NOW}, (select max(recorded_at) + interval 1 microsecond from history.run)), ?
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
    is_listed, changes = _recorded(con, kept).difference.is_listed, f"{change_table(kept.history)}{STAGING}"
    recorded_at = f"(select recorded_at from history.run where run_id = {literal(run.id)})"
    con.execute(f"""
        create or replace temp table ended_row as
        select state.row, ended.*
        from (
            select rowid as row, hash({_list(kept.columns)}) as digest
            from {kept.history} where recorded_to is null and {identifier(kept.id)} in (select id from temp.ended_state)
        ) as state
        join {ended} as ended using (digest)
    """)
    if is_listed:
        con.execute(f"""
            create or replace table {changes} as
            select false as is_added, * from {kept.history} where rowid in (select row from temp.ended_row)
        """)
    con.execute(f"""
        update {kept.history} as state
        set recorded_to = {recorded_at}, ended_run = {literal(run.id)}, ended_as = ended.ended_as, became = ended.became{ended_reason}
        from temp.ended_row as ended
        where state.rowid = ended.row;

        insert into {kept.history} by name
        select *, {recorded_at} as recorded_from, {literal(run.id)} as begun_run from {begun} as begun
    """)
    if is_listed:
        con.execute(f"""
            insert into {changes} by name
            select true as is_added, * from {kept.history}
            where begun_run = {literal(run.id)} or ended_run = {literal(run.id)}
        """)


def _list(columns: dict[str, str]) -> str:
    return ", ".join(identifier(name) for name in columns)
