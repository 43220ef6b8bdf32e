"""The rows of a sample file, read as the pipeline would read them.

Here: a resource without fields, read by the reader of its format; nested JSON keys become columns.
Not here: the form of the file (sniffing.py), the meaning of its columns (guessing.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from suining_data.catalog import Delivery, Field, Format, Resource
from suining_data.catalog.model import WORKBOOKS, Cycle, ExpectedRows, Share, ShareType
from suining_data.drafting.sniffing import Undraftable
from suining_data.ingestion.readers import read_file
from suining_data.ingestion.reading import LINE, ReadResult, Refused, Target
from suining_data.sql import identifier, literal

SAMPLED_ROWS = 2_000  # every element is tried on so many rows
DEEPEST = 3  # levels of nested JSON


@dataclass(frozen=True)
class Sample:
    """The columns under their source names of the catalogue, and the number of rows that were read."""

    columns: list[str]
    rows: int
    rejected: dict[str, int]  # rule -> lines that would be rejected


def bare_resource(id: str, delivery: Delivery, sources: Sequence[str] = ()) -> Resource:
    """A resource that declares only the names of its columns."""
    fields = [Field(source=s, name=f"c{n}", element="text", label=s) for n, s in enumerate(sources)]
    return Resource(
        id=id,
        proposal="",
        name=id,
        abstract="",
        share=Share(type=ShareType.CONDITIONAL),
        open=ShareType.NONE,
        cycle=Cycle.OTHER,
        bases=[],
        delivery=delivery,
        expected_rows=ExpectedRows(min=0, max=0),
        key=[],
        fields=fields,
    )


def read_sample(con: duckdb.DuckDBPyConnection, file: Path, resource: Resource, scratch: Path) -> Sample:
    """Creates the view `delivered` (all rows) and the table `sample` (some rows).

    Raises Undraftable with the reader's message when the file cannot be read as proposed.
    """
    delivery, sources = resource.delivery, list[str]()
    for _ in range(DEEPEST):
        result, raw = _read(con, file, bare_resource(resource.id, delivery, sources), scratch)
        con.execute(f"create or replace view delivered as select * exclude ({LINE}) from {literal(raw)}")
        con.execute(f"""
            create or replace table sample as
            from delivered using sample reservoir({SAMPLED_ROWS} rows) repeatable (1)""")
        columns = [name for name in pq.read_schema(raw).names if name != LINE and _is_delivered(con, name, delivery)]
        sources = _unnested(con, columns) if delivery.format in (Format.JSON, Format.JSON_LINES) else columns
        if sources == columns:
            break
    return Sample(columns, result.raw_rows, result.rejected_by_rule)


def _read(con: duckdb.DuckDBPyConnection, file: Path, resource: Resource, scratch: Path) -> tuple[ReadResult, Path]:
    target = Target(scratch / "raw.parquet", scratch / "rejected.parquet", scratch)
    try:
        return read_file(con, file, resource, target), target.raw
    except Refused as refusal:
        raise Undraftable(f"{file.name} {refusal.zh} ({refusal.en})") from refusal


def _is_delivered(con: duckdb.DuckDBPyConnection, column: str, delivery: Delivery) -> bool:
    """False for the sheet name, which the reader of workbooks adds, when the file has only one sheet."""
    if column != "_sheet" or delivery.format not in WORKBOOKS:
        return True
    return bool(con.execute("select count(distinct _sheet) > 1 from sample").fetchall()[0][0])


def _unnested(con: duckdb.DuckDBPyConnection, columns: list[str]) -> list[str]:
    """The columns; a column with JSON objects is replaced by one column for each key."""
    found: list[str] = []
    for column in columns:
        name = identifier(column)
        keys = con.execute(f"""
            select distinct unnest(json_keys({name})) as key from sample
            where {name} like '{{%' and json_valid({name}) and json_type({name}) = 'OBJECT' order by key""").fetchall()
        found += [f"{column}.{key}" for (key,) in keys] or [column]
    return found
