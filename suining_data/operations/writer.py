"""The thread that writes beside the run's: it takes the largest of what waits, and what waits can be taken from it.

Here: the queue and the thread. Not here: what is written, and when it may be (ahead.py).
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from queue import PriorityQueue
from typing import Any

WRITERS = 1  # two are no faster on two cores, and the run's thread writes too, where its turn comes first


class Writer:
    """Work done by size. Whoever cancels a future before it is running has taken its work over."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(WRITERS, thread_name_prefix="ahead")
        self._waiting: PriorityQueue[tuple[int, int, Future[Any], Callable[[], object]]] = PriorityQueue()
        self._number = count()

    def submit(self, size: int, do: Callable[[], object]) -> Future[Any]:
        """Small work is done last, for the run's thread, which logs the tables one by one, comes to it in between."""
        future: Future[Any] = Future()
        self._waiting.put((-size, next(self._number), future, do))
        self._pool.submit(self._do_largest)
        return future

    def stop(self, *, wait: bool) -> None:
        """Nothing more is begun; `wait` for what is under way."""
        self._pool.shutdown(wait=wait, cancel_futures=True)

    def _do_largest(self) -> None:
        _, _, future, do = self._waiting.get_nowait()
        if future.set_running_or_notify_cancel():
            try:
                future.set_result(do())
            except BaseException as error:  # noqa: BLE001  # raised where the result is asked for
                future.set_exception(error)
