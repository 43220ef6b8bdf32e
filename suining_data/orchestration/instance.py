"""The Dagster instance of the project: its home in the data folder, and its settings.

Here: dagster.yaml and its folder. Not here: what runs (definitions.py), the storage class (storage.py).
"""

from pathlib import Path

from suining_data.settings import Settings

DAGSTER_YAML = """\
telemetry: {enabled: false}
nux: {enabled: false}
storage:
  custom: {module: suining_data.orchestration.storage, class: Storage, config: {base_dir: {env: DAGSTER_HOME}}}
compute_logs: {module: dagster._core.storage.noop_compute_log_manager, class: NoOpComputeLogManager}
"""


def prepare_home(settings: Settings) -> Path:
    """The Dagster home with its dagster.yaml, made where it is missing."""
    home = settings.dagster_home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    file = home / "dagster.yaml"
    if not file.exists() or file.read_text(encoding="utf-8") != DAGSTER_YAML:
        file.write_text(DAGSTER_YAML, encoding="utf-8")
    return home
