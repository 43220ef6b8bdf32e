"""All sections of an open city, measured in their order and shown.

Here: what belongs to which section. Not here: how a section is measured (clusters.py, golden.py, addresses.py, geometry.py,
review.py, kinds.py).
"""

from typing import TypedDict

import duckdb
from rich.console import Console

from suining_data.linkage.estimates import estimate
from suining_data.synthetic import PROFILES
from suining_data_tests.benchmarks.accuracy import addresses, clusters, geometry, golden, kinds, review, targets
from suining_data_tests.benchmarks.accuracy.figures import Figures
from suining_data_tests.benchmarks.accuracy.records import ORGANIZATION, PERSON, match
from suining_data_tests.benchmarks.accuracy.report import print_columns, print_rows

SUBJECTS = (PERSON, ORGANIZATION)


class Sections(TypedDict):
    """What accuracy.json holds of a city; `golden`, `addresses`, `review` and `by_error_kind` by subject."""

    city: Figures
    person: Figures
    organization: Figures
    golden: dict[str, list[Figures]]
    addresses: dict[str, Figures]
    geometry: geometry.Geometry
    review: dict[str, Figures]
    by_error_kind: dict[str, list[Figures]]
    targets: list[Figures]


def measure(con: duckdb.DuckDBPyConnection, city: Figures) -> Sections:
    """The sections of an open city; `city` says which it is, by scale, seed and error profile."""
    for subject in SUBJECTS:
        match(con, subject)
    linked = {subject.name: clusters.measure(con, subject) | _estimated(con, subject.name) for subject in SUBJECTS}
    survived = {subject.name: golden.measure(con, subject, golden.BASES[subject.name]) for subject in SUBJECTS}
    placed = {subject.name: addresses.measure(con, subject) for subject in SUBJECTS}
    located = geometry.measure(con)
    left = {subject.name: review.measure(con, subject) for subject in SUBJECTS}
    shares = {name: {str(row["attribute"]): row["share"] for row in rows} for name, rows in survived.items()}
    errors = str(city.get("errors"))
    return {
        "city": city,
        "person": linked[PERSON.name],
        "organization": linked[ORGANIZATION.name],
        "golden": survived,
        "addresses": placed,
        "geometry": located,
        "review": left,
        "by_error_kind": {subject.name: kinds.measure(con, subject) for subject in SUBJECTS},
        "targets": targets.compare(
            errors,
            {"linked": linked, "golden": shares, "addresses": placed, "geometry": located["all"], "review": left},
        )
        if errors in PROFILES
        else [],
    }


def _estimated(con: duckdb.DuckDBPyConnection, subject: str) -> Figures:
    """What the product itself says of its precision and recall, which it cannot know."""
    found = estimate(con, subject)
    return {"estimated_precision": round(found.precision, 6), "estimated_recall": round(found.recall, 6)}


def city_name(sections: Sections) -> str:
    """Which city it is: scale 0.05, seed 1, errors usual."""
    return ", ".join(f"{name} {value}" for name, value in sections["city"].items())


def show(console: Console, sections: Sections) -> None:
    """Print the sections of a city."""
    name = city_name(sections)
    linked = {"person": sections["person"], "organization": sections["organization"]}
    print_columns(console, f"{name}: records linked", linked)
    for subject, rows in sections["golden"].items():
        print_rows(console, f"{name}: golden {subject}, where a source had the truth", rows)
    print_columns(console, f"{name}: addresses, by town and by building or village group", sections["addresses"])
    geometry.show(console, name, sections["geometry"])
    print_columns(console, f"{name}: left to review", sections["review"])
    for subject, rows in sections["by_error_kind"].items():
        print_rows(console, f"{name}: {subject} records by error", rows)
