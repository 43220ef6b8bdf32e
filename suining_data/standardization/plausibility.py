"""Whether the values of a new batch look like what the catalogue says of their columns.

Here: the first rows of a raw file validated by the elements' rules, before the batch counts.
Not here: row counts (ingestion/), single broken values, which are put aside when the batch is staged (run.py).
"""

from pathlib import Path

import duckdb

from suining_data.catalog import Resource
from suining_data.elements import Then
from suining_data.ingestion import Notice
from suining_data.sql import literal
from suining_data.standardization.rules import ColumnRule, rules_of_fields
from suining_data.standardization.statement import broken_and_filled
from suining_data.warehouse import load_spatial

ROWS_VALIDATED = 2_000  # the first of a batch: enough to tell that a column holds something else
FEWEST_VALUES = 20
MOST_BROKEN = 0.90  # of the filled cells of a column
REFUSING = (Then.QUARANTINE, Then.QUARANTINE_VALUE)


def implausible_column(con: duckdb.DuckDBPyConnection, raw: Path, resource: Resource, batch_id: str) -> Notice | None:
    """Why the batch is refused when nearly every value of a column breaks one rule; None when no column is like that."""
    rules = [rule for rule in rules_of_fields(resource) if rule.then in REFUSING]
    first = f"(from read_parquet({literal(str(raw))}) limit {ROWS_VALIDATED})"
    counted = broken_and_filled(resource, rules, first)
    load_spatial(con, counted)
    counts = con.execute(counted).fetchall()[0]
    for rule, broken, filled in zip(rules, counts[::2], counts[1::2], strict=True):
        if broken >= FEWEST_VALUES and broken > MOST_BROKEN * filled:
            return _notice(rule, broken, batch_id)
    return None


def _notice(rule: ColumnRule, count: int, batch_id: str) -> Notice:
    column = rule.source or rule.column
    return Notice(
        f"列 {column}（{rule.label}）: 前 {ROWS_VALIDATED:,} 行中有 {count:,} 个值{rule.reason}，几乎全部如此，"
        "可能两列内容对调或格式已改。请向交付方核实；"
        f"若确实如此，请运行 suining refresh --accept {batch_id}。",
        f"column {column} ({rule.column}): {count:,} values of the first {ROWS_VALIDATED:,} rows break the rule "
        f"{rule.name}, nearly all there are; two columns may have changed places, or the format another one. Ask the "
        f"department; if it is so, run suining refresh --accept {batch_id}.",
    )
