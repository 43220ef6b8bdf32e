"""A person's decision counts more than any weight and less than a veto."""

from itertools import pairwise

import pytest

from suining_data_tests.bench import INSURANCE, RESIDENTS, Bench
from suining_data_tests.linkage.pairs import Pairs
from suining_data_tests.linkage.test_deterministic_linkage import NUMBER, OTHER_NUMBER

UNSURE, SURE, VERY_SURE = 5.0, 12.0, 25.0


@pytest.mark.parametrize("weight", [-20.0, UNSURE, SURE])
def test_same_joins_whatever_the_weight_and_the_pair_leaves_the_queue(pairs: Pairs, weight: float) -> None:
    pairs.weigh("a", "A", weight)
    pairs.decide("A", "a", "same")
    assert pairs.groups() == {"Aa"}
    assert pairs.rules() == {"a": "decided"}
    assert pairs.open() == {}


@pytest.mark.parametrize("weight", [UNSURE, SURE, VERY_SURE])
def test_different_keeps_apart_whatever_the_weight_and_the_pair_leaves_the_queue(pairs: Pairs, weight: float) -> None:
    pairs.weigh("a", "A", weight)
    pairs.decide("A", "a", "different")
    assert pairs.groups() == {"A", "a"}
    assert pairs.open() == {}


def test_different_keeps_apart_through_a_chain(pairs: Pairs) -> None:
    pairs.weigh("a", "b", VERY_SURE)
    pairs.weigh("b", "c", SURE)
    pairs.weigh("c", "A", VERY_SURE)
    pairs.decide("a", "A", "different")
    assert pairs.groups() == {"ab", "Ac"}
    assert pairs.open() == {"bc": "ambiguous"}


def test_unsure_leaves_everything_as_it_was(pairs: Pairs) -> None:
    pairs.weigh("a", "A", UNSURE)
    pairs.decide("a", "A", "unsure")
    assert pairs.groups() == {"A", "a"}
    assert pairs.open() == {"aA": "uncertain"}


def test_same_with_one_resolved_subject_closes_the_pairs_with_others(pairs: Pairs) -> None:
    pairs.weigh("a", "A", 18.0)
    pairs.weigh("a", "B", 20.0)
    pairs.decide("a", "A", "same")
    assert pairs.groups() == {"Aa", "B"}
    assert pairs.open() == {}


def test_different_from_the_best_resolved_subject_makes_the_next_the_best(pairs: Pairs) -> None:
    pairs.weigh("a", "A", 20.0)
    pairs.weigh("a", "B", 18.0)
    pairs.weigh("a", "C", 6.0)
    pairs.decide("a", "A", "different")
    assert pairs.groups() == {"A", "Ba", "C"}
    assert pairs.open() == {}


def test_two_accepted_numbers_stay_two_and_the_decision_is_shown(pairs: Pairs) -> None:
    pairs.weigh("A", "B", UNSURE)
    pairs.decide("B", "A", "same")
    assert pairs.groups() == {"A", "B"}
    assert pairs.open() == {"AB": "vetoed"}


def test_a_decision_against_conflicting_births_is_not_applied_and_stays_open(pairs: Pairs) -> None:
    pairs.of("a", birth="19800101")
    pairs.of("A", birth="19920505")
    pairs.weigh("a", "A", SURE)
    pairs.decide("a", "A", "same")
    assert pairs.groups() == {"A", "a"}
    assert pairs.open() == {"aA": "vetoed"}


def test_a_decision_that_another_decision_forbids_is_shown(pairs: Pairs) -> None:
    pairs.weigh("a", "A", 8.0)
    pairs.weigh("a", "B", 6.0)
    for known in "AB":
        pairs.decide("a", known, "same")
    assert pairs.groups() == {"Aa", "B"}
    assert pairs.open() == {"aB": "vetoed"}


def test_what_was_decided_is_joined_before_what_was_scored(pairs: Pairs) -> None:
    pairs.weigh("a", "A", VERY_SURE)
    pairs.weigh("b", "B", VERY_SURE)
    pairs.weigh("a", "b", UNSURE)
    pairs.decide("a", "b", "same")
    assert pairs.groups() == {"Aab", "B"}
    assert pairs.open() == {"bB": "ambiguous"}


def test_decided_pairs_may_make_a_cluster_as_large_as_they_like(pairs: Pairs) -> None:
    tokens = [chr(ord("a") + number) for number in range(20)]
    for left, right in pairwise(tokens):
        pairs.weigh(left, right, UNSURE)
        pairs.decide(left, right, "same")
    assert pairs.groups() == {"".join(tokens)}


def decide(bench: Bench, left: str, right: str, verdict: str) -> None:
    bench.con.execute(
        "insert into registry.decision select 'person', ?, ?, ?, null, '张某', current_timestamp::timestamp, count(*) "
        "from registry.decision",
        [left, right, verdict],
    )


def token_of(bench: Bench, record: int) -> str:
    [(token,)] = bench.con.execute(
        "select token from linked.person_unresolved where record_id = ?", [record]
    ).fetchall()
    return str(token)


def test_of_several_decisions_on_a_pair_the_last_counts(bench: Bench) -> None:
    known = bench.stage(RESIDENTS, resident_id=NUMBER, name="王小明")
    told = bench.stage(INSURANCE, name="王小明", phone="13900000000")
    bench.link()
    token = token_of(bench, told)
    for verdict, is_one in (("same", True), ("different", False), ("same", True), ("unsure", False)):
        decide(bench, NUMBER, token, verdict)
        bench.link()
        ids = bench.ids("person")
        assert (ids[told] == ids[known]) is is_one, verdict


def test_a_decision_holds_for_a_pair_that_shares_nothing_and_after_a_rebuild(bench: Bench) -> None:
    known = bench.stage(RESIDENTS, resident_id=NUMBER, name="王小明")
    told = bench.stage(INSURANCE, name="李建国", phone="13900000000")
    other = bench.stage(INSURANCE, name="赵六", phone="13700000000")
    bench.link()
    decide(bench, token_of(bench, told), NUMBER, "same")
    decide(bench, token_of(bench, other), token_of(bench, told), "same")
    for _ in range(2):
        bench.link()
        ids = bench.ids("person")
        assert ids[told] == ids[other] == ids[known]
        for table in ("person_link", "person_open_pair", "person_unresolved", "review"):
            bench.con.execute(f"drop table linked.{table}")


def test_a_decision_about_a_record_that_is_gone_does_nothing(bench: Bench) -> None:
    bench.stage(RESIDENTS, resident_id=NUMBER, name="王小明")
    bench.link()
    decide(bench, NUMBER, "record:gone", "same")
    bench.link()
    assert bench.con.sql("from linked.review").fetchall() == []


def test_two_numbers_that_somebody_called_one_stay_two_and_are_in_the_queue(bench: Bench) -> None:
    one = bench.stage(RESIDENTS, resident_id=NUMBER, name="王小明")
    two = bench.stage(RESIDENTS, resident_id=OTHER_NUMBER, name="王小明")
    bench.link()
    decide(bench, NUMBER, OTHER_NUMBER, "same")
    bench.link()
    ids = bench.ids("person")
    assert ids[one] != ids[two]
    assert bench.con.sql("select state, count(*) from linked.review group by all").fetchall() == [("vetoed", 1)]
