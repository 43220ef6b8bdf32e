"""A snapshot: what analysts open. It is written beside the current one and replaces it as a whole.

Here: completing the next snapshot with views and descriptions, publishing it.
Not here: its tables (next_snapshot.py), their content (dbt_like_sql/), the snapshots before it (kept_snapshots.py), access
rights.

published/snapshots/<run>/ holds a snapshot. The link published/current points to the current one, and the other links
(suining.duckdb, parquet, expectations, validations, quality, manifest.json) go through it, so that replacing one link replaces
all at once. A reader that has the old file open keeps it.
"""

import shutil
from collections.abc import Mapping, Sequence

import duckdb

from suining_data.confidential import hides_another, note_hidden
from suining_data.digests import digest_of_file
from suining_data.models import Model, SourceContract, described, labelled_views
from suining_data.publication.audience_file import write_audience
from suining_data.publication.changed_rows import version_of
from suining_data.publication.confidential_rows import Labels
from suining_data.publication.division_macros import add_division_macros
from suining_data.publication.handed_out import with_own_files
from suining_data.publication.kept_snapshots import (
    clear_ended_rollback,
    is_current_as_set,
    link_to,
    remove_old,
    time_to_publish,
)
from suining_data.publication.labelled import add_labelled
from suining_data.publication.labels import contracts_of, labels_of
from suining_data.publication.layers import write_layers
from suining_data.publication.macro_outputs import write_outputs
from suining_data.publication.macros import OBSERVATION, add_figures_as_of, add_macros
from suining_data.publication.manifest import (
    MANIFEST,
    PublishedTable,
    create_manifests,
    published_manifest,
    record_manifest,
    tables_of,
    write_manifest,
)
from suining_data.publication.next_snapshot import (
    LINKS,
    RECORDS,
    REDIRECTS,
    SCHEMAS,
    add_link,
    add_table,
    add_view,
    added,
    close_next,
    complete_next,
    discard_next,
    folder,
    is_shared,
    open_next,
    parquet_file,
    read_by,
    reading_next,
    reads_unpublished,
)
from suining_data.publication.page import write_page
from suining_data.publication.rights import give_to_groups
from suining_data.publication.services import add_services
from suining_data.publication.signature import sign
from suining_data.quality import VALIDATIONS, write_validations
from suining_data.seals import SEALS
from suining_data.settings import Settings
from suining_data.sql import literal, literals
from suining_data.warehouse import OPEN, drop, transaction

UNPUBLISHED = [VALIDATIONS, SEALS]  # tables of published schemas that are published as files, or not at all


def publish(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    run_id: str,
    models: Sequence[Model] = (),
    sources: Mapping[str, SourceContract] | None = None,
) -> list[PublishedTable]:
    """Complete the next snapshot and make it the current one. If anything fails, the current one stays as it is.

    Tables that were added before must be those of the warehouse. Those of the `models` that are views, each after the views
    that it reads, views with names beside codes, and those of services are in the DuckDB file only. `sources`: the contracts of
    published tables that no model makes; without them, no other audience gets a file, no service anything, and any column may
    be about a person.
    """
    published_at, was_as_set = time_to_publish(settings), is_current_as_set(settings)
    views = [model for model in models if model.is_view]
    labelled = labelled_views([model for model in models if model.schema != OPEN])  # OPEN is for the public alone
    try:
        tables, before = _tables(con), tables_of(published_manifest(con, settings.published / "current"))
        create_manifests(con)
        open_next(con, settings)
        labels = labels_of(contracts_of(models, sources)) if sources else {}
        _add_missing(con, settings, tables, views, labels)
        if any(view.table == "population.person_version" for view in views):
            add_macros(con, "snapshot")
        if OBSERVATION in tables:
            add_figures_as_of(con, "snapshot")
        add_division_macros(con, "snapshot", tables)
        _copy_comments(con, [*tables, *(view.table for view in views)])
        _describe_sources(con, sources or {})
        add_labelled(con, "snapshot", labelled)
        services = add_services(con, "snapshot", models, sources, int(published_at[:4])) if sources else []
        read = {view.table: read_by(con, view) for view in views if reads_unpublished(view)}
        published = [_published(con, settings, table, before) for table in tables]
        database = complete_next(con, settings)
        for audience in with_own_files() if sources else ():
            write_audience(con, settings, audience, models, sources or {}, run_id, published_at)
        with reading_next(con):
            write_page(con, folder(settings))
            write_outputs(con, settings)
        write_layers(con, settings)
        close_next(con)
        validations = write_validations(con, folder(settings))
        write_manifest(
            con,
            folder(settings),
            published,
            [*(view.table for view in (*views, *labelled)), *services],
            validations,
            run_id,
            published_at,
            {**database, "views": read},
        )
        sign(settings, folder(settings))
        record_manifest(con, run_id, folder(settings) / MANIFEST)
        _make_current(settings, run_id)
    finally:
        close_next(con)
        discard_next(settings)
    remove_old(settings, kept=None if was_as_set and not hides_another(con) else 1)
    note_hidden(con)
    return published


def _tables(con: duckdb.DuckDBPyConnection) -> list[str]:
    rows = con.execute(
        """
        select schema_name || '.' || table_name from duckdb_tables()
        where database_name = current_database() and list_contains(?, schema_name) and not ends_with(table_name, '__next')
            and not list_contains(?, schema_name || '.' || table_name)
        order by list_position(?, schema_name), table_name
        """,
        [list(SCHEMAS), UNPUBLISHED, list(SCHEMAS)],
    ).fetchall()
    return [name for (name,) in rows]


def _add_missing(
    con: duckdb.DuckDBPyConnection, settings: Settings, tables: list[str], views: Sequence[Model], labels: Labels
) -> None:
    """Add all that was not added early; views last, because they read the rest."""
    done = added(con)
    _drop_views(con)
    for table in tables:
        if table not in done:
            add_table(con, settings, table, labels)
    for name in LINKS | REDIRECTS | RECORDS:
        if name not in done:
            add_link(con, settings, name, labels)
    for view in views:
        if not reads_unpublished(view):
            drop(con, f"snapshot.{view.table}")
            con.execute(f"create view snapshot.{view.table} as {view.sql}")
        elif view.table not in done:
            add_view(con, settings, view, labels)


def _drop_views(con: duckdb.DuckDBPyConnection) -> None:
    """Drop the views of the last snapshot: the next one gets its own."""
    found = con.execute(
        "select schema_name || '.' || view_name from duckdb_views() where database_name = 'snapshot' and not internal"
    )
    for (name,) in found.fetchall():
        drop(con, f"snapshot.{name}")


def _copy_comments(con: duckdb.DuckDBPyConnection, tables: list[str]) -> None:
    """Copy the descriptions of tables, views and columns, so that every client shows them."""
    comments = con.execute(
        f"""
        with comment as (
            select database_name, 'table' as kind, schema_name || '.' || table_name as name, null as column_name, comment
            from duckdb_tables()
            union all
            select database_name, 'table', schema_name || '.' || view_name, null, comment from duckdb_views()
            union all
            select database_name, 'column', schema_name || '.' || table_name, column_name, comment from duckdb_columns()
        ),
        wanted as (select * exclude (database_name) from comment where database_name = current_database()),
        present as (select * exclude (database_name) from comment where database_name = 'snapshot')
        select kind, concat_ws('.', name, column_name), comment from (from wanted except from present)
        where list_contains([{literals(tables)}], name)
        """
    ).fetchall()
    with transaction(con):
        for kind, name, comment in comments:
            con.execute(f"comment on {kind} snapshot.{name} is {literal(comment)}")


def _describe_sources(con: duckdb.DuckDBPyConnection, sources: Mapping[str, SourceContract]) -> None:
    """Describe the tables that no model makes and whose step has not described them."""
    undescribed = set(
        con.execute("""
            select schema_name || '.' || table_name, null from duckdb_tables()
            where database_name = 'snapshot' and comment is null
            union all
            select schema_name || '.' || table_name, column_name from duckdb_columns()
            where database_name = 'snapshot' and comment is null
        """).fetchall()
    )
    with transaction(con):
        for table, contract in sources.items():
            if (table, None) in undescribed:
                text = f"{contract.description.zh} · {contract.description.en}"
                con.execute(f"comment on table snapshot.{table} is {literal(text)}")
            for name, column in contract.columns.items():
                if (table, name) in undescribed:
                    text = " · ".join(described(name, column))
                    con.execute(f"comment on column snapshot.{table}.{name} is {literal(text)}")


def _published(
    con: duckdb.DuckDBPyConnection, settings: Settings, table: str, before: dict[str, dict[str, str]]
) -> PublishedTable:
    """The entry of a table in the manifest; a file that two snapshots share is not read again."""
    file = parquet_file(table)
    count = con.execute(f"select count(*) from snapshot.{table}").fetchone()
    digest = before[table]["sha256"] if is_shared(settings, table) else None
    return PublishedTable(
        table,
        int(count[0]) if count else 0,
        file,
        digest or digest_of_file(folder(settings) / file),
        version_of(con, table),
    )


def _make_current(settings: Settings, run_id: str) -> None:
    snapshot = settings.published / "snapshots" / run_id
    shutil.rmtree(snapshot, ignore_errors=True)
    clear_ended_rollback(settings)
    give_to_groups(settings, folder(settings))
    folder(settings).rename(snapshot)
    link_to(settings, snapshot.name)
