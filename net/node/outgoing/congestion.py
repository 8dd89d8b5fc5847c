"""How full the network is, and what that leaves to send (ADR 65).

A network that isolates its stations is silent and quick. One that is full is slow first, while its
queues fill, and loses of all alike then. So it is told by round trips: of those of each peer the
quickest counts, and of the peers' the one that a quarter are quicker than. No late datagram, no
slow peer, and none that lies about its times, can move that.
"""

from __future__ import annotations

from collections import deque
from typing import final

from net.limits import (
    BASE_TRIP_NS,
    BASE_TRIP_NS_MAX,
    BEATS_FULL_PEERS,
    CONGESTION_LOOK_NS,
    CONGESTION_LOOKS,
    NEVER,
    QUEUE_BUSY_NS,
    QUEUE_CALM_NS,
    QUEUE_FULL_NS,
    SECOND,
    SPARE_BURST,
    SPARE_FIRST,
    SPARE_MAX,
    SPARE_MIN,
    SPARE_MORE,
    TIMEOUT_SCALE_MAX,
    WARY_NS,
)
from net.node.peers import NO_TRIP, Peers


@final
class Congestion:
    """Says at which rate datagrams may go that are not due beats, and whether to be wary.

    The rate grows by steps while the network is quick, and is halved where it is busy (Chiu and
    Jain 1989), told by delay (RFC 6817): all share what there is, and none counts the others.
    """

    def __init__(self, peers: Peers) -> None:
        self._peers = peers
        self._looked_ns = self._earned_ns = self._based_ns = NEVER
        self._looks: deque[int] = deque(maxlen=CONGESTION_LOOKS)
        self._bases = NO_TRIP, NO_TRIP  # the least trips of this BASE_TRIP_NS and the one before
        self._filled_ns = NEVER
        self._left = float(SPARE_BURST)
        self.rate = float(SPARE_FIRST)  # datagrams a second that may go alone
        self.is_full = False

    @property
    def queue_ns(self) -> int:
        """By how much round trips take longer, of late, than on this network as it is at rest."""
        base_ns = min(*self._bases, BASE_TRIP_NS_MAX)
        return max(min(self._looks) - base_ns, 0) if self._looks else 0

    def is_filled(self, now_ns: int) -> bool:
        """Tell whether the network was so slow, so lately, that peers may yet be late."""
        return now_ns - self._filled_ns < WARY_NS

    def is_wary(self, now_ns: int) -> bool:
        """Tell whether silence may be the network's, or we do not know it yet: ask nothing more."""
        return not self._looks or self.is_filled(now_ns)

    def timeout_scale(self, now_ns: int) -> float:
        """Return how many times as long as on a quick network to wait for others."""
        return TIMEOUT_SCALE_MAX if self.is_filled(now_ns) else 1.0

    def on_tick(self, now_ns: int) -> None:
        """Look at the round trips, now and then, and go by them."""
        if now_ns - self._looked_ns < CONGESTION_LOOK_NS:
            return
        self._looked_ns = now_ns
        trips = sorted(
            peer.beats.take_trip() for peer in self._peers.living() if peer.beats.trip_ns < NO_TRIP
        )
        if not trips:
            return
        self._note_trip(trips[len(trips) // 4], now_ns)
        self.is_full = self.queue_ns > (QUEUE_CALM_NS if self.is_full else QUEUE_FULL_NS)
        if self.queue_ns > QUEUE_CALM_NS:
            self._filled_ns = now_ns
        if self.queue_ns > QUEUE_BUSY_NS:
            self.rate = max(self.rate / 2, SPARE_MIN)
        else:
            self.rate = min(self.rate + SPARE_MORE, SPARE_MAX)

    def may_send(self, now_ns: int) -> bool:
        """Take one datagram of what may go alone; False: it has to wait for a beat.

        In a small room on a quick network nobody counts.
        """
        if self.rate >= SPARE_MAX and len(self._peers) <= BEATS_FULL_PEERS:
            return True
        earned = (now_ns - self._earned_ns) * self.rate / SECOND
        self._left, self._earned_ns = min(self._left + earned, SPARE_BURST), now_ns
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def _note_trip(self, trip_ns: int, now_ns: int) -> None:
        self._looks.append(trip_ns)
        least_ns, before_ns = self._bases
        if now_ns - self._based_ns >= BASE_TRIP_NS:
            self._based_ns, least_ns, before_ns = now_ns, NO_TRIP, least_ns
        self._bases = min(least_ns, trip_ns), before_ns
