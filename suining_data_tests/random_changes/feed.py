"""State before + feed = state after: the golden values of a night and governance.change give those of the next.

Here: applying the changes of one refresh to the golden values before it, and what is then not as in the golden table.
Not here: how the changes come about (changes.py), where the values before are kept (twin.py).
"""

import duckdb

from suining_data.history import KEPT, Kept
from suining_data.sql import identifier, literal

GOLDEN = tuple(kept for kept in KEPT if kept.is_golden)


def unexplained(con: duckdb.DuckDBPyConnection, kept: Kept, before: str, run_id: str) -> list[str]:
    """What `before`, changed as governance.change says of the run, has otherwise than the golden table. Lines to print."""
    con.execute(f"""
        create or replace temp table fed as
        select * from governance.change where run_id = {literal(run_id)} and subject_type = '{kept.name}';

        create or replace temp table value_before as {_values(kept, before)};
        create or replace temp table value_after as {_values(kept, kept.table)};

        create or replace temp table replayed as
        select value_before.* from value_before
        left join fed on id = subject_id and (kind in ('MERGED', 'WITHDRAWN') or value_before.attribute = fed.attribute)
        where subject_id is null
        union all
        select subject_id, attribute, new_value from fed where attribute is not null and new_value is not null
        union all
        select subject_id, null, null from fed where attribute is null and kind in ('ADDED', 'SPLIT');
    """)
    found = con.execute("""
        select 'missing in the golden table', * from (from replayed except all from value_after)
        union all
        select 'missing in the feed', * from (from value_after except all from replayed)
        union all
        select 'another former value', subject_id, fed.attribute, old_value
        from fed
        left join value_before on subject_id = id and fed.attribute = value_before.attribute
        where fed.attribute is not null and old_value is distinct from value
        union all
        select 'kind', subject_id, attribute, kind
        from fed
        where attribute is not null
            and kind <> case when old_value is null then 'ADDED' when new_value is null then 'REMOVED' else 'CHANGED' end
        union all
        select 'without a reason', subject_id, attribute, kind from fed where reason_code is null
        order by all
    """).fetchall()
    return [" ".join(map(str, row)) for row in found]


def _values(kept: Kept, table: str) -> str:
    """SELECT of a row per golden value as text, and one without an attribute per golden record."""
    texts = ", ".join(f"cast({identifier(name)} as varchar) as {identifier(name)}" for name in kept.attributes)
    return f"""
        select id, attribute, value
        from (unpivot (select {kept.id} as id, {texts} from {table}) on columns(* exclude (id)) into name attribute value value)
        union all
        select {kept.id}, null, null from {table}
    """
