"""Who lives: the verdicts of the failure detector, put into the table of peers."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, assert_never, final

from net.cluster.actions import Send
from net.cluster.failure_detector import (
    DetectorAction,
    Down,
    FailureDetector,
    Health,
    ProbeNow,
    Recovered,
    Suspected,
)
from net.ids import NodeId
from net.limits import PEERS_MAX
from net.node.counters import NodeCounters
from net.node.peers import Peer, Peers, state_of
from net.node.program import PeerChanged, PeerState
from net.node.version_news import VersionNews
from net.transport.actions import Denied, PutOff, PutOffReason
from net.wire.messages import Probe, Tried

if TYPE_CHECKING:
    from net.node.program import VersionsDiffer
    from net.transport.actions import Incompatible, Opened, TwinFound
    from net.wire.versions import Versions

LivenessOutcome: TypeAlias = Send | PeerChanged


@final
class Liveness:
    """Lets peers in, tells what becomes of them, and forgives them what was a pause of ours."""

    def __init__(self, detector: FailureDetector, peers: Peers, counters: NodeCounters) -> None:
        self._detector = detector
        self._peers = peers
        self._counters = counters
        self._version_news = VersionNews(peers)

    def admit_peer(self, opened: Opened, now_ns: int) -> list[PeerChanged | PutOff]:
        """Note a life of a peer with which a session has opened; nothing, where it is not new.

        One too many is none, and told of.
        """
        peer = self._peers.get(opened.node)
        if peer is not None and peer.incarnation >= opened.incarnation:
            return []
        if peer is None and len(self._peers) >= PEERS_MAX:
            self._counters.peers_full += 1
            full = PutOff.at(opened.node, opened.name, opened.address, PutOffReason.FULL)
            return [told for each in full for told in self.on_put_off(each, now_ns)]
        self._detector.on_heard(opened.node, opened.incarnation, now_ns)
        node, life, name = opened.node, opened.incarnation, opened.name
        self._peers.put(Peer(node, life, name, Health.ALIVE, versions=opened.versions))
        return [PeerChanged(opened.node, opened.incarnation, opened.name, PeerState.ALIVE)]

    def on_incompatible(
        self, found: Incompatible, ours: Versions, now_ns: int
    ) -> list[VersionsDiffer]:
        """Note that somebody cannot be let in: it speaks no version that we do."""
        return self._version_news.on_incompatible(found, ours, now_ns)

    def on_denied(self, found: Denied, synced: bool, now_ns: int) -> list[Denied]:
        """Note that somebody wants our room, or has it, under another passphrase.

        Of whoever is in the room it is never its own word that is the wrong one.
        """
        ours = found.ours and not synced
        return self._version_news.on_denied(Denied(found.node, found.address, ours), now_ns)

    def tell_of_try(self, found: Denied) -> list[Send]:
        """Tell all that somebody tries our room with another passphrase: all count it."""
        if found.ours:
            return []
        host, port = found.address
        tried = Tried(host.partition("%")[0], port)
        return [Send(peer.node, tried) for peer in self._peers.living()]

    def on_twin(self, found: TwinFound, now_ns: int) -> list[TwinFound]:
        """Note that two machines have one identity."""
        return self._version_news.on_twin(found, now_ns)

    def on_put_off(self, found: PutOff, now_ns: int) -> list[PutOff]:
        """Note that somebody is not heard now, who may come later."""
        return self._version_news.on_put_off(found, now_ns)

    def on_refused(self, node: NodeId, now_ns: int) -> None:
        """Note that nobody listens where a session with this node was."""
        self._detector.on_refused(node, now_ns)

    def on_pause(self, now_ns: int) -> None:
        """Forgive everybody the silence of a pause of our own loop."""
        self._detector.on_pause(now_ns)

    def on_farewell(self, peer: Peer, incarnation: int) -> list[PeerChanged]:
        if incarnation != peer.incarnation:
            return []
        self._detector.on_left(peer.node, incarnation)
        return self._set_health(peer, Health.LEFT)

    def on_tick(self, now_ns: int, *, probes: bool = True) -> list[LivenessOutcome]:
        """Return what changed; forget those whom the detector has forgotten.

        Args:
            probes: the network is not full: who is silent may be asked.
        """
        outcomes: list[LivenessOutcome] = []
        for verdict in self._detector.on_tick(now_ns):
            peer = self._peers.get(verdict.node)
            if peer is not None and (probes or not isinstance(verdict, ProbeNow)):
                outcomes.extend(self._apply_verdict(peer, verdict))
        for node in sorted(self._peers.convicted):
            if (peer := self._peers.get(node)) is not None:  # it is gone at once: nobody hears it
                outcomes.extend(self.on_farewell(peer, peer.incarnation))
        for peer in self._peers:
            if self._detector.state_of(peer.node) is Health.UNKNOWN:
                self._peers.drop(peer.node)
        return outcomes

    def _apply_verdict(self, peer: Peer, verdict: DetectorAction) -> list[LivenessOutcome]:
        match verdict:
            case ProbeNow():
                return [Send(peer.node, Probe())]
            case Suspected():
                return [*self._set_health(peer, Health.SUSPECT)]
            case Recovered():
                return [*self._set_health(peer, Health.ALIVE)]
            case Down(refused=refused):
                return [*self._set_health(peer, Health.DOWN, refused=refused)]
            case _:
                assert_never(verdict)

    def _set_health(
        self, peer: Peer, health: Health, *, refused: bool = False
    ) -> list[PeerChanged]:
        if peer.health is health:
            return []
        peer.health = health
        return [PeerChanged(peer.node, peer.incarnation, peer.name, state_of(health), refused)]

    def state_of(self, node: NodeId) -> PeerState:
        """DOWN for whom we never met."""
        return state_of(self._detector.state_of(node))
