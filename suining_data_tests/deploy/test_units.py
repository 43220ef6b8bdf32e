"""The units of systemd start what is there, write where they must, and their environment has every setting."""

import shutil
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest
import typer.main
import yaml
from click import Command, Context
from dagster._cli import create_dagster_cli
from dagster._daemon.cli import create_dagster_daemon_cli
from dagster_webserver.cli import create_dagster_webserver_cli
from typer.testing import CliRunner

from suining_data.cli import app
from suining_data.orchestration.instance import CODE_SERVER, WORKSPACE_YAML
from suining_data.settings import PROJECT, Settings, settings

FOLDER = PROJECT / "deploy" / "systemd"
EXAMPLE = FOLDER / "suining.env.example"
INSTALLED = "/opt/suining/current"
UNITS = ["suining-code", "suining-daemon", "suining-viewer", "suining-webserver"]


def unit(name: str) -> ConfigParser:
    parser = ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(FOLDER / f"{name}.service", encoding="utf-8")
    return parser


def variables() -> dict[str, str]:
    """What the example sets, with the lines that are commented out."""
    lines = [line.removeprefix("#") for line in EXAMPLE.read_text(encoding="utf-8").splitlines()]
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith(" "))
    return {name: value.strip("'") for name, value in pairs}


def options(command: Command) -> set[str]:
    return {name for each in command.get_params(Context(command)) for name in getattr(each, "opts", [])}


def command_of(words: list[str]) -> Command:
    """The command of Dagster or of the project that the words name."""
    found: Command = {
        "suining": lambda: typer.main.get_command(app),
        "dagster": create_dagster_cli,
        "dagster-daemon": create_dagster_daemon_cli,
        "dagster-webserver": create_dagster_webserver_cli,
    }[words[0]]()
    for word in words[1:]:
        if hasattr(found, "commands"):
            found = found.commands[word]
    return found


def test_every_unit_is_tested() -> None:
    assert sorted(file.stem for file in FOLDER.glob("*.service")) == UNITS


@pytest.mark.parametrize("name", UNITS)
@pytest.mark.parametrize("key", ["ExecStartPre", "ExecStart"])
def test_the_command_and_its_options_exist(name: str, key: str) -> None:
    program, *arguments = unit(name)["Service"][key].split()
    assert Path(program).parent == Path(INSTALLED, ".venv", "bin")
    assert Path(sys.executable).with_name(Path(program).name).exists()
    command = command_of([Path(program).name, *arguments])
    assert {word for word in arguments if word.startswith("-")} <= options(command)
    for file in (word for word in arguments if word.startswith("/")):
        assert (PROJECT / Path(file).relative_to(INSTALLED)).exists()


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_may_write_its_data_and_nothing_else(name: str) -> None:
    service = unit(name)["Service"]
    assert (service["ProtectSystem"], service["NoNewPrivileges"]) == ("strict", "true")
    writes = "DAGSTER_HOME" if name == "suining-viewer" else "SUINING_DATA"
    assert service["ReadWritePaths"] == variables()[writes]


def test_the_viewer_changes_nothing_and_has_its_own_port() -> None:
    viewer, webserver = (unit(name)["Service"]["ExecStart"].split() for name in ("suining-viewer", "suining-webserver"))
    assert "--read-only" in viewer
    assert "--read-only" not in webserver
    assert viewer[viewer.index("-p") + 1] != webserver[webserver.index("-p") + 1]
    assert viewer[viewer.index("-h") + 1] == webserver[webserver.index("-h") + 1] == "127.0.0.1"


def test_what_runs_before_a_unit_makes_the_home_of_dagster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUINING_DATA", str(tmp_path))
    settings.cache_clear()
    for _ in range(2):
        said = CliRunner().invoke(app, unit("suining-daemon")["Service"]["ExecStartPre"].split()[1:])
        assert (said.exit_code, said.stdout) == (0, f"{tmp_path / 'dagster'}\n")
    settings.cache_clear()
    assert sorted(file.name for file in (tmp_path / "dagster").iterdir()) == ["dagster.yaml", "workspace.yaml"]


def test_all_services_find_the_code_server() -> None:
    """Its socket is in the home of Dagster, where each of them runs."""
    assert unit("suining-code")["Service"]["ExecStart"] == f"{INSTALLED}/.venv/bin/{CODE_SERVER}"
    assert {unit(name)["Service"]["WorkingDirectory"] for name in UNITS} == {f"-{variables()['DAGSTER_HOME']}"}
    [server] = yaml.safe_load(WORKSPACE_YAML)["load_from"]
    assert server["grpc_server"]["socket"] in CODE_SERVER.split()


def test_the_example_has_every_setting_and_nothing_else() -> None:
    assert set(variables()) == {f"SUINING_{name.upper()}" for name in Settings.model_fields} | {"DAGSTER_HOME"}


def test_the_settings_take_the_example(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in variables().items():
        monkeypatch.setenv(name, value)
    example = Settings()
    assert example.unattended
    assert str(example.dagster_home) == variables()["DAGSTER_HOME"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze (Debian: systemd)")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for name in UNITS:
        text = (FOLDER / f"{name}.service").read_text(encoding="utf-8")
        here = text.replace(f"{INSTALLED}/.venv/bin", str(Path(sys.executable).parent)).replace(INSTALLED, str(PROJECT))
        (tmp_path / f"{name}.service").write_text(here, encoding="utf-8")
    files = sorted(tmp_path.glob("*.service"))
    said = subprocess.run(["systemd-analyze", "verify", *files], capture_output=True, text=True, check=False)
    assert [line for line in said.stderr.splitlines() if "suining" in line] == []
    assert said.returncode == 0, said.stderr
