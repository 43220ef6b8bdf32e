"""Names and values that would steer a terminal go through every command; a refusal stays visible as long as it stands."""

import json
import re
import shutil
import subprocess
from pathlib import Path

from suining_data.display import visible
from suining_data_tests.end_to_end.commands import suining
from suining_data_tests.end_to_end.conftest import City
from suining_data_tests.end_to_end.nights import CHANGES, HOSTILE, HOSTILE_NAME, MARKUP

SHOWN = r"[red][x](http://evil)|\x1b]0;title\x07\x1b[2J\u202e"
STEERING = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def test_hostile_names_and_values_are_text_in_every_command(changed_city: City, tmp_path: Path) -> None:
    assert not STEERING.search(changed_city.output)
    assert_refusals_are_last(changed_city.output)
    assert "[nowhere][red]" in changed_city.output
    for arguments in (
        ("status", "--json"),
        ("accounts", "--json"),
        ("quarantine",),
        ("quarantine", "--resource", CHANGES, "--json"),
        ("quarantine", "--export", str(tmp_path / "feedback")),
        ("query", "from governance.delivery_problem"),
        ("query", "--json", "from governance.batch"),
        ("catalog", "list"),
        ("review", "next"),
    ):
        run(changed_city, *arguments)
    assert_refusals_are_last(run(changed_city, "status").stdout)
    assert SHOWN.replace("/", "") in run(changed_city, "accounts").stdout
    assert SHOWN in run(changed_city, "quarantine", "--resource", CHANGES).stdout
    accounts = json.loads(run(changed_city, "accounts", "--json", "--resource", CHANGES).stdout)
    [account] = [each for each in accounts if visible(each["file_name"]) == visible(HOSTILE_NAME)]
    lines = (changed_city.settings.landing / "public_security" / HOSTILE_NAME).read_bytes().count(b"\n")
    assert (account["lines"], account["balanced"]) == (lines, True)
    standing = json.loads(run(changed_city, "status", "--json").stdout)["refusals"]
    assert ("public_security", HOSTILE) in [(each["unit_id"], each["file_name"]) for each in standing]
    refused = changed_city.settings.landing / "public_security" / HOSTILE
    drafted = run(changed_city, "catalog", "new", str(refused), "--unit", "health", "--name", "hostile").stdout
    assert json.dumps(MARKUP) in drafted


def test_a_refusal_is_told_again_by_a_refresh_of_nothing_new(changed_city: City, tmp_path: Path) -> None:
    shutil.copytree(changed_city.settings.data, tmp_path, symlinks=True, dirs_exist_ok=True)
    again = suining(tmp_path, "refresh")
    assert again.returncode == 3, again.stdout + again.stderr
    assert not STEERING.search(again.stdout + again.stderr)
    assert "没有变化" in again.stdout
    assert_refusals_are_last(again.stdout)


def test_a_refusal_is_not_told_any_more_when_its_file_is_gone(corrected_city: City) -> None:
    assert "未能采用" not in corrected_city.output
    assert "未能采用" not in run(corrected_city, "status").stdout


def run(city: City, *arguments: str) -> subprocess.CompletedProcess[str]:
    done = suining(city.settings.data, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not STEERING.search(done.stdout + done.stderr), arguments
    return done


def assert_refusals_are_last(printed: str) -> None:
    """The last lines name each of the five files, why it was refused and what to do."""
    *_, title, told = re.split("^(✗ 5 份来件未能采用.*)\n", printed.rstrip("\n"), flags=re.MULTILINE)
    lines = told.split("\n")
    assert title
    assert [line[:4] == "    " for line in lines] == [False, True] * 5, "each in two languages"
    [(zh, en)] = [(zh, en) for zh, en in zip(lines[::2], lines[1::2], strict=True) if HOSTILE in zh]
    assert zh.strip().startswith(f"public_security: {HOSTILE} 第 1 行: 缺少列 gmsfhm")
    assert SHOWN in zh
    assert "If it was renamed, add it to fields.source" in en
