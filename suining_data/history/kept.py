"""The kept tables: of which tables every state is kept, and the columns of schema `history`.

Here: the list of kept tables, their columns, creating them. Not here: what a refresh writes into them (recording.py).

history.<name> has a row per state of a row of its table: its values, from when to when a refresh found them
(recorded_from, recorded_to: null for the present state), the runs, and what began and ended the state. A state begins
when a compared column changes. So a night costs the rows that it changes, and a delivery that repeats all values of
yesterday with new record ids costs nothing: `sources` are kept as they were when the state began.

The tables are state: no step can rebuild them from deliveries.
"""

from dataclasses import dataclass, field

import duckdb

from suining_data.elements import ELEMENTS
from suining_data.sql import identifier
from suining_data.subjects import Attribute, Subject, load_subjects

RECORDED = {
    "recorded_from": "timestamp",
    "begun_run": "varchar",
    "begun_as": "varchar",  # initial, added, changed, split, returned
    "came_from": "varchar",  # the subject that a split took the records from
    "recorded_to": "timestamp",
    "ended_run": "varchar",
    "ended_as": "varchar",  # changed, merged, withdrawn
    "became": "varchar",  # the subject that has the records since a merge
}
EXPLAINED = {  # of golden records, see reasons.py; null of what was recorded before there were reasons
    "reasons": "map(varchar, varchar)",  # changed attribute -> reason; of a subject that came, its id, too
    "ended_reason": "varchar",  # why a subject was merged or withdrawn
}
PERIOD = {
    "attribute": "varchar",
    "value": "varchar",
    "valid_from": "date",
    "valid_to": "date",
    "valid_to_kind": "varchar",
}
PERIOD_SOURCES = {"record_id": "bigint", "resource_id": "varchar"}


@dataclass(frozen=True)
class Kept:
    """A table whose states are kept in history.<name>."""

    name: str
    table: str  # schema.table
    subject: str  # person or organization: its registry says what became of a golden record
    columns: dict[str, str]  # compared; name -> SQL type
    sources: dict[str, str] = field(default_factory=dict)  # kept with a state, but not compared
    source_of: dict[str, str] = field(default_factory=dict)  # of a golden record: attribute -> column of its source row
    key: str = ""  # of a table whose rows have ids of their own

    @property
    def id(self) -> str:
        """The column that says of what a row is a state."""
        return self.key or f"{self.subject}_id"

    @property
    def history(self) -> str:
        return f"history.{self.name}"

    @property
    def records(self) -> str:
        """The table of the subject's records."""
        return f"linked.{self.subject}_record"

    @property
    def recorded(self) -> dict[str, str]:
        """The columns that a refresh adds to a state."""
        return {**RECORDED, **EXPLAINED} if self.is_golden else RECORDED

    @property
    def is_golden(self) -> bool:
        """Whether the states are golden records, whose changes have a reason."""
        return bool(self.source_of)

    @property
    def attributes(self) -> list[str]:
        """The compared columns without the id."""
        return [name for name in self.columns if name != self.id]


def is_known(moment: str, row: str = "") -> str:
    """SQL: whether a state, of the relation `row` if there is one, was the recorded one at a moment; null: whether it is now."""
    start, end = (f"{row}.{name}" if row else name for name in ("recorded_from", "recorded_to"))
    return (
        f"case when {moment} is null then {end} is null "
        f"else {start} <= {moment} and coalesce({end} > {moment}, true) end"
    )


def create_history(con: duckdb.DuckDBPyConnection) -> None:
    """Create the tables that are missing, and columns for attributes that were declared since."""
    con.execute("create schema if not exists history")
    con.execute("""
        create table if not exists history.run (run_id varchar, recorded_at timestamp);
        alter table history.run add column if not exists declared varchar  -- digest of all declarations and code
    """)
    for kept in KEPT:
        columns = {**kept.columns, **kept.sources, **kept.recorded}
        declared = ", ".join(f"{identifier(name)} {kind}" for name, kind in columns.items())
        con.execute(f"create table if not exists {kept.history} ({declared})")
        present = {name for name, *_ in con.execute(f"describe {kept.history}").fetchall()}
        for name in columns.keys() - present:
            con.execute(f"alter table {kept.history} add column {identifier(name)} {columns[name]}")


def _golden_record(subject: Subject, **computed: str) -> Kept:
    """The golden table of a subject; `computed` are its columns that are no attribute."""
    id = f"{subject.name}_id"
    golden = {each.golden.column or name: _type(each) for name, each in subject.surviving.items()}
    sources = {
        each.golden.column or name: each.source.column for name, each in subject.surviving.items() if each.source
    }
    return Kept(
        subject.name,
        f"{subject.base}.{subject.name}",
        subject.name,
        {id: "varchar", **computed, **golden},
        dict.fromkeys(sources.values(), "bigint"),
        sources,
    )


def _type(attribute: Attribute) -> str:
    golden = attribute.golden
    return golden.type or ("varchar" if golden.references else attribute.element.sql_type)


def _periods(subject: Subject) -> Kept:
    """The former values of a subject, see <base>.<subject>_period."""
    name = f"{subject.name}_period"
    columns = {f"{subject.name}_id": "varchar", **PERIOD}
    return Kept(name, f"{subject.base}.{name}", subject.name, columns, PERIOD_SOURCES)


def _dated(name: str, table: str, subject: Subject, columns: dict[str, str]) -> Kept:
    """A table with an id and a valid time of its own in each row."""
    key = f"{name}_id"
    valid = {"valid_from": "date", "valid_to": "date"}
    return Kept(name, table, subject.name, {key: "varchar", **columns, **valid}, PERIOD_SOURCES, key=key)


PERSON, ORGANIZATION = load_subjects()["person"], load_subjects()["organization"]
KEPT = (
    _golden_record(PERSON, resident_id="varchar", moved_out_date="date", household_id="varchar"),
    _golden_record(ORGANIZATION, representative_person_id="varchar"),
    _periods(PERSON),
    _periods(ORGANIZATION),
    _dated(
        "employment",
        "social_security.employment",
        PERSON,
        {"person_id": "varchar", "employer_organization_id": "varchar", "valid_to_kind": "varchar"},
    ),
    _dated(
        "license",
        "legal_entity.license",
        ORGANIZATION,
        dict.fromkeys(
            "license_type license_number organization_id person_id holder_name scope issuer_name status_code".split(),
            "varchar",
        ),
    ),
    _dated(
        "real_estate_right",
        "spatial.real_estate_right",
        PERSON,
        {
            **dict.fromkeys(
                "real_estate_unit_code holder_type_code person_id organization_id holder_name right_type_code "
                "right_nature_code status_code valid_to_kind".split(),
                "varchar",
            ),
            "area_m2": ELEMENTS["area_m2"].sql_type,
            "registered_date": "date",
        },
    ),
)
