"""Schema credit: penalties, lists and tax credit ratings of organisations and persons."""

from datetime import date

from suining_data_tests.bench import BASES

CITY = "market_supervision__penalties"
PROVINCE = "sichuan_development_reform__credit"
USCC = "91510903MA6200004H"


def city_decides(bench, kind, day, number, organization="O1", **values):
    record = bench.insert(
        f"staged.{CITY}",
        listing_type_code=kind,
        decision_date=day,
        document_number=number,
        name="遂宁市甲有限公司",
        **values,
    )
    bench.organization(organization, CITY, 20, role="listed_entity", record_id=record, name="遂宁市甲有限公司")


def province_publishes(bench, kind, day, number, *, person=None, until=None):
    record = bench.insert(
        f"staged.{PROVINCE}",
        record_type_code=kind,
        decision_date=day,
        document_number=number,
        valid_until=until,
        subject_name="张伟" if person else "遂宁市甲有限公司",
    )
    if person:
        bench.person(person, PROVINCE, 14, role="credit_subject", record_id=record, name="张伟")
    else:
        bench.organization("O1", PROVINCE, 22, role="credit_subject", record_id=record, name="遂宁市甲有限公司")


def rated(bench, year, rating, organization="O1", **numbers):
    record = bench.insert(
        "staged.taxation__credit_ratings", rating_year=year, rating_code=rating, name="遂宁市甲有限公司"
    )
    bench.organization(organization, "taxation__credit_ratings", 20, role="rated_taxpayer", record_id=record, **numbers)


def listings(bench):
    bench.build(*BASES, "credit")
    return bench.query("select list_type, valid_from, valid_to, is_removed from credit.listing order by all")


def test_a_penalty_published_by_city_and_province_is_one(bench):
    city_decides(bench, "penalty", "2019-01-02", "遂罚1号", reason="无证经营")
    province_publishes(bench, "penalty", "2019-01-02", "遂罚1号", until="2020-01-02")
    province_publishes(bench, "penalty", "2019-03-04", "遂罚2号")
    bench.build(*BASES, "credit")
    assert bench.query(
        "select document_number, organization_id, content, published_until, resource_id from credit.penalty order by 1"
    ) == [
        ("遂罚1号", "O1", "无证经营", date(2020, 1, 2), CITY),
        ("遂罚2号", "O1", None, None, PROVINCE),
    ]


def test_a_listing_ends_with_the_first_removal_after_it(bench):
    city_decides(bench, "abnormal", "2016-07-01", "列1")
    city_decides(bench, "abnormal_removed", "2017-01-01", "移1")
    city_decides(bench, "abnormal", "2018-07-01", "列2")
    city_decides(bench, "serious_removed", "2019-01-01", "移2", organization="O2")
    assert listings(bench) == [
        ("abnormal", date(2016, 7, 1), date(2017, 1, 1), True),
        ("abnormal", date(2018, 7, 1), None, False),
        ("serious", None, date(2019, 1, 1), True),
    ]
    assert bench.query(
        "select organization_id, abnormal_since, serious_since from credit.organization_credit order by 1"
    ) == [
        ("O1", date(2018, 7, 1), None),
        ("O2", None, None),
    ]


def test_a_person_may_be_listed_and_a_publication_ends_a_listing(bench):
    province_publishes(bench, "debtor", "2018-01-01", "执1", person="P1", until="2020-01-01")
    assert listings(bench) == [("debtor", date(2018, 1, 1), date(2020, 1, 1), False)]
    assert bench.query("select subject_type_code, person_id, organization_id from credit.listing") == [
        ("person", "P1", None)
    ]
    assert bench.query("select * from credit.organization_credit") == []


def test_permits_are_neither_penalty_nor_list(bench):
    province_publishes(bench, "permit", "2018-01-01", "许1")
    assert listings(bench) == []
    assert bench.query("select * from credit.penalty") == []


def test_the_last_rating_is_that_of_the_organisation(bench):
    rated(bench, 2017, "B")
    rated(bench, 2018, "A")
    city_decides(bench, "serious", "2019-01-01", "列1")
    bench.build(*BASES, "credit")
    assert bench.query(
        "select tax_rating_code, tax_rating_year, listing_count, penalty_count from credit.organization_credit"
    ) == [("A", 2018, 1, 0)]
    assert bench.failures(*BASES, "credit") == {"credit.organization_credit best_rating_of_a_serious_offender": 1}


def test_a_rating_that_could_not_be_read_is_none_and_blocks_nothing(bench):
    rated(bench, 2018, None)
    bench.build(*BASES, "credit")
    assert bench.query("select * from credit.tax_rating") == []


def test_an_unknown_taxpayer_keeps_its_number(bench):
    rated(bench, 2018, "C", organization=None, uscc=USCC)
    bench.build(*BASES, "credit")
    assert bench.query("select organization_id, taxpayer_name, taxpayer_number from credit.tax_rating") == [
        (None, "遂宁市甲有限公司", USCC)
    ]


def test_a_red_list_is_praise(bench):
    province_publishes(bench, "red_list", "2018-01-01", "红1")
    bench.build(*BASES, "credit")
    assert bench.query("select listing_count, red_listing_count, last_listed_date from credit.organization_credit") == [
        (0, 1, None)
    ]
    assert bench.failures(*BASES, "credit") == {}


def test_a_debtor_whose_number_the_court_masks_is_listed_by_name(bench):
    table = "intermediate_court__dishonest_debtors"
    for number, organization in (("执1", None), ("执2", "O1")):
        record = bench.insert(
            f"staged.{table}", case_number=number, debtor_name="张伟", published_date="2018-01-01", conduct="有履行能力"
        )
        if organization:
            bench.organization(organization, table, 23, role="dishonest_debtor", record_id=record)
        else:
            bench.person(None, table, 30, role="dishonest_debtor", record_id=record, name="张伟")
    bench.build(*BASES, "credit")
    assert bench.query(
        "select document_number, subject_type_code, person_id, organization_id, subject_name from credit.listing order by 1"
    ) == [("执1", "person", None, None, "张伟"), ("执2", "organization", None, "O1", "张伟")]
