"""Builds the one SELECT that turns the raw rows of a resource into staged rows.

Here: SQL text, built from the catalogue and the elements. Levels: delivered text -> cleaned text -> typed value ->
validated -> accepted (broken values become null) -> derived columns, which are validated and accepted in the same way.
Not here: running the SELECT and counting its rows (run.py).

A row keeps its broken rules as bits of integers (`mask_<n>`), so one pass over the data is enough for any number of
rules.
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby

import sqlglot
from sqlglot import exp

from suining_data.catalog import Field, Resource
from suining_data.elements import ELEMENTS, Then
from suining_data.sql import identifier, literal
from suining_data.standardization.no_data import rules_of_rows
from suining_data.standardization.rules import (
    ColumnRule,
    readable_text,
    rules_of_derived,
    rules_of_fields,
)

BITS = 60  # rules per BIGINT mask
ROW_KEYS = "record_id, batch_id, line_number"


def staged_select(resource: Resource) -> str:
    """SELECT of record_id, batch_id, line_number, the declared columns, failed_rules, _is_refused, _raw.

    Reads a relation `delivered`: record_id, batch_id, line_number and the source columns as text.
    `_raw` is the delivered row as JSON where a rule is broken, else null. A row that is no data breaks no other rule.
    """
    fields, derived = rules_of_fields(resource), rules_of_derived(resource)
    every = [*fields, *derived]
    levels = {"cleaned": _cleaned(resource), "converted": _converted(resource)}
    levels["validated"] = _with_masks("converted", fields, start=0)
    levels["accepted"] = _accepted(resource, fields)
    if resource.derived:
        levels["derived"] = _derived(resource)
        levels["derived_validated"] = _with_masks("derived", derived, start=_mask_count(fields))
        levels["derived_accepted"] = _derived_accepted(resource, derived, start=_mask_count(fields))
    last = list(levels)[-1]
    masks = _masks(len(fields), 0) + (_masks(len(derived), _mask_count(fields)) if resource.derived else [])
    bits = _bits(fields, 0) | _bits(derived, _mask_count(fields))
    broken = " or ".join(f"{mask} <> 0" for mask in masks) or "false"
    refused = _any_bit([bits[rule.id] for rule in every if rule.then is Then.QUARANTINE])
    raw = (
        "to_json(struct_pack("
        + ", ".join(f"{identifier(s)} := {identifier(f'received {s}')}" for s in source_columns(resource))
        + "))"
    )
    named = ",\n    ".join(f"v_{column.name} as {column.name}" for column in resource.columns)
    body = ",\n\n".join(f"{name} as (\n{sql}\n)" for name, sql in levels.items())
    return (
        f"with {body}\n\nselect\n    {ROW_KEYS},\n    {named},\n"
        f"    case when _no_data is not null then [_no_data] when {broken} then {_broken_list(every, bits)} end as failed_rules,\n"
        f"    (_no_data is not null or {refused}) as _is_refused,\n"
        f"    case when _no_data is not null or {broken} then cast({raw} as varchar) end as _raw\nfrom {last}"
    )


def broken_and_filled(resource: Resource, rules: list[ColumnRule], rows: str) -> str:
    """SELECT of one row: how many of the raw `rows` break each rule, in order, and by column how many have a value.

    Only the columns with one of the rules are cleaned, because planning every expression of a resource takes longer than
    reading its first rows.
    """
    validated = [field for field in resource.fields if any(rule.column == field.name for rule in rules)]
    if not validated:
        return "select [], map([], [])"
    sources = list(dict.fromkeys(field.source for field in validated))
    tidied = f"select *{_tidied(validated)} from (select {_received(sources)} from {rows})"
    cleaned = ", ".join(
        f"{_clean(field)}, {identifier(f'received {field.source}')} as s_{field.name}" for field in validated
    )
    values = ", ".join(_value(field) for field in validated)
    broken = (f"count(*) filter (not ({rule.holds}))" for rule in rules)
    filled = (f"count(*) filter (trim(s_{field.name}) <> '')" for field in validated)
    names = ", ".join(literal(field.name) for field in validated)
    counts = f"[{', '.join(broken)}], map([{names}], [{', '.join(filled)}])"
    return f"select {counts} from (select *, {values} from (select {cleaned} from ({tidied})))"


def _clean(field: Field) -> str:
    """The cleaned text, and whether the delivered text (with the prefix `received`) is an error of a spreadsheet."""
    source, received = identifier(field.source), identifier(f"received {field.source}")
    return (
        f"{ELEMENTS[field.element].cleaned(source, f't_{field.name}')} as c_{field.name}, "
        f"{source} is null and {received} is not null as e_{field.name}"
    )


def _received(sources: Sequence[str]) -> str:
    """SQL: the delivered texts as they are, with the prefix `received`, and as they are cleaned."""
    both = (
        f"{identifier(source)} as {identifier(f'received {source}')}, {readable_text(identifier(source))} as {identifier(source)}"
        for source in sources
    )
    return ", ".join(both)


def _tidied(fields: Sequence[Field]) -> str:
    """SQL: a column with the tidied text of each field whose element needs one."""
    texts = ((field.name, ELEMENTS[field.element].tidied(identifier(field.source))) for field in fields)
    return "".join(f", {text} as t_{name}" for name, text in texts if text)


def _value(field: Field) -> str:
    return f"{ELEMENTS[field.element].converted(f'c_{field.name}', field.unit)} as v_{field.name}"


def source_columns(resource: Resource) -> list[str]:
    return list(dict.fromkeys(field.source for field in resource.fields))


def narrowed(resource: Resource, names: Collection[str]) -> Resource:
    """The resource with these columns alone, and the fields that derived ones are made from."""
    derived = [column for column in resource.derived if column.name in names]
    read = {*names, *(name for column in derived for name in _names_in(column.sql))}
    fields = [field for field in resource.fields if field.name in read]
    return resource.model_copy(update={"fields": fields, "derived": derived})


def _names_in(sql: str) -> set[str]:
    return {column.name for column in sqlglot.parse_one(sql, dialect="duckdb").find_all(exp.Column)}


def delivered_sources(resource: Resource, column: str) -> set[str]:
    """The delivered columns from which a staged column is made."""
    declared = next(each for each in resource.columns if each.name == column)
    if isinstance(declared, Field):
        return {declared.source}
    names = _names_in(declared.sql)
    return {field.source for field in resource.fields if field.name in names}


def _cleaned(resource: Resource) -> str:
    sources = source_columns(resource)
    raw = ", ".join(identifier(f"received {source}") for source in sources)
    kinds = " ".join(f"when {rule.is_broken} then {literal(rule.id)}" for rule in rules_of_rows(resource))
    no_data = f"case {kinds} end" if kinds else "null::varchar"
    cleaned = [_clean(field) for field in resource.fields]
    return (
        f"    select {ROW_KEYS}, {raw}, {no_data} as _no_data,\n        "
        + ",\n        ".join(cleaned)
        + f"\n    from (select *{_tidied(resource.fields)} from (select {ROW_KEYS}, {_received(sources)} from delivered))"
    )


def _converted(resource: Resource) -> str:
    values = [_value(field) for field in resource.fields]
    return "    select *,\n        " + ",\n        ".join(values) + "\n    from cleaned"


def _with_masks(source: str, rules: list[ColumnRule], start: int) -> str:
    masks = []
    for n, chunk in enumerate(_chunks(rules)):
        masks.append(" +\n            ".join(_sums(chunk)) + f" as mask_{start + n}")
    return "    select *" + "".join(f",\n        {mask}" for mask in masks) + f"\n    from {source}"


def _sums(rules: list[ColumnRule]) -> Iterator[str]:
    """SQL: the bits of the rules, added up; the rules that surely hold under one condition are summed behind it."""
    for sure, group in groupby(enumerate(rules), key=lambda numbered: numbered[1].sure):
        bits = " + ".join(f"case when not ({rule.holds}) then {1 << bit} else 0 end" for bit, rule in group)
        yield f"case when {sure} then 0 else {bits} end" if sure else bits


def _accepted(resource: Resource, rules: list[ColumnRule]) -> str:
    replaced = _replacements([field.name for field in resource.fields], rules, 0)
    return f"    select *{replaced} from validated"


def _derived(resource: Resource) -> str:
    """Derived columns read the accepted values by their standard names. Their results are cleaned like delivered text."""
    elements = [(column, ELEMENTS[column.element]) for column in resource.derived]
    names = ", ".join(f"v_{field.name} as {field.name}" for field in resource.fields)
    computed = ",\n        ".join(f"cast(({column.sql}) as varchar) as d_{column.name}" for column, _ in elements)
    cleaned = ", ".join(f"{element.cleaned(f'd_{column.name}')} as c_{column.name}" for column, element in elements)
    values = ", ".join(f"{element.converted(f'c_{column.name}')} as v_{column.name}" for column, element in elements)
    return (
        f"    select *,\n        {values}\n    from (select *,\n        {cleaned}\n"
        f"    from (select *,\n        {computed}\n    from (select *, {names} from accepted)))"
    )


def _derived_accepted(resource: Resource, rules: list[ColumnRule], start: int) -> str:
    replaced = _replacements([column.name for column in resource.derived], rules, start)
    return f"    select *{replaced} from derived_validated"


def _replacements(columns: list[str], rules: list[ColumnRule], start: int) -> str:
    bits = _bits(rules, start)
    replaced = []
    for column in columns:
        own = [
            bits[rule.id]
            for rule in rules
            if rule.column == column and rule.then in (Then.QUARANTINE_VALUE, Then.DISCARD)
        ]
        if own:
            replaced.append(f"case when {_any_bit(own)} then null else v_{column} end as v_{column}")
    return f" replace ({', '.join(replaced)})" if replaced else ""


def _chunks(rules: list[ColumnRule]) -> list[list[ColumnRule]]:
    return [rules[n : n + BITS] for n in range(0, len(rules), BITS)]


def _mask_count(rules: list[ColumnRule]) -> int:
    return len(_chunks(rules))


def _masks(rules: int, start: int) -> list[str]:
    return [f"mask_{start + n}" for n in range((rules + BITS - 1) // BITS)]


def _bits(rules: list[ColumnRule], start: int) -> dict[str, tuple[str, int]]:
    return {rule.id: (f"mask_{start + k // BITS}", 1 << (k % BITS)) for k, rule in enumerate(rules)}


def _any_bit(bits: list[tuple[str, int]]) -> str:
    by_mask: dict[str, int] = {}
    for mask, bit in bits:
        by_mask[mask] = by_mask.get(mask, 0) | bit
    return "(" + (" or ".join(f"{mask} & {value} <> 0" for mask, value in by_mask.items()) or "false") + ")"


def _broken_list(rules: list[ColumnRule], bits: dict[str, tuple[str, int]]) -> str:
    """SQL: the ids of the rules whose bit is set, by position in a constant list. A CASE for each rule would be slower."""
    by_mask: dict[str, list[str]] = {}
    for rule in rules:
        by_mask.setdefault(bits[rule.id][0], []).append(literal(rule.id))
    lists = [
        f"list_filter([{', '.join(ids)}], lambda id, position: ({mask} >> (position - 1)) & 1 = 1)"
        for mask, ids in by_mask.items()
    ]
    return " || ".join(lists) or "[]::varchar[]"
