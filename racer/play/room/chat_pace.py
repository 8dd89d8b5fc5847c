"""At which pace lines of chat get their places: by the clock of who coordinates."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

from racer.play.limits import CHAT_PLACED_BURST, CHAT_PLACED_NS, CHAT_WAITING_MAX

if TYPE_CHECKING:
    from net import Dot, NodeId


@dataclass(frozen=True, slots=True)
class Placing:
    """What becomes of lines that have no place."""

    due: list[Dot]  # get one now
    passed_over: list[Dot]  # are of authors of whom too many wait; they are dropped


@dataclass(slots=True)
class _Queue:
    """The lines of one author."""

    earned_ns: int  # up to when the places were counted that it has earned
    places: int = CHAT_PLACED_BURST
    waiting: int = 0


@final
class ChatPace:
    """Each author has CHAT_PLACED_BURST places, and one more each CHAT_PLACED_NS.

    Authors are counted by their keys: a new life has no places of its own. A line that was let
    through once is due until it has its place. Who takes the office over begins anew.
    """

    def __init__(self) -> None:
        self._queues: dict[NodeId, _Queue] = {}
        self._due: set[Dot] = set()
        self._waiting: set[Dot] = set()

    def forget(self) -> None:
        """Somebody else coordinates."""
        if self._queues:
            self._queues, self._due, self._waiting = {}, set(), set()

    def place(self, unplaced: Collection[Dot], now_ns: int) -> Placing:
        """Say which lines get a place now.

        Args:
            unplaced: all that have none; those of one author in its order.
        """
        self._forget_placed(unplaced)
        passed_over = [dot for dot in unplaced if not self._may_wait(dot, now_ns)]
        for dot in unplaced:
            if dot in self._waiting and self._spend_place(self._queues[dot.node], now_ns):
                self._waiting.remove(dot)
                self._due.add(dot)
        return Placing([dot for dot in unplaced if dot in self._due], passed_over)

    def _forget_placed(self, unplaced: Iterable[Dot]) -> None:
        self._due.intersection_update(unplaced)
        for dot in sorted(self._waiting.difference(unplaced)):
            self._waiting.remove(dot)
            self._queues[dot.node].waiting -= 1

    def _may_wait(self, dot: Dot, now_ns: int) -> bool:
        """Whether a line is due, or waits, or may wait from now on."""
        if dot in self._due or dot in self._waiting:
            return True
        queue = self._queues.setdefault(dot.node, _Queue(now_ns))
        if queue.waiting >= CHAT_WAITING_MAX + queue.places:
            return False
        queue.waiting += 1
        self._waiting.add(dot)
        return True

    def _spend_place(self, queue: _Queue, now_ns: int) -> bool:
        earned = max(now_ns - queue.earned_ns, 0) // CHAT_PLACED_NS
        queue.earned_ns += earned * CHAT_PLACED_NS
        queue.places = min(queue.places + earned, CHAT_PLACED_BURST)
        if queue.places == 0:
            return False
        queue.places -= 1
        queue.waiting -= 1
        return True
