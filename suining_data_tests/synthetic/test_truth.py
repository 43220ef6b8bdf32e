"""The truth files say whom each delivered row speaks of, at the line where it stands."""

import json
import re

import duckdb
import pytest

from suining_data.catalog import load_catalog
from suining_data.synthetic.errors import USUAL
from suining_data_tests.synthetic.conftest import Sample

DELIVERING = [resource for resource in load_catalog().shared if resource.expected_rows.max > 0]
RESIDENTS = load_catalog().resource("sichuan_public_security__residents")


def test_lines_of_csv_files_are_those_of_their_true_persons(
    rough_sample: Sample, con: duckdb.DuckDBPyConnection
) -> None:
    """Blank lines, broken lines and line breaks inside quotes lie between; the numbers are right all the same."""
    (path,) = rough_sample.files(RESIDENTS)
    lines = path.read_bytes().split(b"\n")
    assert lines[1:-1].count(b"") > 10
    rows = con.execute(
        f"""select row_number, resident_id from '{rough_sample.truth("person_row")}' join '{rough_sample.truth("person")}'
        using (true_id) where resource_id = '{RESIDENTS.id}' and (error_kind is null or not contains(error_kind, 'id_'))"""
    ).fetchall()
    assert len(rows) > 1000
    for number, resident_id in rows:
        assert lines[number - 1].startswith(resident_id.encode()), number


def test_records_of_pages_are_those_of_their_true_organizations(sample: Sample, con: duckdb.DuckDBPyConnection) -> None:
    resource = load_catalog().resource("sichuan_market_supervision__registrations")
    records = [
        record for path in sample.files(resource) for record in json.loads(path.read_text(encoding="utf-8"))["data"]
    ]
    rows = con.execute(
        f"""select row_number, established_date from '{sample.truth("organization_row")}'
        join '{sample.truth("organization")}' using (true_id) where resource_id = '{resource.id}' and error_kind is null"""
    ).fetchall()
    assert len(rows) > 100
    assert all(records[number - 1]["estDate"] == f"{established:%Y-%m-%d}" for number, established in rows)


def test_every_entity_of_the_catalogue_has_true_rows(sample: Sample, con: duckdb.DuckDBPyConnection) -> None:
    found = {
        (subject, *row)
        for subject in ("person", "organization")
        for row in con.execute(f"select distinct resource_id, role from '{sample.truth(subject + '_row')}'").fetchall()
    }
    rare = {
        "right_holder",
        "credit_subject",
        "participant",
        "road_practitioner",
        "applicant",
        "project_company",
        "disabled_guardian",
        "dishonest_debtor",
        "water_user",
    }  # one of two subjects, may lack at this scale
    for resource in DELIVERING:
        for entity in resource.entities:
            if entity.subject != "address" and entity.role not in rare:
                assert (entity.subject, resource.id, entity.role) in found


def test_true_ids_of_rows_exist_once(rough_sample: Sample, con: duckdb.DuckDBPyConnection) -> None:
    for subject in ("person", "organization"):
        truth, rows = rough_sample.truth(subject), rough_sample.truth(subject + "_row")
        assert con.execute(f"select count(*) - count(distinct true_id) from '{truth}'").fetchone() == (0,)
        assert con.execute(f"select count(*) from '{rows}' anti join '{truth}' using (true_id)").fetchone() == (0,)


def test_an_error_has_the_name_of_its_rate(rough_sample: Sample, con: duckdb.DuckDBPyConnection) -> None:
    kinds = con.execute(
        f"""select distinct unnest(string_split(error_kind, ',')) from (
        select error_kind from '{rough_sample.truth("person_row")}' union all
        select error_kind from '{rough_sample.truth("organization_row")}') where error_kind is not null"""
    ).fetchall()
    names = {kind for (kind,) in kinds}
    assert all(hasattr(USUAL, name) for name in names)
    assert {"id_missing", "optional_missing", "double_registration"} <= names


@pytest.mark.parametrize("kind", ["id_full_width", "id_spreadsheet", "id_fifteen", "id_lower_x"])
def test_an_error_does_what_its_name_says(sample: Sample, con: duckdb.DuckDBPyConnection, kind: str) -> None:
    shapes = {
        "id_full_width": "[０-９]+[０-９Ｘ]",
        "id_spreadsheet": r"[0-9]\.[0-9]{5}E\+17|[0-9]{15}000",
        "id_fifteen": "[0-9]{15}",
        "id_lower_x": "[0-9]{17}x",
    }
    (path,) = sample.files(RESIDENTS)
    lines = path.read_text(encoding="utf-8").split("\n")
    rows = con.execute(
        f"""select row_number from '{sample.truth("person_row")}'
        where resource_id = '{RESIDENTS.id}' and list_contains(string_split(error_kind, ','), '{kind}')"""
    ).fetchall()
    for (number,) in rows:
        assert re.fullmatch(shapes[kind], lines[number - 1].split(",")[0])
