"""Virtual time: what is to happen, in order of its time, and of its asking within one."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import final


@final
class EventQueue:
    """Time stands still but in `run_next`, which leaps to the next event."""

    def __init__(self) -> None:
        self.now_ns = 0
        self._queue: list[tuple[int, int, Callable[[], None]]] = []
        self._order = 0

    @property
    def next_ns(self) -> int | None:
        """When the next thing happens; None: nothing will."""
        return self._queue[0][0] if self._queue else None

    def at(self, when_ns: int, what: Callable[[], None]) -> None:
        """Do something at a time."""
        self._order += 1
        heappush(self._queue, (when_ns, self._order, what))

    def run_next(self, until_ns: int) -> bool:
        """Do what is next; if that is after `until_ns`, let the time until then pass instead.

        Returns:
            Whether anything was done.
        """
        if not self._queue or self._queue[0][0] > until_ns:
            self.now_ns = until_ns
            return False
        self.now_ns, _, what = heappop(self._queue)
        what()
        return True
