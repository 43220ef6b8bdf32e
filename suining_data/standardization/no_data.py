"""Rows that are no data: the header once more, sums, signatures and notes below a table.

Here: how such a row is recognised, as SQL over its delivered texts, and the reason that its quarantine gives.
Not here: single values that are no names (elements/cells.py), lines that are no rows (ingestion/).

Two files that somebody joined have the header of the second among the rows. A row is a header if more than half of its
filled cells, and at least two, hold the names of their columns; of a header of several rows each has parts of the names.
"""

from dataclasses import dataclass

from suining_data.catalog import Resource
from suining_data.elements.cells import SUMMARY
from suining_data.elements.expressions import trimmed
from suining_data.sql import identifier, literal

FEWEST_NAMES = 2


@dataclass(frozen=True)
class RowRule:
    """A kind of row that is no data; `is_broken` is SQL over the source columns."""

    name: str
    reason: str
    is_broken: str

    @property
    def id(self) -> str:
        return f"row:{self.name}"


def rules_of_rows(resource: Resource) -> list[RowRule]:
    """The kinds of rows of `resource` that are no data; the first that fits is the reason."""
    sources = [field.source for field in resource.fields if not field.source.startswith("_")]
    sources = list(dict.fromkeys(sources))
    if not sources:
        return []
    header = RowRule("repeated_header", "重复的表头，不是数据；多个文件拼接时请只保留一行表头", _is_header(sources))
    if not resource.delivery.summary_rows:
        return [header]
    reason = "合计、签名或说明行，不是数据；请从数据区删去"
    return [header, RowRule("summary", reason, _is_summary(sources))]


def _is_header(sources: list[str]) -> str:
    """SQL; names are counted only in rows that have one: hardly any but headers."""
    more = (
        f"case when {_is_named(source)} then 1 when {identifier(source)} <> '' then -1 else 0 end" for source in sources
    )
    names = (f"case when {_is_named(source)} then 1 else 0 end" for source in sources)
    any_name = " or ".join(map(_is_named, sources))
    return f"case when {any_name} then {' + '.join(more)} > 0 and {' + '.join(names)} >= {FEWEST_NAMES} else false end"


def _is_named(source: str) -> str:
    """SQL: the cell holds the name of its column, or a part of it: a row of a header of several rows has parts."""
    names = [source, *(source.split("/") if "/" in source else ())]
    return " or ".join(f"{identifier(source)} = {literal(name)}" for name in names)


def _is_summary(sources: list[str]) -> str:
    """SQL: the first filled cell sums up, signs or explains the table."""
    first = f"coalesce({', '.join(f'nullif(trim({identifier(s)}), {chr(39) * 2})' for s in sources)})"
    return f"coalesce(regexp_full_match({trimmed(first)}, '{SUMMARY}'), false)"
