"""Reads a lineage's log out: what counts by now, who coordinates, and when it is over for us."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias, assert_never, final

from net.cluster.voter import Voter
from net.ids import LineageId, Member
from net.limits import STEP_DOWN_NS
from net.node.lineage.succession import Succession
from net.node.program import Committed, CoordinatorChanged
from net.state_table import StateTable


class Membership(Enum):
    """What one life is in one lineage."""

    LEARNER = "learner"
    MEMBER = "member"
    ENDING = "ending"
    OUT = "out"


class MembershipEvent(Enum):
    """What moves it."""

    ADDED = "in the list of members"
    REMOVED = "no more in the committed list"
    YIELDED = "Yield is committed"
    RELEASED = "nobody waits for us to tell of it"
    STRANDED = "no coordinator, or a better one elsewhere"


_M, _E = Membership, MembershipEvent
MEMBERSHIP: Final = StateTable(
    _M.LEARNER,
    {
        (_M.LEARNER, _E.ADDED): _M.MEMBER,
        (_M.LEARNER, _E.YIELDED): _M.ENDING,
        (_M.LEARNER, _E.STRANDED): _M.OUT,
        (_M.MEMBER, _E.REMOVED): _M.OUT,
        (_M.MEMBER, _E.YIELDED): _M.ENDING,
        (_M.MEMBER, _E.STRANDED): _M.OUT,
        (_M.ENDING, _E.RELEASED): _M.OUT,
        (_M.ENDING, _E.STRANDED): _M.OUT,
    },
)


@dataclass(frozen=True, slots=True)
class LineageLost:
    """We are out of this lineage: look for another, `into` before any."""

    into: LineageId | None


Reading: TypeAlias = Committed | CoordinatorChanged | LineageLost


@final
class LineageReadout:
    """How far one life has told its program of the log, and what it is in it."""

    def __init__(self, voter: Voter, succession: Succession) -> None:
        self._voter = voter
        self._succession = succession
        self._told = voter.log.folded
        self._acted_on = 0  # what had been told when we last looked for what to decree
        self._told_coordinator: tuple[LineageId, Member | None, int] | None = None
        self._followed: LineageId | None = None  # of the last coordinator that we accepted
        self._membership = MEMBERSHIP.initial
        self._yield_ns = 0  # when our Yield was committed

    @property
    def was_member(self) -> bool:
        """We are a member, or have been one."""
        return self._membership is not Membership.LEARNER

    def note_followed(self, lineage: LineageId) -> None:
        """Note of which lineage the coordinator is that we have accepted last."""
        self._followed = lineage

    def take_news(self) -> bool:
        """Tell whether more has been told since this was last asked."""
        is_new, self._acted_on = self._acted_on != self._told, self._told
        return is_new

    def read(self, leads: bool, now_ns: int) -> list[Reading]:
        """Tell what is newly settled, who coordinates, and whether this was the end.

        Args:
            leads: we do.
        """
        readings: list[Reading] = []
        log = self._voter.log
        while self._told < self._voter.settled:
            decree = log.entry(self._told)
            self._told += 1
            readings.append(Committed(decree, log.lineage))
        if self._membership is Membership.LEARNER and self._voter.is_member:
            self._move(MembershipEvent.ADDED)
        # Who follows a degraded lineage may have to wait for the entry that founds it.
        lineage = log.lineage if leads else self._followed or log.lineage
        coordinating = (lineage, self._voter.coordinator, self._voter.epoch)
        if coordinating != self._told_coordinator:
            self._told_coordinator = coordinating
            coordinator = self._voter.coordinator
            node = None if coordinator is None else coordinator.node
            readings.append(CoordinatorChanged(lineage, node, self._voter.epoch))
        readings.extend(self._check_end(leads, now_ns))
        return readings

    def begin_at(self, index: int) -> None:
        """Take that a checkpoint tells all before an index."""
        self._told = max(self._told, index)

    @property
    def told(self) -> int:
        """How many decrees were told, or folded into what was."""
        return self._told

    def lose(self, into: LineageId | None = None) -> list[LineageLost]:
        """Give the lineage up: it has nobody to follow, or another has."""
        if self._membership is Membership.OUT:
            return []
        self._move(MembershipEvent.STRANDED)
        return [LineageLost(into)]

    def _move(self, event: MembershipEvent) -> None:
        self._membership = MEMBERSHIP.after(self._membership, event)

    def _check_end(self, leads: bool, now_ns: int) -> list[LineageLost]:
        log, membership = self._voter.log, self._membership
        match membership:
            case Membership.OUT:
                return []
            case Membership.LEARNER | Membership.MEMBER if log.is_over:
                self._move(MembershipEvent.YIELDED)
                self._yield_ns = now_ns
                return self._check_released(leads, now_ns)
            case Membership.MEMBER if log.members_settled and not self._voter.is_member:
                self._move(MembershipEvent.REMOVED)
                return [LineageLost(None)]
            case Membership.LEARNER | Membership.MEMBER:
                return []
            case Membership.ENDING:
                return self._check_released(leads, now_ns)
            case _:
                assert_never(membership)

    def _check_released(self, leads: bool, now_ns: int) -> list[LineageLost]:
        """Stay on as who coordinates until the others know, or the wait is over."""
        waits = leads and now_ns - self._yield_ns < STEP_DOWN_NS
        if waits and len(self._succession.live_members()) > 1:
            return []
        self._move(MembershipEvent.RELEASED)
        return [LineageLost(self._voter.log.yields_to)]
