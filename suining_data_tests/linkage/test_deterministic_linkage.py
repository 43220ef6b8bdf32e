"""Records with the same valid number are one person, one organisation; a number of two people merges nobody."""

from suining_data_tests.linkage.staging import EMPLOYEES, FIRMS, INSURANCE, RESIDENTS, TAXPAYERS, Records

NUMBER, OTHER_NUMBER = "11010519491231002X", "440524188001010014"
USCC, CODE, REGISTRATION = "91110000600037341L", "600037341", "110108000000016"


def test_the_same_number_is_one_person_across_resources(records: Records) -> None:
    first = records.stage(RESIDENTS, resident_id=NUMBER, name="王小明")
    second = records.stage(INSURANCE, resident_id=NUMBER, name="王晓明")
    other = records.stage(INSURANCE, resident_id=OTHER_NUMBER, name="王小明")
    records.link()
    ids = records.ids("person")
    assert ids[first] == ids[second]
    assert ids[first] != ids[other]


def test_a_row_without_a_number_is_kept_with_its_id_empty(records: Records) -> None:
    row = records.stage(INSURANCE, resident_id=None, name="王小明")
    records.link()
    assert records.ids("person") == {row: None}


def test_one_number_of_two_people_merges_nobody(records: Records) -> None:
    owner = records.stage(RESIDENTS, resident_id=NUMBER, name="王小明", sex_code="2")
    stranger = records.stage(INSURANCE, resident_id=NUMBER, name="李建国")
    records.link()
    ids = records.ids("person")
    assert ids[owner] is not None
    assert ids[stranger] is None
    assert records.con.sql("select record_id from linked.contested_number").fetchall() == [(stranger,)]


def test_a_renamed_person_stays_one(records: Records) -> None:
    records.stage(RESIDENTS, resident_id=NUMBER, name="王小明", former_name="李建国")
    records.stage(INSURANCE, resident_id=NUMBER, name="李建国")
    records.link()
    assert len(set(records.ids("person").values())) == 1


def test_an_organisation_code_and_a_registration_number_find_the_firm_of_a_uscc(records: Records) -> None:
    firm = records.stage(FIRMS, uscc=USCC, registration_number=REGISTRATION, name="遂宁某某有限公司")
    by_code = records.stage(TAXPAYERS, organization_code=CODE, name="遂宁某某有限公司")
    by_number = records.stage(FIRMS, registration_number=REGISTRATION, name="某某公司")
    records.link()
    ids = records.ids("organization")
    assert ids[firm] is not None
    assert ids[by_code] == ids[by_number] == ids[firm]


def test_ids_stay_when_records_come_and_go(records: Records) -> None:
    records.stage(RESIDENTS, resident_id=NUMBER, name="王小明")
    records.link()
    before = set(records.ids("person").values())
    records.con.execute(f"delete from staged.{RESIDENTS}")
    records.stage(INSURANCE, resident_id=NUMBER, name="王小明")
    records.stage(INSURANCE, resident_id=OTHER_NUMBER, name="李四")
    records.link()
    assert before < set(records.ids("person").values())


def test_an_id_tells_nothing_of_the_number(records: Records) -> None:
    records.stage(RESIDENTS, resident_id=NUMBER, name="王小明")
    other = Records(records.empty)
    other.stage(RESIDENTS, resident_id=OTHER_NUMBER, name="李四")
    for each in (records, other):
        each.link()
    assert set(records.ids("person").values()) == set(other.ids("person").values()), "made of the row, not the person"


def test_the_more_recent_then_the_more_complete_record_stands_first(records: Records) -> None:
    old = records.stage(RESIDENTS, resident_id=NUMBER, name="王小明", updated_date="2018-01-01", sex_code="1")
    bare = records.stage(RESIDENTS, resident_id=NUMBER, name="王小明", updated_date="2019-01-01")
    full = records.stage(RESIDENTS, resident_id=NUMBER, name="王小明", updated_date="2019-01-01", sex_code="1")
    undated = records.stage(RESIDENTS, resident_id=NUMBER, name="王小明", sex_code="1")
    records.link()
    order = records.con.sql("select record_id from linked.person_record order by survivorship_rank").fetchall()
    assert [record for (record,) in order] == [full, bare, old, undated]


def test_the_same_address_has_one_id_with_and_without_the_city(records: Records) -> None:
    records.stage(RESIDENTS, name="王小明", registered_address="四川省遂宁市船山区南津路1号")
    records.stage(RESIDENTS, name="李四", registered_address="船山区南津路1号")
    records.link()
    assert len(records.con.sql("select distinct address_id from linked.address_record").fetchall()) == 1


def test_a_damaged_employer_code_is_the_employer_whom_the_row_names(records: Records) -> None:
    firm = records.stage(FIRMS, uscc=USCC, name="遂宁广卓商贸有限公司")
    records.stage(EMPLOYEES, resident_id=NUMBER, name="王小明", employer_code=USCC)
    damaged = USCC[:-1] + ("0" if USCC[-1] != "0" else "1")
    records.stage(
        EMPLOYEES, resident_id=OTHER_NUMBER, name="李四", employer_code=damaged, employer_name="遂宁广卓商贸有限公司"
    )
    records.link()
    assert records.con.sql("select distinct employer_organization_id from linked.person_record").fetchall() == [
        (records.ids("organization")[firm],)
    ]


def test_who_is_widowed_the_police_know_as_well_as_civil_affairs_know_who_married(records: Records) -> None:
    for number, status in ((NUMBER, "30"), (OTHER_NUMBER, "20")):
        records.stage(RESIDENTS, resident_id=number, name="王小明", marital_status_code=status)
    records.link()
    assert records.con.sql(
        "select marital_status_code, marital_status_code_authority from linked.person_record order by all"
    ).fetchall() == [("20", 5), ("30", 1)]
