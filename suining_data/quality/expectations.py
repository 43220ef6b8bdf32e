"""Rules as Great Expectations has them: two types of expectation, their metrics, the suite of a table.

Here: our `BatchExpectation`s and `TableMetricProvider`s, and the translation of a rule into an expectation.
Not here: the connection they run on (engine.py), which rules a table has (contracts.py).

For readers who know GX:
- A rule on rows is `ExpectNoRowsWhere(condition=...)`. Any other rule (a key, a reference, a test of schema.yml) is
  `ExpectQueryToReturnNoRows(query=...)`; `{batch}` in the query is the table.
- Their metrics, `table.rows_where.count` and `table.query_rows.count`, are aggregate partials
  (`MetricPartialFunctionTypes.AGGREGATE_FN`), so `SqlAlchemyExecutionEngine.resolve_metric_bundle` computes all
  metrics of a table, and GX's `table.row_count`, in one SELECT.
- GX's own `UnexpectedRowsExpectation` is not used: it runs each query twice, one by one, and its result contains rows,
  which may be about persons. Our results contain counts only, in every result format.
- Both succeed when no row is found, whatever the severity. `severity` is GX's: critical blocks, warning does not.
  `meta` has the rule's id, dimension (GB/T 36344-2018), severity and texts.

To load an exported suite, import this module first; then `ExpectationSuite(**json)` knows both types. They need GX's
`SqlAlchemyExecutionEngine` on DuckDB, for instance over `duckdb_engine`.

Importing this module takes 3-4 s, because Great Expectations imports scipy, altair and all its datasources. So it is
imported where a table is validated, never at the top of a module other than engine.py.
"""

from collections.abc import Iterable
from typing import Any, ClassVar

import sqlalchemy
from great_expectations.core import ExpectationSuite
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.core.metric_function_types import MetricPartialFunctionTypes
from great_expectations.core.result_format import ResultFormat
from great_expectations.execution_engine import ExecutionEngine, SqlAlchemyExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.expectation_configuration import parse_result_format
from great_expectations.expectations.metadata_types import FailureSeverity
from great_expectations.expectations.metrics.metric_provider import metric_partial
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from great_expectations.validator.metric_configuration import MetricConfiguration
from great_expectations.validator.validator import ValidationDependencies

from suining_data.quality.rules import Severity, TableRule

ROW_COUNT = "table.row_count"  # GX's own
SEVERITY = {Severity.BLOCK: FailureSeverity.CRITICAL, Severity.WARN: FailureSeverity.WARNING}
Kwargs = dict[str, Any]


def suite_of(table: str, rules: Iterable[TableRule]) -> ExpectationSuite:
    """The rules of `table` as a GX suite of that name, one expectation per rule, in order."""
    return ExpectationSuite(name=table, expectations=[_expectation(rule) for rule in rules])


def _expectation(rule: TableRule) -> BatchExpectation:
    described: dict[str, Any] = {
        "meta": {
            "rule": rule.id,
            "dimension": rule.dimension,
            "severity": rule.severity.value,
            "zh": rule.zh,
            "en": rule.en,
        },
        "description": f"{rule.zh} ({rule.en})",
        "severity": SEVERITY[rule.severity],
    }
    if rule.breaks is not None:
        return ExpectNoRowsWhere(condition=rule.breaks, **described)
    return ExpectQueryToReturnNoRows(query=rule.rows("{batch}"), **described)


class RowsWhere(TableMetricProvider):
    """Number of rows of the batch for which the condition is true."""

    metric_name = "table.rows_where.count"
    domain_keys = ("batch_id",)
    value_keys = ("condition",)

    @metric_partial(
        engine=SqlAlchemyExecutionEngine,
        partial_fn_type=MetricPartialFunctionTypes.AGGREGATE_FN,
        domain_type=MetricDomainTypes.TABLE,
    )
    def _sqlalchemy(
        cls, metric_domain_kwargs: Kwargs, metric_value_kwargs: Kwargs, **_: Any
    ) -> tuple[sqlalchemy.ColumnClause[Any], Kwargs, Kwargs]:
        counted = f"coalesce(count_if({metric_value_kwargs['condition']}\n), 0)"  # null where all conditions are null
        return sqlalchemy.literal_column(counted), metric_domain_kwargs, {}


class QueryRows(TableMetricProvider):
    """Number of rows that the query returns."""

    metric_name = "table.query_rows.count"
    domain_keys = ("batch_id",)
    value_keys = ("query",)

    @metric_partial(
        engine=SqlAlchemyExecutionEngine,
        partial_fn_type=MetricPartialFunctionTypes.AGGREGATE_FN,
        domain_type=MetricDomainTypes.TABLE,
    )
    def _sqlalchemy(
        cls,
        execution_engine: SqlAlchemyExecutionEngine,
        metric_domain_kwargs: Kwargs,
        metric_value_kwargs: Kwargs,
        **_: Any,
    ) -> tuple[sqlalchemy.ColumnClause[Any], Kwargs, Kwargs]:
        query = metric_value_kwargs["query"].replace("{batch}", _table(execution_engine, metric_domain_kwargs))
        # an aggregate: without one, the SELECT would have as many rows as the table
        counted = f"(select count(*) from ({query}\n)) + 0 * count(*)"
        return sqlalchemy.literal_column(counted), metric_domain_kwargs, {}


def _table(execution_engine: SqlAlchemyExecutionEngine, domain: Kwargs) -> str:
    """The name of the batch in a query: that of its table, also if the batch is a SELECT from the table."""
    selected: Any = execution_engine.get_domain_records(domain)
    if isinstance(selected, sqlalchemy.TableClause):
        return str(selected.fullname)
    batch: Any = execution_engine.batch_manager.active_batch_data
    return ".".join(filter(None, (batch.source_schema_name, batch.source_table_name)))


class ExpectNoRowsWhere(BatchExpectation):
    """Expect that `condition`, SQL on the columns of the batch, is true for no row; false and null pass."""

    condition: str

    metric_dependencies: ClassVar[tuple[str, ...]] = (ROW_COUNT, RowsWhere.metric_name)
    success_keys: ClassVar[tuple[str, ...]] = ("condition",)

    def get_validation_dependencies(
        self, execution_engine: ExecutionEngine | None = None, runtime_configuration: Kwargs | None = None
    ) -> ValidationDependencies:
        """The same as the inherited method in a tenth of its time: that one copies the expectation per metric."""
        rows = MetricConfiguration(ROW_COUNT, {"batch_id": self.batch_id})
        found = MetricConfiguration(RowsWhere.metric_name, {"batch_id": self.batch_id}, {"condition": self.condition})
        return _dependencies(self, runtime_configuration, rows, found)

    def _validate(
        self,
        metrics: Kwargs,
        runtime_configuration: Kwargs | None = None,
        execution_engine: ExecutionEngine | None = None,
    ) -> Kwargs:
        rows, found = metrics[ROW_COUNT], metrics[RowsWhere.metric_name]
        return {
            "success": found == 0,
            "result": {
                "observed_value": found,
                "element_count": rows,
                "unexpected_count": found,
                "unexpected_percent": 100 * found / rows if rows else 0.0,
            },
        }


class ExpectQueryToReturnNoRows(BatchExpectation):
    """Expect that `query`, SQL in which {batch} is the batch, returns no row."""

    query: str

    metric_dependencies: ClassVar[tuple[str, ...]] = (QueryRows.metric_name,)
    success_keys: ClassVar[tuple[str, ...]] = ("query",)

    def get_validation_dependencies(
        self, execution_engine: ExecutionEngine | None = None, runtime_configuration: Kwargs | None = None
    ) -> ValidationDependencies:
        """The same as the inherited method, as above."""
        found = MetricConfiguration(QueryRows.metric_name, {"batch_id": self.batch_id}, {"query": self.query})
        return _dependencies(self, runtime_configuration, found)

    def _validate(
        self,
        metrics: Kwargs,
        runtime_configuration: Kwargs | None = None,
        execution_engine: ExecutionEngine | None = None,
    ) -> Kwargs:
        found = metrics[QueryRows.metric_name]
        return {"success": found == 0, "result": {"observed_value": found}}


def _dependencies(
    expectation: BatchExpectation, runtime_configuration: Kwargs | None, *metrics: MetricConfiguration
) -> ValidationDependencies:
    form: ResultFormat | Kwargs = (runtime_configuration or {}).get("result_format") or expectation.result_format
    return ValidationDependencies({metric.metric_name: metric for metric in metrics}, parse_result_format(form))
