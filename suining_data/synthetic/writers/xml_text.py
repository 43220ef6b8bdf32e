"""XML: one element per record on a line of its own; `A/B` in a source name is element B inside A.

Here: records as XML text. Not here: encodings (streams.py).
"""

from itertools import groupby
from pathlib import Path

import duckdb

from ..delivery import Delivered
from ..errors import ErrorRates
from .streams import chunks, stream


def _escaped(column: str) -> str:
    return f"replace(replace(replace({column}, '&', '&amp;'), '<', '&lt;'), '>', '&gt;')"


def _record(delivered: Delivered) -> str:
    tag = delivered.resource.delivery.records
    paths = [(source.split("/"), i) for i, source in enumerate(delivered.columns)]
    parts = [f"'<{tag}>'"]
    for group, members in groupby(paths, key=lambda item: item[0][0] if len(item[0]) > 1 else None):
        parts += [f"'<{group}>'"] if group else []
        parts += [f"'<{path[-1]}>' || {_escaped(f'c{i}')} || '</{path[-1]}>'" for path, i in members]
        parts += [f"'</{group}>'"] if group else []
    return " || ".join([*parts, f"'</{tag}>'"])


def write(con: duckdb.DuckDBPyConnection, delivered: Delivered, folder: Path, rates: ErrorRates) -> None:
    """Two head lines, then one record per line: the first record is on line 3."""
    con.execute(
        "create or replace table line_numbers as select file_no, n, (n + 2)::bigint as line_number from delivered"
    )
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<DATA>\n'
    for number, name in enumerate(delivered.files):
        records = chunks(
            con, f"select {_record(delivered)} || chr(10) from delivered where file_no = {number} order by n"
        )
        stream(folder / name, delivered.resource.delivery.encoding, head, records, "</DATA>\n")
