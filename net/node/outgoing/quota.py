"""How much each peer may cost us."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, final

from net.counters import Counters
from net.errors import UnreadReason
from net.ids import NodeId
from net.limits import (
    CHECKS_BURST,
    CHECKS_PER_S,
    FORGERIES_BURST,
    FORGERIES_PER_S,
    OPERATIONS_TAKEN_BURST,
    OPERATIONS_TAKEN_PER_S,
    PEERS_MAX,
    SECOND,
)
from net.recent import Recent
from net.wire.messages import (
    Accusation,
    Elected,
    HandOver,
    Keyframe,
    Message,
    Operation,
    Prepare,
    Promise,
)

if TYPE_CHECKING:
    from net.cluster.causal.operations import OperationStore
    from net.cluster.causal.signing import Verify
    from net.node.frame_reader import UnreadNews
    from net.node.program import PeerUnreadable


@dataclass(slots=True)
class _Bucket:
    left: float
    at_ns: int


@final
class Quota:
    """How much of something each node may still cost us: a token bucket (RFC 2697) for each."""

    def __init__(self, burst: float, per_s: float) -> None:
        self._burst = burst
        self._per_s = per_s
        # The one that asked longest ago has most left.
        self._buckets: Recent[NodeId, _Bucket] = Recent(PEERS_MAX)

    def may_take(self, node: NodeId, size: float, now_ns: int) -> bool:
        """Take `size` of what a node has left; False: it has less, and keeps that."""
        bucket = self._bucket_of(node, now_ns)
        if bucket.left < size:
            return False
        bucket.left -= size
        return True

    def charge(self, node: NodeId, size: float, now_ns: int) -> None:
        """Take what it has cost already, on credit if need be: so long nothing more is left."""
        self._bucket_of(node, now_ns).left -= size

    def _bucket_of(self, node: NodeId, now_ns: int) -> _Bucket:
        bucket = self._buckets.get(node) or _Bucket(self._burst, now_ns)
        self._buckets.note(node, bucket)
        earned = (now_ns - bucket.at_ns) * self._per_s / SECOND
        bucket.left = min(self._burst, bucket.left + earned)
        bucket.at_ns = now_ns
        return bucket


@dataclass(slots=True)
class CheckCounters(Counters):
    """What was signed, but for operations, and not taken."""

    part: ClassVar[str] = "checks"
    forged: int = 0
    unread: int = 0  # of who brings forgeries, or more than CHECKS_PER_S


@final
class Checks:
    """The signatures that we check of what peers send, each on the account of who brought it.

    They are counted where they are made, so a message costs what it makes us check: nothing, where
    it brings what is known. Operations have accounts of their own (`Intake`).
    """

    def __init__(self, verify: Verify, news: UnreadNews) -> None:
        self.counters = CheckCounters()
        self._verify = verify
        self._news = news
        self._taken = Quota(CHECKS_BURST, CHECKS_PER_S)
        self._forgeries = Quota(FORGERIES_BURST, FORGERIES_PER_S)
        self._made = 0  # since somebody paid last
        self._failed = 0  # of them
        self._unread = 0

    def verify(self, key: bytes, data: bytes, signature: bytes) -> bool:
        """Check a signature; who has us do it is charged."""
        holds = self._verify(key, data, signature)
        self._made += 1
        self._failed += not holds
        return holds

    def is_forger(self, bringer: NodeId, now_ns: int) -> bool:
        """Whether a peer brings more forgeries than by the fault of others."""
        return not self._forgeries.may_take(bringer, 0, now_ns)

    def may_bring(self, bringer: NodeId, message: Message, now_ns: int) -> bool:
        """Whether a message is looked at; `charge` its bringer behind it."""
        self.settle()
        if not is_signed(message):
            return True
        taken = self._taken.may_take(bringer, 0, now_ns) and not self.is_forger(bringer, now_ns)
        self._unread += not taken
        return taken

    def charge(self, bringer: NodeId, now_ns: int) -> list[PeerUnreadable]:
        """Have who brought the last message pay for it; tell what of it was forged, or unread."""
        made, failed, unread = self._made, self._failed, self._unread
        if not made and not unread:
            return []
        self.settle()
        self._unread = 0
        self.counters.unread += unread
        self.counters.forged += failed
        self._taken.charge(bringer, made, now_ns)
        return [
            *self.note_forged(bringer, failed, now_ns),
            *self.note_unread(bringer, unread, now_ns),
        ]

    def settle(self) -> None:
        """Take what was checked until now as paid."""
        self._made = self._failed = 0

    def note_forged(self, bringer: NodeId, count: int, now_ns: int) -> list[PeerUnreadable]:
        """Have who brought forgeries pay for them; tell of it."""
        if not count:
            return []
        self._forgeries.charge(bringer, count, now_ns)
        return self._news.note(bringer, UnreadReason.FORGED, count, now_ns)

    def note_unread(self, payer: NodeId, count: int, now_ns: int) -> list[PeerUnreadable]:
        """Tell on whose account so much was not looked at."""
        return self._news.note(payer, UnreadReason.TOO_MUCH, count, now_ns) if count else []


def is_signed(message: Message) -> bool:
    """Whether it costs its receiver checks of signatures, and is no operation.

    Decrees that show a conviction are not meant: they are read in the log, once it is taken.
    """
    match message:
        case Accusation() | Elected() | HandOver() | Keyframe() | Promise():
            return True
        case Prepare(transfer=transfer):
            return transfer is not None
        case _:
            return False


@final
class Intake:
    """How many operations of others we look at, for each costs a check of a signature.

    Holds each author to a pace at which nobody honest writes, whatever its clock says.

    What is over it is dropped unread, and asked for again as we have time. Whose name is on what
    another forged pays for it here; so who brings forgeries is soon heard on its own words alone.
    """

    def __init__(self, operations: OperationStore, checks: Checks) -> None:
        self.checks = checks
        self._operations = operations
        self._taken = Quota(OPERATIONS_TAKEN_BURST, OPERATIONS_TAKEN_PER_S)
        self._forged = 0  # of those that were counted
        self._unread: Counter[NodeId] = Counter()  # on whose account, and not told yet

    def within_quotas(
        self, operations: Sequence[Operation], bringer: NodeId, now_ns: int
    ) -> list[Operation]:
        """Return those that may be looked at now; what is known already costs nothing."""
        forger = self.checks.is_forger(bringer, now_ns)
        within = [each for each in operations if self._may_look(each, bringer, forger, now_ns)]
        self._operations.counters.unread += len(operations) - len(within)
        return within

    def settle(self, bringer: NodeId, now_ns: int) -> list[PeerUnreadable]:
        """Have who brought the last ones pay for what of them was forged.

        Tells of that, and on whose account others were not looked at.
        """
        self.checks.settle()
        forged = self._operations.counters.forged - self._forged
        self._forged = self._operations.counters.forged
        told = self.checks.note_forged(bringer, forged, now_ns)
        for node, count in sorted(self._unread.items()):
            told += self.checks.note_unread(node, count, now_ns)
        self._unread.clear()
        return told

    def _may_look(self, operation: Operation, bringer: NodeId, forger: bool, now_ns: int) -> bool:
        """Whether one is known, or within a quota: its author's, or of who makes authors up.

        What contradicts one that is known is looked at at once, but of no forger.
        """
        life = operation.dot.member
        if self._operations.knows(operation.dot):
            if not (forger and self._may_contradict(operation)):
                return True
            payer = bringer
        elif forger and life.node != bringer:
            payer = bringer
        else:
            payer = life.node if self._operations.is_admitted(life) else bringer
            if self._taken.may_take(payer, 1, now_ns):
                return True
        self._unread[payer] += 1
        return False

    def _may_contradict(self, operation: Operation) -> bool:
        """Whether it may say something else than what is held in its place: that costs a check."""
        ours = self._operations.at(operation.dot)
        return ours is not None and ours.signature != operation.signature
