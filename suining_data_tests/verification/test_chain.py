"""Something is changed by hand in each stage: `suining verify` names it, and doing what it says helps."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from suining_data.digests import digest_of_file
from suining_data.settings import settings
from suining_data_tests.damage.harm import BLOCK, HEADERS
from suining_data_tests.publication.test_signature import private_key
from suining_data_tests.undo.conftest import DELTA, FULL, WHO, Desk
from suining_data_tests.verification.conftest import do_what_is_said, found

DIVISIONS = "reference.suining_divisions_2023_county_town_village"
ACCOUNTS = "parquet/governance/row_account.parquet"


def other_rows(file: Path) -> None:
    """Another valid Parquet file with the same columns, of the same age."""
    stat = file.stat()
    other = file.with_name("other")
    with duckdb.connect() as con:
        con.execute(f"copy (from '{file}' limit 1) to '{other}' (format parquet)")
    file.write_bytes(other.read_bytes())  # also in every snapshot that shares it
    other.unlink()
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def one_byte(file: Path, place: int) -> None:
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)


def sql(desk: Desk, statement: str) -> None:
    with duckdb.connect(str(desk.settings.warehouse)) as con:
        con.execute(statement)


def raw_of(desk: Desk, name: str, resource: str) -> Path:
    return desk.settings.raw / resource / f"{desk.batch(name)}.parquet"


def test_nothing_differs_whatever_was_done_with_the_commands(desk: Desk) -> None:
    assert found(desk) == []
    desk.withdraw("public_security/ry_2.csv")
    assert found(desk) == []
    assert desk.run("rollback", *WHO) == 0
    assert found(desk) == []
    desk.deliver("ry_3.csv", 7, first=300)
    desk.deliver("dj_1.csv", 41)
    desk.refresh()
    assert found(desk) == []
    (desk.settings.landing / "public_security" / "ry_1.csv").unlink()
    assert desk.run("reload", DELTA.id) == 0
    assert found(desk) == []


def test_a_raw_file_is_named_and_its_rows_get_nowhere(desk: Desk) -> None:
    raw = raw_of(desk, "ry_1.csv", DELTA.id)
    other_rows(raw)
    [line] = lines = found(desk)
    assert line.startswith(f"✗ raw  {raw}")
    desk.deliver("ry_3.csv", 7, first=300)
    assert desk.run("refresh") == 1
    assert str(raw) in desk.output
    assert desk.staged(DELTA.id) == 42, "the former rows stay"
    assert desk.run("backup", str(desk.settings.data.parent / f"{desk.settings.data.name}_backup")) == 1
    do_what_is_said(lines)
    desk.refresh()
    assert desk.staged(DELTA.id) == 49
    assert found(desk) == []


def test_a_raw_file_that_is_missing_or_that_nobody_knows_is_named(desk: Desk) -> None:
    raw = raw_of(desk, "ry_1.csv", DELTA.id)
    unknown = raw.with_name("0123456789abcdef.parquet")
    raw.rename(unknown)
    missing, extra = found(desk)
    assert missing.startswith(f"✗ raw  {raw}: 缺失")
    assert extra.startswith(f"✗ raw  {unknown}: 不在台账中")
    unknown.unlink()
    desk.refresh()
    assert found(desk) == []


def test_a_published_file_of_the_same_age_is_named_and_not_published_again(desk: Desk) -> None:
    file = (desk.settings.published / ACCOUNTS).resolve()
    whole = digest_of_file(file)
    other_rows(file)
    [line] = lines = found(desk)
    assert line.startswith(f"✗ published  {file}")
    do_what_is_said(lines)
    desk.refresh()
    assert found(desk) == []
    manifest = json.loads((desk.settings.published / "manifest.json").read_text(encoding="utf-8"))
    [entry] = [each for each in manifest["tables"] if each["file"] == ACCOUNTS]
    assert entry["sha256"] == digest_of_file(desk.settings.published / ACCOUNTS) == whole


@pytest.mark.parametrize("name", ["suining.duckdb", ACCOUNTS])
def test_a_changed_file_with_its_digest_in_the_manifest_is_not_published_again(desk: Desk, name: str) -> None:
    """Who may write to published/ alone cannot get anything into the next snapshot."""
    file, manifest = ((desk.settings.published / each).resolve() for each in (name, "manifest.json"))
    before = digest_of_file(file)
    if name == ACCOUNTS:
        other_rows(file)
    else:
        with duckdb.connect(str(file)) as con:
            con.execute("update governance.row_account set raw = 1")
    told = manifest.read_text(encoding="utf-8").replace(
        before, digest_of_file(file), 1
    )  # the file of another audience may be the same
    manifest.write_text(told, encoding="utf-8")
    [line] = found(desk)
    assert line.startswith(f"✗ published  {manifest}: 不是发布时的清单")
    desk.deliver("ry_3.csv", 7, first=300)
    desk.refresh()
    assert desk.published("select sum(raw) from governance.row_account") == [(131,)]
    assert duckdb.sql(f"select sum(raw) from '{desk.settings.published / ACCOUNTS}'").fetchall() == [(131,)]
    assert found(desk) == []


def test_the_manifest_is_named_and_published_anew(desk: Desk) -> None:
    manifest = (desk.settings.published / "manifest.json").resolve()
    one_byte(manifest, manifest.read_bytes().index(b"public_security"))
    [line] = found(desk)
    assert line.startswith(f"✗ published  {manifest}: 不是发布时的清单")
    assert desk.run("rollback", *WHO) == 0, "the snapshot before is as it was"
    assert desk.run("rollback", manifest.parent.name, *WHO) == 1, "and this one cannot be published again"
    desk.refresh()
    assert found(desk) == []


def test_all_that_is_in_the_published_folder_is_compared(desk: Desk) -> None:
    published = desk.settings.published
    current = (published / "current").resolve()
    one_byte(current / "suining.duckdb", HEADERS + BLOCK)
    one_byte(current / "quality/index.html", 9)
    (current / f"validations/staged.{FULL.id}.json").unlink()
    (current / "parquet/more.parquet").write_bytes(b"PAR1")
    (published / "suining.duckdb").unlink()
    shutil.copyfile(current / "suining.duckdb", published / "suining.duckdb")
    lines = found(desk)
    names = ("suining.duckdb", "quality/index.html", f"validations/staged.{FULL.id}.json", "parquet/more.parquet")
    for file in (published / "suining.duckdb", *(current / name for name in names)):
        assert len([line for line in lines if line.startswith(f"✗ published  {file}")]) == 1, (file, lines)
    assert len(lines) == 5
    do_what_is_said(lines)
    desk.refresh()
    assert found(desk) == []


def test_a_delivered_file_of_the_same_size_and_age_is_named(desk: Desk) -> None:
    file = desk.settings.landing / "public_security" / "ry_2.csv"
    stat = file.stat()
    one_byte(file, -2)
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    [line] = lines = found(desk)
    assert line.startswith(f"✗ landing  {file}")
    do_what_is_said(lines)
    assert desk.run("refresh") in (0, 3), "it is taken as a correction"
    assert found(desk) == []


def test_a_delivery_that_waits_is_no_difference(desk: Desk) -> None:
    desk.deliver("ry_3.csv", 7, first=300)
    assert found(desk) == []
    assert "1 个来件尚未读入" in desk.output


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        (f"staged.{FULL.id}", f"update staged.{FULL.id} set name = '改名' where line_number = 2"),
        (f"staged.{FULL.id}", f"delete from staged.{FULL.id} where line_number = 2"),
        (f"staged.{FULL.id}", f"drop table staged.{FULL.id}"),
        ("governance.row_account", "update governance.row_account set quarantined = quarantined + 1"),
        ("governance.batch", "update governance.batch set raw_rows = 1 where file_name = 'ry_1.csv'"),
        (DIVISIONS, f"delete from {DIVISIONS} where rowid = 0"),
        ("governance.table_seal", f"update governance.table_seal set hashes = 0 where table_name = 'staged.{FULL.id}'"),
    ],
)
def test_a_row_of_the_warehouse_is_named_by_its_table(desk: Desk, table: str, statement: str) -> None:
    sql(desk, statement)
    lines = found(desk)
    named = f"staged.{FULL.id}" if table.endswith("table_seal") else table
    assert [line for line in lines if line.startswith(f"✗ warehouse  {named}: ")], lines
    do_what_is_said(lines[:1])
    desk.refresh()
    assert found(desk) == []


def test_a_row_changed_with_its_seal_differs_from_the_manifest(desk: Desk) -> None:
    table = f"staged.{FULL.id}"
    with duckdb.connect(str(desk.settings.warehouse)) as con:
        con.execute(f"update {table} set name = '改名' where line_number = 2")
        columns = ", ".join(name for name, *_ in con.execute(f"describe {table}").fetchall())
        con.execute(
            f"update governance.table_seal set hashes = (select sum(hash({columns})) from {table}) where table_name = '{table}'"
        )
    [line] = found(desk)
    assert line.startswith(f"✗ warehouse  {table}: ")


def test_a_byte_of_the_warehouse_is_named(desk: Desk) -> None:
    with duckdb.connect(str(desk.settings.warehouse)) as con:
        con.execute("checkpoint")
        [(block,)] = con.execute(
            f"select min(block_id) from pragma_storage_info('staged.{FULL.id}') where persistent and block_id >= 0"
        ).fetchall()
    one_byte(desk.settings.warehouse, HEADERS + block * BLOCK + BLOCK // 2)
    lines = found(desk)
    assert lines
    assert all(line.startswith("✗ warehouse  ") for line in lines)
    do_what_is_said(lines[:1])
    desk.refresh()
    assert found(desk) == []


def test_the_copy_of_the_registry_is_named(desk: Desk) -> None:
    one_byte(desk.settings.registry_backup, HEADERS + BLOCK)
    [line] = lines = found(desk)
    assert line.startswith(f"✗ warehouse  {desk.settings.registry_backup}")
    do_what_is_said(lines)
    desk.refresh()
    assert found(desk) == []


@pytest.mark.parametrize("harm", [lambda file: file.write_bytes(b""), lambda file: one_byte(file, HEADERS // 6)])
def test_a_warehouse_that_cannot_be_opened_is_named(desk: Desk, harm: Callable[[Path], None]) -> None:
    harm(desk.settings.warehouse)
    lines = found(desk)
    assert [line for line in lines if line.startswith(f"✗ warehouse  {desk.settings.warehouse}")], lines


def test_who_has_only_the_published_folder_checks_it_with_the_public_key(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.setenv("SUINING_SIGNING_KEY_FILE", str(private_key(elsewhere)))
    settings.cache_clear()
    [line] = found(desk)
    assert "没有现用私钥的签名" in line
    desk.refresh()
    assert found(desk) == []
    public = elsewhere / "suining.pub"
    public.write_bytes((desk.settings.published / "manifest.pub").read_bytes())
    copy = elsewhere / "copy"
    shutil.copytree(desk.settings.published / "current", copy)
    options = ("verify", "--snapshot", str(copy), "--public-key", str(public))
    monkeypatch.delenv("SUINING_SIGNING_KEY_FILE")
    settings.cache_clear()
    assert desk.run(*options) == 0, desk.output
    manifest = copy / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8") + " ", encoding="utf-8")
    assert desk.run(*options) == 1
    assert "签名与公钥" in desk.output
    assert desk.run("verify", "--snapshot", str(desk.settings.published), "--public-key", str(public)) == 0
    (desk.settings.published / "manifest.json.sig").resolve().unlink()
    assert desk.run("verify", "--snapshot", str(desk.settings.published), "--public-key", str(public)) == 1
    assert "未签名 (unsigned)" in desk.output
