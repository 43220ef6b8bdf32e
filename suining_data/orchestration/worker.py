"""The worker thread of a run, and its queue: the largest table first.

Here: the queue and the thread. Not here: which table may be written, and when (scheduler.py).
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from queue import PriorityQueue
from typing import Any

WORKERS = 1  # two are no faster on two cores, because the run's thread writes tables too


class Worker:
    """Runs the submitted work in its thread, the largest first. If a caller cancels a future that has not begun, the
    caller does the work itself.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="worker")
        self._queue: PriorityQueue[tuple[int, int, Future[Any], Callable[[], object]]] = PriorityQueue()
        self._number = count()

    def submit(self, size: int, work: Callable[[], object]) -> Future[Any]:
        """Queue the work. Small work comes last: the run's thread reaches most of it before the worker does."""
        future: Future[Any] = Future()
        self._queue.put((-size, next(self._number), future, work))
        self._pool.submit(self._run_largest)
        return future

    def stop(self, *, wait: bool) -> None:
        """Start no further work. With `wait`, return when the running work is done."""
        self._pool.shutdown(wait=wait, cancel_futures=True)

    def _run_largest(self) -> None:
        _, _, future, work = self._queue.get_nowait()
        if future.set_running_or_notify_cancel():
            try:
                future.set_result(work())
            except BaseException as error:  # noqa: BLE001  # future.result() raises it again
                future.set_exception(error)
