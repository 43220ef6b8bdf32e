"""credential.credential: who holds which certificate, as every register that issues one has told."""

from datetime import date

from suining_data_tests.bench import BASES

CARDS = "human_resources__social_security_cards"
FOOD = "market_supervision__food_drug_licenses"
REGISTER = "natural_resources__real_estate_register"
CASES = "government_services__cases"
USCC = "91510903MA6200004H"
NUMBER = "510903199003078036"


def card(bench, person, number, resident_id=None, **values):
    record = bench.insert(f"staged.{CARDS}", card_number=number, name="张伟", **values)
    bench.person(person, CARDS, 10, role="cardholder", record_id=record, name="张伟", resident_id=resident_id)


def food_licence(bench, number, **values):
    record = bench.insert(f"staged.{FOOD}", license_number=number, name="遂宁市甲副食店", **values)
    bench.organization("O1", FOOD, 15, role="licensee", record_id=record, name="遂宁市甲副食店")


def born(bench, resource, person, **values):
    record = bench.insert(f"staged.{resource}", certificate_number="S510000001", **values)
    bench.person(person, resource, 3, role="child", record_id=record, name=values["child_name"])


def credentials(bench, columns):
    bench.build(*BASES, "credential")
    return bench.query(f"select {columns} from credential.credential order by all")


def test_two_numbers_of_one_holder_are_two_credentials(bench):
    card(bench, "P1", "A1", status_code="cancelled", issued_date="2011-01-01")
    card(bench, "P1", "A2", status_code="active", issued_date="2016-01-01")
    assert credentials(bench, "credential_number, person_id, status_code, valid_from") == [
        ("A1", "P1", "deregistered", date(2011, 1, 1)),
        ("A2", "P1", "valid", date(2016, 1, 1)),
    ]
    assert bench.failures(*BASES, "credential") == {}


def test_an_unknown_holder_is_kept_with_the_number_told_a_known_one_without(bench):
    card(bench, None, "A1", NUMBER)
    card(bench, "P1", "A2", NUMBER)
    assert credentials(bench, "credential_number, holder_type_code, person_id, holder_name, holder_number") == [
        ("A1", "person", None, "张伟", NUMBER),
        ("A2", "person", "P1", "张伟", None),
    ]


def test_one_number_with_two_holders_is_kept_twice_and_warned_of(bench):
    card(bench, "P1", "A1")
    card(bench, "P2", "A1")
    assert credentials(bench, "credential_number, person_id") == [("A1", "P1"), ("A1", "P2")]
    assert bench.failures(*BASES, "credential") == {"credential.credential one_holder": 2}


def test_an_unknown_holder_of_the_name_of_a_known_one_of_that_number_is_that_one(bench):
    card(bench, "P1", "A1")
    record = bench.insert(
        f"staged.{CASES}",
        credential_number="A1",
        credential_type_code="social_security_card",
        applicant_type_code="person",
        applicant_name="张伟",
        credential_id="E1",
    )
    bench.person(None, CASES, 13, role="applicant", record_id=record, name="张伟", resident_id=NUMBER)
    assert credentials(bench, "credential_number, person_id, holder_number, electronic_id") == [
        ("A1", "P1", None, "E1")
    ]


def test_a_revoked_licence_stays_with_its_state(bench):
    food_licence(bench, "JY1", status_code="revoked", issued_date="2017-01-01", valid_until="2022-01-01")
    assert credentials(bench, "credential_type, organization_id, valid_to, status_code") == [
        ("food_drug", "O1", date(2022, 1, 1), "revoked")
    ]
    assert bench.failures(*BASES, "credential") == {}


def test_told_valid_while_its_register_went_on_past_its_end_is_a_lead(bench):
    food_licence(bench, "JY1", status_code="valid", issued_date="2010-01-01", valid_until="2015-01-01")
    food_licence(bench, "JY2", status_code="expired", issued_date="2010-01-01", valid_until="2015-01-01")
    food_licence(bench, "JY3", status_code="valid", issued_date="2014-12-31", valid_until="2019-12-31")
    bench.build(*BASES, "credential")
    assert bench.failures(*BASES, "credential") == {}
    food_licence(bench, "JY4", status_code="valid", issued_date="2016-01-01", valid_until="2021-01-01")
    bench.build(*BASES, "credential")
    assert bench.failures(*BASES, "credential") == {"credential.credential told_valid_after_its_end": 1}


def test_a_birth_told_by_city_and_province_is_one_and_knows_the_child(bench):
    city = {"child_name": "张小", "child_birth_date": "2019-01-02", "institution_name": "遂宁市某医院"}
    born(bench, "health__births", None, **city)
    born(bench, "sichuan_health__births", "P1", **city)
    assert credentials(bench, "credential_type, person_id, issuer_name") == [("birth", "P1", "遂宁市某医院")]


def test_a_divorce_ends_both_marriage_certificates_a_death_does_not(bench):
    bench.wedding("marriage", "2001-01-01", "P1", "P2")
    bench.wedding("divorce", "2006-01-01", "P1", "P2")
    bench.wedding("marriage", "2010-01-01", "P3", "P4")
    bench.person("P3", "health__deaths", 1, death_date="2015-01-01")
    for number, day in (("J1", "2001-01-01"), ("L1", "2006-01-01"), ("J2", "2010-01-01")):
        bench.con.execute(
            "update staged.civil_affairs__marriages set certificate_number = ? where registration_date = ?",
            [number, day],
        )
    assert credentials(bench, "credential_number, credential_type, person_id, valid_to, status_code") == [
        ("J1", "marriage", "P1", date(2006, 1, 1), "deregistered"),
        ("J1", "marriage", "P2", date(2006, 1, 1), "deregistered"),
        ("J2", "marriage", "P3", None, None),
        ("J2", "marriage", "P4", None, None),
        ("L1", "divorce", "P1", None, None),
        ("L1", "divorce", "P2", None, None),
    ]


def test_a_spouse_whose_number_one_source_lacks_is_not_told_twice(bench):
    told = {"registration_type_code": "marriage", "registration_date": "2001-01-01", "certificate_number": "J1"}
    for resource, husband in (("civil_affairs__marriages", None), ("sichuan_civil_affairs__marriages", "P1")):
        record = bench.insert(f"staged.{resource}", husband_name="张伟", wife_name="李娟", **told)
        bench.person(husband, resource, 6, role="husband", record_id=record, name="张伟", valid_from="2001-01-01")
        bench.person("P2", resource, 6, role="wife", record_id=record, name="李娟", valid_from="2001-01-01")
    assert credentials(bench, "credential_number, person_id, holder_name") == [
        ("J1", "P1", "张伟"),
        ("J1", "P2", "李娟"),
    ]


def test_titles_and_mortgages_of_real_estate(bench):
    unit = {"real_estate_unit_code": "510903001001GB00001F00010001", "holder_name": "张伟", "resource_id": REGISTER}
    bench.organization("O1", REGISTER, 20, role="right_holder", name="某银行")
    bench.person("P1", REGISTER, 12, role="right_holder", name="张伟")
    bench.insert(
        "spatial.real_estate_right",
        **unit,
        right_type_code="state_construction_house",
        person_id="P1",
        holder_type_code="person",
        status_code="current",
    )
    bench.insert(
        "spatial.real_estate_right",
        **unit,
        right_type_code="mortgage",
        organization_id="O1",
        holder_type_code="organization",
        status_code="terminated",
    )
    assert credentials(bench, "credential_type, person_id, organization_id, status_code") == [
        ("real_estate_mortgage", None, "O1", "deregistered"),
        ("real_estate_title", "P1", None, "valid"),
    ]
    assert bench.failures(*BASES, "credential") == {}


def test_the_index_of_electronic_credentials_adds_its_id_to_what_the_issuer_told(bench):
    food_licence(bench, "JY1", status_code="revoked", valid_until="2022-01-01", licensed_items="热食类食品制售")
    for number, kind in (("JY1", "food_license"), (USCC, "business_license"), (None, None)):
        record = bench.insert(
            f"staged.{CASES}",
            credential_number=number,
            credential_type_code=kind,
            credential_id=number and f"1.2.156.{number}",
            applicant_type_code="organization",
            applicant_name="遂宁市甲食品店",
            status_code="valid",
            issuer_name="遂宁市市场监督管理局",
        )
        bench.organization("O1", CASES, 25, role="applicant", record_id=record)
    assert credentials(bench, "credential_type, holder_name, scope, status_code, electronic_id, resource_id") == [
        ("business_license", "遂宁市甲食品店", None, "valid", f"1.2.156.{USCC}", CASES),
        ("food_drug", "遂宁市甲副食店", "热食类食品制售", "revoked", "1.2.156.JY1", FOOD),
    ]


def test_one_certificate_with_two_scopes_is_one_row(bench):
    for name in ("建筑工程施工总承包三级", "市政公用工程施工总承包三级"):
        record = bench.insert(
            "staged.housing__construction_qualifications",
            certificate_number="D1",
            qualification_name=name,
            name="遂宁市甲建筑有限公司",
        )
        bench.organization("O1", "housing__construction_qualifications", 20, role="licensee", record_id=record)
    assert credentials(bench, "credential_number, scope") == [
        ("D1", "市政公用工程施工总承包三级、建筑工程施工总承包三级")
    ]


def test_a_disability_certificate_is_as_the_city_issued_it(bench):
    told = {"certificate_number": "51090319900307803643", "name": "张伟", "issued_date": "2015-01-01"}
    city, province = "disabled_federation__certificates", "sichuan_disabled_federation__disabled_persons"
    record = bench.insert(f"staged.{city}", **told, valid_until="2025-01-01", status_code="suspended")
    bench.person("P1", city, 9, role="certificate_holder", record_id=record)
    bench.person(None, city, 15, role="disabled_guardian", record_id=record, name="张父")
    record = bench.insert(f"staged.{province}", **{**told, "name": "张玮", "issued_date": "2018-01-01"})
    bench.person("P1", province, 9, role="disabled_person", record_id=record)
    assert credentials(bench, "person_id, holder_name, valid_from, valid_to, status_code") == [
        ("P1", "张伟", date(2015, 1, 1), date(2025, 1, 1), "suspended")
    ]
