"""What falls short of its target is marked."""

from rich.console import Console

from suining_data_tests.benchmarks.accuracy.figures import Figure
from suining_data_tests.benchmarks.accuracy.targets import TARGETS, compare, show


def sections(errors: str, worse: float) -> dict[str, dict[str, dict[str, Figure]]]:
    """A city in which every figure is on its bound, or worse by as much as is said."""
    measured: dict[str, dict[str, dict[str, Figure]]] = {}
    for target in TARGETS:
        value = target.bounds[errors] + (worse if target.is_highest else -worse)
        measured.setdefault(target.section, {}).setdefault(target.subject, {})[target.figure] = value
    return measured


def test_a_value_on_its_bound_is_good_enough_and_one_below_falls_short() -> None:
    for errors in ("usual", "wild"):
        assert {row["verdict"] for row in compare(errors, sections(errors, worse=0))} == {""}
        assert {row["verdict"] for row in compare(errors, sections(errors, worse=1e-6))} == {"falls short"}


def test_a_wild_city_has_easier_targets() -> None:
    assert "falls short" in {row["verdict"] for row in compare("usual", sections("wild", worse=0))}
    assert {row["verdict"] for row in compare("wild", sections("usual", worse=0))} == {""}


def test_what_has_no_value_does_not_fall_short() -> None:
    nothing = sections("usual", worse=0)
    nothing["review"]["person"]["share_of_true_pairs"] = None
    (row,) = (row for row in compare("usual", nothing) if row["figure"] == "review person share_of_true_pairs")
    assert (row["value"], row["verdict"]) == (None, "")


def test_cities_of_one_profile_are_columns_and_what_falls_short_has_a_star() -> None:
    console = Console(record=True, width=120)
    good, bad = (compare("usual", sections("usual", worse)) for worse in (0, 1e-6))
    show(console, [("usual", "seed 1", good), ("wild", "seed 1", good), ("usual", "seed 2", bad)])
    text = console.export_text()
    assert text.count("linked person precision") == 2, "a table per profile"
    line = next(line for line in text.splitlines() if "linked person precision" in line)
    assert line.split() == ["linked", "person", "precision", ">=", "0.99999", "0.999990", "0.999989", "*"]
