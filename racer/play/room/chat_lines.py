"""Lines of chat as their authors wrote them, until decrees and checkpoints are done with them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import fsum
from typing import TYPE_CHECKING, final

from racer.play.limits import (
    CHAT_PENDING_NS,
    CHAT_PLACED_BURST,
    CHAT_SHOWN,
    CHAT_WAITING_KEPT,
    CHAT_WAITING_MAX,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Sequence

    from net import Dot, Member, NodeId
    from racer.play.room.room import Room


@dataclass(frozen=True, slots=True)
class Line:
    """A line of chat as its author wrote it."""

    dot: Dot
    text: str


@final
class ChatLines:
    """Keeps an order, that of delivery, which is causal: the coordinator decrees it.

    A line counts by its place alone. One that has none when a later one of its life has got one,
    or for CHAT_PENDING_NS by our own clock while it is its turn, waits no more here.
    """

    def __init__(self, lines: Sequence[Line] = ()) -> None:
        self.all: dict[Dot, Line] = {line.dot: line for line in lines}
        self._unplaced = dict.fromkeys(self.all, 0)  # since when each waits; 0: it is new
        self._unplaced_in: Room | None = None  # and where
        self._placed_before: set[Dot] = set()  # of these, which had a place where we were before

    def add(self, line: Line) -> None:
        self.all[line.dot] = line
        self._unplaced[line.dot] = 0

    def unplaced(self, room: Room) -> list[Dot]:
        """Return the lines that wait for a place in the room, as delivered.

        Asked at every tick, so it does not go through all that was ever said.
        """
        if self._unplaced_in is not room:
            self._unplaced_in, self._unplaced = room, dict.fromkeys(self.all, 0)
        for dot in [dot for dot in self._unplaced if room.is_ordered(dot)]:
            del self._unplaced[dot]
        return list(self._unplaced)

    def leave(self, room: Room) -> None:
        """Note that another history begins, in which its lines may have no place yet."""
        self._placed_before = self._placed_before.union(room.chat).intersection(self.all)

    def begin_from(self, lines: Sequence[Line]) -> ChatLines:
        """Return these lines instead of our own."""
        begun = ChatLines(lines)
        begun._placed_before = self._placed_before
        return begun

    def pending(self, room: Room) -> list[Dot]:
        """Return those of them that may be shown: of each author no more than get one at once.

        What was shown in its place before is shown on.
        """
        shown: list[Dot] = []
        of_author: Counter[NodeId] = Counter()
        for dot in self.unplaced(room):
            of_author[dot.node] += 1
            if of_author[dot.node] <= CHAT_PLACED_BURST or dot in self._placed_before:
                shown.append(dot)
        return shown

    def pass_over(self, dots: Iterable[Dot]) -> None:
        """Let lines wait no more."""
        for dot in dots:
            self._unplaced.pop(dot, None)

    def drop_overdue(self, room: Room, now_ns: int) -> list[Dot]:
        """Let those wait no more that get no place now; return them."""
        overdue: list[Dot] = []
        unplaced = self.unplaced(room)
        reached = self._reached_in(room) if unplaced else {}
        of_author: Counter[NodeId] = Counter()
        for dot in unplaced:
            of_author[dot.node] += 1
            if CHAT_PLACED_BURST < of_author[dot.node] <= CHAT_WAITING_MAX:
                since_ns = now_ns  # it waits for those before it
            else:
                since_ns = self._unplaced[dot] = self._unplaced[dot] or now_ns
            if dot.n < reached.get(dot.member, 0) or now_ns - since_ns > CHAT_PENDING_NS:
                overdue.append(dot)
        self.pass_over(overdue)
        return overdue

    def kept(self, room: Room) -> tuple[tuple[Dot, str], ...]:
        """Return the newest lines that have a place, and those that may get one."""
        kept = set([dot for dot in room.chat if dot in self.all][-CHAT_SHOWN:])
        reached = self._reached_in(room)
        waiting: dict[NodeId, list[Dot]] = {}
        for dot in self.all:
            if not room.is_ordered(dot) and dot.n > reached.get(dot.member, 0):
                waiting.setdefault(dot.node, []).append(dot)
        most = _most_of_each([len(dots) for dots in waiting.values()])
        for dots in waiting.values():
            kept.update(dots[:most])
        return tuple((dot, line.text) for dot, line in self.all.items() if dot in kept)

    def _reached_in(self, room: Room) -> dict[Member, int]:
        """Return of each life the last line that has a place, so that those before get none.

        Only of what was said: a place may be given far ahead of what its author will ever say.
        """
        reached: dict[Member, int] = {}
        for dot in room.chat:
            if dot in self.all:
                reached[dot.member] = max(reached.get(dot.member, 0), dot.n)
        return reached


@final
class LinesHeard:
    """Which lines of chat have waited since they came here, one of each author.

    Of whom more wait than get a place at once some may get none, by the pace of who coordinates;
    nor does anybody know of how many that was so before a checkpoint.
    """

    def __init__(self) -> None:
        self._heard: dict[Dot, None] = {}
        self._crowded: set[NodeId] = set()

    def hear(self, dot: Dot) -> None:
        """Take a line that has come."""
        self._heard[dot] = None

    def forget(self) -> None:
        """Begin anew: lines come as a checkpoint, or another history, has them."""
        self._heard.clear()
        self._crowded.clear()

    def owed(self, unplaced: Collection[Dot], excepted: Container[NodeId]) -> list[Dot]:
        """Return of each author the first line that waits, where that should get its place.

        Args:
            unplaced: all that have none, as delivered.
            excepted: whose lines get none.
        """
        waiting = Counter(dot.node for dot in unplaced)
        self._crowded = {
            node
            for node, count in waiting.items()
            if node in self._crowded or count > CHAT_PLACED_BURST
        }
        self._heard = {dot: None for dot in unplaced if dot in self._heard}
        firsts: dict[NodeId, Dot] = {}
        for dot in unplaced:
            firsts.setdefault(dot.node, dot)
        return [
            dot
            for node, dot in firsts.items()
            if dot in self._heard and node not in self._crowded and node not in excepted
        ]


def _most_of_each(waiting: Collection[int]) -> int:
    """Return how many lines of each author a checkpoint keeps, of so many that wait."""
    most = CHAT_WAITING_MAX
    while fsum(min(count, most) for count in waiting) > CHAT_WAITING_KEPT:
        most -= 1
    return most
