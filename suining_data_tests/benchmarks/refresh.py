"""The whole refresh against the floor, on the same deliveries in one run: `make bench`.

The floor: DuckDB reads what was delivered, already decoded to UTF-8 CSV, into plain tables of a new file, and does
nothing else. Then a refresh after one night's files and one after three corrected rows (increments.py), the script that one
would write instead (peer.py), the same refresh with a key that encrypts, what the guarded reading costs (guarded.py), what digests cost, how fast
a service answers (services.py), how fast points find their county (spatial.py), and linking alone against Splink (linking.py).
Prints the figures and writes data/reports/bench.json.
"""

import argparse
import json
import os
import resource
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from suining_data.digests import digests_of_files
from suining_data.settings import Settings
from suining_data_tests.benchmarks.guarded import guarded
from suining_data_tests.benchmarks.increments import Increment, corrected_rows, keep_back_night
from suining_data_tests.benchmarks.linking import linking
from suining_data_tests.benchmarks.spatial import points_in_counties

Figures = dict[str, object]
# of a decoded file: stated, because a first quoted value after the rows that are sampled would not be understood
GRAMMAR = """all_varchar = true, header = true, delim = ',', quote = '"', escape = '"'"""


def main() -> None:
    """Make the deliveries, refresh, refresh again, measure the floor and the peer, deliver and refresh what came later."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    reports = Settings().reports
    with tempfile.TemporaryDirectory(prefix="suining_bench_") as folder:
        settings = Settings(data=Path(folder))
        suining(settings, "sample", "--scale", str(chosen.scale), "--seed", str(chosen.seed))
        night = keep_back_night(settings)
        figures: Figures = {"scale": chosen.scale, "seed": chosen.seed, "cpus": os.cpu_count()}
        refresh_s = suining(settings, "refresh")
        figures["peak_mb"] = round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
        audiences = audience_seconds(settings, refresh_s) | hash_seconds(settings, refresh_s) | services(settings)
        encryption = encrypted(settings, Path(folder) / "encrypted", refresh_s)
        unchanged_s = suining(settings, "refresh")
        decoded = decode(settings, Path(folder) / "decoded")
        floor_s, rows = floor(decoded, Path(folder) / "floor.duckdb")
        figures |= {"rows": rows, "floor_s": floor_s, "refresh_s": refresh_s, "ratio": round(refresh_s / floor_s, 2)}
        figures |= {"unchanged_s": unchanged_s} | seconds_by_stage(settings, refresh_s) | audiences | encryption
        figures |= peer(decoded, Path(folder) / "peer", refresh_s)
        figures |= guarded(settings, refresh_s)
        figures |= points_in_counties(settings)
        figures |= linking(settings, Path(folder))
        figures["night_rows"] = sum(increment.rows for increment in night)
        figures |= delivered_later(settings, "night", night, refresh_s)
        figures |= delivered_later(settings, "three_rows", [corrected_rows(settings)], refresh_s)
    reports.mkdir(parents=True, exist_ok=True)
    (reports / "bench.json").write_text(json.dumps(figures, ensure_ascii=False, indent=1), encoding="utf-8")
    table = Table("figure", "value")
    for name, value in figures.items():
        table.add_row(name, json.dumps(value, ensure_ascii=False))
    Console().print(table)


def suining(settings: Settings, *arguments: str, **environment: str) -> float:
    """Seconds of a `suining` command in a process of its own, start of Python included.

    Like the floor it starts when all is on disk: nobody waits for what the one before has written.
    """
    command = [str(Path(sys.executable).with_name("suining")), *arguments]
    os.sync()
    started = time.monotonic()
    subprocess.run(
        command,
        check=True,
        env={**os.environ, "SUINING_DATA": str(settings.data), **environment},
        stdout=subprocess.DEVNULL,
    )
    return round(time.monotonic() - started, 2)


def decode(settings: Settings, folder: Path) -> Path:
    """The batches in force as UTF-8 CSV, one file per resource and batch: what the floor reads (not timed)."""
    folder.mkdir()
    with duckdb.connect() as con:
        for file in sorted(settings.raw.rglob("*.parquet")):
            if not file.name.endswith(".rejected.parquet"):
                target = folder / f"{file.parent.name}__{file.stem}.csv"
                con.execute(f"copy (select * exclude (_line) from '{file}') to '{target}' (header)")
    return folder


def floor(decoded: Path, database: Path) -> tuple[float, int]:
    """Seconds and rows of reading every CSV as text into plain tables."""
    os.sync()
    started = time.monotonic()
    rows = 0
    with duckdb.connect(str(database)) as con:
        for n, file in enumerate(sorted(decoded.glob("*.csv"))):
            made = con.execute(f"create table t{n} as from read_csv('{file}', {GRAMMAR})")
            count = made.fetchone()
            rows += int(count[0]) if count else 0
        con.execute("checkpoint")
    return round(time.monotonic() - started, 2), rows


def peer(decoded: Path, result: Path, refresh_s: float) -> Figures:
    """Seconds of the script that one would write instead, start of Python included, and how many times as long ours takes."""
    os.sync()
    started = time.monotonic()
    command = [sys.executable, "-m", "suining_data_tests.benchmarks.peer", str(decoded), str(result)]
    parts = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    peer_s = round(time.monotonic() - started, 2)
    return (
        {"peer_s": peer_s}
        | {f"peer_{part}": s for part, s in parts.items()}
        | {"peer_ratio": round(refresh_s / peer_s, 2)}
    )


def delivered_later(settings: Settings, name: str, increments: Sequence[Increment], refresh_s: float) -> Figures:
    """Seconds of a refresh after these files were delivered, its share of the full refresh, and where the time went."""
    for increment in increments:
        increment.deliver()
    seconds = suining(settings, "refresh")
    slowest = slowest_tables(settings)
    return {f"{name}_s": seconds, f"{name}_share": round(seconds / refresh_s, 3), f"{name}_slowest_s": slowest}


def slowest_tables(settings: Settings) -> dict[str, list[float]]:
    """The fifteen tables of the last refresh that took longest: seconds to write and to check."""
    with duckdb.connect(str(settings.warehouse), read_only=True) as con:
        rows = con.execute("""
            select table_name, round(write_seconds, 2), round(check_seconds, 2) from governance.table_state
            where run_id = (select arg_max(run_id, finished_at) from governance.table_state)
            order by write_seconds + check_seconds desc limit 15
        """).fetchall()
    return {table: [write, check] for table, write, check in rows}


def audience_seconds(settings: Settings, refresh_s: float) -> Figures:
    """Seconds of writing the files of the audiences that get less than everything, and their share of the refresh."""
    manifests = [json.loads(file.read_text(encoding="utf-8")) for file in settings.published.glob("*/manifest.json")]
    seconds = round(sum(each["seconds"] for each in manifests if "audience" in each), 2)
    return {"audiences_s": seconds, "audiences_share": round(seconds / refresh_s, 3)}


def hash_seconds(settings: Settings, refresh_s: float) -> Figures:
    """Seconds of the digests of all that was delivered, kept as raw rows and published, and their share of the refresh."""
    files = [file for folder in (settings.landing, settings.raw, settings.published) for file in folder.rglob("*")]
    started = time.monotonic()
    digests_of_files(file for file in files if not file.is_symlink())
    seconds = round(time.monotonic() - started, 2)
    return {"hashes_s": seconds, "hashes_share": round(seconds / refresh_s, 3)}


def services(settings: Settings) -> Figures:
    """Milliseconds of one answer of each service, start of Python excluded (p95)."""
    command = [sys.executable, "-m", "suining_data_tests.benchmarks.services"]
    environment = {**os.environ, "SUINING_DATA": str(settings.data)}
    return {
        "services_p95_ms": json.loads(
            subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment).stdout
        )
    }


def encrypted(settings: Settings, folder: Path, refresh_s: float) -> Figures:
    """Seconds of the refresh of the same deliveries with a key, and how many times as long as without it."""
    key, side = folder / "key", settings.model_copy(update={"data": folder / "data"})
    side.data.mkdir(parents=True)
    side.landing.symlink_to(settings.landing)
    key.touch(mode=0o600)
    key.write_text(secrets.token_hex(32), encoding="ascii")
    seconds = suining(side, "refresh", SUINING_KEY_FILE=str(key))
    shutil.rmtree(folder)
    return {"encrypted_s": seconds, "encryption_ratio": round(seconds / refresh_s, 3)}


def seconds_by_stage(settings: Settings, refresh_s: float) -> Figures:
    """Seconds of work per stage and on checks, the share of schema spatial, and of the whole what was no waiting for them: Dagster and the start.

    Tables are written and judged beside others, so the work adds up to more than the time it took.
    """
    with duckdb.connect(str(settings.warehouse), read_only=True) as con:
        rows = con.execute("""
            select split_part(table_name, '.', 1), round(sum(write_seconds), 2), sum(check_seconds), sum(wait_seconds)
            from governance.table_state group by 1 order by min(finished_at)
        """).fetchall()
    work = {stage: seconds for stage, seconds, _, _ in rows}
    checks, waited = (round(sum(row[place] for row in rows), 2) for place in (2, 3))
    rest = round(refresh_s - waited, 2)
    shares = {"spatial_share": work["spatial"], "dagster_and_start_share": rest}
    return {"work_s": work, "checks_s": checks, "dagster_and_start_s": rest} | {
        name: round(seconds / refresh_s, 3) for name, seconds in shares.items()
    }


if __name__ == "__main__":
    main()
