"""Suites built from what is declared: each kind of rule passes on good rows and fails on a planted violation."""

from contextlib import contextmanager

import duckdb
import pytest

from suining_data.catalog import load_catalog
from suining_data.elements import ELEMENTS, Element, Rule, Then
from suining_data.ingestion.ledger import create_ledger
from suining_data.models import ModelContract
from suining_data.packed_keys import record_base
from suining_data.quality import contracts, staged_suite
from suining_data.quality.contracts import FAILED_RULES, ROW_KEYS, contract_suite
from suining_data.settings import REFERENCE
from suining_data.warehouse import prepare

RESOURCE = "public_security__household_changes"
COLOR = Element(
    id="color",
    label="颜色",
    english="Color",
    sensitivity="L1",
    rules=(
        Rule("short", "超过5个字", "length({v}) <= 5"),
        Rule("not_null_safe", "空值也不判", "coalesce({v} <> 'bad', false)"),
        Rule("pale", "颜色偏淡", "{v} <> 'pale'", Then.WARN, "准确性"),
        Rule("raw", "原文小写", "{x} = upper({x})", Then.WARN),
    ),
)
SECRET = Element(id="secret", label="暗号", english="Secret", sensitivity="L3", is_personal=True)
CONTRACT = {
    "description": {"en": "Toys", "zh": "玩具"},
    "key": ["toy_id", "owner_secret"],
    "columns": {
        "toy_id": {"type": "bigint", "sensitivity": "L1"},
        "owner_secret": {"element": "secret"},
        "name": {"type": "text", "not_null": True, "sensitivity": "L1"},
        "serial": {"type": "int", "unique": True, "sensitivity": "L1"},
        "size": {"type": "varchar", "accepted": ["S", "M", "it's L"], "sensitivity": "L1"},
        "color": {"element": "color"},
        "box_id": {"references": "main.box.box_id", "sensitivity": "L1"},
        "parent_id": {"references": "main.toy.toy_id", "type": "bigint", "sensitivity": "L1"},
    },
    "tests": [
        {
            "id": "names_differ",
            "zh": "名称重复",
            "en": "names repeat",
            "sql": "select name from {table} group by name having count(*) > 1 -- by name",
            "severity": "warn",
        }
    ],
}
SUITE_TABLE = "main.toy__next"


@pytest.fixture(autouse=True)
def elements(monkeypatch):
    monkeypatch.setitem(ELEMENTS, "color", COLOR)
    monkeypatch.setitem(ELEMENTS, "secret", SECRET)


@pytest.fixture
def con():
    with duckdb.connect() as con:
        con.execute("create table box as select 1 as box_id")
        con.execute("create table toy as select 999 as toy_id")  # in force; the side table is judged against itself
        con.execute("""
            create table toy__next (toy_id bigint, owner_secret varchar, name varchar, serial int, size varchar,
                color varchar, box_id int, parent_id bigint)
        """)
        con.execute("insert into toy__next values (1, 'aa', 'bear', 10, 'S', 'red', 1, null)")
        con.execute("insert into toy__next values (2, 'bb', 'ball', 11, 'it''s L', null, null, 1)")
        con.execute("insert into toy__next values (3, 'cc', 'doll', null, null, 'pale', 1, 2)")
        yield con


def failed(suite, con, table=SUITE_TABLE):
    return {
        rule: count
        for result in suite.validate(con, table).checks
        for rule, count in (
            result.metadata["failed_by_rule"].value if "failed_by_rule" in result.metadata else {}
        ).items()
    }


def toy_suite():
    return contract_suite("main.toy", ModelContract.model_validate(CONTRACT))


def test_good_rows_pass_every_rule_of_the_contract(con):
    results = toy_suite().validate(con, SUITE_TABLE).checks

    assert [result.check_name for result in results] == ["conformity", "completeness", "accuracy", "consistency"]
    assert all(result.passed for result in results)


@pytest.mark.parametrize(
    ("violation", "expected"),
    [
        ("insert into toy__next by name (from toy__next where toy_id = 1)",
         {"key:unique": 2, "serial:unique": 2, "names_differ": 1}),
        ("update toy__next set toy_id = null where toy_id = 3", {"toy_id:required": 1}),
        ("update toy__next set name = null where toy_id = 1", {"name:required": 1}),
        ("update toy__next set serial = 10", {"serial:unique": 3}),
        ("update toy__next set size = 'XXL' where toy_id = 1", {"size:accepted": 1}),
        ("update toy__next set color = 'ultramarine' where toy_id = 1", {"color:short": 1}),
        ("update toy__next set color = 'bad' where toy_id = 1", {"color:not_null_safe": 1}),
        ("update toy__next set box_id = 7 where toy_id <> 2", {"box_id:references": 2}),
        ("update toy__next set parent_id = 999 where toy_id = 3", {"parent_id:references": 1}),
        ("update toy__next set name = 'bear'", {"names_differ": 1}),
    ],
)  # fmt: skip
def test_each_kind_of_rule_of_a_contract_can_fail(con, violation, expected):
    con.execute(violation)

    assert failed(toy_suite(), con) == expected


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ("alter table toy__next drop column size", {"column_name": "size", "declared": "VARCHAR", "found": "None"}),
        ("alter table toy__next add column price int",
         {"column_name": "price", "declared": "None", "found": "INTEGER"}),
        ("alter table toy__next alter serial type varchar",
         {"column_name": "serial", "declared": "INTEGER", "found": "VARCHAR"}),
    ],
)  # fmt: skip
def test_a_column_too_few_too_many_or_of_another_type_is_named_and_nothing_else_is_judged(con, change, column):
    con.execute(change)

    conformity, *others = toy_suite().validate(con, SUITE_TABLE).checks

    assert conformity.metadata["sample_keys"].value == {"schema": [column]}
    assert not conformity.passed
    assert {(other.passed, other.severity.value) for other in others} == {(False, "ERROR")}


def test_samples_name_rows_by_keys_that_say_nothing_of_anybody(con):
    con.execute("update toy__next set name = null")

    results = toy_suite().validate(con, SUITE_TABLE).checks

    assert toy_suite().keys == ("toy_id",)
    assert not any(secret in str(results) for secret in ("'aa'", "'bb'", "'cc'"))


def test_of_a_view_only_the_columns_and_its_own_tests_are_judged(con):
    suite = contract_suite("main.toy", ModelContract.model_validate({**CONTRACT, "materialized": "view"}))
    con.execute("alter table toy__next rename to told")
    con.execute("update told set name = 'bear', size = 'XXL'")
    con.execute("create view toy__next as from told")
    assert failed(suite, con) == {"names_differ": 1}
    assert all("evaluated" not in result.metadata for result in suite.validate(con, SUITE_TABLE).checks)
    con.execute("create or replace view toy__next as select toy_id from told")
    assert failed(suite, con) == {"schema": len(CONTRACT["columns"]) - 1}


def test_a_suite_says_which_tables_must_be_there_first():
    assert toy_suite().reads == ("main.box",)


@contextmanager
def staged(resource_id=RESOURCE):
    """A staged side table with three rows that keep every rule."""
    resource = load_catalog().resource(resource_id)
    types = ROW_KEYS | {c.name: ELEMENTS[c.element].sql_type for c in resource.columns} | FAILED_RULES
    with duckdb.connect() as con:
        prepare(con, REFERENCE)
        columns = ", ".join(f"{name} {type}" for name, type in types.items())
        con.execute(f"create table staged.x__next ({columns})")
        con.execute("""
            insert into staged.x__next (record_id, batch_id, line_number, resident_id, name, birth_date, change_code,
                change_date)
            select 1000 + range, 'b1', range + 2, ['11010519491231002X', '440524188001010014', null][range + 1],
                '欧阳明', date '1949-12-31', 'death', date '2019-08-14' from range(3)
        """)
        yield con, staged_suite(resource)


@pytest.mark.parametrize(
    ("violation", "expected"),
    [
        ("record_id = 1000", {"record_id:unique": 3}),
        ("record_id = null where line_number = 2", {"record_id:required": 1}),
        ("batch_id = null where line_number = 2", {"batch_id:required": 1}),
        ("name = null where line_number = 2", {"name:required": 1}),
        ("name = null, failed_rules = ['name:damaged'] where line_number = 2", {}),
        ("name = null, failed_rules = ['name:formula_error'] where line_number = 2", {"name:required": 1}),
        ("name = null, failed_rules = ['resident_id:damaged'] where line_number = 2", {"name:required": 1}),
        ("resident_id = '110105194912310021' where line_number = 3", {"resident_id:check_digit": 1}),
        ("resident_id = '11010519491231002X'", {"key:unique": 3}),
        ("failed_rules = ['resident_id:upgraded', 'name:damaged'] where line_number < 4", {"resident_id:upgraded": 2}),
    ],
)
def test_each_kind_of_rule_of_a_staged_table_can_fail(violation, expected):
    with staged() as (con, suite):
        assert failed(suite, con, "staged.x__next") in ({}, {"expected_rows": 1})
        con.execute(f"update staged.x__next set {violation}")

        assert failed(suite, con, "staged.x__next") == expected


def test_a_column_that_quarantines_what_its_element_only_warns_of_is_not_warned_of():
    resource = load_catalog().resource("public_security__household_changes")
    fields = [
        field.model_copy(update={"rules": {"upgraded": "quarantine_value"}}) if field.name == "resident_id" else field
        for field in resource.fields
    ]

    def warned(resource):
        return {rule.id for rule in staged_suite(resource).rules if rule.severity.value == "warn"}

    assert warned(resource) - warned(resource.model_copy(update={"fields": fields})) == {"resident_id:upgraded"}


def test_a_staged_table_warns_of_a_batch_larger_than_expected_and_of_no_rows_at_all():
    with staged() as (con, suite):
        con.execute("""
            insert into staged.x__next (record_id, batch_id, line_number, name, change_code, change_date)
            select 5000 + range, 'b1', range, '欧阳明', 'death', date '2019-08-14' from range(50000)
        """)
        assert failed(suite, con, "staged.x__next") == {"expected_rows": 1}
        con.execute("delete from staged.x__next")
        results = suite.validate(con, "staged.x__next").checks

    assert {(r.check_name, r.severity.value) for r in results if not r.passed} == {("completeness", "WARN")}


def test_a_broken_rule_of_a_staged_table_names_the_files_and_the_lines():
    with staged() as (con, suite):
        create_ledger(con)
        con.executemany(
            "insert into governance.batch (resource_id, batch_id, unit_id, file_name, content_sha256, file_bytes, status, "
            "run_id, declaration) values (?, ?, ?, ?, '', 0, 'in_force', '', '')",
            [(RESOURCE, "b1", "public_security", "a.csv"), (RESOURCE, "b2", "public_security", "b\x1b.zip")],
        )
        con.execute(
            "insert into governance.batch_file (resource_id, batch_id, file_name, first_line, lines) "
            f"values ('{RESOURCE}', 'b2', 'b\x1b.zip/1.csv', 1, 2), ('{RESOURCE}', 'b2', 'b\x1b.zip/2.csv', 3, 10)"
        )
        con.execute("update staged.x__next set resident_id = '110105194912310021'")
        for batch, line in (("b1", 2), ("b1", 3), ("b2", 4)):
            first = "select min(record_id) from staged.x__next where record_id < 2000"
            record = record_base(RESOURCE, batch) + line
            con.execute(f"update staged.x__next set record_id = {record} where record_id = ({first})")
        conformity = suite.validate(con, "staged.x__next").checks[0]

    assert conformity.description.endswith(
        "public_security/b\\x1b.zip/2.csv 第 2 行 (line 2)；public_security/a.csv 第 2、3 行 (lines 2, 3)"
    )
    assert set(conformity.metadata["sample_keys"].value["resident_id:check_digit"][0]) == {"record_id"}
    assert "1101051949" not in str(conformity)


def test_every_resource_of_the_catalogue_has_a_suite_that_its_empty_table_passes():
    catalog = load_catalog()
    with duckdb.connect() as con:
        prepare(con, REFERENCE)
        for unit in catalog.units:
            for resource in unit.resources[:1]:
                types = ROW_KEYS | {c.name: ELEMENTS[c.element].sql_type for c in resource.columns} | FAILED_RULES
                con.execute(f"create table staged.{resource.id} ({', '.join(f'{n} {t}' for n, t in types.items())})")
                results = staged_suite(resource).validate(con, f"staged.{resource.id}").checks
                assert all(r.passed or r.severity.value == "WARN" for r in results), resource.id


def test_rules_on_text_before_cleaning_are_not_asked_of_values():
    asked = {rule.id for rule in contracts.element_rules("color", COLOR)}

    assert asked == {"color:short", "color:not_null_safe"}
