"""Hiding confidential persons in what is published: a SELECT that makes a row of each row of a table.

Here: which cells are hidden, by their labels; whether the last snapshot hid the same. Not here: the ids and values
(suining_data/confidential/), what an audience gets of what is left (handed_out.py).

- In a row about the person, every personal cell. A row is about the person whose golden id it has; without any person's id, if
  it comes of a delivered row that is about the person.
- Anywhere, a cell with a number or a phone of the person; in such a row, in a row about the person and in a row about those near
  (the household, a firm), a cell with a name or an address of the person; in text as delivered, a name alone.

Opaque ids stay, so that no row is lost and tables are joined as before. A number becomes a pseudonym, so that it is still the same
one in each table; another text becomes ****, any other value null. The mask of an element is not enough: it shows
parts of a number to whoever knows the rest.
"""

from collections.abc import Mapping, Sequence

import duckdb

from suining_data.confidential import VALUES
from suining_data.elements import Identifies
from suining_data.elements.expressions import half_width
from suining_data.publication.changed_rows import version_of
from suining_data.publication.handed_out import WITHHELD
from suining_data.publication.labels import Label
from suining_data.publication.pseudonyms import load_keys, pseudonym
from suining_data.settings import Settings
from suining_data.sql import identifier, literal
from suining_data.warehouse import table_exists

Connection = duckdb.DuckDBPyConnection
Labels = Mapping[str, Sequence[Label]]
KEPT = (Identifies.PERSON, Identifies.HOUSEHOLD, Identifies.ROW)  # opaque
NUMBERS = (Identifies.NUMBER, Identifies.PHONE)
SHORTEST = 7  # characters of a number that is looked for inside a text
KEYS = "confidential"  # whose keys the pseudonyms of hidden numbers are made with


def hidden_version(con: Connection, settings: Settings) -> str:
    """What decides who is hidden, by which values and behind which pseudonyms; empty if nobody is. Raises NoKey."""
    if not table_exists(con, VALUES) or not con.execute(f"select 1 from {VALUES} limit 1").fetchone():
        return ""
    return f"{version_of(con, VALUES)} {load_keys(con, settings, KEYS, into=KEYS)}"


def with_persons_hidden(con: Connection, settings: Settings, table: str, labels: Labels, rows: str = "") -> str:
    """SELECT of the rows of a table as they are published, or of a subquery `rows` with its columns. Raises NoKey.

    It is `from` the table itself where it hides nothing. What it needs in variables is made ready on this connection.
    """
    rows = rows or table
    if not hidden_version(con, settings):
        return f"from {rows}"
    columns = _columns(con, rows, {label.name: label for label in labels.get(table, ())})
    hidden = {name: sql for name, kind, label in columns if (sql := _hidden(name, kind, label))}
    if not hidden:
        return f"from {rows}"
    for kind, length in (("number", SHORTEST), ("name", 2)):
        found = f"select string_agg(regexp_escape({_plain('value')}), '|') from {VALUES} where kind = '{kind}' and length(value) >= {length}"
        con.execute(f"set variable confidential_{kind} = ({found})")
    replaced = ", ".join(f"{sql} as {identifier(name)}" for name, sql in hidden.items())
    return f"""
        select * exclude (confidential_about, confidential_near) replace ({replaced})
        from (
            select *, {_is_about(columns)} as confidential_about, {_is_near(columns)} as confidential_near
            from {rows}
        )"""


Column = tuple[str, str, Label | None]  # name, SQL type, label if it is described


def _columns(con: Connection, rows: str, labels: Mapping[str, Label]) -> list[Column]:
    return [
        (name, kind, labels.get(name)) for name, kind, *_ in con.execute(f"describe select * from {rows}").fetchall()
    ]


def _is_personal(label: Label | None) -> bool:
    """Whether a cell of this column says something about a person; also if nothing describes it."""
    return label is None or (label.is_personal and label.identifies not in KEPT)


def _is_text(kind: str, label: Label | None) -> bool:
    """Whether a delivery may have written anything into the column."""
    return kind in ("VARCHAR", "JSON") and (label is None or label.is_any_text or kind == "JSON")


def _hidden(name: str, kind: str, label: Label | None) -> str | None:
    """SQL: the cell as it is published; None for a column in which nothing has to be hidden."""
    column, identifies = identifier(name), label.identifies if label else None
    if identifies in KEPT:
        return None
    where = ["confidential_about"] if _is_personal(label) else []
    if identifies in NUMBERS:
        where.append(_is_one_of("number", column))
    if _is_text(kind, label):
        where += [_has("number", column), f"confidential_near and {_has('name', column)}"]
        where += [_has("name", column)] if label and label.sensitivity == "L4" else []
    if _is_personal(label) and kind == "VARCHAR":
        where += [f"confidential_near and {_is_one_of(what, column)}" for what in ("name", "place")]
    if not where:
        return None
    return f"case when {column} is null or not ({' or '.join(where)}) then {column} else {_withheld(column, kind, label)} end"


def _withheld(column: str, kind: str, label: Label | None) -> str:
    """SQL: what stands in the place of a hidden value."""
    if label and label.identifies in NUMBERS:
        return f"{literal(WITHHELD)} || {pseudonym(label.identifies, column, KEYS)}"
    is_text = kind == "VARCHAR" and (_is_text(kind, label) or bool(label and label.element and label.element.mask))
    return literal(WITHHELD) if is_text else f"null::{kind}"


def _is_about(columns: Sequence[Column]) -> str:
    """SQL: whether the row is about a confidential person."""
    ids = [identifier(name) for name, kind, label in columns if _may_be_golden_id(name, kind, label)]
    records = [
        identifier(name)
        for name, kind, label in columns
        if kind == "BIGINT" and label and label.identifies is Identifies.ROW
    ]
    by_id = [_is_one_of("person", id) for id in ids]
    by_record = " or ".join(_is_one_of("record", f"{record}::varchar") for record in records)
    others = " or ".join(f"coalesce(starts_with({id}, 'P'), false)" for id in ids) or "false"
    return " or ".join([*by_id, *([f"(({by_record}) and not ({others}))"] if records else [])]) or "false"


def _is_near(columns: Sequence[Column]) -> str:
    """SQL: whether the row has a number of a confidential person, is about them, or about those near."""
    ids = [identifier(name) for name, kind, label in columns if _may_be_golden_id(name, kind, label)]
    numbers = [
        _is_one_of("number", identifier(name)) for name, _, label in columns if label and label.identifies in NUMBERS
    ]
    texts = [_has("number", identifier(name)) for name, kind, label in columns if _is_text(kind, label)]
    return " or ".join([_is_about(columns), *(_is_one_of("near", id) for id in ids), *numbers, *texts])


def _may_be_golden_id(name: str, kind: str, label: Label | None) -> bool:
    """Whether the column has golden ids: of persons, or of any subject (subject_id)."""
    is_opaque = name.endswith("_id") and not (label and label.element)
    return kind == "VARCHAR" and (
        is_opaque or bool(label and label.identifies in (Identifies.PERSON, Identifies.HOUSEHOLD))
    )


def _is_one_of(what: str, value: str) -> str:
    return f"coalesce({value} in (select value from {VALUES} where kind = '{what}'), false)"


def _has(what: str, column: str) -> str:
    """SQL: whether a text has a number or name of a confidential person in it, however its digits are written."""
    text = f"{column}::varchar"
    return f"coalesce(regexp_matches({_plain(text)}, getvariable('confidential_{what}')), false)"


def _plain(text: str) -> str:
    """SQL: a text in capitals and half-width characters, without the gaps that people write into numbers."""
    return f"regexp_replace(upper({half_width(text)}), '[ \\t\\-]', '', 'g')"
