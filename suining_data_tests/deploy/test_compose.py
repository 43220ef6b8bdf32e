"""The compose file has the services of systemd's units, and its environment is settings. It is not run here."""

import re
from configparser import ConfigParser
from typing import Any

import pytest
import yaml

from suining_data.settings import PROJECT, Settings

TEXT = (PROJECT / "deploy" / "compose.yaml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES = {name: service for name, service in COMPOSE["services"].items() if name != "log"}


def started_by_unit(name: str) -> list[str]:
    parser = ConfigParser(strict=False, interpolation=None)
    parser.read(PROJECT / "deploy" / "systemd" / f"suining-{name}.service", encoding="utf-8")
    return parser["Service"]["ExecStart"].replace("/opt/suining/current/", "").replace(".venv/bin/", "").split()


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_starts_what_its_unit_starts(name: str) -> None:
    started = SERVICES[name]["command"].partition(" && exec ")[2].rstrip('"').split()
    assert started == [word.replace("127.0.0.1", "0.0.0.0") for word in started_by_unit(name)]


def test_every_unit_has_a_service() -> None:
    units = {file.stem.removeprefix("suining-") for file in (PROJECT / "deploy" / "systemd").glob("*.service")}
    assert set(SERVICES) == units


@pytest.mark.parametrize("name", SERVICES)
def test_its_environment_is_settings(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = SERVICES[name]["environment"]
    known = {f"SUINING_{setting.upper()}" for setting in Settings.model_fields} | {"DAGSTER_HOME", "HOME"}
    assert set(environment) <= known
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    assert str(Settings().dagster_home) == environment["DAGSTER_HOME"]


def test_what_compose_fills_in_is_written_as_it_wants_it() -> None:
    """A dollar of the shell is doubled, or compose takes it for its own."""
    assert set(re.findall(r"\$\{\w+:\?\}|\$\$|\$.?", TEXT)) == {
        "$$",
        "${DAGSTER_PASSWORD:?}",
        "${SUINING_FOLDER:?}",
        "${SUINING_KEYS:?}",
    }


def test_nobody_outside_reaches_a_port() -> None:
    ports = [port for service in COMPOSE["services"].values() for port in service.get("ports", ())]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_daemon_sees_the_processes_of_runs() -> None:
    """The tag of a run names a host and a process, and the launcher in the daemon looks whether that still lives."""
    assert SERVICES["daemon"]["pid"] == "service:code"
    assert SERVICES["daemon"]["hostname"] == SERVICES["code"]["hostname"]
