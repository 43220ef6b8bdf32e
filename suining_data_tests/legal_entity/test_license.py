"""legal_entity.license: one row per licence and holder, whichever register issued it."""

from datetime import date

from suining_data_tests.bench import BASES


def test_a_licence_is_held_by_an_organisation_or_a_person(bench):
    road = {"license_type_code": "operator", "holder_name": "遂宁市甲运输有限公司"}
    operator = bench.insert("staged.transport__road_licenses", license_number="N1", **road, valid_until="2022-01-01")
    bench.organization("O1", "transport__road_licenses", 20, role="licensee", record_id=operator)
    driver = bench.insert(
        "staged.transport__road_licenses", license_number="N2", license_type_code="practitioner", holder_name="张伟"
    )
    bench.person("P1", "transport__road_licenses", 12, role="road_practitioner", record_id=driver)
    bench.build(*BASES)
    assert bench.query(
        "select license_type, license_number, organization_id, person_id, valid_to from legal_entity.license order by 2"
    ) == [("road_transport", "N1", "O1", None, date(2022, 1, 1)), ("road_practitioner", "N2", None, "P1", None)]


def test_an_institution_is_licensed_once_however_many_doctors_it_has(bench):
    for doctor in ("张医生", "陈医生"):
        record = bench.insert(
            "staged.health__institutions_and_doctors",
            name="遂宁市某医院",
            license_number="L1",
            doctor_name=doctor,
            doctor_certificate_number=doctor[0],
        )
        bench.organization("O1", "health__institutions_and_doctors", 15, role="licensee", record_id=record)
    bench.build(*BASES)
    assert bench.query(
        "select license_type, license_number, organization_id, holder_name from legal_entity.license order by all"
    ) == [
        ("medical_institution", "L1", "O1", "遂宁市某医院"),
        ("physician", "张", None, "张医生"),
        ("physician", "陈", None, "陈医生"),
    ]


def test_a_valid_licence_of_a_deregistered_holder_is_a_lead(bench):
    bench.organization("O1", "market_supervision__registrations", 1, status_code="deregistered")
    record = bench.insert(
        "staged.market_supervision__food_drug_licenses", license_number="JY1", name="甲副食店", status_code="valid"
    )
    bench.organization("O1", "market_supervision__food_drug_licenses", 15, role="licensee", record_id=record)
    bench.build(*BASES)
    assert bench.failures(*BASES) == {"legal_entity.license holder_is_not_closed": 1}


def test_permits_of_the_credit_register_count_penalties_do_not(bench):
    for kind, number in (("permit", "X1"), ("penalty", "X2")):
        record = bench.insert(
            "staged.sichuan_development_reform__credit",
            record_type_code=kind,
            document_number=number,
            subject_name="遂宁市甲有限公司",
            authority_name="遂宁市水利局",
        )
        bench.organization("O1", "sichuan_development_reform__credit", 22, role="credit_subject", record_id=record)
    bench.build(*BASES)
    assert bench.query(
        "select license_type, license_number, issuer_name, organization_id from legal_entity.license"
    ) == [("administrative_permit", "X1", "遂宁市水利局", "O1")]
    assert bench.failures(*BASES) == {}


def test_an_express_firm_is_licensed_once_however_many_outlets_it_has(bench):
    for outlet in ("1", "2", "3"):
        record = bench.insert(
            "staged.postal__express_outlets",
            outlet_code=outlet,
            name="遂宁甲快递有限公司",
            license_number=None if outlet == "3" else "川邮1B",
        )
        bench.organization("O1", "postal__express_outlets", 40, role="express_operator", record_id=record)
    bench.build(*BASES)
    assert bench.query("select license_type, license_number, organization_id from legal_entity.license") == [
        ("express", "川邮1B", "O1")
    ]
