"""The intake of one resource: what lies in landing/ becomes batches in raw/, or a refusal that says why.

Here: which files are new, what makes a batch implausible, writing files before the ledger: a crash loses nothing.
Not here: how a format is read (one module each beside this file), the ledger's rules (ledger.py).
"""

import hashlib
import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from suining_data.catalog.model import Format, Mode, Resource, Unit
from suining_data.ingestion.archive import unpack
from suining_data.ingestion.arrival import Arrived, StillWritten, arrived, signature_of, still_written
from suining_data.ingestion.dbase import read_dbf
from suining_data.ingestion.delimited import read_delimited
from suining_data.ingestion.deliveries import deliveries
from suining_data.ingestion.geopackage import read_geopackage
from suining_data.ingestion.json_documents import read_json
from suining_data.ingestion.ledger import (
    Batch,
    Status,
    create_ledger,
    judged,
    ledger_keys,
    recorded_batches,
    write_ledger,
    write_parts,
)
from suining_data.ingestion.markup import read_xml
from suining_data.ingestion.pages import read_pages
from suining_data.ingestion.parquet_table import read_parquet
from suining_data.ingestion.plausibility import (
    refuse_if_broken_off,
    refuse_if_collapsed,
    refuse_if_empty,
    refuse_if_exploded,
    refuse_if_ids_collide,
    refuse_if_unreadable,
)
from suining_data.ingestion.reading import (
    DELETED,
    FETCHED_AT,
    LINE,
    Notice,
    Part,
    Reader,
    ReadResult,
    Refused,
    Target,
    sources,
    yaml_of,
)
from suining_data.ingestion.shapefile import read_shapefile
from suining_data.ingestion.workbook import SHEET, read_workbook
from suining_data.settings import Settings

READERS: dict[Format, Reader] = {
    Format.CSV: read_delimited,
    Format.XLSX: read_workbook,
    Format.XLS: read_workbook,
    Format.JSON: read_json,
    Format.JSON_LINES: read_json,
    Format.XML: read_xml,
    Format.DBF: read_dbf,
    Format.PARQUET: read_parquet,
    Format.POSTGRES: read_json,
    Format.SHP: read_shapefile,
    Format.GPKG: read_geopackage,
}
READING_VERSION = "1"  # raise it when a reader gives other rows for the same file: everything is read again
Judge = Callable[[Path, str], Notice | None]  # raw rows of a new batch, its id -> why it is refused


@dataclass(frozen=True)
class CurrentBatch:
    """A batch that counts, and where its rows lie."""

    batch: Batch
    raw: Path
    rejected: Path


@dataclass(frozen=True)
class Ingested:
    """What a resource stands on after the intake. `current` is ordered by file name."""

    resource_id: str
    current: tuple[CurrentBatch, ...]
    files_seen: int
    files_read: int
    refusals: tuple[Notice, ...]  # of files that lie in landing/ now
    waiting: tuple[Notice, ...]  # files that cannot be read yet: the next run tries again
    warnings: tuple[Notice, ...]

    @property
    def raw_rows(self) -> int:
        return sum(item.batch.raw_rows or 0 for item in self.current)

    @property
    def rejected_rows(self) -> int:
        return sum(item.batch.rejected_rows or 0 for item in self.current)


def ingest(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    unit: Unit,
    resource: Resource,
    run_id: str,
    *,
    accepted: Collection[str] = (),
    judge: Judge = lambda raw, batch_id: None,
) -> Ingested:
    """Takes in what is new in landing/<unit>/ for `resource`; files that are known are not read again.

    `accepted` holds ids of implausible batches that somebody has confirmed. `judge` is asked about the values of a new
    batch; a notice of its refuses the batch.
    """
    create_ledger(con)
    known = recorded_batches(con, resource.id)
    landed = arrived(deliveries(resource, landing_files(settings, unit, resource)))
    ids = {name: file.digest[:16] for name, file in landed.files.items()}
    intake = _Intake(con, settings, unit, resource, run_id, accepted, judge, _names(resource, ids), {})
    for batch in known.values():
        intake.batches[batch.batch_id] = intake.as_it_stands(batch)
    files_read = sum(intake.take(arrival) for arrival in landed.files.values())
    result = judged(resource, intake.batches.values(), ids)
    write_parts(con, resource.id, intake.parts)
    write_ledger(con, [b for b in result if known.get(b.batch_id) != b])
    waiting = (*landed.waiting, *intake.waiting)
    return _ingested(settings, resource, result, ids, files_read, waiting)


def raw_path(settings: Settings, resource_id: str, batch_id: str) -> Path:
    return settings.raw / resource_id / f"{batch_id}.parquet"


def rejected_path(settings: Settings, resource_id: str, batch_id: str) -> Path:
    return settings.raw / resource_id / f"{batch_id}.rejected.parquet"


def landing_files(settings: Settings, unit: Unit, resource: Resource) -> list[Path]:
    """Files of a resource that lie in landing/ now, by name."""
    folder = settings.landing / unit.id
    return sorted((p for p in folder.glob(resource.delivery.pattern) if p.is_file()), key=lambda p: p.name)


def _names(resource: Resource, ids: dict[str, str]) -> dict[str, str]:
    """Batch id -> the file name it goes by. Of several copies, the newest full delivery and the oldest delta count:
    a full state sent again is the state of now, a change sent again is still the change of then."""
    pick = max if resource.delivery.mode is Mode.FULL else min
    return {batch_id: pick(n for n, b in ids.items() if b == batch_id) for batch_id in ids.values()}


def declaration_of(resource: Resource) -> str:
    """Digest of all that decides what a file is read as."""
    text = "\n".join([READING_VERSION, resource.delivery.model_dump_json(exclude_defaults=True), *sources(resource)])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass
class _Intake:
    """One run over the files of one resource; `batches` is the ledger as it will be written."""

    con: duckdb.DuckDBPyConnection
    settings: Settings
    unit: Unit
    resource: Resource
    run_id: str
    accepted: Collection[str]
    judge: Judge
    names: dict[str, str]  # batch id -> file name, of what lies in landing/ now
    batches: dict[str, Batch]
    parts: dict[str, tuple[Part, ...]] = field(default_factory=dict)  # batch id -> files of what was read
    waiting: list[Notice] = field(default_factory=list)  # files to be read by the next run

    def as_it_stands(self, batch: Batch) -> Batch:
        """A batch of the ledger under its present name; refused when its rows are lost and cannot be read again."""
        if batch.batch_id in self.names:
            return replace(batch, file_name=self.names[batch.batch_id])
        if batch.status is Status.REFUSED or self._has_every_column(batch):
            return batch
        return replace(
            batch,
            status=Status.REFUSED,
            declaration="",  # read again as soon as the file is back
            refusal_zh=f"{batch.file_name} 全文件: raw/ 中已无其数据，或缺少新登记的列，而 landing/ 中没有该文件。"
            "请重新放入该文件。",
            refusal_en=f"{batch.file_name} whole file: its rows in raw/ are gone or lack a column declared since, and "
            "the file is not in landing/. Put the file back.",
        )

    def _has_every_column(self, batch: Batch) -> bool:
        raw = raw_path(self.settings, batch.resource_id, batch.batch_id)
        return raw.exists() and set(pq.read_schema(raw).names).issuperset(sources(self.resource))

    def take(self, arrival: Arrived) -> bool:
        """Reads a file unless it is known or a copy; True when it was read."""
        batch = self._new_batch(arrival)
        if self.names[batch.batch_id] != arrival.name or self._is_settled(batch):
            return False
        try:
            self.batches[batch.batch_id] = self._read(arrival, batch)
        except StillWritten:
            self.waiting.append(still_written(arrival.name))
            return False
        return True

    def _new_batch(self, arrival: Arrived) -> Batch:
        return Batch(
            resource_id=self.resource.id,
            batch_id=arrival.digest[:16],
            unit_id=self.unit.id,
            file_name=arrival.name,
            content_sha256=arrival.digest,
            file_bytes=arrival.size,
            status=Status.CURRENT,
            run_id=self.run_id,
            declaration=declaration_of(self.resource),
        )

    def _is_settled(self, new: Batch) -> bool:
        """True when reading the file again would change nothing."""
        old = self.batches.get(new.batch_id)
        if old is None or old.declaration != new.declaration:
            return False
        if old.status is Status.REFUSED:
            return old.batch_id not in self.accepted
        places = (raw_path, rejected_path)
        return all(place(self.settings, old.resource_id, old.batch_id).exists() for place in places)

    def _read(self, arrival: Arrived, batch: Batch) -> Batch:
        """The batch with its counts and its files in place, or refused and without files."""
        try:
            refuse_if_empty(batch)
            with _target(self.settings, batch) as target:
                file, counts = self._counts(arrival.files, target)
                batch = replace(
                    batch,
                    lines_total=counts.lines_total,
                    header_lines=counts.header_lines,
                    continuation_lines=counts.continuation_lines,
                    rejected_rows=counts.rejected_rows,
                    raw_rows=counts.raw_rows,
                )
                refuse_if_unreadable(file, self.resource, counts)
                refuse_if_ids_collide(batch, counts.lines_total, [*ledger_keys(self.con), *self._read_now()])
                if batch.batch_id not in self.accepted:
                    self._refuse_if_implausible(batch, target.raw, counts)
                if signature_of(arrival.files) != arrival.signature:
                    raise StillWritten
                target.raw.replace(raw_path(self.settings, batch.resource_id, batch.batch_id))
                target.rejected.replace(rejected_path(self.settings, batch.resource_id, batch.batch_id))
                self.parts[batch.batch_id] = counts.parts
        except Refused as refusal:
            zh, en = f"{arrival.name} {refusal.zh}", f"{arrival.name} {refusal.en}"
            return replace(batch, status=Status.REFUSED, refusal_zh=zh, refusal_en=en)
        return batch

    def _read_now(self) -> list[tuple[str, str]]:
        """Keys of the batches that this run has read; the ledger has them when the run is at its end."""
        return [(batch.resource_id, batch.batch_id) for batch in self.batches.values()]

    def _counts(self, files: Sequence[Path], target: Target) -> tuple[Path, ReadResult]:
        """What the files of a batch hold, read in the format that the catalogue names, and the file that was read."""
        delivery = self.resource.delivery
        if delivery.pages:
            return files[0], read_pages(self.con, files, self.resource, target)
        file = unpack(files[0], self.resource, target.scratch) if delivery.archive else files[0]
        return file, READERS[delivery.format](self.con, file, self.resource, target)

    def _refuse_if_implausible(self, batch: Batch, raw: Path, counts: ReadResult) -> None:
        refuse_if_broken_off(batch, counts)
        if self.resource.delivery.mode is Mode.FULL:
            before = self._good_before(batch)
            refuse_if_collapsed(batch, counts.raw_rows, before)
            names = {name for batch_id, name in self.names.items() if batch_id != batch.batch_id}
            others = [
                b
                for b in before
                if b.file_name != batch.file_name and (b.batch_id in self.names or b.file_name not in names)
            ]
            refuse_if_exploded(batch, counts.raw_rows, others)
        if notice := self.judge(raw, batch.batch_id):
            raise Refused(notice.zh, notice.en)

    def _good_before(self, batch: Batch) -> list[Batch]:
        """Full deliveries that were good, by name not behind this one."""
        good = (Status.CURRENT, Status.SUPERSEDED)
        return [
            b
            for b in self.batches.values()
            if b.status in good and b.batch_id != batch.batch_id and b.file_name <= batch.file_name
        ]


@contextmanager
def _target(settings: Settings, batch: Batch) -> Iterator[Target]:
    folder = settings.raw / batch.resource_id
    scratch = folder / f".{batch.batch_id}.tmp"
    shutil.rmtree(scratch, ignore_errors=True)  # left over from a crash
    scratch.mkdir(parents=True)
    try:
        yield Target(scratch / "raw.parquet", scratch / "rejected.parquet", scratch)
    finally:
        shutil.rmtree(scratch)


def _ingested(
    settings: Settings,
    resource: Resource,
    batches: list[Batch],
    ids: dict[str, str],
    files_read: int,
    waiting: tuple[Notice, ...],
) -> Ingested:
    ordered = sorted((b for b in batches if b.status is Status.CURRENT), key=lambda b: b.file_name)
    current = tuple(
        CurrentBatch(b, raw_path(settings, resource.id, b.batch_id), rejected_path(settings, resource.id, b.batch_id))
        for b in ordered
    )
    refused = [b for b in batches if b.status is Status.REFUSED and b.batch_id in ids.values()]
    return Ingested(
        resource_id=resource.id,
        current=current,
        files_seen=len(ids),
        files_read=files_read,
        refusals=tuple(Notice(b.refusal_zh or "", b.refusal_en or "") for b in refused),
        waiting=waiting,
        warnings=tuple(w for item in current if (w := _undeclared(resource, item)) is not None),
    )


def _undeclared(resource: Resource, item: CurrentBatch) -> Notice | None:
    expected = {*sources(resource), LINE, SHEET, DELETED, FETCHED_AT}
    extra = [name for name in pq.read_schema(item.raw).names if name not in expected]
    if not extra:
        return None
    return Notice(
        f"{item.batch.file_name}: 未登记的列 {'、'.join(extra)}，原样保留、未使用。"
        f"如需使用，请在 {yaml_of(resource)} 的 fields 中登记。",
        f"{item.batch.file_name}: column {', '.join(extra)} is not declared; kept as it came, not used. "
        f"To use it, add it to fields in {yaml_of(resource)}.",
    )
