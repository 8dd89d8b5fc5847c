"""A member's seat in its lineage: what it has promised, and whom it follows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import final

from net.cluster.local_health import LocalHealth
from net.cluster.log import DecreeLog
from net.ids import Member
from net.limits import NEVER


@final
@dataclass(slots=True)
class Voter:
    """Shared by the machines of one life in one lineage.

    Invariant: `promised` never falls, and for each epoch at most one candidate got our promise.
    A seat ends with its life: who rejoins is another member, so nothing here must outlive it.
    """

    me: Member
    health: LocalHealth
    log: DecreeLog = field(default_factory=DecreeLog)
    promised: int = 0
    promised_to: Member | None = None
    coordinator: Member | None = None
    epoch: int = 0  # of `coordinator`, or of the last one
    heard_ns: int = NEVER  # when the coordinator last showed that it coordinates
    quiet_until_ns: int = NEVER  # after a pause of ours: no promise, no candidacy

    @property
    def is_member(self) -> bool:
        return self.me in self.log.members

    def patient_ns(self, timer_ns: int) -> int:
        """Return how long a timer is for us."""
        return int(timer_ns * self.health.timeout_scale)

    def promise(self, epoch: int, candidate: Member) -> None:
        """Follow nobody below `epoch` from now on."""
        self.promised, self.promised_to = epoch, candidate
        if self.epoch < epoch:
            self.coordinator = None

    def follow(self, epoch: int, coordinator: Member, now_ns: int) -> None:
        """Accept the coordinator of `epoch`, which is not below our promise."""
        if epoch > self.promised:
            self.promised, self.promised_to = epoch, coordinator
        self.epoch, self.coordinator, self.heard_ns = epoch, coordinator, now_ns
