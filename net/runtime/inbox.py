"""What other threads hand to the loop: a bounded queue, and a pipe that wakes the selector."""

from __future__ import annotations

import os
from collections import deque
from dataclasses import dataclass
from threading import Lock
from typing import ClassVar, Generic, TypeVar, final

from net.counters import Counters, loss

T = TypeVar("T")


@dataclass(slots=True)
class InboxCounters(Counters):
    """What was not taken."""

    part: ClassVar[str] = "inbox"
    full: int = 0
    closed: int = loss()  # it came when the loop had ended


@final
class Inbox(Generic[T]):
    """Put from any thread, take in one."""

    def __init__(self, items_max: int) -> None:
        self.counters = InboxCounters()
        self._items: deque[T] = deque()
        self._items_max = items_max
        self._lock = Lock()
        self._woken = False
        self._closed = False
        self._ear, self._mouth = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def fileno(self) -> int:
        """Return what a selector watches: readable while there is something to take."""
        return self._ear

    def put(self, item: T) -> None:
        """Hand over an item; the newest is dropped where there is no room."""
        with self._lock:
            if self._closed:
                self.counters.closed += 1
            elif len(self._items) >= self._items_max:
                self.counters.full += 1
            else:
                self._items.append(item)
                self._wake_selector()

    def wake(self) -> None:
        """Have the selector return, with nothing to take."""
        with self._lock:
            if not self._closed:
                self._wake_selector()

    def take(self) -> list[T]:
        """Return all that was put, in order."""
        with self._lock:
            if self._woken:
                os.read(self._ear, 1)
                self._woken = False
            items = list(self._items)
            self._items.clear()
        return items

    def close(self) -> None:
        """Drop what comes from now on. The numbers of the pipe may soon belong to others."""
        with self._lock:
            if not self._closed:
                self._closed = True
                os.close(self._ear)
                os.close(self._mouth)

    def _wake_selector(self) -> None:
        if not self._woken:
            self._woken = True
            os.write(self._mouth, b"\0")
