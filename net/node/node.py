"""A node: sessions below, a program above, and the machines of the cluster between them.

It performs nothing. Each input returns what to transmit, to persist and to tell, in order; the
inputs of one node never overlap.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias, assert_never, final

from net.cluster.actions import Send
from net.cluster.checkpoint import read_checkpoint
from net.cluster.content import ContentArrived, Contents
from net.cluster.failure_detector import FailureDetector
from net.cluster.judging.jury import Judge
from net.cluster.loop_monitor import LoopMonitor
from net.cluster.race_clock import RaceClock
from net.cluster.storage import Storage
from net.ids import Address, Member, NodeId
from net.limits import PAUSE_QUIET_NS
from net.node.checkpoints import CheckpointOutcome, Checkpoints, DecreeCheckpoint
from net.node.command_checks import CommandChecks, fault_of
from net.node.frame_reader import FrameReader
from net.node.group_commit import DiskState
from net.node.heartbeat_exchange import HeartbeatExchange
from net.node.leaving import Leaving
from net.node.lineage.approach import Entry
from net.node.lineage.lifecycle import (
    BegunFrom,
    IncarnationRaised,
    Lifecycle,
    LifecycleOutcome,
    LineageFounded,
)
from net.node.liveness import Liveness
from net.node.outgoing.outbox import Outbox
from net.node.outgoing.relaying import Relaying
from net.node.peers import Peer, Peers
from net.node.program import (
    Command,
    Committed,
    Event,
    Exclude,
    Folding,
    KeptRoom,
    Leave,
    LineageEntered,
    Persist,
    Propose,
    Publish,
    Report,
    SaveIncarnation,
    SavePeer,
    SetIdle,
    Share,
    Stopped,
    Submit,
    Want,
    Write,
)
from net.node.readings import NodeReadings
from net.node.replica import Replica
from net.node.saved_moments import SavedMoments
from net.node.session_layer import SessionLayer
from net.security.signet import Signet
from net.transport.actions import (
    Denied,
    Incompatible,
    Opened,
    PassOn,
    PutOff,
    Received,
    RoomFull,
    Transmit,
    TransportAction,
    TwinFound,
    TwinPart,
    Unconfirmed,
)
from net.transport.greeting import greet_advertised, greet_introduced, greet_named
from net.wire.codec import CODEC, Codec
from net.wire.messages import (
    Accusation,
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
    Relayed,
    Stream,
    Summary,
    Tried,
    VectorDigest,
)

if TYPE_CHECKING:
    from random import Random

    from net.security.identity import Identity
    from net.security.primitives import Primitives

NodeOutput: TypeAlias = Transmit | Persist | Event | Report | Stopped
PresenceMessage: TypeAlias = Heartbeat | Probe | Farewell | Introduction | Relayed | Tried


@final
class Node(NodeReadings):
    """One machine in one room."""

    def __init__(
        self,
        identity: Identity,
        incarnation: int,
        transport: SessionLayer,
        primitives: Primitives,
        rng: Random,
        now_ns: int,
        entry: Entry = Entry.EITHER,
        codec: Codec = CODEC,
        folding: Folding | None = None,
    ) -> None:
        self.me: NodeId = identity.node_id
        self._transport = transport
        self._peers = Peers(transport.versions)
        self._frames = FrameReader(self._peers, codec)
        self._loop = LoopMonitor(now_ns)
        detector = FailureDetector(self.me, self._loop)
        self._clock = RaceClock()
        member = Member(self.me, incarnation)
        self._replica = Replica(
            member, identity, primitives, transport.room_tag, self._peers, self._loop
        )
        self._checkpoints = Checkpoints(folding, self._replica, Contents(rng), self._peers)
        storage = Storage(self._replica.holds, self._checkpoints.keeps)
        hand = identity, primitives, self._replica.checks.verify, transport.room_tag
        here = self._peers, self._loop, storage, Signet.of(*hand)
        self._lifecycle = Lifecycle(member, entry, *here, rng, now_ns)
        seen = self._peers, self._frames.counters
        relaying = Relaying(self.me, transport.next_hop, self._frames.counters)
        self._outbox = Outbox(codec, *seen, relaying)
        beats = detector, self._clock, *seen, transport.address_of
        self._beats = HeartbeatExchange(*beats, rng, now_ns)
        self._liveness = Liveness(detector, *seen)
        self._keeping = SavedMoments(now_ns)
        self._leaving = Leaving()
        self._checks = CommandChecks(now_ns)

    def judge_by(self, judge: Judge) -> None:
        """Take no decree of others that our program refuses."""
        self._peers.jury.judge = judge

    # --- inputs -------------------------------------------------------------------------------

    def restore(self, kept: KeptRoom, now_ns: int) -> list[NodeOutput]:
        """Take what the journal kept of this room. Call before `start`."""
        checkpoint = read_checkpoint(kept.checkpoint) if kept.checkpoint else None
        self._checkpoints.restore(checkpoint, kept.content)
        told = self._lifecycle.restore(kept.decrees, checkpoint, aged=kept.aged)
        self._keeping.restore(kept.moment)
        self._replica.follow(self._lifecycle.history)
        restored = self._replica.restore(kept, checkpoint, now_ns)
        return self._apply_outcomes([*told, *restored])

    def start(self, addresses: Iterable[Address], now_ns: int) -> list[NodeOutput]:
        """Begin: note this life, greet the addresses we know."""
        greeted = [sent for address in addresses for sent in self.on_named(address, now_ns)]
        return [SaveIncarnation(self.incarnation), *greeted]

    def on_named(self, address: Address, now_ns: int) -> list[NodeOutput]:
        """Greet an address at which a person, or our journal, says that one of our room may be."""
        return self._apply_actions(greet_named(self._transport, address, now_ns), now_ns)

    def on_advert(
        self, node: NodeId, at: Sequence[Address], size: int, now_ns: int, *, guest: bool = False
    ) -> list[NodeOutput]:
        """Note an advert of our room, or a guest, and of how many bytes it came; perhaps greet."""
        if node == self.me or not at:
            return []
        if not guest:  # who is no room to enter keeps nobody from founding one
            self._lifecycle.on_listed(self._transport.node_of(node), at[0], now_ns)
        party = self._transport, self.me, self._peers.living_nodes()
        return self._apply_actions(greet_advertised(*party, node, at, size, now_ns), now_ns)

    def on_other_door(self, node: NodeId, address: Address, locked: bool, now_ns: int) -> None:
        self._lifecycle.on_other_door(node, address, locked, now_ns)

    def on_refused(self, address: Address, now_ns: int) -> list[NodeOutput]:
        """Note that nobody listens at an address where a session was."""
        if (node := self._transport.node_at(address)) is not None:
            self._liveness.on_refused(node, now_ns)
        return []

    def read_datagram(
        self, data: bytes, address: Address, now_ns: int
    ) -> Sequence[TransportAction]:
        """Return what the layer of sessions makes of a datagram: `on_read` has to get it.

        But for mere answers, which are to be sent: nothing in the node changes with them.
        """
        return self._transport.on_datagram(data, address, now_ns)

    def on_read(self, actions: Sequence[TransportAction], now_ns: int) -> list[NodeOutput]:
        return self._apply_actions(actions, now_ns)

    def on_given(self) -> None:
        """Take that the disk is given another write."""
        self._lifecycle.storage.given += 1

    def on_kept(self, writes: Sequence[Write], now_ns: int) -> list[NodeOutput]:
        """Take that these are on disk."""
        self._lifecycle.storage.written += len(writes)
        return self._apply_lifecycle(self._lifecycle.on_kept(writes, now_ns), now_ns)

    def on_storage(self, disk: DiskState, now_ns: int) -> list[NodeOutput]:
        """Take how the disk is."""
        self._lifecycle.storage.keeps, self._lifecycle.storage.prompt = disk.keeps, disk.prompt
        return self._apply_lifecycle(self._lifecycle.on_kept([], now_ns), now_ns)

    def on_tick(self, now_ns: int, delay_ns: int, *, unread: bool = False) -> list[NodeOutput]:
        """Run what is due. Call it TICK_NS apart, when all that arrived has been handled."""
        if (paused_ns := self._loop.on_tick(now_ns, delay_ns)) or unread:
            self._forgive_pause(paused_ns, now_ns)
        congestion = self._outbox.congestion
        congestion.on_tick(now_ns)
        self._loop.network_scale = congestion.timeout_scale(now_ns)
        wary = congestion.is_wary(now_ns)
        told_by_peers = self._transport.on_tick(now_ns, self._beats.apart_ns, wary=wary)
        outputs = self._apply_actions(told_by_peers, now_ns)
        outputs.extend(self._apply_outcomes(self._liveness.on_tick(now_ns, probes=not wary)))
        self._queue_sends(self._replica.on_tick(self._lifecycle.coordinator, now_ns))
        told = self._lifecycle.on_tick(self._replica.met_equal, self.race_ns(now_ns), now_ns)
        outputs.extend(self._apply_lifecycle(told, now_ns))
        if (room := self._lifecycle.version) != self.versions.room:
            self._transport.speak(room)
        consensus, decides = self._lifecycle.consensus, self._lifecycle.decides
        folded = self._checkpoints.on_tick(consensus, decides, now_ns)
        outputs.extend(self._apply_lifecycle(folded, now_ns))
        begun = self._lifecycle.begin_life(self._replica.operations.outlived, now_ns)
        outputs.extend(self._apply_lifecycle(begun, now_ns))
        admitted = self._lifecycle.admit_authors(self._replica.operations, now_ns)
        outputs.extend(self._apply_lifecycle(admitted, now_ns))
        fetched = self._checkpoints.contents.on_tick(self._peers.living_nodes, now_ns)
        outputs.extend(self._apply_outcomes(fetched))
        self._clock.follow(self._lifecycle.coordinator, self.me)
        if self._beats.is_due(now_ns):
            self._queue_sends([] if wary else self._replica.repeat())
            calm = not self.synced or self._lifecycle.coordinator is not None
            if (count := self._beats.due(congestion, now_ns, calm=calm)) is not None:
                self._queue_sends(self._replica.sign_state(now_ns))
                beats = self._beats.beat(count, self.incarnation, self._summary(), now_ns)
                self._queue_sends(beats)
        if self.synced and self._keeping.is_due(now_ns):
            outputs.extend(self._keeping.save(self._replica.newest(), self.race_ns(now_ns), now_ns))
        handed = self._lifecycle.hand_over
        left = self._leaving.on_tick(handed, self._peers, self.incarnation, now_ns)
        outputs.extend(self._apply_outcomes(left))
        return outputs

    def on_command(self, command: Command, now_ns: int) -> list[NodeOutput]:
        """Perform a command, or say at once why not, with nothing sent and nothing kept."""
        shared, lack = self._checkpoints.contents, self._checks.lack_of_room
        fault = fault_of(command) or lack(
            command, lambda: self._replica.has_room(self._race_us(now_ns)), self, shared, now_ns
        )
        if fault is not None:
            return [self._checks.refuse(command, fault)]
        return self._perform_command(command, now_ns)

    def _race_us(self, now_ns: int) -> int:
        return max(self.race_ns(now_ns), 0) // 1000

    def _perform_command(self, command: Command, now_ns: int) -> list[NodeOutput]:
        match command:
            case Submit(body=body):
                race_us = self._race_us(now_ns)
                return self._apply_outcomes(self._replica.author(body, race_us))
            case Publish():
                self._queue_sends(self._replica.publish(command, self._outbox, now_ns))
            case Propose(whats=whats):
                return self._apply_lifecycle(self._lifecycle.propose(whats, now_ns), now_ns)
            case Share(content=content):
                self._checkpoints.contents.share(content)
            case Want(digest=digest, size_max=size_max):
                return self._apply_outcomes(self._checkpoints.contents.want(digest, size_max))
            case SetIdle(idle=idle):
                self._lifecycle.set_idle(idle)
            case Exclude(nodes=nodes):
                self._peers.jury.excluded = nodes
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
        consensus, history = self._lifecycle.consensus, self._lifecycle.history
        outputs = self._apply_outcomes(self._replica.follow(history))
        outputs.extend(self._apply_lifecycle(self._checkpoints.go_on(consensus, now_ns), now_ns))
        outputs.extend(self._apply_lifecycle(self._lifecycle.go_on(now_ns), now_ns))
        if self._lifecycle.lacks_operation and (coordinator := self._lifecycle.coordinator):
            self._queue_sends(self._replica.ask_for_lacking(coordinator, now_ns))
        while frames := self._outbox.take():
            for node, frame in frames:
                sealed = self._transport.send(node, frame, now_ns)
                outputs.extend(self._apply_actions(sealed, now_ns))
        return outputs

    # --- sessions -----------------------------------------------------------------------------

    def _apply_actions(self, actions: Sequence[TransportAction], now_ns: int) -> list[NodeOutput]:
        outputs: list[NodeOutput] = []
        for action in actions:
            match action:
                case Transmit():
                    outputs.append(action)
                case PassOn():
                    self._outbox.pass_on(action)
                case Opened():
                    outputs.extend(self._admit_peer(action, now_ns))
                case Incompatible():
                    self._lifecycle.on_incompatible(action, now_ns)
                    outputs.extend(self._liveness.on_incompatible(action, self.versions, now_ns))
                case Denied():
                    self._lifecycle.on_denied(action, now_ns)
                    self._queue_sends(self._liveness.tell_of_try(action))
                    outputs.extend(self._liveness.on_denied(action, self.synced, now_ns))
                case RoomFull() | Unconfirmed():
                    self._lifecycle.on_turned_away(action, now_ns)
                case PutOff():
                    outputs.extend(self._liveness.on_put_off(action, now_ns))
                case TwinFound(part=part):
                    outputs.extend(self._liveness.on_twin(action, now_ns))
                    if part is TwinPart.GOES:
                        outputs.extend(self._perform_command(Leave(), now_ns))
                case Received(node=node, incarnation=incarnation, frame=frame):
                    outputs.extend(self._read_frame(node, incarnation, frame, now_ns))
                case _:
                    assert_never(action)
        return outputs

    def _admit_peer(self, opened: Opened, now_ns: int) -> list[NodeOutput]:
        if opened.node in self._peers.convicted:
            return self._apply_outcomes(self._replica.accusations.turn_away(opened.node))
        self._lifecycle.on_met(opened.alias, opened.node)
        changed = self._liveness.admit_peer(opened, now_ns)
        if not changed or self._peers.get(opened.node) is None:
            return [*changed]
        self._queue_sends(self._replica.welcome(opened.node))
        if opened.address is None:
            return [*changed]
        return [SavePeer(opened.node, opened.address, *opened.known_by), *changed]

    def _read_frame(
        self, node: NodeId, incarnation: int, frame: bytes, now_ns: int
    ) -> list[NodeOutput]:
        peer = self._frames.sender_of(node, incarnation)
        if peer is None:
            return []
        messages, unreadable = self._frames.decode(peer, frame, now_ns)
        outputs: list[NodeOutput] = [*unreadable]
        if unreadable:
            self._lifecycle.on_unreadable(node, now_ns)
        with self._outbox.answering(node, now_ns):
            for message in messages:
                if self._replica.checks.may_bring(node, message, now_ns):
                    outputs.extend(self._route_message(peer, message, now_ns))
                outputs.extend(self._replica.checks.charge(node, now_ns))
        return outputs

    # --- messages -----------------------------------------------------------------------------

    def _route_message(self, peer: Peer, message: Message, now_ns: int) -> list[NodeOutput]:
        match message:
            case Heartbeat() | Probe() | Farewell() | Introduction() | Relayed() | Tried():
                return self._route_presence(peer, message, now_ns)
            case Operations() | Stream() | Keyframe() if peer.node in self._peers.jury.excluded:
                self._frames.counters.excluded += 1
                return []
            case VectorDigest() | Operations() | Accusation() | Stream() | Keyframe():
                return self._apply_outcomes(self._replica.on_message(peer, message, now_ns))
            case OfContent():
                return self._apply_outcomes(
                    self._checkpoints.contents.on_message(peer.node, message, now_ns)
                )
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
                summary = self._summary()
                self._queue_sends(self._beats.answer_probe(peer, self.incarnation, summary, now_ns))
                return []
            case Farewell(incarnation=incarnation):
                return [*self._liveness.on_farewell(peer, incarnation)]
            case Introduction(peers=peers):
                met = {self.me, *self._peers.living_nodes()}
                dialled = greet_introduced(self._transport, met, peer.node, peers, now_ns)
                return self._apply_actions(dialled, now_ns)
            case Relayed(datagram=datagram):
                via = self._outbox.take_relayed(peer.node, message, now_ns)
                taken = [] if via is None else self._transport.on_datagram(datagram, via, now_ns)
                return self._apply_actions(taken, now_ns)
            case Tried(host=host, port=port):
                if not self._transport.note_tried(peer.node, host, now_ns):
                    return []
                tried = Denied(None, (host, port), ours=False)
                return [*self._liveness.on_denied(tried, self.synced, now_ns)]
            case _:
                assert_never(message)

    def _receive_heartbeat(self, peer: Peer, beat: Heartbeat, now_ns: int) -> list[NodeOutput]:
        if not self._beats.on_heartbeat(peer, beat, now_ns):
            return []
        self._queue_sends(self._replica.on_heartbeat(peer, beat, now_ns))
        return self._apply_lifecycle(self._lifecycle.on_heartbeat(peer, now_ns), now_ns)

    def _apply_outcomes(
        self, outcomes: Iterable[Send | Persist | Event | Stopped]
    ) -> list[NodeOutput]:
        """Put what is to be sent into the outbox; hand on the rest, but for checkpoints."""
        outputs: list[NodeOutput] = []
        for outcome in outcomes:
            match outcome:
                case Send():
                    self._outbox.put(outcome.to, outcome.message)
                case ContentArrived() if self._checkpoints.on_content(outcome):
                    pass
                case Committed(decree=decree, lineage=lineage):
                    counting = self.operations.convictions.as_counts(decree)
                    outputs.append(Committed(counting, lineage))
                case _:
                    outputs.append(outcome)
        return outputs

    def _apply_lifecycle(
        self, outcomes: Sequence[LifecycleOutcome | CheckpointOutcome], now_ns: int
    ) -> list[NodeOutput]:
        outputs: list[NodeOutput] = []
        for outcome in outcomes:
            match outcome:
                case LineageFounded(revived=revived):
                    self._clock.found(self._keeping.kept_race_ns if revived else 0, now_ns)
                case IncarnationRaised(member=member):
                    outputs.extend(self._begin_incarnation(member, now_ns))
                case LineageEntered():
                    self._clock.enter()
                    self._replica.watch_for_equal()
                    outputs.append(outcome)
                case BegunFrom(checkpoint=checkpoint):
                    begun = self._checkpoints.enter(checkpoint)
                    outputs.extend(self._apply_outcomes([*begun, *self._replica.write_lost()]))
                case DecreeCheckpoint(what=what):
                    decreed = self._lifecycle.propose([what], now_ns)
                    outputs.extend(self._apply_lifecycle(decreed, now_ns))
                case _:
                    outputs.extend(self._apply_outcomes([outcome]))
        return outputs

    def _begin_incarnation(self, member: Member, now_ns: int) -> list[NodeOutput]:
        self._replica.become(member)
        renewed = self._transport.set_incarnation(member.incarnation, now_ns)
        return [SaveIncarnation(member.incarnation), *self._apply_actions(renewed, now_ns)]

    def _queue_sends(self, sends: Iterable[Send]) -> None:
        for send in sends:
            self._outbox.put(send.to, send.message)

    def _forgive_pause(self, paused_ns: int, now_ns: int) -> None:
        """After a pause of our own loop the silence of others was ours."""
        self._liveness.on_pause(now_ns)
        self._beats.on_pause(paused_ns, now_ns)
        self._lifecycle.on_pause(now_ns + PAUSE_QUIET_NS)

    def _summary(self) -> Summary:
        """Return what our beats account for."""
        held = self._replica
        return Summary(held.vector_hash, held.size, self._lifecycle.status)
