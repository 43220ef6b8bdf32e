"""What a service gets of its subjects: schema `service` of the published file, with a view for each section of a service.

Here: services.yaml, the views. Not here: what becomes of a column (handed_out.py), asking for one subject (commands/service.py).

A view has the columns that the service gets. It also has `subject_id`, by which it is asked, `golden_id`, whom the access log
names, and `sources`, the delivered rows from which the columns come, to find the values that are in question. So what a
service gets is decided when it is published, and signed with the rest. `service.section` lists the views.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import duckdb
import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from suining_data.elements import Identifies
from suining_data.models import (
    ColumnContract,
    Model,
    ModelError,
    Names,
    SourceContract,
    Text,
    described,
    name_column,
    names_of,
)
from suining_data.publication.handed_out import Audience, Given, Sensitivity, Treatment, given
from suining_data.publication.labels import Label, contracts_of, labels_of
from suining_data.sql import identifier, literal, literals
from suining_data.warehouse import SERVICES, transaction

SERVICES_FILE = Path(__file__).with_name("services.yaml")
SUBJECT, ROWS, GOLDEN, ROW, COUNT = "subject_id", "sources", "golden_id", "record_id", "count"
LIST = f"{SERVICES}.section"
OWN = (SUBJECT, GOLDEN, ROWS)  # columns that every view has, for the command
# an id that says nothing outside, and the columns of what it refers to by which people know that
KNOWN_BY = {
    "spatial.address.address_id": {"": "address"},
    "legal_entity.organization.organization_id": {"_name": "name", "_uscc": "uscc"},
}
DETAIL = re.compile(
    "（[^）]{6,}.*|[；;：:，,(].*"
)  # what follows the name of a column in its description, and is no unit
FROM = "_from"  # name_from: the source row of name
NAMES_OF_CODES = (
    "select code_set, list(code order by position), list(name_zh order by position) from code.code group by code_set"
)
TEXTS_OF_LIST = (
    ("position", "次序", "Position"),
    ("service", "服务", "Service"),
    ("title", "服务名称", "Name of the service"),
    ("subject", "主体种类", "Kind of subject"),
    ("section", "部分", "Section"),
    ("view_name", "视图", "View"),
    ("zh", "中文名", "Chinese name"),
    (
        "columns",
        "列、中文名、名称所在列（JSON）",
        "Columns, their Chinese names, the columns with names of codes, as JSON",
    ),
)
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")]
Subject = Literal["person", "organization", "division"]


class Section(BaseModel):
    """A part of what a service gets; services.yaml says what its words mean."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: str
    en: str
    table: Annotated[str, Field(pattern=r"^[a-z_]+\.[a-z_]+$")]
    subject: Identifier
    items: tuple[Identifier, ...] = ()
    join: str = ""
    where: str = "true"
    count: Text | None = None
    columns: dict[Sensitivity, Treatment] = {}


class Service(Audience):
    """An audience that gets one subject at a time."""

    sections: dict[Subject, dict[Identifier, Section]]


@dataclass(frozen=True)
class Read:
    """A column as it is read: its label, the SQL, the table that is joined for it, what it is called, where its codes have names."""

    label: Label
    sql: str
    join: str | None
    zh: str
    en: str
    names: Names | None


@dataclass(frozen=True)
class Column:
    """A column that a section gives, and what it is made of."""

    given: Given
    read: Read

    @property
    def name(self) -> str:
        return self.given.name

    @property
    def label(self) -> str | None:
        """The column with the names of its codes."""
        return name_column(self.name) if self.read.names else None


@dataclass(frozen=True)
class View:
    """The view of a section, and where it belongs."""

    service: str
    title: str
    subject: str
    id: str
    section: Section
    columns: list[Column]

    @property
    def name(self) -> str:
        return f"{SERVICES}.{self.service}_{self.subject}_{self.id}"

    @property
    def texts(self) -> Iterator[tuple[str, str, str]]:
        """Every column of the view with its names."""
        yield SUBJECT, "主体标识", "Id of the subject"
        yield GOLDEN, "人员或单位标识", "Golden id of the person or organisation"
        yield ROWS, "来源行，按列", "Source row of each column"
        for each in self.columns:
            yield each.name, each.read.zh, each.read.en
            if each.label:
                yield each.label, f"{each.read.zh}：名称", f"{each.read.en}: name"


class Tables:
    """The published tables as their contracts describe them."""

    def __init__(self, models: Sequence[Model], sources: Mapping[str, SourceContract]) -> None:
        self.contracts = contracts_of(models, sources)
        self.columns: dict[str, Mapping[str, ColumnContract]] = {t: c.columns for t, c in self.contracts.items()}
        self.labels = {table: {each.name: each for each in found} for table, found in labels_of(self.contracts).items()}


@cache
def load_services() -> dict[str, Service]:
    """All services by name, as declared."""
    content = yaml.safe_load(SERVICES_FILE.read_text(encoding="utf-8"))
    return TypeAdapter(dict[str, Service]).validate_python(content)


def tables_read() -> set[str]:
    """The tables that the sections name, those of which an id becomes text, and the names of codes."""
    sections = (
        section
        for service in load_services().values()
        for each in service.sections.values()
        for section in each.values()
    )
    known = (reference.rpartition(".")[0] for reference in KNOWN_BY)
    return {"code.code", *known, *(section.table for section in sections)}


def add_services(
    con: duckdb.DuckDBPyConnection,
    database: str,
    models: Sequence[Model],
    sources: Mapping[str, SourceContract],
    year: int,
) -> list[str]:
    """Create the views in an attached database that has the tables, and return their names. `year`: of the snapshot.

    Without all tables that services read, as where only a part of the bases is built, there are none. Raises ModelError for a
    section that names a column that does not exist.
    """
    tables = Tables(models, sources)
    if tables_read() - set(tables.contracts):
        return []
    views = [
        View(name, service.zh, subject, id, section, list(_columns(service, section, tables, year)))
        for name, service in load_services().items()
        for subject, sections in service.sections.items()
        for id, section in sections.items()
    ]
    cursor = con.cursor()  # views are bound to the tables of the database in use
    cursor.execute(f"use {database}")
    names = {code_set: (codes, texts) for code_set, codes, texts in cursor.execute(NAMES_OF_CODES).fetchall()}
    with transaction(cursor):
        cursor.execute(f"create schema if not exists {SERVICES}")
        for view in views:
            cursor.execute(f"create or replace view {view.name} as {_select(view, tables, names)}")
        cursor.execute(f"create or replace view {LIST} as {_list(views)}")
        for view in views:
            _describe(cursor, view.name, f"{view.section.zh} · {view.section.en}", view.texts)
        _describe(cursor, LIST, "服务的各部分 · The sections of services", TEXTS_OF_LIST)
    cursor.close()
    return [LIST, *(view.name for view in views)]


def _columns(service: Service, section: Section, tables: Tables, year: int) -> Iterator[Column]:
    """What a section gives, in the order of the table."""
    contract = tables.contracts[section.table]
    named = {*section.items} if section.join else {section.subject, *section.items}
    if missing := named - set(contract.columns):
        raise ModelError(f"{SERVICES_FILE.name}: {section.table}.{min(missing)} 不存在 (does not exist)")
    if section.count:
        label = Label(COUNT, "bigint", "L1", None, None, is_personal=False, is_listed=False, code_set=None)
        yield Column(
            Given(COUNT, COUNT, COUNT), Read(label, "count(*)", None, section.count.zh, section.count.en, None)
        )
        return
    audience = service.model_copy(update={"columns": {**service.columns, **section.columns}})
    for name in contract.columns:
        if name in section.items if section.items else name != section.subject:
            for read in _read(section.table, name, tables):
                for each in given(audience, [read.label], year, contract.sensitivity):
                    yield Column(each, read)


def _read(table: str, name: str, tables: Tables) -> Iterator[Read]:
    """A column as it is read, or what a reference is known by; nothing of an id that is of no use outside."""
    label, contract = tables.labels[table][name], tables.columns[table][name]
    zh, en = _short(name, contract)
    if contract.references in KNOWN_BY:
        (other, key), alias, stem = contract.reference or ("", ""), f"{name}_known", name.removesuffix("_id")
        join = f"left join lateral (from {other} where {key} = t.{identifier(name)}) as {alias} on true"
        for suffix, target in KNOWN_BY[contract.references].items():
            known = replace(tables.labels[other][target], name=f"{stem}{suffix}", sensitivity=label.sensitivity)
            more_zh, more_en = _short(target, tables.columns[other][target]) if suffix else ("", "")
            yield Read(known, f"{alias}.{target}", join, f"{zh}{more_zh}", f"{en} {more_en}".strip(), None)
    elif label.element or not name.endswith(("_id", "_ids")):
        yield Read(label, f"t.{identifier(name)}", None, zh, en, names_of(contract, tables.columns))


def _short(name: str, contract: ColumnContract) -> tuple[str, str]:
    """What a column is called, without what its description adds."""
    zh, en = described(name, contract)
    return DETAIL.sub("", zh), DETAIL.sub("", en)


def _select(view: View, tables: Tables, names: Mapping[str, tuple[list[str], list[str]]]) -> str:
    """The SELECT of a view: the rows as they are read, what is given of that, the names of the codes that are given."""
    section, columns = view.section, view.columns
    read = {each.read.label.name: each.read.sql for each in columns}
    joins = dict.fromkeys(each.read.join for each in columns if each.read.join)
    given_columns = [f"{each.given.sql} as {each.name}" for each in columns]
    shown, named = [f"s.{each}" for each in OWN], []
    for each in columns:
        shown.append(f"s.{each.name}")
        if found := each.read.names:
            shown.append(f"{_name(each.name, found, names)} as {name_column(each.name)}")
            if not found.code_set:
                named.append(
                    f"left join {found.table} as {each.name}_label on s.{each.name} = {each.name}_label.{found.code}"
                )
    return f"""
        select {", ".join(shown)} from (
            select {", ".join([*OWN, *given_columns])} from (
                select t.{section.subject} as {SUBJECT}, {_golden(view, tables)} as {GOLDEN}, {_rows(view, tables)} as {ROWS},
                    {", ".join(f"{sql} as {identifier(name)}" for name, sql in read.items())}
                from (from {section.table} {section.join} where {section.where}) as t {" ".join(joins)}
                {"group by all" if section.count else ""}
            )
        ) as s {" ".join(named)}
    """


def _name(code: str, found: Names, names: Mapping[str, tuple[list[str], list[str]]]) -> str:
    """SQL: the name of a code; those of a code set are written into the view, as joining costs more than a lookup."""
    if not found.code_set:
        return f"{code}_label.{found.name}"
    codes, texts = names.get(found.code_set, ([], []))
    return f"map([{literals(codes)}]::varchar[], [{literals(texts)}]::varchar[])[s.{code}]"


def _golden(view: View, tables: Tables) -> str:
    """SQL: whom a row is about."""
    if view.subject != "division":
        return f"t.{view.section.subject}"
    found = [f"t.{each}" for each in ("person_id", "organization_id") if each in tables.columns[view.section.table]]
    return f"coalesce({', '.join([*found, 'null'])})"


def _rows(view: View, tables: Tables) -> str:
    """SQL: the source row of each column, as a map; a row from which all columns come has the key ''."""
    found: dict[str, str] = {}
    for label in () if view.section.count else tables.labels[view.section.table].values():
        if label.identifies is Identifies.ROW and label.name.endswith(FROM):
            stem = label.name.removesuffix(FROM)
            found |= {each.name: label.name for each in view.columns if each.name.startswith(stem)}
        elif label.name == ROW:
            found[""] = label.name
    rows = ", ".join(f"t.{identifier(row)}" for row in found.values())
    return f"map([{literals(found)}]::varchar[], [{rows}]::bigint[])"


def _list(views: Sequence[View]) -> str:
    """The SELECT of the list of views: constants. The columns are JSON, as hundreds of structs take 8 ms to plan, at every call."""
    rows = []
    for position, view in enumerate(views, start=1):
        columns = [{"name": each.name, "zh": each.read.zh, "label": each.label} for each in view.columns]
        texts = [view.service, view.title, view.subject, view.id, view.name, view.section.zh]
        rows.append(f"({position}, {literals([*texts, json.dumps(columns, ensure_ascii=False)])})")
    return f"select * from (values {', '.join(rows)}) as t({', '.join(name for name, _, _ in TEXTS_OF_LIST)})"


def _describe(con: duckdb.DuckDBPyConnection, view: str, text: str, columns: Iterable[tuple[str, str, str]]) -> None:
    con.execute(f"comment on view {view} is {literal(text)}")
    for name, zh, en in columns:
        con.execute(f"comment on column {view}.{name} is {literal(f'{zh} · {en}')}")
