"""population.relationship: marriages with their intervals, parents, guardians."""

from datetime import date

from suining_data_tests.bench import BASES

SPOUSES = (
    "select person_id, related_person_id, valid_from, valid_to, end_reason from population.relationship "
    "where relation_type = 'spouse' order by person_id, valid_from nulls first"
)


def test_a_marriage_lasts_until_the_divorce_of_the_same_couple(bench):
    bench.wedding("marriage", "2001-05-01", "P1", "P2")
    bench.wedding("divorce", "2008-03-01", "P1", "P2")
    bench.wedding("marriage", "2010-10-10", "P1", "P3")
    bench.build(*BASES)
    assert bench.query(SPOUSES) == [
        ("P1", "P2", date(2001, 5, 1), date(2008, 3, 1), "divorce"),
        ("P1", "P3", date(2010, 10, 10), None, None),
        ("P2", "P1", date(2001, 5, 1), date(2008, 3, 1), "divorce"),
        ("P3", "P1", date(2010, 10, 10), None, None),
    ]


def test_a_couple_that_remarries_has_two_marriages(bench):
    for kind, year in (("marriage", 2001), ("divorce", 2003), ("marriage", 2005), ("annulled", 2006)):
        bench.wedding(kind, f"{year}-01-01", "P1", "P2")
    bench.build(*BASES)
    assert [row[2:] for row in bench.query(SPOUSES) if row[0] == "P1"] == [
        (date(2001, 1, 1), date(2003, 1, 1), "divorce"),
        (date(2005, 1, 1), date(2006, 1, 1), "annulled"),
    ]


def test_death_ends_a_marriage(bench):
    bench.wedding("marriage", "1970-01-01", "P1", "P2")
    bench.person("P1", "health__deaths", 1, death_date="2015-06-07")
    bench.build(*BASES)
    assert bench.query(SPOUSES)[1] == ("P2", "P1", date(1970, 1, 1), date(2015, 6, 7), "death")


def test_a_divorce_or_a_reissue_alone_tells_of_a_marriage_of_unknown_beginning(bench):
    bench.wedding("divorce", "2010-01-01", "P1", "P2")
    bench.wedding("marriage_reissue", "2012-01-01", "P3", "P4")
    bench.build(*BASES)
    assert [row[2:] for row in bench.query(SPOUSES)] == [
        (None, date(2010, 1, 1), "divorce"),
        (None, date(2010, 1, 1), "divorce"),
        (None, None, None),
        (None, None, None),
    ]


def test_one_wedding_told_by_city_and_province_is_one_relation(bench):
    bench.wedding("marriage", "2001-05-01", "P1", "P2", wife_name="李娟")
    record = bench.insert(
        "staged.sichuan_civil_affairs__marriages", registration_type_code="marriage", registration_date="2001-05-01"
    )
    bench.person("P1", "sichuan_civil_affairs__marriages", role="husband", record_id=record)
    bench.person(None, "sichuan_civil_affairs__marriages", role="wife", record_id=record, name="李娟")
    bench.build(*BASES)
    assert bench.query(
        "select related_person_id, related_name from population.relationship where person_id = 'P1'"
    ) == [("P2", "李娟")]


def test_a_birth_certificate_links_parents_and_child_both_ways(bench):
    first = bench.insert("staged.health__births", certificate_number="C1", child_birth_date="2018-02-03")
    later = bench.insert("staged.sichuan_health__births", certificate_number="C1", child_birth_date="2018-02-03")
    for record, child in ((first, None), (later, "P3")):
        for role, person, name in (("child", child, "王小"), ("mother", "P1", "李娟"), ("father", None, "王强")):
            bench.person(person, "health__births", role=role, record_id=record, name=name)
    bench.build(*BASES)
    assert bench.query(
        "select person_id, relation_type, related_person_id, related_name, valid_from "
        "from population.relationship order by all"
    ) == [
        ("P1", "child", "P3", "王小", date(2018, 2, 3)),
        ("P3", "father", None, "王强", date(2018, 2, 3)),
        ("P3", "mother", "P1", "李娟", date(2018, 2, 3)),
    ]


def test_a_guardian_is_told_once_since_the_first_record(bench):
    for day in ("2017-09-01", "2019-09-01"):
        record = bench.insert("staged.education__enrolment_changes", change_date=day)
        bench.person("P1", "education__enrolment_changes", role="student", record_id=record)
        bench.person("P2", "education__enrolment_changes", role="guardian", record_id=record, name="王强")
    bench.build(*BASES)
    assert bench.query(
        "select person_id, relation_type, related_person_id, valid_from from population.relationship"
    ) == [("P1", "guardian", "P2", date(2017, 9, 1))]
    assert bench.failures(*BASES) == {}
