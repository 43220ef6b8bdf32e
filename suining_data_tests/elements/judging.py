"""What an element makes of texts: its value and the rules that are broken, the way a staged table has it.

Here: one function for the tests of elements. Not here: how whole resources are standardised.
"""

from typing import Any, NamedTuple

import duckdb

from suining_data.catalog import Field
from suining_data.elements import ELEMENTS, Then
from suining_data.standardization.rules import readable_text, rules_of_field

SETS_TO_NULL = (Then.QUARANTINE, Then.QUARANTINE_VALUE, Then.DISCARD)


class Judged(NamedTuple):
    """The accepted value (null when a rule forbids it) and the ids of broken rules."""

    value: Any
    broken: list[str]


def judge(con: duckdb.DuckDBPyConnection, element_id: str, texts: list[str], unit: str | None = None) -> list[Judged]:
    """One result per text, in order; every text goes through one statement."""
    element = ELEMENTS[element_id]
    unit = {"unit": unit} if unit else {}
    field = Field(source="raw", name="field", element=element_id, label="字段", **unit)
    rules = {rule.name: rule for rule in rules_of_field(field)}
    broken = ", ".join(f"case when not ({rule.holds}) then '{name}' end" for name, rule in rules.items())
    rows = con.execute(
        f"""
        with delivered as (select unnest($texts::varchar[]) as raw, unnest(range(len($texts))) as n),
        received as (select n, raw as delivered, {readable_text("raw")} as raw from delivered),
        cleaned as (
            select n, {element.cleaned("raw")} as c_field, raw is null and delivered is not null as e_field from received
        ),
        converted as (select *, {element.converted("c_field", field.unit)} as v_field from cleaned)
        select v_field, [{broken}]::varchar[] from converted order by n
        """,
        {"texts": texts},
    ).fetchall()
    found = []
    for value, ids in rows:
        names = [id for id in ids if id]
        refused = any(rules[name].then in SETS_TO_NULL for name in names)
        found.append(Judged(None if refused else value, names))
    return found


def masked(con: duckdb.DuckDBPyConnection, element_id: str, values: list[str]) -> list[str]:
    """The values as someone without clearance sees them."""
    rows = con.execute(
        f"select {ELEMENTS[element_id].masked('v')} from (select unnest($values::varchar[]) as v, "
        "unnest(range(len($values))) as n) order by n",
        {"values": values},
    ).fetchall()
    return [row[0] for row in rows]
