"""How much each peer may cost us."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from net.ids import NodeId
from net.limits import PEERS_MAX, SECOND


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
