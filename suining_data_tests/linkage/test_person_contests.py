"""A row contests its number if it is somebody else's, whatever the order of the rows; a differently written name does not."""

from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from suining_data_tests.bench import INSURANCE, RESIDENTS, Bench
from suining_data_tests.linkage.evidence import MAN, Evidence, Row

OWNER: Row = {"name": "吴长春", "name_authority": 1, "sex_code": "1", "birth_date": "1980-01-01"}
FULL = {"sex_code": "1", "birth_date": "1980-01-01"}


@pytest.fixture(scope="module")
def evidence(empty_warehouse: Path) -> Iterator[Evidence]:
    """One for all tests: it begins every time without a row."""
    bench = Bench(empty_warehouse)
    yield Evidence(bench.con)
    bench.con.close()


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        ("陈静", "陳靜"),  # traditional
        ("叶晓红", "葉小红"),  # traditional, and a homophone
        ("王小明", "汪小明"),  # the surname by sound
        ("李干", "李千"),  # by shape
        ("吴长春", "吴春长"),
        ("吴长春", "长春吴"),
        ("周丽群", "周丽"),
        ("周丽", "周丽群"),
        ("郑有才", "郑有才（户主）"),
        ("郑有才", "郑有才(户主"),
        ("阿依古丽·买买提", "阿依古丽"),
        ("阿依古丽·买买提", "阿依古丽买买提"),
        ("周丽", "小丽"),
        ("周丽", "丽丽"),
        ("王建国", "李建国"),  # a surname misread, the whole given name the same
        ("王小明", "王小强"),
        ("SMITH JOHN", "John Smith"),
    ],
)
def test_a_name_written_otherwise_contests_nothing(evidence: Evidence, owner: str, name: str) -> None:
    assert evidence.contested([{**OWNER, "name": owner}, {"name": name}]) == {}


@pytest.mark.parametrize(
    "stranger",
    [
        {"name": "李建国"},
        {"name": "吴德"},
        {"name": "吴思远"},  # a child under the father's number: nothing in common but the surname
        {"name": "吴昌霞"},  # a syllable in common is chance
        {"name": "吴思远", "sex_code": "1"},
        {"name": "吴长安", "birth_date": "2006-05-07"},  # alike, but born at another time
        {"name": "吴长红", "sex_code": "2"},
        {"name": "李建国", "sex_code": "1", "birth_date": "2006-05-07"},
        {"name": None, "label": "nobody", "birth_date": "2006-05-07"},
    ],
)
def test_another_name_contests_the_number(evidence: Evidence, stranger: Row) -> None:
    [label] = evidence.contested([OWNER, stranger])
    assert label == stranger.get("label", stranger["name"])


@pytest.mark.parametrize("birth", ["1979-11-25", "1981-01-01", "1980-01-10", "1980-01-02", "1970-01-01"])
def test_a_birth_that_is_near_or_says_nothing_does_not_contradict(evidence: Evidence, birth: str) -> None:
    assert evidence.contested([OWNER, {"name": "吴长安", "birth_date": birth}]) == {}


@pytest.mark.parametrize("reported", ["by the owner", "by the row", "by another row"])
def test_a_former_name_contests_nothing(evidence: Evidence, reported: str) -> None:
    owner, row = dict(OWNER), {"name": "李建国"}
    rows = [owner, row]
    if reported == "by the owner":
        owner["former_name"] = "李建国"
    elif reported == "by the row":
        row["former_name"] = OWNER["name"]
    else:
        rows.append({"name": OWNER["name"], "former_name": "李建国"})
    assert evidence.contested(rows) == {}


def test_who_reports_sex_and_birth_of_the_number_was_renamed(evidence: Evidence) -> None:
    assert evidence.contested([OWNER, {"name": "吴思远", **FULL}]) == {}


def contested_in_any_order(evidence: Evidence, rows: list[Row]) -> dict[str, str | None]:
    """What is contested, the same in any order of the rows."""
    results = [evidence.contested(each) for each in permutations(rows)]
    assert all(result == results[0] for result in results)
    return results[0]


@pytest.mark.parametrize(
    "owners",
    [
        [{"name": "王小明", "birth_date": "1980-01-01"}],  # agrees with the birth in the number
        [{"name": "王小明", "sex_code": "1"}],
        [{"name": "王小明"}, {"name": "王小明"}],  # two sources
        [{"name": "王小明", "name_authority": 7}],
    ],
)
def test_of_equal_rows_the_one_that_the_number_and_others_support_owns_it(
    evidence: Evidence, owners: list[Row]
) -> None:
    assert contested_in_any_order(evidence, [*owners, {"name": "李建国"}]) == {"李建国": None}


def test_a_row_that_contradicts_the_number_owns_it_on_no_authority(evidence: Evidence) -> None:
    wrong = {"name": "李建国", "name_authority": 1, "sex_code": "2", "birth_date": "1952-12-09"}
    assert contested_in_any_order(evidence, [wrong, {"name": "王小明"}]) == {"李建国": None}


def test_with_nothing_to_tell_them_apart_the_content_decides_and_the_owner_before_stays(bench: Bench) -> None:
    evidence = Evidence(bench.con)
    rows = [{"name": name} for name in ("王小明", "李建国")]
    [loser] = contested_in_any_order(evidence, rows)
    [winner] = {"王小明", "李建国"} - {loser}
    # the registry knows the winner's row as one that contested the number before
    bench.con.execute(f"""
        insert into registry.person_identity (identity_key, person_id)
        select 'record:v2:' || md5(concat_ws(chr(31), resource_id, role, '', resident_id, name, '', '', '', '', '')), 'P1'
        from linked.person_evidence where name = '{winner}'
    """)
    source = bench.query("select name, resource_id from linked.person_evidence order by record_id")
    again = [{"name": name, "resource_id": resource} for name, resource in source]
    assert contested_in_any_order(evidence, again) == {winner: None}


NEAR = "510902198001020011"  # the day of birth is one digit off


def near(**values: Any) -> list[Row]:
    """Two sources with MAN, one with NEAR; all of one name, which four others have, too."""
    namesakes = [f"51090219{year}0505001X" for year in range(60, 64)]
    return [
        {"name": "王伟", "phone": "13800000001", "resource_id": "a", "label": "one"},
        {"name": "王伟", "addresses": ["滨江路1号"], "resource_id": "b", "label": "other"},
        {"name": "王伟", "resident_id": NEAR, "resource_id": "c", "label": "mistaken", **values},
        *({"name": "王伟", "resident_id": number, "label": number} for number in namesakes),
    ]


@pytest.mark.parametrize(
    "agrees",
    [{"phone": "13800000001"}, {"addresses": ["滨江路1号"]}, {"phone": "13800000001", "birth_date": "1980-01-02"}],
)
def test_a_valid_number_one_mistake_away_is_a_mistake_if_all_else_agrees(evidence: Evidence, agrees: Row) -> None:
    assert contested_in_any_order(evidence, near(**agrees)[:4]) == {"mistaken": MAN}
    assert evidence.contested(near(**agrees)) == {"mistaken": MAN}


@pytest.mark.parametrize(
    "differs",
    [
        {},  # a name that others have, too, and nothing else
        {"phone": "13800000001", "name": "王芳"},
        {"phone": "13800000001", "sex_code": "2"},
        {"phone": "13800000001", "birth_date": "2006-05-07"},
        {"phone": "13800000001", "resident_id": "510902198003090011"},  # two mistakes away
    ],
)
def test_otherwise_it_is_another_person(evidence: Evidence, differs: Row) -> None:
    rows = near(**differs)
    rows[0]["sex_code"] = "1"
    assert evidence.contested(rows) == {}


def test_a_rare_name_is_enough_for_a_mistaken_number(evidence: Evidence) -> None:
    assert evidence.contested(near()[:3]) == {"mistaken": MAN}


def test_of_two_numbers_with_one_source_each_none_is_the_mistake(evidence: Evidence) -> None:
    assert evidence.contested(near(phone="13800000001")[::2]) == {}


def test_a_mistaken_number_leads_to_its_person(bench: Bench) -> None:
    for n in range(200):
        bench.stage(
            RESIDENTS, resident_id=f"5109031970{n % 12 + 1:02}{n % 27 + 1:02}{n:03}1", name=f"李{chr(0x4E00 + n)}"
        )
    home = {"name": "王小明", "registered_address": "船山区滨江路1号"}
    owner = bench.stage(RESIDENTS, resident_id=MAN, **home)
    bench.stage(INSURANCE, resident_id=MAN, name="王小明", phone="13800000001")
    row = bench.stage("sichuan_human_resources__insurance", resident_id=NEAR, name="王小明", phone="13800000001")
    bench.link()
    assert bench.ids("person")[row] == bench.ids("person")[owner]
    assert bench.query(
        f"select resident_id, contested_number, link_rule from linked.person_record where record_id = {row}"
    ) == [(None, NEAR, "scored")]
