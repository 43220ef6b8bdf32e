"""Delimited text: CSV with quotes where needed, and tables with tabs or bars.

Here: lines, quoting, legitimate line breaks, damage. Not here: encodings (streams.py), damage itself (damage.py).
"""

from pathlib import Path

import duckdb

from suining_data.catalog import Field

from ..damage import READABLE, damage_kind, damaged
from ..delivery import Delivered
from ..errors import ErrorRates
from .streams import chunks, stream

_LONG_TEXTS = {"address", "text"}  # elements whose values may hold a line break
_CODES = {
    "resident_id",
    "date",
    "sex_code",
    "uscc",
    "division_code",
    "identifier",
    "ethnicity_code",
}  # these never need quotes


def write(con: duckdb.DuckDBPyConnection, delivered: Delivered, folder: Path, rates: ErrorRates) -> None:
    """Write each file: a header line, then one record per line."""
    delivery = delivered.resource.delivery
    con.execute(_lines_sql(delivered, rates))
    readable = ", ".join(f"'{kind}'" for kind in READABLE)
    con.execute(
        f"""create or replace table line_numbers as
        with counted as (
            select *, sum(breaks) over (partition by file_no order by n rows between unbounded preceding and current row) as passed
            from delivered_line
        )
        select file_no, n, (1 + n + passed - breaks + coalesce(damage = 'line_blank', false)::integer)::bigint as line_number
        from counted where damage is null or damage in ({readable})"""
    )
    header = delivery.delimiter.join(delivered.columns) + "\n"
    for number, name in enumerate(delivered.files):
        lines = chunks(con, f"select line || chr(10) from delivered_line where file_no = {number} order by n")
        stream(folder / name, delivery.encoding, header, lines)
    con.execute("drop table delivered_line")


def _lines_sql(delivered: Delivered, rates: ErrorRates) -> str:
    resource = delivered.resource
    long_texts = [i for i, field in enumerate(resource.fields) if field.element in _LONG_TEXTS]
    breaking = long_texts[-1] if long_texts and resource.delivery.delimiter == "," else None
    values = [
        _quoted(
            f"c{i}",
            field,
            resource.delivery.delimiter,
            resource.id,
            rates.line_break_in_quotes if i == breaking else 0.0,
        )
        for i, field in enumerate(resource.fields)
    ]
    return f"""create or replace table delivered_line as
        with plain as (
            select file_no, n, concat_ws('{resource.delivery.delimiter}', {", ".join(values)}) as line,
                {damage_kind(f"u(n * 8 + file_no, '{resource.id} damage')", rates)} as damage
            from delivered
        ),
        after as (
            select file_no, n, damage, {damaged("line", "damage", resource.delivery.delimiter)} as line from plain
        )
        select *, (length(line) - length(replace(line, chr(10), '')))::integer as breaks from after"""


def _quoted(column: str, field: Field, delimiter: str, salt: str, break_rate: float) -> str:
    """SQL: the value, in quotes if necessary. With bars or tabs nothing is quoted; the delimiter is removed from values."""
    if field.element in _CODES:
        return column
    if delimiter != ",":
        return f"translate({column}, '{delimiter}\"', '')"
    text = column
    if break_rate:
        broken = f"u(n, '{salt} break') < {break_rate} and length({column}) > 12"
        text = f"case when {broken} then {column}[1:6] || chr(10) || {column}[7:] else {column} end"
    return f"""case when contains({text}, ',') or contains({text}, chr(34)) or contains({text}, chr(10))
        then chr(34) || replace({text}, chr(34), chr(34) || chr(34)) || chr(34) else {text} end"""
