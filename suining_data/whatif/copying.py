"""A throwaway copy of the warehouse, open for writing.

Here: making the copy and removing it, whatever ends the command. Not here: what runs in it (prediction.py).

The copy is in warehouse/whatif/, and one command at a time may have it. Its name is removed as soon as it is open, so that
the system frees its space even when the process is killed; what a kill during the copying leaves, the next command removes.
"""

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from suining_data.orchestration import state
from suining_data.settings import Settings
from suining_data.warehouse import WarehouseBusy

FOLDER = "whatif"
AT_ONCE = 1 << 30
CANNOT_SHARE = (errno.EXDEV, errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP)


@contextmanager
def throwaway_folder(settings: Settings) -> Iterator[Settings]:
    """The settings of an empty data folder that is removed at the end. Raises WarehouseBusy while another command has it."""
    folder = settings.warehouse.parent / FOLDER
    with folder.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WarehouseBusy(settings) from None
        shutil.rmtree(folder, ignore_errors=True)
        try:
            yield settings.model_copy(update={"data": folder})
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def copy_warehouse(settings: Settings, copy: Settings) -> None:
    """Copy the file, and its log if there is one; call it under the lock of the warehouse."""
    copy.warehouse.parent.mkdir(parents=True)
    size = settings.warehouse.stat().st_size
    if shutil.disk_usage(copy.warehouse.parent).free < size:
        raise OSError(errno.ENOSPC, f"No space left on device: the copy needs {size / 1e9:.1f} GB", str(copy.warehouse))
    for file in (settings.warehouse, settings.warehouse.with_name(f"{settings.warehouse.name}.wal")):
        if file.exists():
            _copy(file, copy.warehouse.parent / file.name)


@contextmanager
def open_copy(copy: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The copied warehouse for writing. Nothing else can open it."""
    with state.open_for_refresh(copy) as con:
        con.execute("pragma disable_checkpoint_on_shutdown")
        copy.warehouse.unlink()
        yield con


def _copy(file: Path, to: Path) -> None:
    """Copy a file inside the system; a file system that can share blocks does that instead."""
    with file.open("rb") as source, to.open("wb") as target:
        try:
            while os.copy_file_range(source.fileno(), target.fileno(), AT_ONCE):
                pass
        except OSError as error:
            if error.errno not in CANNOT_SHARE:
                raise
            shutil.copyfile(file, to)
