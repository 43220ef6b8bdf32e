"""Whether the values of a new batch fit the data elements of their columns.

Here: the elements' rules are applied to the first rows of a raw file, before the batch becomes current.
Not here: row counts (ingestion/), single broken values, which are quarantined when the batch is staged (run.py).
"""

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from suining_data.catalog import Field, Resource
from suining_data.elements import ELEMENTS, Then
from suining_data.elements.cells import LOST_DIGITS
from suining_data.ingestion import Notice
from suining_data.sql import literal
from suining_data.standardization.rules import ColumnRule, rules_of_fields
from suining_data.standardization.statement import broken_and_filled
from suining_data.warehouse import load_spatial

ROWS_VALIDATED = 1_000  # the first rows of a batch are enough to see that a column holds other values
FEWEST_VALUES = 20
MOST_BROKEN = 0.90  # of the filled cells of a column
# One number that ends in zeros may be right, a column of them is not: LOST_DIGITS refuses, too.
REFUSING = (Then.QUARANTINE, Then.QUARANTINE_VALUE)


def implausible_column(con: duckdb.DuckDBPyConnection, raw: Path, resource: Resource, batch_id: str) -> Notice | None:
    """The reason to refuse the batch when nearly all values of a column break one rule; None when there is no such column."""
    with pq.ParquetFile(raw) as file:
        found = file.schema_arrow.names  # a column may have been declared after the file was delivered
        sources = {field.source for field in resource.fields} & set(found)
        first = next(file.iter_batches(ROWS_VALIDATED, columns=sorted(sources)), None)
    if first is None:
        return None
    suspected = {field.name for field in resource.fields if field.source in sources and not _is_sound(field, first)}
    rules = [
        rule
        for rule in rules_of_fields(resource)
        if rule.column in suspected and (rule.then in REFUSING or rule.name == LOST_DIGITS.id)
    ]
    counted = broken_and_filled(resource, rules, f"(from read_parquet({literal(str(raw))}) limit {ROWS_VALIDATED})")
    load_spatial(con, counted)
    broken_by_rule, filled = con.execute(counted).fetchall()[0]
    for rule, broken in zip(rules, broken_by_rule, strict=True):
        if broken >= FEWEST_VALUES and broken > MOST_BROKEN * filled[rule.column]:
            return _notice(rule, broken, batch_id)
    return None


def _is_sound(field: Field, rows: pa.RecordBatch) -> bool:
    """True when so many texts are of an ordinary form that no rule can be broken by nearly all.

    So most columns cost one pattern. To plan every rule of every column takes longer than to read a small file.
    """
    pattern = ELEMENTS[field.element].sound
    if not pattern:
        return False
    texts = rows.column(field.source)
    sound = pc.sum(pc.match_substring_regex(texts, f"^(?:{pattern})$")).as_py() or 0
    filled = pc.sum(pc.not_equal(pc.utf8_trim(texts, " "), "")).as_py() or 0
    cells = rows.num_rows if field.required else rows.num_rows - texts.null_count  # an empty one breaks only `required`
    return cells - sound < FEWEST_VALUES or cells - sound <= MOST_BROKEN * filled


def _notice(rule: ColumnRule, count: int, batch_id: str) -> Notice:
    column = rule.source or rule.column
    return Notice(
        f"列 {column}（{rule.label}）: 前 {ROWS_VALIDATED:,} 行中有 {count:,} 个值{rule.reason}，几乎全部如此，"
        "可能两列内容对调或格式已改。请向交付方核实；"
        f"若确实如此，请运行 suining refresh --accept {batch_id}。",
        f"column {column} ({rule.column}): {count:,} values of the first {ROWS_VALIDATED:,} rows, nearly all, break the "
        f"rule {rule.name}. Two columns may be swapped, or the format has changed. Ask the department. If the file is "
        f"correct, run suining refresh --accept {batch_id}.",
    )
