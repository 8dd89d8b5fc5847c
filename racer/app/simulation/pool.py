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


def in_order(work: Callable[[T], R], items: Iterable[T], jobs: int) -> Iterator[R]:
    """Yield the results of all items, in their order, however many there are.

    The processes end at once when no more is asked for, by an error or Ctrl-C too, and within a
    moment when this process is gone, however it went. They look for garbage after each item, and
    never among what is there before the first: cycles are few and small, and to look for them all
    the time takes a tenth.

    Args:
        work: and its items and results can be pickled.

    Raises:
        PoolError: a process was ended from outside, by want of memory perhaps.
    """
    waiting: deque[Future[R]] = deque()
    with ProcessPoolExecutor(jobs, initializer=_begin_process) as pool:
        try:
            for item in items:
                waiting.append(pool.submit(_work_and_collect, work, item))
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


def _work_and_collect(work: Callable[[T], R], item: T) -> R:
    done = work(item)
    gc.collect()
    return done


def _begin_process() -> None:
    """Leave Ctrl-C, which the terminal sends to all, to who asked; end when that one is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    Thread(target=_end_with_parent, name="parent", daemon=True).start()
    gc.freeze()
    gc.disable()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
