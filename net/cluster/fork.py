"""Going on without a majority: the remaining members found a degraded lineage.

The highest live member calls, adopts the best log that those who answer hold, and continues it
with a `Found` of its own. Everything in it is provisional: at a merge, fewer forks win.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias, final

from net.cluster.actions import Send
from net.cluster.log_adoption import Adoption
from net.cluster.voter import NEVER, Seat
from net.ids import LINEAGE_BYTES, LineageId, Member, NodeId
from net.limits import CANDIDACY_NS, EPOCH_SPREAD, FORKS_MAX, HEARTBEAT_NS
from net.wire.messages import Fetched, Found, Rallied, Rally

if TYPE_CHECKING:
    from random import Random


@dataclass(frozen=True, slots=True)
class Founded:
    """Our log continues with this; we preside over its members."""

    epoch: int
    found: Found


Action: TypeAlias = Send | Founded


@dataclass(slots=True)
class _Call:
    lineage: LineageId
    expected: tuple[Member, ...]
    started_ns: int
    answers: dict[Member, tuple[int, int]] = field(default_factory=dict)
    sent_ns: int = NEVER
    adoption: Adoption | None = None


@final
class Rallying:
    """Caller and follower of one seat."""

    def __init__(self, seat: Seat, rng: Random) -> None:
        self._seat = seat
        self._rng = rng
        self._call: _Call | None = None
        self.answered: LineageId | None = None  # the call that we would go along with

    def on_tick(self, deserted: bool, live: tuple[Member, ...], now_ns: int) -> list[Action]:
        """Call the remaining members together when it is on us.

        Args:
            deserted: no coordinator for MAJORITY_LOST_NS, and too few live to elect one.
            live: members that live and sit in our lineage, ourselves among them, seniors first.
        """
        if not deserted or live[:1] != (self._seat.me,):
            self._call = None
            return []
        if self._call is None:
            lineage = self._rng.randbytes(LINEAGE_BYTES)
            self._call = _Call(lineage, live, now_ns)
            log = self._seat.log
            self._call.answers[self._seat.me] = (log.head_epoch, log.head)
        call = self._call
        if call.adoption is not None:
            if now_ns - call.started_ns > 2 * self._seat.patient_ns(CANDIDACY_NS):
                self._call = None
                return []
            return list(call.adoption.on_tick(now_ns))
        if all(m in call.answers for m in call.expected):
            return self._found(call, now_ns)
        if now_ns - call.started_ns > self._seat.patient_ns(CANDIDACY_NS):
            return self._found(call, now_ns)
        return self._summon(call, now_ns)

    @property
    def rests(self) -> bool:
        """No call of ours is under way."""
        return self._call is None

    def on_rally(self, sender: NodeId, rally: Rally, deserted: bool) -> list[Action]:
        """Answer a call, if our coordinator is gone for us too."""
        seat = self._seat
        if rally.parent != seat.log.lineage or rally.candidate.node != sender or not deserted:
            return []
        self.answered = rally.lineage
        log = seat.log
        rallied = Rallied(rally.parent, rally.lineage, seat.me, log.head_epoch, log.head)
        return [Send(sender, rallied)]

    def on_rallied(self, sender: NodeId, rallied: Rallied, now_ns: int) -> list[Action]:
        call = self._call
        if call is None or rallied.lineage != call.lineage or rallied.follower.node != sender:
            return []
        if call.adoption is None:
            call.answers[rallied.follower] = (rallied.head_epoch, rallied.head)
        return []

    def on_fetched(self, sender: NodeId, part: Fetched, now_ns: int) -> list[Action]:
        call = self._call
        if call is None or call.adoption is None:
            return []
        adopted, sends = call.adoption.on_fetched(sender, part, now_ns)
        if not adopted:
            return list(sends)
        call.adoption = None
        return self._found(call, now_ns)

    def _summon(self, call: _Call, now_ns: int) -> list[Action]:
        if now_ns - call.sent_ns < HEARTBEAT_NS:
            return []
        call.sent_ns = now_ns
        rally = Rally(self._seat.log.lineage, call.lineage, self._seat.me)
        return [Send(m.node, rally) for m in call.expected if m not in call.answers]

    def _found(self, call: _Call, now_ns: int) -> list[Action]:
        seat, log = self._seat, self._seat.log
        best = max(call.answers, key=lambda m: (*call.answers[m], m))
        if call.answers[best] > (log.head_epoch, log.head):
            call.adoption = Adoption(log, best.node, log.lineage, 0)
            return list(call.adoption.on_tick(now_ns))
        if not seat.is_member:
            self._call = None
            return []
        members = tuple(m for m in log.members if m in call.answers)
        forks = min((log.found.forks if log.found else 0) + 1, FORKS_MAX)
        found = Found(call.lineage, log.lineage, forks, members)
        epoch = max(seat.promised, log.head_epoch) + 1 + self._rng.randrange(EPOCH_SPREAD)
        self._call = None
        return [Founded(epoch, found)]
