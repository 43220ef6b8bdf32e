"""Check results as data: governance.check_result, for the published file, `suining status` and unchanged tables.

Here: recording the results of a run there and loading them; their text for Dagster's pages. Not here: the checks
themselves (validation.py, quality/).
"""

import json
from collections.abc import Iterable, Iterator, Sequence

import dagster as dg

from suining_data.display import markdown_text
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


def for_dagster(results: Iterable[dg.AssetCheckResult]) -> Iterator[dg.AssetCheckResult]:
    """The results with descriptions for Dagster, which shows them as Markdown: a name of a column must not be a link."""
    for result in results:
        yield result._replace(description=markdown_text(result.description)) if result.description else result


def _plain(result: dg.AssetCheckResult) -> dict[str, object]:
    return {
        key: entry.value
        for key, entry in (result.metadata or {}).items()
        if isinstance(getattr(entry, "value", None), PLAIN)
    }
