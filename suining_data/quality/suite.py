"""A suite: the rules of one table, counted in one scan, judged by Great Expectations, shown as Dagster asset checks.

Here: what a rule is, the tally, the check results with their counts and sample keys.
Not here: which rules a table has (contracts.py), how GX reaches DuckDB (engine.py).

One asset check per dimension of GB/T 36344-2018, not per rule: a check costs Dagster three stored events (6 ms), the
scoreboard counts by dimension, and the counts per rule stand in the check's metadata.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

import dagster as dg
import duckdb

from suining_data.sql import literals
from suining_data.warehouse import load_spatial

SAMPLES = 5
CHECK_OF_DIMENSION = {
    "规范性": "conformity",
    "完整性": "completeness",
    "准确性": "accuracy",
    "一致性": "consistency",
    "时效性": "timeliness",
    "可访问性": "accessibility",
}
SCHEMA = "schema"  # the rule that the table has the columns it should have; nothing else can be asked before it holds
SCHEMA_KEYS = ("column_name", "declared", "found")
NOT_JUDGED = "列不符，未评判 (not judged: the columns are wrong)"


class Severity(StrEnum):
    BLOCK = "block"  # a rule of ours is broken: the table is not put in force
    WARN = "warn"  # counted and shown


@dataclass(frozen=True)
class Check:
    """A rule of a table: `breaks` is SQL true of a row that breaks it, or `failing_rows` selects these from {table}."""

    id: str
    dimension: str
    severity: Severity
    zh: str
    en: str
    breaks: str | None = None
    failing_rows: str = ""

    def rows(self, table: str) -> str:
        """SELECT of the rows of `table` that break the rule."""
        sql = self.failing_rows or f"select * from {{table}} where {self.breaks}"
        return f"{sql}\n".replace("{table}", table)


@dataclass(frozen=True)
class Broken:
    """A rule that does not hold, with the number of rows that break it."""

    rule: str
    severity: Severity
    failed: int


@dataclass(frozen=True)
class Verdict:
    """What Great Expectations says of a dimension."""

    passed: bool
    broken: tuple[Broken, ...]


@dataclass(frozen=True)
class Suite:
    """The rules of a table. `keys` are its columns that name a row and say nothing about anybody."""

    keys: tuple[str, ...]
    checks: tuple[Check, ...]
    reads: tuple[str, ...] = ()  # tables that foreign keys refer to: they are built first
    is_of_view: bool = False  # whose rows are not counted, for that would compute all of them

    def __post_init__(self) -> None:
        ids = [check.id for check in self.checks]
        if len(self._by_id) < len(ids):
            raise ValueError(f"two rules of one table have the same id: {max(ids, key=ids.count)}")
        if unknown := {check.dimension for check in self.checks} - set(CHECK_OF_DIMENSION):
            raise ValueError(f"not a dimension of GB/T 36344: {', '.join(sorted(unknown))}")

    @cached_property
    def _by_id(self) -> dict[str, Check]:
        return {check.id: check for check in self.checks}

    def check_specs(self, asset_key: dg.AssetKey) -> list[dg.AssetCheckSpec]:
        """One asset check per dimension; blocking where the dimension has a rule that blocks."""
        return [
            dg.AssetCheckSpec(
                CHECK_OF_DIMENSION[dimension],
                asset=asset_key,
                description=f"{dimension}：{len(checks)} 条规则 ({CHECK_OF_DIMENSION[dimension]}: {len(checks)} rules)",
                blocking=any(check.severity is Severity.BLOCK for check in checks),
            )
            for dimension, checks in self._dimensions().items()
        ]

    def judge(self, con: duckdb.DuckDBPyConnection, table: str) -> list[dg.AssetCheckResult]:
        """What Great Expectations says of `table` (schema.name, e.g. the side table), one result per dimension.

        Metadata: rows evaluated, violations, violations per rule, keys of up to five rows per broken rule; no values.
        The table must be committed. Raises duckdb.Error when a rule's SQL is wrong.
        """
        from suining_data.quality.engine import judge

        checks = self._answerable(con, table)
        counts = tally(checks, table)
        load_spatial(con, counts)
        verdicts = judge(con, counts, list(dict.fromkeys(check.dimension for check in checks)))
        evaluated = None if self.is_of_view else _count(con, table)
        return [
            self._result(con, table, dimension, verdicts[dimension], evaluated)
            if dimension in verdicts
            else dg.AssetCheckResult(check_name=CHECK_OF_DIMENSION[dimension], passed=False, description=NOT_JUDGED)
            for dimension in self._dimensions()
        ]

    def _answerable(self, con: duckdb.DuckDBPyConnection, table: str) -> tuple[Check, ...]:
        """The rules that can be asked: where the columns are wrong, only the rule that says so."""
        schema = self._by_id.get(SCHEMA)
        if schema and con.execute(schema.rows(table)).fetchone():
            return (schema,)
        return self.checks

    def _dimensions(self) -> dict[str, list[Check]]:
        found: dict[str, list[Check]] = {}
        for check in self.checks:
            found.setdefault(check.dimension, []).append(check)
        return found

    def _result(
        self, con: duckdb.DuckDBPyConnection, table: str, dimension: str, verdict: Verdict, evaluated: int | None
    ) -> dg.AssetCheckResult:
        failed = {broken.rule: broken.failed for broken in verdict.broken}
        is_warning = bool(failed) and all(broken.severity is Severity.WARN for broken in verdict.broken)
        metadata: dict[str, Any] = {"failed": sum(failed.values())}
        if evaluated is not None:
            metadata["evaluated"] = evaluated
        if failed:
            metadata["failed_by_rule"] = failed
            metadata["sample_keys"] = {rule: self._samples(con, table, self._by_id[rule]) for rule in failed}
        return dg.AssetCheckResult(
            check_name=CHECK_OF_DIMENSION[dimension],
            passed=verdict.passed,
            severity=dg.AssetCheckSeverity.WARN if is_warning else dg.AssetCheckSeverity.ERROR,
            description="\n".join(self._sentence(broken) for broken in verdict.broken) or None,
            metadata=metadata,
        )

    def _sentence(self, broken: Broken) -> str:
        check = self._by_id[broken.rule]
        return f"{check.id}: {broken.failed:,} × {check.zh} ({check.en})"

    def _samples(self, con: duckdb.DuckDBPyConnection, table: str, check: Check) -> list[dict[str, str]]:
        """Keys of a few rows that break the rule, as text: the UI rounds large integers."""
        rows = check.rows(table)
        offered = [column[0] for column in con.execute(f"select * from ({rows}) limit 0").description or []]
        keys = [key for key in (SCHEMA_KEYS if check.id == SCHEMA else self.keys) if key in offered]
        if not keys:
            return []
        found = con.execute(f"select distinct {', '.join(keys)} from ({rows}) order by all limit {SAMPLES}").fetchall()
        return [dict(zip(keys, map(str, row), strict=True)) for row in found]


def tally(checks: Sequence[Check], table: str) -> str:
    """SELECT of rule, dimension, severity, failed: all rules about single rows in one scan, the others one by one."""
    of_rows = [check for check in checks if check.breaks is not None]
    parts = [
        f"select {_labels([check])}, (select count(*) from ({check.rows(table)})) as failed"
        for check in checks
        if check.breaks is None
    ]
    if of_rows:
        counts = ", ".join(f"count_if({check.breaks})" for check in of_rows)
        parts.append(f"select {_labels(of_rows)}, unnest([{counts}]) as failed from {table}")
    return "\nunion all ".join(parts)


def _labels(checks: Iterable[Check]) -> str:
    labels = {
        "rule": [check.id for check in checks],
        "dimension": [check.dimension for check in checks],
        "severity": [check.severity.value for check in checks],
    }
    return ", ".join(f"unnest([{literals(texts)}]) as {name}" for name, texts in labels.items())


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    row = con.execute(f"select count(*) from {table}").fetchone()
    assert row is not None
    return int(row[0])
