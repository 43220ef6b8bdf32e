"""What the commands about linkage share: the linked warehouse, and the names of its subjects.

Here: linked_warehouse. Not here: the commands, the console (display.py), the errors (errors.py).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import duckdb

from suining_data.commands.errors import Mistake
from suining_data.settings import settings

SubjectName = Literal["person", "organization"]


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
