"""Snapshots of nights, kept apart, and what the published history says of these nights afterwards.

Here: keeping the golden values of a night in a file of its own, asking the published file for them in every way it
offers, comparing. Not here: the nights (test_as_of_any_night.py).
"""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from random import Random

import duckdb

from suining_data.explanation import AskedTime, SubjectKind, values_at
from suining_data.history import Kept
from suining_data.settings import Settings
from suining_data.sql import identifier
from suining_data_tests.random_changes.feed import GOLDEN


@dataclass(frozen=True)
class Night:
    """A kept night: its day, the moment after its refresh, and the persons that are asked about one by one."""

    number: int
    day: date
    moment: datetime
    persons: tuple[str, ...]


class KeptNights:
    """The golden values of some nights, as they were then."""

    def __init__(self, settings: Settings, file: Path) -> None:
        self.settings, self.file = settings, file
        self.nights: list[Night] = []

    def keep(self, number: int, day: date, persons: int, random: Random) -> None:
        """Keep all golden values of the warehouse, and draw persons."""
        with duckdb.connect(str(self.settings.warehouse), read_only=True) as con:
            con.execute(f"attach '{self.file}' as kept (read_write)")
            for kept in GOLDEN:
                con.execute(f"create table kept.{kept.name}_{number} as select {_columns(kept)} from {kept.table}")
            ids = [id for (id,) in con.execute("select person_id from population.person order by 1").fetchall()]
            [(moment,)] = con.execute("select current_timestamp::timestamp").fetchall()
        drawn = random.sample(ids, min(persons, len(ids)))
        self.nights.append(Night(number, day, moment, tuple(drawn)))

    def differences(self) -> list[str]:
        """Where the published file answers otherwise about a kept night than that night's golden values. Lines to print."""
        with duckdb.connect(str((self.settings.published / "suining.duckdb").resolve()), read_only=True) as con:
            con.execute(f"attach '{self.file}' as kept (read_only)")
            return [
                line
                for night in self.nights
                for line in [*self._whole_tables(con, night), *self._explained(con, night)]
            ]

    def _whole_tables(self, con: duckdb.DuckDBPyConnection, night: Night) -> list[str]:
        """Of person_at and organization_at, every row."""
        lines = []
        for kept in GOLDEN:
            columns, table = _columns(kept), f"kept.{kept.name}_{night.number}"
            answered = (
                f"select {columns} from {kept.name}_at(date '{night.day}', known_at := timestamp '{night.moment}')"
            )
            for label, one, other in (
                ("only kept", f"from {table}", answered),
                ("only answered", answered, f"from {table}"),
            ):
                rows = con.execute(f"from ({one}) except all from ({other}) order by all").fetchall()
                lines += [f"night {night.number} {label}: {row}" for row in rows]
        return lines

    def _explained(self, con: duckdb.DuckDBPyConnection, night: Night) -> list[str]:
        """Of what `suining explain person` shows, for the drawn persons."""
        asked, lines = AskedTime(night.day, night.moment), []
        answer = con.execute(
            f"from kept.person_{night.number} where list_contains($ids, person_id)", {"ids": night.persons}
        )
        names = [name for name, *_ in answer.description or ()]
        for row in answer.fetchall():
            then = {name: value for name, value in zip(names, row, strict=True) if value is not None}
            id = then.pop("person_id")
            said = {each.attribute: each.value for each in values_at(con, SubjectKind.PERSON, id, asked)}
            if said != then:
                lines.append(f"night {night.number} {id}: {sorted(set(said.items()) ^ set(then.items()))}")
        return lines


def _columns(kept: Kept) -> str:
    """The compared columns as texts, which a later declaration of a type does not change."""
    return ", ".join(f"cast({identifier(name)} as varchar) as {identifier(name)}" for name in kept.columns)
