"""Great Expectations on the DuckDB connection that the run already has.

Here: the DBAPI connection that GX talks to, and one call that validates a table against a suite.
Not here: the expectations and their metrics (expectations.py), what is shown of a result (suite.py).

GX's `Validator.graph_validate` takes three steps for each expectation: its metrics, their values, its result. But it
copies the expectation several times on the way. This module takes the same steps without copies, with GX's own
`MetricsCalculator` and `Expectation.metrics_validate`. The results are equal; a test compares the two.

Import Great Expectations through this module only. Two threads validate tables; if each imported another module of GX
first, both would end in half-imported modules, for GX's modules import each other in circles.

Measured as CPU seconds against plain SQL that counts the same rules (2 cores, medians; import of GX, 5 s, not counted):
2.4 million rows x 12 columns with 20 rules 1.82 against 1.76, that is 1.03 times; 71 tables of a small city with 1,579
rules 3.12 against 1.97, that is 1.6 times. Most of the difference is per rule, not per row: GX and SQLAlchemy need
about 0.7 ms to make configurations, metric ids and the SELECT.
"""

from typing import Any

import duckdb
import sqlalchemy
from duckdb_engine import ConnectionWrapper, CursorWrapper
from great_expectations import __version__ as gx_version
from great_expectations.core import ExpectationSuite, ExpectationSuiteValidationResult, ExpectationValidationResult
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.execution_engine.sqlalchemy_batch_data import SqlAlchemyBatchData
from great_expectations.validator.metrics_calculator import MetricsCalculator
from great_expectations.validator.validator import calc_validation_statistics

from suining_data.clock import cursor
from suining_data.quality.expectations import ROW_COUNT, suite_of

__all__ = ["suite_of", "validate"]

RUNTIME = {"result_format": "BASIC", "catch_exceptions": False}


def validate(
    con: duckdb.DuckDBPyConnection,
    table: str,
    suite: ExpectationSuite,
    *,
    is_view: bool = False,
    part: str | None = None,
) -> ExpectationSuiteValidationResult:
    """The validation result of `table` (schema.name), which may be the staging table of the suite's table.

    `part`: a table of those of its rows that were not validated before. Conditions on rows are counted in it alone, queries
    see all rows, and the result has the number of all rows. A cursor of `con` reads the table, so it does not see what `con`
    has not committed. Raises the DuckDB error if the SQL of a rule is wrong.
    """
    live = Live(con)
    pool = sqlalchemy.create_engine("duckdb://", creator=lambda: live, poolclass=sqlalchemy.StaticPool)
    try:
        engine = SqlAlchemyExecutionEngine(engine=pool)
        engine.load_batch_data(table, _batch(engine, table, is_view=is_view, part=part))
        results = _results(engine, suite, _count(con, table) if part else None)
    except Exception:
        if live.error is not None:  # GX wraps it, with the whole SQL
            raise live.error from None
        raise
    finally:
        pool.dispose()
    statistics = calc_validation_statistics(results)
    return ExpectationSuiteValidationResult(
        success=statistics.success,
        results=results,
        suite_name=suite.name,
        statistics={key: count for key, count in statistics._asdict().items() if key != "success"},
        meta={"great_expectations_version": gx_version},
    )


def _batch(engine: SqlAlchemyExecutionEngine, table: str, *, is_view: bool, part: str | None) -> SqlAlchemyBatchData:
    """The table. For a view it is empty: all its rules are queries, and a SELECT from the view would compute it."""
    schema, name = table.split(".")
    selected: Any = sqlalchemy.table(name, schema=schema)
    if part:
        of_part: Any = sqlalchemy.table(part.split(".")[1], schema=part.split(".")[0])
        selected = sqlalchemy.select(sqlalchemy.text("*")).select_from(of_part)
    elif is_view:
        selected = sqlalchemy.select(sqlalchemy.text("1")).select_from(selected).limit(0)
    return SqlAlchemyBatchData(
        engine, selectable=selected, create_temp_table=False, source_schema_name=schema, source_table_name=name
    )


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(con.execute(f"select count(*) from {table}").fetchall()[0][0])


def _results(
    engine: SqlAlchemyExecutionEngine, suite: ExpectationSuite, rows: int | None
) -> list[ExpectationValidationResult]:
    """The results of all expectations. `rows` of the table, where the batch is only a part of it."""
    wanted = {
        metric.id: metric
        for expectation in suite.expectations
        for metric in expectation.get_validation_dependencies(engine, RUNTIME).get_metric_configurations()
    }
    values, _ = MetricsCalculator(engine).compute_metrics(list(wanted.values()), runtime_configuration=RUNTIME)
    if rows is not None:
        values |= {metric.id: rows for metric in wanted.values() if metric.metric_name == ROW_COUNT}
    return [
        expectation.metrics_validate(values, runtime_configuration=dict(RUNTIME), execution_engine=engine)
        for expectation in suite.expectations
    ]


class Live(ConnectionWrapper):
    """DBAPI connection on a cursor of the run's own connection. After one error it does not run any further query.

    When a bundle fails, GX computes its metrics one by one: if a run is interrupted, that would be many more queries.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = cursor(con)
        self.error: Exception | None = None
        super().__init__(self.con)

    def cursor(self) -> "Buffered":
        return Buffered(self)

    def begin(self) -> None:
        """Do nothing: a SELECT needs no transaction, and GX would open one and roll it back for each SELECT."""

    def rollback(self) -> None:
        """Do nothing, as `begin`."""


class Buffered(CursorWrapper):
    """DBAPI cursor that fetches all rows at once: GX reads them after the pool has rolled the connection back."""

    def __init__(self, live: Live) -> None:
        super().__init__(live.con, live)
        self.live, self.con = live, live.con
        self.rows: list[Any] = []
        self.description: Any = None

    def execute(self, statement: str, parameters: Any = None, context: Any = None) -> None:
        if self.live.error is not None:
            raise self.live.error
        try:
            super().execute(statement, parameters, context)
        except Exception as error:
            self.live.error = error
            raise
        self.description = self.con.description
        self.rows = self.con.fetchall() if self.description else []

    def fetchone(self) -> Any:
        return next(iter(self.fetchmany(1)), None)

    def fetchmany(self, size: int | None = None) -> list[Any]:
        taken, self.rows = self.rows[: size or 1], self.rows[size or 1 :]
        return taken

    def fetchall(self) -> list[Any]:
        taken, self.rows = self.rows, []
        return taken
