"""The desk of whoever is on duty: two resources of one unit, one delivered in full, one as a delta, and the command line.

Here: the catalogue of the two, delivering, running commands in this process, looking at what is published.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from suining_data.catalog import Catalog, Unit
from suining_data.cli import app
from suining_data.commands.errors import message_for_user
from suining_data.orchestration import pipeline
from suining_data.settings import Settings, settings
from suining_data_tests.end_to_end.published import balances
from suining_data_tests.end_to_end.refusals.deliveries import content, people, residents
from suining_data_tests.sharing import once

DELTA = residents()
FULL = residents(mode="full").model_copy(
    update={
        "id": "public_security__register",
        "delivery": residents(mode="full").delivery.model_copy(update={"pattern": "dj_*.csv"}),
    }
)
UNIT = Unit(id="public_security", name="市公安局", origin="department", resources=[FULL, DELTA])
WHO = ("--by", "王主任", "--reason", "文件交错")


@dataclass
class Desk:
    """The data folder, and what is done with it."""

    settings: Settings
    output: str = ""

    def deliver(self, name: str, rows: int, first: int = 0) -> Path:
        """People from number `first` on."""
        file = self.settings.landing / UNIT.id / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content("csv", people(rows, first)))
        return file

    def run(self, *arguments: str) -> int:
        """A command; returns its exit code."""
        result = CliRunner().invoke(app, arguments)
        self.output = result.output
        if result.exception and not isinstance(result.exception, SystemExit):
            said = message_for_user(result.exception)
            if said is None:
                raise result.exception
            self.output += said
            return 1
        return result.exit_code

    def refresh(self) -> None:
        assert self.run("refresh") == 0, self.output

    def withdraw(self, name: str, *options: str) -> None:
        assert self.run("withdraw", name, *WHO, *options) == 0, self.output

    def staged(self, resource: str) -> int:
        """Staged rows in the warehouse, which are those of the published accounts."""
        with duckdb.connect(str(self.settings.warehouse), read_only=True) as con:
            [(rows,)] = con.sql(f"select count(*) from staged.{resource}").fetchall()
        [(accounted,)] = self.published(
            f"select sum(staged)::int from governance.row_account where resource_id = '{resource}'"
        )
        assert (accounted or 0) == rows
        return int(rows)

    def published(self, sql: str) -> list[tuple[object, ...]]:
        with duckdb.connect(str((self.settings.published / "suining.duckdb").resolve()), read_only=True) as con:
            return con.sql(sql).fetchall()

    def batch(self, name: str) -> str:
        """Id of the batch that came last under a name."""
        [(id,)] = self.published(
            f"select batch_id from governance.batch where file_name = '{name}' order by first_seen_at desc limit 1"
        )
        return str(id)

    def statuses(self, resource: str = FULL.id) -> dict[tuple[str, int], str]:
        """Status by file name and rows."""
        assert balances(self.settings.published)
        found = self.published(
            f"select file_name, raw_rows, status from governance.batch where resource_id = '{resource}'"
        )
        return {(str(name), int(str(rows))): str(status) for name, rows, status in found}


@contextmanager
def only_two_resources() -> Iterator[None]:
    """The catalogue has only the two resources, and there are no bases."""
    with pytest.MonkeyPatch.context() as patch:
        catalog = Catalog((UNIT,))
        for place in ("orchestration.pipeline", "undo.reloading", "forgetting.removal", "verification.chain"):
            patch.setattr(f"suining_data.{place}.load_catalog", lambda: catalog)
        patch.setattr(pipeline, "load_models", list)
        patch.setattr(pipeline, "linked_tables", lambda *_: [])
        snapshot_of, staged = pipeline.snapshot_step, [f"staged.{resource.id}" for resource in UNIT.resources]
        patch.setattr(pipeline, "snapshot_step", lambda models, others: snapshot_of(models, [*others, *staged]))
        pipeline.pipeline.cache_clear()
        yield
    pipeline.pipeline.cache_clear()


@pytest.fixture
def two_resources() -> Iterator[None]:
    with only_two_resources():
        yield


@pytest.fixture
def desk(two_resources: None, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[Desk]:
    """Two full deliveries (40 rows, then 42) and two deltas (30 rows, then 12 others) were taken in, in two refreshes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SUINING_QUIET_SECONDS", "0")

        def begin(folder: Path) -> Desk:
            patch.setenv("SUINING_DATA", str(folder))
            settings.cache_clear()
            return Desk(settings())

        def make(folder: Path) -> None:
            desk = begin(folder)
            desk.deliver("dj_1.csv", 40)
            desk.deliver("ry_1.csv", 30)
            desk.refresh()
            desk.deliver("dj_2.csv", 42)
            desk.deliver("ry_2.csv", 12, first=100)
            desk.refresh()

        taken_in = once(tmp_path_factory, "desk", make)
        shutil.copytree(taken_in, tmp_path, symlinks=True, dirs_exist_ok=True)
        yield begin(tmp_path)
    settings.cache_clear()
