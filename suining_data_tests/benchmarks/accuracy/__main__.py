"""`make accuracy`: makes a city, refreshes it, measures what was linked, prints it and writes data/reports/accuracy.json.

Here: the command line and the file. Not here: the sections (sections.py), how a city is made (city.py).
"""

import argparse
import json
from pathlib import Path

from rich.console import Console

from suining_data.settings import Settings
from suining_data.synthetic import read_summary
from suining_data_tests.benchmarks.accuracy.city import made_city, open_city
from suining_data_tests.benchmarks.accuracy.sections import Sections, measure, show


def main() -> None:
    """Measure one city per seed, or the one that lies in a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=0.05)
    parser.add_argument("--seeds", default="1", help="one city per seed: 1,2,3")
    parser.add_argument("--data", type=Path, help="a data folder made and refreshed before, instead of new cities")
    chosen = parser.parse_args()
    seeds = [int(seed) for seed in chosen.seeds.split(",")]
    folder = chosen.data
    cities = [_measured(Settings(data=folder))] if folder else [_measured_anew(chosen.scale, seed) for seed in seeds]
    write(Settings().reports, cities)
    for sections in cities:
        show(Console(), sections)


def write(reports: Path, cities: list[Sections]) -> None:
    """accuracy.json: the sections of the one city, or of each by its seed."""
    reports.mkdir(parents=True, exist_ok=True)
    content = cities[0] if len(cities) == 1 else {f"seed {sections['city']['seed']}": sections for sections in cities}
    (reports / "accuracy.json").write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def _measured_anew(scale: float, seed: int) -> Sections:
    with made_city(scale, seed) as settings:
        return _measured(settings)


def _measured(settings: Settings) -> Sections:
    made = read_summary(settings)
    with open_city(settings) as con:
        return measure(con, {"scale": made.scale, "seed": made.seed} if made else {"scale": None, "seed": None})


if __name__ == "__main__":
    main()
