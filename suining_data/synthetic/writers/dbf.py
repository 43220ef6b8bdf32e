"""dBase tables: fixed-width character columns in GBK.

Here: header and records of DBF level 3, as bytes. Not here: which columns (the catalogue).
"""

import struct
from collections.abc import Sequence
from pathlib import Path

import duckdb

from ..delivery import Delivered
from ..errors import ErrorRates

UPDATED = (119, 8, 31)  # years since 1900, month, day: the city's today
GBK = 0x4D  # language driver: Chinese GBK


def write(con: duckdb.DuckDBPyConnection, delivered: Delivered, folder: Path, rates: ErrorRates) -> None:
    """Every column is of type C and as wide as its longest value."""
    number_lines(con)
    for number, name in enumerate(delivered.files):
        write_file(con, delivered, number, range(len(delivered.columns)), folder / name)


def number_lines(con: duckdb.DuckDBPyConnection) -> None:
    """A line of a DBF is a record."""
    con.execute("create or replace table line_numbers as select file_no, n, n::bigint as line_number from delivered")


def write_file(
    con: duckdb.DuckDBPyConnection, delivered: Delivered, number: int, places: Sequence[int], file: Path
) -> None:
    """One file of the delivery with the columns at `places`."""
    encoding = delivered.resource.delivery.encoding
    selected = ", ".join(f"c{place}" for place in places)
    rows = con.execute(f"select {selected} from delivered where file_no = {number} order by n").fetchall()
    columns = [[value.encode(encoding, errors="replace") for value in column] for column in zip(*rows, strict=True)]
    file.write_bytes(_table(tuple(delivered.columns[place] for place in places), columns, len(rows)))


def _table(names: tuple[str, ...], columns: list[list[bytes]], count: int) -> bytes:
    widths = [max(1, max(map(len, column), default=1)) for column in columns] or [1] * len(names)
    head = struct.pack("<4BIHH17xBxx", 3, *UPDATED, count, 32 * len(names) + 33, sum(widths) + 1, GBK)
    fields = b"".join(
        struct.pack("<11sc4xBB14x", name.encode("gbk"), b"C", width, 0)
        for name, width in zip(names, widths, strict=True)
    )
    padded = ([value.ljust(width) for value in column] for column, width in zip(columns, widths, strict=True))
    return head + fields + b"\r" + b"".join(b" " + b"".join(record) for record in zip(*padded, strict=True)) + b"\x1a"
