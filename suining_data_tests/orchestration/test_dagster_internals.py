"""What the project rests on in Dagster beyond its public API, checked against the installed version.

Run this first after an upgrade: each failure names the version, the module and what has moved.
"""

import ast
import importlib
import inspect
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml

from suining_data.orchestration.instance import DAGSTER_YAML
from suining_data.settings import PROJECT

STORAGE = PROJECT / "suining_data" / "orchestration" / "storage.py"
LAUNCHER = STORAGE.with_name("launcher.py")
PRIVATE = ("dagster._", "dagster_shared", "dagster_graphql", "dagster_webserver")
OVERRIDING = {  # class of storage.py -> the class of Dagster whose methods it overrides
    "EventLog": "ConsolidatedSqliteEventLogStorage",
    "Runs": "SqliteRunStorage",
    "Storage": "DagsterSqliteStorage",
}
CALLED = {  # (class, method) of Dagster that our code calls -> the arguments that it passes
    ("SqlPollingEventWatcher", "__init__"): ["self", "event_log_storage"],
    ("SqlPollingEventWatcher", "watch_run"): ["self", "run_id", "cursor", "callback"],
    ("SqlPollingEventWatcher", "unwatch_run"): ["self", "run_id", "handler"],
    ("SqlPollingEventWatcher", "close"): ["self"],
    ("ConsolidatedSqliteEventLogStorage", "__init__"): ["self", "base_dir", "inst_data"],
    ("SqliteRunStorage", "from_local"): ["base_dir"],
    ("SqliteScheduleStorage", "from_local"): ["base_dir"],
    ("DagsterStorage", "__init__"): ["self"],
}


def private_imports(file: Path) -> list[tuple[str, str]]:
    """(module, name) of everything that the file imports from a private module of Dagster."""
    found = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PRIVATE):
            found += [(str(node.module), alias.name) for alias in node.names]
        if isinstance(node, ast.Import):
            found += [(alias.name, "") for alias in node.names if alias.name.startswith(PRIVATE)]
    return found


IMPORTED = private_imports(STORAGE) + private_imports(LAUNCHER)


def of_dagster(module: str, name: str) -> Any:
    """What Dagster has under this name; fails with a message that says what has moved."""
    moved = f"dagster {dg.__version__} has no {module}.{name}: find its new place and change {STORAGE.name}"
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        pytest.fail(f"{moved} ({error})")


def class_of_dagster(name: str) -> Any:
    [module] = [module for module, imported in IMPORTED if imported == name]
    return of_dagster(module, name)


def test_private_modules_are_imported_in_two_files_only() -> None:
    files = {file for file in (PROJECT / "suining_data").rglob("*.py") if private_imports(file)}
    assert files == {STORAGE, LAUNCHER}


@pytest.mark.parametrize(("module", "name"), IMPORTED)
def test_an_imported_name_is_where_it_was(module: str, name: str) -> None:
    of_dagster(module, name)


def test_the_modules_that_dagster_yaml_names_are_where_they_were() -> None:
    config = yaml.safe_load(DAGSTER_YAML)
    of_dagster(config["compute_logs"]["module"], config["compute_logs"]["class"])


@pytest.mark.parametrize(("ours", "theirs"), OVERRIDING.items())
def test_an_overridden_method_has_the_arguments_that_it_had(ours: str, theirs: str) -> None:
    base = class_of_dagster(theirs)
    own = getattr(importlib.import_module("suining_data.orchestration.storage"), ours)
    for name, method in vars(own).items():
        if callable(method) or isinstance(method, classmethod):
            where = f"{theirs}.{name} of dagster {dg.__version__}"
            assert hasattr(base, name), f"{where} is gone: {ours}.{name} in {STORAGE.name} overrides nothing"
            found, expected = (list(inspect.signature(getattr(each, name)).parameters) for each in (base, own))
            assert found == expected, f"{where} takes {found}, {ours}.{name} in {STORAGE.name} takes {expected}"


@pytest.mark.parametrize(("called", "arguments"), CALLED.items())
def test_a_called_method_takes_what_it_took(called: tuple[str, str], arguments: list[str]) -> None:
    owner, name = called
    method = getattr(class_of_dagster(owner), name, None)
    where = f"{owner}.{name} of dagster {dg.__version__}"
    assert method, f"{where} is gone: {STORAGE.name} calls it"
    parameters = list(inspect.signature(method).parameters.values())
    needed = [p.name for p in parameters if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    assert [p.name for p in parameters][: len(arguments)] == arguments, where
    assert set(needed) <= set(arguments), f"{where} needs {needed}, {STORAGE.name} gives {arguments}"


def test_runs_and_events_go_through_the_kept_engines(tmp_path: Path) -> None:
    """An override that Dagster no longer calls would cost a refresh many seconds, and nothing else would show it."""
    storage = importlib.import_module("suining_data.orchestration.storage")
    with dg.DagsterInstance.from_config(str(home(tmp_path))) as instance:
        assert isinstance(instance.run_storage, storage.Runs)
        assert isinstance(instance.event_log_storage, storage.EventLog)
        used = {id(part): 0 for part in (instance.run_storage, instance.event_log_storage)}
        for part in (instance.run_storage, instance.event_log_storage):
            engine = storage.kept_engine(part._conn_string)
            storage.db.event.listen(engine, "begin", lambda _, part=part: used.update({id(part): used[id(part)] + 1}))

        @dg.job
        def job() -> None:
            dg.op(name="nothing")(lambda: None)()

        assert job.execute_in_process(instance=instance).success
        assert all(used.values()), f"dagster {dg.__version__} does not use the connections of {STORAGE.name}"


def home(folder: Path) -> Path:
    """A Dagster home with the project's dagster.yaml, of which this folder is the storage."""
    text = DAGSTER_YAML.replace("{env: DAGSTER_HOME}", str(folder))
    (folder / "dagster.yaml").write_text(text, encoding="utf-8")
    return folder
