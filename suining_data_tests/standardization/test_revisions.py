"""Which changed values are silent revisions: hand-made deliveries of real resources."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from suining_data.catalog import load_catalog
from suining_data.ingestion import Status, raw_path, recorded_batches, rejected_path, write_ledger
from suining_data.ingestion.ledger import Batch, with_status
from suining_data.ingestion.reading import LINE, REJECTED_SCHEMA, sources
from suining_data.settings import Settings
from suining_data.standardization import past_of, promote, standardize

PENSIONS = "human_resources__pension_insurance"  # full; the key has the first day of the insurance
PAYMENTS = "human_resources__pension_payments"  # delta, a row per month
RESIDENTS = "sichuan_public_security__residents"  # full, valid from the day of the last update
VEHICLES = "office_administration__vehicles_and_offices"
Row = dict[str, str]


class Desk:
    """Deliveries one after another, each staged when it comes."""

    def __init__(self, con: duckdb.DuckDBPyConnection, folder: Path, resource_id: str) -> None:
        self.con, self.settings = con, Settings(data=folder)
        self.resource, self.unit = load_catalog().resource(resource_id), load_catalog().unit_of(resource_id)
        self.landed: dict[str, str] = {}
        self.delivered = 0

    def deliver(self, name: str, *rows: Row) -> None:
        """A file with rows by standard names; a file of the same name is corrected by it."""
        named = {each.name: each.source for each in self.resource.fields}
        delivered = [{named[name]: value for name, value in row.items()} for row in rows]
        self.delivered += 1
        id = f"{self.delivered:016x}"
        raw, rejected = (path(self.settings, self.resource.id, id) for path in (raw_path, rejected_path))
        raw.parent.mkdir(parents=True, exist_ok=True)
        columns = {n: pa.array([row.get(n) for row in delivered], pa.string()) for n in sources(self.resource)}
        pq.write_table(pa.table({**columns, LINE: list(range(2, len(rows) + 2))}), raw)
        pq.write_table(REJECTED_SCHEMA.empty_table(), rejected)
        batch = Batch(
            resource_id=self.resource.id, batch_id=id, unit_id=self.unit.id, file_name=name, content_sha256="0" * 64, file_bytes=1,
            status=Status.CURRENT, run_id="run", declaration="", lines_total=len(rows) + 1, header_lines=1, continuation_lines=0,
            rejected_rows=0, raw_rows=len(rows),
        )  # fmt: skip
        self.landed[name] = id
        before = recorded_batches(self.con, self.resource.id).values()
        write_ledger(self.con, with_status(self.resource, [*before, batch], self.landed))

    def stage(self) -> None:
        account = standardize(self.con, self.settings, self.unit, self.resource)
        assert account.unbalanced == []
        promote(self.con, self.resource)

    def revisions(self) -> list[tuple[object, ...]]:
        """Field by its standard name, file and line before, file and line now."""
        names = {each.source: each.name for each in self.resource.fields}
        rows = self.con.execute("""
            select field, former_file_name, former_line_number, file_name, line_number from governance.silent_revision order by all
        """).fetchall()
        return [(names[field], *rest) for field, *rest in rows]


@pytest.fixture
def desk(reference: duckdb.DuckDBPyConnection, tmp_path: Path, request: pytest.FixtureRequest) -> Desk:
    for table in ("batch", "row_account", "quarantine", "superseded", "silent_revision"):
        reference.execute(f"delete from governance.{table}")
    desk = Desk(reference, tmp_path, request.param)
    reference.execute(f"drop table if exists staged.{desk.resource.id}")
    return desk


def of(resource_id: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("desk", [resource_id], indirect=True, ids=[resource_id])


INSURED = {"resident_id": "510903198007012245", "name": "唐小兰", "insurance_type_code": "企业职工基本养老保险"}
FIRST, SECOND = "ylbx_20190831.csv", "ylbx_20190930.csv"


def insured(start: str, base: str, **others: str) -> Row:
    return {**INSURED, "start_date": start, "contribution_base_cny": base, **others}


@of(PENSIONS)
def test_an_insurance_of_2018_with_another_amount_is_a_silent_revision(desk: Desk) -> None:
    desk.deliver(FIRST, insured("2018-03-01", "3000"))
    desk.stage()
    desk.deliver(SECOND, insured("2019-09-01", "9000"), insured("2018-03-01", "3500"))
    desk.stage()
    assert desk.revisions() == [("contribution_base_cny", FIRST, 2, SECOND, 3)]


@of(PENSIONS)
def test_employer_and_status_may_change_and_what_is_new_or_gone_is_no_revision(desk: Desk) -> None:
    desk.deliver(FIRST, insured("2018-03-01", "3000", employer_name="甲公司"), insured("2017-03-01", ""))
    desk.stage()
    desk.deliver(SECOND, insured("2018-03-01", "3000", employer_name="乙公司"), insured("2017-03-01", "2000"))
    desk.stage()
    assert desk.revisions() == []


@of(PENSIONS)
def test_what_began_after_the_former_delivery_may_be_corrected(desk: Desk) -> None:
    desk.deliver(FIRST, insured("2019-09-05", "3000"))  # announced
    desk.stage()
    desk.deliver(SECOND, insured("2019-09-05", "3500"))
    desk.stage()
    assert desk.revisions() == []


@of(PENSIONS)
def test_a_correction_under_the_name_of_its_file_is_declared(desk: Desk) -> None:
    desk.deliver(FIRST, insured("2018-03-01", "3000"))
    desk.stage()
    desk.deliver(FIRST, insured("2018-03-01", "3500"))
    desk.stage()
    assert desk.revisions() == []


@of(PENSIONS)
def test_it_is_found_again_from_the_files_alone_and_stays_when_the_next_comes(desk: Desk) -> None:
    desk.deliver(FIRST, insured("2018-03-01", "3000"))
    desk.deliver(SECOND, insured("2018-03-01", "3500"))
    desk.stage()  # the first one was never staged alone
    found = desk.revisions()
    assert found == [("contribution_base_cny", FIRST, 2, SECOND, 2)]
    desk.stage()
    assert desk.revisions() == found
    desk.deliver("ylbx_20191031.csv", insured("2018-03-01", "3500"))
    desk.stage()
    assert desk.revisions() == found


@of(PAYMENTS)
def test_a_delta_that_pays_another_amount_for_a_month_that_is_over(desk: Desk) -> None:
    paid = {
        "resident_id": INSURED["resident_id"],
        "name": "唐小兰",
        "payment_month": "201907",
        "status_code": "正常发放",
    }
    desk.deliver("dyff_201907.dbf", {**paid, "amount_cny": "2000"})
    desk.deliver(
        "dyff_201908.dbf", {**paid, "amount_cny": "2000", "payment_month": "201908"}, {**paid, "amount_cny": "2100"}
    )
    desk.stage()
    assert desk.revisions() == [("amount_cny", "dyff_201907.dbf", 2, "dyff_201908.dbf", 3)]


RESIDENT = {"resident_id": INSURED["resident_id"], "name": "唐小兰", "household_number": "1"}


@of(RESIDENTS)
def test_another_birth_date_is_a_silent_revision_and_another_address_is_none(desk: Desk) -> None:
    before = {**RESIDENT, "birth_date": "19800701", "registered_address": "A", "updated_date": "20190101"}
    desk.deliver("czhjrk_20190831.csv", before)
    desk.stage()
    desk.deliver("czhjrk_20190930.csv", before | {"birth_date": "19800710", "registered_address": "B"})
    desk.stage()
    assert [field for field, *_ in desk.revisions()] == ["birth_date"]


@of(RESIDENTS)
@pytest.mark.parametrize(
    ("after", "revised"),
    [
        ({"updated_date": "20190820", "registered_address": "B"}, []),  # it came late, with its date
        ({"updated_date": "20190910"}, []),  # updated since
        ({"updated_date": "20190820"}, ["updated_date"]),  # nothing else has changed
        ({"updated_date": "20180101", "registered_address": "B"}, ["updated_date"]),  # the past moved back
    ],
)
def test_the_day_from_which_a_row_is_valid_may_move_on_with_other_values(
    desk: Desk, after: Row, revised: list[str]
) -> None:
    before = {**RESIDENT, "birth_date": "19800701", "registered_address": "A", "updated_date": "20190101"}
    desk.deliver("czhjrk_20190831.csv", before)
    desk.stage()
    desk.deliver("czhjrk_20190930.csv", before | after)
    desk.stage()
    assert [field for field, *_ in desk.revisions()] == revised


@of(VEHICLES)
def test_a_later_figure_is_a_vintage_and_no_silent_revision(desk: Desk) -> None:
    figure = {
        "indicator_path": "公务用车",
        "indicator_name": "公务用车",
        "region_name": "全市",
        "measure_code": "level_current",
    }
    desk.deliver("gwyc_20190831.xlsx", {**figure, "period_name": "2018年", "value": "10"})
    desk.deliver("gwyc_20191231.xlsx", {**figure, "period_name": "2018年", "value": "11"})
    desk.stage()
    assert desk.revisions() == []


def test_the_catalogue_says_what_describes_the_past() -> None:
    def names(resource_id: str) -> tuple[list[str], list[str]]:
        past = past_of(load_catalog().resource(resource_id))
        return [each.name for each in past.quantities], [each.name for each in past.days]

    assert names("housing_fund__employers")[0] == [], "how many people pay in is how it is now"
    assert names("commerce__trade_figures") == ([], []), "a revision is a vintage"
    assert names("economy_information__industrial_enterprises") == ([], [])
