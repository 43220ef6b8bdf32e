"""`suining refresh` of one small resource, run as a process that tests may stop, kill or starve.

python -m suining_data_tests.end_to_end.refusals.small_refresh [die|pause module.function]
"die" kills the process with SIGKILL where it would call the function; "pause" makes a file `paused` in the data folder
and waits there until it is gone.
"""

import importlib
import os
import signal
import sys
import time
from typing import Any

from suining_data.catalog import Catalog, Unit
from suining_data.orchestration import pipeline
from suining_data.settings import settings
from suining_data_tests.end_to_end.refusals.deliveries import residents

UNIT = Unit(id="public_security", name="市公安局", origin="department", resources=[residents()])


def die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def stop_in(what: str, place: str) -> None:
    """Replace the function by one that dies, or by one that waits and then does its work."""
    module, name = place.rsplit(".", 1)
    home = importlib.import_module(module)
    function = getattr(home, name)

    def pause(*arguments: Any, **options: Any) -> Any:
        flag = settings().data / "paused"
        flag.touch()
        while flag.exists():
            time.sleep(0.02)
        return function(*arguments, **options)

    setattr(home, name, die if what == "die" else pause)


if __name__ == "__main__":
    pipeline.load_catalog = lambda: Catalog((UNIT,))  # type: ignore[assignment]
    pipeline.load_models = list  # type: ignore[assignment]
    pipeline.linked_tables = lambda *_: []  # type: ignore[assignment]
    snapshot_of = pipeline.snapshot_step
    pipeline.snapshot_step = lambda models, others: snapshot_of(models, [*others, f"staged.{residents().id}"])
    if len(sys.argv) > 1:
        stop_in(*sys.argv[1:])
    sys.argv = ["suining", "refresh"]
    from suining_data.cli import main

    main()
