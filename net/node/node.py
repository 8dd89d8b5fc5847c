"""A node: sessions below, a program above, and the machines of the cluster between them.

It performs nothing. Each input returns what to transmit, to persist and to tell, in order; the
inputs of one node never overlap.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, assert_never, final

from net.cluster.actions import Send
from net.cluster.content import ContentArrived, Contents
from net.cluster.failure_detector import (
    Down,
    FailureDetector,
    Health,
    ProbeNow,
    Recovered,
    Suspected,
)
from net.cluster.local_health import LocalHealth
from net.cluster.race_clock import RaceClock
from net.errors import WireError
from net.ids import Address, Digest, Member, NodeId
from net.limits import DOWN_BEAT_NS, PAUSE_NS, PAUSE_QUIET_NS, PEERS_MAX
from net.node.heartbeats import Heartbeats, introduction, introduction_ns
from net.node.leaving import Leaving
from net.node.lifecycle import IncarnationRaised, Lifecycle, LifecycleOutcome, LineageFounded
from net.node.outbox import Outbox
from net.node.peers import Peer, Peers, state_of
from net.node.program import (
    Command,
    Committed,
    CoordinatorChanged,
    Delivered,
    Event,
    KeptRoom,
    Leave,
    LineageEntered,
    PeerChanged,
    PeerState,
    Persist,
    Propose,
    Publish,
    Report,
    SaveDecree,
    SaveIncarnation,
    SaveOperation,
    SavePeer,
    SetIdle,
    Share,
    StateReceived,
    Stopped,
    Submit,
    Synced,
    Want,
)
from net.node.replica import Replica, ReplicaOutcome
from net.node.saved_moments import SavedMoments
from net.transport.actions import Opened, Received, Transmit, TransportAction
from net.wire.codec import decode_frame
from net.wire.messages import (
    Block,
    BlockRequest,
    Farewell,
    Heartbeat,
    Introduction,
    Keyframe,
    Manifest,
    ManifestRequest,
    Message,
    OfContent,
    Operations,
    Probe,
    Stream,
    Summary,
    Suspicion,
    VectorDigest,
)

if TYPE_CHECKING:
    from random import Random

    from net.security.identity import Identity
    from net.security.primitives import Primitives
    from net.transport.transport import Transport

NodeOutput: TypeAlias = Transmit | Persist | Event | Report | Stopped
PresenceMessage: TypeAlias = Heartbeat | Probe | Farewell | Introduction


@dataclass(slots=True)
class NodeCounters:
    """What was dropped, by reason; nothing that a peer sends ends a node."""

    malformed: int = 0
    out_of_place: int = 0


@final
class Node:
    """One machine in one room."""

    def __init__(
        self,
        identity: Identity,
        incarnation: int,
        transport: Transport,
        primitives: Primitives,
        rng: Random,
        now_ns: int,
    ) -> None:
        self.me: NodeId = identity.node_id
        self.incarnation = incarnation
        self.counters = NodeCounters()
        self._transport = transport
        self._rng = rng
        self._peers = Peers()
        self._detector = FailureDetector(self.me)
        self._clock = RaceClock()
        member = Member(self.me, incarnation)
        self._replica = Replica(member, identity, primitives, transport.room_tag, self._peers)
        self._lifecycle = Lifecycle(member, self._peers, rng, now_ns)
        self._outbox = Outbox()
        self._beats = Heartbeats(now_ns)
        self._local_health = LocalHealth(now_ns)
        self._contents = Contents(rng)
        self._ticked_ns = now_ns
        self._kept_race_ns = 0  # what the race clock of the last process showed
        self._keeping = SavedMoments(now_ns)
        self._leaving = Leaving()

    # --- what the program may read (NodeView) -------------------------------------------------

    @property
    def decides(self) -> bool:
        return self._lifecycle.decides

    @property
    def synced(self) -> bool:
        return self._lifecycle.synced

    def race_ns(self, now_ns: int) -> int:
        return self._clock.race_ns(now_ns)

    def state_of(self, node: NodeId) -> PeerState:
        if node == self.me:
            return PeerState.ALIVE
        return state_of(self._detector.state_of(node))

    def commit_of(self, node: NodeId) -> int:
        if node == self.me:
            return self._lifecycle.commit
        peer = self._peers.get(node)
        if peer is None or peer.status is None or peer.lineage != self._lifecycle.lineage:
            return 0
        return peer.status.commit

    def progress(self, digest: Digest) -> float | None:
        return self._contents.progress(digest)

    def rtt_ms(self, node: NodeId) -> float | None:
        return self._clock.rtt_ms(node)

    def loss(self, node: NodeId) -> float | None:
        return self._clock.loss(node)

    # --- inputs -------------------------------------------------------------------------------

    def restore(self, kept: KeptRoom, now_ns: int) -> list[NodeOutput]:
        """Take what the journal kept of this room. Call before `start`."""
        self._lifecycle.restore(kept.decrees)
        self._kept_race_ns = 1000 * kept.moment.race_us
        return self._apply_data(self._replica.restore(kept, now_ns))

    def start(self, addresses: Iterable[Address], now_ns: int) -> list[NodeOutput]:
        """Begin: note this life, greet the addresses we know."""
        outputs: list[NodeOutput] = [SaveIncarnation(self.incarnation)]
        for address in addresses:
            outputs.extend(self._apply_actions(self._transport.dial(address, None, now_ns), now_ns))
        return outputs

    def on_sighting(self, node: NodeId | None, address: Address, now_ns: int) -> list[NodeOutput]:
        """Greet an address where discovery saw a node of our room."""
        if node == self.me:
            return []
        return self._apply_actions(self._transport.dial(address, node, now_ns), now_ns)

    def on_refused(self, address: Address, now_ns: int) -> list[NodeOutput]:
        """Note that nobody listens at an address where a session was."""
        node = self._transport.node_at(address)
        if node is not None:
            self._detector.on_refused(node, now_ns)
        return []

    def on_datagram(self, data: bytes, address: Address, now_ns: int) -> list[NodeOutput]:
        return self._apply_actions(self._transport.on_datagram(data, address, now_ns), now_ns)

    def on_tick(self, now_ns: int) -> list[NodeOutput]:
        """Run what is due. Call it TICK_NS apart, when all that arrived has been handled."""
        self._notice_pause(now_ns)
        self._local_health.on_tick(now_ns)
        self._lifecycle.overloaded = self._local_health.is_overloaded(now_ns)
        self._lifecycle.timeout_scale = self._detector.timeout_scale = (
            self._local_health.timeout_scale
        )
        self._replica.timeout_scale = self._local_health.timeout_scale
        outputs = self._apply_actions(self._transport.on_tick(now_ns), now_ns)
        outputs.extend(self._detect_failures(now_ns))
        self._queue_sends(self._replica.on_tick(now_ns))
        told = self._lifecycle.on_tick(self._replica.met_equal, now_ns)
        outputs.extend(self._apply_lifecycle(told, now_ns))
        outputs.extend(self._apply_data(self._contents.on_tick(self._peers.living_nodes, now_ns)))
        self._clock.follow(self._lifecycle.coordinator, self.me)
        if self._beats.is_due(now_ns):
            self._send_heartbeats(now_ns)
        if self.synced and self._keeping.is_due(now_ns):
            race_ns = self.race_ns(now_ns)
            outputs.extend(self._keeping.save(self._replica.newest(), race_ns, now_ns))
        outputs.extend(self._advance_leaving(now_ns))
        return outputs

    def on_command(self, command: Command, now_ns: int) -> list[NodeOutput]:
        match command:
            case Submit(body=body):
                race_us = max(self.race_ns(now_ns), 0) // 1000
                return self._apply_data(self._replica.author(body, race_us))
            case Publish():
                self._queue_sends(self._replica.publish(command, self._outbox, now_ns))
            case Propose(whats=whats):
                return self._apply_lifecycle(self._lifecycle.propose(whats, now_ns), now_ns)
            case Share(content=content):
                self._contents.share(content)
            case Want(digest=digest, size_max=size_max):
                return self._apply_data(self._contents.want(digest, size_max))
            case SetIdle(idle=idle):
                self._lifecycle.set_idle(idle)
            case Leave():
                self._leaving.begin(now_ns)
                self._lifecycle.leave()
            case Report():
                return [command]
            case _:
                assert_never(command)
        return []

    def flush(self, now_ns: int) -> list[NodeOutput]:
        """Return all that waits to be sent, in as few datagrams as it fits. Call it last."""
        outputs = self._apply_lifecycle(self._lifecycle.go_on(now_ns), now_ns)
        for node, frame in self._outbox.take():
            outputs.extend(self._apply_actions(self._transport.send(node, frame, now_ns), now_ns))
        return outputs

    # --- sessions -----------------------------------------------------------------------------

    def _apply_actions(self, actions: Sequence[TransportAction], now_ns: int) -> list[NodeOutput]:
        outputs: list[NodeOutput] = []
        for action in actions:
            match action:
                case Transmit():
                    outputs.append(action)
                case Opened():
                    outputs.extend(self._admit_peer(action, now_ns))
                case Received(node=node, incarnation=incarnation, frame=frame):
                    outputs.extend(self._read_frame(node, incarnation, frame, now_ns))
                case _:
                    assert_never(action)
        return outputs

    def _admit_peer(self, opened: Opened, now_ns: int) -> list[NodeOutput]:
        peer = self._peers.get(opened.node)
        if peer is not None and peer.incarnation >= opened.incarnation:
            return []
        if peer is None and len(self._peers) >= PEERS_MAX:
            return []
        self._detector.on_heard(opened.node, opened.incarnation, now_ns)
        self._peers.put(Peer(opened.node, opened.incarnation, opened.name, Health.ALIVE))
        self._queue_sends(self._replica.welcome(opened.node))
        changed = PeerChanged(opened.node, opened.incarnation, opened.name, PeerState.ALIVE)
        return [SavePeer(opened.node, opened.address), changed]

    def _read_frame(
        self, node: NodeId, incarnation: int, frame: bytes, now_ns: int
    ) -> list[NodeOutput]:
        peer = self._peers.get(node)
        if peer is None or peer.incarnation != incarnation:
            self.counters.out_of_place += 1
            return []
        try:
            messages = decode_frame(frame)
        except WireError:
            self.counters.malformed += 1
            return []
        outputs: list[NodeOutput] = []
        for message in messages:
            outputs.extend(self._route_message(peer, message, now_ns))
        return outputs

    # --- messages -----------------------------------------------------------------------------

    def _route_message(self, peer: Peer, message: Message, now_ns: int) -> list[NodeOutput]:
        match message:
            case Heartbeat() | Probe() | Farewell() | Introduction():
                return self._route_presence(peer, message, now_ns)
            case VectorDigest() | Operations() | Stream() | Keyframe():
                return self._apply_data(self._replica.on_message(peer, message, now_ns))
            case OfContent():
                return self._apply_data(self._contents.on_message(peer.node, message, now_ns))
            case ManifestRequest() | Manifest() | BlockRequest() | Block():
                told = self._lifecycle.on_history_message(peer, message, now_ns)
            case _:
                told = self._lifecycle.on_log_message(peer, message, now_ns)
        return self._apply_lifecycle(told, now_ns)

    def _route_presence(
        self, peer: Peer, message: PresenceMessage, now_ns: int
    ) -> list[NodeOutput]:
        match message:
            case Heartbeat():
                return self._receive_heartbeat(peer, message, now_ns)
            case Probe():
                self._update_account()
                self._queue_beat(peer, self._detector.suspicions(now_ns), now_ns)
                return []
            case Farewell(incarnation=incarnation):
                if incarnation != peer.incarnation:
                    return []
                self._detector.on_left(peer.node, incarnation)
                return self._set_health(peer, Health.LEFT)
            case Introduction(peers=peers):
                return self._dial_nodes(peers, now_ns)
            case _:
                assert_never(message)

    def _receive_heartbeat(self, peer: Peer, beat: Heartbeat, now_ns: int) -> list[NodeOutput]:
        if beat.incarnation != peer.incarnation or beat.sent_us <= peer.sent_us:
            return []
        self._detector.on_heard(peer.node, peer.incarnation, now_ns)
        self._detector.on_evidence(peer.node, beat.suspicions, now_ns)
        echo_us = self._beats.clock_us(beat.echo_us)
        self._clock.on_sample(peer.node, beat.sent_us, echo_us, beat.hold_us, beat.race_us, now_ns)
        peer.sent_us, peer.heard_ns, peer.known = beat.sent_us, now_ns, beat.known
        if echo_us > 0:
            peer.echo_ns = max(peer.echo_ns, echo_us * 1000)
        if beat.summary is not None:
            peer.take(beat.summary, beat.serial)
        if peer.serial != beat.serial:
            return []  # we forgot what it told; our next beat says so
        self._queue_sends(self._replica.on_heartbeat(peer, beat, now_ns))
        return self._apply_lifecycle(self._lifecycle.on_heartbeat(peer, now_ns), now_ns)

    def _dial_nodes(
        self, peers: Sequence[tuple[NodeId, str, int]], now_ns: int
    ) -> list[NodeOutput]:
        outputs: list[NodeOutput] = []
        for node, host, port in peers:
            known = self._peers.get(node)
            if node != self.me and (known is None or not known.lives):
                dialled = self._transport.dial((host, port), node, now_ns)
                outputs.extend(self._apply_actions(dialled, now_ns))
        return outputs

    def _apply_data(self, outcomes: Sequence[ReplicaOutcome | ContentArrived]) -> list[NodeOutput]:
        outputs: list[NodeOutput] = []
        for outcome in outcomes:
            match outcome:
                case Send():
                    self._outbox.put(outcome.to, outcome.message)
                case SaveOperation() | Delivered() | StateReceived() | ContentArrived():
                    outputs.append(outcome)
                case _:
                    assert_never(outcome)
        return outputs

    def _apply_lifecycle(
        self, outcomes: Sequence[LifecycleOutcome], now_ns: int
    ) -> list[NodeOutput]:
        outputs: list[NodeOutput] = []
        for outcome in outcomes:
            match outcome:
                case Send():
                    self._outbox.put(outcome.to, outcome.message)
                case LineageFounded():
                    self._clock.found(self._kept_race_ns, now_ns)
                case IncarnationRaised(member=member):
                    outputs.extend(self._begin_incarnation(member, now_ns))
                case LineageEntered():
                    self._clock.enter()
                    self._replica.met_equal = False
                    outputs.append(outcome)
                case Committed(decree=decree):
                    if decree.index >= self._lifecycle.kept:
                        outputs.append(SaveDecree(decree))
                    outputs.append(outcome)
                case CoordinatorChanged() | Synced():
                    outputs.append(outcome)
                case _:
                    assert_never(outcome)
        return outputs

    def _begin_incarnation(self, member: Member, now_ns: int) -> list[NodeOutput]:
        self.incarnation = member.incarnation
        self._replica.become(member)
        outputs: list[NodeOutput] = [SaveIncarnation(member.incarnation)]
        renewed = self._transport.set_incarnation(member.incarnation, now_ns)
        outputs.extend(self._apply_actions(renewed, now_ns))
        return outputs

    def _queue_sends(self, sends: Iterable[Send]) -> None:
        for send in sends:
            self._outbox.put(send.to, send.message)

    # --- failure detection --------------------------------------------------------------------

    def _notice_pause(self, now_ns: int) -> None:
        gap = now_ns - self._ticked_ns
        self._ticked_ns = now_ns
        if gap <= PAUSE_NS * self._local_health.timeout_scale:
            return
        self._beats.on_pause(gap, now_ns)
        self._detector.on_pause(now_ns)
        self._lifecycle.on_pause(now_ns + PAUSE_QUIET_NS)

    def _detect_failures(self, now_ns: int) -> list[NodeOutput]:
        outputs: list[NodeOutput] = []
        for verdict in self._detector.on_tick(now_ns):
            peer = self._peers.get(verdict.node)
            if peer is None:
                continue
            match verdict:
                case ProbeNow():
                    self._outbox.put(peer.node, Probe())
                case Suspected():
                    outputs.extend(self._set_health(peer, Health.SUSPECT))
                case Recovered():
                    outputs.extend(self._set_health(peer, Health.ALIVE))
                case Down():
                    outputs.extend(self._set_health(peer, Health.DOWN))
                case _:
                    assert_never(verdict)
        for peer in list(self._peers):
            if self._detector.state_of(peer.node) is Health.UNKNOWN:
                self._peers.drop(peer.node)
        return outputs

    def _set_health(self, peer: Peer, health: Health) -> list[NodeOutput]:
        if peer.health is health:
            return []
        peer.health = health
        return [PeerChanged(peer.node, peer.incarnation, peer.name, state_of(health))]

    # --- beats --------------------------------------------------------------------------------

    def _send_heartbeats(self, now_ns: int) -> None:
        self._queue_sends(self._replica.sign_state(now_ns))
        self._update_account()
        suspicions = self._detector.suspicions(now_ns)
        introduce_ns = introduction_ns(len(self._peers.living()))
        for peer in self._peers:
            if peer.lives:
                self._queue_beat(peer, suspicions, now_ns)
                if now_ns - peer.introduced_ns >= introduce_ns:
                    peer.introduced_ns = now_ns
                    self._queue_introduction(peer)
            elif now_ns - peer.beat_ns >= DOWN_BEAT_NS:
                self._queue_beat(peer, suspicions, now_ns)

    def _update_account(self) -> None:
        held = self._replica
        self._beats.note(Summary(held.vector_hash, held.size, self._lifecycle.status))

    def _queue_beat(self, peer: Peer, suspicions: tuple[Suspicion, ...], now_ns: int) -> None:
        peer.beat_ns = now_ns
        race_ns = self._clock.race_ns(now_ns)
        beat = self._beats.compose(peer, self.incarnation, race_ns, suspicions, now_ns)
        self._outbox.put(peer.node, beat)

    def _queue_introduction(self, peer: Peer) -> None:
        others = [
            (other.node, address)
            for other in self._peers.living()
            if other.node != peer.node
            and (address := self._transport.address_of(other.node)) is not None
        ]
        if others:
            self._outbox.put(peer.node, introduction(others, self._rng))

    # --- leaving ------------------------------------------------------------------------------

    def _advance_leaving(self, now_ns: int) -> list[NodeOutput]:
        leaving = self._leaving
        if not leaving.has_begun:
            return []
        if leaving.hands_over(now_ns) and (handed := self._lifecycle.hand_over()):
            self._queue_sends(handed)
            return []
        nodes = [peer.node for peer in self._peers if peer.health is not Health.DOWN]
        if not nodes or not leaving.bids_farewell():
            return [Stopped()]
        self._queue_sends(Send(node, Farewell(self.incarnation)) for node in nodes)
        return []
