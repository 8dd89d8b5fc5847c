"""What a node says of itself, thirty times a second, and of others, now and then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from net.ids import Address, NodeId
from net.limits import ADDRESSES_PER_PEER_MAX
from net.node.peers import Peer
from net.wire.messages import Heartbeat, Introduction, Standing, Suspicion

if TYPE_CHECKING:
    from random import Random


def compose_heartbeat(
    peer: Peer,
    incarnation: int,
    race_ns: int,
    paused_ns: int,
    vector_hash: bytes,
    standing: Standing,
    suspicions: tuple[Suspicion, ...],
    now_ns: int,
) -> Heartbeat:
    """Return the heartbeat for one peer: it echoes that peer's own newest (RFC 5905, 8)."""
    heard = peer.sent_us > 0
    return Heartbeat(
        incarnation,
        now_ns // 1000,
        peer.sent_us,
        (now_ns - peer.standing_ns) // 1000 if heard else 0,
        max(race_ns, 0) // 1000,
        min(paused_ns // 1_000_000, 60_000),
        vector_hash,
        standing,
        suspicions,
    )


def introduction(others: Sequence[tuple[NodeId, Address]], rng: Random) -> Introduction:
    """Return some of our peers, drawn anew each time where there are more than fit."""
    chosen = rng.sample(others, min(len(others), ADDRESSES_PER_PEER_MAX))
    return Introduction(tuple((node, host, port) for node, (host, port) in sorted(chosen)))
