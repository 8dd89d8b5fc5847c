"""Whether who coordinates decrees what the room waits for: its followers look, and leave it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, final

from net import NodeId, NodeView
from racer.play.limits import DUES_LOOK_NS
from racer.play.review.debts import Debt, Debts
from racer.play.review.dues import Outlook, dues_of
from racer.play.review.evidence import Misruling
from racer.play.room.messages import Claim, LapTime
from racer.play.room.room_state import RoomState


class SeesCars(Protocol):
    """Whoever sees the cars of a race."""

    def knows(self, author: NodeId, fact: LapTime | Claim) -> bool:
        """Whether a fact is true for certain."""

    def drives_on(self, number: int) -> bool:
        """Whether a car is seen to be driven, all the time."""


@final
class Overseer:
    """One node's: it looks a few times a second.

    Args:
        length_of: of a lap [m], by key of the circuit; None: not known here (yet).
        cars: as they are seen.
    """

    def __init__(self, length_of: Callable[[str], float | None], cars: SeesCars) -> None:
        self._length_of = length_of
        self._cars = cars
        self._debts = Debts()
        self._looked_ns: int | None = None
        self._debtors: frozenset[NodeId] = frozenset()

    def take_found(self) -> list[tuple[NodeId, Misruling]]:
        """Return who leaves out what it should decree, of those who have come to be shunned."""
        return self._debts.take_found()

    def debtors(
        self, state: RoomState, coordinator: NodeId | None, node: NodeView, now_ns: int
    ) -> frozenset[NodeId]:
        """Return who is to lead nobody for now.

        Args:
            coordinator: who leads us; None: nobody.
            now_ns: by our own clock.
        """
        if self._looked_ns is not None and now_ns - self._looked_ns < DUES_LOOK_NS:
            return self._debtors
        self._looked_ns = now_ns
        is_here = coordinator in state.roster.here_ns and coordinator != node.me
        may_say = node.synced and not lags_behind(state, node)
        due = self._find_dues(state, coordinator, node.race_ns(now_ns)) if may_say else None
        leader = coordinator if is_here else None
        self._debtors = self._debts.debtors(due, leader, now_ns)
        return self._debtors

    def _find_dues(
        self, state: RoomState, coordinator: NodeId | None, race_ns: int
    ) -> frozenset[Debt]:
        seen = Outlook(
            room=state.room,
            facts=state.facts,
            presence=state.roster.presence,
            length_of=self._length_of,
            knows=self._cars.knows,
            drives_on=self._cars.drives_on,
            race_ns=race_ns,
        )
        return dues_of(seen, coordinator, state.owed_lines())


def lags_behind(state: RoomState, node: NodeView) -> bool:
    """Whether most of the others here know decrees that we do not: it is we who are late.

    What one alone says of itself is no excuse: it may be who coordinates.
    """
    others = [each for each in state.roster.here_ns if each != node.me]
    ahead = [each for each in others if node.commit_of(each) > node.commit_of(node.me)]
    return 2 * len(ahead) > len(others)
