"""What a node says of itself, up to thirty times a second, and of others, now and then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, final

from net.ids import Address, NodeId
from net.limits import (
    ADDRESSES_PER_PEER_MAX,
    HEARTBEAT_NS,
    INTRODUCE_NS,
    INTRODUCERS,
    NEVER,
    SECOND,
)
from net.node.peers import Peer
from net.wire.messages import (
    Heartbeat,
    Introduction,
    Summary,
    Suspicion,
)

if TYPE_CHECKING:
    from random import Random


@final
class Heartbeats:
    """Composes the heartbeats of one process.

    Nine tenths of what a beat has to say is what the one before said, so it is told under a serial
    number, and repeated only until the peer's own beats say that it knows that number.
    """

    def __init__(self, now_ns: int) -> None:
        self._zero_us = now_ns // 1000 - 1
        self._summary: Summary | None = None
        self._serial = 0
        self._moment_ns = NEVER
        self._beat_ns = NEVER
        self._paused_ns = 0
        self._paused_at_ns = NEVER

    def is_due(self, now_ns: int) -> bool:
        """Tell whether there may be beats again, at their full pace; note that it is so."""
        if now_ns - self._moment_ns < HEARTBEAT_NS - HEARTBEAT_NS // 8:
            return False
        self._moment_ns = now_ns
        return True

    def all_due(self, apart_ns: int, now_ns: int) -> bool:
        """Tell whether everybody gets a beat now; note that they do."""
        if now_ns - self._beat_ns < apart_ns - HEARTBEAT_NS // 8:
            return False
        self._beat_ns = now_ns
        return True

    def on_pause(self, paused_ns: int, now_ns: int) -> None:
        """Tell, for a while, of a pause of ours."""
        self._paused_ns, self._paused_at_ns = paused_ns, now_ns

    def note(self, summary: Summary) -> None:
        """Take what the beats composed from here on have to account for."""
        if summary != self._summary:
            self._summary, self._serial = summary, self._serial + 1

    def compose(
        self,
        peer: Peer,
        incarnation: int,
        race_ns: int,
        suspicions: tuple[Suspicion, ...],
        now_ns: int,
    ) -> Heartbeat:
        """Return the heartbeat for one peer: it echoes that peer's own newest (RFC 5905, 8)."""
        heard = peer.beats
        paused_ns = self._paused_ns if now_ns - self._paused_at_ns < SECOND else 0
        return Heartbeat(
            incarnation,
            now_ns // 1000 - self._zero_us,
            heard.sent_us,
            (now_ns - heard.heard_ns) // 1000 if heard.sent_us > 0 else 0,
            max(race_ns, 0) // 1000,
            min(paused_ns // 1_000_000, 60_000),
            self._serial,
            heard.serial,
            None if heard.known == self._serial else self._summary,
            suspicions,
        )

    def clock_us(self, sent_us: int) -> int:
        """Return when, by this node's clock, a beat of ours was sent; 0 stays 0: none."""
        return sent_us + self._zero_us if sent_us > 0 else 0


def introduction_ns(peers: int) -> int:
    """Return how long after one introduction a peer gets the next, among so many living ones."""
    return INTRODUCE_NS * max(peers, INTRODUCERS) // INTRODUCERS


def introduction(others: Sequence[tuple[NodeId, Address]], rng: Random) -> Introduction:
    """Return some of our peers, drawn anew each time where there are more than fit."""
    chosen = rng.sample(others, min(len(others), ADDRESSES_PER_PEER_MAX))
    return Introduction(
        tuple((node, host.partition("%")[0], port) for node, (host, port) in sorted(chosen))
    )
