"""The exchange of heartbeats with all peers: what goes to whom and when, and what theirs tell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias, final

from net.cluster.actions import Send
from net.ids import Address, NodeId
from net.limits import DOWN_BEAT_NS, EVIDENCE_AGE_UNIT_NS, FULL_BEATS, MILLISECOND, NEVER
from net.node.counters import NodeCounters
from net.node.heartbeats import Heartbeats, introduction, introduction_ns
from net.node.peers import Peer, Peers
from net.wire.messages import Heartbeat, Summary, Suspicion

if TYPE_CHECKING:
    from random import Random

    from net.cluster.failure_detector import FailureDetector
    from net.cluster.race_clock import RaceClock
    from net.node.outgoing.congestion import Congestion

AddressOf: TypeAlias = "Callable[[NodeId], Address | None]"


@final
class HeartbeatExchange:
    """Beats to all peers, answers to probes, introductions of peers to each other.

    What a beat carries is read where it is known: suspicions from the detector, the race's time
    from the clock; the account of what this node holds comes as an argument.
    """

    def __init__(
        self,
        detector: FailureDetector,
        clock: RaceClock,
        peers: Peers,
        counters: NodeCounters,
        address_of: AddressOf,
        rng: Random,
        now_ns: int,
    ) -> None:
        self._detector = detector
        self._clock = clock
        self._peers = peers
        self._counters = counters
        self._address_of = address_of
        self._rng = rng
        self._beats = Heartbeats(now_ns)
        self._turn = 0

    @property
    def apart_ns(self) -> int:
        """How far apart beats go while nothing is amiss."""
        return self._detector.beat_ns

    def is_due(self, now_ns: int) -> bool:
        """Tell whether there may be beats again, at their full pace; note that it is so."""
        return self._beats.is_due(now_ns)

    def due(self, congestion: Congestion, now_ns: int, *, calm: bool) -> int | None:
        """Return how many living peers get a beat now, those told longest ago.

        None: it is nobody's turn.

        Args:
            calm: somebody coordinates, or we are not in. Then, and while we suspect nobody, beats
                in a large room are rarer, and only who has just asked about somebody gets one
                sooner. So they are where the network may be full, and rarer yet where it is.
        """
        living, wary = self._peers.living(), congestion.is_wary(now_ns)
        if wary or (calm and not self._detector.suspects):
            if self._beats.all_due(
                self.apart_ns * (FULL_BEATS if congestion.is_full else 1), now_ns
            ):
                return len(living)
            if wary:
                return None
            return sum(peer.beats.told_ns == NEVER for peer in living) or None
        return -(-len(living) // self._detector.turns)

    def on_pause(self, paused_ns: int, now_ns: int) -> None:
        """Tell, for a while, of a pause of ours."""
        self._beats.on_pause(paused_ns, now_ns)

    def on_heartbeat(self, peer: Peer, beat: Heartbeat, now_ns: int) -> bool:
        """Take what a beat tells.

        Returns:
            Whether we know what the peer holds and where it stands. Not so where the beat is of
            another life or overtaken by a newer one, nor where we forgot the account that it
            confirms: our next beat says so.
        """
        record = peer.beats
        if beat.incarnation != peer.incarnation:
            self._counters.beats_of_other_life += 1
            return False
        if beat.sent_us <= record.sent_us:
            self._counters.beats_overtaken += 1
            return False
        self._detector.on_heard(peer.node, peer.incarnation, now_ns)
        if self._detector.on_evidence(peer.node, beat.suspicions, now_ns):
            record.told_ns = NEVER  # so it is the next one to get a beat
        peer.notes.doubts = tuple(
            (doubt.node, doubt.age * EVIDENCE_AGE_UNIT_NS // MILLISECOND)
            for doubt in beat.suspicions
        )
        echo_us = self._beats.clock_us(beat.echo_us)
        self._clock.on_sample(peer.node, beat.sent_us, echo_us, beat.hold_us, beat.race_us, now_ns)
        record.sent_us, record.heard_ns, record.known = beat.sent_us, now_ns, beat.known
        if echo_us > 0:
            record.echo_ns = max(record.echo_ns, echo_us * 1000)
            trip_ns = max(now_ns - 1000 * (echo_us + beat.hold_us), 0)
            record.trip_ns = min(trip_ns, record.trip_ns)
        if beat.summary is not None:
            peer.take(beat.summary, beat.serial)
        return record.serial == beat.serial

    def answer_probe(
        self, peer: Peer, incarnation: int, summary: Summary, now_ns: int
    ) -> list[Send]:
        """Beat at once, for one that suspects us."""
        self._beats.note(summary)
        return [self._beat(peer, incarnation, self._detector.suspicions(now_ns), now_ns)]

    def beat(self, count: int, incarnation: int, summary: Summary, now_ns: int) -> list[Send]:
        """Return beats for so many living peers, those told longest ago.

        And, more seldom, for those that are down.
        """
        self._beats.note(summary)
        suspicions = self._detector.suspicions(now_ns)
        living = self._peers.living()
        introduce_ns = introduction_ns(len(living))
        due = sorted(living, key=lambda peer: (peer.beats.told_ns, peer.beats.turn))[:count]
        sends: list[Send] = []
        for peer in due:
            sends.append(self._beat(peer, incarnation, suspicions, now_ns))
            if now_ns - peer.beats.introduced_ns >= introduce_ns:
                peer.beats.introduced_ns = now_ns
                sends.extend(self._introduce_others(peer))
        sends.extend(
            self._beat(peer, incarnation, suspicions, now_ns)
            for peer in self._peers
            if not peer.lives and now_ns - peer.beats.told_ns >= DOWN_BEAT_NS
        )
        return sends

    def _beat(
        self, peer: Peer, incarnation: int, suspicions: Sequence[Suspicion], now_ns: int
    ) -> Send:
        self._turn += 1
        peer.beats.told_ns, peer.beats.turn = now_ns, self._turn
        race_ns = self._clock.race_ns(now_ns)
        beat = self._beats.compose(peer, incarnation, race_ns, tuple(suspicions), now_ns)
        return Send(peer.node, beat)

    def _introduce_others(self, peer: Peer) -> list[Send]:
        others = [
            (other.node, address)
            for other in self._peers.living()
            if other.node != peer.node and (address := self._address_of(other.node)) is not None
        ]
        return [Send(peer.node, introduction(others, self._rng))] if others else []
