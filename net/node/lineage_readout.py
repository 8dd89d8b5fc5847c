"""Reads a lineage's log out: what counts by now, who coordinates, and when it is over for us."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, final

from net.cluster.voter import Voter
from net.ids import LineageId, Member
from net.limits import STEP_DOWN_NS
from net.node.program import Committed, CoordinatorChanged
from net.node.succession import Succession


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
        self._told = 0
        self._acted_on = 0  # what had been told when we last looked for what to decree
        self._told_coordinator: tuple[LineageId, Member | None, int] | None = None
        self._followed: LineageId | None = None  # of the last coordinator that we accepted
        self._yield_ns: int | None = None  # when our Yield was committed
        self._ended = False
        self.was_member = False

    def note_followed(self, lineage: LineageId) -> None:
        """Note of which lineage the coordinator is that we have accepted last."""
        self._followed = lineage

    def take_news(self) -> bool:
        """Tell whether more has been told since this was last asked."""
        is_new, self._acted_on = self._acted_on != self._told, self._told
        return is_new

    def read(self, leads: bool, now_ns: int) -> list[Reading]:
        """Tell what is newly committed, who coordinates, and whether this was the end.

        Args:
            leads: we do.
        """
        readings: list[Reading] = []
        log = self._voter.log
        while self._told < log.commit:
            decree = log.entry(self._told)
            self._told += 1
            readings.append(Committed(decree, log.lineage))
        self.was_member = self.was_member or self._voter.me in log.members
        # Who follows a degraded lineage may have to wait for the entry that founds it.
        lineage = log.lineage if leads else self._followed or log.lineage
        coordinating = (lineage, self._voter.coordinator, self._voter.epoch)
        if coordinating != self._told_coordinator:
            self._told_coordinator = coordinating
            coordinator = self._voter.coordinator
            node = None if coordinator is None else coordinator.node
            readings.append(CoordinatorChanged(lineage, node, self._voter.epoch))
        if not self._ended:
            readings.extend(self._check_lineage_end(leads, now_ns))
        return readings

    def _check_lineage_end(self, leads: bool, now_ns: int) -> list[LineageLost]:
        log = self._voter.log
        if log.is_over:
            # Who coordinates stays until the others know, or the wait is over.
            if self._yield_ns is None:
                self._yield_ns = now_ns
            waits = leads and now_ns - self._yield_ns < STEP_DOWN_NS
            if not (waits and len(self._succession.live_members()) > 1):
                self._ended = True
                return [LineageLost(log.yields_to)]
        elif self.was_member and log.members_settled and not self._voter.is_member:
            self._ended = True
            return [LineageLost(None)]
        return []
