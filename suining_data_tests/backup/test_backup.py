"""A data folder is lost but for landing/, comes back from its backup, and says the same after a refresh."""

import hashlib
import json
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from suining_data.access import entries, findings, record
from suining_data.backup import BackupError, restore, restoring, save
from suining_data.catalog import Catalog, Unit
from suining_data.ingestion import accept_batch
from suining_data.orchestration import state
from suining_data.orchestration.pipeline import steps_of
from suining_data.review import DecidablePair, Decision, append
from suining_data.settings import Settings, settings
from suining_data.tombstones import key_file, make_key
from suining_data.warehouse import WarehouseBusy, open_warehouse
from suining_data_tests.end_to_end.refusals.deliveries import content, people, residents
from suining_data_tests.orchestration.tables import run

RESOURCE = residents(mode="full")
UNIT = Unit(id="public_security", name="市公安局", origin="department", resources=[RESOURCE])
OF_THE_RUN = "exclude (run_id)"
SAME = {  # what must be the same after it
    "staged": f"from staged.{RESOURCE.id} order by record_id",
    "batches": f"select * {OF_THE_RUN} from governance.batch order by all",
    "accounts": "from governance.row_account order by all",
    "accepted": "from governance.accepted_batch order by all",
    "decisions": "from registry.decision order by all",
    "history": "from history.run order by all",
}
Said = dict[str, list[tuple[object, ...]]]


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with all that nothing can compute again; do not change it."""
    folder = tmp_path_factory.mktemp("lived_in")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SUINING_DATA", str(folder))
        settings.cache_clear()
        data = settings()
        deliver(data, "ry_1.csv", 40)
        refresh()
        deliver(data, "ry_2.csv", 10)  # implausible, and somebody accepts it
        refresh()
        with state.open_for_refresh(data) as con:
            [(batch,)] = con.execute("select batch_id from governance.batch where status = 'refused'").fetchall()
            accept_batch(con, batch)
            con.execute(
                "insert into registry.decision values ('person', 'a', 'b', 'same', 'why', 'who', '2026-01-02', 1)"
            )
            con.execute("insert into history.run values ('first', '2026-01-01', 'x')")
        refresh()
        (data.landing / UNIT.id / "ry_2.csv").unlink()  # its batch stays, and only raw/ has its rows
        refresh()
    settings.cache_clear()
    return folder


@pytest.fixture
def data(lived_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """The same folder for every test."""
    shutil.copytree(lived_in, tmp_path / "data")
    monkeypatch.setenv("SUINING_DATA", str(tmp_path / "data"))
    settings.cache_clear()
    yield settings()
    settings.cache_clear()


def deliver(data: Settings, name: str, rows: int) -> None:
    file = data.landing / UNIT.id / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content("csv", people(rows)))


def refresh() -> None:
    assert run(*(step for step in steps_of(Catalog((UNIT,)), []) if step.group in ("raw", "staged"))).success


def said(data: Settings) -> Said:
    with duckdb.connect(str(data.warehouse), read_only=True) as con:
        return {name: con.execute(sql).fetchall() for name, sql in SAME.items()}


def lose(data: Settings) -> None:
    for path in data.data.iterdir():
        if path != data.landing:
            shutil.rmtree(path)


def test_what_was_lost_comes_back(data: Settings, tmp_path: Path) -> None:
    before = said(data)
    assert len(before["staged"]) == 10
    saved = save(data, tmp_path / "backup")
    assert saved.batches == 2
    lose(data)
    restore(data, tmp_path / "backup")
    refresh()
    assert said(data) == before
    assert sorted(path.name for path in data.data.iterdir()) == ["access", "landing", "raw", "registry", "warehouse"]


def test_the_access_log_comes_back_and_says_that_a_backup_was_restored(data: Settings, tmp_path: Path) -> None:
    with state.open_for_refresh(data) as con:
        con.execute(
            "truncate registry.decision; truncate registry.decision_link"
        )  # how the others came was not recorded
        decide(con, data)
    record(data, "query", "case 1", ["P0123456789abcdef"], 1)
    save(data, tmp_path / "backup")
    with state.open_for_refresh(data) as con:
        decide(con, data)  # the backup does not have it
    lose(data)
    restore(data, tmp_path / "backup")
    assert [each["command"] for each in entries(data)] == ["review decide", "query", "restore"]
    record(data, "query", "case 2", [], 1)
    restore(data, tmp_path / "backup", force=True)
    assert [each["purpose"] for each in entries(data)][-2:] == ["case 2", "恢复备份 restore"]
    with state.open_for_refresh(data) as con:
        assert findings(con, data) == []


def decide(con: duckdb.DuckDBPyConnection, data: Settings) -> None:
    pairs = {"pair": DecidablePair("person", "record:v2:a", "record:v2:b", None)}
    last = append(con, [Decision("pair", "same", "王某")], pairs)
    record(data, "review decide", "decision", [], 1, decision=last.number, decision_hash=last.hash)


def test_without_the_backup_it_would_not(data: Settings) -> None:
    """The same loss without a backup: what the test above compares does depend on it."""
    before = said(data)
    lose(data)
    refresh()
    after = said(data)
    assert not [name for name in SAME if after[name] == before[name]]


def test_a_backup_is_for_its_owner_and_can_be_checked_without_this_program(data: Settings, tmp_path: Path) -> None:
    save(data, tmp_path / "backup")
    assert stat.S_IMODE((tmp_path / "backup").stat().st_mode) == 0o700
    sums = (tmp_path / "backup" / "SHA256SUMS").read_text()
    assert "  registry.duckdb\n" in sums
    assert "  ledger/batch.parquet\n" in sums


@pytest.mark.parametrize("damage", ["changed", "missing", "added", "no sums"])
def test_a_damaged_backup_changes_nothing(data: Settings, tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "backup"
    save(data, folder)
    if damage == "changed":
        with (folder / "registry.duckdb").open("r+b") as file:
            file.seek(5000)
            file.write(b"x")
    elif damage == "missing":
        (folder / "ledger" / "accepted_batch.parquet").unlink()
    elif damage == "added":
        (folder / "raw" / "other.parquet").touch()
    else:
        (folder / "SHA256SUMS").unlink()
    before = said(data)
    with pytest.raises(BackupError):
        restore(data, folder, force=True)
    assert said(data) == before


def test_a_backup_of_a_newer_version_is_refused(data: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    save(data, folder)
    seal_of_version(folder, "999.0.0")
    with pytest.raises(BackupError, match="较新的版本"):
        restore(data, folder, force=True)


def seal_of_version(folder: Path, version: str) -> None:
    """The same backup as another version would have sealed it."""
    about = {**json.loads((folder / "backup.json").read_text()), "version": version}
    (folder / "backup.json").write_text(json.dumps(about))
    lines = (folder / "SHA256SUMS").read_text().splitlines(keepends=True)
    digest = hashlib.sha256((folder / "backup.json").read_bytes()).hexdigest()
    kept = [line for line in lines if not line.endswith("  backup.json\n")]
    (folder / "SHA256SUMS").write_text("".join([*kept, f"{digest}  backup.json\n"]))


def test_a_data_folder_in_use_is_replaced_only_by_force(data: Settings, tmp_path: Path) -> None:
    save(data, tmp_path / "backup")
    before = said(data)
    deliver(data, "ry_3.csv", 11)
    refresh()
    changed = said(data)
    assert changed != before
    with pytest.raises(BackupError, match="--force"):
        restore(data, tmp_path / "backup")
    assert said(data) == changed
    with open_warehouse(data), pytest.raises(WarehouseBusy):
        restore(data, tmp_path / "backup", force=True)
    data.warehouse.write_bytes(b"torn")  # as a crash may leave it
    restore(data, tmp_path / "backup", force=True)
    (data.landing / UNIT.id / "ry_3.csv").unlink()
    refresh()
    assert said(data) == before


def test_the_key_of_the_tombstones_is_kept_apart(data: Settings, tmp_path: Path) -> None:
    make_key(data)
    with state.open_for_refresh(data) as con:
        con.execute("insert into registry.tombstone_mark values ('P1', 'mark')")
    key = shutil.copyfile(key_file(data), tmp_path / "elsewhere.key")
    assert save(data, tmp_path / "backup").has_key
    assert key.read_bytes() not in b"".join(f.read_bytes() for f in (tmp_path / "backup").rglob("*") if f.is_file())
    lose(data)
    with pytest.raises(BackupError, match="--key"):
        restore(data, tmp_path / "backup")
    assert [path.name for path in data.data.iterdir() if path.name != "warehouse"] == ["landing"]
    restore(data, tmp_path / "backup", key)
    assert key_file(data).read_bytes() == key.read_bytes()
    assert stat.S_IMODE(key_file(data).stat().st_mode) == 0o600


def test_where_a_backup_cannot_go(data: Settings, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="inside"):
        save(data, data.data / "backup")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    with pytest.raises(BackupError, match="not an empty"):
        save(data, tmp_path / "full")
    data.registry_backup.parent.mkdir(exist_ok=True)
    (data.registry_backup.parent / ".forgetting_P1.json").touch()
    with pytest.raises(BackupError, match="half forgotten"):
        save(data, tmp_path / "backup")
    lose(data)
    with pytest.raises(BackupError, match="no warehouse"):
        save(data, tmp_path / "backup")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "full"]


def test_a_restore_that_broke_off_is_run_again(data: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(data, tmp_path / "backup")
    before = said(data)

    def breaks(made: Settings, settings: Settings) -> None:
        settings.warehouse.unlink()
        shutil.rmtree(settings.raw)
        made.raw.rename(settings.raw)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(restoring, "_move_in", breaks)
        with pytest.raises(KeyboardInterrupt):
            restore(data, tmp_path / "backup", force=True)
    restore(data, tmp_path / "backup", force=True)
    refresh()
    assert said(data) == before
    assert not (data.data / restoring.FOLDER).exists()
