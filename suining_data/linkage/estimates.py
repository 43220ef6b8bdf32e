"""How good linkage is, estimated without the truth, which nobody has in a real city.

Here: the estimated precision and recall of a subject. Not here: the comparison with a truth, which only a made-up city has
(suining_data_tests/benchmarks/accuracy).

- Missed pairs. Records that were linked by an accepted number and the other records come from the same tables and are about the same
  people. So, in each role of a resource, the ones should share their subject with other records as often as the others do.
  What lacks is missed, and each missed record would have as many others as the records that were found.
- False pairs. A record that was linked by its weight is somebody else's with the probability that the model gives.

What both do not see: an accepted number that is in somebody else's row, and a kind of record of which no row has a number.
"""

from typing import NamedTuple

import duckdb


class Estimate(NamedTuple):
    """Pairs of records of one subject: linked, expected to be false, expected to be missed; and what people decided."""

    linked_pairs: int
    false_pairs: float
    missed_pairs: float
    precision: float
    recall: float
    reviewed_pairs: int
    reviewed_same: int


def estimate(con: duckdb.DuckDBPyConnection, subject: str) -> Estimate:
    """The estimate for subject `person` or `organization` from schemas linked and registry."""
    linked, false, missed = con.execute(_PAIRS.format(subject=subject)).fetchall()[0]
    reviewed, same = con.execute(
        "select count(*), count(*) filter (where verdict = 'same') from registry.decision "
        "where subject = ? and verdict <> 'unsure'",
        [subject],
    ).fetchall()[0]
    right = linked - false
    return Estimate(
        linked,
        false,
        missed,
        right / linked if linked else 1.0,
        right / (right + missed) if linked else 1.0,
        reviewed,
        same,
    )


# A record without an id is a subject of its own.
_PAIRS = """
with size as (
    select {subject}_id, count(*) as records from linked.{subject}_record where {subject}_id is not null group by all
),

record as (
    select record.resource_id, record.role, link_rule, link_weight, coalesce(records, 1) - 1 as others,
        coalesce(link_rule not in ('scored', 'decided', 'own'), false) as is_numbered
    from linked.{subject}_record as record
    left join size on size.{subject}_id = record.{subject}_id
),

source as (
    select resource_id, role,
        avg((others > 0)::integer) filter (where is_numbered) as share_of_numbered,
        avg((others > 0)::integer) filter (where not is_numbered) as share_of_others,
        coalesce(
            avg(others) filter (where not is_numbered and others > 0), avg(others) filter (where others > 0)
        ) as others,
        count(*) filter (where not is_numbered) as records
    from record group by all
)

select
    (select coalesce(sum(records * (records - 1) // 2), 0)::bigint from size),
    (select coalesce(sum(others * (1 - 1 / (1 + pow(2, -link_weight)))), 0)
        from record where link_rule = 'scored'),
    (select coalesce(sum(records * greatest(share_of_numbered - share_of_others, 0) * others), 0) from source)
"""
