"""What other threads hand to the loop: a bounded queue, and two sockets that wake the selector."""

from __future__ import annotations

import socket
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


@dataclass(slots=True)
class FindingsCounters(Counters):
    """The same of what discovery found: that is strangers' word, and crowds out no command."""

    part: ClassVar[str] = "findings"
    full: int = 0
    closed: int = loss()


@final
class Inbox(Generic[T]):
    """Put from any thread, take in one."""

    def __init__(
        self, items_max: int, counters: InboxCounters | FindingsCounters | None = None
    ) -> None:
        self.counters = counters or InboxCounters()
        self._items: deque[T] = deque()
        self._items_max = items_max
        self._lock = Lock()
        self._woken = False
        self._closed = False
        # Not a pipe: Windows selects sockets only.
        self._ear, self._mouth = socket.socketpair()
        for end in (self._ear, self._mouth):
            end.setblocking(False)

    def fileno(self) -> int:
        """Return what a selector watches: readable while there is something to take."""
        return self._ear.fileno()

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
                self._ear.recv(1)
                self._woken = False
            items = list(self._items)
            self._items.clear()
        return items

    def close(self) -> None:
        """Drop what comes from now on. Their numbers may soon belong to others."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._ear.close()
                self._mouth.close()

    def _wake_selector(self) -> None:
        if not self._woken:
            self._woken = True
            self._mouth.send(b"\0")
