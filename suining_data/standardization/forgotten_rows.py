"""Which delivered rows and cells are about a forgotten person.

Here: by which values a person is recognised, as marks of staged values; the lines of a raw file to take out. Not here: the
hash (tombstones.py), taking out (ingestion/redaction.py).

A row is the person's if it has one of their numbers; without any number, if it has their name and birth, their name and
phone, or says exactly what one of their rows said. A row that had the number of the person by mistake, with the name of
somebody else, is not theirs: it loses the number only.

A row that is the person's goes as a whole if their name or number is part of its key, or if it is about nobody else. Of
other rows (a marriage, the representative of a firm) only what they say of the person goes.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from suining_data.catalog import Entity, Resource
from suining_data.elements.expressions import half_width
from suining_data.encryption import parquet_columns, parquet_rows
from suining_data.ingestion import LINE, take_out
from suining_data.settings import Settings
from suining_data.sql import identifier, literal, literals
from suining_data.standardization.statement import delivered_sources, source_columns, staged_select
from suining_data.tombstones import is_marked, load_marks, mark
from suining_data.warehouse import load_spatial

LINES = "temp.forgotten_line"  # line, is_whole, sources: cells to empty
IDENTIFYING = ("resident_id", "other_id", "name")
_NUMBER = "[0-9]{17}[0-9X]|[0-9]{15}"

Connection = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class Described:
    """What a row says of one person: the entity of the catalogue, and SQL over its staged columns."""

    resource: Resource
    entity: Entity
    number: int

    def value(self, attribute: str) -> str:
        """SQL: the value of an attribute; null if the entity has none."""
        return self.entity.values.get(attribute, "null")

    @property
    def numbers(self) -> tuple[str, str]:
        """SQL: the resident id, and the other document with its kind."""
        return self.value("resident_id"), f"{self.value('other_id_type_code')} || ':' || {self.value('other_id')}"

    @property
    def any_number(self) -> str:
        """SQL: the number that the row has."""
        return f"coalesce({', '.join(self.numbers)})"

    @property
    def pairs(self) -> dict[str, tuple[str, str]]:
        """SQL: what recognises a person without a number, if nobody else has it: kind of mark -> two values."""
        return {kind: (self.value("name"), self.value(other)) for kind, other in PAIRS.items()}

    @property
    def content(self) -> tuple[str, ...]:
        """SQL: all that the row says of the person."""
        values = (f"coalesce(cast({column} as varchar), '')" for column in self.entity.values.values())
        return (literal(self.resource.id), literal(self.entity.role), *values)

    @property
    def is_own(self) -> str:
        """SQL: whether the row is about a forgotten person."""
        by_number = " or ".join(is_marked("number", number) for number in self.numbers)
        by_pair = " or ".join(is_marked(kind, *values) for kind, values in self.pairs.items())
        by_content = is_marked("content", *self.content)
        return f"(({by_number}) and not {self.is_other} or {self.any_number} is null and ({by_pair}) or {by_content})"

    @property
    def is_other(self) -> str:
        """SQL: whether the row has the number of a forgotten person and is about somebody else."""
        return is_marked("other", self.any_number, self.value("name"))

    @property
    def is_in_key(self) -> bool:
        """Whether name or number of the person are part of the key of the row."""
        key = {source for name in self.resource.key for source in delivered_sources(self.resource, name)}
        return any(
            key & delivered_sources(self.resource, self.entity.values[name])
            for name in IDENTIFYING
            if name in self.entity.values
        )

    def sources(self, attributes: Iterable[str]) -> list[str]:
        """The delivered columns that say these attributes of the person, without those of the key of the row."""
        columns = (self.entity.values[name] for name in attributes if name in self.entity.values)
        key = {field.source for field in self.resource.fields if field.name in self.resource.key}
        return sorted({source for column in columns for source in delivered_sources(self.resource, column)} - key)


PAIRS = {"name_birth": "birth_date", "name_phone": "phone"}


def described(resource: Resource) -> list[Described]:
    """The persons that a row of a resource is about."""
    persons = (each for each in resource.entities if each.subject == "person")
    return [Described(resource, each, number) for number, each in enumerate(persons)]


def find_lines(con: Connection, raw: Path, resource: Resource) -> None:
    """Fill LINES for a file of raw/; the marks must be ready."""
    selects = [_numbers_in(parquet_rows(raw), _texts_of(raw), LINE)]
    persons = described(resource)
    if persons:
        selects.append(_rows_of(raw, resource, persons))
        load_spatial(con, selects[-1])
    con.execute(f"""
        create or replace temp table {LINES.split(".")[1]} as
        select line, bool_or(is_whole) as is_whole, list_distinct(flatten(list(sources))) as sources
        from ({" union all ".join(selects)}) group by line
    """)


def redactor(con: Connection, settings: Settings, resource: Resource) -> Callable[[Path, Path], bool]:
    """What takes forgotten persons out of the two files of a batch of a resource, and says whether it had any."""
    if not load_marks(con, settings):
        return lambda raw, rejected: False

    def redact(raw: Path, rejected: Path) -> bool:
        is_found = is_concerned(con, raw, rejected, resource)
        if is_found:
            take_out_found(con, raw, rejected)
        return is_found

    return redact


def is_concerned(con: Connection, raw: Path, rejected: Path, resource: Resource) -> bool:
    """Whether a batch has anything of the persons whose marks are ready; finds their lines."""
    find_lines(con, raw, resource)
    return any(count_lines(con)) or con.execute(f"{texts_with_number(rejected)} limit 1").fetchone() is not None


def take_out_found(con: Connection, raw: Path, rejected: Path) -> None:
    """Take the lines that were found out of the two files of a batch."""
    take_out(con, raw, rejected, LINES, texts_with_number(rejected))


def count_lines(con: Connection) -> tuple[int, int]:
    """How many of the found rows go as a whole, and how many lose cells."""
    counts = f"select count(*) filter (is_whole), count(*) filter (not is_whole) from {LINES}"
    whole, cells = con.execute(counts).fetchall()[0]
    return int(whole), int(cells)


def texts_with_number(rejected: Path) -> str:
    """SELECT of the rejected lines whose text has the number of a forgotten person."""
    return f"select line from ({_numbers_in(parquet_rows(rejected), ['raw_text'], 'line')})"


def _texts_of(raw: Path) -> list[str]:
    return [name for name in parquet_columns(raw) if name != LINE]


def _numbers_in(relation: str, columns: list[str], line: str) -> str:
    """SELECT of line, is_whole, sources: the cells in whose text is a number of a forgotten person."""
    found = " union all ".join(
        f"select {line} as line, {literal(name)} as source, upper({half_width(identifier(name))}) as text "
        f"from {relation} where length({identifier(name)}) >= 15"
        for name in columns
    )
    if not found:
        return "select null::bigint as line, false as is_whole, []::varchar[] as sources where false"
    return f"""
        select line, false as is_whole, [source] as sources from (
            select line, source, unnest(regexp_extract_all(text, '{_NUMBER}')) as number from ({found})
        ) where {is_marked("number", "number")}"""


def _rows_of(raw: Path, resource: Resource, persons: list[Described]) -> str:
    """SELECT of line, is_whole, sources: the rows that are about a forgotten person, or have a number of one."""
    found = set(parquet_columns(raw))
    absent = "".join(f"null::varchar as {identifier(s)}, " for s in source_columns(resource) if s not in found)
    delivered = f"select {LINE} as record_id, '' as batch_id, {LINE} as line_number, {absent}raw.* from {parquet_rows(raw)} as raw"
    judged = ", ".join(
        f"{each.is_own} as own_{each.number}, {each.is_other} as other_{each.number}" for each in persons
    )
    others = [
        f"coalesce({', '.join(f'cast({column} as varchar)' for column in each.values.values())}) is not null"
        for each in resource.entities
        if each.subject == "organization"
    ]
    others += [f"{each.any_number} is not null and not own_{each.number}" for each in persons]
    others += [f"{each.value('name')} is not null and not own_{each.number}" for each in persons]
    is_shared = " or ".join(others)
    whole = " or ".join(
        f"own_{each.number}" + ("" if each.is_in_key else f" and not ({is_shared})") for each in persons
    )
    cells = " || ".join(
        f"case when own_{each.number} then [{literals(each.sources(each.entity.values))}]::varchar[] "
        f"when other_{each.number} then [{literals(each.sources(('resident_id', 'other_id')))}]::varchar[] "
        "else []::varchar[] end"
        for each in persons
    )
    any_found = " or ".join(f"own_{each.number} or other_{each.number}" for each in persons)
    return f"""
        select line_number as line, ({whole}) as is_whole, {cells} as sources
        from (with delivered as ({delivered}) select *, {judged} from ({staged_select(resource)}))
        where {any_found}"""


def write_marks(con: Connection, resource: Resource, records: str, into: str) -> None:
    """Add the marks of a person to the table `into`, from the staged rows of a resource.

    `records`: table of record_id, role and `is_numbered`: whether the row is known by the person's accepted number; null of a
    row that has that number but is about somebody else. Pairs are added by the caller, who knows whether others have them.
    """
    for each in described(resource):
        number, code = each.numbers
        con.execute(f"""
            insert into {into}
            with row as (
                select staged.*, found.is_numbered from staged.{resource.id} as staged join {records} as found
                on staged.record_id = found.record_id and found.role = {literal(each.entity.role)}
            )
            select unnest(case
                when is_numbered then [{mark("number", number)}, {mark("number", code)}]
                when not is_numbered then [{mark("content", *each.content)}]
                else [{mark("other", each.any_number, each.value("name"))}] end) as mark
            from row
        """)
