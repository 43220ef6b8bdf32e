"""Check results as data: governance.check_result, for the published file, `suining status` and unchanged tables.

Here: recording the results of a run there and loading them. Not here: the checks themselves (validation.py, quality/).
"""

import json
from collections.abc import Sequence

import dagster as dg

from suining_data.orchestration.step import Connection, Step

PLAIN = (int, float, str, bool, list, dict)  # metadata that JSON can hold: counts and opaque keys only


def record(
    con: Connection, step: Step, results: Sequence[dg.AssetCheckResult], specs: list[dg.AssetCheckSpec], run_id: str
) -> None:
    """Replace the results of the step's table by these; call it in a transaction."""
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


def load(con: Connection, step: Step) -> list[dg.AssetCheckResult]:
    """The results of the step's table, from when it was last validated."""
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
        if isinstance(getattr(entry, "value", None), PLAIN)
    }
