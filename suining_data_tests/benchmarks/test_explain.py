"""An example says which rule kept a record from its subject, or brought it to somebody else."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from suining_data_tests.bench import INSURANCE, RESIDENTS, Bench
from suining_data_tests.benchmarks.accuracy import kinds
from suining_data_tests.benchmarks.accuracy.examples import Example, examples, prepare, worst_kinds
from suining_data_tests.benchmarks.accuracy.explain import explain
from suining_data_tests.benchmarks.accuracy.records import ORGANIZATION, PERSON, match

NUMBER, OTHER = "510902198001010016", "510902197505050039"
HOME = "船山区南津路街道滨江路1号"


@pytest.fixture
def bench(empty_warehouse: Path) -> Iterator[Bench]:
    bench = Bench(empty_warehouse)
    for subject in (PERSON.name, ORGANIZATION.name):
        bench.con.execute(f"""
            create table truth_{subject}_row(resource_id varchar, file varchar, row_number bigint, role varchar, true_id varchar, error_kind varchar);
            create table truth_{subject}(true_id varchar, name varchar, former_name varchar, birth_date date, resident_id varchar, uscc varchar,
                mother_true_id varchar, father_true_id varchar, parent_true_id varchar, former_address varchar, registered_address varchar,
                residence_address varchar)""")
    bench.con.execute(f"""create or replace table governance.batch as
        select unnest(['{RESIDENTS}', '{INSURANCE}']) as resource_id, 'b' as batch_id, 'f' as file_name""")
    bench.insert("truth_person", true_id="A")
    bench.insert("truth_person", true_id="B")
    deliver(bench, RESIDENTS, "A", None, resident_id=NUMBER, name="王小明", sex_code="1", registered_address=HOME)
    for _ in range(2):
        deliver(bench, INSURANCE, "A", None, resident_id=NUMBER, name="王小明")
    for _ in range(2):
        deliver(bench, RESIDENTS, "B", None, resident_id=OTHER, name="李建国", sex_code="1")
    yield bench
    bench.con.close()


def deliver(bench: Bench, resource: str, true_id: str, kind: str | None, **values: object) -> None:
    """A staged row and its truth."""
    record = bench.stage(resource, **values)
    entity = next(entity for entity in bench.catalog.resource(resource).entities if entity.subject == "person")
    bench.insert(
        "truth_person_row",
        resource_id=resource,
        file="f",
        row_number=record,
        role=entity.role,
        true_id=true_id,
        error_kind=kind,
    )


def explained(bench: Bench, kind: str) -> Example:
    """The one example of a kind, of what was staged."""
    bench.link()
    match(bench.con, PERSON)
    kinds.measure(bench.con, PERSON)
    prepare(bench.con, PERSON)
    (example,) = examples(bench.con, PERSON, kind)
    return example


@pytest.mark.parametrize(
    ("reported", "rule"),
    [
        ({"birth_date": "1991-06-14", "registered_address": HOME}, "veto: (l.birth <> r.birth"),
        ({"registered_address": "大英县蓬莱镇明月路2号"}, "not blocked"),
        ({}, "not compared: a record reports too little"),
    ],
)
def test_a_record_that_stays_alone_shows_its_subject_and_the_rule(
    bench: Bench, reported: dict[str, str], rule: str
) -> None:
    deliver(bench, RESIDENTS, "A", "the_kind", resident_id=None, name="王小明", **reported)
    example = explained(bench, "the_kind")
    assert (example.outcome, example.record["name"]) == ("alone", "王小明")
    (own,) = example.comparisons
    assert own.title.startswith("most of its own subject")
    assert {record["resource_id"] for record in own.records} == {RESIDENTS, INSURANCE}
    assert own.rule.startswith(rule)


def test_a_record_with_a_number_of_somebody_else_shows_both_sides(bench: Bench) -> None:
    deliver(bench, INSURANCE, "A", "id_of_someone_else", resident_id=OTHER, name="李建国")
    example = explained(bench, "id_of_someone_else")
    wrong, own = example.comparisons
    assert example.outcome == "wrong"
    assert wrong.rule == "linked by an accepted number"
    assert {record["name"] for record in wrong.records} == {"李建国"}
    assert own.rule == "two accepted numbers, not compared"
    assert {record["name"] for record in own.records} == {"王小明"}


def test_the_worst_kinds_are_printed_with_their_examples(bench: Bench) -> None:
    deliver(bench, RESIDENTS, "A", "bad", resident_id=None, name="王小明")
    deliver(bench, INSURANCE, "A", "worse", resident_id=OTHER, name="李建国")
    deliver(bench, INSURANCE, "A", "worse", resident_id=OTHER, name="李建国")
    bench.link()
    for subject in (PERSON, ORGANIZATION):
        match(bench.con, subject)
        kinds.measure(bench.con, subject)
    console = Console(record=True, width=200)
    explain(console, bench.con)
    text = console.export_text()
    assert text.index("person worse: 2 wrong, 0 alone, 0 apart") < text.index("person bad: 0 wrong, 1 alone, 0 apart")
    assert text.count("-> linked by an accepted number") == 2
    prepare(bench.con, PERSON)
    assert [row["records"] for row in worst_kinds(bench.con)] == [2, 1]
