"""Precision and recall are estimated from records that have a number and records that have none, without the truth."""

import pytest

from suining_data.linkage.estimates import estimate
from suining_data_tests.bench import INSURANCE, RESIDENTS, Bench


def person(bench: Bench, person_id: str | None, rule: str | None, weight: float | None = None) -> None:
    """A record of the insurance; `rule` other than resident_id: it has no number."""
    bench.person(person_id, INSURANCE, link_rule=rule, link_weight=weight)


def test_records_without_a_number_should_share_their_subject_as_often_as_those_with_one(bench: Bench) -> None:
    for n in range(4):
        bench.person(f"P{n}", RESIDENTS, link_rule="resident_id")
        person(bench, f"P{n}", "resident_id")
    for n in (0, 1):
        person(bench, f"P{n}", "scored", 10.0)
    person(bench, "P9", "own")
    person(bench, None, None)
    found = estimate(bench.con, "person")
    assert found.linked_pairs == 3 + 3 + 1 + 1
    # two of four share their subject, all with a number do; those that do have two other records
    assert found.missed_pairs == 4 * 0.5 * 2
    assert found.false_pairs == pytest.approx(2 * 2 / (1 + 2**10))
    assert found.recall == pytest.approx((8 - found.false_pairs) / (12 - found.false_pairs))
    assert found.precision == pytest.approx(1 - found.false_pairs / 8)


def test_what_people_decided_is_shown(bench: Bench) -> None:
    for number, verdict in enumerate(("same", "same", "different", "unsure")):
        bench.insert("registry.decision", subject="person", token_l=f"l{number}", token_r="r", verdict=verdict)
    found = estimate(bench.con, "person")
    assert (found.reviewed_pairs, found.reviewed_same) == (3, 2)
    assert (found.precision, found.recall) == (1.0, 1.0)
