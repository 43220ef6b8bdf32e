"""`make accuracy`: makes a city, refreshes it, measures what was linked, prints it and writes data/reports/accuracy.json.

Here: the command line and the order of the sections. Not here: the sections (clusters.py, kinds.py).
"""

import argparse
import json
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import duckdb
from rich.console import Console

from suining_data.settings import Settings
from suining_data_tests.benchmarks.accuracy import clusters, kinds
from suining_data_tests.benchmarks.accuracy.city import made_city, open_city
from suining_data_tests.benchmarks.accuracy.figures import Figures
from suining_data_tests.benchmarks.accuracy.records import ORGANIZATION, PERSON, match
from suining_data_tests.benchmarks.accuracy.report import print_columns, print_rows

SUBJECTS = (PERSON, ORGANIZATION)
Sections = dict[str, Figures | dict[str, list[Figures]]]


def main() -> None:
    """Measure one city per seed, or the one that lies in a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=0.05)
    parser.add_argument("--seeds", type=lambda text: [int(seed) for seed in text.split(",")], default=[1], help="1,2,3")
    parser.add_argument(
        "--data", type=Path, help="a data folder that was made and refreshed before, instead of a new city"
    )
    chosen = parser.parse_args()
    if chosen.data:
        measured = {"data": _measured(nullcontext(Settings(data=chosen.data)))}
    else:
        measured = {f"seed {seed}": _measured(made_city(chosen.scale, seed)) for seed in chosen.seeds}
    reports = Settings().reports
    reports.mkdir(parents=True, exist_ok=True)
    (reports / "accuracy.json").write_text(json.dumps(measured, ensure_ascii=False, indent=1), encoding="utf-8")
    for name, sections in measured.items():
        show(Console(), name, sections)


def _measured(city: AbstractContextManager[Settings]) -> Sections:
    with city as settings, open_city(settings) as con:
        return measure(con)


def measure(con: duckdb.DuckDBPyConnection) -> Sections:
    """All sections of an open city."""
    for subject in SUBJECTS:
        match(con, subject)
    return {
        "person": clusters.measure(con, PERSON),
        "organization": clusters.measure(con, ORGANIZATION),
        "by_error_kind": {subject.name: kinds.measure(con, subject) for subject in SUBJECTS},
    }


def show(console: Console, name: str, sections: Sections) -> None:
    """Print the sections of a city."""
    print_columns(console, f"{name}: records linked", {subject.name: sections[subject.name] for subject in SUBJECTS})
    for subject in SUBJECTS:
        print_rows(console, f"{name}: {subject.name} records by error", sections["by_error_kind"][subject.name])


if __name__ == "__main__":
    main()
