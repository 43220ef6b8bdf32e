"""The intake of one resource: each file in landing/ becomes a batch in raw/, or is refused with a reason.

Here: which files are new, and the order of the checks. Files are written before the ledger, so a crash loses nothing.
Not here: how a format is read (one module for each format), the rules of the ledger (ledger.py), the plausibility
checks themselves (plausibility.py).
"""

import hashlib
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
import pyarrow as pa

from suining_data.catalog.model import Mode, Resource, Unit
from suining_data.catalog.statistical_layouts import written_words
from suining_data.display import visible
from suining_data.encryption import encrypt_parquet, parquet_columns, parquet_rows, read_parquet
from suining_data.ingestion.arrival import Arrivals, Arrived, StillWritten, arrived, signature_of, still_written
from suining_data.ingestion.deliveries import deliveries
from suining_data.ingestion.guarded import ReadingFailed
from suining_data.ingestion.ledger import (
    Batch,
    Status,
    create_ledger,
    ledger_keys,
    mark_unread,
    recorded_batches,
    with_status,
    write_ledger,
    write_parts,
)
from suining_data.ingestion.plausibility import (
    refuse_if_announced_otherwise,
    refuse_if_collapsed,
    refuse_if_empty,
    refuse_if_exploded,
    refuse_if_ids_collide,
    refuse_if_truncated,
    refuse_if_unreadable,
)
from suining_data.ingestion.raw_files import raw_path, rejected_path, sealed
from suining_data.ingestion.readers import read_files
from suining_data.ingestion.reading import (
    DELETED,
    FETCHED_AT,
    LINE,
    RAW_PARQUET,
    REJECTED_PARQUET,
    UNREAD,
    Notice,
    Part,
    ReadResult,
    Refused,
    Target,
    sources,
    yaml_of,
)
from suining_data.ingestion.redaction import (
    keep_redacted,
    recounted,
    redacted_batches,
    remove_redacted_files,
)
from suining_data.ingestion.withdrawals import withdrawn_batches
from suining_data.ingestion.workbook import SHEET
from suining_data.settings import Settings

READING_VERSION = "2"  # raise it when a reader gives other rows for the same file: then every file is read again
Validator = Callable[[Path, str], Notice | None]  # raw rows of a new batch, its id -> why it is refused
Redactor = Callable[
    [Path, Path], bool
]  # takes forgotten persons out of the two files of a new batch; True if it had any


@dataclass(frozen=True)
class CurrentBatch:
    """A batch that counts, and the files of its rows and of its rejected lines."""

    batch: Batch
    raw: Path
    rejected: Path


@dataclass(frozen=True)
class Ingested:
    """The current batches of a resource after the intake, ordered by file name, and what happened to the other files."""

    resource_id: str
    current: tuple[CurrentBatch, ...]
    files_seen: int
    files_read: int
    refusals: tuple[Notice, ...]  # of files that are in landing/ now
    arriving: tuple[Notice, ...]  # files that are too young to be complete; the next run looks again
    waiting: tuple[Notice, ...]  # files that cannot be read now; the next run tries again
    warnings: tuple[Notice, ...]  # of current files: columns that are not declared, or declared later
    unread: tuple[Notice, ...]  # of current files with sheets, members or records that nobody reads

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
    validate: Validator = lambda raw, batch_id: None,
    redact: Redactor = lambda raw, rejected: False,
) -> Ingested:
    """Ingests the new files of `resource` in landing/<unit>/. Files that are already recorded are not read again.

    `accepted` holds the ids of implausible batches that somebody has confirmed. `validate` checks the values of a new
    batch; when it returns a notice, the batch is refused. `redact` takes forgotten persons out of a new batch.
    """
    create_ledger(con)
    recorded = recorded_batches(con, resource.id)
    redacted = redacted_batches(settings, unit, resource)
    # what `suining fetch` writes is complete from the start
    quiet_seconds = 0.0 if resource.delivery.exchange else settings.quiet_seconds
    arrivals = arrived(deliveries(resource, landing_files(settings, unit, resource)), quiet_seconds)
    ids = {name: file.digest[:16] for name, file in arrivals.files.items()}
    names, withdrawn = _names(resource, ids), withdrawn_batches(con, resource.id)
    intake = _Intake(con, settings, unit, resource, run_id, accepted, withdrawn, validate, redact, names, {})
    lost = {id: kept for id, kept in redacted.items() if id not in recorded}  # with the warehouse
    intake.parts |= {id: kept.parts for id, kept in lost.items()}
    for batch in (*recorded.values(), *(kept.batch for kept in lost.values())):
        intake.batches[batch.batch_id] = intake.carried_over(batch)
    files_read = sum(intake.read_if_new(arrival) for arrival in arrivals.files.values())
    result = with_status(resource, intake.batches.values(), ids)
    write_parts(con, resource.id, intake.parts)
    write_ledger(con, [b for b in result if recorded.get(b.batch_id) != b])
    remove_redacted_files(settings, unit, resource, arrivals.files.values())
    waiting = [*arrivals.waiting, *intake.waiting]
    return _ingested(settings, resource, result, ids, files_read, replace(arrivals, waiting=waiting))


def landing_files(settings: Settings, unit: Unit, resource: Resource) -> list[Path]:
    """The files of a resource that are in landing/ now, ordered by name. A link is no file: it may lead anywhere."""
    found = (settings.landing / unit.id).glob(resource.delivery.pattern)
    files = (path for path in found if path.is_file() and not path.is_symlink() and path.suffix != ".ok")
    return sorted(files, key=lambda path: path.name)


def _names(resource: Resource, ids: dict[str, str]) -> dict[str, str]:
    """Batch id -> the file name of the batch. Of several copies the newest name counts in a full delivery, because the
    content is valid again now; the oldest name counts in a delta, because the change happened then."""
    pick = max if resource.delivery.mode is Mode.FULL else min
    return {batch_id: pick(n for n, b in ids.items() if b == batch_id) for batch_id in ids.values()}


def declaration_of(resource: Resource) -> str:
    """Digest of every setting that decides how a file is read."""
    parts = [READING_VERSION, resource.delivery.model_dump_json(exclude_defaults=True), *sources(resource)]
    text = "\n".join([*parts, *([written_words()] if resource.delivery.layouts else [])])
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
    withdrawn: Collection[str]
    validate: Validator
    redact: Redactor
    names: dict[str, str]  # batch id -> file name, of the files that are in landing/ now
    batches: dict[str, Batch]
    parts: dict[str, tuple[Part, ...]] = field(default_factory=dict)  # batch id -> files of the batches that were read
    waiting: list[Notice] = field(default_factory=list)  # files that the next run must read

    def carried_over(self, batch: Batch) -> Batch:
        """A batch of the ledger under its present name; refused when its rows are lost and cannot be read again."""
        batch = self._withdrawn_or_not(batch)
        if batch.batch_id in self.names:
            return replace(batch, file_name=self.names[batch.batch_id])
        is_unused = batch.status in (Status.REFUSED, Status.REPLACED, Status.WITHDRAWN)
        if is_unused or raw_path(self.settings, batch.resource_id, batch.batch_id).exists():
            return batch
        return replace(
            batch,
            status=Status.REFUSED,
            declaration="",  # so the file is read again as soon as it is back
            refusal_zh=f"{batch.file_name} 全文件: raw/ 中已无其数据，而 landing/ 中没有该文件。请重新放入该文件。",
            refusal_en=f"{batch.file_name} whole file: its rows are no longer in raw/, and the file is not in landing/. "
            "Put the file back into landing/.",
        )

    def _withdrawn_or_not(self, batch: Batch) -> Batch:
        """The batch as withdrawn while its withdrawal stands, whatever else it is; as a good one when that has ended."""
        if batch.batch_id in self.withdrawn:
            return replace(batch, status=Status.WITHDRAWN)
        return replace(batch, status=Status.SUPERSEDED) if batch.status is Status.WITHDRAWN else batch

    def _resource_of(self, batch: Batch) -> Resource:
        """The resource as the file of a batch can know it: a file that was good is not refused for a column that was
        declared later, and that it does not have.
        """
        raw = raw_path(self.settings, batch.resource_id, batch.batch_id)
        before = self.batches.get(batch.batch_id)
        if before is None or before.status is Status.REFUSED or not raw.exists():
            return self.resource
        try:
            missing = missing_columns(self.resource, raw)
        except (pa.ArrowInvalid, duckdb.Error):  # a torn file in raw/, which is written anew
            return self.resource
        fields = [field for field in self.resource.fields if field.source not in missing]
        return self.resource.model_copy(update={"fields": fields})

    def read_if_new(self, arrival: Arrived) -> bool:
        """Reads a file unless it is already recorded or a copy; True when it was read."""
        batch = self._new_batch(arrival)
        if self.names[batch.batch_id] != arrival.name or self._is_settled(batch):
            return False
        if batch.batch_id in self.batches:  # killed between its files and the ledger, it is read again
            mark_unread(self.con, batch)
        try:
            self.batches[batch.batch_id] = self._withdrawn_or_not(self._read(arrival, batch))
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
        paths = (path(self.settings, old.resource_id, old.batch_id) for path in (raw_path, rejected_path))
        return all(path.exists() for path in paths)

    def _read(self, arrival: Arrived, batch: Batch) -> Batch:
        """The batch with its counts, after its files were written; or the batch as refused, without files."""
        resource = self._resource_of(batch)
        try:
            refuse_if_empty(batch)
            with _target(self.settings, batch) as target:
                file, counts = read_files(self.con, arrival.files, resource, target)
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
                if batch.batch_id not in (*self.accepted, *self.withdrawn):
                    self._refuse_if_implausible(batch, target.raw, counts)
                if signature_of(arrival.files) != arrival.signature:
                    raise StillWritten
                batch, is_redacted = self._redacted(batch, target)
                encrypt_parquet(target.raw, RAW_PARQUET)
                encrypt_parquet(target.rejected, REJECTED_PARQUET)
                batch = sealed(batch, target.raw, target.rejected)
                target.raw.replace(raw_path(self.settings, batch.resource_id, batch.batch_id))
                target.rejected.replace(rejected_path(self.settings, batch.resource_id, batch.batch_id))
                self.parts[batch.batch_id] = counts.parts
                if is_redacted:
                    keep_redacted(self.settings, batch, counts.parts)
        except ReadingFailed as failure:
            again = f"suining refresh --accept {batch.batch_id}"
            zh = f"{failure.zh}若文件无误，请调高上限，再运行 {again} 重读。"
            en = f"{failure.en} If the file is sound, raise the limit and run {again} to read it again."
            return _refused(batch, Refused(zh, en))
        except Refused as refusal:
            return _refused(batch, refusal)
        return batch

    def _redacted(self, batch: Batch, target: Target) -> tuple[Batch, bool]:
        """The batch without forgotten persons, whose rows are rejected lines now, and whether it had any."""
        if not self.redact(target.raw, target.rejected):
            return batch, False
        return replace(recounted(batch, target.raw, target.rejected), redactions=1), True

    def _read_now(self) -> list[tuple[str, str]]:
        """Keys of the batches of this run; they enter the ledger only when the run ends."""
        return [(batch.resource_id, batch.batch_id) for batch in self.batches.values()]

    def _refuse_if_implausible(self, batch: Batch, raw: Path, counts: ReadResult) -> None:
        refuse_if_truncated(batch, counts)
        refuse_if_announced_otherwise(batch, counts)
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
        if notice := self.validate(raw, batch.batch_id):
            raise Refused(notice.zh, notice.en)

    def _good_before(self, batch: Batch) -> list[Batch]:
        """Full deliveries that were accepted and whose file name is not later than this one's."""
        good = (Status.CURRENT, Status.SUPERSEDED)
        return [
            b
            for b in self.batches.values()
            if b.status in good and b.batch_id != batch.batch_id and b.file_name <= batch.file_name
        ]


def _refused(batch: Batch, refusal: Refused) -> Batch:
    zh, en = (visible(f"{batch.file_name} {text}") for text in (refusal.zh, refusal.en))  # sheets, columns and members
    return replace(batch, status=Status.REFUSED, refusal_zh=zh, refusal_en=en)


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
    arrivals: Arrivals,
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
        arriving=tuple(arrivals.arriving),
        waiting=tuple(arrivals.waiting),
        warnings=tuple(w for item in current for w in _column_warnings(resource, item)),
        unread=tuple(w for item in current if item.batch.rejected_rows for w in _unread(item)),
    )


def missing_columns(resource: Resource, raw: Path) -> list[str]:
    """The declared source columns that a raw file does not have, because they were declared after it was delivered."""
    found = set(parquet_columns(raw))
    return [source for source in sources(resource) if source not in found]


def _column_warnings(resource: Resource, item: CurrentBatch) -> Iterator[Notice]:
    expected = {*sources(resource), LINE, SHEET, DELETED, FETCHED_AT}
    name = item.batch.file_name
    if extra := [column for column in parquet_columns(item.raw) if column not in expected]:
        yield Notice(
            f"{name}: 未登记的列 {'、'.join(extra)}，原样保留、未使用。如需使用，请在 {yaml_of(resource)} 的 fields 中登记。",
            f"{name}: column {', '.join(extra)} is not declared. It is kept as delivered, but not used. "
            f"To use it, add it to fields in {yaml_of(resource)}.",
        )
    if missing := missing_columns(resource, item.raw):
        yield Notice(
            f"{name}: 没有后来登记的列 {'、'.join(missing)}，按空值处理。如需补齐，请交付方重新交付。",
            f"{name}: column {', '.join(missing)} was declared after this file was delivered, so its values are empty. If "
            "they are needed, ask the department for a new delivery.",
        )


def _unread(item: CurrentBatch) -> Iterator[Notice]:
    reasons = read_parquet(f"select reason from {parquet_rows(item.rejected)} where rule = '{UNREAD}'")
    if reasons:
        name, count, first = item.batch.file_name, len(reasons), visible(reasons[0][0])
        yield Notice(
            f"{name}: 有 {count} 处内容没有读取，见 governance.quarantine（规则 {UNREAD}）。第一处：{first}。",
            f"{name}: {count} part(s) of the file were not read; governance.quarantine lists them under the rule {UNREAD}.",
        )
