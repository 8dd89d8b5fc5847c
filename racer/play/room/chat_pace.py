"""At which pace lines of chat get their places: by the clock of who coordinates.

Its followers hold it to that by clocks of their own (`PlacesSeen`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

from net import Recent
from racer.play.limits import (
    CHAT_APART_MAX,
    CHAT_APART_NS,
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
class _Apart:
    """What somebody may have said apart from us, and has no place yet."""

    saved: int  # of spells that are over
    since_ns: int | None  # it is gone since then; None: it is here …
    back_ns: int  # … since then

    def lines(self, now_ns: int) -> int:
        """Return how many: as it could say, but never more than CHAT_APART_MAX."""
        gone_ns = 0 if self.since_ns is None else max(now_ns - self.since_ns, 0)
        return min(self.saved + gone_ns // CHAT_PLACED_NS, CHAT_APART_MAX)


@final
class SaidApart:
    """How many lines each may have said on its side while the room was in parts, by our own clock.

    They had their places there, at the pace of that side; so they get them at once where they are
    said to us, for CHAT_APART_NS. Each member counts this, for each may be the next to coordinate.
    """

    def __init__(self) -> None:
        # Who came or went last is last.
        self._authors: Recent[NodeId, _Apart] = Recent(ENTRIES_KEPT)

    def on_tick(self, here: Collection[NodeId], now_ns: int) -> None:
        """Note who is here."""
        for node in here:
            known = self._authors.get(node)
            if known is None or known.since_ns is not None:
                saved = 0 if known is None else known.lines(now_ns)
                self._authors.note(node, _Apart(saved, None, now_ns))
            elif known.saved and now_ns - known.back_ns > CHAT_APART_NS:
                known.saved = 0
        for node in [node for node in self._authors if node not in here]:
            known = self._authors[node]
            if known.since_ns is None:
                self._authors.note(node, _Apart(known.saved, now_ns, known.back_ns))

    def lines(self, author: NodeId, now_ns: int) -> int:
        """Return how many lines of an author may yet get their places at once."""
        known = self._authors.get(author)
        return 0 if known is None else known.lines(now_ns)

    def on_placed(self, author: NodeId) -> None:
        """Count a place that it got, whoever gave it. Of who is gone yet, it may still say more."""
        known = self._authors.get(author)
        if known is not None:
            known.saved -= 1 if known.saved > 0 or known.since_ns is not None else 0


@dataclass(slots=True)
class _Queue:
    """The lines of one author."""

    share: PlaceShare
    waiting: int = 0
    lent: int = 0  # due for what it may have said apart


@final
class ChatPace:
    """Each author has CHAT_PLACED_BURST places, and one more each CHAT_PLACED_NS.

    Authors are counted by their keys: a new life has no places of its own. A line that was let
    through once is due until it has its place. Who takes the office over begins anew, but for what
    authors may have said apart.
    """

    def __init__(self) -> None:
        self.apart = SaidApart()
        self._queues: dict[NodeId, _Queue] = {}
        self._due: dict[Dot, bool] = {}  # and whether it was said apart
        self._waiting: set[Dot] = set()

    def forget(self) -> None:
        """Somebody else coordinates."""
        if self._queues:
            self._queues, self._due, self._waiting = {}, {}, set()

    def place(self, unplaced: Collection[Dot], now_ns: int) -> Placing:
        """Say which lines get a place now.

        Args:
            unplaced: all that have none; those of one author in its order.
        """
        self._forget_placed(unplaced)
        passed_over = [dot for dot in unplaced if not self._may_wait(dot, now_ns)]
        for dot in unplaced:
            if dot in self._waiting:
                self._let_through(dot, now_ns)
        return Placing([dot for dot in unplaced if dot in self._due], passed_over)

    def _let_through(self, dot: Dot, now_ns: int) -> None:
        """Make a line that waits due, if it is its turn."""
        queue = self._queues[dot.node]
        is_lent = not queue.share.take(now_ns)
        if is_lent and queue.lent >= self.apart.lines(dot.node, now_ns):
            return
        queue.waiting -= 1
        queue.lent += is_lent
        self._waiting.remove(dot)
        self._due[dot] = is_lent

    def _forget_placed(self, unplaced: Collection[Dot]) -> None:
        for dot in self._due.keys() - set(unplaced):
            self._queues[dot.node].lent -= self._due.pop(dot)
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
    PLACES_SEEN_MAX, earns at the same rate, also in silence and in another history, since it may
    have been apart from who coordinates; and more each time somebody else begins to decree, or the
    same one anew. An entry that comes again is counted once, and is not earned by waiting.
    """

    def __init__(self) -> None:
        self._shares: Recent[NodeId, PlaceShare] = Recent(ENTRIES_KEPT)
        self._epoch = 0
        self._index = -1  # of the newest decree that was counted
        self._short: tuple[int, int] | None = None  # epoch and index of the last that was not
        self._since_ns: int | None = None  # when we entered the first history

    def forget(self, now_ns: int) -> None:
        """Another history is told from its beginning."""
        self._shares.clear()
        self._epoch, self._index, self._short = 0, -1, None
        self._since_ns = now_ns if self._since_ns is None else self._since_ns

    def take(self, author: NodeId, index: int, epoch: int, now_ns: int) -> bool:
        """Count a place that a decree gives; False: it is none of those that it may give now."""
        if index <= self._index or self._short == (epoch, index):
            return index <= self._index
        if epoch > self._epoch:
            self._epoch = epoch
            for known in self._shares.values():
                known.left += PLACES_SEEN_EPOCH  # `take` leaves no more than `most`
        since_ns = now_ns if self._since_ns is None else self._since_ns
        begins = PlaceShare(PLACES_SEEN_MAX + CHAT_APART_MAX, PLACES_SEEN_MAX, since_ns)
        share = self._shares.get(author, begins)
        self._shares.note(author, share)
        if not share.take(now_ns):
            self._short = epoch, index
            return False
        self._index = index
        return True
