"""Two warehouses of the same deliveries: one refreshed after every change, one rebuilt from nothing each time.

Here: refreshing, rebuilding, comparing. Not here: what changes in between (changes.py).

A rebuild starts from what no step can make again, as it was before the change: the identity registry and the ledger of
batches, with the files in raw/ (a file that was removed from landing/ keeps its batch), and the history. Every table is
written whole.
Dagster is left out: `assets.refresh` does what its assets do, without 0.02 s for the events of each.
"""

import os
import shutil
from functools import cache
from pathlib import Path

import dagster as dg
import duckdb
from pydantic import SecretStr

from suining_data.catalog import Resource
from suining_data.history import KEPT
from suining_data.ingestion.fetching import fetch
from suining_data.orchestration import state
from suining_data.orchestration.assets import asset_of, refresh
from suining_data.orchestration.scheduler import Scheduler
from suining_data.orchestration.step import Connection
from suining_data.settings import Settings
from suining_data_tests.benchmarks.same_tables import VOLATILE, differing_tables
from suining_data_tests.random_changes.feed import GOLDEN, unexplained
from suining_data_tests.random_changes.town import EXCHANGED, copy_deliveries, town_catalog, town_steps

STATE = (  # what no step can make again
    *(
        f"registry.{subject}_{kind}"
        for subject in ("organization", "person")
        for kind in ("identity", "golden", "event")
    ),
    *("registry.decision", "registry.decision_link"),
    *(
        "registry.correction",
        "registry.correction_reply",
    ),  # a ticket that has ended is about nothing that is still there
    "governance.batch",
    "governance.batch_file",
    "governance.accepted_batch",
    "history.run",
    *(kept.history for kept in KEPT),
)
KEPT_BEFORE = (*STATE, *(kept.table for kept in GOLDEN))
MOST_SHOWN = 5  # rows of a difference


class Twin:
    """The town's data folder, and beside it a folder where all is rebuilt."""

    def __init__(self, folder: Path, empty_warehouse: Path, dsn: str) -> None:
        self.empty_warehouse = empty_warehouse
        self.settings = Settings(data=folder / "refreshed", exchange_dsn=SecretStr(dsn), quiet_seconds=0, threads=1)
        self.rebuilt = Settings(data=folder / "rebuilt", quiet_seconds=0, threads=1)
        self.files: dict[str, dict[str, bytes]] = {}  # of the last rebuild, by resource
        self.kept, self.before = folder / "kept", folder / "before.duckdb"
        self.runs, self.last_refresh = 0, ""

    def begin(self, delivered: Settings) -> None:
        """The first refresh, which writes every table from nothing: what a rebuild is."""
        copy_deliveries(delivered, self.settings)
        _put_empty(self.empty_warehouse, self.settings)
        self.refresh()

    def go_on(self, begun: Path) -> None:
        """Both warehouses are those of a data folder after the first refresh."""
        for settings in (self.settings, self.rebuilt):
            shutil.copytree(begun, settings.data)
        self.files = self._all_files()
        self.runs = 1

    def keep(self) -> None:
        """Keep the data folder as it is before a change."""
        shutil.rmtree(self.kept, ignore_errors=True)
        shutil.copytree(self.settings.data, self.kept)

    def take_back(self) -> None:
        """Put back the data folder that was kept."""
        shutil.rmtree(self.settings.data)
        self.kept.rename(self.settings.data)
        self.files = {}  # the next rebuild is whole

    def refresh(self, *, publish: bool = False) -> list[str]:
        """Fetch, then bring up to date what is stale. Returns the tables that were written."""
        with state.open_for_refresh(self.settings) as con:
            _keep_state(con, self.before)
            unit, resource = town_catalog().unit_of(EXCHANGED), town_catalog().resource(EXCHANGED)
            fetched = fetch(con, self.settings, unit, resource, "fetch")
            assert fetched.notice is None, fetched.notice
            written = self._run(con, self.settings, publish=publish)
            self.last_refresh = f"run{self.runs}"
            return written

    def rebuild(self, *, whole: bool = False) -> list[str]:
        """The same deliveries, with registry and ledger as before the last refresh. Returns the tables that were written.

        Unless it is `whole`, the staged tables of the rebuild before are taken again where the files of the resource
        are the same bytes: all else is written anew.
        """
        files = self._all_files()
        same = [id for id, content in files.items() if self.files.get(id) == content and not whole]
        self.files = files
        for folder in ("landing", "raw"):
            shutil.rmtree(self.rebuilt.data / folder, ignore_errors=True)
            shutil.copytree(self.settings.data / folder, self.rebuilt.data / folder, copy_function=os.link)
        if not same:
            _put_empty(self.empty_warehouse, self.rebuilt)
        with state.open_for_refresh(self.rebuilt) as con:
            _take_state(con, self.before)
            kept = [f"{schema}.{id}" for schema in ("raw", "staged") for id in same]
            con.execute("delete from governance.table_state where not list_contains(?, table_name)", [kept])
            return self._run(con, self.rebuilt)

    def unexplained(self) -> list[str]:
        """What the change feed of the last refresh leaves open between the golden values before and after it."""
        with duckdb.connect(str(self.settings.warehouse), read_only=True) as con:
            con.execute(f"attach '{self.before}' as before (read_only)")
            return [
                line
                for kept in GOLDEN
                for line in unexplained(con, kept, f"before.{_kept(kept.table)}", self.last_refresh)
            ]

    def differences(self) -> list[str]:
        """The tables that are not the same in both warehouses; the rows that differ are printed."""
        with duckdb.connect() as con:
            con.execute(f"attach '{self.settings.warehouse}' as before (read_only)")
            con.execute(f"attach '{self.rebuilt.warehouse}' as after (read_only)")
            return differing_tables(con, VOLATILE, MOST_SHOWN, schemas_left_out=("change", "history"))

    def _all_files(self) -> dict[str, dict[str, bytes]]:
        return {resource.id: self._files(resource) for resource in town_catalog().shared}

    def _files(self, resource: Resource) -> dict[str, bytes]:
        """Name and content of the delivered files of a resource."""
        folder = self.settings.landing / town_catalog().unit_of(resource.id).id
        stem = Path(resource.delivery.pattern).stem
        return {file.name: file.read_bytes() for file in folder.glob(f"{stem}.*")}

    def _run(self, con: Connection, settings: Settings, *, publish: bool = False) -> list[str]:
        self.runs += 1
        stale = state.stale_steps(con, settings, town_steps(publish=publish))
        written: list[str] = []
        with Scheduler(con, settings, f"run{self.runs}", stale) as scheduler:
            for step in stale:
                for event in refresh(step, scheduler, _specs(step.key)):
                    if isinstance(event, dg.MaterializeResult) and "unchanged" not in (event.metadata or {}):
                        written.append(step.key)
        return written


def _put_empty(empty_warehouse: Path, settings: Settings) -> None:
    shutil.rmtree(settings.warehouse.parent, ignore_errors=True)
    settings.warehouse.parent.mkdir(parents=True)
    shutil.copyfile(empty_warehouse, settings.warehouse)


def _keep_state(con: Connection, file: Path) -> None:
    """Copy the state of the warehouse and the golden values into a file of their own."""
    file.unlink(missing_ok=True)
    con.execute(f"attach '{file}' as kept")
    for table in KEPT_BEFORE:
        con.execute(f"create table kept.{_kept(table)} as from {table}")
    con.execute("detach kept")


def _take_state(con: Connection, file: Path) -> None:
    """Put the state of a file in place of that of the warehouse."""
    con.execute(f"attach '{file}' as kept (read_only)")
    for table in STATE:
        con.execute(f"delete from {table}")
        con.execute(f"insert into {table} by name from kept.{_kept(table)}")
    con.execute("detach kept")


def _kept(table: str) -> str:
    return table.replace(".", "__")


@cache
def _specs(key: str) -> list[dg.AssetCheckSpec]:
    step = next(step for step in town_steps(publish=True) if step.key == key)
    return list(asset_of(step).check_specs)
