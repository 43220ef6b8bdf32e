"""Batches out of which a forgotten person was taken: their rows in raw/, and what stands in landing/ for the delivered file.

Here: taking rows and cells out of the files of a batch, keeping such a batch, removing the delivered file. Not here: which
rows and cells these are (standardization/forgotten_rows.py), when a person is forgotten (forgetting/).

A delivered file cannot be cut in every format, and cut it would be another delivery: other digest, other record ids. So the
batch keeps its id and its line numbers, and landing/<unit>/.redacted/<resource>/ has its rows without the person as the
Parquet files of raw/, with its entry of the ledger. With that folder, landing/ is still all that the bases are built from.
A row that was taken out is a rejected line without its text, so the accounts balance.
"""

import json
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import duckdb

from suining_data.catalog.model import Resource, Unit
from suining_data.encryption import parquet_columns, parquet_options, parquet_rows, read_parquet
from suining_data.ingestion.arrival import Arrived, ok_file
from suining_data.ingestion.ledger import Batch, Status
from suining_data.ingestion.raw_files import sealed
from suining_data.ingestion.reading import LINE, RAW_PARQUET, REJECTED_PARQUET, Part
from suining_data.settings import Settings
from suining_data.sql import identifier, literal

FORGOTTEN = "FORGOTTEN"  # the rule of a line that was taken out
REASON = "该行涉及已按要求删除的个人信息，不予采用；请勿再次交付"
REDACTED = ".redacted"  # folder in landing/<unit>/; hidden, so that no pattern of a resource finds its files


@dataclass(frozen=True)
class Kept:
    """A batch without its delivered file: its entry in the ledger, and its parts where it was several files."""

    batch: Batch
    parts: tuple[Part, ...]


def take_out(con: duckdb.DuckDBPyConnection, raw: Path, rejected: Path, lines: str, texts: str) -> None:
    """Take rows and cells out of the two files of a batch. It may be done again after it broke off.

    `lines`: relation of line, is_whole and the sources of the cells to empty. `texts`: SELECT of the lines of rejected
    lines whose text must go.
    """
    columns = [name for name in parquet_columns(raw) if name != LINE]
    emptied = ", ".join(
        f"case when list_contains(found.sources, {literal(name)}) then null else raw.{identifier(name)} end as {identifier(name)}"
        for name in columns
    )
    _rewrite(
        con,
        rejected,
        f"""
        select line, rule, reason, case when line in ({texts}) then '' else raw_text end as raw_text
        from {parquet_rows(rejected)}
        where rule <> {literal(FORGOTTEN)} or line not in (select line from {lines} where is_whole)
        union all
        select line, {literal(FORGOTTEN)}, {literal(REASON)}, '' from {lines} where is_whole
        order by line""",
        REJECTED_PARQUET,
    )
    _rewrite(
        con,
        raw,
        f"""
        select {emptied}{", " if columns else ""}raw.{LINE} from {parquet_rows(raw)} as raw
        left join {lines} as found on raw.{LINE} = found.line
        where not coalesce(is_whole, false) order by raw.{LINE}""",
        RAW_PARQUET,
    )


def _rewrite(con: duckdb.DuckDBPyConnection, file: Path, select: str, options: str) -> None:
    fresh = file.with_suffix(".fresh")
    con.execute(f"copy ({select}) to {literal(fresh)} ({parquet_options(options)})")
    fresh.replace(file)


def recounted(batch: Batch, raw: Path, rejected: Path) -> Batch:
    """The batch with the rows that its two files have now, and their digests."""
    rows, lines = (read_parquet(f"select count(*) from {parquet_rows(file)}")[0][0] for file in (raw, rejected))
    return sealed(replace(batch, raw_rows=rows, rejected_rows=lines), raw, rejected)


def keep_redacted(settings: Settings, batch: Batch, parts: Iterable[Part]) -> None:
    """Put the rows of a batch into landing/ in place of its file; the entry comes last, so it stands for complete files."""
    folder = _folder(settings, batch.unit_id, batch.resource_id)
    folder.mkdir(parents=True, exist_ok=True)
    for name in _names(batch.batch_id):
        fresh = folder / f"{name}.new"
        shutil.copyfile(settings.raw / batch.resource_id / name, fresh)
        fresh.replace(folder / name)
    entry = json.dumps({"batch": asdict(batch), "parts": [asdict(part) for part in parts]}, ensure_ascii=False)
    fresh = folder / f"{batch.batch_id}.new"
    fresh.write_text(entry, encoding="utf-8")
    fresh.replace(folder / f"{batch.batch_id}.json")


def redacted_batches(settings: Settings, unit: Unit, resource: Resource) -> dict[str, Kept]:
    """The batches of a resource that are kept without their files, by id. Files that raw/ has lost are copied back."""
    folder = _folder(settings, unit.id, resource.id)
    kept = {}
    for file in sorted(folder.glob("*.json")):
        entry = json.loads(file.read_text(encoding="utf-8"))
        batch = Batch(**{**entry["batch"], "status": Status(entry["batch"]["status"])})
        kept[batch.batch_id] = Kept(batch, tuple(Part(**part) for part in entry["parts"]))
        for name in _names(batch.batch_id):
            raw = settings.raw / resource.id / name
            if not raw.exists():
                raw.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(folder / name, raw)
    return kept


def redacted_copies(settings: Settings, batch: Batch) -> dict[Path, str | None]:
    """The files that stand in landing/ for the delivered one, with the digests that they should have; empty for most batches."""
    folder = _folder(settings, batch.unit_id, batch.resource_id)
    if not (folder / f"{batch.batch_id}.json").exists():
        return {}
    names = (folder / name for name in _names(batch.batch_id))
    return dict(zip(names, (batch.raw_sha256, batch.rejected_sha256), strict=True))


def remove_redacted_files(
    settings: Settings, unit: Unit, resource: Resource, arrivals: Iterable[Arrived]
) -> list[Path]:
    """Remove the delivered files of batches that are kept without them. Returns the files."""
    folder = _folder(settings, unit.id, resource.id)
    removed = []
    for arrival in arrivals:
        if (folder / f"{arrival.digest[:16]}.json").exists():
            for file in arrival.files:
                removed.append(file)
                ok_file(file).unlink(missing_ok=True)
                file.unlink(missing_ok=True)
    return removed


def _folder(settings: Settings, unit_id: str, resource_id: str) -> Path:
    return settings.landing / unit_id / REDACTED / resource_id


def _names(batch_id: str) -> tuple[str, str]:
    return f"{batch_id}.parquet", f"{batch_id}.rejected.parquet"
