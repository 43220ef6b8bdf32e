"""governance.finding against the truth about a made-up city whose departments err in these ways more often than any."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from suining_data.orchestration import state
from suining_data.orchestration.pipeline import LANDING, pipeline
from suining_data.orchestration.step import Context
from suining_data.settings import Settings
from suining_data.synthetic import make_sample
from suining_data.synthetic.errors import USUAL
from suining_data.warehouse import transaction
from suining_data_tests.sharing import once

OFTEN = replace(
    USUAL,
    dead_yet_paid=1.0,
    double_registration=0.01,
    married_twice=0.05,
    overlapping_insurance=0.3,
    id_of_someone_else=0.002,
    deregistered_with_licence=0.9,
    closed_yet_insuring=1.0,
    registered_to_another=0.2,
    sold_twice=0.2,
    sold_while_mortgaged=1.0,
    contract_area_differs=0.1,
    contract_address_differs=0.1,
    copy_holder_differs=0.1,
    copy_area_differs=0.1,
    copy_status_differs=0.1,
)
# rows delivered with the error, as the entities of the catalogue tell them
ROWS = """
    create temp table {subject}_truth as
    select record.record_id, record.{subject}_id as id, true_id,
        coalesce(string_split(error_kind, ','), []) as errors
    from linked.{subject}_record as record
    join governance.batch using (resource_id, batch_id)
    join '{truth}' as truth on truth.resource_id = record.resource_id and truth.file = batch.file_name
        and truth.row_number = record.record_id & 16777215 and truth.role = record.role
"""


@pytest.fixture(scope="module")
def erring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse of the city: every table up to the findings, without the checks."""
    settings = Settings(data=once(tmp_path_factory, "erring", lambda folder: make(Settings(data=folder))))
    with duckdb.connect(str(settings.warehouse), read_only=True) as con:
        for subject in ("person", "organization"):
            con.execute(ROWS.format(subject=subject, truth=settings.truth / f"{subject}_row.parquet"))
        con.execute("create temp table evidence as select *, unnest(evidence, max_depth := 2) from governance.finding")
        con.execute(f"create temp view true_organization as from '{Path(settings.truth)}/organization.parquet'")
        yield con


def make(settings: Settings) -> None:
    make_sample(settings, 0.01, 11, OFTEN)
    with state.open_for_refresh(settings) as con:
        for step in pipeline():
            if step.group not in (LANDING, "published"):
                step.write(context := Context(con, settings, "run"))
                with transaction(con):
                    step.promote(context)


def numbers(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, ...]:
    row = con.execute(sql).fetchone()
    assert row
    return row


@pytest.mark.parametrize(
    ("kind", "error", "recall"),
    [
        ("dead_yet_paid", "dead_yet_paid", 0.95),
        ("double_registration", "double_registration", 0.9),
        ("married_twice", "married_twice", 0.9),
        ("shared_number", "id_of_someone_else", 0.9),
        # half of them cannot be seen: the enrolment is suspended, or both rows name one employer or none
        ("overlapping_insurance", "overlapping_insurance", 0.3),
    ],
)
def test_findings_are_true_and_what_is_true_is_found(
    erring: duckdb.DuckDBPyConnection, kind: str, error: str, recall: float
) -> None:
    true, found = numbers(
        erring,
        f"""
        select count(distinct true_id), count(distinct true_id) filter (record_id in (
            select record_id from evidence where kind = '{kind}'))
        from person_truth where list_contains(errors, '{error}')
        """,
    )
    findings, right = numbers(
        erring,
        f"""
        select count(distinct finding_id), count(distinct finding_id) filter (list_contains(errors, '{error}'))
        from evidence join person_truth using (record_id) where kind = '{kind}'
        """,
    )
    assert true >= 3
    assert found >= recall * true, (true, found)
    assert right >= 0.95 * findings, (findings, right)


def test_closed_organisations_that_insure_somebody_are_found_and_no_others(erring: duckdb.DuckDBPyConnection) -> None:
    owner = "(select id, mode(true_id) as true_id from organization_truth group by id)"
    findings, right = numbers(
        erring,
        f"""
        select count(*), count(*) filter (status_code in ('deregistered', 'revoked', 'revoked_deregistered'))
        from governance.finding left join {owner} on subject_id = id left join true_organization using (true_id)
        where kind = 'closed_yet_insuring'
        """,
    )
    insured, found = numbers(
        erring,
        """
        select count(*), count(*) filter (record_id in (select record_id from evidence where kind = 'closed_yet_insuring'))
        from person_truth join social_security.enrolment as enrolment using (record_id)
        where list_contains(errors, 'closed_yet_insuring') and enrolment.status_code = 'active'
            and enrolment.valid_to is null and insurance_type_code like 'pension%'
        """,
    )
    assert insured >= 5
    assert found >= 0.9 * insured, (insured, found)
    assert right >= 0.95 * findings, (findings, right)


def test_live_licences_of_closed_organisations_are_found_and_no_others(erring: duckdb.DuckDBPyConnection) -> None:
    closed = "('deregistered', 'revoked', 'revoked_deregistered', 'cancelled')"
    findings, right = numbers(
        erring,
        f"""
        with owner as (select id, mode(true_id) as true_id from organization_truth group by id)
        select count(*), count(*) filter (status_code in {closed})
        from governance.finding left join owner on subject_id = id left join true_organization using (true_id)
        where kind = 'closed_with_license'
        """,
    )
    licences, found = numbers(
        erring,
        f"""
        select count(*), count(*) filter (record_id in (select record_id from evidence where kind = 'closed_with_license'))
        from legal_entity.license as license
        join organization_truth using (record_id) join true_organization using (true_id)
        where license.status_code = 'valid' and true_organization.status_code in {closed}
            and license_type not in ('social_organization', 'administrative_permit', 'legal_practitioner')
        """,
    )
    assert licences >= 5
    assert found >= 0.9 * licences, (licences, found)
    assert right >= 0.95 * findings, (findings, right)
