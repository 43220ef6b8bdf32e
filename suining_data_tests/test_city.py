"""What is the city's alone is in city.yaml, and another city.yaml makes another city's SQL.

Here: the file, its reader, who may name the city. Not here: names of organisations (elements/test_organization_names.py).
"""

import csv
import re
import subprocess
import sys
from pathlib import Path

import pytest

from suining_data.catalog import load_catalog
from suining_data.city import CITY, City, CityError, load_city
from suining_data.models import ModelError, Renderer
from suining_data.settings import PROJECT, REFERENCE, SQL

OURS = load_city()
# a city that is nowhere
ELSEWHERE = """
name: 澜安市
short_name: 澜安
english_name: Lanan
code: "990100"
phone_area_code: "0999"
plate_prefix: 澜Z
province: {name: 云岭省, short_name: 云岭, code: "990000"}
counties: [{code: "990102", name: 上澜区}, {code: "990121", name: 旧岭县, now: 新岭市}]
degrees: {west: 80.5, south: 40.25, east: 81.5, north: 41.75}
metres: {west: 500000, south: 4400000, east: 600000, north: 4600000}
planes: [{crs: "EPSG:4536"}]
centre: {longitude: 81.0, latitude: 41.0, x: 550000.0, y: 4500000.0}
tables:
  counties_by_year: lanan_counties
  former_villages: lanan_villages
  towns: [{table: lanan_towns, column: code, name: name, system: NBS, listed_on: "2020-10-31"}]
themes: {credit: 社会信用}
issuers: {}
"""


# in a process of its own, for elements are made when they are imported
ELEMENTS_OF = """
import sys
from pathlib import Path
import suining_data.city as city
other = city.load_city(Path(sys.argv[1]))
city.load_city = lambda: other
from suining_data.elements import ELEMENTS
for element in ELEMENTS.values():
    print(element.english, element.example, *(rule.holds + rule.reason for rule in element.rules), sep="|")
"""


@pytest.fixture
def elsewhere_yaml(tmp_path: Path) -> Path:
    """The made-up city, which has the issuers of ours under names of its own."""
    file = tmp_path / "city.yaml"
    issuers = "".join(f"\n  {resource}: 澜安市{number}局" for number, resource in enumerate(OURS.issuers))
    file.write_text(ELSEWHERE.replace("issuers: {}", f"issuers:{issuers}"), encoding="utf-8")
    return file


@pytest.fixture
def elsewhere(elsewhere_yaml: Path) -> City:
    return load_city(elsewhere_yaml)


def _names(city: City) -> list[str]:
    counties = [county.name for county in city.counties]
    shorter = [name[:-1] for name in counties if len(name) > 2 and name[:-1] != "市中"]  # which other words contain
    return [city.short_name, city.english_name, city.province.short_name, *counties, *shorter, city.code[:4]]


def _product_code() -> list[Path]:
    package = PROJECT / "suining_data"
    python = [path for path in package.rglob("*.py") if "synthetic" not in path.relative_to(package).parts]
    return [*python, *SQL.rglob("*.sql"), *SQL.rglob("*.yml")]


def test_nothing_but_city_yaml_names_the_city():
    named = re.compile("|".join(_names(OURS)))
    title = PROJECT / "suining_data" / "__init__.py"
    found = [
        f"{path.relative_to(PROJECT)}:{number}: {line.strip()}"
        for path in _product_code()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if path != title and named.search(line)
    ]
    assert found == []


def test_another_city_makes_sql_with_its_own_names(elsewhere: City):
    rendered = {
        f"{path.parent.name}.{path.stem}": Renderer(SQL, city=elsewhere).render(path)[0]
        for path in SQL.glob("*/*.sql")
        if path.parent.name != "macros" and "declared(" not in path.read_text(encoding="utf-8")  # of the catalogue
    }
    ours = re.compile("|".join((*_names(OURS), *(plane.crs for plane in OURS.planes))))
    assert [table for table, sql in rendered.items() if ours.search(re.sub("staged[.]sichuan_", "", sql))] == []
    assert "澜安市" in rendered["legal_entity.license"]
    assert "then '澜安市'" in rendered["macro.observation"]
    assert "reference.lanan_villages" in rendered["spatial.address"]
    assert "longitude between 80.5 and 81.5" in rendered["spatial.address"]
    assert "'EPSG:4536'" in rendered["spatial.road"]
    assert "'旧岭县', '新岭市'" in rendered["legal_entity.short_name"]


def test_another_city_makes_elements_with_its_own_names(elsewhere_yaml: Path):
    command = [sys.executable, "-c", ELEMENTS_OF, str(elsewhere_yaml)]
    written = subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout
    assert not re.search("|".join((*_names(OURS), *(plane.crs for plane in OURS.planes))), written)
    assert "{v} between 500000 and 600000横坐标不在本市范围（500至600千米），" in written
    assert "澜Z00000" in written


def test_a_model_is_told_which_issuer_is_missing():
    renderer = Renderer(SQL, city=OURS.model_copy(update={"issuers": {}}))
    with pytest.raises(ModelError, match=r"health__births.*issuers"):
        renderer.render_text("{{ issuer('health__births') }}", Path("x.sql"))


def test_a_model_has_no_other_variable():
    with pytest.raises(ModelError, match="the only variable is `city`"):
        Renderer(SQL).render_text("{{ var('province') }}", Path("x.sql"))


def test_issuers_are_of_resources_that_come_in():
    assert OURS.issuers.keys() <= {resource.id for resource in load_catalog().shared}


def test_its_tables_are_there_with_their_columns():
    columns = {}
    for file in REFERENCE.rglob("*.csv"):
        with file.open(encoding="utf-8-sig", newline="") as rows:
            columns[file.stem] = next(csv.reader(rows))
    assert {OURS.tables.counties_by_year, OURS.tables.former_villages} <= columns.keys()
    assert all({codes.column, codes.name} <= set(columns[codes.table]) for codes in OURS.tables.towns)


def test_its_counties_are_those_it_has_had():
    with (REFERENCE / "divisions" / f"{OURS.tables.counties_by_year}.csv").open(encoding="utf-8", newline="") as rows:
        listed = {
            (row["county_adcode"], row["county_name"])
            for row in csv.DictReader(rows)
            if row["city_adcode"] == OURS.code and row["county_adcode"]
        }
    assert {(county.code, county.name) for county in OURS.counties} == listed
    assert {county.now for county in OURS.counties if county.now} <= {county.name for county in OURS.counties}


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('code: "510900"', "code: 5109", "code"),
        ("short_name: 遂宁", "short_name: 宁遂", "Value error, 遂宁市 does not begin"),
        ("themes:", "topics:", "themes"),
        ("zone: 35", "zone: east", r"planes\.1\.zone"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, old: str, new: str, place: str):
    text = CITY.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "city.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CityError, match=f"^city.yaml: {place}"):
        load_city(tmp_path / "city.yaml")
