"""The scheduler of a run: which staging table may be written now, in which thread, on which connection.

Here: readiness, the worker thread, one cursor for each step. Not here: the work of a step (step.py), its promotion, which
happens in run order in the run's thread (assets.py). The rules are in the docstring of the package.
"""

import threading
import time
from collections.abc import Collection
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import Self

import sqlalchemy.orm  # noqa: F401  # imported before there are two threads: Dagster's log and GX import it, too

from suining_data import changes, incremental
from suining_data.clock import cursor
from suining_data.ingestion import stop_readers
from suining_data.orchestration import state
from suining_data.orchestration.step import Connection, Context, Part, Step, StepResult, WriteResult
from suining_data.orchestration.validation import validate
from suining_data.orchestration.worker import Worker
from suining_data.settings import Settings
from suining_data.warehouse import STAGING

AFTER_TABLES = -1  # size of a part: other steps wait for tables, and no step waits for a part


class Scheduler:
    """The steps of one run; each is written when all that it reads is current and a thread is free."""

    def __init__(self, con: Connection, settings: Settings, run_id: str, steps: Collection[Step]) -> None:
        self._con, self._settings, self._run_id = con, settings, run_id
        self._steps = {step.key: step for step in steps}
        self._remaining = set(self._steps)  # tables of the run that are not current yet
        self._stale: set[str] = set()  # steps that read a table that changed in this run
        self._parts: dict[str, dict[Part, Future[object]]] = {step.key: {} for step in steps if step.parts}
        self._worker = Worker()
        self._opening = threading.Lock()
        self._open: dict[str | Part, Connection] = {}
        self._futures: dict[str, Future[StepResult]] = {}
        self.messages: tuple[str, ...] = ()  # what the promoted tables have to say at the end of the run

    def __enter__(self) -> Self:
        self._start(self._steps.values())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._worker.stop(wait=False)
        stop_readers()
        with self._opening:
            for con in self._open.values():  # the run has failed or ended, so these tables are not needed
                con.interrupt()
        self._worker.stop(wait=True)
        for con in self._open.values():
            con.close()

    def result(self, step: Step) -> StepResult:
        """The result of the step, which is written in this thread if the worker has not begun it.

        Raises what the step raised.
        """
        future = self._futures.pop(step.key, None)
        if future is None or future.cancel():
            return self._write(step)
        return future.result()

    def mark_current(self, step: Step, *, is_new: bool) -> None:
        """The step's table is current, and has other rows than before if `is_new`: start the steps that waited for it."""
        self._close(step.key)
        self._remaining.discard(step.key)
        readers = [other for other in self._steps.values() if step.key in other.upstream]
        self._stale.update(other.key for other in readers if is_new)
        self._start(readers)
        for key in self._stale & self._parts.keys():
            ready = [part for part in self._steps[key].parts if self._remaining.isdisjoint(part.reads)]
            self._start_parts(self._steps[key], ready)

    def _start(self, steps: Collection[Step]) -> None:
        ready = [step for step in steps if self._remaining.isdisjoint(step.upstream) and step.key not in self._parts]
        for step in sorted(ready, key=lambda step: -step.expected_rows):  # an idle worker takes the first at once
            self._futures[step.key] = self._worker.submit(step.expected_rows, partial(self._write, step))

    def _start_parts(self, step: Step, parts: Collection[Part]) -> None:
        started = self._parts[step.key]
        for part in parts:
            if part not in started:
                started[part] = self._worker.submit(AFTER_TABLES, partial(self._write_part, part))

    def _write_part(self, part: Part) -> object:
        try:
            return part.write(self._open_context(part))
        finally:
            self._close(part)

    def _finish_parts(self, step: Step) -> None:
        """Do all parts of the step. This thread does those that the worker has not begun, from the end of its queue."""
        self._start_parts(step, step.parts)
        started = self._parts[step.key]
        for part, future in reversed(started.items()):
            if future.cancel():
                self._write_part(part)
        for future in started.values():
            if not future.cancelled():
                future.result()

    def _open_context(self, key: str | Part) -> Context:
        with self._opening:
            con = self._open[key] = cursor(self._con)
        return Context(con, self._settings, self._run_id)

    def _close(self, key: str | Part) -> None:
        with self._opening:
            if con := self._open.pop(key, None):
                con.close()

    def _write(self, step: Step) -> StepResult:
        """Write and validate the staging table, unless the table is current."""
        context = self._open_context(step.key)
        con = context.con
        inputs = state.inputs_of(con, self._settings, step)
        if state.is_current(con, self._settings, step, inputs):
            return StepResult(context, inputs, None)
        started = time.monotonic()
        if step.parts:
            self._finish_parts(step)
        changed = state.changed_tables(con, step, inputs) if step.incremental or step.reads_changes else None
        part = _write_part(con, step, changed)
        write = part or step.write(replace(context, changed=changed))
        difference = incremental.compare_part(con, step.key) if part else _difference(con, step, write)
        if step.figures:
            write = replace(write, figures={**write.figures, **step.figures(context)})
        written = time.monotonic()
        checks, validation = validate(con, step, write, incremental.part_of(step.key) if part else None, changed or ())
        seconds = written - started, time.monotonic() - written
        is_part = part is not None
        return StepResult(context, inputs, write, difference, is_part, tuple(checks), validation, *seconds)


def _write_part(con: Connection, step: Step, changed: list[str] | None) -> WriteResult | None:
    """Write only the rows that what has changed concerns. None if the table must be written whole."""
    if step.incremental is None:
        return None
    if changed is None:
        incremental.drop_part(con, step.key)
        return None
    rows = incremental.write_changed(con, step.key, step.sql, step.incremental, changed)
    return None if rows is None else WriteResult(rows)


def _difference(con: Connection, step: Step, write: WriteResult) -> changes.Difference:
    """How the staging tables of the step differ from the current ones."""
    if not step.is_table:
        return write.difference or changes.UNKNOWN
    difference = changes.compare(con, step.key, step.touched)
    if not difference.is_listed:
        return difference
    is_beside = not all(changes.is_same(con, table, f"{table}{STAGING}") for table in step.also)
    return replace(difference, is_beside=is_beside)
