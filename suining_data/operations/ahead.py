"""Tables written ahead: while the run's thread logs one table, others that can be written are written and judged.

Here: which step may start, on a connection of its own, and handing over what it wrote. Not here: the work of a step
(step.py), putting its table in force (assets.py), which happens in the order of the run, one at a time.

A step writes a side table and nothing else that counts, so it can be written as soon as all it reads is in force,
whether or not its turn has come; a table that is never asked for is written over by the next run. A step of parts is not
written ahead as a whole: its parts are, and what is left of them when its turn comes is shared by both threads.
"""

import threading
import time
from collections.abc import Collection
from concurrent.futures import Future
from functools import partial
from types import TracebackType
from typing import Self

import sqlalchemy.orm  # noqa: F401  # Dagster's log uses SQLAlchemy while a writer's first check would import this

from suining_data.operations import state
from suining_data.operations.judging import judge
from suining_data.operations.step import Connection, Context, Part, Step, Written
from suining_data.operations.writer import Writer
from suining_data.settings import Settings

AFTER_TABLES = -1  # size of a part: others wait for tables


class Ahead:
    """The steps of one run, each written when what it reads is in force and a thread is free, by size."""

    def __init__(self, con: Connection, settings: Settings, run_id: str, steps: Collection[Step]) -> None:
        self._con, self._settings, self._run_id = con, settings, run_id
        self._steps = {step.key: step for step in steps}
        self._to_come = set(self._steps)  # tables of the run that are not yet in force
        self._stale: set[str] = set()  # what reads a table that is new in this run
        self._parts: dict[str, dict[Part, Future[object]]] = {step.key: {} for step in steps if step.parts}
        self._writer = Writer()
        self._opening = threading.Lock()
        self._open: dict[str | Part, Connection] = {}
        self._futures: dict[str, Future[Written]] = {}

    def __enter__(self) -> Self:
        self._start(self._steps.values())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.stop(wait=False)
        with self._opening:
            for con in self._open.values():  # of a run that has failed: nobody will ask for these tables
                con.interrupt()
        self._writer.stop(wait=True)
        for con in self._open.values():
            con.close()

    def written(self, step: Step) -> Written:
        """What the step wrote, now if it was not written before. Raises what writing it raised."""
        future = self._futures.pop(step.key, None)
        if future is None or future.cancel():
            return self._write(step)
        return future.result()

    def accepted(self, step: Step, *, is_new: bool) -> None:
        """The table of `step` is in force, and was not before if it is new: what waited for nothing else may start."""
        self._close(step.key)
        self._to_come.discard(step.key)
        readers = [other for other in self._steps.values() if step.key in other.upstream]
        self._stale.update(other.key for other in readers if is_new)
        self._start(readers)
        for key in self._stale & self._parts.keys():
            ready = [part for part in self._steps[key].parts if self._to_come.isdisjoint(part.reads)]
            self._start_parts(self._steps[key], ready)

    def _start(self, steps: Collection[Step]) -> None:
        ready = [step for step in steps if self._to_come.isdisjoint(step.upstream) and step.key not in self._parts]
        for step in sorted(ready, key=lambda step: -step.expected_rows):  # an idle writer takes the first at once
            self._futures[step.key] = self._writer.submit(step.expected_rows, partial(self._write, step))

    def _start_parts(self, step: Step, parts: Collection[Part]) -> None:
        started = self._parts[step.key]
        for part in parts:
            if part not in started:
                started[part] = self._writer.submit(AFTER_TABLES, partial(self._write_part, part))

    def _write_part(self, part: Part) -> object:
        try:
            return part.write(self._opened(part))
        finally:
            self._close(part)

    def _finish_parts(self, step: Step) -> None:
        """All parts of the step are done; what the writer has not begun is taken over from its end."""
        self._start_parts(step, step.parts)
        started = self._parts[step.key]
        for part, future in reversed(started.items()):
            if future.cancel():
                self._write_part(part)
        for future in started.values():
            if not future.cancelled():
                future.result()

    def _opened(self, key: str | Part) -> Context:
        with self._opening:
            con = self._open[key] = self._con.cursor()
        return Context(con, self._settings, self._run_id)

    def _close(self, key: str | Part) -> None:
        with self._opening:
            if con := self._open.pop(key, None):
                con.close()

    def _write(self, step: Step) -> Written:
        context = self._opened(step.key)
        con = context.con
        digest = state.input_digest(con, self._settings, step)
        if state.is_current(con, step, digest):
            return Written(context, digest, None)
        started = time.monotonic()
        if step.parts:
            self._finish_parts(step)
        outcome = step.write(context)
        written = time.monotonic()
        results, validation = judge(con, step, outcome)
        seconds = written - started, time.monotonic() - written
        return Written(context, digest, outcome, tuple(results), validation, *seconds)
