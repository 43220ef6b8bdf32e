"""Silent revisions: a delivery says something else about the past than the one before it, and does not declare a correction.

Here: which fields of a resource describe the past, comparing the rows of two deliveries, the table governance.silent_revision.
Not here: rows that supersede others (run.py), the sheet that goes to the department (feedback/).

A declared correction comes under the name of the file that it corrects. So rows with the same key are compared whose files
have different names: of a full delivery with those of the one before it, of a delta with the row that it supersedes.

What describes the past follows from the catalogue:
- An amount or a number, if the key of the row has a day, a month, a year or the name of a period: the row is about that time.
  It was over before the former delivery.
- A day or a year, if both values were over before the former delivery. The day from which a row is valid (valid_from of
  an entity) may move on together with other values: then the row dates its change itself.
Codes, texts, phones and addresses are as they are now, so they may change. A value that is new or gone is no revision.
"""

from collections.abc import Callable
from dataclasses import dataclass

import duckdb

from suining_data.catalog import Derived, Field, Resource, Unit
from suining_data.catalog.model import Mode
from suining_data.ingestion import files_of
from suining_data.packed_keys import is_same_batch
from suining_data.sql import literal
from suining_data.standardization.accounts import REVISIONS
from suining_data.standardization.statement import delivered_sources
from suining_data.warehouse import table_exists

QUANTITIES = ("money_cny", "area_m2", "percent", "number", "integer")
DAYS = ("date", "datetime", "year")
DATED = (*DAYS, "month")
# SQL: the day in the name of a file, of a month its last day; null if there is none
DAY_IN_NAME = (
    "cast(coalesce(try_strptime(regexp_extract(file_name, '(?:^|[^0-9])((?:19|20)[0-9]{6})(?:[^0-9]|$)', 1), '%Y%m%d'), "
    "last_day(try_strptime(regexp_extract(file_name, '(?:^|[^0-9])((?:19|20)[0-9]{4})(?:[^0-9]|$)', 1), '%Y%m'))) as date)"
)
PERIOD = "period_name"  # the standard name of a column with the name of a period, which no element reads

Connection = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class Past:
    """What in a row of a resource describes the past."""

    own: tuple[Field | Derived, ...]  # the days, months and years in its key
    dating: tuple[Field | Derived, ...]  # from when it is valid, where that is not in its key
    quantities: tuple[Field, ...]
    days: tuple[Field, ...]

    @property
    def is_empty(self) -> bool:
        """Whether no field describes the past."""
        return not (self.quantities or self.days)


@dataclass(frozen=True)
class Revised:
    """A field that a delivery revised, and in how many rows."""

    source: str
    former_file_name: str
    file_name: str
    rows: int


def past_of(resource: Resource) -> Past:
    """What describes the past, from the catalogue. Of vintages nothing is compared: macro.revision lists what they change."""
    if resource.delivery.mode is Mode.VINTAGES:
        return Past((), (), (), ())
    key = {source for name in resource.key for source in delivered_sources(resource, name)}
    in_key = [each for each in resource.columns if delivered_sources(resource, each.name) <= key]
    others = [each for each in resource.fields if each not in in_key]
    valid_from = {each.valid_from for each in resource.entities}
    own = tuple(each for each in in_key if each.element in DATED)
    is_period = bool(own) or any(each.name == PERIOD for each in in_key)
    return Past(
        own=own,
        dating=tuple(each for each in others if each.name in valid_from),
        quantities=tuple(each for each in others if each.element in QUANTITIES) if is_period else (),
        days=tuple(each for each in others if each.element in DAYS),
    )


def find_revisions(
    con: Connection, unit: Unit, resource: Resource, table: str, stage: Callable[[str, str], str]
) -> list[Revised]:
    """Fill next_silent_revision; `table` has all versions of a row still, of which temp.next_superseded says which is the last.

    `stage`: writes the staged rows of one batch into a temporary table, and returns its name.
    """
    con.execute(f"create or replace temp table next_{REVISIONS} as from governance.{REVISIONS} limit 0")
    past = past_of(resource)
    former = "" if past.is_empty or resource.delivery.exchange else _former(con, resource, table, stage)
    if not former:
        return []
    con.execute(f"insert into next_{REVISIONS} by name {_select(resource, unit, past, former, table)}")
    found = con.execute(f"""
        select field, former_file_name, file_name, count(*) from next_{REVISIONS} group by all order by all
    """).fetchall()
    return [Revised(*each) for each in found]


def promote_revisions(con: Connection, resource: Resource) -> None:
    """Replace what was found about the batches that count. What was found about a full delivery stays when the next comes."""
    con.execute(
        f"""
        delete from governance.{REVISIONS} where resource_id = $id and batch_id not in (
            select batch_id from governance.batch where resource_id = $id and status = 'superseded')
        """,
        {"id": resource.id},
    )
    con.execute(f"insert into governance.{REVISIONS} by name from temp.next_{REVISIONS}")


def _former(con: Connection, resource: Resource, table: str, stage: Callable[[str, str], str]) -> str:
    """Relation of the rows to compare with; empty if there are none. Of the rows with one key the last one counts."""
    key = ", ".join(f"version.{name}" for name in resource.key)
    last = f"qualify row_number() over (partition by {key} order by {{}}version.line_number desc, record_id) = 1"
    if resource.delivery.mode is Mode.DELTA:
        other = is_same_batch("record_id", "superseded_by")
        return f"""
            select version.* from {table} as version
            join temp.next_superseded as old on version.batch_id = old.batch_id and version.line_number = old.line_number
            join governance.batch as batch on batch.batch_id = version.batch_id and batch.resource_id = {literal(resource.id)}
            where not {other} {last.format("file_name desc, ")}"""
    batch = con.execute(
        """
        select batch_id from governance.batch as former where resource_id = $id and status = 'superseded' and file_name < (
            select max(file_name) from governance.batch where resource_id = $id and status = 'in_force')
        order by file_name desc, batch_id limit 1
        """,
        {"id": resource.id},
    ).fetchone()
    if not batch:
        return ""
    current = f"staged.{resource.id}"
    if table_exists(con, current) and con.execute(
        f"select bool_and(batch_id = ?) from {current}", [batch[0]]
    ).fetchone() == (True,):
        names = {name for name, *_ in con.execute(f"describe {current}").fetchall()}
        if names >= {each.name for each in resource.columns}:
            return f"from {current}"
    return f"select * from {stage(batch[0], '_former_delivery')} as version where not _is_refused {last.format('')}"


def _select(resource: Resource, unit: Unit, past: Past, former: str, table: str) -> str:
    """SELECT of the silent revisions between the rows of `former` and those that stay of `table`."""
    judged = [_judged(resource, past, each) for each in (*past.quantities, *past.days)]
    fields = ", ".join(f"case when {condition} then {literal(source)} end" for source, condition in judged)
    own = [_end(each, f"present.{each.name}") for each in (past.own or past.dating)]
    same_key = " and ".join(f"former.{name} = present.{name}" for name in resource.key)
    compared = ", ".join(
        dict.fromkeys(["record_id", "batch_id", "line_number", *(each.name for each in resource.columns)])
    )
    delivery = f"""(
        select batch_id, least(cast(first_seen_at as date), coalesce({DAY_IN_NAME}, cast(first_seen_at as date))) as day
        from governance.batch where resource_id = {literal(resource.id)})"""
    return f"""
        with present as (
            select {compared} from {table} as version anti join temp.next_superseded as old
                on version.batch_id = old.batch_id and version.line_number = old.line_number
            where not _is_refused
        ),

        revised as (
            select unnest(list_filter([{fields}], lambda source: source is not null)) as field,
                {f"least({', '.join(own)})" if own else "cast(null as date)"} as own_date,
                former.batch_id as former_batch_id, former.line_number as former_line, former.record_id as former_record_id,
                present.batch_id, present.line_number as line, present.record_id
            from (select former.*, day from ({former}) as former join {delivery} as delivery using (batch_id)) as former
            join present on {same_key} and former.batch_id <> present.batch_id
        )

        select {literal(resource.id)} as resource_id, {literal(unit.id)} as unit_id, field, own_date, former_batch_id,
            one.file_name as former_file_name, former_line - one.first_line + 1 as former_line_number, former_record_id,
            revised.batch_id, other.file_name, line - other.first_line + 1 as line_number, record_id
        from revised
        join ({files_of(resource.id)}) as one
            on one.batch_id = former_batch_id and former_line between one.first_line and one.last_line
        join ({files_of(resource.id)}) as other
            on other.batch_id = revised.batch_id and line between other.first_line and other.last_line
        where one.file_name <> other.file_name
        order by all"""


def _judged(resource: Resource, past: Past, field: Field) -> tuple[str, str]:
    """The source of a field, and SQL: whether its value was revised."""
    before, after = f"former.{field.name}", f"present.{field.name}"
    if field in past.quantities:
        return field.source, f"{before} <> {after} and {_is_of_the_past(past)}"
    revised = f"{before} <> {after} and {_end(field, before)} <= former.day and {_end(field, after)} <= former.day"
    if field not in past.dating:
        return field.source, revised
    others = [each.name for each in resource.fields if each is not field]
    differ = " or ".join(f"former.{name} is distinct from present.{name}" for name in others) or "false"
    return field.source, f"{revised} and not ({after} > {before} and ({differ}))"


def _is_of_the_past(past: Past) -> str:
    """SQL: whether the time that a row is about was over. The name of a period is of one that was over."""
    return " and ".join(f"{_end(each, f'former.{each.name}')} <= former.day" for each in past.own) or "true"


def _end(column: Field | Derived, value: str) -> str:
    """SQL: the last day of a day, month or year."""
    ends = {"month": f"last_day({value})", "year": f"make_date(cast({value} as bigint), 12, 31)"}
    return ends.get(column.element, f"cast({value} as date)")
