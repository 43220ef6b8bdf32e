"""The form of a sample file: format, encoding, delimiter, header rows, the path of its records.

Here: a Delivery proposed from the file's bytes. Not here: reading the rows (sampling.py), the meaning of columns
(guessing.py).
"""

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal
from xml.parsers import expat
from zipfile import ZipFile, is_zipfile

from suining_data.catalog import Delivery, Format, Mode
from suining_data.ingestion.physical_lines import decoded_blocks, physical_lines
from suining_data.ingestion.reading import Refused
from suining_data.ingestion.workbook import open_workbook
from suining_data.ingestion.workbook_cells import Cells, DamagedParts, Locked
from suining_data.settings import Limits

Encoding = Literal["utf-8", "gb18030"]
FEW_BROKEN = 0.05  # accepted share of lines that the chosen encoding cannot decode
HEAD_BYTES = 1 << 20
HEAD_ROWS = 50  # of a workbook
DELIMITERS = (",", "\t", "|")
FORMAT_OF_SUFFIX = {
    ".csv": Format.CSV,
    ".txt": Format.CSV,
    ".tsv": Format.CSV,
    ".dbf": Format.DBF,
    ".json": Format.JSON,
    ".jsonl": Format.JSON_LINES,
    ".ndjson": Format.JSON_LINES,
    ".xml": Format.XML,
    ".xls": Format.XLS,
    ".xlsx": Format.XLSX,
}


class Undraftable(Exception):
    """No draft can be made from this file; the message is one line in both languages."""


def proposed_delivery(file: Path) -> Delivery:
    """The delivery that the file suggests, with mode full. Raises Undraftable when its format is unknown."""
    given: dict[str, Any] = {"pattern": pattern_of(file.name), "mode": Mode.FULL, "format": _format(file)}
    described: dict[Format, Callable[[Path], dict[str, Any]]] = {
        Format.CSV: _of_text_table,
        Format.JSON: _of_json,
        Format.JSON_LINES: lambda path: {"encoding": _encoding(path)},
        Format.XML: _of_xml,
        Format.DBF: lambda path: {"encoding": "utf-8" if _is_utf8(path.read_bytes()) else "gb18030"},
        Format.XLSX: _of_workbook,
        Format.XLS: _of_workbook,
    }
    return Delivery(**given, **described[given["format"]](file))


def proposed_member(file: Path) -> str | None:
    """The largest file of a known format inside a ZIP; None when `file` is not a ZIP."""
    if file.suffix.lower() == ".xlsx" or not is_zipfile(file):
        return None
    with ZipFile(file, metadata_encoding="gb18030") as archive:
        members = [m for m in archive.infolist() if Path(m.filename).suffix.lower() in FORMAT_OF_SUFFIX]
    if not members:
        raise Undraftable(f"{file.name}: 压缩包中没有可识别的文件 (no file of a known format in the archive)")
    return Path(max(members, key=lambda member: member.file_size).filename).name


def pattern_of(name: str) -> str:
    """The glob of a resource's files: numbers of four digits and more (dates) replaced by `*`."""
    return re.sub(r"[0-9]{4,}(?:[-_.]?[0-9]{2,})*|[\[\]{}]+", "*", name)


def _format(file: Path) -> Format:
    found = FORMAT_OF_SUFFIX.get(file.suffix.lower())
    if found is None:
        suffixes = " ".join(FORMAT_OF_SUFFIX)
        raise Undraftable(f"{file.name}: 不认识的格式，可用 {suffixes} (unknown format; use one of {suffixes})")
    return found


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _encoding(file: Path) -> Encoding:
    """UTF-8, unless GB18030 can decode clearly more of the first lines. A few damaged lines do not decide."""
    broken: dict[Encoding, float] = {}
    choices: tuple[Encoding, ...] = ("utf-8", "gb18030")
    for encoding in choices:
        chunk = next(physical_lines(file, encoding), None)
        broken[encoding] = len(chunk.broken) / len(chunk.lines) if chunk else 0
    return "utf-8" if broken["utf-8"] <= max(FEW_BROKEN, broken["gb18030"]) else "gb18030"


def _of_text_table(file: Path) -> dict[str, Any]:
    encoding = _encoding(file)
    chunk = next(physical_lines(file, encoding), None)
    header = chunk.lines[0].decode() if chunk else ""
    columns = {delimiter: len(next(csv.reader([header], delimiter=delimiter), [])) for delimiter in DELIMITERS}
    found: dict[str, Any] = {"encoding": encoding}
    if (delimiter := max(columns, key=lambda d: columns[d])) != ",":
        found["delimiter"] = delimiter
    return found


def _of_json(file: Path) -> dict[str, Any]:
    encoding = _encoding(file)
    text = "".join(decoded_blocks(file, encoding)).lstrip()
    try:
        document, _ = json.JSONDecoder().raw_decode(text)
    except ValueError as error:
        raise Undraftable(f"{file.name}: 不是完整的 JSON (the JSON is incomplete)") from error
    if isinstance(document, list):
        raise Undraftable(
            f"{file.name}: 顶层是数组，目录要求写明记录所在，请交付方改为 {{'data': [...]}} 或 JSON Lines "
            "(the array is at the top level: ask for an object around it, or for JSON Lines)"
        )
    arrays = list(_arrays(document, ""))
    if not arrays:
        return {"format": Format.JSON_LINES, "encoding": encoding}
    return {"encoding": encoding, "records": max(arrays, key=lambda found: found[1])[0]}


def _arrays(value: Any, path: str) -> Iterator[tuple[str, int]]:
    """Path and length of every array of objects, outermost first."""
    if not isinstance(value, dict):
        return
    for key, child in value.items():
        here = f"{path}.{key}" if path else key
        if isinstance(child, list) and child and isinstance(child[0], dict):
            yield here, len(child)
        yield from _arrays(child, here)


def _of_xml(file: Path) -> dict[str, Any]:
    encoding = _encoding(file)
    depth, stack = 0, [""]
    repeated: Counter[tuple[int, str]] = Counter()

    def start(name: str, _: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        stack.append(name.rpartition(":")[2])
        repeated[depth, stack[-1]] += 1

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1
        stack.pop()

    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        for text in decoded_blocks(file, encoding):
            parser.Parse(text.encode(), False)
    except (expat.ExpatError, UnicodeError) as error:
        raise Undraftable(f"{file.name}: 不是良构的 XML (not well-formed XML)") from error
    candidates = [(level, -count, tag) for (level, tag), count in repeated.items() if count > 1]
    if not candidates:
        raise Undraftable(
            f"{file.name}: 没有重复出现的记录标签 (no element is repeated, so no element can be the record)"
        )
    return {"encoding": encoding, "records": min(candidates)[2]}


def _of_workbook(file: Path) -> dict[str, Any]:
    try:
        visible = [sheet.read() for sheet in open_workbook(file, Limits()) if not sheet.is_hidden]
    except (DamagedParts, Locked, Refused):
        return {}  # the reader will report what is wrong
    filled = next((cells for cells in visible if cells.rows), None)
    if filled is None:
        raise Undraftable(f"{file.name}: 工作簿是空的 (the workbook is empty)")
    return _header_of(filled, filled.rows[:HEAD_ROWS])


def _header_of(sheet: Cells, rows: list[list[str]]) -> dict[str, Any]:
    """Title and header rows. Title rows have at most one filled cell. A header has a further row below a merged cell or
    a repeated name."""
    filled = [sum(1 for cell in row if cell) for row in rows]
    top = next((row for row, count in enumerate(filled) if count > 1), 0)
    bottom = top
    for (first, left), (last, right) in sorted(sheet.merged):
        if top <= first <= bottom:
            below = last if right == left else last + 1  # the names of a group's columns are in the row below it
            bottom = max(bottom, min(below, len(rows) - 1))
    names = [name for name in rows[top] if name]
    if bottom == top and len(set(names)) < len(names) and top + 1 < len(rows):
        bottom = top + 1
    found: dict[str, Any] = {}
    if top:
        found["title_rows"] = top
    if bottom > top:
        found["header_rows"] = bottom - top + 1
    return found
