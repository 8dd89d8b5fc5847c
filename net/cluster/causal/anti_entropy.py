"""What a node tells of the operations that it has, and what it sends to who has fewer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from net.ids import INCARNATION_MAX, Member, NodeId
from net.limits import OPERATIONS_PER_REPLY_MAX, VECTOR_ENTRIES_PER_DIGEST
from net.wire.messages import Cause, Operation, VectorDigest

if TYPE_CHECKING:
    from net.cluster.causal.kept_operations import KeptOperations
    from net.cluster.checkpoint import Authors

_LOWEST: Final = Member(bytes(16), 1)
_HIGHEST: Final = Member(b"\xff" * 16, INCARNATION_MAX)


def digests_of(entries: Sequence[Cause]) -> list[VectorDigest]:
    """Return a whole clock, in ranges of members that fit a datagram each."""
    entries = tuple(sorted(entries, key=lambda cause: (cause.node, cause.incarnation)))
    step = VECTOR_ENTRIES_PER_DIGEST
    parts = [entries[k : k + step] for k in range(0, len(entries), step)] or [()]
    low, found = _LOWEST, []
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        high = _HIGHEST if last else Member(part[-1].node, part[-1].incarnation)
        found.append(VectorDigest(low, high, part))
        low = Member(high.node, min(high.incarnation + 1, INCARNATION_MAX))
    return found


def missing_for(digest: VectorDigest, kept: KeptOperations, floor: Authors) -> list[Operation]:
    """Return what a peer lacks within the digest's range, up to a bound.

    In the order in which they were delivered here, so that the causes of each are before it:
    by any other order a peer might get the same ones again and again, and deliver none.
    """
    held = {Member(c.node, c.incarnation): c.n for c in digest.entries}
    closed = {member.node: member.incarnation for member, n in held.items() if n == 0}
    if _lacks_dropped(digest, held, closed, floor):
        return []
    missing = [
        delivered
        for member in kept.members()
        if digest.low <= member <= digest.high and member.incarnation > closed.get(member.node, 0)
        for delivered in kept.since(member, held.get(member, 0))
    ]
    missing.sort(key=lambda delivered: delivered.order)
    return [delivered.operation for delivered in missing[:OPERATIONS_PER_REPLY_MAX]]


def _lacks_dropped(
    digest: VectorDigest,
    held: Mapping[Member, int],
    closed: Mapping[NodeId, int],
    floor: Authors,
) -> bool:
    """Whether a peer lacks what we have dropped: it could deliver nothing that follows.

    It takes the checkpoint first. Until then we would send it the same again and again.
    """
    return any(
        digest.low <= member <= digest.high and held.get(member, 0) < author.n
        for member, author in floor.lives.items()
        if not floor.closes(member) and member.incarnation > closed.get(member.node, 0)
    )
