"""Lines of chat as their authors wrote them, until decrees and checkpoints are done with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, final

from racer.play.limits import CHAT_QUIET_US, CHAT_SHOWN
from racer.play.room.chat_allowance import ChatAllowance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from net import Dot, Member
    from racer.play.room.fold import FactsFold
    from racer.play.room.room import Room


@dataclass(frozen=True, slots=True)
class Line:
    """A line of chat as its author wrote it."""

    dot: Dot
    text: str


@final
class ChatLines:
    """Keeps an order, that of delivery, which is causal: the coordinator decrees it."""

    def __init__(self, lines: Sequence[Line] = ()) -> None:
        self.all: dict[Dot, Line] = {line.dot: line for line in lines}
        self._unordered = dict.fromkeys(self.all)  # what of them has no place yet, at least
        self._unordered_in: Room | None = None  # and where
        self._floods: dict[Member, ChatAllowance] = {}

    @classmethod
    def begin_from(cls, fold: FactsFold) -> ChatLines:
        """Return the lines of a fold."""
        lines = cls([Line(dot, text) for dot, text in fold.lines])
        lines._floods = {member: ChatAllowance(us, left) for member, us, left in fold.floods}
        return lines

    def add(self, line: Line, race_us: int) -> bool:
        """Take a line. Returns False where its author has said too many lately."""
        if not self._spend_allowance(line.dot.member, race_us):
            return False
        self.all[line.dot] = line
        self._unordered[line.dot] = None
        return True

    def unordered(self, room: Room) -> list[Dot]:
        """Return the lines that no decree of the room has put in their place, as delivered.

        Asked at every tick, so it does not go through all that was ever said.
        """
        if self._unordered_in is not room:
            self._unordered_in, self._unordered = room, dict.fromkeys(self.all)
        for dot in [dot for dot in self._unordered if room.is_ordered(dot)]:
            del self._unordered[dot]
        return list(self._unordered)

    def kept(self, room: Room) -> tuple[tuple[Dot, str], ...]:
        """Return the newest lines that have a place, and all that have none."""
        shown = set([dot for dot in room.chat if dot in self.all][-CHAT_SHOWN:])
        return tuple(
            (dot, line.text)
            for dot, line in self.all.items()
            if dot in shown or not room.is_ordered(dot)
        )

    def kept_allowances(self) -> tuple[tuple[Member, int, int], ...]:
        """Return who has said something lately, when, and what is left to it."""
        standing = {member: each.standing for member, each in self._floods.items()}
        newest_us = max((us for us, _ in standing.values()), default=0)
        return tuple(
            (member, *standing[member])
            for member in sorted(standing)
            if standing[member][0] > newest_us - CHAT_QUIET_US
        )

    def _spend_allowance(self, author: Member, race_us: int) -> bool:
        """Hold a life to the flood bound.

        Each apart: only within one do operations come in one order, and by one race clock.
        """
        allowance = self._floods.get(author)
        if allowance is None:
            allowance = self._floods[author] = ChatAllowance(race_us)
        return allowance.spend(race_us)
