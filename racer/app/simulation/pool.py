"""Work for several processes, whose results come in order, and which end with who asked for it."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from threading import Thread
from typing import Final, Generic, TypeVar, final

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

    This process has no lock and no thread for it. Where Ctrl-C comes just when the main thread has
    taken a lock, that lock stays taken, and who waits for it next waits for ever: so it went with
    the futures of the standard library, once in some thousand times.

    Args:
        work: and its items and results can be pickled.

    Raises:
        PoolError: a process was ended from outside, by want of memory perhaps.
    """
    workers = [_Worker(work) for _ in range(jobs)]
    try:
        yield from _results_in_order(workers, enumerate(items))
    finally:
        for worker in workers:
            worker.end()


def _results_in_order(workers: list[_Worker[T, R]], items: Iterator[tuple[int, T]]) -> Iterator[R]:
    idle = list(workers)
    busy: dict[object, tuple[_Worker[T, R], int]] = {}  # by the pipe that the result comes from
    done: dict[int, R] = {}
    following = 0
    while True:
        while idle and len(done) < AHEAD * len(workers) and (item := next(items, None)) is not None:
            worker = idle.pop()
            worker.begin(item[1])
            busy[worker.pipe] = worker, item[0]
        if not busy:
            return
        for pipe in wait([worker.pipe for worker, _ in busy.values()]):
            worker, number = busy.pop(pipe)
            idle.append(worker)
            done[number] = worker.result()
        while following in done:
            yield done.pop(following)
            following += 1


@dataclass(frozen=True, slots=True)
class _Done(Generic[R]):
    result: R


@dataclass(frozen=True, slots=True)
class _Raised:
    error: Exception


@final
class _Worker(Generic[T, R]):
    """A process that does one item at a time."""

    def __init__(self, work: Callable[[T], R]) -> None:
        self.pipe, theirs = multiprocessing.Pipe()
        self._process = multiprocessing.Process(
            target=_serve_items, args=(work, theirs), daemon=True
        )
        self._process.start()
        theirs.close()  # so that the pipe ends with the process

    def begin(self, item: T) -> None:
        with _told_of_its_end():
            self.pipe.send(item)

    def result(self) -> R:
        with _told_of_its_end():
            told: _Done[R] | _Raised = self.pipe.recv()
        match told:
            case _Done(result):
                return result
            case _Raised(error):
                raise error

    def end(self) -> None:
        self._process.kill()
        self._process.join()
        self.pipe.close()


@contextmanager
def _told_of_its_end() -> Iterator[None]:
    try:
        yield
    except (EOFError, ConnectionError):
        raise PoolError("a process was ended from outside, perhaps for memory") from None


def _serve_items(work: Callable[[T], R], pipe: Connection) -> None:
    """Leave Ctrl-C, which the terminal sends to all, to who asked; end when that one is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    Thread(target=_end_with_parent, name="parent", daemon=True).start()
    gc.freeze()
    gc.disable()
    with suppress(EOFError):  # who asked is gone
        while True:
            pipe.send(_work_once(work, pipe.recv()))
            gc.collect()


def _work_once(work: Callable[[T], R], item: T) -> _Done[R] | _Raised:
    try:
        return _Done(work(item))
    except Exception as error:  # noqa: BLE001 - it is raised again where the result is wanted
        error.add_note(traceback.format_exc())
        return _Raised(error)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
