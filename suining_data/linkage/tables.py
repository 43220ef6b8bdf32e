"""The tables of schema `linked`: how each is written and put in force, in the order in which they need each other.

Here: the list. Not here: what is in them (evidence.py, deterministic.py, linking.py, registry.py, records.py, review.py).
"""

from collections.abc import Callable
from dataclasses import dataclass

import duckdb

from suining_data.catalog import Catalog
from suining_data.linkage import deterministic, registry
from suining_data.linkage.evidence import evidence
from suining_data.linkage.golden_records import address_record, organization_record, person_record
from suining_data.linkage.linking import LINK, OPEN_PAIR, link
from suining_data.linkage.records import entities
from suining_data.linkage.review import REVIEW, open_pairs
from suining_data.linkage.scoring import trained_text
from suining_data.linkage.subject_linkage import ORGANIZATION, PERSON, SubjectLinkage
from suining_data.subjects import load_subjects
from suining_data.warehouse import STAGING, swap

Connection = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class LinkedTable:
    """A table of schema `linked`: what it reads, and the SELECT that fills it, or its columns and who fills it."""

    name: str
    description: str
    refs: tuple[str, ...]
    sql: str = ""  # a SELECT; for a table with a `fill`, all that decides what it does
    columns: str = ""  # of a table with a `fill`
    fill: Callable[[Connection], int] | None = None
    beside: tuple[tuple[str, str], ...] = ()  # tables that a `fill` writes along: name, columns
    keep: Callable[[Connection, str], None] | None = None  # what acceptance writes besides tables
    count: Callable[[Connection, str], dict[str, int]] | None = None  # figures of the table named, for whoever watches
    reads_decisions: bool = False

    def write(self, con: Connection) -> int:
        """Write the side table linked.<name>__next; its rows."""
        if self.fill:
            return self.fill(con)
        written = con.execute(f"create or replace table linked.{self.name}{STAGING} as {self.sql}").fetchone()
        return int(written[0]) if written else 0

    def figures(self, con: Connection) -> dict[str, int]:
        """What there is to tell of the side table besides its rows; no personal values."""
        return self.count(con, f"linked.{self.name}{STAGING}") if self.count else {}

    def accept(self, con: Connection, run_id: str) -> None:
        """Put the side table in force; call it in a transaction."""
        for name in (self.name, *(name for name, _ in self.beside)):
            swap(con, f"linked.{name}")
        if self.keep:
            self.keep(con, run_id)

    def create_empty(self, con: Connection) -> None:
        """The table in force, without a row."""
        for name, columns in ((self.name, self.columns), *self.beside):
            con.execute(f"create table linked.{name} {f'({columns})' if columns else f'as {self.sql}'}")


def linked_tables(catalog: Catalog) -> list[LinkedTable]:
    """The tables in topological order."""
    return [
        *_organization_tables(catalog),
        *_person_tables(catalog),
        LinkedTable(
            "review",
            "待人工判定的成对记录 (pairs that a person should decide)",
            ("linked.person_link", "linked.organization_link"),
            REVIEW,
            count=open_pairs,
        ),
        LinkedTable(
            "address_record",
            "各来源中的地址 (every address, wherever it was told)",
            (*_sources(catalog, "address"), "linked.person_record", "linked.organization_record"),
            address_record(catalog),
        ),
    ]


def _organization_tables(catalog: Catalog) -> list[LinkedTable]:
    organizations = _sources(catalog, "organization")
    return [
        LinkedTable(
            "organization_evidence",
            "各来源记录中可用于识别法人单位的内容 (what every record tells about which organisation it speaks of)",
            organizations,
            evidence(catalog, load_subjects()["organization"]),
        ),
        LinkedTable(
            "organization_number",
            "已采信的号码与其归属 (accepted numbers of organisations and the key they share)",
            ("linked.organization_evidence",),
            deterministic.ORGANIZATION_NUMBER,
        ),
        LinkedTable(
            "organization_unresolved",
            "无有效号码的法人单位记录 (records of organisations without an accepted number)",
            ("linked.organization_evidence", "linked.organization_number"),
            ORGANIZATION.unresolved,
        ),
        _link(ORGANIZATION, "linked.organization_number"),
        _identity(
            ORGANIZATION,
            deterministic.ORGANIZATION_CLUSTER,
            deterministic.ORGANIZATION_IDENTITY,
            "linked.organization_number",
        ),
        LinkedTable(
            "organization_record",
            "各来源中关于法人单位的记录 (every record of an organisation)",
            (*organizations, "linked.organization_identity", "linked.organization_link"),
            organization_record(catalog),
        ),
    ]


def _person_tables(catalog: Catalog) -> list[LinkedTable]:
    people = _sources(catalog, "person")
    return [
        LinkedTable(
            "person_evidence",
            "各来源记录中可用于识别人员的内容 (what every record tells about which person it speaks of)",
            people,
            evidence(catalog, load_subjects()["person"]),
        ),
        LinkedTable(
            "contested_number",
            "一号多人：号码相同而姓名、性别或出生日期不符的记录 (records whose number belongs to somebody else)",
            ("linked.person_evidence",),
            deterministic.CONTESTED,
        ),
        LinkedTable(
            "person_unresolved",
            "无有效号码的人员记录 (records of persons without an accepted number)",
            ("linked.person_evidence", "linked.contested_number"),
            PERSON.unresolved,
        ),
        _link(PERSON),
        _identity(PERSON, deterministic.PERSON_CLUSTER, deterministic.PERSON_IDENTITY, "linked.person_evidence"),
        LinkedTable(
            "person_record",
            "各来源中关于人员的记录 (every record of a person)",
            (
                *people,
                "linked.person_identity",
                "linked.person_link",
                "linked.organization_identity",
                "linked.organization_record",
            ),
            person_record(catalog),
        ),
    ]


def _link(subject: SubjectLinkage, *reads: str) -> LinkedTable:
    """linked.<subject>_link, which brings linked.<subject>_open_pair with it."""
    return LinkedTable(
        f"{subject.name}_link",
        "按内容比对归并的记录及其依据 (whom records without a number speak of, with weight and evidence)",
        (f"linked.{subject.name}_evidence", f"linked.{subject.name}_unresolved", *reads),
        sql="\n".join((trained_text(subject.name), subject.resolved, *subject.vetoes)),
        columns=LINK,
        fill=lambda con: link(con, subject),
        beside=((f"{subject.name}_open_pair", OPEN_PAIR),),
        reads_decisions=True,
    )


def _identity(subject: SubjectLinkage, clusters: str, identities: str, *reads: str) -> LinkedTable:
    """linked.<subject>_identity: which token has which golden id; accepting it writes the registry."""
    name = f"{subject.name}_identity"

    def fill(con: Connection) -> int:
        con.execute(f"create or replace temp table cluster as {clusters}")
        registry.assign(con, subject.name, subject.prefix, "cluster")
        written = con.execute(f"create or replace table linked.{name}{STAGING} as {identities}").fetchone()
        return int(written[0]) if written else 0

    return LinkedTable(
        name,
        "识别号与归并记录到统一标识的对照 (numbers and linked records -> golden id)",
        (f"linked.{subject.name}_evidence", f"linked.{subject.name}_link", *reads),
        sql=f"{clusters} {identities}",
        columns=f"token varchar, {subject.name}_id varchar, identifier_type varchar, identifier varchar",
        fill=fill,
        keep=lambda con, run_id: registry.keep(con, subject.name, run_id),
    )


def _sources(catalog: Catalog, subject: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"staged.{resource.id}" for resource, _ in entities(catalog, subject)))
