"""Values of organisations in doubt: they lose to every value without a doubt, whatever the authority."""

from suining_data_tests.bench import BASES

CITY = "market_supervision__registrations"
PROVINCE = "sichuan_market_supervision__registrations"
TAX = "taxation__taxpayers"
STATISTICS = "statistics__basic_units"
OLD, NEW = "遂宁市甲有限公司", "遂宁市乙有限公司"


def golden(bench, attribute):
    """The golden value, and the reason for it."""
    return bench.query(f"""
        select {attribute}, reason_code from legal_entity.organization
        join legal_entity.organization_provenance using (organization_id) where attribute = '{attribute}'
    """)


def test_a_name_of_an_older_registration_is_a_former_one(bench):
    bench.organization("O1", CITY, 1, name=OLD, status_code="active", valid_from="2015-01-01")
    bench.organization("O1", PROVINCE, 2, name=NEW, status_code="deregistered", valid_from="2016-01-01")
    bench.build(*BASES)
    assert golden(bench, "name") == [(NEW, "former")]
    assert golden(bench, "status_code") == [("active", "higher_authority")]  # only the name is in doubt


def test_a_name_is_not_former_because_another_register_is_newer(bench):
    bench.organization("O1", CITY, 1, name=NEW, valid_from="2015-01-01")
    bench.organization("O1", TAX, 6, role="taxpayer", name=OLD, valid_from="2016-01-01")
    bench.build(*BASES)
    assert golden(bench, "name") == [(NEW, "higher_authority")]


def test_of_names_of_one_class_and_day_the_one_with_more_sources_survives(bench):
    bench.organization("O1", CITY, 2, name=OLD, valid_from="2015-01-01", status_code="active", phone="1")
    bench.organization("O1", PROVINCE, 2, name=NEW, valid_from="2015-01-01")
    bench.organization("O1", STATISTICS, 8, role="statistical_unit", name=NEW)
    bench.build(*BASES)
    assert golden(bench, "name") == [(NEW, "outvoted")]


def test_the_number_of_a_record_with_a_former_name_is_not_in_doubt(bench):
    bench.organization("O1", CITY, 1, name=OLD, uscc="91510900MA00000001", valid_from="2015-01-01")
    bench.organization("O1", PROVINCE, 2, name=NEW, uscc="91510900MA00000002", valid_from="2016-01-01")
    bench.build(*BASES)
    assert golden(bench, "uscc") == [("91510900MA00000001", "higher_authority")]
    assert bench.query("select attribute, value from legal_entity.organization_statement where doubt is not null") == [
        ("name", OLD)
    ]


def test_a_representative_with_a_note_loses_to_a_clean_one_and_is_still_that_person(bench):
    record = bench.organization("O1", CITY, 1, representative_name="张伟（法人）")
    bench.person("P1", CITY, 10, role="legal_representative", record_id=record, name="张伟（法人）")
    bench.organization("O1", TAX, 6, role="taxpayer", representative_name="张伟")
    bench.build(*BASES)
    assert golden(bench, "representative_name") == [("张伟", "noted")]
    assert bench.query("select representative_person_id from legal_entity.organization") == [("P1",)]
