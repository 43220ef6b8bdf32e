"""The Dagster instance of the project: its home in the data folder, its settings, and where its services find the code.

Here: dagster.yaml and workspace.yaml in that folder, the log in SQLite or in PostgreSQL (SUINING_DAGSTER_DSN), whether its
files are whole. Not here: what runs (definitions.py), the storage class (storage.py), the launcher class (launcher.py).

Webserver, viewer and daemon share one code server. Without it each starts its own, and the daemon a new one every minute,
which imports everything again. The socket is named relative to the home, because the system takes 107 characters at most.

One run at a time: the queue starts the next when no run is under way, a run of the command line included. A run whose
process is gone is found within MONITORED seconds and failed, and a run that was started by a schedule or a sensor is
then started again (`dagster/max_retries` of its tags). A run that failed for another reason is not: its data will not
get better by itself.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from suining_data.damage import damaged_log, is_damage
from suining_data.settings import Settings

MONITORED = 15  # seconds
LONGEST = 6 * 3600  # seconds of a run; the city's whole refresh takes minutes
SQLITE = "custom: {module: suining_data.orchestration.storage, class: Storage, config: {base_dir: {env: DAGSTER_HOME}}}"
POSTGRES = "postgres: {postgres_url: {env: SUINING_DAGSTER_DSN}}"  # the password stays in the environment
CODE_SOCKET = "code.sock"
CODE_SERVER = (
    f"dagster api grpc --module-name suining_data.definitions --location-name suining_data --socket {CODE_SOCKET}"
)
WORKSPACE_YAML = f"load_from: [grpc_server: {{socket: {CODE_SOCKET}, location_name: suining_data}}]\n"
DAGSTER_YAML = f"""\
telemetry: {{enabled: false}}
nux: {{enabled: false}}
storage:
  {SQLITE}
compute_logs: {{module: dagster._core.storage.noop_compute_log_manager, class: NoOpComputeLogManager}}
run_launcher: {{module: suining_data.orchestration.launcher, class: Launcher}}
concurrency: {{runs: {{max_concurrent_runs: 1}}}}
run_monitoring:
  {{enabled: true, poll_interval_seconds: {MONITORED}, max_runtime_seconds: {LONGEST}, free_slots_after_run_end_seconds: {MONITORED}}}
run_retries: {{enabled: true, max_retries: 0, retry_on_asset_or_op_failure: false}}
retention:
  schedule: {{purge_after_days: 90}}
  sensor: {{purge_after_days: {{skipped: 3, failure: 30, success: 90}}}}
"""


def check_log(settings: Settings) -> None:
    """Raise DamagedFile if a SQLite file of Dagster's log is damaged: Dagster would end with a traceback. Reads all of them."""
    for file in sorted(settings.dagster_home.rglob("*.db")) if settings.dagster_dsn is None else ():
        try:
            with closing(sqlite3.connect(file, timeout=30)) as con:
                is_whole = file.stat().st_size > 0 and con.execute("pragma quick_check(1)").fetchall() == [("ok",)]
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            is_whole = False
        if not is_whole:
            raise damaged_log(settings)


def prepare_home(settings: Settings) -> Path:
    """The Dagster home with its dagster.yaml and workspace.yaml, made where they are missing."""
    home = settings.dagster_home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    _write(home / "dagster.yaml", DAGSTER_YAML.replace(SQLITE, POSTGRES) if settings.dagster_dsn else DAGSTER_YAML)
    _write(home / "workspace.yaml", WORKSPACE_YAML)
    return home


def _write(file: Path, text: str) -> None:
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        own = file.with_name(
            f".{file.name}.{os.getpid()}"
        )  # services start at the same time: none may read half a file
        own.write_text(text, encoding="utf-8")
        own.replace(file)
