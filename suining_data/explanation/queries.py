"""Queries on one person or organisation in the published file: records, links, why each golden value survived.

Here: finding the subject, the queries, their results. The results contain personal values: they may be printed at the
terminal of the user, never logged. Not here: printing (printing.py), survivorship (dbt_like_sql/).
"""

import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import duckdb

from suining_data.elements import ELEMENTS
from suining_data.sql import literal
from suining_data.subjects import load_subjects
from suining_data.warehouse import table_exists

Connection = duckdb.DuckDBPyConnection


class SubjectKind(StrEnum):
    """The kind of subject that is explained; the value is part of the names of its tables and ids."""

    PERSON = "person"
    ORGANIZATION = "organization"

    @property
    def base(self) -> str:
        return load_subjects()[self].base

    @property
    def numbers(self) -> tuple[str, ...]:
        """Columns of a record that hold a reported number."""
        if self is SubjectKind.PERSON:
            return ("resident_id", "contested_number", "other_id")
        return (*load_subjects()[self].identifiers, "contested_number")

    def table(self, name: str = "") -> str:
        """`population.person`, or with a name `population.person_<name>`."""
        return f"{self.base}.{self}" + (f"_{name}" if name else "")


@dataclass(frozen=True)
class Record:
    """A delivered row that is about the subject or reports its number, and how it was linked."""

    record_id: int
    role: str
    golden_id: str | None  # the subject that it is about, which may be another one
    resource: str
    file: str
    line: int
    valid_from: date | None
    number: str | None
    link_rule: str | None
    link_weight: float | None
    evidence: str | None  # JSON, of a scored link: comparison, level, weight


@dataclass(frozen=True)
class ReportedValue:
    """A value that records report of an attribute, and why the strongest of them survived or not."""

    attribute: str
    label: str
    value: str
    records: list[tuple[int, str]]  # record id and role, the strongest first; none if the resident id tells the value
    authority: int | None
    is_golden: bool
    reason: str


@dataclass(frozen=True)
class Explanation:
    """What the published file has of one subject. The strongest records and values come first."""

    kind: SubjectKind
    id: str | None
    records: tuple[Record, ...]
    values: tuple[ReportedValue, ...] = ()
    findings: tuple[tuple[str, str], ...] = ()  # department, and what it should look into


def find_ids(con: Connection, kind: SubjectKind, query: str) -> list[str]:
    """Golden ids that `query` refers to: the id itself, the id that replaced it, or the ids with this number."""
    query = query.strip()
    current = _current(con, kind, query)
    if con.execute(f"select 1 from {kind.table()} where {kind}_id = ?", [current]).fetchone():
        return [current]
    rows = con.execute(
        f"select distinct {kind}_id from {kind.table('identifier')} where identifier = ? order by 1",
        [_number(con, kind, query)],
    ).fetchall()
    return [id for (id,) in rows]


def explain(con: Connection, kind: SubjectKind, id: str) -> Explanation:
    """The subject with this golden id. Records that report its number but are about another subject are included."""
    records = _records(con, kind, f"{kind}_id = $id", {"id": id})
    numbers = f"select identifier from {kind.table('identifier')} where {kind}_id = $id"
    records += _records(con, kind, f"contested_number in ({numbers}) and {kind}_id is distinct from $id", {"id": id})
    findings = con.execute(
        "select department, detail_zh || ' · ' || detail_en from governance.finding where subject_id = $id order by all",
        {"id": id},
    ).fetchall()
    return Explanation(
        kind,
        id,
        tuple(records),
        _values(con, kind, id),
        tuple(findings),
    )


def explain_unlinked(con: Connection, kind: SubjectKind, query: str) -> Explanation | None:
    """Records that report the number but belong to no golden record; None if there are none."""
    reports_number = " or ".join(f"{number} = $number" for number in kind.numbers)
    records = _records(con, kind, f"{kind}_id is null and ({reports_number})", {"number": _number(con, kind, query)})
    return Explanation(kind, None, tuple(records)) if records else None


def _current(con: Connection, kind: SubjectKind, id: str) -> str:
    """The id that replaced an id, after any number of redirects; the id itself if it was never replaced."""
    redirects = f"governance.{kind}_redirect"
    seen: set[str] = set()
    while table_exists(con, redirects) and id not in seen:
        seen.add(id)
        row = con.execute(f"select new_id from {redirects} where old_id = ?", [id]).fetchone()
        id = row[0] if row else id
    return id


def former_ids(con: Connection, kind: SubjectKind, id: str) -> list[str]:
    """The ids that were merged into this one."""
    redirects = f"governance.{kind}_redirect"
    if not table_exists(con, redirects):
        return []
    return [old for (old,) in con.execute(f"select old_id from {redirects} where new_id = ?", [id]).fetchall()]


def _number(con: Connection, kind: SubjectKind, query: str) -> str:
    """A number in the form of the bases: half-width capitals, a resident id with 18 characters."""
    number = unicodedata.normalize("NFKC", query).strip().upper()
    if kind is SubjectKind.ORGANIZATION:
        return number
    convert = (ELEMENTS["resident_id"].convert or "{x}").replace("{x}", "x")
    row = con.execute(f"select {convert} from (select ?::varchar as x)", [number]).fetchone()
    return str(row[0]) if row else number


def _records(con: Connection, kind: SubjectKind, where: str, parameters: dict[str, str]) -> list[Record]:
    links = f"governance.{kind}_link"
    evidence, join = "null", ""
    if table_exists(con, links):
        evidence = "cast(link.evidence as varchar)"
        join = f"left join {links} as link on record.record_id = link.record_id and record.role = link.role"
    rows = con.execute(
        f"""
        with record as (select * from {kind.table("record")} where {where})
        select record.record_id, record.role, {kind}_id, coalesce(resource.name, record.resource_id),
            batch.unit_id || '/' || coalesce(part.file_name, batch.file_name),
            record.line_number - coalesce(part.first_line, 1) + 1, record.valid_from,
            coalesce({", ".join(f"record.{number}" for number in kind.numbers)}), record.link_rule, record.link_weight,
            {evidence}
        from record
        left join governance.batch as batch using (resource_id, batch_id)
        left join governance.batch_file as part
            on record.resource_id = part.resource_id and record.batch_id = part.batch_id
            and record.line_number between part.first_line and part.first_line + part.lines - 1
        left join (
            select distinct table_name, unit_name || ' ' || resource_name as name
            from governance.dictionary where schema_name = 'staged'
        ) as resource on record.resource_id = resource.table_name
        {join}
        order by record.survivorship_rank, record.record_id, record.role
        """,
        parameters,
    ).fetchall()
    return [Record(*row) for row in rows]


def _values(con: Connection, kind: SubjectKind, id: str) -> tuple[ReportedValue, ...]:
    """Every reported value, per attribute in the order of its column: the golden one first, then the others by rank."""
    doubts = " ".join(
        f"when {literal(code)} then {literal(f'存疑：{doubt.zh} · in doubt: {doubt.en}')}"
        for code, doubt in load_subjects()[kind].doubts.items()
    )
    rows = con.execute(
        f"""
        with statement as (select * from {kind.table("statement")} where {kind}_id = $id and value <> ''),

        reported as (
            select attribute, value, min(rank) as rank, arg_min(authority, rank) as authority,
                arg_min(coalesce(valid_from, date '0001-01-01'), rank) as valid_from,
                arg_min(empty_count, rank) as empty_count, nullif(arg_min(coalesce(doubt, ''), rank), '') as doubt,
                coalesce(list((record_id, role) order by rank) filter (where record_id is not null), []) as records
            from statement
            group by attribute, value
        ),

        golden as (
            select provenance.attribute, provenance.reason_zh || ' · ' || provenance.reason_en as reason,
                reported.* exclude (attribute)
            from {kind.table("provenance")} as provenance
            join reported
                on provenance.attribute = reported.attribute
                and (
                    list_contains(reported.records, (provenance.record_id, provenance.role))
                    or (provenance.record_id is null and len(reported.records) = 0)
                )
            where provenance.{kind}_id = $id
        )

        select reported.attribute, label.zh, reported.value, reported.records, reported.authority,
            coalesce(reported.rank = golden.rank, false) as is_golden,
            case
                when golden.rank is null
                    then '没有择优值：已迁出，或随另一项取舍 · no golden value: moved out, or it goes with another'
                when reported.rank = golden.rank then golden.reason
                when reported.authority > golden.authority then '权威性较低 · lower authority'
                when reported.doubt is not null and golden.doubt is null then case reported.doubt {doubts} end
                when reported.valid_from < golden.valid_from then '权威性相同，较早或无日期 · same authority, older or undated'
                when reported.empty_count > golden.empty_count
                    then '权威性和日期相同，填写较少 · same authority and date, less complete'
                else '其余相同，按行的固定次序 · all else equal, the fixed order of rows'
            end
        from reported
        left join golden using (attribute)
        join governance.dictionary as label
            on label.schema_name = '{kind.base}' and label.table_name = '{kind}_record'
            and label.column_name = reported.attribute
        order by label.position, is_golden desc, reported.rank
        """,
        {"id": id},
    ).fetchall()
    return tuple(ReportedValue(*row) for row in rows)
