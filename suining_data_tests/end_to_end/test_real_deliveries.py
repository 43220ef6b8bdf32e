"""Deliveries as real people had trouble with them: every value is right or quarantined, every record is accounted for.

Here: the files of suining_data_tests/cases/, read for the resources of the catalogue. Not here: damage of other kinds (refusals/),
the kinds themselves (tests of the readers and elements).
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from suining_data.catalog import Resource, Unit, load_catalog
from suining_data.ingestion import Notice, ingest
from suining_data.settings import PROJECT, Settings
from suining_data.standardization import implausible_column, promote, standardize
from suining_data.warehouse import prepare

CASES = PROJECT / "suining_data_tests" / "cases"
Rows = list[tuple[object, ...]]


@dataclass(frozen=True)
class Taken:
    """What a refresh makes of the files of a case, for each resource that they are delivered for."""

    con: duckdb.DuckDBPyConnection
    refusals: tuple[Notice, ...]
    warnings: tuple[Notice, ...]

    def rows(self, sql: str) -> Rows:
        return self.con.sql(sql).fetchall()

    def quarantine(self) -> Rows:
        """Line, column, reason."""
        return self.rows("select line_number, field, reason from governance.quarantine order by all")

    def reasons(self) -> set[str]:
        return {str(reason) for *_, reason in self.quarantine()}


@pytest.fixture(scope="module")
def reference() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        prepare(con)
        yield con


@pytest.fixture
def taken(request: pytest.FixtureRequest, tmp_path: Path, reference: duckdb.DuckDBPyConnection) -> Iterator[Taken]:
    """The case whose folder the test names."""
    case = CASES / request.param
    catalog = load_catalog()
    settings = Settings(data=tmp_path)
    refusals: list[Notice] = []
    warnings: list[Notice] = []
    with reference.cursor() as con:
        for folder in sorted(case.iterdir()):
            shutil.copytree(folder, settings.landing / folder.name)
            unit = next(unit for unit in catalog.units if unit.id == folder.name)
            for resource in unit.resources:
                if any(folder.glob(resource.delivery.pattern)):
                    said, warned = take(con, settings, unit, resource)
                    refusals += said
                    warnings += warned
        yield Taken(con, tuple(refusals), tuple(warnings))
        con.execute("drop schema governance cascade; drop schema staged cascade")
        con.execute("create schema governance; create schema staged")


def take(
    con: duckdb.DuckDBPyConnection, settings: Settings, unit: Unit, resource: Resource
) -> tuple[tuple[Notice, ...], tuple[Notice, ...]]:
    """Landing to staged as a refresh does it; every line is accounted for."""
    ingested = ingest(
        con, settings, unit, resource, "run", validate=lambda raw, batch: implausible_column(con, raw, resource, batch)
    )
    account = standardize(con, settings, unit, resource)
    assert account.unbalanced == []
    promote(con, resource)
    assert (ingested.waiting, ingested.arriving) == ((), ())
    return ingested.refusals, (*ingested.warnings, *ingested.unread)


def case(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("taken", [name], indirect=True)


@case("01-percent-cell")
def test_a_percent_cell_is_what_it_shows(taken: Taken) -> None:
    shares = taken.rows(
        "select name[3:3], state_share_percent from staged.state_assets__enterprises order by record_id"
    )
    assert [share for _, share in shares] == [100, 51, 33.5, 51, 51, 100]
    assert taken.refusals == ()


@case("02-date1904-general-cell")
def test_a_workbook_that_counts_from_1904_has_one_date_in_every_cell(taken: Taken) -> None:
    dates = taken.rows(
        "select distinct death_date::varchar, cremation_date::varchar from staged.civil_affairs__cremations"
    )
    assert dates == [("2019-09-05", "2019-09-05")]
    assert taken.rows("select count(*) from staged.civil_affairs__cremations") == [(5,)]


@case("05-very-hidden-sheet-of-lists")
def test_a_hidden_sheet_of_lists_is_no_delivery(taken: Taken) -> None:
    assert taken.refusals == ()
    assert taken.rows("select name from staged.disabled_federation__certificates order by 1") == [
        ("沈隐藏",),
        ("蒋隐藏",),
    ]
    assert any("隐藏" in reason for reason in taken.reasons()), "the sheet is named as unread"
    assert any("隐藏" in warning.zh for warning in taken.warnings)


@case("06-lines-of-two-encodings")
def test_lines_in_another_encoding_are_rejected(taken: Taken) -> None:
    names = taken.rows("select name from staged.market_supervision__food_drug_licenses order by record_id")
    assert names == [("船山区韩记副食商行",), ("船山区尤记副食商行",)]
    assert [line for line, *_ in taken.quarantine()] == [3, 4, 5]
    assert all("UTF-8" in reason.upper() for reason in taken.reasons())


@case("09-two-amounts-in-a-cell")
def test_two_amounts_in_a_cell_are_quarantined(taken: Taken) -> None:
    amounts = dict(taken.rows("select name, benefit_amount_cny::varchar from staged.civil_affairs__welfare_recipients"))
    for name in ("吕两行", "施空格", "孔欧式", "严加号", "金斜杠", "陶顿号", "戚全逗"):
        assert amounts[name] is None, name
    assert (amounts["张全角"], amounts["曹千分"], amounts["魏元"]) == ("1200.50", "1200.50", "400.00")


@case("11-xml-mixed-content")
def test_all_text_of_an_element_with_children_is_kept_or_quarantined(taken: Taken) -> None:
    deaths = dict(taken.rows("select certificate_number, (name, death_place) from staged.health__deaths"))
    assert deaths["S5120190900003"][0] == "沈换行"
    assert deaths["S5120190900003"][1] in (None, "医疗卫生机构来院途中", "医疗卫生机构 来院途中")
    assert deaths.get("S5120190900004", ("韩粗体字",))[0] in (None, "韩粗体字")
    assert deaths["S5120190900002"] == ("蒋段", "家中")
    assert taken.rows(
        "select died_at::varchar from staged.health__deaths where certificate_number = 'S5120190900005'"
    ) == [("2019-09-13 00:00:00",)]


@case("13-concatenated-csv")
def test_repeated_headers_and_totals_are_no_records(taken: Taken) -> None:
    names = taken.rows("select name from staged.market_supervision__penalties order by record_id")
    assert names == [("船山区甲记医药铺",), ("船山区乙记医药铺",), ("船山区丙记医药铺",)]
    assert {line for line, *_ in taken.quarantine()} >= {3, 5, 7}


@case("15-ids-guarded-against-excel")
def test_ids_that_were_guarded_against_a_spreadsheet_are_read(taken: Taken) -> None:
    ids = dict(taken.rows("select name, resident_id from staged.human_resources__social_security_cards"))
    for name, number in {
        "窦等号": "510903198601012213",
        "章制表": "510903198601012221",
        "云撇号": "51090319860101223X",
        "苏零宽": "510903198601012248",
        "葛全角": "510903198601012264",
        "奚空格": "510903198601012272",
        "范引等号": "510903198601012280",
        "郎方向": "510903198601012301",
    }.items():
        assert ids[name] == number, name
    assert ids["彭截断"] is None


@case("16-cr-only-and-utf16")
def test_line_ends_of_old_and_text_of_excel_are_named_or_read(taken: Taken) -> None:
    assert taken.rows("select count(*) > 5, count(contract_number) = count(*) from staged.housing__house_sales") == [
        (True, True)
    ]
    [refusal] = taken.refusals
    assert refusal.zh.startswith("rqx_201909.csv")
    assert "UTF-16" in refusal.zh.upper()
    assert "UTF-16" in refusal.en.upper()


@case("18-nan-in-a-number-cell")
def test_a_number_that_is_none_is_quarantined(taken: Taken) -> None:
    assert taken.refusals == ()
    phones = dict(taken.rows("select outlet_code, phone from staged.postal__express_outlets"))
    assert (phones["510900000001"], phones["510900000902"]) == ("15443190699", "15443190699")
    statuses = taken.rows("select file_name, status, raw_rows from governance.batch order by 1")
    assert statuses == [("kdwd_20190930.xlsx", "superseded", 4), ("kdwd_20191031.xlsx", "in_force", 4)]


@case("20b-array-twice")
def test_an_array_of_records_that_is_there_twice_loses_no_record(taken: Taken) -> None:
    [refusal] = taken.refusals
    assert refusal.zh.startswith("bjzz_201910.json")
    assert "data.list 中有一项出现 2 次" in refusal.zh


@case("22-trailing-delimiters")
def test_a_delimiter_at_the_end_of_every_row_loses_no_row(taken: Taken) -> None:
    assert taken.refusals == ()
    [(rows, names, offices)] = taken.rows(
        "select count(*), count(name), count(tax_office_name) from staged.taxation__taxpayers"
    )
    assert rows == 138
    assert min(names, offices) >= 137  # one name is damaged


@case("24-dates-in-text-columns")
def test_a_text_that_a_spreadsheet_made_a_date_or_a_boolean_is_quarantined(taken: Taken) -> None:
    changes = {
        name: (klass, address, phone)
        for name, klass, address, phone in taken.rows(
            "select name, class_name, residence_address, guardian_phone from staged.education__enrolment_changes"
        )
    }
    assert changes["吴班日期"][0] is None
    assert changes["王址日期"][1] is None
    assert changes["冯真假"][0] is None
    assert changes["郑电话零"][2] in (None, "0825-2220001")
    assert changes["陈班数"][0] == "3班"  # the number 3 in a format that shows the word
    assert any("表格把文本变成了日期" in reason for reason in taken.reasons())


@case("26-long-identifiers-as-numbers")
def test_an_identifier_that_lost_digits_is_no_key_and_nobody_vanishes(taken: Taken) -> None:
    staged = taken.rows("select certificate_number from staged.disabled_federation__certificates")
    assert not [number for (number,) in staged if number and "E" in number]
    lines = {line for line, *_ in taken.quarantine()}
    assert taken.rows("select count(*) from governance.superseded") == [(0,)]
    assert lines, "the identifiers are quarantined"
    households = taken.rows("select household_card_number from staged.poverty_alleviation__households")
    assert not [number for (number,) in households if number and "E" in number]
    assert not taken.rows(
        "select registered_month from staged.poverty_alleviation__households where registered_month < date '1990-01-01'"
    )


@case("29-dbf-header-counts-too-few")
def test_records_that_a_header_does_not_count_are_not_lost(taken: Taken) -> None:
    [refusal] = taken.refusals
    assert refusal.zh.startswith("yldy_201910.dbf")
    assert "表头称有 2 条记录，文件中有 5 条" in refusal.zh


@case("31-spill-error")
def test_an_error_of_a_newer_program_is_a_quarantined_value(taken: Taken) -> None:
    assert taken.refusals == ()
    [(rows,)] = taken.rows("select count(*) from staged.civil_affairs__cremations")
    assert rows > 0
    assert any("公式" in reason for reason in taken.reasons())
