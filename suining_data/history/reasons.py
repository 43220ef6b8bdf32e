"""Why a golden value changed: what the warehouse knows about the records of the former and of the present value.

Here: the reasons, and finding that of each state that begins or ends. Not here: which states those are (recording.py),
why a value survives among records that are all there (dbt_like_sql/).

Since the last recording, in this order:

- corrected_record: the resource that reported the former value has delivered rows of the subject anew, and they no longer do.
- new_record: the present value comes from a record that was delivered since.
- withdrawn_record: the record of the former value is no longer there; or the value came back, because a delivery of its
  resource was withdrawn.
- decided: a person decided about a pair, and so records came together or apart.
- merged, split: records came from another subject, or the record of the former value is another's now.
- declared: no record explains it, and the declarations or the code are others.
- weighed: no record of the subject explains it. Other records made one more or less reliable, or another subject has changed.
"""

import duckdb

from suining_data.history.kept import Kept
from suining_data.packed_keys import batch_of_record, batch_of_resource
from suining_data.sql import identifier, literal

REASONS = (
    *("new_record", "corrected_record", "withdrawn_record"),
    *("decided", "merged", "split", "declared", "weighed"),
)


def explain(con: duckdb.DuckDBPyConnection, kept: Kept, run_id: str, declared: str) -> None:
    """Fill temp.begun_reason (id, reasons: attribute -> reason) and temp.ended_reason (id, reason).

    Reads temp.begun_state and temp.ended_state. The reason that a subject came is that of its id. `declared`: digest of all
    declarations and code.
    """
    con.execute(f"""
        create or replace temp table last_run as
        select max(recorded_at) as since, arg_max(declared, recorded_at) is distinct from {literal(declared)} as is_declared
        from history.run where run_id <> {literal(run_id)};

        create or replace temp table batch_seen as
        select distinct {batch_of_resource("resource_id", "batch_id")} as batch, resource_id,
            greatest(first_seen_at, accepted_at, undone_at) > (select since from last_run) as is_new,
            resource_id in (
                select resource_id from registry.withdrawal
                where withdrawn_at > (select since from last_run) and undone_at is null) as is_restored
        from governance.batch
        left join governance.accepted_batch using (batch_id)
        left join (
            select resource_id, batch_id, max(undone_at) as undone_at from registry.withdrawal group by all
        ) using (resource_id, batch_id);

        create or replace temp table begun_difference as {_differences(kept)};

        create or replace temp table own_record as
        select distinct {kept.id} as id, record_id, {batch_of_record("record_id")} as batch from {kept.records}
        where {kept.id} in (select id from begun_difference union select became from ended_state);

        {_subject_events(kept)};

        create or replace temp table begun_reason as
        select id, map_from_entries(list((attribute, {_reason()}) order by attribute)) as reasons
        from ({_facts(kept)}) group by id;

        create or replace temp table ended_reason as
        select digest, case
            when became is null then case when is_declared then 'declared' else 'withdrawn_record' end
            when was_decided then 'decided' when has_new then 'new_record' when is_declared then 'declared'
            else 'weighed' end as reason
        from ended_state left join subject_event on became = subject_event.id cross join last_run
        where ended_as in ('merged', 'withdrawn')
    """)


def _differences(kept: Kept) -> str:
    """SELECT of id, attribute, the records of the former and the present value; the id itself of a subject that came."""
    entries = ", ".join(
        f"{{'attribute': {literal(name)}, 'old_record': {_record('before', kept, name)}, "
        f"'new_record': {_record('after', kept, name)}, "
        f"'is_changed': before.{identifier(name)} is distinct from after.{identifier(name)}}}"
        for name in kept.attributes
    )
    came = f"{{'attribute': {literal(kept.id)}, 'old_record': null::bigint, 'new_record': null::bigint, 'is_changed': after.begun_as <> 'changed'}}"
    return f"""
        select * exclude (is_changed) from (
            select after.{kept.id} as id, unnest([{entries}, {came}], recursive := true)
            from begun_state as after
            left join (from {kept.history} where recorded_to is null) as before
                on case when after.begun_as = 'changed' then after.{kept.id} end = before.{kept.id}
            where after.begun_as <> 'initial'
        ) where is_changed
    """


def _record(state: str, kept: Kept, attribute: str) -> str:
    source = kept.source_of.get(attribute)
    return f"{state}.{identifier(source)}" if source else "null::bigint"


def _subject_events(kept: Kept) -> str:
    """Fills subject_event: of every subject with records whether they are new, were decided about, came or left."""
    event = f"(from registry.{kept.subject}_event where happened_at > (select since from last_run))"
    return f"""
        create or replace temp table subject_event as
        with decided as (
            select {kept.id} as id from registry.{kept.subject}_identity where identity_key in (
                select unnest([token_l, token_r]) from registry.decision
                where subject = '{kept.subject}' and decided_at > (select since from last_run))
        )
        select id, coalesce(bool_or(batch_seen.is_new), false) as has_new,
            coalesce(bool_or(batch_seen.is_restored), false) as has_restored, id in (from decided) as was_decided,
            id in (select other_id from {event} where kind = 'merge') as was_merged,
            id in (select unnest([other_id, {kept.id}]) from {event} where kind = 'split') as was_split
        from own_record left join batch_seen using (batch)
        group by id
    """


def _facts(kept: Kept) -> str:
    """SELECT of what _reason asks of each difference."""
    return f"""
        select difference.id, attribute, old_record, new_record, subject_event.* exclude (id), is_declared,
            coalesce(new_batch.is_new, false) as is_new, new_batch.resource_id = old_batch.resource_id as is_same_resource,
            old_record is not null and old_own.record_id is null as is_gone,
            old_record in (select record_id from {kept.records} where record_id in (select old_record from begun_difference)) as is_there,
            (difference.id, old_batch.resource_id) in (
                select (id, resource_id) from own_record join batch_seen using (batch) where is_new
            ) as is_delivered_anew
        from begun_difference as difference
        join subject_event on difference.id = subject_event.id
        left join batch_seen as new_batch on {batch_of_record("new_record")} = new_batch.batch
        left join batch_seen as old_batch on {batch_of_record("old_record")} = old_batch.batch
        left join own_record as old_own on old_record = old_own.record_id and difference.id = old_own.id
        cross join last_run
    """


def _reason() -> str:
    """SQL: the reason of a difference."""
    return """case
        when is_gone and not is_there and case when is_new then is_same_resource else is_delivered_anew end then 'corrected_record'
        when is_new then 'new_record'
        when is_gone and is_there then case when was_decided then 'decided' else 'split' end
        when is_gone then 'withdrawn_record'
        when was_decided and (was_merged or was_split) then 'decided'
        when old_record is null and new_record is null and has_new then 'new_record'
        when was_merged then 'merged'
        when was_split then 'split'
        when old_record is null and has_restored then 'withdrawn_record'
        when is_declared then 'declared'
        else 'weighed' end"""
