"""How well persons are hidden in a table that an audience gets: k-anonymity of the columns by which they can be distinguished.

Here: measuring it. Not here: which columns these are (handed_out.py).

Persons who are alike in all these columns are a group; k is the size of the smallest one (Samarati and Sweeney 1998).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from suining_data.publication.handed_out import Given

SMALL = 5  # a group of fewer persons is small


@dataclass(frozen=True)
class Anonymity:
    """`smallest`: k, persons in the smallest group; `in_small_groups` of all `persons` are in one of fewer than 5."""

    table: str
    columns: list[str]
    persons: int
    smallest: int
    in_small_groups: int


def anonymity_of(
    con: duckdb.DuckDBPyConnection, audience: str, table: str, columns: Sequence[Given]
) -> Anonymity | None:
    """None for a table without persons, or without a column by which they can be distinguished."""
    persons = [each.name for each in columns if each.name == "person_id"]
    apart = [each.name for each in columns if each.distinguishes]
    if not persons or not apart:
        return None
    grouped = ", ".join(apart)
    found = con.execute(f"""
        with person as (select distinct person_id, {grouped} from {audience}.{table} where person_id is not null),
        alike as (select count(*) as size from person group by {grouped})
        select coalesce(sum(size), 0), coalesce(min(size), 0), coalesce(sum(size) filter (size < {SMALL}), 0) from alike
    """).fetchall()
    return Anonymity(table, apart, *(int(number) for number in found[0]))
