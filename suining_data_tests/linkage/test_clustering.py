"""Sure pairs are clusters, unsure ones are asked about, and nothing that cannot be one is joined by a chain."""

from dataclasses import replace
from itertools import combinations, pairwise

import pytest

from suining_data.linkage.subject_linkage import PERSON
from suining_data_tests.linkage.pairs import Pairs

SURE, UNSURE = 12.0, 4.0
SUPPORTING, VERY_SURE = 7.0, 25.0


def test_a_sure_pair_is_one_an_unsure_one_is_asked_about_an_unlikely_one_is_two(pairs: Pairs) -> None:
    pairs.weigh("a", "A", SURE)
    pairs.weigh("b", "B", UNSURE)
    pairs.weigh("c", "C", -3.0)
    assert pairs.groups() == {"Aa", "B", "b", "C", "c"}
    assert pairs.open() == {"bB": "uncertain"}


def test_the_threshold_of_the_subject_decides_what_is_sure(pairs: Pairs) -> None:
    pairs.weigh("a", "A", SURE)
    pairs.weigh("b", "B", UNSURE)
    pairs.weigh("c", "d", UNSURE)
    pairs.subject = replace(PERSON, accept=SURE + 1)
    assert pairs.groups() == {"A", "B", "a", "b", "c", "d"}
    assert pairs.open() == {"aA": "uncertain", "bB": "uncertain", "cd": "uncertain"}
    pairs.subject = replace(PERSON, accept=UNSURE)
    assert pairs.groups() == {"Aa", "Bb", "cd"}
    assert pairs.open() == {}


def test_between_two_resolved_subjects_of_similar_weight_a_person_decides(pairs: Pairs) -> None:
    pairs.weigh("a", "A", 20.0)
    pairs.weigh("a", "B", 18.0)
    assert pairs.groups() == {"A", "B", "a"}
    assert pairs.open() == {"aA": "ambiguous", "aB": "ambiguous"}


def test_a_resolved_subject_far_below_the_best_is_no_open_pair(pairs: Pairs) -> None:
    pairs.weigh("a", "A", 30.0)
    pairs.weigh("a", "B", 15.0)
    pairs.weigh("b", "C", 9.0)
    pairs.weigh("b", "D", 1.0)
    assert pairs.groups() == {"Aa", "B", "C", "D", "b"}
    assert pairs.open() == {"bC": "uncertain"}


def test_an_unsure_pair_is_asked_about_whichever_of_both_has_a_place(pairs: Pairs) -> None:
    pairs.weigh("a", "A", SURE)
    pairs.weigh("a", "b", UNSURE)
    pairs.weigh("c", "d", UNSURE)
    pairs.weigh("d", "D", SURE)
    assert pairs.open() == {"ab": "uncertain", "cd": "uncertain"}


def test_a_cluster_without_a_number_is_asked_about(pairs: Pairs) -> None:
    pairs.weigh("a", "b", SURE)
    pairs.weigh("a", "A", UNSURE)
    assert pairs.groups() == {"ab", "A"}
    assert pairs.open() == {"aA": "uncertain"}


def test_two_accepted_numbers_are_two_by_whatever_chain(pairs: Pairs) -> None:
    pairs.weigh("a", "A", 30.0)
    pairs.weigh("a", "b", 15.0)
    pairs.weigh("b", "B", 20.0)
    assert pairs.groups() == {"Aa", "Bb"}
    assert pairs.open() == {"ab": "ambiguous"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"birth": "19800101"}, {"birth": "19920505"}),
        ({"sex_code": "1", "name": "王小明"}, {"sex_code": "2", "name": "李秀英"}),
        ({"birth": "19800101"}, {"death": "19791231"}),
    ],
)
def test_a_chain_whose_ends_conflict_is_cut_at_its_weakest_pair(
    pairs: Pairs, one: dict[str, str], other: dict[str, str]
) -> None:
    pairs.of("a", **one)
    pairs.of("d", **other)
    pairs.weigh("a", "b", 15.0)
    pairs.weigh("b", "c", 12.0)
    pairs.weigh("c", "d", 15.0)
    assert pairs.groups() == {"ab", "cd"}
    assert pairs.open() == {"bc": "ambiguous"}


def test_a_mistake_in_the_birth_date_is_no_conflict(pairs: Pairs) -> None:
    pairs.of("a", birth="19800312")
    pairs.of("b", birth="19800313")
    pairs.of("c", birth="19801203")
    pairs.weigh("a", "b", SURE)
    pairs.weigh("a", "c", SURE)
    assert pairs.groups() == {"ab", "c"}, "b and c differ in more than one digit"
    assert pairs.open() == {"ac": "ambiguous"}


TWENTY = [chr(ord("a") + number) for number in range(20)]


def test_a_cluster_is_as_large_as_its_records_agree(pairs: Pairs) -> None:
    for left, right in combinations(TWENTY, 2):
        pairs.weigh(left, right, SURE)
    assert pairs.groups() == {"".join(TWENTY)}


def test_a_chain_of_sure_pairs_is_not_one_subject(pairs: Pairs) -> None:
    for left, right in pairwise(TWENTY):
        pairs.weigh(left, right, SURE)
    assert max(map(len, pairs.groups())) <= 4
    assert set(pairs.open().values()) == {"ambiguous"}


def test_one_false_match_between_two_persons_with_several_records_is_asked_about(pairs: Pairs) -> None:
    for left, right in [*combinations("abc", 2), *combinations("def", 2)]:
        pairs.weigh(left, right, 25.0)
    pairs.weigh("c", "d", SURE)
    assert pairs.groups() == {"abc", "def"}
    assert pairs.open() == {"cd": "ambiguous"}


def test_several_pairs_that_agree_a_little_are_enough_without_a_number(pairs: Pairs) -> None:
    pairs.weigh("a", "b", SURE)
    pairs.weigh("a", "c", SUPPORTING)
    pairs.weigh("b", "c", SUPPORTING)
    pairs.weigh("d", "e", SUPPORTING)
    assert pairs.groups() == {"abc", "d", "e"}
    assert pairs.open() == {"de": "uncertain"}
    assert pairs.rules()["c"] == "scored"


def test_a_record_with_a_little_to_say_never_joins_a_number(pairs: Pairs) -> None:
    pairs.weigh("a", "A", SURE)
    pairs.weigh("b", "A", SUPPORTING)
    pairs.weigh("a", "b", SUPPORTING)
    assert pairs.groups() == {"Aa", "b"}


def test_every_record_that_matches_a_resolved_subject_joins_it(pairs: Pairs) -> None:
    for token in TWENTY:
        pairs.weigh(token, "A", SURE)
    assert pairs.groups() == {"A" + "".join(TWENTY)}


def test_the_same_pairs_in_another_order_are_the_same_clusters(pairs: Pairs) -> None:
    pairs.of("a", birth="19800101")
    pairs.of("d", birth="19920505")
    for left, right in ("ab", "bc", "cd"):
        pairs.weigh(left, right, SURE)
    first = pairs.groups()
    pairs.weights = dict(reversed(pairs.weights.items()))
    assert pairs.groups() == first


def test_a_match_but_for_a_conflict_is_asked_about_not_made_a_new_subject_in_silence(pairs: Pairs) -> None:
    for token, birth in {"a": "19800101", "A": "19920505", "b": "19800101", "B": "19920505"}.items():
        pairs.of(token, birth=birth)
    pairs.weigh("a", "A", VERY_SURE)
    pairs.weigh("b", "B", UNSURE)
    assert pairs.groups() == {"A", "a", "B", "b"}
    assert pairs.open() == {"aA": "conflicting"}


def test_a_record_that_has_its_subject_is_not_asked_about_for_a_conflict_with_another(pairs: Pairs) -> None:
    pairs.of("a", birth="19800101")
    pairs.of("B", birth="19920505")
    pairs.weigh("a", "A", SURE)
    pairs.weigh("a", "B", VERY_SURE)
    assert pairs.groups() == {"Aa", "B"}
    assert pairs.open() == {}


@pytest.mark.parametrize(("other", "is_conflict"), [("19801223", False), ("19810101", False), ("19861223", True)])
def test_the_first_of_january_tells_little_more_than_the_year(pairs: Pairs, other: str, is_conflict: bool) -> None:
    pairs.of("a", birth="19800101", vague_birth="yes")
    pairs.of("A", birth=other)
    pairs.weigh("a", "A", SURE)
    assert pairs.groups() == ({"A", "a"} if is_conflict else {"Aa"})


def test_two_resolved_subjects_that_seem_one_stay_two_and_are_asked_about(pairs: Pairs) -> None:
    pairs.weigh("A", "B", UNSURE)
    pairs.weigh("C", "D", -3.0)
    pairs.weigh("E", "F", SURE)
    pairs.decide("E", "F", "different")
    assert pairs.groups() == set("ABCDEF")
    assert pairs.open() == {"AB": "two_numbers"}
