"""What somebody who knows Great Expectations does with our suites and results: by GX's own classes and its plain API."""

import json
from collections.abc import Iterator

import duckdb
import great_expectations as gx
import pytest
import sqlalchemy
from great_expectations.core import ExpectationSuite
from great_expectations.core.batch import Batch
from great_expectations.core.expectation_validation_result import expectationSuiteValidationResultSchema
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.execution_engine.sqlalchemy_batch_data import SqlAlchemyBatchData
from great_expectations.validator.validator import Validator

from suining_data.quality import Severity, Suite, TableRule, engine
from suining_data.quality.expectations import suite_of
from suining_data.quality.suite import result_json

RULES = (
    TableRule("amount:sign", "规范性", Severity.BLOCK, "金额为负", "amount is negative", breaks="amount < 0 -- owed"),
    TableRule("amount:huge", "规范性", Severity.WARN, "金额过大", "amount is huge", breaks="amount > 990"),
    TableRule("buyer:like", "规范性", Severity.WARN, "含百分号", "a percent sign", breaks="buyer like '%:明1%'"),
    TableRule(
        "sale_id:unique",
        "准确性",
        Severity.BLOCK,
        "重复",
        "is not unique",
        failing_rows="select * from {table} semi join (select sale_id from {table} group by sale_id having count(*) > 1) using (sale_id)",
    ),
    TableRule("city:known", "一致性", Severity.BLOCK, "不存在", "unknown", failing_rows="from {table} anti join city using (city)"),
)  # fmt: skip
SUITE = Suite("main.sale", ("sale_id",), RULES)
COUNTS = {"amount:sign": 2, "amount:huge": 18, "buyer:like": 0, "sale_id:unique": 2, "city:known": 2}


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute("create table city as select '遂宁' as city")
        con.execute("create table sale (sale_id bigint, buyer varchar, city varchar, amount int)")
        con.execute("insert into sale select range, '王小明' || range, '遂宁', range % 1000 from range(2500)")
        con.execute("insert into sale values (7777, '李四', '成都', -1), (7777, '李四', '成都', -1)")
        yield con


def counts(results: list[gx.core.ExpectationValidationResult]) -> dict[str, int]:
    return {result.expectation_config.meta["rule"]: result.result["observed_value"] for result in results}


def test_a_rule_is_an_expectation_with_its_severity_dimension_and_texts() -> None:
    first, second, *_, last = suite_of("main.sale", RULES).expectations

    assert (first.expectation_type, last.expectation_type) == ("expect_no_rows_where", "expect_query_to_return_no_rows")
    assert (first.severity, second.severity) == ("critical", "warning")
    assert second.meta == {
        "rule": "amount:huge",
        "dimension": "规范性",
        "severity": "warn",
        "zh": "金额过大",
        "en": "amount is huge",
    }


def test_all_rules_of_a_table_are_counted_in_one_select(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = statements(monkeypatch)

    found = engine.validate(con, "main.sale", suite_of("main.sale", RULES))

    assert counts(found.results) == COUNTS
    assert [sql for sql in asked if "count" in sql] == asked[-1:]


def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What GX asks of DuckDB from now on."""
    asked: list[str] = []
    execute = engine.Buffered.execute

    def noted(self: engine.Buffered, statement: str, *args: object) -> None:
        asked.append(statement)
        execute(self, statement, *args)

    monkeypatch.setattr(engine.Buffered, "execute", noted)
    return asked


def test_of_an_empty_table_every_rule_holds(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("delete from sale")

    found = engine.validate(con, "main.sale", suite_of("main.sale", RULES))

    assert counts(found.results) == dict.fromkeys(COUNTS, 0)
    assert found.success


def test_rules_of_a_view_do_not_compute_it(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("create view told as select *, error('computed') as x from sale")
    one = suite_of("main.told", [TableRule("r", "规范性", Severity.BLOCK, "", "", failing_rows="from city limit 1")])

    assert counts(engine.validate(con, "main.told", one, is_view=True).results) == {"r": 1}


def test_an_exported_suite_runs_by_the_plain_api_of_gx_with_the_same_results(con: duckdb.DuckDBPyConnection) -> None:
    exported = SUITE.validate(con, "main.sale")
    context = gx.get_context(mode="ephemeral")
    suite = context.suites.add(ExpectationSuite(**json.loads(exported.expectations)))
    connection = {"creator": lambda: engine.Live(con), "poolclass": sqlalchemy.StaticPool}
    source = context.data_sources.add_sql(
        "suining", connection_string="duckdb://", kwargs=connection, create_temp_table=False
    )
    asset = source.add_table_asset("sale", table_name="sale", schema_name="main")
    batch = asset.add_batch_definition_whole_table("all")

    found = gx.ValidationDefinition(name="sale", data=batch, suite=suite).run()

    ours = expectationSuiteValidationResultSchema.load(json.loads(exported.result))
    assert [(r.success, r.result) for r in found.results] == [(r.success, r.result) for r in ours.results]
    assert counts(found.results) == COUNTS
    assert found.statistics == ours.statistics
    assert found.get_max_severity_failure() == ours.get_max_severity_failure() == "critical"


def test_the_steps_taken_one_by_one_give_what_graph_validate_gives(con: duckdb.DuckDBPyConnection) -> None:
    suite = suite_of("main.sale", RULES)
    pool = sqlalchemy.create_engine("duckdb://", creator=lambda: engine.Live(con), poolclass=sqlalchemy.StaticPool)
    execution = SqlAlchemyExecutionEngine(engine=pool)
    data = SqlAlchemyBatchData(execution, table_name="sale", schema_name="main")
    validator = Validator(execution_engine=execution, batches=[Batch(data=data)])

    theirs = validator.graph_validate(configurations=suite.expectation_configurations)

    ours = engine.validate(con, "main.sale", suite).results
    assert [(r.success, r.result) for r in ours] == [(r.success, r.result) for r in theirs]


def test_a_result_as_json_is_what_gx_makes_of_it(con: duckdb.DuckDBPyConnection) -> None:
    suite = suite_of("main.sale", RULES)

    found = engine.validate(con, "main.sale", suite)

    assert result_json(found, suite.to_json_dict()) == found.to_json_dict()


def test_an_exported_suite_equals_the_one_it_was_made_of(con: duckdb.DuckDBPyConnection) -> None:
    exported = json.loads(SUITE.validate(con, "main.sale").expectations)

    assert ExpectationSuite(**exported) == suite_of("main.sale", RULES)


def test_no_value_of_a_row_is_in_what_is_exported(con: duckdb.DuckDBPyConnection) -> None:
    exported = SUITE.validate(con, "main.sale").result

    assert '"observed_value": 2,' in exported
    assert not any(value in exported for value in ("王小明", "李四", "成都", "7777"))


def test_what_has_failed_is_not_tried_again_rule_by_rule(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    execute = engine.CursorWrapper.execute
    monkeypatch.setattr(
        engine.CursorWrapper, "execute", lambda self, sql, *args: (ran.append(sql), execute(self, sql, *args))
    )
    wrong = TableRule("w", "规范性", Severity.BLOCK, "", "", breaks="no_such_column")

    with pytest.raises(duckdb.BinderException, match="no_such_column"):
        engine.validate(con, "main.sale", suite_of("main.sale", [*RULES, wrong]))

    assert len([sql for sql in ran if "count" in sql]) == 1
