"""Nobody sees anybody without saying what for, and every look is in the log before anything is shown: who, whom, how many rows."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from suining_data_tests.end_to_end.commands import SUINING, environment, suining
from suining_data_tests.end_to_end.conftest import City

Look = dict[str, object]


def looks(city: City) -> list[Look]:
    return list(json.loads(suining(city.settings.data, "access", "--json").stdout))


def somebody(city: City) -> tuple[str, str, str]:
    """Golden id, identity number and name."""
    [row] = city.query(
        "select person_id, resident_id, name from population.person where resident_id is not null and name is not null "
        "order by record_count desc limit 1"
    )
    return str(row[0]), str(row[1]), str(row[2])


@pytest.mark.parametrize(
    "arguments",
    [
        ("query", "select 1", "--as-of", "2019-01-01"),
        ("explain", "person", "P1"),
        ("explain", "organization", "O1", "--as-of", "2019-01-01"),
        ("changes",),
        ("quarantine",),
        ("quarantine", "--export", "folder"),
        ("review", "next"),
        ("review", "export", "file.xlsx"),
        ("whatif", "--threshold", "0.99", "--csv"),
    ],
)
@pytest.mark.parametrize("purpose", [None, "  "])
def test_without_a_purpose_nothing_is_shown(
    delivered_city: City, tmp_path: Path, arguments: tuple[str, ...], purpose: str | None
) -> None:
    given = environment(delivered_city.settings.data)
    del given["SUINING_PURPOSE"]
    given |= {"SUINING_PURPOSE": purpose} if purpose else {}
    done = subprocess.run([*SUINING, *arguments], capture_output=True, text=True, env=given, check=False, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "--purpose" in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_query_without_a_purpose_is_answered_from_the_analysts_file(own_city: City) -> None:
    given = environment(own_city.settings.data)
    del given["SUINING_PURPOSE"]
    asked = "select person_id, resident_id, birth_year from population.person order by all limit 1"
    done = subprocess.run([*SUINING, "query", "--json", asked], capture_output=True, text=True, env=given, check=True)
    [row] = json.loads(done.stdout)
    full = own_city.query(f"select count(*) from population.person where person_id = '{row['person_id']}'")
    assert (full, row["person_id"][0], row["resident_id"][0]) == ([(0,)], "p", "n")
    done = subprocess.run(
        [*SUINING, "query", "select name from population.person"],
        capture_output=True,
        text=True,
        env=given,
        check=False,
    )
    assert done.returncode == 1
    assert "name" in done.stderr
    assert looks(own_city) == []


def test_counts_need_no_purpose_and_are_no_look(own_city: City) -> None:
    given = environment(own_city.settings.data)
    del given["SUINING_PURPOSE"]
    for arguments in (("status",), ("accounts",), ("corrections", "list"), ("access",)):
        assert subprocess.run([*SUINING, *arguments], capture_output=True, env=given, check=False).returncode == 0
    assert looks(own_city) == []


def test_every_look_is_in_the_log_with_golden_ids_and_no_number_or_name(own_city: City) -> None:
    data = own_city.settings.data
    id, number, name = somebody(own_city)
    for arguments in (
        ("explain", "person", number, "--purpose", "case 1"),
        ("query", f"select name as {name}, phone from population.person where resident_id = '{number}' -- {number}"),
        ("query", f"select resident_id from population.person where name = '{name}' and resident_id = '{number}'"),
        ("query", "select person_id from population.person", "--limit", "2"),
        ("query", "--csv", "select person_id from population.person"),
        ("query", f"select error(name) from population.person where person_id = '{id}'"),
        ("quarantine", "--resource", "sichuan_public_security__residents"),
        ("quarantine", "--export", str(data.parent / "exported")),
        ("changes", "--csv"),
    ):
        suining(data, *arguments)
    first, second, third, few, all, failed, quarantine, export, changes = looks(own_city)
    assert (first["command"], first["purpose"], id in first["subjects"]) == ("explain person", "case 1", True)  # type: ignore[operator]
    assert (second["purpose"], second["subjects"], second["rows"]) == ("test", [id], 1)
    assert second["asked"] == "select name as ? , phone from population . person where resident_id = ?"
    assert id in third["subjects"]  # type: ignore[operator]
    assert (few["rows"], len(few["subjects"])) == (2, 2)  # type: ignore[arg-type]
    assert all["rows"] == all["subjects_count"] == own_city.value("select count(*) from population.person")
    assert (failed["outcome"], failed["rows"]) == ("failed", 0)
    assert quarantine["asked"] == "sichuan_public_security__residents"
    assert export["rows"] == own_city.value("select count(*) from governance.quarantine")
    assert changes["command"] == "changes"
    written = b"".join(file.read_bytes() for file in (data / "access").iterdir()).decode("utf-8", "replace")
    assert number not in written
    assert name not in written
    told = suining(data, "access", "--person", number).stdout
    assert told.count("test") == 3 and "case 1" in told  # noqa: PT018
    assert told == suining(data, "access", "--person", id).stdout
    assert suining(data, "access", "--verify").returncode == 0


def test_what_cannot_be_logged_is_not_shown(own_city: City) -> None:
    (own_city.settings.data / "access").write_text("in the way")
    done = suining(own_city.settings.data, "query", "select person_id from population.person limit 1")
    assert (done.returncode, done.stdout) == (1, "")
    assert "access" in done.stderr


def test_a_reader_that_goes_away_early_is_in_the_log(own_city: City) -> None:
    asked = [*SUINING, "query", "--csv", "select person_id from population.person"]
    ours, theirs = os.pipe()
    os.close(ours)
    with os.fdopen(theirs, "wb") as pipe:
        subprocess.run(
            asked, stdout=pipe, stderr=subprocess.DEVNULL, env=environment(own_city.settings.data), check=False
        )
    [look] = looks(own_city)
    assert look["subjects_count"] == own_city.value("select count(*) from population.person")


def test_a_refresh_names_what_was_done_to_the_log(own_city: City) -> None:
    data = own_city.settings.data
    for _ in range(3):
        suining(data, "query", "select person_id from population.person limit 1")
    log = data / "access" / "access.jsonl"
    lines = log.read_text("utf-8").splitlines(keepends=True)
    log.write_text("".join([lines[0], *lines[2:]]), "utf-8")
    assert "access/access.jsonl 第 2 行 line 2" in own_city.refresh()
    done = suining(data, "access", "--verify")
    assert done.returncode == 1
    assert "第 2 行" in done.stdout
    log.write_text(lines[0], "utf-8")
    assert "末尾被删去" in suining(data, "access", "--verify").stdout
