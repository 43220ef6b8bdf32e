"""Taking a person out of what no refresh writes anew: deliveries, registry, history, logs, and what is left of before.

Here: one function for each place. Each can be done again after it broke off. Not here: their order (order.py).
"""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from suining_data.access import forget_decisions, numbers_of, record
from suining_data.catalog import Resource, Unit, load_catalog
from suining_data.changes import change_table
from suining_data.clock import NOW
from suining_data.forgetting.known import Known
from suining_data.ingestion import (
    Batch,
    Status,
    arrived,
    check_raw_files,
    deliveries,
    keep_redacted,
    landing_files,
    parts_of_batch,
    raw_path,
    recorded_batches,
    recounted,
    rejected_path,
    remove_redacted_files,
    write_ledger,
)
from suining_data.settings import Settings
from suining_data.sql import identifier, literal, literals
from suining_data.standardization import count_lines, is_concerned, take_out_found
from suining_data.tombstones import MARKS
from suining_data.warehouse import STAGING, drop, transaction

Connection = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class InBatch:
    """What a batch has of the person."""

    resource_id: str
    batch_id: str
    file_name: str
    rows: int  # that go as a whole
    cells: int  # rows that lose cells
    files: tuple[Path, ...]  # in landing/


def load_marks_of(con: Connection, known: Known) -> None:
    """Make the marks of one person ready for comparison."""
    con.execute(
        f"create or replace temp table {MARKS.split('.')[1]} as select unnest($marks::varchar[]) as mark",
        {"marks": list(known.marks)},
    )


def write_tombstone(con: Connection, known: Known) -> None:
    """Record who was forgotten, by whom and why, and the marks by which later deliveries are recognised."""
    with transaction(con):
        for table in ("tombstone", "tombstone_mark"):
            con.execute(f"delete from registry.{table} where person_id = ?", [known.person_id])
        con.execute(
            f"insert into registry.tombstone values (?, {NOW}, ?, ?)",
            [known.person_id, known.by, known.reason],
        )
        con.execute(
            "insert into registry.tombstone_mark select ?, unnest(?::varchar[])", [known.person_id, list(known.marks)]
        )


def find_in_deliveries(con: Connection, settings: Settings) -> Iterator[InBatch]:
    """What every batch has of the person whose marks are ready."""
    for unit, resource in _delivered():
        for batch in _batches_with_files(con, settings, resource):
            paths = _paths(settings, batch)
            if is_concerned(con, *paths, resource):
                rows, cells = count_lines(con)
                files = _landed(settings, unit, resource, {batch.batch_id})
                yield InBatch(resource.id, batch.batch_id, batch.file_name, rows, cells, tuple(files))


def take_out_of_deliveries(con: Connection, settings: Settings) -> None:
    """Take the person whose marks are ready out of every batch, and put what is left in place of the delivered files.

    The redaction is recorded first, so that a killed run is not forgotten itself: what was redacted once is completed.
    """
    for unit, resource in _delivered():
        batches = _batches_with_files(con, settings, resource)
        begun: dict[str, Batch] = {}
        for batch in batches:
            paths = _paths(settings, batch)
            if is_concerned(con, *paths, resource):
                begun[batch.batch_id] = replace(
                    batch, redactions=batch.redactions + 1, raw_sha256=None, rejected_sha256=None
                )
                write_ledger(con, [begun[batch.batch_id]])
                take_out_found(con, *paths)
        redacted = [
            recounted(begun.get(each.batch_id, each), *_paths(settings, each))
            for each in batches
            if each.redactions or each.batch_id in begun
        ]
        if not redacted:
            continue
        for batch in redacted:
            keep_redacted(settings, batch, parts_of_batch(con, resource.id, batch.batch_id))
        with transaction(con):
            write_ledger(con, redacted)
            con.execute(
                "update governance.table_state set input_digest = '' where table_name = ?", [f"raw.{resource.id}"]
            )
        remove_redacted_files(
            settings,
            unit,
            resource,
            arrived(deliveries(resource, landing_files(settings, unit, resource)), 0).files.values(),
        )


def _delivered() -> Iterator[tuple[Unit, Resource]]:
    catalog = load_catalog()
    for resource in catalog.shared:
        yield catalog.unit_of(resource.id), resource


def _batches_with_files(con: Connection, settings: Settings, resource: Resource) -> list[Batch]:
    """The batches of a resource that have rows in raw/, also those that no longer count. Raises DamagedFile."""
    found = [
        each
        for each in recorded_batches(con, resource.id).values()
        if each.status is not Status.REFUSED and all(path.exists() for path in _paths(settings, each))
    ]
    check_raw_files(con, settings, resource.id, [each.batch_id for each in found])
    return found


def _paths(settings: Settings, batch: Batch) -> tuple[Path, Path]:
    key = (settings, batch.resource_id, batch.batch_id)
    return raw_path(*key), rejected_path(*key)


def _landed(settings: Settings, unit: Unit, resource: Resource, batch_ids: set[str]) -> list[Path]:
    """The files in landing/ with the content of these batches."""
    found = arrived(deliveries(resource, landing_files(settings, unit, resource)), 0).files.values()
    return [file for each in found if each.digest[:16] in batch_ids for file in each.files]


def take_out_of_state(con: Connection, settings: Settings, known: Known) -> None:
    """Remove the person from registry and history. The ids stay in the registry as forgotten, so none is minted again.

    The access log has the numbers of the decisions that go, so that it is known why they are missing.
    """
    ids = literals(known.ids)
    tokens = f"(select identity_key from registry.person_identity where person_id in ({ids}))"
    decisions = numbers_of(con, f"subject = 'person' and (token_l in {tokens} or token_r in {tokens})")
    if decisions:
        record(settings, "forget", known.reason, known.ids, 0, by=known.by, decisions_forgotten=decisions)
    with transaction(con):
        forget_decisions(con, decisions)
        con.execute(f"""
            delete from registry.person_identity where person_id in ({ids});
            delete from registry.person_event where person_id in ({ids}) or other_id in ({ids});
            update registry.person_golden set status = 'forgotten', merged_into = null, run_id = null where person_id in ({ids});
            delete from history.person where person_id in ({ids});
            delete from history.person_period where person_id in ({ids});
            delete from history.organization_period using history.organization as state
            where organization_period.organization_id = state.organization_id and attribute = 'representative_name'
                and state.representative_person_id in ({ids}) and organization_period.value = state.representative_name;
            update history.organization set representative_name = null, representative_person_id = null
            where representative_person_id in ({ids});
            update governance.table_state set input_digest = ''
            where starts_with(table_name, 'history.') or table_name = 'published.snapshot';
        """)


def drop_what_is_left(con: Connection) -> None:
    """Drop change tables and staging tables: they have rows of before."""
    found = con.execute(
        """
        select schema_name || '.' || table_name from duckdb_tables()
        where database_name = current_database() and (schema_name = split_part($change, '.', 1) or ends_with(table_name, $staging))
        union all
        select schema_name || '.' || view_name from duckdb_views()
        where database_name = current_database() and ends_with(view_name, $staging)
        """,
        {"change": change_table("a.b"), "staging": STAGING},
    ).fetchall()
    with transaction(con):
        for (name,) in found:
            drop(con, f"{name.split('.')[0]}.{identifier(name.split('.')[1])}")
        con.execute("update governance.table_state set changed_from = null")


def take_out_of_log(settings: Settings, texts: list[str]) -> int:
    """Delete the rows of Dagster's files that have one of the texts, and what is left of deleted rows. Returns their number."""
    deleted = 0
    for file in sorted(settings.dagster_home.rglob("*.db")):
        with closing(sqlite3.connect(file, timeout=30)) as log:
            tables = log.execute(
                "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'"
            ).fetchall()
            for (table,) in tables:
                columns = [name for _, name, *_ in log.execute(f"pragma table_info({identifier(table)})")]
                where = " or ".join(f"instr({identifier(name)}, ?)" for name in columns for _ in texts)
                if texts:
                    deleted += log.execute(
                        f"delete from {identifier(table)} where {where}", texts * len(columns)
                    ).rowcount
            log.commit()
            log.execute("vacuum")
            log.execute("pragma wal_checkpoint(truncate)")
    return deleted


def take_out_of_truth(settings: Settings, known: Known) -> None:
    """Take the person out of the truth about a made-up city, where the deliveries are those of one."""
    for file in sorted(settings.truth.glob("*.parquet")):
        texts = [field.name for field in pq.read_schema(file) if str(field.type) in ("string", "large_string")]
        found = " or ".join(
            f"coalesce(contains({identifier(name)}, {literal(n)}), false)" for name in texts for n in known.numbers
        )
        if found:
            fresh = file.with_suffix(".new")
            duckdb.sql(
                f"copy (from read_parquet({literal(file)}) where not ({found})) to {literal(fresh)} (format parquet)"
            )
            fresh.replace(file)


def remove_scratch(settings: Settings) -> None:
    """Remove what killed runs left beside the data."""
    for folder in settings.raw.glob("*/.*.tmp"):
        shutil.rmtree(folder)
    for pattern in ("raw/*/*.fresh", "registry/registry.new*", "warehouse/*.fresh*"):
        for file in settings.data.glob(pattern):
            file.unlink()
