"""Check results as data: governance.check_result, for the published file, `suining status` and unchanged tables.

Here: recording the results of a run there and loading them; the history of every check; their text for Dagster's pages. Not
here: the checks themselves (validation.py, quality/).

registry.check_history has a row per check and result, with the time from which to which it was so, and the result of now has no
end. A run that finds the same adds nothing. It cannot be computed again, so it is in schema registry, of which there is a copy; the
snapshot has it as governance.check_history.
"""

import json
from collections.abc import Iterable, Iterator, Sequence

import dagster as dg

from suining_data.clock import NOW
from suining_data.display import markdown_text
from suining_data.orchestration.step import Connection, Step

PLAIN = (int, float, str, bool, list, dict)  # metadata that JSON can hold: counts and opaque keys only


RESULT = "has_passed, severity, description"  # what a change of a result is


def create_check_history(con: Connection) -> None:
    """Create the history of the checks, if it does not exist."""
    con.execute("""
        create table if not exists registry.check_history (
            table_name varchar, check_name varchar, has_passed boolean, severity varchar, description varchar,
            run_id varchar, recorded_from timestamp, recorded_to timestamp)
    """)


def begin_check_history(con: Connection) -> None:
    """Take the results of a warehouse that has no history yet as its beginning; call it when the copy has been read."""
    con.execute(f"""
        insert into registry.check_history
        select table_name, check_name, {RESULT}, run_id, {NOW}, null from governance.check_result
        where not exists (from registry.check_history)
    """)


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
    _record_changes(con, step.key, run_id)


def _record_changes(con: Connection, table: str, run_id: str) -> None:
    """End the results in the history that are no longer those of the table, and begin the new ones."""
    present = f"select check_name, {RESULT} from governance.check_result where table_name = $table"
    known = f"select check_name, {RESULT} from registry.check_history where table_name = $table and recorded_to is null"
    names = {"table": table}
    if (
        con.execute(f"(({present}) except ({known})) union all (({known}) except ({present}))", names).fetchone()
        is None
    ):
        return
    con.execute(
        f"""
        update registry.check_history set recorded_to = {NOW}
        where table_name = $table and recorded_to is null and not exists (
            from ({present}) as p where p.check_name = check_history.check_name and p.has_passed = check_history.has_passed
                and p.severity = check_history.severity and p.description is not distinct from check_history.description)
        """,
        names,
    )
    con.execute(
        f"""
        insert into registry.check_history
        select $table, *, $run, {NOW}, null from (({present}) except ({known}))
        """,
        {**names, "run": run_id},
    )


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
