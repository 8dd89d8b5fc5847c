"""Going on without a majority: the remaining members found a degraded lineage.

The highest live member calls, adopts the best log that those who answer hold, and continues it
with a `FoundLineage` of its own. Everything in it is provisional: at a merge, fewer forks win.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final, TypeAlias, final

from net.cluster.actions import Send
from net.cluster.log_adoption import LogAdoption
from net.cluster.voter import Voter
from net.ids import LINEAGE_BYTES, LineageId, Member, NodeId
from net.limits import CANDIDACY_NS, EPOCH_SPREAD, FORKS_MAX, HEARTBEAT_NS, HEED_NS, NEVER
from net.state_table import StateTable
from net.wire.decrees import FoundLineage
from net.wire.messages import Fetched, ForkAnswer, ForkCall

if TYPE_CHECKING:
    from random import Random


class ForkState(Enum):
    """How far a member is with founding a degraded lineage."""

    RESTING = "resting"
    CALLING = "calling members"
    ADOPTING = "adopting the best log"


class ForkEvent(Enum):
    """What moves it."""

    DESERTED = "deserted, and we are first"
    RELIEVED = "no more, or another is first"
    BEHIND = "all have answered or it is time, one holds a better log"
    ADOPTED = "its log is ours"
    EXPIRED = "2 × CANDIDACY_NS are over"
    REMOVED = "it says that we are no member"
    FOUNDED = "all have answered or it is time, none holds a better log"


_S, _E = ForkState, ForkEvent
FORK: Final = StateTable(
    _S.RESTING,
    {
        (_S.RESTING, _E.DESERTED): _S.CALLING,
        (_S.CALLING, _E.RELIEVED): _S.RESTING,
        (_S.CALLING, _E.BEHIND): _S.ADOPTING,
        (_S.CALLING, _E.REMOVED): _S.RESTING,
        (_S.CALLING, _E.FOUNDED): _S.RESTING,
        (_S.ADOPTING, _E.RELIEVED): _S.RESTING,
        (_S.ADOPTING, _E.ADOPTED): _S.CALLING,
        (_S.ADOPTING, _E.EXPIRED): _S.RESTING,
    },
)


@dataclass(frozen=True, slots=True)
class ForkFounded:
    """Our log continues with this; we coordinate over its members."""

    epoch: int
    found: FoundLineage


ForkAction: TypeAlias = Send | ForkFounded


@dataclass(slots=True)
class _Call:
    lineage: LineageId
    expected: tuple[Member, ...]
    started_ns: int
    best: Member  # who holds the best log that we heard of
    answers: dict[Member, tuple[int, int]] = field(default_factory=dict)
    sent_ns: int = NEVER
    adoption: LogAdoption | None = None


@final
class Forking:
    """Caller and follower of one seat."""

    def __init__(self, voter: Voter, rng: Random) -> None:
        self._voter = voter
        self._rng = rng
        self._state = FORK.initial
        self._call: _Call | None = None  # unless we rest
        self._answered: ForkCall | None = None
        self._empty_ns: dict[
            Member, int
        ] = {}  # who had not the log that it claimed, and until when

    def on_tick(self, deserted: bool, live: tuple[Member, ...], now_ns: int) -> list[ForkAction]:
        """Call the remaining members together when it is on us.

        Args:
            deserted: no coordinator for MAJORITY_LOST_NS, and too few live to elect one.
            live: members that live and sit in our lineage, ourselves among them, seniors first.
        """
        if not deserted or live[:1] != (self._voter.me,):
            self._end_call(ForkEvent.RELIEVED)
            return []
        call = self._call
        if call is None:
            call = self._begin_call(live, now_ns)
        waited_ns, wait_ns = now_ns - call.started_ns, self._voter.patient_ns(CANDIDACY_NS)
        if call.adoption is not None:
            if waited_ns > 2 * wait_ns:
                self._empty_ns[call.best] = now_ns + HEED_NS
                self._end_call(ForkEvent.EXPIRED)
                return []
            return list(call.adoption.on_tick(now_ns))
        if all(m in call.answers for m in call.expected) or waited_ns > wait_ns:
            return self._found_fork(call, now_ns)
        return self._invite_members(call, now_ns)

    @property
    def rests(self) -> bool:
        """No call of ours is under way."""
        return self._state is ForkState.RESTING

    @property
    def answered(self) -> ForkCall | None:
        """The call that we would go along with."""
        return self._answered

    def asks(self, node: NodeId) -> bool:
        """Whether we adopt this node's log just now."""
        call = self._call
        return call is not None and call.adoption is not None and call.best.node == node

    def forget_answer(self) -> None:
        """Go along with no call any more: somebody coordinates."""
        self._answered = None

    def end_call(self) -> None:
        """Call no more: somebody coordinates, and counts on our log as it is."""
        self._end_call(ForkEvent.RELIEVED)

    def on_fork_call(self, sender: NodeId, fork_call: ForkCall, deserted: bool) -> list[ForkAction]:
        """Answer a call, if our coordinator is gone for us too."""
        voter = self._voter
        if (
            fork_call.parent != voter.log.lineage
            or fork_call.candidate.node != sender
            or fork_call.candidate not in voter.log.members
            or not deserted
        ):
            return []
        self._answered = fork_call
        log = voter.log
        forked = ForkAnswer(fork_call.parent, fork_call.lineage, voter.me, log.head_epoch, log.head)
        return [Send(sender, forked)]

    def on_fork_answer(self, sender: NodeId, forked: ForkAnswer, now_ns: int) -> list[ForkAction]:
        call = self._call
        if call is None or forked.lineage != call.lineage or forked.follower.node != sender:
            return []
        believed = self._empty_ns.get(forked.follower, NEVER) <= call.started_ns
        if call.adoption is None and believed and forked.follower in self._voter.log.members:
            call.answers[forked.follower] = (forked.head_epoch, forked.head)
        return []

    def on_fetched(self, sender: NodeId, part: Fetched, now_ns: int) -> list[ForkAction]:
        call = self._call
        if call is None or call.adoption is None:
            return []
        adopted, sends = call.adoption.on_fetched(sender, part, now_ns)
        if not adopted:
            return list(sends)
        call.adoption = None
        self._move(ForkEvent.ADOPTED)
        return self._found_fork(call, now_ns)

    def _move(self, event: ForkEvent) -> None:
        self._state = FORK.after(self._state, event)

    def _begin_call(self, live: tuple[Member, ...], now_ns: int) -> _Call:
        self._move(ForkEvent.DESERTED)
        log = self._voter.log
        self._call = _Call(self._rng.randbytes(LINEAGE_BYTES), live, now_ns, self._voter.me)
        self._call.answers[self._voter.me] = (log.head_epoch, log.head)
        return self._call

    def _end_call(self, event: ForkEvent) -> None:
        if self._call is not None:
            self._move(event)
            self._call = None

    def _invite_members(self, call: _Call, now_ns: int) -> list[ForkAction]:
        if now_ns - call.sent_ns < HEARTBEAT_NS:
            return []
        call.sent_ns = now_ns
        fork_call = ForkCall(self._voter.log.lineage, call.lineage, self._voter.me)
        return [Send(m.node, fork_call) for m in call.expected if m not in call.answers]

    def _found_fork(self, call: _Call, now_ns: int) -> list[ForkAction]:
        voter, log = self._voter, self._voter.log
        best = max(call.answers, key=lambda m: (*call.answers[m], m))
        if call.answers[best] > (log.head_epoch, log.head):
            self._move(ForkEvent.BEHIND)
            call.best = best
            call.adoption = LogAdoption(log, best.node, log.lineage, 0)
            return list(call.adoption.on_tick(now_ns))
        if not voter.is_member:
            self._end_call(ForkEvent.REMOVED)
            return []
        members = tuple(m for m in log.members if m in call.answers)
        forks = min((log.found.forks if log.found else 0) + 1, FORKS_MAX)
        found = FoundLineage(call.lineage, log.lineage, forks, members)
        epoch = max(voter.promised, log.head_epoch) + 1 + self._rng.randrange(EPOCH_SPREAD)
        self._end_call(ForkEvent.FOUNDED)
        return [ForkFounded(epoch, found)]
