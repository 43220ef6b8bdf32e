"""Check results as data: governance.check_result, for the published file, `suining status` and unchanged tables.

Here: writing results of a run there and reading them back. Not here: judging (quality/), the assets (assets.py).
"""

import json
from collections.abc import Sequence

import dagster as dg

from suining_data.operations.step import Connection, Step

SHOWN = (int, float, str, bool, list, dict)  # plain metadata; it holds counts and opaque keys only


def remember(
    con: Connection, step: Step, results: Sequence[dg.AssetCheckResult], specs: list[dg.AssetCheckSpec], run_id: str
) -> None:
    """Replace the table's results by these; call it in a transaction."""
    blocking = {spec.name: spec.blocking for spec in specs}
    rows = [
        (
            step.key,
            result.check_name,
            blocking[str(result.check_name)],
            result.passed,
            result.severity.value,
            result.description,
            json.dumps(_plain(result), ensure_ascii=False),
            run_id,
        )
        for result in results
    ]
    marks = ", ".join(f"({', '.join('?' for _ in row)})" for row in rows)
    con.execute("delete from governance.check_result where table_name = ?", [step.key])
    if rows:
        con.execute(f"insert into governance.check_result values {marks}", [v for row in rows for v in row])


def recall(con: Connection, step: Step) -> list[dg.AssetCheckResult]:
    """The table's results as they were found when it was built."""
    rows = con.execute(
        "select check_name, has_passed, severity, description, metadata from governance.check_result "
        "where table_name = ?",
        [step.key],
    ).fetchall()
    return [
        dg.AssetCheckResult(
            check_name=name,
            passed=passed,
            severity=dg.AssetCheckSeverity(severity),
            description=description,
            metadata=json.loads(metadata),
        )
        for name, passed, severity, description, metadata in rows
    ]


def _plain(result: dg.AssetCheckResult) -> dict[str, object]:
    return {
        key: entry.value
        for key, entry in (result.metadata or {}).items()
        if isinstance(getattr(entry, "value", None), SHOWN)
    }
