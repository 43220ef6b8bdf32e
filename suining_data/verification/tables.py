"""The warehouse against what was recorded of it: no row of a table was changed by hand, no block is damaged.

Here: the tables that differ. Not here: the seals (../seals.py), the rows that differ (rebuild.py: only a rebuild has others).

What steps write has a seal, and the newest manifest has the seals, too. The other tables are compared with a copy: reference tables
with their files, registry and history with the copy of the registry, accounts and checks with the published file.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from suining_data.changes import content_of, is_same
from suining_data.damage import changed_table, is_damage
from suining_data.encryption import attach
from suining_data.models import load_sources
from suining_data.publication import contracts_of, labels_of, with_persons_hidden
from suining_data.seals import seals
from suining_data.settings import Settings
from suining_data.sql import identifier, literal
from suining_data.verification.finding import Checked, Stage
from suining_data.warehouse import reference_files

Connection = duckdb.DuckDBPyConnection
Compared = Iterator[tuple[str, str | None]]  # table, and in which way its rows are others; None if they are the same

# what is written after its copy was made: what the last step says of itself, that its manifest was published, and what somebody
# accepts before the refresh that follows
LATER = (
    *("governance.table_state", "governance.check_result", "governance.accepted_batch"),
    *("registry.check_history", "registry.manifest", "registry.confidential_hidden"),
)
EDITED, DAMAGED, GONE = "内容被改动 (edited)", "数据块损坏 (a block is damaged)", "表缺失 (the table is gone)"
UNLIKE_COPY = (
    "与上次发布或登记时的副本不同；上次更新若未做完，先运行 suining refresh 再核对，仍不同的即被改动 "
    "(unlike its last copy: if the last refresh did not finish, run it and verify again; otherwise it was edited)"
)


def check_tables(
    checked: Checked,
    con: Connection,
    settings: Settings,
    registry: Path | None,
    published: Path | None,
    manifest: Mapping[str, Any],
) -> None:
    """Every table of the warehouse.

    `registry`, `published`: the copy of the registry and the DuckDB file that was published last; None if it is not as it was
    written, which its own check says. `manifest`: of that file.
    """
    found: dict[str, str | None] = {}  # the ledger has two copies
    for compared in (
        _sealed(con, manifest),
        _reference(con),
        _copied(con, registry),
        _accounts(con, settings, published, manifest),
    ):
        for table, how in compared:
            found[table] = found.get(table) or how
    differing = [str(changed_table(settings, table, how)) for table, how in found.items() if how]
    checked.add(Stage.WAREHOUSE, len(found), *differing)


def _sealed(con: Connection, manifest: Mapping[str, Any]) -> Compared:
    """The tables that steps have written. A seal that says other than the manifest of the same version was changed, too."""
    listed = {entry["table"]: entry for entry in manifest.get("seals", []) if entry["duckdb"] == duckdb.__version__}
    versions = dict(con.execute("select table_name, version from governance.table_state").fetchall())
    present = _tables(con)
    for table, seal in seals(con).items():
        entry, expected = listed.get(table, {}), {(seal.rows, seal.hashes)}
        if entry.get("version") and entry["version"] == versions.get(table):
            expected.add((entry["rows"], int(entry["hashes"])))
        yield table, _how(lambda: expected == {_found(con, table)}) if table in present else GONE  # noqa: B023


def _found(con: Connection, table: str) -> tuple[int, int]:
    content = content_of(con, table)
    return content.rows, content.hashes


def _reference(con: Connection) -> Compared:
    """The reference tables, which are read from files of the project."""
    for file in reference_files():
        table = f"reference.{identifier(file.stem)}"
        rows = f"(from read_csv({literal(file)}, all_varchar = true, header = true))"
        yield f"reference.{file.stem}", _how(lambda: is_same(con, table, rows))  # noqa: B023


def _copied(con: Connection, registry: Path | None) -> Compared:
    """Registry, history and ledger: the copy is written with every publication and every decision."""
    with _attached(con, registry):
        of_copy = {"main": "registry", "history": "history", "ledger": "governance"}
        for name in _tables(con, "other"):
            schema, table = name.split(".")
            yield from _compared(con, f"{of_copy[schema]}.{table}", name)


def _accounts(con: Connection, settings: Settings, published: Path | None, manifest: Mapping[str, Any]) -> Compared:
    """What steps note beside their tables (accounts, quarantine, checks), which the published file has, too, without
    confidential persons.
    """
    labels = labels_of(contracts_of([], load_sources()))
    noted = {entry["table"] for entry in manifest.get("tables", []) if entry["table"].startswith("governance.")}
    with _attached(con, published):
        for name in sorted(noted - set(seals(con)) & _tables(con, "other")):
            yield from _compared(con, name, name, with_persons_hidden(con, settings, name, labels))


def _compared(con: Connection, table: str, other: str, rows: str = "") -> Compared:
    """One table and its copy in the attached file, which may have its columns in another order.

    `rows`: a SELECT of those that were copied, if not all as they are.
    """
    if table in LATER:
        return
    columns = ", ".join(identifier(name) for name, *_ in con.execute(f"describe other.{other}").fetchall())
    own, copied = f"(select {columns} from ({rows or f'from {table}'}))", f"(select {columns} from other.{other})"
    yield table, _how(lambda: is_same(con, own, copied), UNLIKE_COPY)


def _how(is_same: Callable[[], bool], differing: str = EDITED) -> str | None:
    """In which way a table differs."""
    try:
        return None if is_same() else differing
    except duckdb.CatalogException:
        return GONE
    except duckdb.Error as error:
        if is_damage(error):
            return DAMAGED
        raise


@contextmanager
def _attached(con: Connection, file: Path | None) -> Iterator[None]:
    """A file as `other`."""
    if file:
        attach(con, file.resolve(), "other", read_only=True)
    try:
        yield
    finally:
        con.execute("detach database if exists other")


def _tables(con: Connection, database: str | None = None) -> set[str]:
    rows = con.execute(
        "select schema_name || '.' || table_name from duckdb_tables() where database_name = coalesce(?, current_database())",
        [database],
    )
    return {name for (name,) in rows.fetchall()}
