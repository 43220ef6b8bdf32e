"""The made-up city's deliveries and what is true of them.

Here: `make_sample`. Not here: the city (city/), the units' views (views/), formats (writers/).
"""

import json
import shutil
import time
from dataclasses import asdict, dataclass, field, replace
from tempfile import TemporaryDirectory

import duckdb

from suining_data.catalog import Catalog, load_catalog
from suining_data.settings import Settings
from suining_data.warehouse import SLOW_TO_CHOOSE, load_spatial

from . import truth, writers
from .city import make_city
from .delivery import deliver
from .errors import RATES, ErrorRates
from .views import all_views
from .volumes import rows_of

MADE = "landing_files.txt"  # in truth/: the files that the next call may delete
SUMMARY = "sample.json"  # in truth/: what the files are a sample of


@dataclass(frozen=True)
class SampleSummary:
    """What was made: rows by resource id, files, seconds."""

    scale: float
    seed: int
    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    seconds: float = 0.0

    @property
    def total_rows(self) -> int:
        return sum(self.rows.values())


def make_sample(settings: Settings, scale: float, seed: int, rates: ErrorRates = RATES) -> SampleSummary:
    """Write landing/<unit>/<file> for every resource of the catalogue and data/truth; the same bytes per scale and seed.

    What an earlier call made is deleted first, and what was built of it when it was another city. Raises ValueError when scale is not above 0 or
    when a resource of the catalogue has no view.
    """
    if scale <= 0:
        raise ValueError(f"scale must be above 0, not {scale}")
    started = time.monotonic()
    catalog = load_catalog()
    before = _lying(settings)
    _clear(settings)
    if before and before != (scale, seed):
        _forget_city(settings)
    with TemporaryDirectory() as spill, _connect(settings, spill) as con:
        make_city(con, scale, seed, rates)
        _remember_other_ids(con)
        truth.create_truth_tables(con)
        rows, names = _deliver_all(con, catalog, settings, scale, rates)
        truth.write_truth(con, settings.truth)
    (settings.truth / MADE).write_text("\n".join(names) + "\n", encoding="utf-8")
    summary = SampleSummary(scale, seed, rows, len(names), time.monotonic() - started)
    kept = asdict(replace(summary, seconds=0.0))  # the same bytes for the same city
    (settings.truth / SUMMARY).write_text(json.dumps(kept, indent=1), encoding="utf-8")
    return summary


def read_summary(settings: Settings) -> SampleSummary | None:
    """What the last call made, if all its files still lie there."""
    file, made = settings.truth / SUMMARY, settings.truth / MADE
    if not file.exists() or not made.exists():
        return None
    names = made.read_text(encoding="utf-8").split()
    if not all((settings.landing / name).exists() for name in names):
        return None
    return SampleSummary(**json.loads(file.read_text(encoding="utf-8")))


def _clear(settings: Settings) -> None:
    """Delete what an earlier call made; a real delivery that lies in landing/ stays."""
    settings.landing.mkdir(parents=True, exist_ok=True)
    made = settings.truth / MADE
    for name in made.read_text(encoding="utf-8").split() if made.exists() else []:
        (settings.landing / name).unlink(missing_ok=True)
    shutil.rmtree(settings.truth, ignore_errors=True)
    settings.truth.mkdir(parents=True)


def _lying(settings: Settings) -> tuple[float, int] | None:
    """Scale and seed of what an earlier call made, whether or not all its files are still there."""
    file = settings.truth / SUMMARY
    if not file.exists():
        return None
    told = json.loads(file.read_text(encoding="utf-8"))
    return told["scale"], told["seed"]


def _forget_city(settings: Settings) -> None:
    """Delete what was built of another made-up city: its registers would refuse ours as collapsed or exploded.

    Where anything else lies in landing/, nothing is deleted: it may be built of real deliveries, too.
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
    con = duckdb.connect(f"{spill}/city.duckdb", config=config)  # tables of a file can leave memory, whatever the scale
    con.execute("set enable_progress_bar = false")
    con.execute("set disabled_compression_methods = ?", [SLOW_TO_CHOOSE])
    load_spatial(con)
    return con


def _remember_other_ids(con: duckdb.DuckDBPyConnection) -> None:
    """Numbers that the error `id_of_someone_else` delivers."""
    con.execute(
        """set variable other_ids = (select array_agg(resident_id order by pid) from (
        select pid, resident_id from person where is_registered order by u(pid, 'other'), pid limit 500))"""
    )
    con.execute(
        """set variable other_ids = list_transform(range(500), i -> getvariable('other_ids')[1 + i % len(getvariable('other_ids'))])"""
    )


def _deliver_all(
    con: duckdb.DuckDBPyConnection, catalog: Catalog, settings: Settings, scale: float, rates: ErrorRates
) -> tuple[dict[str, int], list[str]]:
    views, rows = all_views(rates), {}
    names: list[str] = []
    delivering = [resource for resource in catalog.shared if resource.expected_rows.max > 0]
    missing = [resource.id for resource in delivering if resource.id not in views]
    if missing:
        raise ValueError(f"no view for {', '.join(missing)}: add one under synthetic/views/")
    for resource in delivering:
        view = views[resource.id]
        unit = catalog.unit_of(resource.id)
        delivered = deliver(con, unit, resource, view, None if view.is_whole else rows_of(resource.id, scale), rates)
        written = writers.write(con, delivered, settings.landing / unit.id, rates)
        truth.add_truth(con, delivered, "line_numbers")
        rows[resource.id] = _count(con)
        names += [f"{unit.id}/{name}" for name in written]
    return rows, names


def _count(con: duckdb.DuckDBPyConnection) -> int:
    row = con.execute("select count(*) from delivered").fetchone()
    return int(row[0]) if row else 0
