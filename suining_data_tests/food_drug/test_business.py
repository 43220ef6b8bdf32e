"""food_drug.business: who sells food or drugs, whether they may, and what they were penalised for."""

from datetime import date

from suining_data_tests.bench import BASES

LICENCES = "market_supervision__food_drug_licenses"
PROVIDERS = "medical_insurance__designated_providers"
PENALTIES = "market_supervision__penalties"


def licensed(bench, organization, number, status="valid", until="2024-01-01", *, name="遂宁市甲商贸有限公司", **values):
    record = bench.insert(
        f"staged.{LICENCES}", license_number=number, status_code=status, valid_until=until, name=name, **values
    )
    bench.organization(organization, LICENCES, 15, role="licensee", record_id=record, name=name)


def designated(bench, organization, number, status="active", kind="pharmacy"):
    record = bench.insert(
        f"staged.{PROVIDERS}",
        designation_number=number,
        status_code=status,
        provider_type_code=kind,
        name="遂宁市乙大药房",
    )
    bench.organization(organization, PROVIDERS, 16, role="designated_provider", record_id=record, name="遂宁市乙大药房")


def decided(bench, organization, kind):
    record = bench.insert(
        f"staged.{PENALTIES}", listing_type_code=kind, decision_date="2019-03-04", document_number="决1", name="甲"
    )
    bench.organization(organization, PENALTIES, 20, role="listed_entity", record_id=record)


def businesses(bench, columns):
    bench.build(*BASES, "credit", "food_drug")
    return bench.query(f"select {columns} from food_drug.business order by all")


def test_food_and_drug_licences_of_one_business_stand_side_by_side(bench):
    licensed(bench, "O1", "JY15109030000001", licensed_items="预包装食品销售")
    licensed(bench, "O1", "川CB8250001", "expired", "2018-01-01", licensed_items="处方药、非处方药")
    assert businesses(bench, "license_count, food_license_number, drug_license_number, drug_license_status_code") == [
        (2, "JY15109030000001", "川CB8250001", "expired")
    ]


def test_of_several_licences_the_one_in_force_is_shown(bench):
    licensed(bench, "O1", "JY15109030000001", "revoked", "2024-01-01")
    licensed(bench, "O1", "JY15109030000002", "valid", "2020-01-01")
    licensed(bench, "O1", "JY15109030000003", "valid", "2022-01-01")
    assert businesses(bench, "license_count, food_license_number, food_license_valid_to") == [
        (3, "JY15109030000003", date(2022, 1, 1))
    ]
    assert bench.failures(*BASES, "credit", "food_drug") == {}


def test_a_designated_pharmacy_whose_licence_was_revoked_is_a_lead(bench):
    licensed(bench, "O1", "川CB8250001", "revoked", licensed_items="处方药、非处方药", name="遂宁市乙大药房")
    designated(bench, "O1", "D1", "suspended")
    designated(bench, "O1", "D2", "active")
    designated(bench, "O2", "D3", kind="hospital")
    assert businesses(bench, "organization_id, drug_license_status_code, designation_number") == [
        ("O1", "revoked", "D2")
    ]
    assert bench.failures(*BASES, "credit", "food_drug") == {"food_drug.business pharmacy_is_licensed": 1}


def test_a_pharmacy_without_a_licence_told_is_a_business_too(bench):
    designated(bench, "O1", "D1")
    assert businesses(bench, "organization_id, license_count, designation_status_code, drug_license_number") == [
        ("O1", 0, "active", None)
    ]
    assert bench.failures(*BASES, "credit", "food_drug") == {}


def test_a_business_the_base_does_not_know_is_kept_by_its_name(bench):
    licensed(bench, None, "JY15109030000001", name="安居区某小吃店")
    licensed(bench, None, "JY15109030000002", name="大英县某小吃店")
    assert businesses(bench, "organization_id, name") == [(None, "大英县某小吃店"), (None, "安居区某小吃店")]


def test_penalties_and_lists_stand_with_the_licence(bench):
    licensed(bench, "O1", "JY15109030000001")
    decided(bench, "O1", "penalty")
    decided(bench, "O1", "serious")
    decided(bench, "O2", "penalty")
    assert businesses(bench, "organization_id, penalty_count, last_penalty_date, serious_since") == [
        ("O1", 1, date(2019, 3, 4), date(2019, 3, 4))
    ]
    assert bench.failures(*BASES, "credit", "food_drug") == {"food_drug.business open_while_seriously_listed": 1}
