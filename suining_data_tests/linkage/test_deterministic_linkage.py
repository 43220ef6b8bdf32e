"""Records with the same valid number are one person, one organisation; a number of two people merges nobody."""

from suining_data_tests.bench import EMPLOYEES, FIRMS, INSURANCE, RESIDENTS, TAXPAYERS, Bench

NUMBER, OTHER_NUMBER = "11010519491231002X", "440524188001010014"
USCC, CODE, REGISTRATION = "91110000600037341L", "600037341", "110108000000016"


def test_the_same_number_is_one_person_across_resources(bench: Bench) -> None:
    first = bench.stage(RESIDENTS, resident_id=NUMBER, name="王小明")
    second = bench.stage(INSURANCE, resident_id=NUMBER, name="王晓明")
    other = bench.stage(INSURANCE, resident_id=OTHER_NUMBER, name="王小明")
    bench.link()
    ids = bench.ids("person")
    assert ids[first] == ids[second]
    assert ids[first] != ids[other]


def test_a_row_without_a_number_is_kept_with_its_id_empty(bench: Bench) -> None:
    row = bench.stage(INSURANCE, resident_id=None, name="王小明")
    bench.link()
    assert bench.ids("person") == {row: None}


def test_one_number_of_two_people_merges_nobody(bench: Bench) -> None:
    owner = bench.stage(RESIDENTS, resident_id=NUMBER, name="王小明", sex_code="2")
    stranger = bench.stage(INSURANCE, resident_id=NUMBER, name="李建国")
    bench.link()
    ids = bench.ids("person")
    assert ids[owner] is not None
    assert ids[stranger] is None
    assert bench.con.sql("select record_id from linked.contested_number").fetchall() == [(stranger,)]


def test_a_renamed_person_stays_one(bench: Bench) -> None:
    bench.stage(RESIDENTS, resident_id=NUMBER, name="王小明", former_name="李建国")
    bench.stage(INSURANCE, resident_id=NUMBER, name="李建国")
    bench.link()
    assert len(set(bench.ids("person").values())) == 1


def test_an_organisation_code_and_a_registration_number_find_the_firm_of_a_uscc(bench: Bench) -> None:
    firm = bench.stage(FIRMS, uscc=USCC, registration_number=REGISTRATION, name="遂宁某某有限公司")
    by_code = bench.stage(TAXPAYERS, organization_code=CODE, name="遂宁某某有限公司")
    by_number = bench.stage(FIRMS, registration_number=REGISTRATION, name="某某公司")
    bench.link()
    ids = bench.ids("organization")
    assert ids[firm] is not None
    assert ids[by_code] == ids[by_number] == ids[firm]


def test_ids_stay_when_records_come_and_go(bench: Bench) -> None:
    bench.stage(RESIDENTS, resident_id=NUMBER, name="王小明")
    bench.link()
    before = set(bench.ids("person").values())
    bench.con.execute(f"delete from staged.{RESIDENTS}")
    bench.stage(INSURANCE, resident_id=NUMBER, name="王小明")
    bench.stage(INSURANCE, resident_id=OTHER_NUMBER, name="李四")
    bench.link()
    assert before < set(bench.ids("person").values())


def test_an_id_tells_nothing_of_the_number(bench: Bench) -> None:
    bench.stage(RESIDENTS, resident_id=NUMBER, name="王小明")
    other = Bench(bench.empty_warehouse)
    other.stage(RESIDENTS, resident_id=OTHER_NUMBER, name="李四")
    for each in (bench, other):
        each.link()
    assert set(bench.ids("person").values()) == set(other.ids("person").values()), "made of the row, not the person"


def test_the_more_recent_then_the_more_complete_record_stands_first(bench: Bench) -> None:
    old = bench.stage(RESIDENTS, resident_id=NUMBER, name="王小明", updated_date="2018-01-01", sex_code="1")
    bare = bench.stage(RESIDENTS, resident_id=NUMBER, name="王小明", updated_date="2019-01-01")
    full = bench.stage(RESIDENTS, resident_id=NUMBER, name="王小明", updated_date="2019-01-01", sex_code="1")
    undated = bench.stage(RESIDENTS, resident_id=NUMBER, name="王小明", sex_code="1")
    bench.link()
    order = bench.con.sql("select record_id from linked.person_record order by survivorship_rank").fetchall()
    assert [record for (record,) in order] == [full, bare, old, undated]


def test_the_same_address_has_one_id_with_and_without_the_city(bench: Bench) -> None:
    bench.stage(RESIDENTS, name="王小明", registered_address="四川省遂宁市船山区南津路1号")
    bench.stage(RESIDENTS, name="李四", registered_address="船山区南津路1号")
    bench.link()
    assert len(bench.con.sql("select distinct address_id from linked.address_record").fetchall()) == 1


def test_a_damaged_employer_code_is_the_employer_whom_the_row_names(bench: Bench) -> None:
    firm = bench.stage(FIRMS, uscc=USCC, name="遂宁广卓商贸有限公司")
    bench.stage(EMPLOYEES, resident_id=NUMBER, name="王小明", employer_code=USCC)
    damaged = USCC[:-1] + ("0" if USCC[-1] != "0" else "1")
    bench.stage(
        EMPLOYEES, resident_id=OTHER_NUMBER, name="李四", employer_code=damaged, employer_name="遂宁广卓商贸有限公司"
    )
    bench.link()
    assert bench.con.sql("select distinct employer_organization_id from linked.person_record").fetchall() == [
        (bench.ids("organization")[firm],)
    ]


def test_who_is_widowed_the_police_know_as_well_as_civil_affairs_know_who_married(bench: Bench) -> None:
    for number, status in ((NUMBER, "30"), (OTHER_NUMBER, "20")):
        bench.stage(RESIDENTS, resident_id=number, name="王小明", marital_status_code=status)
    bench.link()
    assert bench.con.sql(
        "select marital_status_code, marital_status_code_authority from linked.person_record order by all"
    ).fetchall() == [("20", 5), ("30", 1)]
