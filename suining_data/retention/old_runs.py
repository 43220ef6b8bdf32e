"""Old runs in Dagster's log.

Here: which runs may go, deleting them, giving their space back. Not here: how long they are kept (settings.py).
"""

import sqlite3
from datetime import datetime
from pathlib import Path

import dagster as dg

FINISHED = (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)
WAIT = 30.0  # seconds for another process that writes the log


def old_runs(instance: dg.DagsterInstance, before: datetime) -> list[str]:
    """Ids of the runs that ended before, without those that last materialised a table. `before` has a time zone."""
    runs = instance.get_runs(dg.RunsFilter(statuses=list(FINISHED), updated_before=before))
    latest = {
        event.run_id for key in instance.all_asset_keys() if (event := instance.get_latest_materialization_event(key))
    }
    return sorted(run.run_id for run in runs if run.run_id not in latest)


def give_space_back(home: Path) -> int:
    """Write the files of the log anew without their free pages, if they are SQLite. Returns by how many bytes they shrank.

    While another process writes a file it is left as it is: its free pages are used again, and the next time may do it.
    """
    freed = 0
    for file in sorted(home.rglob("*.db")):
        before = _size(file)
        connection = sqlite3.connect(file, timeout=WAIT)
        try:
            connection.execute("vacuum")
            connection.execute("pragma wal_checkpoint(truncate)")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) and "busy" not in str(error):
                raise
        finally:
            connection.close()
        freed += before - _size(file)
    return freed


def _size(file: Path) -> int:
    """Bytes of a file and its log."""
    return sum(path.stat().st_size for path in (file, Path(f"{file}-wal")) if path.exists())
