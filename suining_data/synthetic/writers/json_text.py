"""JSON: interfaces that answer in pages (a file each, or a line each), single documents, and JSON Lines.

Here: records as JSON objects and the page envelope. Not here: encodings (streams.py).
"""

from pathlib import Path

import duckdb

from suining_data.catalog import Pages

from ..delivery import Delivered
from ..errors import ErrorRates
from .streams import chunks, stream

PAGE = 1000
PAGE_IN_A_FILE = 10_000  # tens of files at full scale
_NUMBERS = {"money_cny", "number", "integer", "percent", "area_m2", "longitude", "latitude"}


def _object(delivered: Delivered) -> str:
    """SQL: one record; empty values are null, amounts are numbers."""
    parts = []
    for i, field in enumerate(delivered.resource.fields):
        text = f"to_json(c{i})::varchar"
        if field.element in _NUMBERS:
            text = f"case when regexp_matches(c{i}, '^-?[0-9]+([.][0-9]+)?$') then c{i} else {text} end"
        parts.append(f"""'"{field.source}":' || case when c{i} = '' then 'null' else {text} end""")
    return "'{' || " + " || ',' || ".join(parts) + " || '}'"


def write_lines(con: duckdb.DuckDBPyConnection, delivered: Delivered, folder: Path, rates: ErrorRates) -> None:
    """JSON Lines: a record per line, no header."""
    _ordinals(con)
    for number, name in enumerate(delivered.files):
        lines = chunks(
            con, f"select {_object(delivered)} || chr(10) from delivered where file_no = {number} order by n"
        )
        stream(folder / name, delivered.resource.delivery.encoding, "", lines)


def write_pages(con: duckdb.DuckDBPyConnection, delivered: Delivered, folder: Path, rates: ErrorRates) -> None:
    """`data.list`: a page of 1,000 records per line; any other path of records: one document, a record per line."""
    _ordinals(con)
    is_paged = delivered.resource.delivery.records == "data.list"
    for number, name in enumerate(delivered.files):
        row = con.execute(f"select count(*) from delivered where file_no = {number}").fetchone()
        total = int(row[0]) if row else 0
        if is_paged:
            envelope = (
                f"""'{{"code":0,"page":' || page || ',"pageSize":{PAGE},"total":{total},"data":{{"list":[' """
                """|| string_agg(record, ',' order by n) || ']}}' || chr(10)"""
            )
            pages = f"""select {envelope} from (select n, (n - 1) // {PAGE} + 1 as page, {_object(delivered)} as record
                from delivered where file_no = {number}) group by page order by page"""
            stream(folder / name, delivered.resource.delivery.encoding, "", chunks(con, pages))
        else:
            records = f"""select {_object(delivered)} || case when n < {total} then ',' else '' end || chr(10)
                from delivered where file_no = {number} order by n"""
            head, tail = _envelope(delivered.resource.delivery.records or "data", total)
            stream(folder / name, delivered.resource.delivery.encoding, head, chunks(con, records), tail)


def write_page_files(con: duckdb.DuckDBPyConnection, delivered: Delivered, folder: Path, pages: Pages) -> list[str]:
    """Writes `<batch>_p001.json` and so on and returns the names. Each page has its number and the number of pages and
    records."""
    _ordinals(con)
    delivery = delivered.resource.delivery
    names = []
    for number, name in enumerate(delivered.files):
        row = con.execute(f"select count(*) from delivered where file_no = {number}").fetchone()
        total = int(row[0]) if row else 0
        count = max(1, -(-total // PAGE_IN_A_FILE))
        for page in range(1, count + 1):
            last = page * PAGE_IN_A_FILE
            records = f"""select string_agg({_object(delivered)}, ',' || chr(10) order by n) from delivered
                where file_no = {number} and n > {last - PAGE_IN_A_FILE} and n <= {last} having count(*) > 0"""
            head = f'{{"{pages.number}":{page},"{pages.count}":{count},"{pages.total}":{total},"{delivery.records}":[\n'
            path = Path(name)
            names.append(f"{path.stem}_p{page:03}{path.suffix}")
            stream(folder / names[-1], delivery.encoding, head, chunks(con, records), "\n]}\n")
    return names


def _envelope(path: str, total: int) -> tuple[str, str]:
    keys = path.split(".")
    return f'{{"code":0,"total":{total},' + "".join(
        f'"{key}":{{' for key in keys[:-1]
    ) + f'"{keys[-1]}":[\n', "]" + "}" * len(keys)


def _ordinals(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("create or replace table line_numbers as select file_no, n, n::bigint as line_number from delivered")
