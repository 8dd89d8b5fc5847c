"""How much each peer may cost us."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

from net.errors import UnreadReason
from net.ids import NodeId
from net.limits import (
    FORGERIES_BURST,
    FORGERIES_PER_S,
    OPERATIONS_TAKEN_BURST,
    OPERATIONS_TAKEN_PER_S,
    PEERS_MAX,
    SECOND,
)

if TYPE_CHECKING:
    from net.cluster.causal.operations import OperationStore
    from net.node.frame_reader import UnreadNews
    from net.node.program import PeerUnreadable
    from net.wire.messages import Operation


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
        self._buckets: dict[NodeId, _Bucket] = {}

    def may_take(self, node: NodeId, size: float, now_ns: int) -> bool:
        """Take `size` of what a node has left; False: it has less, and keeps that."""
        bucket = self._buckets.pop(node, None) or _Bucket(self._burst, now_ns)
        if len(self._buckets) >= PEERS_MAX:  # the one that asked longest ago has most left
            del self._buckets[next(iter(self._buckets))]
        self._buckets[node] = bucket
        earned = (now_ns - bucket.at_ns) * self._per_s / SECOND
        bucket.left = min(self._burst, bucket.left + earned)
        bucket.at_ns = now_ns
        if bucket.left < size:
            return False
        bucket.left -= size
        return True


@final
class Intake:
    """How many operations of others we look at, for each costs a check of a signature.

    Holds each author to a pace at which nobody honest writes, whatever its clock says.

    What is over it is dropped unread, and asked for again as we have time. Whose name is on what
    another forged pays for it here; so who brings forgeries is soon heard on its own words alone.
    """

    def __init__(self, operations: OperationStore, news: UnreadNews) -> None:
        self._operations = operations
        self._news = news
        self._taken = Quota(OPERATIONS_TAKEN_BURST, OPERATIONS_TAKEN_PER_S)
        self._forgeries = Quota(FORGERIES_BURST, FORGERIES_PER_S)
        self._forged = 0  # of those that were counted
        self._forgers: dict[NodeId, None] = {}  # who was it last
        self._unread: Counter[NodeId] = Counter()  # on whose account, and not told yet

    def within_quotas(
        self, operations: Sequence[Operation], bringer: NodeId, now_ns: int
    ) -> list[Operation]:
        """Return those that may be looked at now; what is known already costs nothing."""
        if bringer in self._forgers and self._forgeries.may_take(bringer, 1, now_ns):
            del self._forgers[bringer]
        within = [each for each in operations if self._may_look(each, bringer, now_ns)]
        self._operations.counters.unread += len(operations) - len(within)
        return within

    def tell_unread(self, bringer: NodeId, forged: int, now_ns: int) -> list[PeerUnreadable]:
        """Tell on whose account words were not looked at, and who brought so many forged ones."""
        told: list[PeerUnreadable] = []
        if forged:
            told += self._news.note(bringer, UnreadReason.FORGED, forged, now_ns)
        for node, count in sorted(self._unread.items()):
            told += self._news.note(node, UnreadReason.TOO_MUCH, count, now_ns)
        self._unread.clear()
        return told

    def note_forgeries(self, bringer: NodeId, now_ns: int) -> int:
        """Have who brought them pay for what of the last ones was forged; return how many were."""
        forged = self._operations.counters.forged - self._forged
        self._forged = self._operations.counters.forged
        if forged and not self._forgeries.may_take(bringer, forged, now_ns):
            self._forgers[bringer] = None
            if len(self._forgers) > PEERS_MAX:
                del self._forgers[next(iter(self._forgers))]
        return forged

    def _may_look(self, operation: Operation, bringer: NodeId, now_ns: int) -> bool:
        """Whether one is known, or within a quota: its author's, or of who makes authors up."""
        life = operation.dot.member
        if self._operations.knows(operation.dot):
            return True
        if bringer in self._forgers and life.node != bringer:
            self._unread[bringer] += 1
            return False
        payer = life.node if self._operations.is_admitted(life) else bringer
        if self._taken.may_take(payer, 1, now_ns):
            return True
        self._unread[payer] += 1
        return False
