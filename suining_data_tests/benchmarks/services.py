"""How long a service of the city takes to answer about one subject: `python -m suining_data_tests.benchmarks.services`.

Here: milliseconds that 95 of 100 calls do not exceed (p95) per service, for subjects that are spread over the published file. A call opens
the file, asks, and writes the look to the access log, as the command does; the start of Python and its imports are not in it.
`suining_data_tests.benchmarks.refresh` runs it in a process of its own, because settings are read once.
"""

import contextlib
import io
import json
import statistics
import time
from collections.abc import Callable

import duckdb

from suining_data.commands import service
from suining_data.commands.published import published

SUBJECTS = 60
PURPOSE = "bench"
AUTHORIZATION = "BENCH-000001"
Call = Callable[[str], None]
CALLS: dict[str, tuple[str, Call]] = {
    "prefill_person": ("person", lambda number: service.prefill(person=number, purpose=PURPOSE)),
    "prefill_organization": ("organization", lambda number: service.prefill(organization=number, purpose=PURPOSE)),
    "citizen": ("person", lambda number: service.citizen(number, purpose=PURPOSE)),
    "lender": ("organization", lambda number: service.lender(number, AUTHORIZATION, purpose=PURPOSE)),
}


def main() -> None:
    """Print milliseconds by service as JSON."""
    ids = subjects()
    print(json.dumps({name: _p95(call, ids[kind]) for name, (kind, call) in CALLS.items()}))


def subjects() -> dict[str, list[str]]:
    """Golden ids of persons and organisations."""
    with published() as con:
        return {
            "person": _some(con, "select person_id from population.person order by hash(person_id)"),
            "organization": _some(
                con, "select organization_id from legal_entity.organization order by hash(organization_id)"
            ),
        }


def _some(con: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    return [str(id) for (id,) in con.execute(f"{sql} limit {SUBJECTS + 1}").fetchall()]


def _p95(call: Call, ids: list[str]) -> float:
    """The first call imports what it needs, so it does not count."""
    taken = []
    for id in ids:
        started = time.perf_counter()
        with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())):
            call(id)
        taken.append((time.perf_counter() - started) * 1000)
    return round(statistics.quantiles(taken[1:], n=20)[-1], 1)


if __name__ == "__main__":
    main()
