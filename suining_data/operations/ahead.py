"""Tables written ahead: while the run's thread logs one table, others that can be written are written and judged.

Here: which step may start, on a connection of its own, and handing over what it wrote. Not here: the work of a step
(step.py), putting its table in force (assets.py), which happens in the order of the run, one at a time.

A step writes a side table and nothing else that counts, so it can be written as soon as all it reads is in force,
whether or not its turn has come; a table that is never asked for is written over by the next run.
"""

import threading
import time
from collections.abc import Collection
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

import sqlalchemy.orm  # noqa: F401  # Dagster's log uses SQLAlchemy while a writer's first check would import this

from suining_data.operations import state
from suining_data.operations.judging import judge
from suining_data.operations.step import Connection, Context, Step, Written
from suining_data.settings import Settings

WRITERS = 1  # two are no faster on two cores, and the run's thread writes too, where its turn comes first


class Ahead:
    """The steps of one run, written in their order as far as what they read is in force."""

    def __init__(self, con: Connection, settings: Settings, run_id: str, steps: Collection[Step]) -> None:
        self._con, self._settings, self._run_id = con, settings, run_id
        self._steps = {step.key: step for step in steps}
        self._unmet = {step.key: {key for key in step.upstream if key in self._steps} for step in steps}
        self._pool = ThreadPoolExecutor(WRITERS, thread_name_prefix="ahead")
        self._opening = threading.Lock()
        self._open: dict[str, Connection] = {}
        self._futures: dict[str, Future[Written]] = {}

    def __enter__(self) -> Self:
        ready = [key for key, unmet in self._unmet.items() if not unmet]
        for key in sorted(ready, key=lambda key: -self._steps[key].expected_rows):  # long ones while Dagster gets ready
            self._start(key)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        with self._opening:
            for con in self._open.values():  # of a run that has failed: nobody will ask for these tables
                con.interrupt()
        self._pool.shutdown(wait=True)
        for con in self._open.values():
            con.close()

    def written(self, step: Step) -> Written:
        """What the step wrote, now if it was not written before. Raises what writing it raised."""
        future = self._futures.pop(step.key, None)
        if future is None or future.cancel():
            return self._write(step)
        return future.result()

    def accepted(self, step: Step) -> None:
        """The table of `step` is in force: what waited for nothing else may start."""
        if con := self._open.pop(step.key, None):
            con.close()
        for key, unmet in self._unmet.items():
            if step.key in unmet:
                unmet.remove(step.key)
                if not unmet:
                    self._start(key)

    def _start(self, key: str) -> None:
        self._futures[key] = self._pool.submit(self._write, self._steps[key])

    def _write(self, step: Step) -> Written:
        with self._opening:
            con = self._open[step.key] = self._con.cursor()
        context = Context(con, self._settings, self._run_id)
        digest = state.input_digest(con, self._settings, step)
        if state.is_current(con, step, digest):
            return Written(context, digest, None)
        started = time.monotonic()
        outcome = step.write(context)
        written = time.monotonic()
        results = judge(con, step, outcome)
        return Written(context, digest, outcome, tuple(results), written - started, time.monotonic() - written)
