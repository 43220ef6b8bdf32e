"""A run as Dagster's UI starts it, of one table, in a process of its own.

python -m suining_data_tests.orchestration.small_run
While it writes the table it makes a file `begun` in the data folder, and waits as long as a file `paused` is there.
"""

import sys
import time
from dataclasses import replace

from suining_data.orchestration.step import Context, WriteResult
from suining_data_tests.orchestration.tables import run, table


def write(context: Context) -> WriteResult:
    (context.settings.data / "begun").touch()
    while (context.settings.data / "paused").exists():
        time.sleep(0.02)
    return STEP.write(context)


STEP = table("a", 1)

if __name__ == "__main__":
    sys.exit(not run(replace(STEP, write=write), log_level="INFO").success)
