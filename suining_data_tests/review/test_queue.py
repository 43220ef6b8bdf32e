"""Whoever decides sees both parties, where they come from and what speaks for and against; the most useful pair first."""

import io
import re

import pytest
from rich.console import Console

from suining_data.review import Decision, OpenPair, append, count_open, decidable_pairs, open_pairs, print_pair
from suining_data.review.pair_view import parties_of
from suining_data_tests.bench import RESIDENTS
from suining_data_tests.linkage.test_deterministic_linkage import NUMBER
from suining_data_tests.review.conftest import Waiting


def shown(waiting: Waiting) -> list[OpenPair]:
    return open_pairs(waiting.con, waiting.catalog)


def decide(waiting: Waiting, pair: str, verdict: str) -> None:
    append(waiting.con, [Decision(pair, verdict, "张某", "电话核实")], decidable_pairs(waiting.con, [pair]))


def test_a_record_is_shown_with_file_line_and_all_reported_values(waiting: Waiting) -> None:
    row = waiting.unsure(household_number="H1")
    waiting.link()
    [pair] = shown(waiting)
    assert (pair.subject, pair.state) == ("person", "uncertain")
    assert pair.left.source == "四川省公安厅《常住户籍人口基本信息（遂宁）》"
    assert (pair.left.file, pair.left.line) == ("czhjrk_20190831.csv", row)
    assert pair.left.reported == {
        "name": ["王小明"],
        "sex": ["女"],
        "birth": ["1949-12-31"],
        "shared_identifier": ["户号 H1"],
    }


def test_a_resolved_person_is_shown_with_golden_values_then_reported_values(waiting: Waiting) -> None:
    waiting.unsure()
    waiting.link()
    waiting.golden()
    [pair] = shown(waiting)
    assert pair.right.is_resolved
    assert pair.right.source.startswith("已知人员 P")
    assert pair.right.reported == {
        "number": [NUMBER],
        "name": ["王小明"],
        "sex": ["男"],
        "birth": ["1949-12-31"],
        "phone": ["13900000000"],
        "address": ["船山区金色路9号", "船山区1号"],
    }


def test_what_both_sides_tell_stands_before_the_rest(waiting: Waiting) -> None:
    for number in range(6):
        waiting.stage(RESIDENTS, resident_id=NUMBER, household_number=f"H{number}")
    waiting.unsure(household_number="H5")
    waiting.link()
    [(token,)] = waiting.con.sql("select token from linked.person_unresolved").fetchall()
    parties = parties_of(waiting.con, waiting.catalog, "person", [(token, NUMBER)])
    shared_identifiers = parties[token, NUMBER][1].reported["shared_identifier"]
    assert shared_identifiers[0] == "户号 H5"
    assert shared_identifiers[-1] == "……共 6 个"


def test_the_evidence_is_shown_in_words_with_its_weight(waiting: Waiting) -> None:
    waiting.unsure()
    waiting.link()
    out = io.StringIO()
    print_pair(Console(file=out, width=120), shown(waiting)[0])
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= 120
    [sex] = [line for line in lines if "性别" in line]
    assert "不同 differs" in sex
    assert re.search(r"-\d+\.\d", sex)
    assert "czhjrk_20190831.csv 第 2 行" in out.getvalue()


def test_decided_pairs_wait_no_longer_and_those_nobody_could_decide_say_who_looked(waiting: Waiting) -> None:
    for line in range(3):
        waiting.unsure(household_number=f"H{line}")
    waiting.link()
    first, second, third = waiting.pair_ids()
    for pair, verdict in ((first, "same"), (second, "different"), (third, "unsure")):
        decide(waiting, pair, verdict)
    [left] = shown(waiting)
    assert left.pair_id == third
    assert left.unsure_by[0].startswith("张某 20")
    assert left.unsure_by[0].endswith("：电话核实")
    assert count_open(waiting.con) == 1
    decide(waiting, first, "unsure")
    assert count_open(waiting.con) == 2, "the last decision counts"


def test_a_vetoed_decision_stays_open_until_another_decision_replaces_it(waiting: Waiting) -> None:
    waiting.unsure()
    waiting.link()
    waiting.con.execute("update linked.review set state = 'vetoed'")
    [pair] = waiting.pair_ids()
    decide(waiting, pair, "same")
    assert [each.state for each in shown(waiting)] == ["vetoed"]
    decide(waiting, pair, "different")
    assert shown(waiting) == []


@pytest.mark.parametrize("subject", ["person", "organization", None])
def test_the_most_useful_pair_comes_first(waiting: Waiting, subject: str | None) -> None:
    waiting.con.execute("""
        insert into linked.review by name
        select pair_id, subject, state, weight, 0.5 as probability, token as token_l, 'K' || pair_id as token_r, [] as evidence
        from (values ('far', 'person', 'uncertain', 1.0, 'a'), ('near', 'person', 'uncertain', 9.5, 'b'),
            ('vetoed', 'person', 'vetoed', 10.0, 'c'), ('either', 'person', 'ambiguous', 30.0, 'd'),
            ('or', 'person', 'ambiguous', 28.0, 'd'), ('firm', 'organization', 'uncertain', 8.5, 'e'))
            as t(pair_id, subject, state, weight, token)
    """)
    people = ["either", "or", "near", "far", "vetoed"]
    expected = {"person": people, "organization": ["firm"], None: [*people[:3], "firm", *people[3:]]}[subject]
    assert [pair.pair_id for pair in open_pairs(waiting.con, waiting.catalog, subject)] == expected
    assert [pair.pair_id for pair in open_pairs(waiting.con, waiting.catalog, subject, 1)] == expected[:1]
    assert count_open(waiting.con, subject) == len(expected)
