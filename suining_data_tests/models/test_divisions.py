"""Divisions through time: every code that any list has leads to a division of today, or is listed with the reason."""

import csv
import json
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from suining_data.publication.division_macros import MACROS
from suining_data.settings import REFERENCE
from suining_data.synthetic.views.divisions import _divisions
from suining_data_tests.bench import Bench
from suining_data_tests.models.conftest import DIVISION_TABLES

FOLDER = REFERENCE / "divisions"
STAGED = "staged.natural_resources__divisions"


@pytest.fixture(scope="module")
def city(empty_warehouse: Path) -> Bench:
    """What the made-up city delivers, which has the real divisions, and the macros."""
    bench = Bench(empty_warehouse)
    text = ", ".join(
        f"nullif({name}, '') as {name}"
        for name in "division_code name level_code parent_division_code code_system_code predecessor_division_code "
        "date_precision_code".split()
    )
    days = ", ".join(f"strptime(nullif({name}, ''), '%Y%m%d')::date as {name}" for name in ("valid_from", "valid_to"))
    bench.con.execute(
        f"insert into {STAGED} by name select seq as record_id, 'b' as batch_id, seq as line_number, {text}, {days} "
        f"from ({_divisions()})"
    )
    return built(bench)


def built(bench: Bench) -> Bench:
    bench.build(*DIVISION_TABLES)
    for name, sql in MACROS.items():
        bench.con.execute(f"create or replace macro {name} as table {sql}")
    return bench


def now(bench: Bench, asked: str, system: str | None = None) -> list[tuple[str, ...]]:
    marks = "?, code_system := ?" if system else "?"
    sql = f"select division_code, name, relation, is_ambiguous from division_now({marks})"
    return bench.con.execute(sql, [asked, *([system] if system else [])]).fetchall()


def at(bench: Bench, asked: str, day: str) -> list[tuple[str, ...]]:
    sql = "select division_code, name, relation, is_certain from division_at(?, ?::date)"
    return bench.con.execute(sql, [asked, day]).fetchall()


def codes_of_the_lists() -> set[str]:
    """Every six-, nine- and twelve-digit code of the city's rows in every list."""
    found: set[str] = set()
    for path in FOLDER.glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                if path.stem.startswith("china") and not row["current_id"].startswith("5109"):
                    continue
                found |= {value for value in row.values() if re.fullmatch("[0-9]{6}|[0-9]{9}|[0-9]{12}", value or "")}
    events = json.loads((FOLDER / "suining_history_events_quhua.json").read_text(encoding="utf-8"))
    codes = (event[side][key] for event in events for side in ("old", "new") for key in ("code", "parent_code"))
    return found | {code for code in codes if code}


def test_every_code_of_every_list_leads_to_a_division_of_today_or_is_listed_with_the_reason(city: Bench) -> None:
    codes = codes_of_the_lists()
    assert len(codes) > 1_700
    city.con.execute("create or replace temp table listed as select unnest(?) as code", [sorted(codes)])
    found = city.query("""
        select listed.code, answer.relation, answer.reason_code, answer.is_ambiguous, answer.name
        from listed, lateral (from division_now(listed.code)) as answer
    """)
    assert {code for code, *_ in found} == codes
    within = {code.ljust(12, "0") for code, relation, *_ in found if relation == "within"}
    listed = city.query("""
        select code.division_code, unresolved.level_code, unresolved.reason_code
        from spatial.unresolved_division as unresolved join spatial.division_code as code using (version_id)
    """)
    assert within == {code for code, *_ in listed}
    # 32 towns of 2018 whose name no later list has, and one with two codes that is listed as abolished
    assert Counter((level, reason) for _, level, reason in listed) == {
        ("town", "not_in_later_list"): 32,
        ("town", "abolished"): 2,
    }


def test_a_code_of_several_divisions_says_so_and_no_other_does(city: Bench) -> None:
    several = city.query("""
        select code.division_code, count(distinct answer.division_code)
        from (select distinct division_code from spatial.division_code) as code,
            lateral (from division_now(code.division_code)) as answer
        where answer.is_ambiguous group by all
    """)
    of_two_systems = {
        code
        for (code,) in city.query(
            "select division_code from spatial.division_code group by all having count(distinct version_id) > 1"
        )
    }
    split = {"512231000000", "512832000000", "510902000000"}
    assert split <= {code for code, _ in several}
    assert {code for code, _ in several} - split == of_two_systems
    assert all(number > 1 for _, number in several)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("射洪县", [("510981000000", "射洪市")]),
        ("512230", [("510981000000", "射洪市")]),  # 512230, 512836, 510922, 510981
        ("市中区", [("510903000000", "船山区"), ("510904000000", "安居区")]),
        ("510922101", [("510981101000", "大榆镇")]),
        ("北固乡", [("510903109000", "北固镇")]),
        ("南强街道办事处", [("510903014000", "南强街道")]),
        ("510903001001", [("510903001001", "电江路社区居委会")]),
        ("510922101999", [("510981101000", "大榆镇")]),  # of no list: its town
        ("复桥镇", [("510903000000", "船山区")]),
        ("万马村", [("510923105000", "卓筒井镇")]),  # merged, and no list says into which village
        ("没有这个名字", []),
    ],
)
def test_what_a_division_is_today(city: Bench, asked: str, expected: list[tuple[str, str]]) -> None:
    found = now(city, asked)
    assert [row[:2] for row in found] == expected
    assert {row[3] for row in found} <= {len(expected) > 1}


def test_a_code_is_two_towns_in_two_code_systems(city: Bench) -> None:
    assert [row[1] for row in now(city, "510903001")] == ["南津路街道", "凯旋路街道"]
    assert [row[1] for row in now(city, "510903001", "NBS")] == ["南津路街道"]
    assert [row[1] for row in now(city, "510903001", "MCA")] == ["凯旋路街道"]
    assert [row[1] for row in now(city, "510981", "MCA")] == ["射洪市"]  # counties have one code in both
    assert city.query("""
        select code.code_system_code, code.division_code
        from spatial.division_code as code join spatial.division_version using (version_id)
        where short_name = '龙凤镇' order by 1
    """) == [("MCA", "510903110000"), ("NBS", "510903100000")]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "day", "expected"),
    [
        ("射洪市", "2010-01-01", [("510922000000", "射洪县", "predecessor", True)]),
        ("射洪市", "1981-12-31", [("512230000000", "射洪县", "predecessor", True)]),
        ("510922", "2024-01-01", [("510981000000", "射洪市", "successor", True)]),
        ("安居区", "1990-01-01", [("510902000000", "市中区", "predecessor", True)]),
        ("510904", "1984-06-01", [("512832000000", "遂宁县", "predecessor", True)]),
        ("复桥镇", "2018-10-31", [("510903102000", "复桥镇", "same", True)]),
        ("复桥镇", "2023-01-01", [("510903000000", "船山区", "within", True)]),
        ("大英县", "1990-01-01", [(None, None, "none", False)]),  # no list says what it was before 1997
        # the year of the change is known, the day is not
        (
            "射洪县",
            "2019-06-01",
            [("510922000000", "射洪县", "same", False), ("510981000000", "射洪市", "successor", False)],
        ),
    ],
)
def test_what_a_division_was_on_a_day(city: Bench, asked: str, day: str, expected: list[tuple[str, ...]]) -> None:
    assert at(city, asked, day) == expected


def test_a_change_has_its_kind_and_a_date_as_exact_as_the_lists(city: Bench) -> None:
    changes = {
        (former, later): rest
        for former, later, *rest in city.query("""
            select predecessor_division_code, successor_division_code, change_type, changed_from, changed_to, changed_precision, share
            from spatial.division_change
        """)
    }
    whole_year = [date(2019, 1, 1), date(2019, 12, 31), "year"]
    assert changes["510922000000", "510981000000"] == ["renamed", *whole_year, None]
    assert changes["510922101000", "510981101000"] == ["renumbered", *whole_year, 1.0]
    assert changes["512835000000", "510921000000"][0] == "transferred"
    assert city.query(
        "select distinct source from spatial.division_change where predecessor_division_code is null"
    ) == [
        (
            "suining_villages_pre_merger_jionlp → natural_resources__divisions、suining_divisions_2023_county_town_village",
        )
    ]
    assert changes["510902000000", "510904000000"][0] == "split"
    assert changes["510903201000", "510903107000"] == ["renamed", date(2018, 11, 1), date(2022, 10, 30), "list", None]


def test_former_villages_are_those_of_today_or_lie_in_their_town(city: Bench) -> None:
    with (FOLDER / "suining_villages_pre_merger_jionlp.csv").open(encoding="utf-8", newline="") as file:
        former = [(row["county"], row["town"], row["village"]) for row in csv.DictReader(file)]
    known = dict(
        city.query("""
            select (county.name, town.name, village.short_name)::varchar, coalesce(unresolved.reason_code, 'known')
            from spatial.division_version as village
            join spatial.division_version as town on village.parent_version_id = town.version_id
            join spatial.division_version as county on town.parent_version_id = county.version_id
            left join spatial.unresolved_division as unresolved on village.version_id = unresolved.version_id
            where village.level_code = 'village'
        """)
    )
    reasons = Counter(known[f"({county}, {town}, {village})"] for county, town, village in former)
    assert sum(reasons.values()) == len(former) == 2_221
    assert reasons == {"known": 1_108, "not_in_later_list": 1_113}
    assert city.query("select count(*) from spatial.unresolved_division where within_version_id is null") == [(0,)]


def test_no_town_that_lives_on_ends_and_no_date_is_more_exact_than_its_list(city: Bench) -> None:
    """The towns of 2018 once all ended on one day, with it those whose code and name both later lists have."""
    with (FOLDER / "suining_towns_2018_and_2022.csv").open(encoding="utf-8", newline="") as file:
        towns = [
            (row["vintage"], row["code9"] + "000", row["name"].removesuffix("办事处")) for row in csv.DictReader(file)
        ]
    later = {(code, name) for day, code, name in towns if day > "2019"}
    living = {code for day, code, name in towns if day < "2019" and (code, name) in later}
    assert len(living) == 64
    ended = city.query("select division_code, date_precision_code from spatial.division where level_code = 'town' "
                       "and code_system_code = 'NBS' and not is_current")  # fmt: skip
    assert len(ended) == 124 - 64
    assert living.isdisjoint(code for code, _ in ended)
    assert {precision for _, precision in ended} == {"list"}
    counties = city.query("select distinct date_precision_code from spatial.division where level_code = 'county'")
    assert counties == [("year",)]


def test_the_current_code_is_one_of_today_through_any_number_of_changes(city: Bench) -> None:
    dead = city.query("""
        select division_code from spatial.division
        where today_division_code not in (select division_code from spatial.division where is_current and division_code is not null)
    """)
    assert dead == []
    assert city.query("select today_division_code from spatial.division where division_code = '512230000000'") == [
        ("510981000000",)
    ]


def test_a_successor_that_the_delivery_does_not_name_is_found(city: Bench) -> None:
    assert city.query("""
        select predecessor_division_code, successor_division_code from spatial.division
        where division_code in ('510903109000', '510903204000') order by division_code
    """) == [("510903204000", None), (None, "510903109000")]  # fmt: skip
    assert city.query(f"select count(*) from {STAGED} where predecessor_division_code = '510903204000'") == [(0,)]


def test_what_is_listed_as_abolished_is_not_current(city: Bench) -> None:
    assert city.query("select is_current from spatial.division where name like '%（撤销）'") == [(False,)]


def test_a_delivered_change_is_exact_to_the_day_and_counts_more_than_a_name(empty_warehouse: Path) -> None:
    bench = Bench(empty_warehouse)
    town = {"level_code": "town", "code_system_code": "NBS", "parent_division_code": "510903000000"}
    county = {"level_code": "county", "code_system_code": "NBS", "parent_division_code": "510900000000"}
    bench.insert(STAGED, **town, division_code="510903204000", name="北固乡", valid_to="2019-12-19")
    bench.insert(STAGED, **town, division_code="510903101000", name="仁里镇", predecessor_division_code="510903204000")
    split_off = {"division_code": "510923000000", "name": "大英县", "predecessor_division_code": "510921000000"}
    bench.insert(STAGED, **county, **split_off, valid_from="1997-10-20")
    built(bench)
    assert bench.query("""
        select successor_name, change_type, changed_from, changed_to, changed_precision from spatial.division_change
        where basis_code = 'delivered' order by all
    """) == [
        ("仁里镇", "merged", date(2019, 12, 20), date(2019, 12, 20), "day"),
        ("大英县", "split", date(1997, 10, 20), date(1997, 10, 20), "day"),
    ]  # fmt: skip
    assert now(bench, "北固乡") == [("510903101000", "仁里镇", "successor", False)]
    assert at(bench, "北固乡", "2019-12-19") == [("510903204000", "北固乡", "same", True)]
    # the county that it was split off lives on
    assert now(bench, "蓬溪县") == [("510921000000", "蓬溪县", "same", False)]
    assert at(bench, "大英县", "1990-01-01") == [("510921000000", "蓬溪县", "predecessor", True)]
    assert at(bench, "大英县", "2010-01-01") == [("510923000000", "大英县", "same", True)]
    bench.con.close()


def test_the_tables_keep_their_contracts(city: Bench) -> None:
    assert city.failures(*DIVISION_TABLES) == {}
