"""Names and values that would steer a terminal go through every command; a refusal stays visible as long as it stands."""

import json
import re
import subprocess

from suining_data.display import visible
from suining_data_tests.end_to_end.conftest import City
from suining_data_tests.end_to_end.test_cli import suining

RESOURCE = "public_security__household_changes"
MARKUP = "[red][x](http://evil)|\x1b]0;title\x07\x1b[2J\u202e"
SHOWN = r"[red][x](http://evil)|\x1b]0;title\x07\x1b[2J\u202e"
STEERING = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def test_hostile_names_and_values_are_text_in_every_command(own_city: City) -> None:
    landing = own_city.settings.landing
    sound = own_city.landed("public_security", "hjbd_*.csv")
    header, *lines = sound.read_bytes().decode("gb18030").rstrip("\n").split("\n")
    refused = sound.with_name("hjbd_201909.csv")
    # U+202E has no place in GBK, but in GB18030
    refused.write_text(f"{header.replace('gmsfhm', MARKUP)}\n" + "\n".join(lines) + "\n", "gb18030")
    named = sound.with_name(f"hjbd_201910{MARKUP.replace('/', '')}.csv")
    cells = lines[0].split(",")
    bad = ",".join([MARKUP, MARKUP, *cells[2:]])
    named.write_text("\n".join([header, *lines[:30], bad, f"{MARKUP},2"]) + "\n", "gb18030")
    (landing / f"[nowhere]{MARKUP.replace('/', '')}.txt").touch()

    done = run(own_city, "refresh", returns=3)
    assert_refusal_is_last(done)
    assert "[nowhere][red]" in done.stdout
    for arguments in (
        ("status",),
        ("status", "--json"),
        ("accounts",),
        ("accounts", "--json"),
        ("quarantine",),
        ("quarantine", "--resource", RESOURCE),
        ("quarantine", "--resource", RESOURCE, "--json"),
        ("quarantine", "--export", str(own_city.settings.data / "feedback")),
        ("query", "from governance.delivery_problem"),
        ("query", "--json", "from governance.batch"),
        ("catalog", "list"),
        ("review", "next"),
    ):
        run(own_city, *arguments)
    assert_refusal_is_last(run(own_city, "status"))
    assert SHOWN.replace("/", "") in run(own_city, "accounts").stdout
    assert SHOWN in run(own_city, "quarantine", "--resource", RESOURCE).stdout
    accounts = json.loads(run(own_city, "accounts", "--json", "--resource", RESOURCE).stdout)
    [account] = [each for each in accounts if visible(each["file_name"]) == visible(named.name)]
    assert (account["lines"], account["balanced"]) == (3 + len(lines[:30]), True)
    [standing] = json.loads(run(own_city, "status", "--json").stdout)["refusals"]
    assert (standing["unit_id"], standing["file_name"]) == ("public_security", refused.name)
    drafted = run(own_city, "catalog", "new", str(refused), "--unit", "health", "--name", "hostile").stdout
    assert json.dumps(MARKUP) in drafted

    again = run(own_city, "refresh", returns=3)
    assert "没有变化" in again.stdout
    assert_refusal_is_last(again)

    refused.unlink()
    assert "未能采用" not in run(own_city, "refresh").stdout
    assert "未能采用" not in run(own_city, "status").stdout


def run(city: City, *arguments: str, returns: int = 0) -> subprocess.CompletedProcess[str]:
    done = suining(city.settings.data, *arguments)
    assert done.returncode == returns, done.stdout + done.stderr
    assert not STEERING.search(done.stdout + done.stderr), arguments
    return done


def assert_refusal_is_last(done: subprocess.CompletedProcess[str]) -> None:
    """The last lines name the file, why it was refused and what to do."""
    *_, title, zh, en = done.stdout.rstrip("\n").split("\n")
    assert title.startswith("✗ 1 份来件未能采用")
    assert zh.strip().startswith("public_security: hjbd_201909.csv 第 1 行: 缺少列 gmsfhm")
    assert SHOWN in zh
    assert "If it was renamed, add it to fields.source" in en
