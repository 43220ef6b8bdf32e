"""Writes the deliveries of the synthetic city and their truth files.

Here: `make_sample`. Not here: the city (city/), the units' views (views/), formats (writers/).
"""

import json
import os
import re
import shutil
import time
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from tempfile import TemporaryDirectory

import duckdb

from suining_data.catalog import Catalog, load_catalog
from suining_data.settings import Settings
from suining_data.warehouse import SLOW_TO_CHOOSE, load_spatial

from . import truth, writers
from .city import make_city
from .city.calendar import TODAY
from .delivery import deliver
from .error_sources import create_error_sources
from .errors import USUAL, ErrorRates, profile_of
from .views import all_views
from .volumes import rows_of

MADE = "landing_files.txt"  # in truth/: the files that the next call may delete
SUMMARY = "sample.json"  # in truth/: scale, seed, error profile and counts of the files


@dataclass(frozen=True)
class SampleSummary:
    """The result of `make_sample`: rows by resource id, number of files, seconds."""

    scale: float
    seed: int
    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    seconds: float = 0.0
    errors: str = "usual"  # a profile of errors.py

    @property
    def city(self) -> tuple[float, int, str]:
        """What decides which city it is."""
        return self.scale, self.seed, self.errors

    @property
    def total_rows(self) -> int:
        return sum(self.rows.values())


def make_sample(settings: Settings, scale: float, seed: int, rates: ErrorRates = USUAL) -> SampleSummary:
    """Write landing/<unit>/<file> for every resource of the catalogue, and data/truth. Scale, seed and rates determine every byte.

    The files of an earlier call are deleted first. When that call made another city, the tables built from it are deleted
    too. A resource that has no view is left out, see `without_view`. Raises ValueError when scale is not above 0.
    """
    if scale <= 0:
        raise ValueError(f"scale must be above 0, not {scale}")
    started = time.monotonic()
    catalog = load_catalog()
    before = _previous_sample(settings)
    _clear(settings)
    if before and before.city != (scale, seed, profile_of(rates)):
        _delete_other_city(settings)
    with TemporaryDirectory() as spill, _connect(settings, spill) as con:
        make_city(con, scale, seed, rates)
        create_error_sources(con, rates)
        truth.create_truth_tables(con)
        rows, names = _deliver_all(con, catalog, settings, scale, rates)
        truth.write_truth(con, settings.truth)
    (settings.truth / MADE).write_text("\n".join(names) + "\n", encoding="utf-8")
    summary = SampleSummary(scale, seed, rows, len(names), time.monotonic() - started, profile_of(rates))
    kept = asdict(replace(summary, seconds=0.0))  # the same bytes for the same city
    (settings.truth / SUMMARY).write_text(json.dumps(kept, indent=1), encoding="utf-8")
    return summary


def read_summary(settings: Settings) -> SampleSummary | None:
    """The summary of the last call, or None when some of its files are missing."""
    summary, made = _previous_sample(settings), settings.truth / MADE
    if summary is None or not made.exists():
        return None
    names = made.read_text(encoding="utf-8").split()
    if not all((settings.landing / name).exists() for name in names):
        return None
    return summary


def _clear(settings: Settings) -> None:
    """Delete the files of an earlier call; a real delivery in landing/ stays."""
    settings.landing.mkdir(parents=True, exist_ok=True)
    made = settings.truth / MADE
    for name in made.read_text(encoding="utf-8").split() if made.exists() else []:
        (settings.landing / name).unlink(missing_ok=True)
    shutil.rmtree(settings.truth, ignore_errors=True)
    settings.truth.mkdir(parents=True)


def _previous_sample(settings: Settings) -> SampleSummary | None:
    """The summary of an earlier call, even when some of its files are missing."""
    file = settings.truth / SUMMARY
    if not file.exists():
        return None
    return SampleSummary(**json.loads(file.read_text(encoding="utf-8")))


def _delete_other_city(settings: Settings) -> None:
    """Delete the data built from another synthetic city, because the row counts would make the new files implausible.

    When landing/ still has other files, nothing is deleted: the data may be built from real deliveries, too.
    """
    if any(path.is_file() for path in settings.landing.rglob("*")):
        return
    for folder in (settings.raw, settings.warehouse.parent, settings.published, settings.registry_backup.parent):
        shutil.rmtree(folder, ignore_errors=True)


def _connect(settings: Settings, spill: str) -> duckdb.DuckDBPyConnection:
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{settings.memory_gb}GB",
        "temp_directory": spill,
    }
    if settings.threads:
        config["threads"] = settings.threads
    con = duckdb.connect(f"{spill}/city.duckdb", config=config)  # a database in a file can be larger than memory
    con.execute("set enable_progress_bar = false")
    con.execute("set disabled_compression_methods = ?", [SLOW_TO_CHOOSE])
    load_spatial(con)
    return con


def _deliver_all(
    con: duckdb.DuckDBPyConnection, catalog: Catalog, settings: Settings, scale: float, rates: ErrorRates
) -> tuple[dict[str, int], list[str]]:
    views, rows = all_views(rates), {}
    names: list[str] = []
    undelivered = without_view(catalog)
    for resource in catalog.shared:
        if resource.expected_rows.max == 0 or resource.id in undelivered:
            continue
        view = views[resource.id]
        unit = catalog.unit_of(resource.id)
        delivered = deliver(con, unit, resource, view, None if view.is_whole else rows_of(resource.id, scale), rates)
        written = writers.write(con, delivered, settings.landing / unit.id, rates)
        truth.add_truth(con, delivered, "line_numbers")
        rows[resource.id] = _count(con)
        for name in written:
            sent = _sent_at(name).timestamp()
            os.utime(settings.landing / unit.id / name, (sent, sent))
        names += [f"{unit.id}/{name}" for name in written]
    return rows, names


def _sent_at(name: str) -> datetime:
    """When a department would have sent the file: early on the day after the day or month in its name."""
    found = re.search(r"(20\d\d)(\d\d)(\d\d)?", name)
    year, month, day = (int(part) if part else 0 for part in found.groups()) if found else (0, 0, 0)
    try:
        last = date(year, month, day) if day else date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    except ValueError:  # the digits are no date
        last = TODAY
    return datetime.fromordinal(min(last, TODAY).toordinal()) + timedelta(days=1, hours=5.5)


def without_view(catalog: Catalog) -> list[str]:
    """Resources with rows for which the synthetic city has no delivery: nobody has written a view of theirs yet."""
    views = all_views(USUAL)
    return [r.id for r in catalog.shared if r.expected_rows.max > 0 and r.id not in views]


def _count(con: duckdb.DuckDBPyConnection) -> int:
    row = con.execute("select count(*) from delivered").fetchone()
    return int(row[0]) if row else 0
