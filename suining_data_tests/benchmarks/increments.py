"""What arrives after the first refresh, from the sample's own rows: one night's files, and a file of three corrected rows.

Here: the daily resources that are delivered as increments, keeping rows of theirs back for a later night, correcting rows.
Not here: the seconds of a refresh with them (refresh.py).
"""

import os
from dataclasses import dataclass
from pathlib import Path

from suining_data.catalog import Format, Mode, Resource, load_catalog
from suining_data.catalog.model import Cycle
from suining_data.ingestion import landing_files
from suining_data.settings import Settings

LINES = (Format.CSV, Format.JSON_LINES)  # formats with a row per line
SHARE = 0.01  # of the rows of a daily resource
NIGHT, MORNING = "20190901", "20190902"  # the days after the sample's last one
CORRECTED = ("public_security__household_changes", "registered_address")


@dataclass(frozen=True)
class Increment:
    """A file that is still to be delivered; `sent_at` is the time that landing/ will show."""

    path: Path
    content: bytes
    rows: int
    sent_at: float

    def deliver(self) -> None:
        self.path.write_bytes(self.content)
        os.utime(self.path, (self.sent_at, self.sent_at))


def daily_increments() -> list[Resource]:
    """The daily resources that are delivered as increments with a row per line."""
    return [
        resource
        for resource in load_catalog().shared
        if resource.cycle is Cycle.DAILY
        and resource.delivery.mode is Mode.DELTA
        and resource.delivery.format in LINES
        and not resource.delivery.archive
    ]


def keep_back_night(settings: Settings) -> list[Increment]:
    """Take a hundredth of the rows of each daily increment out of its last file, and return them as files of their own.

    So the rows are new to the refresh, and as they are in reality: of known and of new subjects, with and without errors.
    """
    return [_keep_back(_files(settings, resource), resource) for resource in daily_increments()]


def corrected_rows(settings: Settings) -> Increment:
    """Three rows that were delivered before, with other values: each has the address of the next one."""
    resource = load_catalog().resource(CORRECTED[0])
    (source,) = (field.source for field in resource.fields if field.name == CORRECTED[1])
    file = _files(settings, resource)[-1]
    header, lines = _lines(file, resource)
    delimiter = resource.delivery.delimiter.encode()
    place = header.rstrip(b"\r\n").split(delimiter).index(source.encode())
    by_address = {cells[place]: cells for cells in (line.split(delimiter) for line in lines)}
    rows = [cells for address, cells in by_address.items() if address][:3]
    addresses = [row[place] for row in rows]
    for row, address in zip(rows, addresses[1:] + addresses[:1], strict=True):
        row[place] = address
    return _increment(file, resource, MORNING, header, [delimiter.join(row) for row in rows])


def _keep_back(files: list[Path], resource: Resource) -> Increment:
    rows = sum(len(_lines(file, resource)[1]) for file in files)
    header, lines = _lines(files[-1], resource)
    count = max(1, round(SHARE * rows))
    kept_back = lines[:: max(1, len(lines) // count)][:count]
    increment = _increment(files[-1], resource, NIGHT, header, kept_back)
    is_kept_back = set(kept_back)
    rest = [line for line in files[-1].read_bytes().splitlines(keepends=True) if line not in is_kept_back]
    files[-1].write_bytes(b"".join(rest))
    os.utime(files[-1], (increment.sent_at, increment.sent_at))
    return increment


def _increment(last: Path, resource: Resource, day: str, header: bytes, lines: list[bytes]) -> Increment:
    path = last.with_name(resource.delivery.pattern.replace("*", day))
    return Increment(path, header + b"".join(lines), len(lines), last.stat().st_mtime)


def _files(settings: Settings, resource: Resource) -> list[Path]:
    return landing_files(settings, load_catalog().unit_of(resource.id), resource)


def _lines(file: Path, resource: Resource) -> tuple[bytes, list[bytes]]:
    """Header (none of JSON Lines) and the lines that are a row each: a quoted value may go over several lines."""
    lines = [line for line in file.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]
    if resource.delivery.format is Format.JSON_LINES:
        return b"", lines
    delimiter = resource.delivery.delimiter.encode()
    commas = lines[0].count(delimiter)
    return lines[0], [line for line in lines[1:] if b'"' not in line and line.count(delimiter) == commas]
