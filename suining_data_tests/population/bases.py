"""A warehouse with a few hand-made linked and staged rows, from which the models of bases and libraries are built.

Here: the empty tables as catalogue and linkage declare them, telling rows, building, asking.
Not here: what is expected (the tests beside this file and of the other schemas).
"""

from datetime import date
from functools import cache

import duckdb

from suining_data.catalog import load_catalog
from suining_data.elements import ELEMENTS
from suining_data.linkage import linked_tables
from suining_data.models import Model, build, load_models
from suining_data.packed_keys import record_rank
from suining_data.quality import base_suite
from suining_data.standardization import create_accounts
from suining_data.warehouse import prepare, swap

Value = str | int | float | bool | date | None
PEOPLE_AND_FIRMS = ("population", "legal_entity")
ROW_KEYS = {"record_id": "bigint", "batch_id": "varchar", "line_number": "bigint"}


@cache
def _models() -> list[Model]:
    return load_models()


@cache
def _warehouse() -> duckdb.DuckDBPyConnection:
    """One warehouse for all tests of a process, with empty tables as catalogue and linkage make them."""
    con = duckdb.connect()
    prepare(con)
    catalog = load_catalog()
    for resource in catalog.resources:
        types = {column.name: ELEMENTS[column.element].sql_type for column in resource.columns}
        columns = ", ".join(f"{name} {sql_type}" for name, sql_type in (ROW_KEYS | types).items())
        con.execute(f"create table staged.{resource.id} ({columns}, failed_rules varchar[])")
    create_accounts(con)
    for table in linked_tables(catalog):
        table.create_empty(con)
    for model in _models():
        build(con, model)
        swap(con, model.table)
    return con


class Bases:
    """What departments told, row by row; `build` makes the bases of it, and the libraries it is given the names of."""

    def __init__(self, *libraries: str) -> None:
        self.con = _warehouse()
        self._models = [model for model in _models() if model.schema in (*PEOPLE_AND_FIRMS, *libraries)]
        self.last_record = 0
        for (table,) in self.query(
            "select schema_name || '.' || table_name from duckdb_tables() "
            "where schema_name in ('staged', 'linked', 'spatial') and estimated_size > 0"
        ):
            self.con.execute(f"truncate {table}")

    def tell(self, table: str, **values: Value) -> int:
        """One row of a table; record_id, where the table has one, is counted up unless given."""
        if "record_id" not in values and "record_id" in self._columns(table):
            self.last_record += 1
            values["record_id"] = self.last_record
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        self.con.execute(f"insert into {table} ({names}) values ({marks})", list(values.values()))
        return int(str(values.get("record_id", 0)))

    def person(self, person_id: str | None, resource: str, authority: int = 50, **values: Value) -> int:
        """A linked person record; one authority for all its attributes."""
        values.setdefault("role", "holder")
        return self._record("linked.person_record", authority, person_id=person_id, resource_id=resource, **values)

    def contested(self, person_id: str | None, resource: str, authority: int, number: str, **values: Value) -> int:
        """A linked person record that was told with the number of somebody else."""
        return self.person(person_id, resource, authority, contested_number=number, **values)

    def organization(self, organization_id: str | None, resource: str, authority: int = 50, **values: Value) -> int:
        """A linked organisation record, by default the registrar's; one authority for all its attributes."""
        values.setdefault("role", "registered_entity")
        return self._record(
            "linked.organization_record", authority, organization_id=organization_id, resource_id=resource, **values
        )

    def _record(self, table: str, authority: int, **values: Value) -> int:
        ranks: dict[str, Value] = {name: authority for name in self._columns(table) if name.endswith("_authority")}
        return self.tell(table, **{**ranks, **values})

    def _columns(self, table: str) -> list[str]:
        return [row[0] for row in self.con.execute(f"describe {table}").fetchall()]

    def wedding(self, kind: str, day: str | None, husband: str | None, wife: str | None, **names: str) -> int:
        """A marriage registration (marriage, divorce, ...) with its two person records."""
        record = self.tell(
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

    def build(self) -> None:
        """Places as linkage gives them, then every table of the schemas built here."""
        for table in ("linked.person_record", "linked.organization_record"):
            attributes = [
                name.removesuffix("_authority") for name in self._columns(table) if name.endswith("_authority")
            ]
            rank = record_rank("valid_from", attributes, "ranked.position", "0")
            self.con.execute(
                f"update {table} set survivorship_rank = {rank} from ("
                f"select record_id, role, row_number() over (order by record_id, role) as position from {table}"
                f") as ranked where {table}.record_id = ranked.record_id and {table}.role = ranked.role"
            )
        for model in self._models:
            build(self.con, model)
            swap(self.con, model.table)

    def query(self, sql: str) -> list[tuple[Value, ...]]:
        return self.con.execute(sql).fetchall()

    def broken(self) -> dict[str, int]:
        """Rows that break a rule of schema.yml, by table and rule."""
        counts = {
            f"{model.table} {rule.id}": len(self.query(rule.rows(model.table)))
            for model in self._models
            for rule in base_suite(model).rules
        }
        return {rule: count for rule, count in counts.items() if count}
