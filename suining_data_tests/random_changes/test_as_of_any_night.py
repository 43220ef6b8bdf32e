"""Whoever asks about a past night gets what the base said that night; and the changes of a night lead to the next one."""

from collections.abc import Set
from datetime import timedelta
from pathlib import Path
from random import Random

import dagster as dg
import duckdb
import pytest

from suining_data_tests.bench import FIRMS, RESIDENTS
from suining_data_tests.random_changes.changes import Changes
from suining_data_tests.random_changes.exchange import ExchangeTable
from suining_data_tests.random_changes.feed import GOLDEN
from suining_data_tests.random_changes.kept_nights import KeptNights
from suining_data_tests.random_changes.sizes import sizes
from suining_data_tests.random_changes.twin import Twin


class Town:
    """The town, refreshed night after night; on some nights its registers of persons and organisations change."""

    def __init__(self, twin: Twin, table: ExchangeTable, folder: Path, seed: int) -> None:
        self.twin, self.random = twin, Random(seed)
        self.changes = Changes(twin.settings, table, seed)
        self.changes.registers = {
            id: register
            for id, register in self.changes.registers.items()
            if any(entity.subject in ("person", "organization") for entity in register.resource.entities)
        }
        self.kept = KeptNights(twin.settings, folder / "kept.duckdb")

    def live(self, nights: int, *, changed: Set[int], keep: Set[int], persons: int) -> None:
        """Refresh every night; keep what the bases say on some nights, and publish then. Prints what the history takes."""
        for number in range(1, nights + 1):
            if number in changed:
                self._change()
            else:
                self.changes.today += timedelta(1)
            self._refresh(number, publish=number in keep)
            if number in keep:
                self.kept.keep(number, self.changes.today, persons, self.random)
        self.twin.refresh(publish=True)
        print(sizes(self.twin.settings.warehouse, self.twin.settings.data))

    def ended_states(self) -> int:
        """Of golden persons and organisations."""
        with duckdb.connect(str(self.twin.settings.warehouse), read_only=True) as con:
            return sum(
                con.execute(f"select count(recorded_to) from {kept.history}").fetchall()[0][0] for kept in GOLDEN
            )

    def _change(self) -> None:
        self.twin.keep()
        self.changes.make_any()

    def _refresh(self, number: int, *, publish: bool) -> None:
        try:
            self.twin.refresh(publish=publish)
        except dg.Failure:  # a blocking check: the bases stay as they were, and the delivery is taken back
            self.twin.take_back()
        else:
            made = self.changes.made[-1:]
            assert self.twin.unexplained() == [], f"night {number} of seed {self.changes.seed}: {made}"


def test_a_past_night_is_answered_as_the_bases_said_then(twin: Twin, table: ExchangeTable, tmp_path: Path) -> None:
    town = Town(twin, table, tmp_path, seed=3)
    town.changes.registers = {id: town.changes.registers[id] for id in (RESIDENTS, FIRMS)}
    town.live(6, changed={1, 4}, keep={2, 5}, persons=20)
    assert town.ended_states() > 0
    assert town.kept.differences() == []


@pytest.mark.slow
def test_each_of_50_nights_of_a_year_is_answered_as_the_bases_said_then(
    twin: Twin, table: ExchangeTable, tmp_path: Path
) -> None:
    town, nights = Town(twin, table, tmp_path, seed=4), range(1, 366)
    changed, keep = (set(town.random.sample(nights, count)) for count in (73, 50))
    town.live(len(nights), changed=changed, keep=keep, persons=100)
    assert len(town.kept.nights) == 50
    assert town.ended_states() > 0
    assert town.kept.differences() == []
