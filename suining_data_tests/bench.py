"""A warehouse for tests: rows written by hand, and what linkage and the models make of them.

Here: the empty tables, inserting rows, linking, building, queries. Not here: the fixtures (conftest.py), what is
expected (the tests).
"""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from suining_data.catalog import load_catalog
from suining_data.encryption import open_database
from suining_data.history import KEPT, Run, compare, record
from suining_data.ingestion import create_ledger
from suining_data.linkage import create_registry, linked_tables
from suining_data.models import Model, build, load_models
from suining_data.models.sources import create_empty_sources
from suining_data.packed_keys import record_rank
from suining_data.quality import base_suite
from suining_data.warehouse import prepare, swap, transaction
from suining_data_tests.part import catalog_of

Value = str | int | float | bool | date | None

BASES = ("population", "legal_entity")  # the schemas that every library is built on

RESIDENTS = "sichuan_public_security__residents"
INSURANCE = "sichuan_medical_insurance__enrolments"
FIRMS = "sichuan_market_supervision__registrations"
TAXPAYERS = "sichuan_taxation__taxpayers"
EMPLOYEES = "sichuan_human_resources__insurance"
ADDRESSES = "public_security__standard_addresses"


@cache
def all_models() -> tuple[Model, ...]:
    """The models of dbt_like_sql, in the order in which they are built."""
    return tuple(load_models())


def make_empty_warehouse(file: Path) -> None:
    """Reference tables, and every other table of a refresh without a row; to copy it is much faster than to make it."""
    with open_database(file) as con:
        prepare(con)
        create_ledger(con)
        create_registry(con)
        create_empty_sources(con, load_catalog())
        for model in all_models():
            build(con, model)
            swap(con, model.table)


class Bench:
    """A copy, in memory, of the empty warehouse."""

    def __init__(self, empty_warehouse: Path) -> None:
        self.empty_warehouse = empty_warehouse
        self.con = duckdb.connect()
        self.con.execute(f"attach '{empty_warehouse}' as empty (read_only)")
        self.con.execute("copy from database empty to memory")
        self.con.execute("detach empty")
        self.catalog = load_catalog()
        self.last_record = 0
        self.runs = 0

    def insert(self, table: str, **values: Value) -> int:
        """One row of a table; what is not named is null, but record_id is counted up. Returns the record_id."""
        if "record_id" not in values and "record_id" in self._columns(table):
            self.last_record += 1
            values["record_id"] = self.last_record
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        self.con.execute(f"insert into {table} ({names}) values ({marks})", list(values.values()))
        return int(str(values.get("record_id", 0)))

    def stage(self, resource: str, **values: Any) -> int:
        """One staged row, to be linked; its record_id.

        `received` is a damaged number: quarantined, or still beside the empty derived one.
        """
        received = values.pop("received", None)
        fields = self.catalog.resource(resource).fields
        if received and "identity_number" in {field.name for field in fields}:
            values["identity_number"], received = received, None
        record = self.insert(f"staged.{resource}", batch_id="b", line_number=self.last_record + 1, **values)
        if received:
            self.insert(
                "governance.quarantine",
                resource_id=resource,
                scope="value",
                field=next(field.source for field in fields if field.element == "resident_id"),
                received=received,
                record_id=record,
            )
        return record

    def stage_all(self, resource: str, rows: list[dict[str, Value]]) -> None:
        """Many staged rows with the same columns in one statement; none has a damaged number."""
        names = ["record_id", "batch_id", "line_number", *rows[0]]
        values: list[Value] = []
        for row in rows:
            self.last_record += 1
            values += [self.last_record, "b", self.last_record, *row.values()]
        marks = ", ".join([f"({', '.join('?' * len(names))})"] * len(rows))
        self.con.execute(f"insert into staged.{resource} ({', '.join(names)}) values {marks}", values)

    def person(self, person_id: str | None, resource: str, authority: int = 50, **values: Value) -> int:
        """A linked person record; one authority for all its attributes."""
        values.setdefault("role", "holder")
        return self._record("linked.person_record", authority, person_id=person_id, resource_id=resource, **values)

    def contested(self, person_id: str | None, resource: str, authority: int, number: str, **values: Value) -> int:
        """A linked person record that was reported with the number of somebody else."""
        return self.person(person_id, resource, authority, contested_number=number, **values)

    def organization(self, organization_id: str | None, resource: str, authority: int = 50, **values: Value) -> int:
        """A linked organisation record, by default the registrar's; one authority for all its attributes."""
        values.setdefault("role", "registered_entity")
        return self._record(
            "linked.organization_record", authority, organization_id=organization_id, resource_id=resource, **values
        )

    def _record(self, table: str, authority: int, **values: Value) -> int:
        ranks: dict[str, Value] = {name: authority for name in self._columns(table) if name.endswith("_authority")}
        return self.insert(table, **{**ranks, **values})

    def _columns(self, table: str) -> list[str]:
        return [row[0] for row in self.con.execute(f"describe {table}").fetchall()]

    def wedding(self, kind: str, day: str | None, husband: str | None, wife: str | None, **names: str) -> int:
        """A marriage registration (marriage, divorce, ...) with its two linked person records."""
        record = self.insert(
            "staged.civil_affairs__marriages",
            registration_type_code=kind,
            registration_date=day,
        )
        for role, person in (("husband", husband), ("wife", wife)):
            self.person(
                person,
                "civil_affairs__marriages",
                6,
                role=role,
                record_id=record,
                name=names.get(f"{role}_name"),
                marital_status_code=names.get("marital_status_code"),
                valid_from=day,
                batch_id="b",
            )
        return record

    def link(self) -> None:
        """One run over all tables of linkage, made of the staged rows.

        Linkage sees the resources that have rows, and of one for every subject: to plan its statements for all
        resources takes longer than all else.
        """
        self.runs += 1
        for table in linked_tables(catalog_of({RESIDENTS, FIRMS, ADDRESSES} | self._staged())):
            table.write(self.con)
            with transaction(self.con):
                table.promote(self.con, f"run{self.runs}")

    def _staged(self) -> set[str]:
        """The resources that have staged rows."""
        ids = [resource.id for resource in self.catalog.shared]
        found = self.query(" union all ".join(f"(select '{id}' from staged.{id} limit 1)" for id in ids))
        return {id for (id,) in found}

    def ids(self, subject: str) -> dict[int, str | None]:
        """record_id -> golden id, as linked."""
        return dict(self.query(f"select record_id, {subject}_id from linked.{subject}_record"))

    def build(self, *names: str) -> None:
        """Build tables (`spatial.road`), or all tables of schemas (`population`), of the linked and staged rows."""
        for table in ("linked.person_record", "linked.organization_record"):
            if self.query(f"select 1 from {table} limit 1"):
                self._rank(table)
        shown: set[str] = set()  # what shows the history: built when the tables are that it is of
        for model in self._models(names):
            if not shown.isdisjoint(model.refs) or any(ref.startswith("history.") for ref in model.refs):
                shown.add(model.table)
        for model in sorted(self._models(names), key=lambda model: model.table in shown):
            for kept in KEPT:
                if kept.history in model.refs:
                    run = Run(f"run{self.runs}")
                    compare(self.con, kept, run)
                    record(self.con, kept, run)
            build(self.con, model)
            swap(self.con, model.table)

    def _rank(self, table: str) -> None:
        """Survivorship ranks as linkage gives them, for records written by hand."""
        attributes = [name.removesuffix("_authority") for name in self._columns(table) if name.endswith("_authority")]
        rank = record_rank("valid_from", attributes, "ranked.position", "0")
        self.con.execute(
            f"update {table} set survivorship_rank = {rank} from ("
            f"select record_id, role, row_number() over (order by record_id, role) as position from {table}"
            f") as ranked where {table}.record_id = ranked.record_id and {table}.role = ranked.role"
        )

    def _models(self, names: tuple[str, ...]) -> list[Model]:
        return [model for model in all_models() if model.table in names or model.schema in names]

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        return self.con.execute(sql).fetchall()

    def failures(self, *names: str) -> dict[str, int]:
        """Rows that break a rule of the contracts of tables or schemas: `<table> <rule>` -> how many."""
        counts = {
            f"{model.table} {rule.id}": len(self.query(rule.rows(model.table)))
            for model in self._models(names)
            for rule in base_suite(model).rules
        }
        return {rule: count for rule, count in counts.items() if count}

    def broken(self, table: str, rule_id: str) -> int:
        """How many rows break one rule of the table's contract."""
        [model] = self._models((table,))
        rule = next(rule for rule in model.contract.tests if rule.id == rule_id)
        return len(self.query(rule.sql.replace("{table}", table)))
