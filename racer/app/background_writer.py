"""Writing in a thread of its own: the network waits for no disk, and for no reader."""

from __future__ import annotations

from collections.abc import Callable
from queue import Full, Queue
from threading import Thread
from typing import Final, Generic, TypeVar, final

CLOSE_S: Final = 1.0  # how long the end of a race waits for the disk

T = TypeVar("T")


@final
class BackgroundWriter(Generic[T]):
    """Hands on what it is given, in order, to `write` in a thread, which begins with the first.

    Args:
        name: of the thread.
        write: may wait for the disk, or a reader; it must not raise.
        waiting_max: what may wait; what is held up beyond that is dropped.
    """

    def __init__(self, name: str, write: Callable[[T], None], waiting_max: int) -> None:
        self._name = name
        self._write = write
        self._waiting: Queue[T | None] = Queue(waiting_max)
        self._thread: Thread | None = None

    def put(self, what: T) -> bool:
        """Write this, soon. Returns False where it is dropped, for too much waits."""
        if self._thread is None:
            self._thread = Thread(target=self._run_thread, name=self._name, daemon=True)
            self._thread.start()
        try:
            self._waiting.put_nowait(what)
        except Full:
            return False
        return True

    def flush(self) -> None:
        """Wait until all is written."""
        self._waiting.join()

    def drain(self, patience_s: float) -> int:
        """Wait until all is written, for as long as it gets on.

        Returns:
            How much is not, where nothing more was in `patience_s`.
        """
        waiting = self._waiting
        with waiting.all_tasks_done:
            while left := waiting.unfinished_tasks:
                waiting.all_tasks_done.wait(patience_s)
                if waiting.unfinished_tasks == left:
                    return left
        return 0

    def close(self) -> int:
        """Write what waits, and end the thread; put nothing after. Waits for CLOSE_S at most.

        Returns:
            How much was not written by then.
        """
        if self._thread is None:
            return 0
        try:
            self._waiting.put(None, timeout=CLOSE_S)
        except Full:
            return self._waiting.unfinished_tasks
        self._thread.join(CLOSE_S)
        return self._waiting.unfinished_tasks - 1 if self._thread.is_alive() else 0

    def _run_thread(self) -> None:
        while (what := self._waiting.get()) is not None:
            self._write(what)
            self._waiting.task_done()
        self._waiting.task_done()
