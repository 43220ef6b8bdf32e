"""`make accuracy`: makes cities, refreshes them, measures what was linked, prints it and writes data/reports/accuracy.json.

Here: the command line and the file. Not here: the sections (sections.py), how a city is made (city.py), the examples of
--explain (explain.py).
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from suining_data.settings import Settings
from suining_data.synthetic import PROFILES, read_summary
from suining_data_tests.benchmarks.accuracy import targets
from suining_data_tests.benchmarks.accuracy.city import made_city, open_city
from suining_data_tests.benchmarks.accuracy.explain import explain
from suining_data_tests.benchmarks.accuracy.figures import Figures
from suining_data_tests.benchmarks.accuracy.report import print_rows
from suining_data_tests.benchmarks.accuracy.sections import Sections, city_name, measure, show
from suining_data_tests.benchmarks.foreign.linking import rows as foreign_rows


def main() -> None:
    """Measure one city per error profile and seed, or the one that lies in a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=0.05)
    parser.add_argument("--seeds", default="1", help="one city per seed: 1,2,3")
    parser.add_argument("--errors", default=",".join(PROFILES), help="and per error profile: usual,wild")
    parser.add_argument("--data", type=Path, help="a data folder made and refreshed before, instead of new cities")
    parser.add_argument("--explain", action="store_true", help="show examples of the errors that went wrong most often")
    chosen = parser.parse_args()
    profiles, seeds = chosen.errors.split(","), [int(seed) for seed in chosen.seeds.split(",")]
    if unknown := set(profiles) - set(PROFILES):
        parser.error(f"--errors: {', '.join(sorted(unknown))}: choose from {', '.join(PROFILES)}")
    console = Console()
    cities = []
    for settings in _cities(chosen.data, chosen.scale, profiles, seeds):
        with open_city(settings) as con:
            sections = measure(con, _which(settings))
            show(console, sections)
            if chosen.explain:
                explain(console, con)
        cities.append(sections)
    write(Settings().reports, cities)
    if not chosen.data:
        print_rows(console, "data that nobody here made, beside plain Splink on the same pairs", foreign_rows())
    targets.show(console, [(str(each["city"]["errors"]), city_name(each), each["targets"]) for each in cities])


def write(reports: Path, cities: list[Sections]) -> None:
    """accuracy.json: the sections of the one city, or of each by its name."""
    reports.mkdir(parents=True, exist_ok=True)
    content = cities[0] if len(cities) == 1 else {city_name(sections): sections for sections in cities}
    (reports / "accuracy.json").write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def _cities(folder: Path | None, scale: float, profiles: list[str], seeds: list[int]) -> Iterator[Settings]:
    if folder:
        yield Settings(data=folder)
        return
    for errors in profiles:
        for seed in seeds:
            with made_city(scale, seed, errors) as settings:
                yield settings


def _which(settings: Settings) -> Figures:
    made = read_summary(settings)
    return dict(zip(("scale", "seed", "errors"), made.city if made else (None, None, None), strict=True))


if __name__ == "__main__":
    main()
