"""What is reported of one person or organisation: who is meant, the rows, how each was linked, why each value won."""

import io

import pytest
from rich.console import Console

from suining_data.explanation import SubjectKind, explain, explain_unlinked, find_ids, print_explanation
from suining_data_tests.bench import BASES

PERSON, ORGANIZATION = SubjectKind.PERSON, SubjectKind.ORGANIZATION
POLICE = "sichuan_public_security__residents"
MEDICAL = "medical_insurance__enrolments"
SOCIAL = "sichuan_human_resources__insurance"
MARKET = "sichuan_market_supervision__registrations"
NUMBER = "51090319900307809X"


def batch(bench, resource, batch_id, file_name):
    bench.insert(
        "governance.batch",
        resource_id=resource,
        batch_id=batch_id,
        unit_id=resource.split("__")[0],
        file_name=file_name,
        content_sha256="",
        file_bytes=0,
        status="in_force",
        run_id="run",
        declaration="",
    )


def printed(explained):
    output = io.StringIO()
    print_explanation(explained, Console(file=output, width=220))
    return output.getvalue()


@pytest.mark.parametrize(
    "asked", ["P1", NUMBER, NUMBER.lower(), " ５１０９０３１９９００３０７８０９Ｘ ", "510903900307809", "P0", "P00"]
)
def test_a_person_is_found_by_id_retired_id_and_number_however_written(bench, asked):
    bench.person("P1", POLICE, 1, resident_id=NUMBER, is_resident_id_derived=False, name="张伟")
    bench.build(*BASES, "social_security", "governance")
    bench.con.execute("create table governance.person_redirect (old_id varchar, new_id varchar)")
    bench.con.execute("insert into governance.person_redirect values ('P00', 'P0'), ('P0', 'P1')")
    assert find_ids(bench.con, PERSON, asked) == ["P1"]


def test_an_organisation_is_found_by_any_of_its_numbers(bench):
    bench.organization("O1", MARKET, 1, uscc="91510900MA6220XU7K", registration_number="510900000012345", name="甲厂")
    bench.build(*BASES, "social_security", "governance")
    for asked in ("O1", "91510900ma6220xu7k", "MA6220XU7", "510900000012345"):
        assert find_ids(bench.con, ORGANIZATION, asked) == ["O1"]


def test_unknown_is_nobody(bench):
    bench.build(*BASES, "social_security", "governance")
    assert find_ids(bench.con, PERSON, "P9") == []
    assert explain_unlinked(bench.con, PERSON, "P9") is None


def test_a_record_names_resource_file_and_line_and_how_it_was_linked(bench):
    batch(bench, POLICE, "b1", "czhjrk.csv")
    batch(bench, MEDICAL, "b2", "ybcb_1.csv")
    for file, first in (("ybcb_1.csv", 1), ("ybcb_2.csv", 11)):
        bench.insert(
            "governance.batch_file", resource_id=MEDICAL, batch_id="b2", file_name=file, first_line=first, lines=10
        )
    police = bench.person(
        "P1", POLICE, 1, role="household_member", record_id=(7 << 24) + 5, batch_id="b1", resident_id=NUMBER,
        is_resident_id_derived=False, link_rule="resident_id", name="张伟", valid_from="2019-01-01",
    )  # fmt: skip
    medical = bench.person(
        "P1", MEDICAL, 9, record_id=(8 << 24) + 13, batch_id="b2", link_rule="scored", link_weight=12.5, name="张玮"
    )
    bench.build(*BASES, "social_security", "governance")
    bench.con.execute(
        "create table governance.person_link as select ?::bigint as record_id, 'holder' as role, 12.5 as weight, "
        """'[{"comparison": "name", "level": "相同 same", "weight": 8.1}, {"comparison": "sex", "level": "不同 differs", "weight": -9}]' as evidence""",
        [medical],
    )
    reported = explain(bench.con, PERSON, "P1")
    assert [(r.record_id, r.file, r.line, r.link_rule, r.number) for r in reported.records] == [
        (police, "sichuan_public_security/czhjrk.csv", 5, "resident_id", NUMBER),
        (medical, "medical_insurance/ybcb_2.csv", 3, "scored", None),
    ]
    assert reported.records[0].resource == "四川省公安厅 常住户籍人口基本信息（遂宁）"
    assert "评分 scored 12.50" in printed(reported)
    assert "评分 scored name 相同 same +8.10, sex 不同 differs -9.00" in printed(reported)


def test_every_value_says_why_it_won_or_lost(bench):
    first = bench.person("P1", POLICE, 1, resident_id=NUMBER, is_resident_id_derived=False, name="张伟", sex_code="1")
    second = bench.person("P1", SOCIAL, 8, name="张伟", phone="13800138000", valid_from="2019-01-01")
    third = bench.person("P1", MEDICAL, 8, name="张玮", phone="13900139000", valid_from="2018-01-01")
    bench.build(*BASES, "social_security", "governance")
    reported = explain(bench.con, PERSON, "P1").values
    assert [(t.attribute, t.value, [id for id, _ in t.records], t.is_golden) for t in reported] == [
        ("name", "张伟", [first, second], True),
        ("name", "张玮", [third], False),
        ("sex_code", "1", [first], True),
        ("birth_date", "1990-03-07", [], True),
        ("phone", "13800138000", [second], True),
        ("phone", "13900139000", [third], False),
    ]
    assert [t.reason.split(" · ")[1] for t in reported] == [
        "of higher authority than every record with another value",
        "lower authority",
        "the only record that reports it",
        "derived from the resident id; no reliable record reports it",
        "same authority, more recent",
        "same authority, older or undated",
    ]


def test_who_moved_out_has_no_golden_household_but_it_was_told(bench):
    bench.person("P1", POLICE, 1, name="张伟", household_number="H1", valid_from="2001-01-01")
    record = bench.insert(
        "staged.public_security__household_changes", change_code="moved_out", change_date="2011-12-30"
    )
    bench.person("P1", "public_security__household_changes", 1, record_id=record, valid_from="2011-12-30")
    bench.build(*BASES, "social_security", "governance")
    reported = {t.attribute: t for t in explain(bench.con, PERSON, "P1").values}
    assert reported["name"].is_golden
    assert not reported["household_number"].is_golden
    assert "已迁出" in reported["household_number"].reason


@pytest.mark.parametrize(("golden_id", "said"), [(None, "未关联"), ("P2", "属于他人 of somebody else, P2")])
def test_records_told_with_the_number_that_speak_of_somebody_else_are_shown_with_the_lead(bench, golden_id, said):
    bench.person("P1", POLICE, 1, resident_id=NUMBER, is_resident_id_derived=False, name="张伟")
    other = bench.contested(golden_id, SOCIAL, 8, number=NUMBER, name="陈芳")
    bench.build(*BASES, "social_security", "governance")
    reported = explain(bench.con, PERSON, "P1")
    assert [(r.record_id, r.golden_id, r.number) for r in reported.records][1:] == [(other, golden_id, NUMBER)]
    assert [department for department, _ in reported.findings] == ["sichuan_human_resources"]
    assert said in printed(reported)
    assert "线索 finding  sichuan_human_resources" in printed(reported)


def test_a_number_of_no_golden_record_shows_the_rows_that_carry_it(bench):
    record = bench.person(None, SOCIAL, 8, resident_id=NUMBER, name="陈芳")
    bench.build(*BASES, "social_security", "governance")
    assert find_ids(bench.con, PERSON, NUMBER) == []
    reported = explain_unlinked(bench.con, PERSON, NUMBER)
    assert reported
    assert [r.record_id for r in reported.records] == [record]
    assert "没有对应的择优记录" in printed(reported)


def test_of_thousands_of_records_those_that_matter_are_shown(bench):
    for _ in range(99):
        bench.organization("O1", SOCIAL, 26, role="insuring_employer", name="甲厂")
    named = bench.organization("O1", MARKET, 1, name="乙厂")
    bench.build(*BASES, "social_security", "governance")
    reported = explain(bench.con, ORGANIZATION, "O1")
    assert len(reported.records) == 100
    assert reported.values[0].records == [(named, "registered_entity")]
    assert "市场主体登记" in printed(reported)
    assert "另有 40 条记录" in printed(reported)
    assert "1, 2, 3, 4, 5, 6 … 99" in printed(reported)
