"""The tables of schema `linked`, in topological order: how each is written and promoted.

Here: the list of tables. Not here: their content (evidence.py, deterministic.py, person_contests.py, linking.py, registry.py, records.py,
review.py).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import duckdb

from suining_data.catalog import Catalog
from suining_data.compression import create_table
from suining_data.incremental import Incremental
from suining_data.linkage import deterministic, registry
from suining_data.linkage.contested_organizations import CONTESTED_ORGANIZATION
from suining_data.linkage.evidence import evidence
from suining_data.linkage.golden_records import address_record, organization_record, person_record
from suining_data.linkage.linking import LINK, OPEN_PAIR, link
from suining_data.linkage.person_contests import CONTESTED
from suining_data.linkage.person_names import PLAIN_NAME
from suining_data.linkage.records import entities
from suining_data.linkage.review import REVIEW, open_pairs
from suining_data.linkage.scoring import trained_text
from suining_data.linkage.subject_linkage import ORGANIZATION, PERSON, SubjectLinkage
from suining_data.linkage.threshold import ACCEPT
from suining_data.subjects import load_subjects
from suining_data.warehouse import STAGING, swap

Connection = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class LinkedTable:
    """A table of schema `linked`: the tables it reads, and a SELECT, or a function that fills it and its columns."""

    name: str
    description: str
    refs: tuple[str, ...]
    sql: str = ""  # a SELECT; for a table with `fill`, the texts that decide its content
    columns: str = ""  # of a table with `fill`, or with a SELECT that reads reference tables or the registry
    fill: Callable[[Connection], int] | None = None  # writes the staging table; returns its rows
    also_filled: tuple[tuple[str, str], ...] = ()  # further tables that `fill` writes: name, columns
    on_promote: Callable[[Connection, str], None] | None = None  # called with the run id when the table is promoted
    count: Callable[[Connection, str], dict[str, int]] | None = None  # figures of the named table, for Dagster to show
    reads_decisions: bool = False
    incremental: Incremental | None = None

    def write(self, con: Connection) -> int:
        """Write the staging table of linked.<name>. Returns the number of its rows."""
        if self.fill:
            return self.fill(con)
        return create_table(con, f"linked.{self.name}{STAGING}", self.sql)

    def figures(self, con: Connection) -> dict[str, int]:
        """Figures of the staging table to show with the number of its rows; no personal values."""
        return self.count(con, f"linked.{self.name}{STAGING}") if self.count else {}

    def promote(self, con: Connection, run_id: str) -> None:
        """Make the staging table current; call it in a transaction."""
        for name in (self.name, *(name for name, _ in self.also_filled)):
            swap(con, f"linked.{name}")
        if self.on_promote:
            self.on_promote(con, run_id)

    def create_empty(self, con: Connection) -> None:
        """Create the table without a row."""
        for name, columns in ((self.name, self.columns), *self.also_filled):
            con.execute(f"create table linked.{name} {f'({columns})' if columns else f'as {self.sql}'}")


def linked_tables(catalog: Catalog, accept: float = ACCEPT) -> list[LinkedTable]:
    """The tables in topological order. `accept`: the weight from which a pair is a match."""
    return [
        *_organization_tables(catalog, accept),
        *_person_tables(catalog, accept),
        LinkedTable(
            "review",
            "待人工判定的成对记录 (pairs that a person should decide)",
            tuple(
                f"linked.{subject}_{kind}" for subject in ("person", "organization") for kind in ("link", "unresolved")
            ),
            REVIEW,
            count=open_pairs,
        ),
        LinkedTable(
            "address_record",
            "各来源中的地址 (every address that a source reported)",
            (*_sources(catalog, "address"), "linked.person_record", "linked.organization_record"),
            address_record(catalog),
            incremental=_by_record(*_sources(catalog, "address"), "linked.person_record", "linked.organization_record"),
        ),
    ]


def _organization_tables(catalog: Catalog, accept: float) -> list[LinkedTable]:
    organizations = _sources(catalog, "organization")
    return [
        LinkedTable(
            "organization_evidence",
            "各来源记录中可用于识别法人单位的内容 (what linkage compares of every record of an organisation)",
            organizations,
            evidence(catalog, load_subjects()["organization"]),
            incremental=_by_record(*organizations),
        ),
        LinkedTable(
            "contested_organization",
            "一号多单位：号码属于另一单位或疑似误录的记录 (records with the number of another organisation, or a mistyped one)",
            ("linked.organization_evidence",),
            CONTESTED_ORGANIZATION,
            columns="record_id bigint, role varchar, resource_id varchar, number varchar, is_mistyped boolean",
        ),
        LinkedTable(
            "organization_number",
            "已采信的号码与其归属 (accepted numbers of organisations and the key they share)",
            ("linked.organization_evidence", "linked.contested_organization"),
            deterministic.ORGANIZATION_NUMBER,
        ),
        LinkedTable(
            "organization_unresolved",
            "无有效号码的法人单位记录 (records of organisations without an accepted number)",
            ("linked.organization_evidence", "linked.contested_organization", "linked.organization_number"),
            ORGANIZATION.unresolved,
        ),
        _link(replace(ORGANIZATION, accept=accept), "linked.contested_organization", "linked.organization_number"),
        _identity(
            ORGANIZATION,
            deterministic.ORGANIZATION_CLUSTER,
            deterministic.ORGANIZATION_IDENTITY,
            "linked.organization_number",
        ),
        LinkedTable(
            "organization_record",
            "各来源中关于法人单位的记录 (every record of an organisation)",
            (
                *organizations,
                "linked.organization_unresolved",
                "linked.organization_identity",
                "linked.organization_link",
            ),
            organization_record(catalog),
            incremental=_by_record(
                *organizations,
                "linked.organization_unresolved",
                **_of_tokens("organization", "coalesce(uscc, organization_code, registration_number)", "identifier"),
            ),
        ),
    ]


def _person_tables(catalog: Catalog, accept: float) -> list[LinkedTable]:
    people = _sources(catalog, "person")
    return [
        LinkedTable(
            "person_evidence",
            "各来源记录中可用于识别人员的内容 (what linkage compares of every record of a person)",
            people,
            evidence(catalog, load_subjects()["person"]),
            incremental=_by_record(*people),
        ),
        LinkedTable(
            "person_plain_name",
            "比对时另用一种写法的姓名：去注、去点、繁体转简体 (names that are compared in another form than delivered)",
            ("linked.person_evidence",),
            PLAIN_NAME,
            columns="name varchar, plain_name varchar",
        ),
        LinkedTable(
            "contested_number",
            "号码有效而不属本人的记录：一号多人，或系他号误录 (records with another's number, or a mistake for their own)",
            ("linked.person_evidence", "linked.person_plain_name"),
            CONTESTED,
            columns="record_id bigint, role varchar, resource_id varchar, resident_id varchar, near_number varchar",
        ),
        LinkedTable(
            "person_unresolved",
            "无有效号码的人员记录 (records of persons without an accepted number)",
            ("linked.person_evidence", "linked.person_plain_name", "linked.contested_number"),
            PERSON.unresolved,
        ),
        _link(replace(PERSON, accept=accept), "linked.person_plain_name"),
        _identity(PERSON, deterministic.PERSON_CLUSTER, deterministic.PERSON_IDENTITY, "linked.person_evidence"),
        LinkedTable(
            "person_record",
            "各来源中关于人员的记录 (every record of a person)",
            (
                *people,
                "linked.person_unresolved",
                "linked.person_identity",
                "linked.person_link",
                "linked.organization_identity",
                "linked.organization_record",
            ),
            person_record(catalog),
            incremental=_by_record(
                *people,
                "linked.person_unresolved",
                "linked.organization_record",
                **_of_tokens("person", deterministic.PERSON_KEY, "token"),
                organization_identity="select record_id from linked.person_record "
                "where employer_code in (select token from changed union all select identifier from changed)",
            ),
        ),
    ]


def _link(subject: SubjectLinkage, *reads: str) -> LinkedTable:
    """linked.<subject>_link, and linked.<subject>_open_pair, which is written with it."""
    return LinkedTable(
        f"{subject.name}_link",
        "按内容比对归并的记录及其依据 (the subject of each record without an accepted number, with weight and evidence)",
        (f"linked.{subject.name}_evidence", f"linked.{subject.name}_unresolved", *reads),
        sql="\n".join(
            (trained_text(subject.name), subject.resolved, subject.further_pairs, *subject.vetoes, str(subject.accept))
        ),
        columns=LINK,
        fill=lambda con: link(con, subject),
        also_filled=((f"{subject.name}_open_pair", OPEN_PAIR),),
        reads_decisions=True,
    )


def _identity(subject: SubjectLinkage, clusters: str, identities: str, *reads: str) -> LinkedTable:
    """linked.<subject>_identity: the golden id of each token. When it is promoted, the registry is written."""
    name = f"{subject.name}_identity"

    def fill(con: Connection) -> int:
        con.execute(f"create or replace temp table cluster as {clusters}")
        registry.assign(con, subject.name, subject.prefix, "cluster")
        return create_table(con, f"linked.{name}{STAGING}", identities)

    return LinkedTable(
        name,
        "识别号与归并记录到统一标识的对照 (numbers and linked records -> golden id)",
        (*(f"linked.{subject.name}_{kind}" for kind in ("evidence", "unresolved", "link")), *reads),
        sql=f"{clusters} {identities}",
        columns=f"token varchar, {subject.name}_id varchar, identifier_type varchar, identifier varchar",
        fill=fill,
        on_promote=lambda con, run_id: registry.record_ids(con, subject.name, run_id),
    )


def _by_record(*with_record_id: str, **keys: str) -> Incremental:
    """Rows follow from the rows with the same record_id, and from the keys of further tables of schema `linked`."""
    return Incremental(
        "record_id",
        dict.fromkeys(with_record_id, "record_id") | {f"linked.{name}": select for name, select in keys.items()},
    )


def _of_tokens(subject: str, number: str, numbered: str) -> dict[str, str]:
    """How links and ids of tokens concern records: by their token, or by their accepted `number`, which an id has as `numbered`."""
    unresolved = f"select record_id from linked.{subject}_unresolved semi join changed using (token)"
    return {
        f"{subject}_link": unresolved,
        f"{subject}_identity": f"{unresolved} union all select record_id from linked.{subject}_evidence "
        f"where {number} in (select {numbered} from changed)",
    }


def _sources(catalog: Catalog, subject: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"staged.{resource.id}" for resource, _ in entities(catalog, subject)))
