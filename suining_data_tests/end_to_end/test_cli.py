"""What people type: answers on standard output, mistakes as one line and a non-zero exit."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from suining_data.cli import app
from suining_data.settings import PROJECT, Settings, settings
from suining_data.warehouse import open_warehouse
from suining_data_tests.conftest import SCALE, SEED
from suining_data_tests.end_to_end.commands import suining
from suining_data_tests.end_to_end.conftest import City


def test_query_gives_csv_that_a_program_reads(delivered_city: City) -> None:
    asked = "select division_code, name from spatial.division where level_code = 'county' and is_current order by 1"
    done = suining(delivered_city.settings.data, "query", "--csv", asked)
    assert done.returncode == 0, done.stderr
    header, *rows = csv.reader(io.StringIO(done.stdout))
    assert header == ["division_code", "name"]
    assert ["510903000000", "船山区"] in rows


def test_accounts_and_quarantine_and_status_answer(delivered_city: City) -> None:
    for arguments, expected in [
        (("accounts", "--resource", "public_security__household_changes"), "平 yes"),
        (("quarantine", "--resource", "sichuan_public_security__residents"), "公民身份号码"),
        (("status",), "population.person"),
        (("status",), "governance.finding"),
        (("query", "select kind, count(*) from governance.finding group by 1"), "count_star()"),
        (("catalog", "check"), "目录无误"),
        (("catalog", "list"), "户籍人口变动"),
    ]:
        done = suining(delivered_city.settings.data, *arguments)
        assert done.returncode == 0, done.stderr
        assert expected in done.stdout


def test_status_counts_the_open_tickets(delivered_city: City) -> None:
    done = suining(delivered_city.settings.data, "status", "--json")
    tickets = delivered_city.value("select count(*) from governance.correction where status = 'open'")
    assert json.loads(done.stdout)["corrections"] == {"open": tickets, "overdue": 0}
    assert tickets
    assert f"{tickets} 未办结 open" in suining(delivered_city.settings.data, "status").stdout


def test_status_says_what_the_exchange_database_need_not_prove(
    delivered_city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = delivered_city.settings.data
    monkeypatch.setenv("SUINING_EXCHANGE_DSN", "postgresql://reader:geheim@exchange.example/exchange")
    assert "SUINING_EXCHANGE_INSECURE" not in suining(data, "status").stdout
    assert json.loads(suining(data, "status", "--json").stdout)["exchange_insecure"] == []
    monkeypatch.setenv("SUINING_EXCHANGE_INSECURE", "host_name, md5")
    assert json.loads(suining(data, "status", "--json").stdout)["exchange_insecure"] == ["host_name", "md5"]
    said = suining(data, "status").stdout
    assert "SUINING_EXCHANGE_INSECURE=host_name,md5（不核验证书上的主机名；接受 MD5 密码）" in said
    assert "geheim" not in said
    monkeypatch.setenv("SUINING_EXCHANGE_INSECURE", "everything")
    wrong = suining(data, "status")
    assert wrong.returncode == 1
    [line] = wrong.stderr.splitlines()
    assert "SUINING_EXCHANGE_INSECURE" in line
    assert "'no_password'" in line


def test_explain_answers_from_the_published_file_while_a_refresh_holds_the_warehouse(own_city: City) -> None:
    person, number, name = own_city.query(
        "select person_id, resident_id, name from population.person where resident_id is not null "
        "and name is not null order by record_count desc limit 1"
    )[0]
    firm, code = own_city.query(
        "select organization_id, uscc from legal_entity.organization where uscc is not null limit 1"
    )[0]
    with open_warehouse(own_city.settings):
        for kind, asked, id, told in (("person", number, person, name), ("organization", code, firm, code)):
            done = suining(own_city.settings.data, "explain", kind, str(asked))
            assert done.returncode == 0, done.stderr
            assert str(id) in done.stdout
            assert str(told) in done.stdout
            assert "来源记录 records" in done.stdout
            assert "各项取值 values" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("query", "select nothing_such from population.person"), "nothing_such"),
        (("query", "drop table population.person"), "SELECT"),
        (("quarantine", "--resource", "no_such"), "no_such"),
        (("accounts", "--resource", "no_such"), "no_such"),
        (("sample", "--scale", "-1"), "--scale"),
        (("sample", "--errors", "none"), "--errors"),
        (("frobnicate",), "frobnicate"),
        (("catalog", "check", "nowhere"), "nowhere"),
        (("explain", "person", "P0123456789abcdef"), "P0123456789abcdef"),
        (("explain", "organization", "nobody"), "nobody"),
    ],
)
def test_wrong_use_is_one_clear_line(delivered_city: City, arguments: tuple[str, ...], said: str) -> None:
    done = suining(delivered_city.settings.data, *arguments)
    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


def test_explain_of_an_unknown_id_is_one_line(delivered_city: City) -> None:
    done = suining(delivered_city.settings.data, "explain", "person", "510903199003078036")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.strip().splitlines() == [
        "没有标识或号码为 510903199003078036 的记录 (no record has this id or number)"
    ]


def test_before_the_first_refresh_it_says_what_to_do(tmp_path: Path) -> None:
    done = suining(tmp_path, "status")
    assert done.returncode == 1
    assert "suining refresh" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_sample_that_lies_there_is_kept_when_asked(delivered: Settings, tmp_path: Path) -> None:
    shutil.copytree(delivered.data, tmp_path, dirs_exist_ok=True)
    file = next((tmp_path / "landing").rglob("*.csv"))
    before = file.stat().st_ctime_ns  # the time of the last write is the one when a department would have sent it
    assert "样本已在" in suining(tmp_path, "sample", "--scale", str(SCALE), "--seed", str(SEED), "--keep").stdout
    assert file.stat().st_ctime_ns == before
    made = suining(tmp_path, "sample", "--scale", "0.0005", "--seed", "4", "--keep")
    assert made.returncode == 0, made.stderr
    assert "已生成" in made.stdout
    assert file.stat().st_ctime_ns > before


@pytest.mark.parametrize("options", [(), ("--errors", "wild"), ("--scale", "0.001"), ("--seed", "8")], ids=" ".join)
def test_a_sample_is_kept_only_if_it_is_of_the_same_city(
    delivered: Settings, options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Made(Exception):
        pass

    def make_sample(*_: object) -> None:
        raise Made

    monkeypatch.setenv("SUINING_DATA", str(delivered.data))
    settings.cache_clear()
    monkeypatch.setattr("suining_data.synthetic.make_sample", make_sample)
    asked = ("--scale", str(SCALE), "--seed", str(SEED), *options)  # the last of two values of an option counts
    done = CliRunner().invoke(app, ["sample", *asked, "--keep"])
    settings.cache_clear()
    assert isinstance(done.exception, Made) is bool(options), done.output


def test_a_mistake_in_the_yaml_of_a_subject_is_one_line(tmp_path: Path) -> None:
    for part in ("suining_data", "dbt_like_sql", "data/reference"):
        shutil.copytree(PROJECT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    person = tmp_path / "suining_data/subjects/person.yaml"
    person.write_text(
        person.read_text(encoding="utf-8").replace("survivorship: {}", "survives: {}", 1), encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-c", "from suining_data.cli import main; main()", "catalog", "check"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("suining_data/subjects/person.yaml: attributes.former_name.survives: 没有这个键")
    assert len(done.stderr.splitlines()) == 1
