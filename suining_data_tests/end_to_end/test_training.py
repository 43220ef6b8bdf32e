"""`suining linkage train` on a small city: the table, the file, the same again; and what it refuses."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from suining_data.cli import app
from suining_data.linkage import scoring
from suining_data_tests.end_to_end.commands import suining
from suining_data_tests.end_to_end.conftest import City


def test_it_prints_the_levels_and_writes_the_same_model_twice(
    delivered_city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scoring, "TRAINED", tmp_path)
    before = delivered_city.settings.warehouse.stat().st_mtime_ns
    files = []
    for _ in range(2):
        done = CliRunner().invoke(app, ["linkage", "train", "--subject", "person"], env={"COLUMNS": "160"})
        assert done.exit_code == 0, done.output
        files.append((tmp_path / "person.json").read_text(encoding="utf-8"))
    assert "同姓且一字之差" in done.output
    assert files[0] == files[1]
    assert delivered_city.settings.warehouse.stat().st_mtime_ns == before


def test_too_little_evidence_is_one_line(delivered_city: City) -> None:
    done = suining(delivered_city.settings.data, "linkage", "train", "--subject", "organization")
    assert done.returncode == 1
    assert "1,000" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_before_anything_is_linked_it_says_what_to_do(tmp_path: Path) -> None:
    done = suining(tmp_path, "linkage", "train")
    assert done.returncode == 1
    assert "suining refresh" in done.stderr
