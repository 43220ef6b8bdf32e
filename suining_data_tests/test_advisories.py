"""Which advisory applies to which version, and what `suining advisories` says of a file."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from suining_data.advisories import Advisories, installed_packages
from suining_data.cli import app
from suining_data.commands.errors import message_for_user


def advisory(*events: dict[str, str], package: str = "Left_Pad", **more: Any) -> dict[str, Any]:
    """An advisory about a package, with a range of these events."""
    affected = {
        "package": {"ecosystem": more.pop("ecosystem", "PyPI"), "name": package},
        "ranges": [{"type": more.pop("type", "ECOSYSTEM"), "events": list(events)}],
        "versions": more.pop("versions", []),
    }
    return {"id": "PYSEC-1", "modified": "2026-11-20T10:00:00Z", "affected": [affected], **more}


def applies(entry: dict[str, Any], version: str) -> bool:
    return bool(Advisories((entry,)).about({"left-pad": version, "other": version}))


@pytest.mark.parametrize(
    ("events", "inside", "outside"),
    [
        ([{"introduced": "0"}, {"fixed": "2.0"}], ["0.0.dev1", "1.9", "2.0rc1"], ["2.0", "2.0.post1", "3"]),
        ([{"introduced": "1.10"}, {"last_affected": "1.12"}], ["1.10", "1.12.0"], ["1.9", "1.12.1"]),
        ([{"fixed": "4"}, {"introduced": "3"}, {"fixed": "2"}, {"introduced": "1"}], ["1.5", "3.1"], ["0.9", "2.5", "4"]),
        ([{"introduced": "1!1.0"}], ["1!1.2"], ["2026.1"]),
    ],
)  # fmt: skip
def test_a_version_is_within_the_events_of_a_range(
    events: list[dict[str, str]], inside: list[str], outside: list[str]
) -> None:
    entry = advisory(*events)
    assert [version for version in inside + outside if applies(entry, version)] == inside


def test_a_version_of_the_list_is_affected_however_it_is_written() -> None:
    entry = advisory({"introduced": "9"}, versions=["1.0", "1.2.0"])
    assert [version for version in ("1.0.0", "1.1", "1.2") if applies(entry, version)] == ["1.0.0", "1.2"]


@pytest.mark.parametrize(
    "entry",
    [
        advisory({"introduced": "a1b2c3"}, type="GIT"),
        advisory({"introduced": "0"}, {"fixed": "some day"}),
    ],
    ids=["commits only", "no version"],
)
def test_what_cannot_be_judged_counts(entry: dict[str, Any]) -> None:
    assert applies(entry, "1.0")


def test_a_version_of_no_known_form_counts() -> None:
    assert applies(advisory({"introduced": "0"}, {"fixed": "1"}), "custom-build")


def said(file: Path) -> tuple[int, str]:
    """Exit code and output of `suining advisories`."""
    result = CliRunner().invoke(app, ["advisories", str(file)])
    if result.exception and not isinstance(result.exception, SystemExit):
        return 1, message_for_user(result.exception) or ""
    return result.exit_code, result.output


def exported(folder: Path, *entries: dict[str, Any]) -> Path:
    """A ZIP of one file per advisory, as OSV exports an ecosystem."""
    file = folder / "all.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for number, entry in enumerate(entries):
            archive.writestr(f"PYSEC-{number}.json", json.dumps(entry))
    return file


DUCKDB = advisory(
    {"introduced": "0"},
    {"fixed": "99.0"},
    package="DuckDB",
    id="PYSEC-2026-7",
    aliases=["CVE-2026-7"],
    summary="Reads too much\x1b[2J",
)


def test_an_advisory_about_an_installed_package_is_named_and_fails(tmp_path: Path) -> None:
    code, output = said(exported(tmp_path, advisory({"introduced": "0"}), DUCKDB))
    assert code == 1
    for word in ("duckdb", installed_packages()["duckdb"], "PYSEC-2026-7 CVE-2026-7", "99.0", "Reads too much\\x1b[2J"):
        assert word in output
    assert "left-pad" not in output
    assert "公告 2 条，最新 2026-11-20：命中 1 条" in output


def test_a_file_in_which_nothing_applies_passes(tmp_path: Path) -> None:
    harmless = [
        advisory({"introduced": "0"}),
        {**DUCKDB, "withdrawn": "2026-11-21T00:00:00Z"},
        advisory({"introduced": "0"}, package="duckdb", ecosystem="npm"),
    ]
    code, output = said(exported(tmp_path, *harmless))
    assert code == 0
    assert "公告 1 条" in output
    assert "命中 0 条" in output


@pytest.mark.parametrize("shape", [lambda entry: entry, lambda entry: [entry]], ids=["one", "list"])
def test_advisories_may_be_a_json_file(tmp_path: Path, shape: Any) -> None:
    file = tmp_path / "advisories.json"
    file.write_text(json.dumps(shape(DUCKDB)), encoding="utf-8")
    assert said(file)[0] == 1


@pytest.mark.parametrize(
    "content", ["", "<html>", "[]", "{}", '{"affected": 1}', "[1]", '{"id": "x", "affected": [{}]}']
)
def test_a_file_of_something_else_is_no_clean_result(tmp_path: Path, content: str) -> None:
    file = tmp_path / "advisories.json"
    file.write_text(content, encoding="utf-8")
    code, output = said(file)
    assert code == 1
    assert "不是 OSV 格式的 PyPI 安全公告" in output


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    code, output = said(tmp_path / "nowhere.zip")
    assert code == 1
    assert "nowhere.zip" in output
