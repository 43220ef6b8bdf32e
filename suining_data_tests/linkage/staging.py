"""Staged rows written by hand, and the tables that linkage makes from them.

Here: the test bench for linkage. Not here: the expected results (the test files).
"""

from pathlib import Path
from typing import Any

import duckdb

from suining_data.catalog import load_catalog
from suining_data.linkage import create_registry, linked_tables
from suining_data.models.sources import create_empty_sources
from suining_data.warehouse import prepare, transaction

RESIDENTS = "sichuan_public_security__residents"
INSURANCE = "sichuan_medical_insurance__enrolments"
MARRIAGES = "sichuan_civil_affairs__marriages"
FIRMS = "sichuan_market_supervision__registrations"
TAXPAYERS = "sichuan_taxation__taxpayers"
EMPLOYEES = "sichuan_human_resources__insurance"


def make_empty(file: Path) -> None:
    """A warehouse without a row; to copy it takes a seventh of the time of making it."""
    with duckdb.connect(str(file)) as con:
        prepare(con)
        create_registry(con)
        create_empty_sources(con, load_catalog())


class Records:
    """A warehouse with the staged and linked tables of the catalogue."""

    def __init__(self, empty: Path) -> None:
        self.empty = empty
        self.con = duckdb.connect()
        self.con.execute(f"attach '{empty}' as empty (read_only)")
        self.con.execute("copy from database empty to memory")
        self.con.execute("detach empty")
        self.catalog = load_catalog()
        self.next = 0
        self.runs = 0

    def stage(self, resource: str, **values: Any) -> int:
        """Add a row; its record_id. `received` is a damaged number: quarantined, or still in the column that is derived from."""
        self.next += 1
        received = values.pop("received", None)
        columns = {field.name for field in self.catalog.resource(resource).fields}
        if received and "identity_number" in columns:
            values["identity_number"], received = received, None
        row = {"record_id": self.next, "batch_id": "b", "line_number": self.next, **values}
        marks = ", ".join("?" for _ in row)
        self.con.execute(f"insert into staged.{resource} ({', '.join(row)}) values ({marks})", list(row.values()))
        if received:
            source = next(f.source for f in self.catalog.resource(resource).fields if f.element == "resident_id")
            self.con.execute(
                "insert into governance.quarantine (resource_id, scope, field, received, record_id) values (?, 'value', ?, ?, ?)",
                [resource, source, received, self.next],
            )
        return self.next

    def clear(self) -> None:
        """Take every staged row away."""
        for resource in (RESIDENTS, INSURANCE, MARRIAGES, FIRMS, TAXPAYERS, EMPLOYEES):
            self.con.execute(f"truncate staged.{resource}")
        self.con.execute("truncate governance.quarantine")

    def link(self) -> None:
        """One run over all tables of linkage."""
        self.runs += 1
        for table in linked_tables(self.catalog):
            table.write(self.con)
            with transaction(self.con):
                table.promote(self.con, f"run{self.runs}")

    def ids(self, subject: str) -> dict[int, str | None]:
        """record_id -> golden id."""
        return dict(self.con.sql(f"select record_id, {subject}_id from linked.{subject}_record").fetchall())

    def rules(self, subject: str) -> dict[int, str | None]:
        """record_id -> how it was linked."""
        return dict(self.con.sql(f"select record_id, link_rule from linked.{subject}_record").fetchall())
