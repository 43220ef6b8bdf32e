"""Linking a million person records with the trained model, against Splink training, predicting and clustering on its own.

Both start from the same records in the same process and end with a cluster per record; blocking is the same: number,
name and birth, name and phone, birth and phone, name and address. Not here: how good either is (accuracy/).
"""

import time
from pathlib import Path

import duckdb

from suining_data.encryption import open_database
from suining_data.linkage import create_registry, deterministic
from suining_data.linkage.linking import link
from suining_data.linkage.person_contests import CONTESTED
from suining_data.linkage.person_names import PLAIN_NAME
from suining_data.linkage.subject_linkage import PERSON
from suining_data.settings import Settings
from suining_data.warehouse import SCHEMAS, STAGING, prepare
from suining_data_tests.benchmarks.plain_splink import clusters

RECORDS = 1_000_000


def linking(settings: Settings, folder: Path) -> dict[str, object]:
    """Seconds of both on up to a million records of the refreshed city, and the ratio."""
    with open_database(folder / "linking.duckdb") as con:
        con.execute("set memory_limit = ?", [f"{settings.memory_gb}GB"])
        con.execute("set enable_progress_bar = false")
        records = _take_records(con, settings)
        ours = _ours(con)
        theirs = _splink(con)
    return {
        "linking_records": records,
        "linking_s": ours,
        "linking_splink_s": theirs,
        "linking_ratio": round(ours / theirs, 3),
    }


def _take_records(con: duckdb.DuckDBPyConnection, settings: Settings) -> int:
    """The evidence of whole people, as many as make a million records."""
    for schema in SCHEMAS:
        con.execute(f"create schema if not exists {schema}")
    prepare(con)
    create_registry(con)
    con.execute(f"attach '{settings.warehouse}' as city (read_only)")
    share = f"(select least(1.0, {RECORDS} / count(*)) from city.linked.person_evidence)"
    con.execute(f"""
        create table linked.person_evidence as
        select evidence.* from city.linked.person_evidence as evidence
        join city.linked.person_record as record using (record_id, role)
        where hash(coalesce(person_id, record_id::varchar)) % 1000000 < 1000000 * {share}
    """)
    con.execute("detach city")
    return int(con.execute("select count(*) from linked.person_evidence").fetchall()[0][0])


def _ours(con: duckdb.DuckDBPyConnection) -> float:
    """Seconds from evidence to a cluster per record."""
    started = time.monotonic()
    con.execute(f"create table linked.person_plain_name as {PLAIN_NAME}")
    con.execute(f"create table linked.contested_number as {CONTESTED}")
    con.execute(f"create table linked.person_unresolved as {PERSON.unresolved}")
    link(con, PERSON)
    con.execute(f"alter table linked.person_link{STAGING} rename to person_link")
    con.execute(f"create table cluster as {deterministic.PERSON_CLUSTER}")
    return round(time.monotonic() - started, 2)


def _splink(con: duckdb.DuckDBPyConnection) -> float:
    """Seconds from the same records to a cluster per record."""
    con.execute("""
        create table record as
        select row_number() over (order by record_id, role) as unique_id, resident_id as number, name, sex_code, phone,
            strftime(coalesce(birth_date, try_strptime(substr(resident_id, 7, 8), '%Y%m%d')), '%Y%m%d') as birth,
            addresses[1] as address
        from linked.person_evidence
    """)
    started = time.monotonic()
    clusters(con, "record", [("number",), ("name", "phone")], with_number=True)
    return round(time.monotonic() - started, 2)
