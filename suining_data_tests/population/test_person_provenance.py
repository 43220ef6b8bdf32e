"""population.person_provenance: where each golden value came from, and why it won."""

import pytest

from suining_data_tests.bench import BASES

POLICE = "sichuan_public_security__residents"
MEDICAL = "medical_insurance__enrolments"
SOCIAL = "sichuan_human_resources__insurance"


def reasons(bench, attribute):
    return bench.query(
        "select record_id, resource_id, authority, record_count, value_count, reason_code "
        f"from population.person_provenance where person_id = 'P1' and attribute = '{attribute}'"
    )


@pytest.mark.parametrize(
    ("police", "others", "reason"),
    [
        ({"name": "张伟"}, [], "only_source"),
        ({"name": "张伟"}, [(9, {"name": "张伟"})], "all_agree"),
        ({"name": "张伟"}, [(9, {"name": "张玮", "valid_from": "2019-01-01"})], "higher_authority"),
        (
            {"name": "张伟", "valid_from": "2019-01-02"},
            [(1, {"name": "张玮", "valid_from": "2019-01-01"})],
            "more_recent",
        ),
        ({"name": "张伟", "valid_from": "2019-01-01"}, [(1, {"name": "张玮"})], "more_recent"),
        ({"name": "张伟", "phone": "13800138000"}, [(1, {"name": "张玮"})], "more_complete"),
        ({"name": "张伟"}, [(1, {"name": "张玮"})], "tie_break"),
        ({"name": "张伟"}, [(1, {"name": "张伟"}), (9, {"name": "张玮"})], "higher_authority"),
    ],
    ids=[
        "one record",
        "agreement",
        "authority",
        "recency",
        "dated",
        "completeness",
        "tie",
        "an equal record is no rival",
    ],
)
def test_the_reason_is_what_the_winner_had_more_of(bench, police, others, reason):
    won = bench.person("P1", POLICE, 1, **police)
    for authority, values in others:
        bench.person("P1", MEDICAL, authority, **values)
    bench.build(*BASES)
    told = [police["name"], *(values["name"] for _, values in others)]
    assert reasons(bench, "name") == [(won, POLICE, 1, len(told), len(set(told)), reason)]


def test_the_row_in_its_batch_and_the_words_go_along(bench):
    bench.person("P1", POLICE, 1, role="household_member", record_id=(5 << 24) + 17, batch_id="b5", name="张伟")
    bench.build(*BASES)
    assert bench.query(
        "select role, batch_id, line_number, reason_zh, reason_en from population.person_provenance"
    ) == [("household_member", "b5", 17, "只有这一条记录有此项", "the only record that reports it")]


def test_every_golden_value_has_its_row_and_nothing_else_has(bench):
    bench.person("P1", POLICE, 1, name="张伟", sex_code="1", household_number="H1", head_relation_code="02")
    bench.person("P1", MEDICAL, 9, name="张玮", phone="13800138000")
    bench.person("P2", POLICE, 1, name="李娟", household_number="H1")
    bench.person(None, SOCIAL, 8, name="陈芳")
    bench.build(*BASES)
    assert bench.query("select person_id, attribute from population.person_provenance order by all") == [
        ("P1", "head_relation_code"),
        ("P1", "household_number"),
        ("P1", "name"),
        ("P1", "phone"),
        ("P1", "sex_code"),
        ("P2", "household_number"),
        ("P2", "name"),
    ]


def test_the_relation_to_the_head_goes_with_the_household_that_won(bench):
    won = bench.person("P1", POLICE, 1, household_number="H1", head_relation_code="02")
    bench.person("P1", MEDICAL, 9, household_number="H2", head_relation_code="10")
    bench.person("P2", POLICE, 1, household_number="H3")
    bench.person("P2", MEDICAL, 9, household_number="H2", head_relation_code="10")
    bench.build(*BASES)
    assert bench.query(
        "select person_id, record_id from population.person_provenance where attribute = 'head_relation_code'"
    ) == [("P1", won)]
    assert bench.query("select person_id, head_relation_code from population.person order by 1") == [
        ("P1", "02"),
        ("P2", None),
    ]


def test_who_moved_out_has_no_household_any_more(bench):
    bench.person("P1", POLICE, 1, name="张伟", household_number="H1", valid_from="2001-01-01")
    record = bench.insert(
        "staged.public_security__household_changes", change_code="moved_out", change_date="2011-12-30"
    )
    bench.person("P1", "public_security__household_changes", 1, record_id=record, valid_from="2011-12-30")
    bench.build(*BASES)
    assert bench.query("select attribute from population.person_provenance") == [("name",)]


def test_the_winner_is_the_source_that_the_golden_record_names(bench):
    for resource, authority, name in ((POLICE, 1, None), (MEDICAL, 9, "张玮"), (SOCIAL, 8, "张伟")):
        bench.person("P1", resource, authority, name=name, sex_code="1")
    bench.build(*BASES)
    assert bench.query("""
        select attribute, record_id = case attribute when 'name' then name_from else sex_code_from end
        from population.person_provenance join population.person using (person_id) order by all
    """) == [("name", True), ("sex_code", True)]


def test_the_columns_are_those_described(bench):
    bench.person("P1", POLICE, 1, batch_id="b", name="张伟")
    bench.build(*BASES)
    assert bench.failures(*BASES) == {}


def test_every_record_tells_how_it_was_linked_and_those_not_linked_are_there(bench):
    bench.person("P1", POLICE, 1, link_rule="resident_id", name="张伟")
    bench.person("P1", MEDICAL, 9, link_rule="scored", link_weight=12.5, name="张伟")
    bench.person(None, SOCIAL, 8, name="陈芳")
    bench.build(*BASES)
    assert bench.query("select person_id, link_rule, link_weight from population.person_record order by record_id") == [
        ("P1", "resident_id", None),
        ("P1", "scored", 12.5),
        (None, None, None),
    ]
