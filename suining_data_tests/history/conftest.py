"""Hand-made persons, their records, and runs that record their states."""

import duckdb
import pytest

from suining_data.history import KEPT, Run, compare, create_history, record
from suining_data.ingestion import create_ledger
from suining_data.linkage import create_registry
from suining_data.packed_keys import record_base
from suining_data.warehouse import transaction

PERSON = next(kept for kept in KEPT if kept.name == "person")
STATES = "select person_id, name, begun_run, begun_as, came_from, ended_run, ended_as, became from history.person order by all"


class Past:
    """A warehouse with the tables that recording reads, and runs over hand-made persons."""

    def __init__(self) -> None:
        self.con = duckdb.connect()
        self.con.execute("create schema registry; create schema population; create schema linked; create schema change")
        create_ledger(self.con)
        create_registry(self.con)
        self.con.execute("create table linked.person_record (record_id bigint, resource_id varchar, person_id varchar)")
        create_history(self.con)
        columns = ", ".join(f"{name} {kind}" for name, kind in {**PERSON.columns, **PERSON.sources}.items())
        self.con.execute(f"create table population.person ({columns})")

    def refresh(self, run: str, declared: str = "", **names: str | tuple[str | None, int | None]) -> tuple[int, int]:
        """Persons by id, with a name each, or a name and its record. Returns how many states began and ended."""
        self.con.execute("delete from population.person")
        for position, (id, said) in enumerate(names.items()):
            name, source = said if isinstance(said, tuple) else (said, position)
            self.con.execute(
                "insert into population.person (person_id, name, name_from) values (?, ?, ?)", [id, name, source]
            )
        recorded = compare(self.con, PERSON, Run(run, declared))
        with transaction(self.con):
            record(self.con, PERSON, Run(run, declared))
        return recorded.begun, recorded.ended

    def record(self, resource: str, batch: str, line: int, person: str) -> int:
        """A linked record, in a batch that is seen when it is first named. Returns its record_id."""
        self.con.execute(
            "insert into governance.batch (resource_id, batch_id, unit_id, file_name, content_sha256, file_bytes, status, "
            "run_id, declaration) select ?, ?, '', '', '', 0, 'in_force', '', '' "
            "where not exists (from governance.batch where resource_id = ? and batch_id = ?)",
            [resource, batch, resource, batch],
        )
        id = record_base(resource, batch) + line
        self.con.execute("insert into linked.person_record values (?, ?, ?)", [id, resource, person])
        return id

    def withdraw(self, record: int) -> None:
        """A linked record that is no longer there."""
        self.con.execute("delete from linked.person_record where record_id = ?", [record])

    def states(self) -> list[tuple[object, ...]]:
        return self.con.execute(STATES).fetchall()


@pytest.fixture
def past() -> Past:
    return Past()
