"""The identity registry: which golden id a cluster has from run to run, and the history of every id.

Here: schema `registry`: which cluster keeps an id (the largest overlap of records), the events mint, merge, split,
retire and return, and redirects from merged ids. Not here: clusters (clustering.py), golden values (dbt_like_sql/).

Tables per subject:
- `<subject>_identity`: a token (the key of an accepted number, or the digest of a record without one) and its last id.
- `<subject>_golden`: every id that was ever minted, and whether it is active, merged into another, retired, or forgotten.
- `<subject>_event`: what happened to an id, when, in which run, with how many records.
- `tombstone`, `tombstone_mark`: who was forgotten, and the marks by which they are recognised (../tombstones.py).
The tables are state: no step can rebuild them from deliveries, so a snapshot has a copy.
"""

import duckdb

from suining_data.access import HEADS, LINKS
from suining_data.clock import NOW
from suining_data.tombstones import TABLES as TOMBSTONES


def create_registry(con: duckdb.DuckDBPyConnection) -> None:
    """Create the tables that are missing."""
    for subject in ("organization", "person"):
        con.execute(f"""
            create table if not exists registry.{subject}_identity (
                identity_key varchar, {subject}_id varchar, run_id varchar, minted_at timestamp);
            create table if not exists registry.{subject}_golden (
                {subject}_id varchar, status varchar, merged_into varchar, run_id varchar, changed_at timestamp);
            create table if not exists registry.{subject}_event (
                kind varchar, {subject}_id varchar, other_id varchar, records bigint, run_id varchar, happened_at timestamp);
            create or replace view registry.{subject}_redirect as
            select {subject}_id as old_id, merged_into as new_id
            from registry.{subject}_golden where status = 'merged'
        """)
    con.execute("""
        create table if not exists registry.decision (
            subject varchar, token_l varchar, token_r varchar, verdict varchar, reason varchar, decided_by varchar,
            decided_at timestamp);
        alter table registry.decision add column if not exists decision_number bigint
    """)
    for table in (TOMBSTONES, HEADS, LINKS):
        con.execute(table)
    number_decisions(con)


def number_decisions(con: duckdb.DuckDBPyConnection) -> None:
    """Number the decisions of a registry from before version 0.3.0, where only the order of the rows dated them."""
    con.execute("update registry.decision set decision_number = rowid + 1 where decision_number is null")


def assign(con: duckdb.DuckDBPyConnection, subject: str, prefix: str, clusters: str) -> None:
    """Fill temp.assigned_id(token, id) and temp.identity_event from `clusters`: token, root, records, first_record.

    A cluster keeps the id that most of its records had, unless another cluster has more records of that id.
    This function reads the registry and does not change it: `record_ids` does, when the run's table is promoted.
    A new id is a digest of the key of its first record, not of the record's content: an id contains no personal data.
    """
    con.execute(f"""
        create or replace temp table claim as
        select root, {subject}_id as id, sum(records)::bigint as records
        from {clusters} join registry.{subject}_identity on token = identity_key group by all;

        create or replace temp table kept_id as
        with wanted as (
            select * from claim qualify row_number() over (partition by id order by records desc, root) = 1
        )
        select root, id from wanted qualify row_number() over (partition by root order by records desc, id) = 1;

        create or replace temp table cluster_id as
        with cluster as (
            select root, sum(records)::bigint as records, min(first_record) as first_record from {clusters} group by root
        )
        select root, records, kept_id.id is null as is_new, coalesce(kept_id.id,
            '{prefix}' || left(md5(concat_ws('|', first_record, (select count(*) from registry.{subject}_golden))), 16)) as id
        from cluster left join kept_id using (root);

        create or replace temp table assigned_id as
        select token, id from {clusters} join cluster_id using (root);

        create or replace temp table identity_event as {_events(subject)};
    """)


def _events(subject: str) -> str:
    """SELECT of kind, id, other_id, records: the differences between this run's ids and the registry."""
    return f"""
        with active as (select {subject}_id as id, status from registry.{subject}_golden),

        lost as (
            select claim.id, arg_max(cluster_id.id, (claim.records, cluster_id.id)) as other_id,
                sum(claim.records)::bigint as records
            from claim join cluster_id using (root)
            where claim.id not in (select id from cluster_id) group by claim.id
        ),

        came_from as (
            select root, arg_max(id, (records, id)) as other_id from claim group by root
        )

        select case when other_id is null then 'mint' else 'split' end as kind, id, other_id, records
        from cluster_id left join came_from using (root) where is_new
        union all
        select 'merge', lost.id, other_id, records from lost join active using (id) where status <> 'merged'
        union all
        select 'retire', id, null, 0 from active
        where status = 'active' and id not in (select id from cluster_id) and id not in (select id from lost)
        union all
        select 'return', id, null, records from cluster_id join active using (id) where status <> 'active'
    """


def record_ids(con: duckdb.DuckDBPyConnection, subject: str, run_id: str) -> None:
    """Write the result of `assign` into the registry; call it in the transaction that promotes the run's table."""
    golden, identity = f"registry.{subject}_golden", f"registry.{subject}_identity"
    con.execute(f"""
        delete from {golden} where {subject}_id in (select id from temp.identity_event);
        insert into {golden}
        select id, case kind when 'merge' then 'merged' when 'retire' then 'retired' else 'active' end,
            case when kind = 'merge' then other_id end, ?, {NOW}
        from temp.identity_event
        """, [run_id])  # fmt: skip
    con.execute(f"""
        update {golden} as old set merged_into = further.merged_into
        from {golden} as further
        where old.merged_into = further.{subject}_id and further.status = 'merged'
    """)
    con.execute(
        f"insert into registry.{subject}_event select kind, id, other_id, records, ?, {NOW} from temp.identity_event",
        [run_id],
    )
    con.execute(f"""
        update {identity} as old set {subject}_id = assigned.id
        from temp.assigned_id as assigned
        where old.identity_key = assigned.token and old.{subject}_id <> assigned.id
    """)
    con.execute(
        f"""
        insert into {identity}
        select token, id, ?, {NOW} from temp.assigned_id
        anti join {identity} on identity_key = token
        """,
        [run_id],
    )
