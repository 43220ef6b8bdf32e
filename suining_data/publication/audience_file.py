"""The files of an audience that gets less than everything: a DuckDB file, Parquet files and a manifest in a folder of its own.

Here: writing them into the next snapshot, from the tables that it publishes; they start as copies of the last ones, too.
Not here: which columns the audience gets (handed_out.py), how well persons are hidden in them (anonymity.py), the files
of the full audience (next_snapshot.py).
"""

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import duckdb

from suining_data.compression import create_table
from suining_data.digests import digest_of_file
from suining_data.encryption import FORMAT
from suining_data.models import (
    SOURCES,
    ColumnContract,
    Model,
    ModelContract,
    ModelError,
    SourceContract,
    labelled_views,
)
from suining_data.publication.anonymity import Anonymity, anonymity_of
from suining_data.publication.changed_rows import leads_from, take_changes, version_of
from suining_data.publication.confidential_rows import Labels, hidden_version, with_persons_hidden
from suining_data.publication.dictionary import DICTIONARY
from suining_data.publication.division_macros import add_division_macros
from suining_data.publication.handed_out import Audience, Given, given, load_audiences
from suining_data.publication.labelled import add_labelled
from suining_data.publication.labels import Contract, contracts_of, labels_of
from suining_data.publication.last_file import copy_last
from suining_data.publication.layers import write_layers
from suining_data.publication.macro_outputs import write_outputs
from suining_data.publication.macros import OBSERVATION, add_figures_as_of
from suining_data.publication.manifest import DATABASE, MANIFEST, published_manifest, read_manifest, tables_of
from suining_data.publication.next_snapshot import (
    folder,
    free_share,
    parquet_file,
    read_by,
    reading_next,
    write_or_share,
)
from suining_data.publication.open_table import METHOD, counted, open_counts, write_csv
from suining_data.publication.pseudonyms import load_keys
from suining_data.publication.shapes import typed_shape
from suining_data.settings import Settings
from suining_data.sql import literal
from suining_data.warehouse import LABELLED, OPEN, SERVICES, drop, transaction

Connection = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class HandedOut:
    """A table of the audience. `version`: of the table that it is made of; `select`: digest of how it is made."""

    table: str
    rows: int
    file: str
    sha256: str
    version: str
    select: str
    anonymity: Anonymity | None


@dataclass(frozen=True)
class Edition:
    """What is written for an audience, and what was written before: `last` tables, of whose file the next one is a copy or not."""

    audience: str
    year: int
    key: str  # fingerprint of the key of its pseudonyms
    hidden: str  # version of who is confidential
    labels: Labels
    last: Mapping[str, Mapping[str, Any]]
    is_copy: bool


def write_audience(
    con: Connection,
    settings: Settings,
    audience: str,
    models: Sequence[Model],
    sources: Mapping[str, SourceContract],
    run_id: str,
    published_at: str,
) -> list[HandedOut]:
    """Write the files of an audience into the next snapshot, whose tables and views are complete.

    Raises NoKey without a key for pseudonyms, ModelError for a column without a label.
    """
    started, target = time.monotonic(), folder(settings) / audience
    target.mkdir(parents=True, exist_ok=True)
    file = target / DATABASE
    copies = copy_last(con, settings, file, audience)
    who, year = load_audiences()[audience], int(published_at[:4])
    key = load_keys(con, settings, audience) if "pseudonym" in who.identifiers.values() else ""
    contracts = contracts_of(models, sources)
    labels = labels_of(contracts)
    columns = _columns(con, who, contracts, labels, year)
    con.execute(f"attach {literal(file)} as {audience} (storage_version '{FORMAT}')")
    try:
        _drop_others(con, audience, list(columns))
        made_by = {model.table: model for model in models}
        last = tables_of(published_manifest(con, settings.published / "current", audience))
        hidden = hidden_version(con, settings)
        edition = Edition(audience, year, key, hidden, labels, last, is_copy=copies > 0)
        entries = [_hand_out(con, settings, edition, table, columns[table], made_by.get(table)) for table in columns]
        labelled = labelled_views(
            [_narrowed(model, columns[model.table]) for model in models if model.table in columns]
        )
        add_labelled(con, audience, labelled)
        if OBSERVATION in columns:
            add_figures_as_of(con, audience)
        add_division_macros(con, audience, columns)
        _describe(con, audience, columns, labelled)
        if who.tables == "open":
            write_csv(con, target / "csv", audience, [table for table in columns if table.startswith(f"{OPEN}.")])
        entries = [_written_again(con, settings, audience, e) if e.table == DICTIONARY else e for e in entries]
        with reading_next(con, audience):
            write_outputs(con, settings, audience)
        write_layers(con, settings, audience)
        con.execute(f"checkpoint {audience}")
        free = free_share(con, audience)
    finally:
        con.execute(f"detach {audience}")
    manifest = {
        "audience": audience,
        "run_id": run_id,
        "published_at": published_at,
        "seconds": round(time.monotonic() - started, 2),
        "database": {
            "file": DATABASE,
            "sha256": digest_of_file(file),
            "format": FORMAT,
            "copies": copies,
            "free": free,
            "hidden": hidden,
        },
        "tables": [asdict(entry) for entry in entries],
    }
    (target / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
    return entries


def _columns(
    con: Connection, who: Audience, contracts: Mapping[str, Contract], labels: Labels, year: int
) -> dict[str, list[Given]]:
    """The published tables and views of which an audience gets something, with what it gets."""
    published: dict[str, list[str]] = {}
    for table, column in con.execute(
        """
        select schema_name || '.' || table_name as name, column_name from duckdb_columns()
        where not internal and not ends_with(table_name, ?) and (
            database_name = 'snapshot' and schema_name not in ('main', ?)
            or database_name = current_database() and schema_name = ? and not ends_with(table_name, '__next')
        )
        order by name, column_index
        """,
        [LABELLED, SERVICES, OPEN],
    ).fetchall():
        published.setdefault(table, []).append(column)
    for table, present in published.items():
        if unlabelled := set(present) - {label.name for label in labels.get(table, ())}:
            raise ModelError(
                f"{table}.{min(unlabelled)} 将发布而没有说明：在 {table.split('.')[0]}/{SOURCES} 中写明其敏感级别 "
                f"(is to be published and not described: say in {SOURCES} how sensitive it is)"
            )
    found = {table: given(who, labels[table], year, contracts[table].sensitivity) for table in published}
    return {table: columns for table, columns in found.items() if columns and _is_for(who, table, contracts[table])}


def _is_for(who: Audience, table: str, contract: Contract) -> bool:
    """Whether a table is for an audience, whatever it gets of its columns."""
    if who.tables == "open":
        return isinstance(contract, ModelContract) and contract.open is not None
    return not table.startswith(f"{OPEN}.")


def _narrowed(model: Model, columns: Sequence[Given]) -> Model:
    """A model as the audience has it: with the columns that it gets, and no codes where they became something else."""
    described = {
        each.name: model.contract.columns[each.source]
        if each.name == each.source
        else ColumnContract(type="varchar", sensitivity="L1")
        for each in columns
    }
    key = [name for name in model.contract.key if name in described] or list(described)[:1]
    return replace(model, contract=model.contract.model_copy(update={"columns": described, "key": key}))


def _drop_others(con: Connection, audience: str, tables: Sequence[str]) -> None:
    """Make the schemas, and drop what the last file has and the next one has not."""
    for schema in dict.fromkeys(table.split(".")[0] for table in tables):
        con.execute(f"create schema if not exists {audience}.{schema}")
    others = con.execute(
        "select schema_name || '.' || table_name from duckdb_tables() where database_name = ? "
        "and not list_contains(?, schema_name || '.' || table_name)",
        [audience, list(tables)],
    )
    for (table,) in others.fetchall():
        drop(con, f"{audience}.{table}")


def _hand_out(
    con: Connection,
    settings: Settings,
    edition: Edition,
    table: str,
    columns: Sequence[Given],
    model: Model | None,
) -> HandedOut:
    """Bring a table of the audience up to date, with its Parquet file."""
    audience = edition.audience
    target, version = f"{audience}.{table}", _version(con, table, model if model and model.is_view else None)
    counts = model.contract if model and model.contract.open == "counts" else None
    # a table that only the snapshot has is made anew each time; it is small. What is counted for the public is not in the snapshot
    is_stored = not (model and model.is_view) and (version != "" or table.startswith(f"{OPEN}."))
    source = counted(table) if counts else table if is_stored else f"snapshot.{table}"
    rows = with_persons_hidden(con, settings, table, edition.labels) if source == table else f"from {source}"
    sql = f"select {', '.join(f'{each.sql} as {each.name}' for each in columns)} from ({rows})"
    if not counts:  # these are counted later, and have no shapes
        sql = typed_shape(con, sql)
    hidden = "" if counts else edition.hidden  # counts have everybody, and remember the edition before
    made_by = f"{edition.key}{hidden}{sql}{f'{METHOD} {edition.year}' if counts else ''}"
    select = hashlib.sha256(made_by.encode()).hexdigest()
    last = edition.last.get(table, {})
    is_made_alike = last.get("select") == select
    is_unchanged = edition.is_copy and is_made_alike and version == last["version"] != "" and table != DICTIONARY
    if not is_unchanged:
        if counts:
            file = settings.published / audience / last["file"] if is_made_alike else None
            open_counts(con, counts, table, file)
        with transaction(con):
            is_changed = (
                edition.is_copy and source == table and is_made_alike and leads_from(con, table, last["version"])
            )
            if not (is_changed and take_changes(con, target, table, sql)):
                drop(con, target)
                create_table(con, target, sql)
    digest = _write_parquet(con, settings, audience, table, last.get("sha256", "") if is_unchanged else "")
    rows = con.execute(f"select count(*) from {target}").fetchall()[0][0]
    known = last.get("anonymity") if is_unchanged else None
    anonymity = Anonymity(**known) if known else anonymity_of(con, audience, table, columns)
    return HandedOut(table, rows, parquet_file(table), digest, version, select, anonymity)


def _version(con: Connection, table: str, view: Model | None) -> str:
    """What decides the rows of a table or view; empty for a table that no step makes."""
    if view is None:
        return version_of(con, table)
    return hashlib.sha256(json.dumps(read_by(con, view)).encode()).hexdigest()


def _write_parquet(con: Connection, settings: Settings, audience: str, table: str, unchanged: str) -> str:
    """Write the table's file, or share the last one if its digest is still `unchanged`. Returns its digest."""
    name = f"{audience}/{parquet_file(table)}"
    write_or_share(con, settings, f"from {audience}.{table}", name, unchanged)
    return digest_of_file(folder(settings) / name)


def _describe(
    con: Connection, audience: str, columns: Mapping[str, Sequence[Given]], labelled: Sequence[Model]
) -> None:
    """Give tables and columns the descriptions that they have in the snapshot, and the dictionary the rows of this audience."""
    sources = {table: {each.name: each.source for each in given_} for table, given_ in columns.items()}
    for view in labelled:
        of_table = sources[view.table.removesuffix(LABELLED)]
        sources[view.table] = {name: of_table.get(name, name) for name in view.contract.columns}
    handed = [(table, *names) for table, of_table in sources.items() for names in of_table.items()]
    con.execute("create or replace temp table handed_out (table_name varchar, name varchar, source varchar)")
    if not handed:
        return
    con.execute("insert into handed_out select unnest(?), unnest(?), unnest(?)", list(zip(*handed, strict=True)))
    if DICTIONARY in columns:
        con.execute(f"""
            create or replace table {audience}.{DICTIONARY} as
            select d.* replace (h.name as column_name, c.column_index as position, lower(c.data_type) as type)
            from snapshot.{DICTIONARY} as d
            join handed_out as h
                on h.table_name = d.schema_name || '.' || d.table_name and h.source = d.column_name
            join duckdb_columns() as c
                on c.database_name = {literal(audience)} and c.schema_name = d.schema_name
                and c.table_name = d.table_name and c.column_name = h.name
            order by d.schema_name, d.table_name, c.column_index
        """)
    comments = con.execute(f"""
        with comment as (
            select database_name, schema_name || '.' || table_name as table_name, null as name, comment from duckdb_tables()
            union all
            select database_name, schema_name || '.' || view_name, null, comment from duckdb_views()
            union all
            select database_name, schema_name || '.' || table_name, column_name, comment from duckdb_columns()
        ),
        wanted as (
            select table_name, h.name, comment
            from (from handed_out union select distinct table_name, null, null from handed_out) as h
            join comment using (table_name)
            where database_name = case when starts_with(table_name, {literal(OPEN + ".")}) then current_database() else 'snapshot' end
                and h.source is not distinct from comment.name and comment is not null
        )
        from wanted except select table_name, name, comment from comment where database_name = {literal(audience)}
    """).fetchall()
    with transaction(con):
        for table, name, comment in comments:
            kind = "column" if name else "view" if table.endswith(LABELLED) else "table"
            con.execute(f"comment on {kind} {audience}.{table}{f'.{name}' if name else ''} is {literal(comment)}")


def _written_again(con: Connection, settings: Settings, audience: str, entry: HandedOut) -> HandedOut:
    """The entry of a table whose rows have become those of the audience after its file was written."""
    digest = _write_parquet(con, settings, audience, entry.table, "")
    rows = con.execute(f"select count(*) from {audience}.{entry.table}").fetchall()[0][0]
    return replace(entry, rows=rows, sha256=digest)


def measured_anonymity(settings: Settings, audience: str) -> list[Anonymity]:
    """How well persons are hidden in each table of an audience that has any, as the manifest of what is published says."""
    tables = read_manifest(settings.published / audience / MANIFEST).get("tables", [])
    return [Anonymity(**entry["anonymity"]) for entry in tables if entry["anonymity"]]
