"""The parts of an XLSX before a library opens it: their unpacked size, the size of the sheets, cells with formula errors.

Here: checks that calamine does not make. It reads a formula error as an empty cell. One cell in XFD1048576 makes it
allocate memory for all cells before it, and the process ends; a zip bomb does the same.
Not here: cell values (workbook.py).
"""

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

from suining_data.ingestion.archive import ALWAYS_ALLOWED, DAMAGE, GREATEST_RATIO
from suining_data.ingestion.reading import Refused

MOST_CELLS = 30_000_000  # between A1 and the last cell of a sheet; a register of 100,000 rows has 3 million
BLOCK_BYTES = 4 << 20
ZIP = b"PK\x03\x04"
UNREADABLE = (*DAMAGE, OSError, RuntimeError, KeyError, ElementTree.ParseError)  # RuntimeError: an encrypted part

REFERENCE = re.compile(rb"""\sr=["']([A-Za-z]*)([0-9]+)["']""")
ERROR_CELL = re.compile(
    rb"""<(?:\w+:)?c\s([^>]*\st=["']e["'][^>]*)>(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]*)</""", re.S
)
CELL_END = re.compile(rb"</(?:\w+:)?(?:c|row)>")


class DamagedParts(Exception):
    """The archive or its index of sheets cannot be read."""


Errors = dict[tuple[int, int], str]  # row and column from 0 -> what the cell shows, e.g. "#REF!"


def is_zip(file: Path) -> bool:
    """True for an XLSX; False for an XLS, an encrypted workbook or a web page."""
    with file.open("rb") as stream:
        return stream.read(len(ZIP)) == ZIP


def error_cells(file: Path) -> dict[str, Errors]:
    """The cells with formula errors by sheet name.

    Refused when the unpacked workbook is too large or a sheet has too many cells; DamagedParts when it cannot be read.
    """
    try:
        with ZipFile(file) as book:
            _refuse_if_zip_bomb(book, max(ALWAYS_ALLOWED, file.stat().st_size * GREATEST_RATIO))
            return {name: _errors(book, part, name) for name, part in _sheets(book).items()}
    except UNREADABLE:
        raise DamagedParts from None


def _refuse_if_zip_bomb(book: ZipFile, limit: int) -> None:
    for part in book.infolist():
        for block in _blocks(book, part.filename):
            limit -= len(block)
            if limit < 0:
                raise Refused(
                    f"全文件: 工作簿解压后超过其大小的 {GREATEST_RATIO} 倍，可能是压缩炸弹。请交付方重新导出。",
                    f"whole file: the workbook unpacks to more than {GREATEST_RATIO} times its size; it may be a zip bomb. "
                    "Ask the department for a new export.",
                )


def _sheets(book: ZipFile) -> dict[str, str]:
    """Sheet name -> the part with its cells."""
    targets = {
        each.get("Id"): posixpath.normpath(posixpath.join("xl", each.get("Target", "")).lstrip("/"))
        for each in ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels"))
    }
    sheets = {}
    for each in ElementTree.fromstring(book.read("xl/workbook.xml")).iter():
        if each.tag.endswith("}sheet"):
            identity = next((value for key, value in each.items() if key.endswith("}id")), None)
            sheets[each.get("name", "")] = targets[identity]
    return {name: part for name, part in sheets.items() if part in book.namelist()}


def _errors(book: ZipFile, part: str, sheet: str) -> Errors:
    rest = b""
    errors: Errors = {}
    last_row = last_column = 0
    for block in _blocks(book, part):
        text = rest + block
        end = max((each.end() for each in CELL_END.finditer(text)), default=0)
        text, rest = text[:end], text[end:][-BLOCK_BYTES:]
        references = REFERENCE.findall(text)
        last_row = max(last_row, max((int(row) for _, row in references), default=0))
        last_column = max(last_column, max(map(_column, {letters for letters, _ in references}), default=0))
        _refuse_if_too_many_cells(sheet, last_row, last_column)
        if b"e" in text:
            errors |= dict(_errors_in(text))
    return errors


def _errors_in(text: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    for attributes, shown in ERROR_CELL.findall(text):
        reference = REFERENCE.search(b" " + attributes)
        if reference and reference[1]:
            yield (int(reference[2]) - 1, _column(reference[1]) - 1), shown.decode("utf-8", "replace")


def _refuse_if_too_many_cells(sheet: str, rows: int, columns: int) -> None:
    if rows * columns > MOST_CELLS:
        raise Refused(
            f"工作表“{sheet}”: 一直延伸到第 {rows} 行第 {columns} 列，超过 {MOST_CELLS:,} 格。"
            "请交付方删去表格之外的单元格后重新导出。",
            f"sheet {sheet}: it reaches to row {rows} column {columns}, more than {MOST_CELLS:,} cells. "
            "Ask the department for an export without the cells outside the table.",
        )


def _column(letters: bytes) -> int:
    """A -> 1, XFD -> 16384."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _blocks(book: ZipFile, part: str) -> Iterator[bytes]:
    with book.open(part) as stream:
        while block := stream.read(BLOCK_BYTES):
            yield block
