"""A number of two organisations: which rows contest it, and whose they become; a number that is a typing error."""

from itertools import permutations
from typing import Any

import pytest

from suining_data_tests.bench import FIRMS, Bench

LICENSES = "ecological_environment__discharge_permits"  # uscc, name and address
PENALTIES = "market_supervision__penalties"  # uscc and name
RATINGS = "taxation__credit_ratings"  # uscc and name
REGISTRATIONS = "market_supervision__registrations"
USCC, OTHER_USCC = "915109036000373419", "915109037123456807"
MISTYPED = "91510903600037843U"  # one digit wrong, and the check characters that belong to it
NAME, OTHER_NAME = "遂宁市恒远机械有限公司", "遂宁市鑫瑞商贸有限公司"
HOME, ELSEWHERE = "遂宁市船山区南津路街道滨江路1号", "遂宁市射洪市太和镇解放路9号"
FIRM: dict[str, Any] = {"uscc": USCC, "name": NAME, "address": HOME, "representative_name": "王小明"}
OTHER: dict[str, Any] = {
    "uscc": OTHER_USCC, "name": OTHER_NAME, "address": ELSEWHERE, "representative_name": "李建国"
}  # fmt: skip


def contested(bench: Bench) -> set[tuple[int, bool]]:
    """The records whose number is contested, and whether it is mistyped."""
    return set(bench.query("select record_id, is_mistyped from linked.contested_organization"))


def test_a_row_with_the_number_of_another_firm_is_linked_to_its_own(bench: Bench) -> None:
    owner, other = bench.stage(FIRMS, **FIRM), bench.stage(FIRMS, **OTHER)
    row = bench.stage(LICENSES, uscc=USCC, name=OTHER_NAME, address=ELSEWHERE)
    named_only = bench.stage(PENALTIES, uscc=USCC, name=OTHER_NAME)
    bench.stage(RATINGS, uscc=USCC, name=NAME)
    bench.stage(RATINGS, uscc=OTHER_USCC, name=OTHER_NAME)
    bench.link()
    ids = bench.ids("organization")
    assert contested(bench) == {(row, False), (named_only, False)}
    assert ids[row] == ids[named_only] == ids[other] != ids[owner]
    numbers = bench.query(f"select uscc, contested_number from linked.organization_record where record_id = {row}")
    assert numbers == [(None, USCC)]


def test_a_row_with_the_number_of_another_firm_is_an_organisation_of_its_own_if_nobody_else_reports_it(
    bench: Bench,
) -> None:
    owner = bench.stage(FIRMS, **FIRM)
    bench.stage(RATINGS, uscc=USCC, name=NAME)
    row = bench.stage(REGISTRATIONS, **{**OTHER, "uscc": USCC})
    bench.link()
    ids = bench.ids("organization")
    assert ids[row] is not None
    assert ids[row] != ids[owner]


@pytest.mark.parametrize("part", ["射洪分公司", "营销服务部", "遂宁购物广场", "第二门店", "加油站"])
def test_a_branch_with_the_number_of_its_parent_is_not_the_parent(bench: Bench, part: str) -> None:
    parent = bench.stage(FIRMS, **FIRM)
    bench.stage(REGISTRATIONS, **FIRM)
    branch = bench.stage(REGISTRATIONS, **{**FIRM, "name": NAME + part})
    of_branch = bench.stage(RATINGS, uscc=USCC, name=NAME + part)
    bench.link()
    ids = bench.ids("organization")
    assert contested(bench) == {(branch, False), (of_branch, False)}
    assert ids[branch] != ids[parent]


@pytest.mark.parametrize(
    "same", [{"representative_name": "王小明"}, {"address": HOME}, {"established_date": "2008-05-12"}]
)
def test_a_former_name_is_no_contest_if_anything_else_agrees(bench: Bench, same: dict[str, str]) -> None:
    now = bench.stage(FIRMS, **FIRM, established_date="2008-05-12")
    former = bench.stage(REGISTRATIONS, **{**OTHER, "uscc": USCC, **same})
    bench.link()
    assert contested(bench) == set()
    assert bench.ids("organization")[now] == bench.ids("organization")[former]


def test_a_former_name_that_several_sources_report_is_no_contest(bench: Bench) -> None:
    bench.stage(FIRMS, **FIRM)
    bench.stage(RATINGS, uscc=USCC, name=NAME)
    bench.stage("commerce__trading_units", uscc=USCC, name=NAME)
    bench.stage(LICENSES, uscc=USCC, name="遂宁市旧名机械有限公司", address=ELSEWHERE)
    bench.stage(PENALTIES, uscc=USCC, name="遂宁市旧名机械有限公司")
    bench.link()
    assert contested(bench) == set()
    assert len(set(bench.ids("organization").values())) == 1


@pytest.mark.parametrize(
    "spelling",
    [
        "恒远机械",
        "恒远机械有限责任公司",
        "遂宁恒运机械有限公司",
        "恒远（遂宁）机械有限公司",
        "船山区恒远机械有限公司",
        "遂宁市恒远机",
    ],
)
def test_another_spelling_is_no_contest(bench: Bench, spelling: str) -> None:
    bench.stage(FIRMS, **FIRM)
    bench.stage(LICENSES, uscc=USCC, name=spelling, address=ELSEWHERE)
    bench.link()
    assert contested(bench) == set()


def test_a_name_without_anything_else_that_nobody_else_has_is_no_contest(bench: Bench) -> None:
    bench.stage(FIRMS, **FIRM)
    bench.stage(PENALTIES, uscc=USCC, name="遂宁市旧名机械有限公司")
    bench.link()
    assert contested(bench) == set()


def test_the_owner_does_not_depend_on_the_order_of_the_rows(empty_warehouse: Any) -> None:
    """Both names come from one source each, with the same authority."""
    rows = (FIRM, {**OTHER, "uscc": USCC}, {**OTHER, "uscc": OTHER_USCC, "name": "遂宁市大恒餐饮有限公司"})
    owners = set()
    for ordered in permutations(rows):
        bench = Bench(empty_warehouse)
        for row in ordered:
            bench.stage(FIRMS, **row)
        bench.link()
        owners.add(tuple(bench.query(f"select name from linked.organization_record where uscc = '{USCC}'")))
        bench.con.close()
    assert owners == {((NAME,),)}


def test_whoever_had_the_number_keeps_it_when_others_report_it_more_often(bench: Bench) -> None:
    owner = bench.stage(REGISTRATIONS, **FIRM)
    bench.stage(RATINGS, uscc=USCC, name=NAME)
    other = bench.stage(FIRMS, **{**OTHER, "uscc": USCC})
    bench.link()
    before = bench.ids("organization")
    assert before[other] != before[owner]
    for resource in (LICENSES, PENALTIES, "commerce__trading_units"):
        bench.stage(resource, uscc=USCC, name=OTHER_NAME)
    bench.link()
    after = bench.ids("organization")
    assert (after[owner], after[other]) == (before[owner], before[other])


def test_a_mistyped_number_that_passes_the_check_is_the_number_of_several_sources(bench: Bench) -> None:
    owner = bench.stage(FIRMS, **FIRM)
    bench.stage(RATINGS, uscc=USCC, name=NAME)
    row = bench.stage(LICENSES, uscc=MISTYPED, name=NAME, address=HOME)
    bench.link()
    assert contested(bench) == {(row, True)}
    assert bench.ids("organization")[row] == bench.ids("organization")[owner]


@pytest.mark.parametrize("differing", [{"address": ELSEWHERE}, {"name": "遂宁市恒远建材有限公司"}])
def test_a_near_number_with_another_name_or_address_is_of_another_firm(bench: Bench, differing: dict[str, str]) -> None:
    owner = bench.stage(FIRMS, **FIRM)
    bench.stage(RATINGS, uscc=USCC, name=NAME)
    row = bench.stage(LICENSES, **{"uscc": MISTYPED, "name": NAME, "address": HOME, **differing})
    bench.link()
    assert contested(bench) == set()
    assert bench.ids("organization")[row] != bench.ids("organization")[owner]


def test_signs_in_a_name_are_no_pattern(bench: Bench) -> None:
    bench.stage(FIRMS, **FIRM)
    bench.stage(LICENSES, uscc=USCC, name="C++*[工作]室", address=HOME)
    bench.link()
    assert contested(bench) == set()


def test_a_row_without_a_name_contests_the_number_of_a_firm_with_another_registration_number(bench: Bench) -> None:
    owner = bench.stage(FIRMS, **FIRM, registration_number="510903100016338", established_date="2008-05-12")
    row = bench.stage(
        REGISTRATIONS, uscc=USCC, address=ELSEWHERE, representative_name="李建国", established_date="2015-01-07"
    )
    same = bench.stage(LICENSES, uscc=USCC, address=ELSEWHERE)
    bench.link()
    ids = bench.ids("organization")
    assert contested(bench) == {(row, False)}
    assert ids[same] == ids[owner] != ids[row]
