"""Dagster's storage on SQLite, with connections that stay open: the same tables, a fifth of the time.

Here: the classes that dagster.yaml names, and the project's only imports of private modules of Dagster (checked by
test_dagster_internals.py). Not here: dagster.yaml itself (instance.py).

Dagster's own SQLite storage makes a database engine for every event, so every statement is compiled anew and every commit
waits for the disk: a refresh of 130 tables spent 20 s in it, against 4 s with one engine for each file. With
`synchronous = normal` a power loss may lose the last moments of the log, but never damages it; a killed process loses
nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import dagster as dg
import sqlalchemy as db
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin
from dagster._core.storage.base_storage import DagsterStorage
from dagster._core.storage.event_log.polling_event_watcher import SqlPollingEventWatcher
from dagster._core.storage.event_log.sqlite.consolidated_sqlite_event_log import ConsolidatedSqliteEventLogStorage
from dagster._core.storage.runs.sqlite.sqlite_run_storage import SqliteRunStorage
from dagster._core.storage.schedules.sqlite.sqlite_schedule_storage import SqliteScheduleStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage

from suining_data.damage import DamagedLog, is_damage
from suining_data.warehouse import DiskFull, is_disk_full

LABEL = ".dagster/repository"  # tag of a run: its repository and code location


@cache
def kept_engine(url: str) -> db.Engine:
    """The engine of a database file, made once in a process."""
    engine = db.create_engine(url, connect_args={"timeout": 30})

    @db.event.listens_for(engine, "connect")
    def _(connection: Any, _record: Any) -> None:
        connection.execute("pragma synchronous = normal")

    return engine


class EventLog(ConsolidatedSqliteEventLogStorage):
    """The events of all runs in one file. A watcher polls, because an open connection does not change the file's date."""

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        super().__init__(base_dir, inst_data)
        self._has_table: dict[str, bool] = {}
        self._poller = SqlPollingEventWatcher(self)

    @contextmanager
    def _connect(self) -> Iterator[db.Connection]:
        with kept_engine(self._conn_string).begin() as connection:
            yield connection

    def store_event(self, event: Any) -> None:
        """Write an event; DiskFull where there is no room for it, DamagedLog where the file is damaged."""
        try:
            super().store_event(event)
        except db.exc.DatabaseError as error:
            if is_disk_full(error):
                raise DiskFull from error
            if is_damage(error):
                raise DamagedLog from error
            raise

    def has_table(self, table_name: str) -> bool:
        """Whether the log has a table; Dagster asks at every event, so the answer is cached."""
        if table_name not in self._has_table:
            self._has_table[table_name] = super().has_table(table_name)
        return self._has_table[table_name]

    def watch(self, run_id: str, cursor: str | None, callback: Callable[..., Any]) -> None:
        """Follow a run."""
        self._poller.watch_run(run_id, cursor, callback)

    def end_watch(self, run_id: str, handler: Callable[..., Any]) -> None:
        """Stop following a run."""
        self._poller.unwatch_run(run_id, handler)

    def dispose(self) -> None:
        """Stop the poller."""
        self._poller.close()


class Runs(SqliteRunStorage):
    """Runs in one file. A run of the command line says of which code location it is, or no button could execute it again."""

    def add_run(self, dagster_run: dg.DagsterRun) -> dg.DagsterRun:
        """Store a new run."""
        label = dagster_run.tags.get(LABEL)
        if label and dagster_run.remote_job_origin is None:
            repository, _, location = label.partition("@")
            origin = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin(location), repository)
            dagster_run = dagster_run._replace(remote_job_origin=RemoteJobOrigin(origin, dagster_run.job_name))
        return super().add_run(dagster_run)

    @contextmanager
    def connect(self) -> Iterator[db.Connection]:
        with kept_engine(self._conn_string).begin() as connection:
            yield connection


class Storage(DagsterSqliteStorage):
    """The storage that dagster.yaml names: events and runs through the kept engines, schedules as Dagster has them."""

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        self.base_dir, self._inst_data = base_dir, inst_data
        self._run_storage = Runs.from_local(f"{base_dir}/history")
        self._event_log_storage = EventLog(f"{base_dir}/history")  # type: ignore[assignment]
        self._schedule_storage = SqliteScheduleStorage.from_local(f"{base_dir}/schedules")
        DagsterStorage.__init__(self)  # type: ignore[arg-type]

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> "Storage":
        """Made by Dagster from dagster.yaml."""
        return cls(inst_data=inst_data, **config_value)
