"""What linkage has left to a person to decide.

Here: section review, over the pairs of linked.review. Not here: what was linked (clusters.py).
"""

import duckdb

from suining_data.warehouse import table_exists
from suining_data_tests.benchmarks.accuracy.figures import Figures, row_of
from suining_data_tests.benchmarks.accuracy.records import Subject


def measure(con: duckdb.DuckDBPyConnection, subject: Subject) -> Figures:
    """Pairs, the records in them and their share of all, and the share of pairs that truly are one subject."""
    if not table_exists(con, "linked.review"):
        return {"table": "missing", "pairs": 0, "records": 0, "share_of_records": 0.0, "share_of_true_pairs": None}
    return {"table": "linked.review"} | row_of(con, _SQL.format(subject=subject.name))


# A record without an accepted number stands for itself; a token without a record is a number, whose cluster has an owner.
_SQL = """
with pair as (from linked.review where subject = '{subject}'),

side as (
    select pair_id, token_l as token, record_id_l as record_id, role_l as role from pair
    union all
    select pair_id, token_r, record_id_r, role_r from pair
),

identity as (select distinct token, {subject}_id as cluster_id from linked.{subject}_identity),

told as (
    select side.pair_id, side.record_id, side.role, coalesce(matched.true_id, owner.owner_id) as true_id
    from side
    left join {subject}_matched as matched on matched.record_id = side.record_id and matched.role = side.role
    left join identity on identity.token = side.token
    left join {subject}_owner as owner on owner.cluster_id = identity.cluster_id
),

judged as (
    select pair_id, count(true_id) = 2 and min(true_id) = max(true_id) as is_true from told group by pair_id
),

figure as (
    select (select count(*) from judged) as pairs,
        (select count(*) from (select distinct record_id, role from told where record_id is not null)) as records,
        (select count(*) from {subject}_matched) as all_records,
        (select count_if(is_true) from judged) as true_pairs
)

select pairs, records, records / nullif(all_records, 0) as share_of_records,
    true_pairs / nullif(pairs, 0) as share_of_true_pairs
from figure
"""
