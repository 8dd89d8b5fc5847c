"""What a node holds of the room's state: everybody's operations, and the newest of every stream."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias, final

from net.cluster.actions import Send
from net.cluster.causal.accusations import Accusations
from net.cluster.causal.admitted_authors import AdmittedAuthors
from net.cluster.causal.anti_entropy import batches
from net.cluster.causal.equivocation import Equivocated
from net.cluster.causal.operations import OperationStore
from net.cluster.causal.signing import Signing
from net.cluster.checkpoint import HistoryGivenUp, KeptCheckpoint
from net.cluster.local_health import LocalHealth
from net.cluster.streams import Streams
from net.counters import Counters
from net.ids import Dot, Member, NodeId
from net.limits import (
    ANSWER_NS,
    ANTI_ENTROPY_NS,
    KEYFRAME_NS,
    NEVER,
    OPERATION_REPEATS,
    VECTOR_ENTRIES_MAX,
    VECTOR_ENTRIES_PER_DIGEST,
)
from net.node.frame_reader import UnreadNews
from net.node.outgoing.outbox import Outbox
from net.node.outgoing.quota import Checks, Intake
from net.node.peers import Peer, Peers
from net.node.program import (
    Delivered,
    Event,
    Folded,
    KeptRoom,
    PeerUnreadable,
    Persist,
    Publish,
    SaveCheckpoint,
    SaveOperation,
    StateReceived,
)
from net.security.identity import node_id_of
from net.wire.messages import (
    Accusation,
    Heartbeat,
    Keyframe,
    Message,
    Operation,
    Operations,
    Stream,
    VectorDigest,
)

if TYPE_CHECKING:
    from net.cluster.log import DecreeLog
    from net.security.identity import Identity
    from net.security.primitives import Primitives
    from net.wire.decrees import Equivocation

DIGESTS_MAX: Final = 2 * VECTOR_ENTRIES_MAX // VECTOR_ENTRIES_PER_DIGEST  # that make one clock

StateMessage: TypeAlias = VectorDigest | Operations | Accusation | Stream | Keyframe
ReplicaOutcome: TypeAlias = (
    Send | SaveOperation | Delivered | Equivocated | StateReceived | PeerUnreadable
)


@final
class Replica:
    """Routes what concerns operations and streams, and compares what it holds with peers."""

    def __init__(
        self,
        me: Member,
        identity: Identity,
        primitives: Primitives,
        room_tag: bytes,
        peers: Peers,
        health: LocalHealth,
    ) -> None:
        def sign(data: bytes) -> bytes:
            return identity.sign(data, primitives)

        self._peers = peers
        self._health = health
        checks = Checks(primitives.verify, UnreadNews(peers))
        key, verify = identity.signing_public, checks.verify
        self._admitted = AdmittedAuthors()
        self._released = 0  # changes among those that the operations know
        signing = Signing(key, sign, verify, room_tag)
        self._operations = OperationStore(me, signing, self._admitted.__contains__)
        self._intake = Intake(self._operations, checks)
        self._streams = Streams(me, key, sign, verify, room_tag)
        self._lost: deque[Operation] = deque()  # own ones that nobody can deliver any more
        self._repeated: list[tuple[Operation, int]] = []  # own ones, and how often to say them yet
        self._asking: dict[NodeId, dict[Member, VectorDigest]] = {}  # newest of each range
        self._asked_ns = NEVER  # when we last asked anybody for what we lack
        self._asked_of: NodeId | None = None
        self._answered = True
        self._met_equal = False
        self.accusations = Accusations(self._operations.convictions)
        convictions = self._operations.convictions
        peers.convicted, peers.jury.proves = convictions.nodes, convictions.proves

    @property
    def vector_hash(self) -> bytes:
        return self._operations.vector_hash()

    @property
    def checks(self) -> Checks:
        """The signatures that we check of what peers send."""
        return self._intake.checks

    @property
    def operations(self) -> OperationStore:
        """All of them, to look at."""
        return self._operations

    def holds(self, dot: Dot) -> bool:
        """Tell whether an operation was delivered here."""
        return dot in self._operations.clock

    @property
    def met_equal(self) -> bool:
        """Since `watch_for_equal`, a peer held just the operations that we hold."""
        return self._met_equal

    def watch_for_equal(self) -> None:
        """Note from now on whether a peer holds what we hold."""
        self._met_equal = False

    @property
    def size(self) -> int:
        """How many operations are here."""
        return len(self._operations)

    @property
    def counters(self) -> tuple[Counters, ...]:
        return self._operations.counters, self._streams.counters, self.checks.counters

    def follow(self, log: DecreeLog) -> list[ReplicaOutcome]:
        """Read off our log who is admitted, and take what waited for that; and who is convicted."""
        self._admitted.follow(log)
        proofs = self._operations.follow(log)
        outcomes: list[ReplicaOutcome] = [Equivocated(proof.dot.node) for proof in proofs]
        if self._released != self._admitted.changes:
            self._released = self._admitted.changes
            outcomes.extend(self._take_news(self._operations.on_admitted()))
        return outcomes

    def become(self, me: Member) -> None:
        """Speak as another life of this node from now on."""
        self._operations.become(me)
        self._streams.become(me)

    def restore(
        self, kept: KeptRoom, checkpoint: KeptCheckpoint | None, now_ns: int
    ) -> list[ReplicaOutcome]:
        """Take what the journal kept.

        Operations beyond a checkpoint are told with it, when a lineage is entered.
        """
        if checkpoint is not None:
            self._operations.begin_from(checkpoint, checkpoint)
        restored = self._operations.restore(kept.operations)
        outcomes: list[ReplicaOutcome] = []
        if checkpoint is None:
            outcomes.extend(_delivered_events(restored))
        for keyframe in kept.moment.keyframes:
            outcomes.extend(self._on_keyframe(keyframe, now_ns))
        return outcomes

    def has_room(self, race_us: int) -> bool:
        """Whether all will take another operation of ours, as far as we know."""
        return self._operations.has_room_for_own(race_us)

    def begin_from(
        self, checkpoint: KeptCheckpoint | None, floor: KeptCheckpoint | None
    ) -> list[Send | Persist | Event]:
        """Count all that a checkpoint holds as here; tell of it, and of what is here beyond it.

        What we wrote in a history that has yielded, and nobody could deliver any more, is written
        again, as soon as a life of ours can.
        """
        beyond = self._operations.begin_from(checkpoint, floor)
        outcomes: list[Send | Persist | Event] = [*_begun_from(checkpoint, beyond.delivered)]
        if beyond.given_up:
            outcomes.append(HistoryGivenUp(beyond.given_up))
        self._lost.extend(lost for lost in beyond.lost if lost.body)
        return [*outcomes, *self.write_lost()]

    def write_lost(self) -> list[ReplicaOutcome]:
        """Write again what was lost, if the life that writes now can."""
        outcomes: list[ReplicaOutcome] = []
        while self._lost and self.has_room(self._lost[0].race_us):
            lost = self._lost.popleft()
            outcomes.extend(self.author(lost.body, lost.race_us))
        return outcomes

    def author(self, body: bytes, race_us: int) -> list[ReplicaOutcome]:
        """Make an operation of our own, and push it to all peers."""
        outcomes: list[ReplicaOutcome] = []
        for operation in self._operations.author(body, race_us):
            outcomes.append(SaveOperation(operation))
            outcomes.extend(_delivered_events([operation]))
            outcomes.extend(self._send_to_all(Operations((operation,))))
            self._repeated.append((operation, OPERATION_REPEATS))
        return outcomes

    def repeat(self) -> list[Send]:
        """Say our newest operations again, to whoever is not known to hold all that we hold.

        They are few and small, and everybody waits for them: where datagrams get lost, to notice
        it, ask and be answered takes three that do not.
        """
        if not self._repeated:
            return []
        said = batches([operation for operation, _ in self._repeated])
        self._repeated = [(each, left - 1) for each, left in self._repeated if left > 1]
        ours = self.vector_hash
        behind = [peer.node for peer in self._peers.living() if peer.vector_hash != ours]
        return [Send(node, message) for node in behind for message in said]

    def publish(self, state: Publish, outbox: Outbox, now_ns: int) -> list[Send]:
        """Send a state to the peers whose turn it is; where something waits, it rides along.

        Who waits longest beyond its pace comes first, for a full network may not take all.
        """
        streams, owner, paces = self._streams, state.owner, state.paces
        message = streams.publish(owner, state.lease, state.tick, state.payload)
        living = {node: paces.get(node, state.others) for node in self._peers.living_nodes()}
        along = {node for node in living if node in outbox}
        due = streams.due(owner, living, along, now_ns)
        may_send = outbox.congestion.may_send
        told = [node for node in due if node in along or may_send(now_ns)]
        streams.note_told(owner, told, now_ns)
        return [Send(node, message) for node in told]

    def on_message(self, peer: Peer, message: StateMessage, now_ns: int) -> list[ReplicaOutcome]:
        match message:
            case VectorDigest():
                self._note_digest(peer, message)
                return []
            case Operations(operations=operations):
                self._answered = self._answered or peer.node == self._asked_of
                within = self._intake.within_quotas(operations, peer.node, now_ns)
                news = self._operations.on_operations(within, peer.node)
                found = self._operations.convictions.take_found()
                accused = [told for proof in found for told in self._accuse(proof)]
                return [
                    *self._take_news(news),
                    *accused,
                    *self._intake.settle(peer.node, now_ns),
                ]
            case Accusation(proof=proof):
                return self._accuse(proof)
            case Stream(incarnation=incarnation, owner=owner, lease=lease, state=state):
                if not self._streams.on_stream(peer.node, message, now_ns):
                    return []
                node, writer = peer.node if owner is None else owner, peer.node
                told = StateReceived(node, writer, incarnation, lease, state.tick, state.payload)
                return [told]
            case Keyframe():
                return [*self._on_keyframe(message, now_ns)]

    def _accuse(self, proof: Equivocation) -> list[ReplicaOutcome]:
        """Tell all of a proof that is news, its author too: an honest one has a twin."""
        if not self._operations.convict(proof):
            return []
        return [*self._send_to_all(Accusation(proof)), Equivocated(proof.dot.node)]

    def tell_again(self, checkpoint: KeptCheckpoint | None) -> list[Send | Persist | Event]:
        """Keep, and tell, all that is here beyond the checkpoint in the place of what was told."""
        return [*_begun_from(checkpoint, self._operations.beyond())]

    def _take_news(self, news: Sequence[Operation]) -> list[ReplicaOutcome]:
        return [*map(SaveOperation, news), *_delivered_events(news)]

    def on_heartbeat(self, peer: Peer, beat: Heartbeat, now_ns: int) -> list[Send]:
        """Relay to a peer what it does not hear itself."""
        if not beat.suspicions or now_ns - peer.relayed_ns < KEYFRAME_NS:
            return []
        peer.relayed_ns = now_ns
        return [
            Send(peer.node, keyframe)
            for suspicion in beat.suspicions
            for keyframe in self._streams.keyframes_by(suspicion.node)
        ]

    def on_tick(self, coordinator: NodeId | None, now_ns: int) -> list[Send]:
        """Answer who asked, and ask; accuse. Call it when all that arrived has been handled.

        Of what one peer asked while we were busy the newest counts: to answer all of it would
        send the same again and again, and keep both of us busy.
        """
        asking, self._asking = self._asking, {}
        sends: list[Send] = []
        for node, digests in asking.items():
            peer = self._peers.get(node)
            if peer is not None:
                sends.extend(self._answer_digests(peer, digests.values(), now_ns))
        sends.extend(self._compare_with_peers(now_ns))
        sends.extend(self.accusations.on_tick(coordinator, now_ns))
        return sends

    def _note_digest(self, peer: Peer, digest: VectorDigest) -> None:
        ranges = self._asking.setdefault(peer.node, {})
        if digest.low in ranges or len(ranges) < DIGESTS_MAX:
            ranges[digest.low] = digest

    def _answer_digests(
        self, peer: Peer, digests: Iterable[VectorDigest], now_ns: int
    ) -> list[Send]:
        """Send a peer what it lacks; and ask it in turn, if it holds what we lack."""
        sends: list[Send] = []
        behind = False
        for digest in digests:
            missing = self._operations.missing_for(digest)
            sends.extend(Send(peer.node, batch) for batch in batches(missing))
            behind = behind or self._operations.lacks(digest)
        if behind and self._may_ask(now_ns):
            sends.extend(self._send_digests(peer, now_ns))
        return sends

    def _compare_with_peers(self, now_ns: int) -> list[Send]:
        """Ask a peer whose vector clock differs and who holds no fewer operations than we.

        Who holds fewer asks first. What we lack, many hold, as after a partition, and each that we
        ask sends all of it: so we ask one at a time, the one whom we asked longest ago.
        """
        if not self._admitted:
            return []  # all would wait until we hold the room's history
        ours, size = self.vector_hash, self.size
        ahead: Peer | None = None
        for peer in self._peers.living():
            if peer.vector_hash == ours:
                self._met_equal = True
                continue
            knows = peer.operations >= size and peer.vector_hash
            if knows and (ahead is None or peer.compared_ns < ahead.compared_ns):
                ahead = peer
        return (
            [] if ahead is None or not self._may_ask(now_ns) else self._send_digests(ahead, now_ns)
        )

    def ask_for_lacking(self, node: NodeId, now_ns: int) -> list[Send]:
        """Ask a peer for what we lack, not waiting to learn by its heartbeat that it has it."""
        peer = self._peers.get(node)
        if peer is None or not self._may_ask(now_ns):
            return []
        return self._send_digests(peer, now_ns)

    def _may_ask(self, now_ns: int) -> bool:
        """Whether whom we asked last has answered, or had the time to."""
        wait_ns = ANTI_ENTROPY_NS if self._answered else ANSWER_NS
        return now_ns - self._asked_ns >= wait_ns * self._health.timeout_scale

    def _send_digests(self, peer: Peer, now_ns: int) -> list[Send]:
        peer.compared_ns = self._asked_ns = now_ns
        self._asked_of, self._answered = peer.node, False
        return [Send(peer.node, digest) for digest in self._operations.digests()]

    def welcome(self, peer: NodeId) -> list[Send]:
        """Return the newest signed state of every stream, for a peer that has just come."""
        return [Send(peer, keyframe) for keyframe in self._streams.keyframes()]

    def sign_state(self, now_ns: int) -> list[Send]:
        """Return the states that we write, signed, for all, when they are due."""
        due = self._streams.due_keyframes(now_ns)
        return [send for keyframe in due for send in self._send_to_all(keyframe)]

    def newest(self) -> tuple[Keyframe, ...]:
        """Return the newest signed state of every stream, ours too."""
        return (*self._streams.own_keyframes(), *self._streams.keyframes())

    def _on_keyframe(self, keyframe: Keyframe, now_ns: int) -> list[StateReceived]:
        owner, writer = keyframe.owner, node_id_of(keyframe.key)
        return [
            StateReceived(
                owner, writer, keyframe.incarnation, keyframe.lease, state.tick, state.payload
            )
            for state in self._streams.on_keyframe(keyframe, now_ns)
        ]

    def _send_to_all(self, message: Message) -> list[Send]:
        return [Send(peer.node, message) for peer in self._peers.living()]


def _begun_from(
    checkpoint: KeptCheckpoint | None, beyond: Sequence[Operation]
) -> list[Persist | Event]:
    """Return what disk and program are told of beginning from a checkpoint, or from nothing."""
    index, packed, fold = 0, b"", b""
    if checkpoint is not None:
        index, packed, fold = checkpoint.index, checkpoint.packed, checkpoint.content.fold
    kept = SaveCheckpoint(index, packed, tuple(beyond))
    return [kept, Folded(index, fold), *_delivered_events(beyond)]


def _delivered_events(operations: Sequence[Operation]) -> list[Delivered]:
    """Leave out operations without a body: they only carry a long causal past."""
    return [Delivered(operation) for operation in operations if operation.body]
