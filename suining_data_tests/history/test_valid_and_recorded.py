"""A licence or an employment with two times: until when it was so, and when that was known."""

from datetime import date

from suining_data_tests.bench import BASES, Bench

LICENCES = "market_supervision__food_drug_licenses"
INSURANCE = "sichuan_human_resources__insurance"


def test_a_prolonged_licence_was_known_to_end_earlier(bench: Bench) -> None:
    bench.stage(LICENCES, license_number="JY1", name="某商店", issued_date="2015-01-01", valid_until="2020-01-01")
    bench.build(*BASES)
    first, second = f"run{bench.runs}", f"run{bench.runs + 1}"
    bench.runs += 1
    bench.con.execute(f"update staged.{LICENCES} set valid_until = date '2025-01-01'")
    bench.build(*BASES)
    found = bench.query(
        "select valid_from, valid_to, begun_run, begun_as, ended_run, ended_as from legal_entity.license_history order by 2"
    )
    assert found == [
        (date(2015, 1, 1), date(2020, 1, 1), first, "initial", second, "changed"),
        (date(2015, 1, 1), date(2025, 1, 1), second, "changed", None, None),
    ]


def test_an_employment_ended_before_it_was_known(bench: Bench) -> None:
    bench.organization("O1", "market_supervision__registrations", 1)
    record = bench.insert(
        f"staged.{INSURANCE}", insurance_type_code="work_injury", start_date="2010-01-01", status_code="active"
    )
    bench.person("P1", INSURANCE, 8, role="insured", record_id=record, employer_organization_id="O1")
    bench.build(*BASES, "credential", "social_security")
    first, second = f"run{bench.runs}", f"run{bench.runs + 1}"
    bench.runs += 1
    bench.con.execute(f"update staged.{INSURANCE} set status_code = 'terminated', end_date = date '2015-06-30'")
    bench.build(*BASES, "credential", "social_security")
    found = bench.query(
        "select valid_to, valid_to_kind, begun_run, ended_run from social_security.employment_history order by begun_run"
    )
    assert found == [(None, None, first, second), (date(2015, 6, 30), "reported", second, None)]
