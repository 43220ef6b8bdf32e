"""A suite: the rules of one table, validated by Great Expectations in one SELECT, shown as Dagster asset checks.

Here: the rules of a table together, the check results with their counts and sample keys, the texts of a validation.
Not here: which rules a table has (contracts.py), how GX counts them (expectations.py, engine.py).

There is one asset check per dimension of GB/T 36344-2018, not per rule: a check costs Dagster three stored events
(6 ms), the scoreboard counts by dimension, and the metadata of the check has the counts per rule.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import dagster as dg
import duckdb

from suining_data.changes import change_table
from suining_data.quality.places import places
from suining_data.quality.rules import CHECK_OF_DIMENSION, SCHEMA, Severity, TableRule
from suining_data.warehouse import load_spatial

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuite, ExpectationSuiteValidationResult, ExpectationValidationResult

SAMPLES = 5
SCHEMA_KEYS = ("column_name", "declared", "found")
NOT_VALIDATED = "列不符，未校验 (not validated: the columns are wrong)"


@dataclass(frozen=True)
class Validation:
    """The validation of a table: results of its asset checks; as JSON texts GX's suite and GX's validation result."""

    checks: list[dg.AssetCheckResult]
    expectations: str
    result: str


@dataclass(frozen=True)
class Suite:
    """The rules of `table` (schema.name). `keys`: the key columns that may be shown, without personal information."""

    table: str
    keys: tuple[str, ...]
    rules: tuple[TableRule, ...]
    reads: tuple[str, ...] = ()  # tables that foreign keys refer to: they are built first
    is_of_view: bool = False  # its rows are not counted, because that would compute all of them

    def __post_init__(self) -> None:
        ids = [rule.id for rule in self.rules]
        if len(self._by_id) < len(ids):
            raise ValueError(f"two rules of one table have the same id: {max(ids, key=ids.count)}")
        if unknown := {rule.dimension for rule in self.rules} - set(CHECK_OF_DIMENSION):
            raise ValueError(f"not a dimension of GB/T 36344: {', '.join(sorted(unknown))}")

    @cached_property
    def _by_id(self) -> dict[str, TableRule]:
        return {rule.id: rule for rule in self.rules}

    def check_specs(self, asset_key: dg.AssetKey) -> list[dg.AssetCheckSpec]:
        """One asset check per dimension; it is blocking if a rule of the dimension blocks."""
        return [
            dg.AssetCheckSpec(
                CHECK_OF_DIMENSION[dimension],
                asset=asset_key,
                description=f"{dimension}：{len(rules)} 条规则 ({CHECK_OF_DIMENSION[dimension]}: {len(rules)} rules)",
                blocking=any(rule.severity is Severity.BLOCK for rule in rules),
            )
            for dimension, rules in self._dimensions().items()
        ]

    def validate(
        self, con: duckdb.DuckDBPyConnection, table: str, part: str | None = None, changed: Collection[str] = ()
    ) -> Validation:
        """Validate `table` (schema.name, e.g. the staging table) with Great Expectations; one check per dimension.

        `part`: a table of those of its rows that were not promoted before. The others met every rule on single rows that
        blocks, or they would not have been promoted; so only rules on several rows look at them, and references to tables
        that have lost a value. `changed`: the tables that have changed since, each with its change table.

        Description of a check: the broken rules, how often, and the delivered files and lines if the rows say them.
        Metadata: rows evaluated, violations, violations per rule, keys of up to five rows per broken rule; no values.
        The table must be committed. Raises duckdb.Error when a rule's SQL is wrong.
        """
        from suining_data.quality.engine import suite_of  # the one way to Great Expectations, see engine.py

        expectations = suite_of(self.table, self.rules)
        judged = expectations
        if part and self._blocks_rows:
            kept = [rule for rule in self.rules if rule.refers_to and not _has_lost(con, *rule.refers_to, changed)]
            judged = suite_of(self.table, [_of_part(rule, part) if rule in kept else rule for rule in self.rules])
        found = self._found(con, table, judged, part if self._blocks_rows else None)
        evaluated = next((r.result["element_count"] for r in found.results if "element_count" in r.result), None)
        by_dimension: dict[str, list[ExpectationValidationResult]] = {}
        for result in found.results:
            by_dimension.setdefault(_rule(result)["dimension"], []).append(result)
        checks = [
            self._check(con, table, dimension, by_dimension[dimension], evaluated)
            if dimension in by_dimension
            else dg.AssetCheckResult(check_name=CHECK_OF_DIMENSION[dimension], passed=False, description=NOT_VALIDATED)
            for dimension in self._dimensions()
        ]
        suite = expectations.to_json_dict()
        return Validation(checks, _text(suite), _text(result_json(found, suite)))

    @property
    def _blocks_rows(self) -> bool:
        """Whether no promoted row breaks a rule on single rows."""
        return all(rule.severity is Severity.BLOCK for rule in self.rules if rule.breaks is not None)

    def _found(
        self, con: duckdb.DuckDBPyConnection, table: str, expectations: "ExpectationSuite", part: str | None
    ) -> "ExpectationSuiteValidationResult":
        """The results of all rules; if the columns are wrong, only that of the rule on columns."""
        from suining_data.quality.engine import validate

        load_spatial(con, "".join(rule.breaks or rule.failing_rows for rule in self.rules))
        try:
            found = validate(con, table, expectations, is_view=self.is_of_view, part=part)
        except duckdb.Error:  # if a column is missing or has another type, the SQL of other rules is wrong
            columns = self._of_columns(con, table)
            if columns is None or columns.success:
                raise
            return columns
        has_wrong_columns = any(_rule(r)["rule"] == SCHEMA and not r.success for r in found.results)
        return self._of_columns(con, table) or found if has_wrong_columns else found

    def _of_columns(self, con: duckdb.DuckDBPyConnection, table: str) -> "ExpectationSuiteValidationResult | None":
        from suining_data.quality.engine import suite_of, validate

        if SCHEMA not in self._by_id:
            return None
        return validate(con, table, suite_of(self.table, [self._by_id[SCHEMA]]), is_view=self.is_of_view)

    def _dimensions(self) -> dict[str, list[TableRule]]:
        found: dict[str, list[TableRule]] = {}
        for rule in self.rules:
            found.setdefault(rule.dimension, []).append(rule)
        return found

    def _check(
        self,
        con: duckdb.DuckDBPyConnection,
        table: str,
        dimension: str,
        results: list["ExpectationValidationResult"],
        evaluated: int | None,
    ) -> dg.AssetCheckResult:
        failed = {_rule(r)["rule"]: r.result["observed_value"] for r in results if not r.success}
        broken = {rule: self._by_id[rule] for rule in sorted(failed)}
        is_warning = bool(broken) and all(rule.severity is Severity.WARN for rule in broken.values())
        metadata: dict[str, Any] = {"failed": sum(failed.values())}
        if evaluated is not None:
            metadata["evaluated"] = evaluated
        where: dict[str, str] = {}
        if broken:
            metadata["failed_by_rule"] = {id: failed[id] for id in broken}
            metadata["sample_keys"] = {id: self._samples(con, table, rule) for id, rule in broken.items()}
            where = {id: places(con, rule.rows(table), _columns(con, rule.rows(table))) for id, rule in broken.items()}
        return dg.AssetCheckResult(
            check_name=CHECK_OF_DIMENSION[dimension],
            passed=all(result.success for result in results),
            severity=dg.AssetCheckSeverity.WARN if is_warning else dg.AssetCheckSeverity.ERROR,
            description="\n".join(
                f"{id}: {failed[id]:,} × {rule.zh} ({rule.en}){where[id] and f' · {where[id]}'}"
                for id, rule in broken.items()
            )
            or None,
            metadata=metadata,
        )

    def _samples(self, con: duckdb.DuckDBPyConnection, table: str, rule: TableRule) -> list[dict[str, str]]:
        """Keys of a few rows that break the rule, as text, because the UI rounds large integers."""
        rows = rule.rows(table)
        offered = _columns(con, rows)
        keys = [key for key in (SCHEMA_KEYS if rule.id == SCHEMA else self.keys) if key in offered]
        if not keys:
            return []
        found = con.execute(f"select distinct {', '.join(keys)} from ({rows}) order by all limit {SAMPLES}").fetchall()
        return [dict(zip(keys, map(str, row), strict=True)) for row in found]


def _columns(con: duckdb.DuckDBPyConnection, rows: str) -> list[str]:
    return [column[0] for column in con.execute(f"select * from ({rows}) limit 0").description or []]


def _has_lost(con: duckdb.DuckDBPyConnection, table: str, column: str, changed: Collection[str]) -> bool:
    """Whether `table` no longer has a value of `column` that it had."""
    if table not in changed:
        return False
    lost = f"select {column} from {change_table(table)} where not is_added and {column} is not null except select {column} from {table}"
    return con.execute(f"select 1 from ({lost}) limit 1").fetchone() is not None


def _of_part(rule: TableRule, part: str) -> TableRule:
    return replace(rule, failing_rows=rule.failing_rows.replace("{table}", part))


def result_json(found: "ExpectationSuiteValidationResult", suite: Mapping[str, Any]) -> dict[str, Any]:
    """The same as `found.to_json_dict()` in a fifth of its time: `suite` already has the expectations as JSON."""
    configured = {expectation["meta"]["rule"]: expectation for expectation in suite["expectations"]}
    return {
        "success": found.success,
        "results": [
            {
                "success": result.success,
                "expectation_config": configured[_rule(result)["rule"]],
                "result": result.result,
                "meta": result.meta,
                "exception_info": result.exception_info,
            }
            for result in found.results
        ],
        "suite_name": found.suite_name,
        "suite_parameters": found.suite_parameters,
        "statistics": found.statistics,
        "meta": found.meta,
        "id": found.id,
    }


def _rule(result: "ExpectationValidationResult") -> dict[str, Any]:
    """The `meta` of the expectation of a result: id, dimension, severity and texts of the rule."""
    assert result.expectation_config is not None
    return result.expectation_config.meta or {}


def _text(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1)
