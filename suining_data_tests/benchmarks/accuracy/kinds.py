"""What became of the records that carry an error, or speak of somebody who is easily taken for another.

Here: section by_error_kind. Not here: who carries what (records.py).
"""

import duckdb

from suining_data_tests.benchmarks.accuracy.figures import Figures, rows_of
from suining_data_tests.benchmarks.accuracy.records import Subject


def measure(con: duckdb.DuckDBPyConnection, subject: Subject) -> list[Figures]:
    """Per kind of error, then per group: records, and of them the shares that add up to 1.

    right: with most of the other records of their subject; wrong: in somebody else's cluster; alone: by themselves
    though their subject has others; apart: with some of the others, but most are elsewhere; only: the subject has no
    other. Reads the tables of records.py.
    """
    con.execute(_PLACED.format(subject=subject.name))
    groups = "".join(
        f"union all select '{name}' as kind, 1 as is_group, outcome from {subject.name}_placed semi join ({sql}) using (true_id) "
        for name, sql in subject.groups.items()
    )
    return rows_of(con, _SHARES.format(subject=subject.name, groups=groups))


_PLACED = """
create or replace temp table {subject}_placed as
with truly as (select true_id, max(n, 2) as largest, sum(n)::bigint as n from {subject}_part group by true_id),

outcome as (
    select part.cluster_id, part.true_id, case
        when owner_id <> part.true_id then 'wrong'
        when truly.n = 1 then 'only'
        when owner.n = 1 then 'alone'
        when part.n - 1 >= case when part.n = largest[1] then coalesce(largest[2], 0) else largest[1] end then 'right'
        else 'apart' end as outcome
    from {subject}_part as part join {subject}_owner as owner using (cluster_id) join truly using (true_id)
)

select matched.*, outcome from {subject}_matched as matched join outcome using (cluster_id, true_id)
"""
_SHARES = """
with told as (
    select unnest(kinds) as kind, 0 as is_group, outcome from {subject}_placed
    union all
    select 'without_error' as kind, -1 as is_group, outcome from {subject}_placed where len(kinds) = 0
    {groups}
)

select kind, count(*) as records, count_if(outcome = 'right') / count(*) as right, count_if(outcome = 'wrong') / count(*) as wrong,
    count_if(outcome = 'alone') / count(*) as alone, count_if(outcome = 'apart') / count(*) as apart,
    count_if(outcome = 'only') / count(*) as only
from told group by kind, is_group order by is_group, records desc, kind
"""
