"""legal_entity.organization_provenance: where each golden value came from, and why it won."""

from suining_data_tests.bench import BASES

MARKET = "sichuan_market_supervision__registrations"
TAX = "taxation__taxpayers"


def test_every_golden_value_names_its_row_and_its_reason(bench):
    won = bench.organization("O1", MARKET, 1, name="遂宁甲有限公司", status_code="active", employee_count=5)
    lost = bench.organization("O1", TAX, 7, name="遂宁市甲公司", phone="08252222222")
    bench.build(*BASES)
    assert bench.query(
        "select attribute, record_id, resource_id, record_count, value_count, reason_code "
        "from legal_entity.organization_provenance order by attribute"
    ) == [
        ("employee_count", won, MARKET, 1, 1, "only_source"),
        ("name", won, MARKET, 2, 2, "higher_authority"),
        ("phone", lost, TAX, 1, 1, "only_source"),
        ("status_code", won, MARKET, 1, 1, "only_source"),
    ]


def test_numbers_go_with_the_authority_of_the_name(bench):
    won = bench.organization("O1", MARKET, 1, name="遂宁甲有限公司", uscc="91510900MA6220XU7K")
    bench.organization("O1", TAX, 7, name="遂宁甲有限公司", uscc="91510900MA6220XU8A")
    bench.build(*BASES)
    assert bench.query(
        "select record_id, reason_code from legal_entity.organization_provenance where attribute = 'uscc'"
    ) == [(won, "higher_authority")]
    assert bench.query("select uscc from legal_entity.organization") == [("91510900MA6220XU7K",)]


def test_what_every_record_told_stays_visible(bench):
    bench.organization("O1", MARKET, 1, registered_capital_cny=1000000, established_date="2011-05-06")
    bench.organization("O1", TAX, 7, registered_capital_cny=100)
    bench.build(*BASES)
    assert bench.query(
        "select attribute, value, authority from legal_entity.organization_statement order by attribute, rank"
    ) == [
        ("established_date", "2011-05-06", 1),
        ("registered_capital_cny", "1000000.00", 1),
        ("registered_capital_cny", "100.00", 7),
    ]
