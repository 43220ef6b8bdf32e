"""What accuracy should be: the targets of both error profiles, and which figure of a city falls short of its target.

Here: the targets, section targets. Not here: how a figure is measured (clusters.py, golden.py, addresses.py, geometry.py, review.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console

from suining_data_tests.benchmarks.accuracy.figures import Figure, Figures
from suining_data_tests.benchmarks.accuracy.report import print_rows

Measured = Mapping[str, Mapping[str, Figure]]  # subject -> figure -> value


@dataclass(frozen=True)
class Target:
    """`figure` of a section, and its bound by error profile. A share of what is wrong has a highest value, others a lowest."""

    section: str  # linked, golden, addresses, geometry or review
    subject: str
    figure: str
    bounds: Mapping[str, float]
    is_highest: bool = False

    def is_met(self, value: float, errors: str) -> bool:
        """Whether a value is as good as the target of an error profile."""
        return value <= self.bounds[errors] if self.is_highest else value >= self.bounds[errors]


def _golden(subject: str, usual: float, wild: float, *attributes: str) -> tuple[Target, ...]:
    return tuple(Target("golden", subject, attribute, {"usual": usual, "wild": wild}) for attribute in attributes)


TARGETS = (
    Target("linked", "person", "precision", {"usual": 0.99999, "wild": 0.9999}),
    Target("linked", "person", "recall", {"usual": 0.9985, "wild": 0.993}),
    Target("linked", "organization", "precision", {"usual": 0.9999, "wild": 0.9995}),
    Target("linked", "organization", "recall", {"usual": 0.9995, "wild": 0.996}),
    *_golden("person", 0.999, 0.997, "name", "birth_date", "sex_code", "death_date"),
    *_golden("person", 0.998, 0.99, "registered_address", "residence_address"),
    *_golden("organization", 0.998, 0.99, "name", "address", "representative_name", "representative"),
    *_golden("person", 0.99, 0.98, "phone", "employer"),
    # what the base says of a derived point holds for 95 % of the points that it knows; those that it does not know are less like each other
    Target("geometry", "address", "within_said", {"usual": 0.9, "wild": 0.9}),
    Target("geometry", "shape", "right_share", {"usual": 0.999, "wild": 0.999}),
    Target("geometry", "parcel_overlap", "precision", {"usual": 1, "wild": 1}),
    Target("geometry", "parcel_overlap", "recall", {"usual": 1, "wild": 1}),
    *(
        target
        for subject in ("person", "organization")
        for target in (
            Target("addresses", subject, "town_right", {"usual": 0.999, "wild": 0.999}),
            Target("addresses", subject, "part_precision", {"usual": 0.995, "wild": 0.995}),
            Target("addresses", subject, "part_recall", {"usual": 0.97, "wild": 0.97}),
            Target("linked", subject, "spurious_share", {"usual": 0.0001, "wild": 0.001}, is_highest=True),
            Target("review", subject, "share_of_records", {"usual": 0.005, "wild": 0.005}, is_highest=True),
            Target("review", subject, "share_of_true_pairs", {"usual": 0.5, "wild": 0.5}),
        )
    ),
)


def compare(errors: str, sections: Mapping[str, Measured]) -> list[Figures]:
    """A row per target: its name, the bound of an error profile, the value of a city, and "falls short" if it does.

    A figure of nothing (no pair is left to review, no source had a true value) has no value and does not fall short.
    """
    rows: list[Figures] = []
    for target in TARGETS:
        value = sections[target.section][target.subject].get(target.figure)
        is_short = isinstance(value, int | float) and not target.is_met(value, errors)
        rows.append(
            {
                "figure": f"{target.section} {target.subject} {target.figure}",
                "target": f"{'<=' if target.is_highest else '>='} {target.bounds[errors]:.5g}",
                "value": value,
                "verdict": "falls short" if is_short else "",
            }
        )
    return rows


def show(console: Console, cities: Sequence[tuple[str, str, list[Figures]]]) -> None:
    """Print a table per error profile from (errors, name of the city, rows): a line per target, a column per city."""
    for errors in dict.fromkeys(errors for errors, _, _ in cities):
        chosen = [(name, rows) for its_errors, name, rows in cities if its_errors == errors]
        table: list[Figures] = []
        for together in zip(*(rows for _, rows in chosen), strict=True):
            values = {name: _marked(row) for (name, _), row in zip(chosen, together, strict=True)}
            table.append({"figure": together[0]["figure"], "target": together[0]["target"]} | values)
        print_rows(console, f"targets of {errors} cities; * falls short", table)


def _marked(row: Figures) -> str:
    value = row["value"]
    return ("-" if value is None else f"{value:.6f}") + (" *" if row["verdict"] else "")
