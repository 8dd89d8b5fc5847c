"""Work for several processes, whose results come in order, and which end with who asked for it."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from threading import Thread
from typing import Final, TypeVar

from net import NetError

T = TypeVar("T")
R = TypeVar("R")

AHEAD: Final = 64  # results a process that wait for a slow one before them; then others wait, too


class PoolError(NetError):
    """A process was ended from outside."""


def in_order(
    work: Callable[[T], R], items: Iterable[T], jobs: int, begin: Callable[[], object] | None = None
) -> Iterator[R]:
    """Yield the results of all items, in their order, however many there are.

    The processes end at once when no more is asked for, by an error or Ctrl-C too, and within a
    moment when this process is gone, however it went.

    Args:
        work: and its items and results can be pickled.
        begin: is called once in each process.

    Raises:
        PoolError: a process was ended from outside, by want of memory perhaps.
    """
    waiting: deque[Future[R]] = deque()
    with ProcessPoolExecutor(jobs, initializer=_begin_process, initargs=(begin,)) as pool:
        try:
            for item in items:
                waiting.append(pool.submit(work, item))
                if len(waiting) >= AHEAD * jobs:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool:
            raise PoolError("a process was ended from outside, perhaps for memory") from None
        except BaseException:
            for process in multiprocessing.active_children():
                process.terminate()
            raise


def spare_garbage() -> None:
    """Have a process look for garbage when it is told to, and never among what is there now.

    Cycles of garbage are few and small; to look for them all the time takes a tenth.
    """
    gc.freeze()
    gc.disable()


def _begin_process(begin: Callable[[], object] | None) -> None:
    """Leave Ctrl-C, which the terminal sends to all, to who asked; end when that one is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    Thread(target=_end_with_parent, name="parent", daemon=True).start()
    if begin is not None:
        begin()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
