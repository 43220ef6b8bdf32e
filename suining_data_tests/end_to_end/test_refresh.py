"""Deliveries in, four bases out: what a refresh leaves behind."""

import hashlib
import json
import re

import duckdb
import pytest
from lxml import html

from suining_data.catalog import load_catalog
from suining_data_tests.benchmarks.accuracy.city import open_city
from suining_data_tests.benchmarks.accuracy.sections import measure
from suining_data_tests.end_to_end.conftest import City

BASE_TABLES = """
    population.person population.person_identifier population.person_address population.household
    population.relationship population.person_conflict
    legal_entity.organization legal_entity.organization_identifier legal_entity.organization_name
    legal_entity.organization_relation legal_entity.license legal_entity.organization_conflict
    spatial.division spatial.address spatial.parcel spatial.building spatial.real_estate_unit spatial.facility
    macro.indicator macro.observation
    credential.credential credit.listing credit.organization_credit
    social_security.enrolment social_security.employment social_security.allowance social_security.person
    food_drug.business transport.operator transport.route governance.finding
""".split()


def test_the_refresh_succeeds(delivered_city: City) -> None:
    assert delivered_city.succeeded, delivered_city.output


@pytest.mark.parametrize("table", BASE_TABLES)
def test_every_table_of_the_bases_and_libraries_is_filled(delivered_city: City, table: str) -> None:
    assert delivered_city.value(f"select count(*) from {table}") > 0


def test_every_batch_balances(delivered_city: City) -> None:
    accounts = delivered_city.query("""
        select lines_total - header_lines - continuation_lines - rejected - raw, raw - staged - quarantined - superseded
        from governance.row_account
    """)
    assert len(accounts) > 50
    assert set(accounts) == {(0, 0)}


def test_the_accounts_count_the_lines_that_lie_in_landing(delivered_city: City) -> None:
    counted = dict(
        delivered_city.query("""
            select unit_id || '/' || file_name, row_account.lines_total from governance.row_account
            join governance.batch using (resource_id, batch_id)
            where file_name like '%.csv' or file_name like '%.jsonl'
        """)
    )
    landing = delivered_city.settings.landing
    lying = {}
    for file in sorted([*landing.glob("*/*.csv"), *landing.glob("*/*.jsonl")], reverse=True):
        content = file.read_bytes()
        # the same content twice, e.g. the header alone of two months, is one batch under the older name
        lying[file.parent, content] = (str(file.relative_to(landing)), len(content.removesuffix(b"\n").split(b"\n")))
    assert len(lying) > 20
    assert counted == dict(lying.values())


def test_every_staged_row_stands_in_the_accounts(delivered_city: City) -> None:
    told = delivered_city.query(
        "select resource_id, sum(staged)::bigint from governance.row_account group by resource_id order by resource_id"
    )
    assert len(told) > 50
    counts = " union all ".join(f"select '{id}', count(*) from staged.{id}" for id, _ in told)
    assert delivered_city.warehouse(f"{counts} order by 1") == told


def test_broken_values_are_put_aside_with_a_reason_in_chinese(delivered_city: City) -> None:
    rules = dict(delivered_city.query("select rule, any_value(reason) from governance.quarantine group by rule"))
    assert "check_digit" in rules
    assert all(any("一" <= character <= "鿿" for character in reason) for reason in rules.values())


def test_what_was_put_aside_of_an_interface_is_found_in_its_page(delivered_city: City) -> None:
    put_aside = delivered_city.query("""
        select unit_id, file_name, line_number, field, received from governance.quarantine
        where received is not null and scope = 'value' and regexp_matches(file_name, '_p[0-9]+[.]json$')
    """)
    assert len({file for _, file, *_ in put_aside}) > 1
    for unit, file, line, field, received in put_aside:
        page = json.loads((delivered_city.settings.landing / str(unit) / str(file)).read_text(encoding="utf-8"))
        assert str(page["data"][int(str(line)) - 1][field]) == received


def test_records_are_linked_as_the_truth_says(delivered_city: City) -> None:
    with open_city(delivered_city.settings) as con:
        sections = measure(con, city={})
    for figures in (sections["person"], sections["organization"]):
        assert figures["records_without_truth"] == 0
        assert figures["records"] > 1000
        assert figures["precision"] >= 0.999
        assert figures["recall"] >= 0.97
    shares = {row["attribute"]: row["share"] for rows in sections["golden"].values() for row in rows}
    assert shares["resident_id"] >= 0.99
    assert shares["uscc"] >= 0.99


def test_published_figures_come_through_unchanged(delivered_city: City) -> None:
    values = delivered_city.query("""
        select value * multiplier from macro.observation join macro.indicator using (indicator_code)
        where name_zh = '地区生产总值' and division_code = '510900000000' and year(period_start) = 2020
            and frequency = 'Y' and measure_code like 'level%'
    """)
    assert (140318000000.0,) in [(round(float(str(value)), 0),) for (value,) in values]


def test_the_manifest_tells_what_lies_there(delivered_city: City) -> None:
    folder = delivered_city.settings.published
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert {entry["table"] for entry in manifest["tables"]} >= set(BASE_TABLES)
    for entry in manifest["tables"]:
        file = folder / entry["file"]
        assert hashlib.sha256(file.read_bytes()).hexdigest() == entry["sha256"]
        rows = duckdb.sql(f"select count(*) from '{file}'").fetchall()[0][0]
        assert rows == entry["rows"] == delivered_city.value(f"select count(*) from {entry['table']}")
    assert len(manifest["batches"]) == delivered_city.value(
        "select count(*) from governance.batch where status = 'in_force'"
    )


def test_dagster_says_where_the_chart_book_is_and_analysts_have_their_own(delivered_city: City) -> None:
    path = str(delivered_city.materialized("published", "snapshot")["chart_book"])
    assert path.endswith("published/chart_book/index.html")
    for folder in ("", "analyst"):
        published = delivered_city.settings.published / folder
        page = html.fromstring((published / "chart_book" / "index.html").read_text(encoding="utf-8"))
        assert "国民经济核算" in [each.text for each in page.iter("h2")]
        assert (published / "sdmx" / "observation.csv").stat().st_size > 100_000
    assert not (delivered_city.settings.published / "open" / "chart_book").exists()


def test_the_page_says_what_the_published_tables_say_and_dagster_says_where_it_is(delivered_city: City) -> None:
    page = delivered_city.settings.published / "quality" / "index.html"
    assert str(delivered_city.materialized("published", "snapshot")["quality_page"]).endswith(
        "published/quality/index.html"
    )
    assert page.stat().st_size < 2_000_000
    shown = [
        card.text_content().strip() for card in html.fromstring(page.read_text(encoding="utf-8")).find_class("card")
    ]
    delivered = dict(
        delivered_city.query("""
            select unit_id, sum(raw) from governance.row_account join governance.batch using (resource_id, batch_id)
            where status = 'in_force' group by unit_id
        """)
    )
    rows = {
        origin: sum(int(str(delivered.get(unit.id, 0))) for unit in load_catalog().units if unit.origin == origin)
        for origin in ("department", "backflow")
    }
    assert shown[2].startswith(f"{rows['department']:,}行由市级部门交付")
    assert shown[3].startswith(f"{rows['backflow']:,}行由省级回流")
    open_tickets = delivered_city.value("select count(*) from governance.correction where status = 'open'")
    assert open_tickets
    assert shown[7].startswith(f"{open_tickets}张核查工单在办")


def test_every_quarantined_row_has_a_ticket_and_is_in_question(delivered_city: City) -> None:
    assert delivered_city.query("""
        select count(*) from governance.quarantine as q
        where record_id is not null and not exists (
            from governance.value_in_question as v join governance.correction using (ticket)
            where v.record_id = q.record_id and v.field is not distinct from q.field and rule = q.rule)
            and not exists (from governance.superseded as s where s.batch_id = q.batch_id and s.line_number = q.line_number)
    """) == [(0,)]
    assert delivered_city.query("select count(*) from governance.check_history where recorded_to is null") == (
        delivered_city.query("select count(*) from governance.check_result where table_name <> 'published.snapshot'")
    )


def test_a_second_refresh_does_nothing(own_city: City) -> None:
    before = (own_city.settings.published / "current").resolve()
    assert "没有变化" in own_city.refresh()
    assert (own_city.settings.published / "current").resolve() == before


def test_findings_are_counted_by_kind_for_who_watches_the_run(delivered_city: City) -> None:
    counts = dict(delivered_city.query("select kind, count(*) from governance.finding group by kind"))
    told = delivered_city.materialized("governance", "finding")
    assert {kind: told[str(kind)] for kind in counts} == counts
    assert all(str(count) in delivered_city.output for count in counts.values())


def test_every_golden_value_has_its_provenance_and_names_the_same_row(delivered_city: City) -> None:
    for attribute in ("name", "sex_code", "birth_date", "death_date", "marital_status_code", "education_code", "phone"):
        assert (
            delivered_city.query(f"""
            select person_id, {attribute}_from from population.person where {attribute} is not null
            except all select person_id, record_id from population.person_provenance where attribute = '{attribute}'
        """)
            == []
        )
    for attribute in ("name", "status_code", "tax_status_code", "registered_capital_cny", "employee_count"):
        assert (
            delivered_city.query(f"""
            select organization_id, {attribute}_from from legal_entity.organization where {attribute} is not null
            except all
            select organization_id, record_id from legal_entity.organization_provenance where attribute = '{attribute}'
        """)
            == []
        )
    assert (
        delivered_city.value(
            "select count(*) - count(distinct (person_id, attribute)) from population.person_provenance"
        )
        == 0
    )


def test_no_personal_value_is_in_the_log_of_the_runs(delivered_city: City) -> None:
    log = b"".join(file.read_bytes() for file in delivered_city.settings.dagster_home.rglob("*.db*"))
    numbers = delivered_city.query(
        "select resident_id, name from population.person where resident_id is not null limit 2000"
    )
    assert len(numbers) > 500
    logged = {found[1] for found in re.finditer(rb"(?=([0-9]{17}[0-9X]))", log)}
    assert [number for number, _ in numbers if str(number).encode() in logged] == []


def test_the_dictionary_describes_every_published_column(delivered_city: City) -> None:
    undescribed = delivered_city.query("""
        select schema_name, table_name, column_name from duckdb_columns()
        where schema_name not in ('governance', 'service') and not internal -- service.section describes its views
            and (schema_name, table_name, column_name, lower(data_type)) not in (
                select (schema_name, table_name, column_name, lower(coalesce(type, data_type))) from governance.dictionary)
    """)
    assert undescribed == []
    assert (
        delivered_city.value("select count(*) from governance.dictionary where zh is null or en is null or zh = ''")
        == 0
    )
    assert delivered_city.query("""
        select type, zh, element, standard, sensitivity, is_personal from governance.dictionary
        where schema_name = 'population' and table_name = 'person' and column_name = 'resident_id'
    """) == [("varchar", "公民身份号码", "resident_id", "GB 11643-1999", "L3", True)]
