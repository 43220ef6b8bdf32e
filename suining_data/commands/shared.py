"""What all commands share: the console, the error for users, and the linked warehouse.

Here: console, Mistake, linked_warehouse. Not here: the commands.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import duckdb
from rich.console import Console

from suining_data.settings import settings

SubjectName = Literal["person", "organization"]
WIDTH_OF_PIPES = 200  # characters: a table in a file or a pipe is cut at 80 otherwise
console = Console(width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else WIDTH_OF_PIPES)


class Mistake(Exception):
    """A mistake that the user can correct; printed without a traceback."""


NOTHING_LINKED = "还没有关联结果：先运行 suining refresh (nothing is linked yet: run `suining refresh` first)"


@contextmanager
def linked_warehouse(*, writing: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse, read-only or for writing. Raises Mistake if nothing is linked yet, WarehouseBusy while another run
    has the lock.
    """
    from suining_data.warehouse import open_warehouse, read_warehouse, table_exists

    config = settings()
    if not config.warehouse.exists():
        raise Mistake(NOTHING_LINKED)
    if not writing:
        with read_warehouse(config) as con:
            if not table_exists(con, "linked.review"):
                raise Mistake(NOTHING_LINKED)
            yield con
        return
    with open_warehouse(config) as con:
        if not table_exists(con, "linked.review"):
            raise Mistake(NOTHING_LINKED)
        yield con
