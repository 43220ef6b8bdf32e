"""The files of one resource as rows: read as its department wrote them, and written in the same form.

Here: CSV, JSON, JSON Lines and workbooks without a cross table. Not here: which rows change (edits.py, changes.py).
"""

import csv
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import openpyxl

from suining_data.catalog import Format, Resource

Row = dict[str, object]  # source column -> value as delivered; "" or None where there is none
LAST_DAY = date(2019, 8, 31)  # of the deliveries that the town starts with


@dataclass(frozen=True)
class Register:
    """The deliveries of one resource in landing/."""

    resource: Resource
    folder: Path

    @property
    def files(self) -> list[Path]:
        """The delivered files in the order in which they count."""
        return sorted(self.folder.glob(self.resource.delivery.pattern), key=lambda file: file.name)

    def named(self, day: date) -> Path:
        """The file of a day; that of a later day counts later."""
        stamp = day.strftime("%Y%m%d") + ("_p001" if self.resource.delivery.pages else "")
        return self.folder / self.resource.delivery.pattern.replace("*", stamp)

    def day_of(self, file: Path) -> date:
        """The day of a file; of a month's file the last of the month."""
        stamp = re.search(r"[0-9]{6,8}", file.name)
        assert stamp, file.name
        if len(stamp[0]) == 8:
            return date.fromisoformat(stamp[0])
        first = date.fromisoformat(f"{stamp[0]}01")
        return (first + timedelta(31)).replace(day=1) - timedelta(1)

    def read(self, file: Path) -> list[Row]:
        """The rows of a file."""
        return _READ[self.resource.delivery.format](self.resource, file)

    def write(self, file: Path, rows: Sequence[Row], like: Path) -> None:
        """A file of these rows that looks like another file of the resource."""
        _WRITE[self.resource.delivery.format](self.resource, file, rows, like)


def can_write(resource: Resource) -> bool:
    """Whether the form of the files is one of those that are written here."""
    return resource.delivery.format in _WRITE and not resource.delivery.layouts and not resource.delivery.exchange


def _read_delimited(resource: Resource, file: Path) -> list[Row]:
    text = io.StringIO(file.read_text(encoding=resource.delivery.encoding), newline="")
    return list(csv.DictReader(text, delimiter=resource.delivery.delimiter))


def _write_delimited(resource: Resource, file: Path, rows: Sequence[Row], like: Path) -> None:
    text = io.StringIO()
    header = like.read_text(encoding=resource.delivery.encoding).splitlines()[0].split(resource.delivery.delimiter)
    writer = csv.DictWriter(text, header, delimiter=resource.delivery.delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    file.write_text(text.getvalue(), encoding=resource.delivery.encoding)


def _read_lines(resource: Resource, file: Path) -> list[Row]:
    return [json.loads(line) for line in file.read_text(encoding=resource.delivery.encoding).splitlines()]


def _write_lines(resource: Resource, file: Path, rows: Sequence[Row], like: Path) -> None:
    lines = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
    file.write_text(lines, encoding=resource.delivery.encoding)


def _read_document(resource: Resource, file: Path) -> list[Row]:
    return json.loads(file.read_text(encoding=resource.delivery.encoding))[resource.delivery.records or "data"]


def _write_document(resource: Resource, file: Path, rows: Sequence[Row], like: Path) -> None:
    document = json.loads(like.read_text(encoding=resource.delivery.encoding))
    document |= {"total": len(rows), resource.delivery.records or "data": rows}
    file.write_text(json.dumps(document, ensure_ascii=False), encoding=resource.delivery.encoding)


def _read_workbook(resource: Resource, file: Path) -> list[Row]:
    lines = list(openpyxl.load_workbook(file).active.iter_rows(values_only=True))
    above, below = resource.delivery.title_rows, resource.delivery.title_rows + resource.delivery.header_rows
    names = ["/".join(dict.fromkeys(filter(None, parts))) for parts in zip(*_filled(lines[above:below]), strict=True)]
    return [dict(zip(names, line, strict=True)) for line in lines[below:]]


def _filled(header: Sequence[Sequence[object]]) -> list[list[str]]:
    """The header rows with the text of a merged cell in every column of it; the last row has none."""
    *upper, last = header
    filled = []
    for line in upper:
        texts: list[str] = []
        for above, below in zip(line, last, strict=True):
            texts.append(str(above) if above else texts[-1] if texts and below else "")
        filled.append(texts)
    return [*filled, [str(text or "") for text in last]]


def _write_workbook(resource: Resource, file: Path, rows: Sequence[Row], like: Path) -> None:
    book = openpyxl.load_workbook(like)
    book.active.delete_rows(resource.delivery.title_rows + resource.delivery.header_rows + 1, book.active.max_row)
    for row in rows:
        book.active.append(list(row.values()))
    book.save(file)


_READ = {
    Format.CSV: _read_delimited,
    Format.JSON_LINES: _read_lines,
    Format.JSON: _read_document,
    Format.XLSX: _read_workbook,
}
_WRITE = {
    Format.CSV: _write_delimited,
    Format.JSON_LINES: _write_lines,
    Format.JSON: _write_document,
    Format.XLSX: _write_workbook,
}
