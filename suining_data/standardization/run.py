"""Writes the raw batches of a resource into a staging table, and promotes the staging table.

Here: running the SELECT of statement.py, quarantining and counting rows, swapping tables.
Not here: which rules there are (rules.py), the validation of the staging table (quality/).
"""

from dataclasses import dataclass

import duckdb

from suining_data.catalog import Resource, Unit
from suining_data.catalog.model import BATCH_SOURCES, FILE, RECEIVED
from suining_data.compression import create_table
from suining_data.encryption import parquet_columns, parquet_rows
from suining_data.ingestion import COUNTED, check_raw_files, files_of, raw_path, rejected_path
from suining_data.packed_keys import record_base
from suining_data.settings import Settings
from suining_data.sql import identifier, literal, literals
from suining_data.standardization.accounts import ACCOUNTS, Unbalanced, create_accounts, unbalanced_batches
from suining_data.standardization.no_data import rules_of_rows
from suining_data.standardization.revisions import Revised, find_revisions, promote_revisions
from suining_data.standardization.rules import (
    FORMULA_ERROR,
    reason_of_marker,
    rules_of_derived,
    rules_of_fields,
)
from suining_data.standardization.statement import ROW_KEYS, source_columns, staged_select
from suining_data.standardization.versions import OUTDATED, find_outdated
from suining_data.warehouse import STAGING, load_spatial, swap


@dataclass(frozen=True)
class Account:
    """Rows of a resource over its batches."""

    raw: int
    staged: int
    quarantined: int
    superseded: int
    rejected: int
    unbalanced: list[Unbalanced]
    revised: list[Revised]


def standardize(con: duckdb.DuckDBPyConnection, settings: Settings, unit: Unit, resource: Resource) -> Account:
    """Write staged.<id>__next and, as temporary tables, its quarantine, superseded rows and account."""
    create_accounts(con)
    table = f"staged.{resource.id}{STAGING}"
    _stage(con, settings, resource, _current_batches(con, resource), table)
    _quarantine(con, settings, unit, resource, table)
    _supersede(con, resource, table)
    revised = find_revisions(
        con, unit, resource, table, lambda batch, name: _stage(con, settings, resource, [batch], f"temp.{name}")
    )
    _count(con, resource, table)
    con.execute(f"alter table {table} drop column _is_refused")
    con.execute(f"alter table {table} drop column _raw")
    return _account(con, unit, resource, revised)


def quarantine_changed(resource: Resource) -> str:
    """SELECT of the record_id of the rows of which another value is quarantined than before."""
    current = (
        f"(select record_id, field, received from governance.quarantine where resource_id = {literal(resource.id)})"
    )
    following = "(select record_id, field, received from temp.next_quarantine)"
    return f"select record_id from ((from {following} except from {current}) union (from {current} except from {following}))"


def promote(con: duckdb.DuckDBPyConnection, resource: Resource) -> None:
    """Make the validated staging table current, with its quarantine and row account. Call it inside a transaction."""
    swap(con, f"staged.{resource.id}")
    for table in ACCOUNTS:
        con.execute(f"delete from governance.{table} where resource_id = ?", [resource.id])
        con.execute(f"insert into governance.{table} select * from temp.next_{table}")
    promote_revisions(con, resource)


def _stage(
    con: duckdb.DuckDBPyConnection, settings: Settings, resource: Resource, batches: list[str], table: str
) -> str:
    """Write the typed rows of some batches into a table, with all that is broken in them. Returns its name."""
    ledger = _files_and_days(con, resource)
    bases = ", ".join(
        f"({position}, {literal(batch)}, {record_base(resource.id, batch)}, {literals(ledger[batch])})"
        for position, batch in enumerate(batches)
    )
    exchange = resource.delivery.exchange
    if batches:
        check_raw_files(con, settings, resource.id, batches)
        files = [raw_path(settings, resource.id, batch) for batch in batches]
        found = {name for file in files for name in parquet_columns(file)}
        absent = [
            f"null::varchar as {identifier(source)}, "
            for source in source_columns(resource)
            if source not in found and source not in BATCH_SOURCES
        ]
        delivered = f"""
            select base + _line as record_id, batch.batch_id, _line as line_number, _batch_position, {FILE}, {RECEIVED}, {"".join(absent)} raw.*
            from {parquet_rows(*files, filename=True)} as raw
            join (values {bases}) as batch(_batch_position, batch_id, base, {FILE}, {RECEIVED})
                on parse_filename(filename, true) = batch.batch_id
        """
        if exchange:
            find_outdated(con, resource, exchange, delivered)
            delivered = f"from ({delivered}) anti join {OUTDATED} using (batch_id, line_number)"
    else:
        sources = ", ".join(f"null::varchar as {identifier(source)}" for source in source_columns(resource))
        delivered = f"select 0::bigint as record_id, '' as batch_id, 0::bigint as line_number, {sources} where false"
    select = staged_select(resource)
    load_spatial(con, select)
    create_table(con, table, f"with delivered as ({delivered}) from ({select})")
    return table


def _quarantine(con: duckdb.DuckDBPyConnection, settings: Settings, unit: Unit, resource: Resource, table: str) -> None:
    """Fills next_quarantine: the rows and values that break a rule and the rejected lines, with their reasons."""
    every = [*rules_of_fields(resource), *rules_of_derived(resource)]
    rules = [rule for rule in every if rule.then not in ("warn", "discard")]
    declared = ", ".join(
        [
            *(
                f"({literal(rule.id)}, {literal(rule.source or rule.column)}, {literal(rule.name)}, {literal(f'{rule.label}：{rule.reason}')}, "
                f"{literal('row' if rule.then == 'quarantine' else 'value')})"
                for rule in rules
            ),
            *(
                f"({literal(rule.id)}, null, {literal(rule.name)}, {literal(rule.reason)}, 'row')"
                for rule in rules_of_rows(resource)
            ),
            "('', null, '', '', '')",  # without any rule the list would be empty
        ]
    )
    received = """json_extract_string(_raw, '$."' || broken_rule.field || '"')"""
    of_marker = (
        f"replace(broken_rule.reason, {literal(FORMULA_ERROR)}, {reason_of_marker(received, literal(FORMULA_ERROR))})"
    )
    con.execute(f"""
        create or replace temp table next_quarantine as
        select {literal(resource.id)} as resource_id, {literal(unit.id)} as unit_id, broken.batch_id, file.file_name,
            line_number - first_line + 1 as line_number, broken_rule.scope, broken_rule.field, broken_rule.rule,
            case when broken_rule.rule = 'formula_error' then {of_marker} else broken_rule.reason end as reason,
            {received} as received, _raw as raw_text,
            record_id
        from (select {ROW_KEYS}, _raw, unnest(failed_rules) as id from {table} where _raw is not null) as broken
        join (values {declared}) as broken_rule(id, field, rule, reason, scope) using (id)
        join ({files_of(resource.id)}) as file
            on file.batch_id = broken.batch_id and line_number between first_line and last_line
        {_rejected_lines(con, settings, unit, resource)}
        order by all
    """)


def _rejected_lines(con: duckdb.DuckDBPyConnection, settings: Settings, unit: Unit, resource: Resource) -> str:
    files = [
        rejected_path(settings, resource.id, batch)
        for batch in _current_batches(con, resource, where="and rejected_rows > 0")
    ]
    if not files:
        return ""
    return f"""
        union all
        select {literal(resource.id)}, {literal(unit.id)}, rejected.batch_id, file.file_name, line - first_line + 1,
            'line', null, rule, reason, null, raw_text, null
        from (
            select *, parse_filename(parse_filename(filename, true), true) as batch_id
            from {parquet_rows(*files, filename=True)}
        ) as rejected
        join ({files_of(resource.id)}) as file
            on file.batch_id = rejected.batch_id and line between first_line and last_line
    """


def _current_batches(con: duckdb.DuckDBPyConnection, resource: Resource, where: str = "") -> list[str]:
    rows = con.execute(
        f"select batch_id from governance.batch where resource_id = ? and status = 'in_force' {where} order by file_name",
        [resource.id],
    ).fetchall()
    return [batch for (batch,) in rows]


def _files_and_days(con: duckdb.DuckDBPyConnection, resource: Resource) -> dict[str, tuple[str, str]]:
    """By batch id: the name of the file, and the day on which it was first seen."""
    rows = con.execute(
        "select batch_id, file_name, strftime(first_seen_at, '%Y-%m-%d') from governance.batch where resource_id = ?",
        [resource.id],
    ).fetchall()
    return {batch: (file_name, day) for batch, file_name, day in rows}


def _supersede(con: duckdb.DuckDBPyConnection, resource: Resource, table: str) -> None:
    """Fills next_superseded: of the rows with the same key the last delivered row stays; of vintages, that of each batch.
    Rows with an empty key column are never compared."""
    outdated = f"union all from {OUTDATED}" if resource.delivery.exchange and _current_batches(con, resource) else ""
    key = ", ".join(resource.row_key)
    is_filled = " and ".join(f"{column} is not null" for column in resource.key)
    con.execute(f"""
        create or replace temp table next_superseded as
        with repeated as (
            select {key} from {table} where not _is_refused and {is_filled} group by {key} having count(*) > 1
        ),
        version as (
            select batch_id, line_number, record_id, first_value(record_id) over (
                partition by {key} order by batch.file_name desc, line_number desc, record_id) as superseded_by
            from {table} join repeated using ({key})
            join (select batch_id, file_name from governance.batch where resource_id = {literal(resource.id)})
                as batch using (batch_id)
            where not _is_refused
        )
        select {literal(resource.id)} as resource_id, batch_id, line_number, superseded_by
        from version where record_id <> superseded_by
        {outdated}
        order by all
    """)


def _count(con: duckdb.DuckDBPyConnection, resource: Resource, table: str) -> None:
    con.execute(f"""
        create or replace temp table next_row_account as
        with quarantined_row as (
            select batch_id, count(*) as quarantined from {table} where _is_refused group by batch_id
        ),
        replaced as (select batch_id, count(*) as superseded from next_superseded group by batch_id)
        select resource_id, batch_id, lines_total, header_lines, continuation_lines, rejected_rows as rejected,
            raw_rows as raw, 0::bigint as staged,
            coalesce(quarantined, 0) as quarantined,
            case when status = 'in_force' then coalesce(superseded, 0) else raw_rows end as superseded
        from governance.batch
        left join quarantined_row using (batch_id)
        left join replaced using (batch_id)
        where resource_id = {literal(resource.id)} and {COUNTED}
    """)
    con.execute(f"delete from {table} where _is_refused")
    con.execute(f"""
        delete from {table} using next_superseded as old
        where {table.split(".")[1]}.batch_id = old.batch_id and {table.split(".")[1]}.line_number = old.line_number
    """)
    con.execute(f"""
        update next_row_account set staged = counted.staged
        from (select batch_id, count(*) as staged from {table} group by batch_id) as counted
        where next_row_account.batch_id = counted.batch_id
    """)


def _account(con: duckdb.DuckDBPyConnection, unit: Unit, resource: Resource, revised: list[Revised]) -> Account:
    totals = con.execute("""
        select coalesce(sum(raw), 0), coalesce(sum(staged), 0), coalesce(sum(quarantined), 0),
            coalesce(sum(superseded), 0), coalesce(sum(rejected), 0)
        from next_row_account
    """).fetchall()
    raw, staged, quarantined, superseded, rejected = map(int, totals[0])
    unbalanced = unbalanced_batches(con, "next_row_account", unit.id, resource.id)
    return Account(raw, staged, quarantined, superseded, rejected, unbalanced, revised)
