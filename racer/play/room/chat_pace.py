"""At which pace lines of chat get their places: by the clock of who coordinates.

Its followers hold it to that by clocks of their own (`PlacesSeen`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

from racer.play.limits import (
    CHAT_PLACED_BURST,
    CHAT_PLACED_NS,
    CHAT_WAITING_MAX,
    ENTRIES_KEPT,
    PLACES_SEEN_EPOCH,
    PLACES_SEEN_MAX,
)

if TYPE_CHECKING:
    from net import Dot, NodeId


@dataclass(frozen=True, slots=True)
class Placing:
    """What becomes of lines that have no place."""

    due: list[Dot]  # get one now
    passed_over: list[Dot]  # are of authors of whom too many wait; they are dropped


@dataclass(slots=True)
class PlaceShare:
    """The places of one author: so many at most, and one more each CHAT_PLACED_NS."""

    most: int
    left: int
    earned_ns: int  # up to when those were counted that it has earned

    def take(self, now_ns: int) -> bool:
        """Take a place; False: none is left."""
        earned = max(now_ns - self.earned_ns, 0) // CHAT_PLACED_NS
        self.earned_ns += earned * CHAT_PLACED_NS
        self.left = min(self.left + earned, self.most)
        if self.left == 0:
            return False
        self.left -= 1
        return True


@dataclass(slots=True)
class _Queue:
    """The lines of one author."""

    share: PlaceShare
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
            if dot in self._waiting and self._queues[dot.node].share.take(now_ns):
                self._queues[dot.node].waiting -= 1
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
        queue = self._queues.get(dot.node)
        if queue is None:
            share = PlaceShare(CHAT_PLACED_BURST, CHAT_PLACED_BURST, now_ns)
            queue = self._queues[dot.node] = _Queue(share)
        if queue.waiting >= CHAT_WAITING_MAX + queue.share.left:
            return False
        queue.waiting += 1
        self._waiting.add(dot)
        return True


@final
class PlacesSeen:
    """Counts at a follower which places who coordinates gives each author, by our own clock.

    No author earns less here than there, however late and bunched decrees come: it begins with
    PLACES_SEEN_MAX, earns at the same rate, and more each time somebody else begins to decree, or
    the same one anew. An entry that comes again is counted once, and is not earned by waiting.
    """

    def __init__(self) -> None:
        self._shares: dict[NodeId, PlaceShare] = {}  # the newest last
        self._epoch = 0
        self._index = -1  # of the newest decree that was counted
        self._short: tuple[int, int] | None = None  # epoch and index of the last that was not

    def forget(self) -> None:
        """Another history is told from its beginning."""
        self._shares, self._epoch, self._index, self._short = {}, 0, -1, None

    def take(self, author: NodeId, index: int, epoch: int, now_ns: int) -> bool:
        """Count a place that a decree gives; False: it is none of those that it may give now."""
        if index <= self._index or self._short == (epoch, index):
            return index <= self._index
        if epoch > self._epoch:
            self._epoch = epoch
            for known in self._shares.values():
                known.left += PLACES_SEEN_EPOCH  # `take` leaves no more than `most`
        share = self._shares.pop(author, PlaceShare(PLACES_SEEN_MAX, PLACES_SEEN_MAX, now_ns))
        self._shares[author] = share
        if len(self._shares) > ENTRIES_KEPT:
            del self._shares[next(iter(self._shares))]
        if not share.take(now_ns):
            self._short = epoch, index
            return False
        self._index = index
        return True
