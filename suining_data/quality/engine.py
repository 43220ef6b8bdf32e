"""Great Expectations on the DuckDB connection that the run already has.

Here: the DBAPI connection that GX talks to, and one call that lets GX judge a tally of rules.
Not here: what is counted and what a verdict means (suite.py).

Importing this module costs 3-4 s, for Great Expectations imports scipy, altair and every datasource it knows: it is
imported where a table is judged, never at the top of another module.
"""

from collections.abc import Sequence
from typing import Any

import duckdb
import sqlalchemy
from duckdb_engine import ConnectionWrapper, CursorWrapper
from great_expectations.core import ExpectationValidationResult
from great_expectations.core.batch import Batch
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.execution_engine.sqlalchemy_batch_data import SqlAlchemyBatchData
from great_expectations.expectations import UnexpectedRowsExpectation
from great_expectations.validator.validator import Validator

from suining_data.quality.suite import Broken, Severity, Verdict


def judge(con: duckdb.DuckDBPyConnection, tally: str, dimensions: Sequence[str]) -> dict[str, Verdict]:
    """Verdicts of Great Expectations on `tally`, a SELECT of rule, dimension, severity, failed; one per dimension.

    GX runs the SELECT once, into a temporary table of its own cursor, and expects that no rule of the dimension has
    failed. The cursor does not see what `con` has not committed. Raises what DuckDB raises when the SQL is wrong.
    """
    live = sqlalchemy.create_engine("duckdb://", creator=lambda: Live(con.cursor()), poolclass=sqlalchemy.StaticPool)
    try:
        engine = SqlAlchemyExecutionEngine(engine=live)
        data: Any = SqlAlchemyBatchData(execution_engine=engine, query=_without_bind_parameters(tally))
        validator = Validator(execution_engine=engine, batches=[Batch(data=data)])
        validator.metrics_calculator.show_progress_bars = False
        results = validator.graph_validate(
            configurations=[_expectation(dimension).configuration for dimension in dimensions],
            runtime_configuration={"result_format": "COMPLETE", "catch_exceptions": False},
        )
    except sqlalchemy.exc.DBAPIError as error:  # says the whole SQL, which is long
        raise error.orig or error from None
    finally:
        live.dispose()
    return {dimension: _verdict(result) for dimension, result in zip(dimensions, results, strict=True)}


def _expectation(dimension: str) -> UnexpectedRowsExpectation:
    return UnexpectedRowsExpectation(
        unexpected_rows_query=(
            f"select rule, severity, failed from {{batch}} where dimension = '{dimension}' and failed > 0 order by rule"
        )
    )


def _verdict(result: ExpectationValidationResult) -> Verdict:
    rows = result.result["details"]["unexpected_rows"]
    broken = (Broken(row["rule"], Severity(row["severity"]), row["failed"]) for row in rows)
    return Verdict(bool(result.success), tuple(broken))


def _without_bind_parameters(sql: str) -> str:
    """SQL for sqlalchemy.text, which takes `:name` for a parameter unless the colon is escaped."""
    return sql.replace(":", r"\:")


class Live(ConnectionWrapper):
    """DBAPI connection on a cursor of the run's own connection."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        super().__init__(con)
        self.con = con

    def cursor(self) -> "Buffered":
        return Buffered(self)


class Buffered(CursorWrapper):
    """DBAPI cursor that fetches at once: GX gives its connection back to the pool, which rolls back, and then reads."""

    def __init__(self, live: Live) -> None:
        super().__init__(live.con, live)
        self.con = live.con
        self.rows: list[Any] = []
        self.description: Any = None

    def execute(self, statement: str, parameters: Any = None, context: Any = None) -> None:
        super().execute(statement, parameters, context)
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
