"""What a node tells of the operations that it has, and what it sends to who has fewer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from net.ids import INCARNATION_MAX, Member, NodeId
from net.limits import FRAME_BYTES_MAX, OPERATIONS_PER_REPLY_MAX, VECTOR_ENTRIES_PER_DIGEST
from net.wire.messages import Held, Operation, Operations, VectorDigest

if TYPE_CHECKING:
    from net.cluster.causal.kept_operations import Delivery, KeptOperations
    from net.cluster.checkpoint import Authors

_ENCODER: Final = msgspec.msgpack.Encoder()
_BATCH_MAX: Final = 16
_LOWEST: Final = Member(bytes(16), 1)
_HIGHEST: Final = Member(b"\xff" * 16, INCARNATION_MAX)


def batches(operations: Sequence[Operation]) -> list[Operations]:
    """Return messages that hold these operations in order, each small enough for a datagram."""
    messages: list[Operations] = []
    batch: list[Operation] = []
    size = 0
    for operation in operations:
        length = len(_ENCODER.encode(operation))
        if batch and (len(batch) == _BATCH_MAX or size + length > FRAME_BYTES_MAX - 16):
            messages.append(Operations(tuple(batch)))
            batch, size = [], 0
        batch.append(operation)
        size += length
    if batch:
        messages.append(Operations(tuple(batch)))
    return messages


def digests_of(entries: Sequence[Held]) -> list[VectorDigest]:
    """Return a whole clock, in ranges of members that fit a datagram each."""
    step = VECTOR_ENTRIES_PER_DIGEST
    parts = [tuple(entries[k : k + step]) for k in range(0, len(entries), step)] or [()]
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
    by any other order a peer might get the same ones again and again, and deliver none. First comes
    some of what lives have said here and something else there, if there are such.
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
    against = [each for entry in digest.entries for each in _held_against(entry, kept)]
    return [each.operation for each in (*against, *missing)[:OPERATIONS_PER_REPLY_MAX]]


def _held_against(entry: Held, kept: KeptOperations) -> list[Delivery]:
    """Return some of a life of which a peer holds something else than we; nothing: it does not."""
    life = Member(entry.node, entry.incarnation)
    chain = kept.chain_at(life, entry.n)
    return [] if chain in {None, entry.chain} else kept.some_of(life, entry.n)


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
