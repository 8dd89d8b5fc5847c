"""What a node holds of the room's state: everybody's operations, and the newest of every stream."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias, final

from net.cluster.actions import Send
from net.cluster.operations import OperationStore, batches
from net.cluster.streams import Streams
from net.ids import Member, NodeId
from net.limits import ANTI_ENTROPY_NS, KEYFRAME_NS
from net.node.outbox import Outbox
from net.node.peers import Peer, Peers
from net.node.program import Delivered, Kept, Publish, SaveOperation, StateReceived
from net.security.identity import node_id_of
from net.wire.messages import (
    Heartbeat,
    Keyframe,
    Message,
    Operation,
    Operations,
    Stream,
    VectorDigest,
)

if TYPE_CHECKING:
    from net.security.identity import Identity
    from net.security.primitives import Primitives

StateMessage: TypeAlias = VectorDigest | Operations | Stream | Keyframe
Outcome: TypeAlias = Send | SaveOperation | Delivered | StateReceived


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
    ) -> None:
        def sign(data: bytes) -> bytes:
            return identity.sign(data, primitives)

        self._peers = peers
        key, verify = identity.signing_public, primitives.verify
        self._operations = OperationStore(me, key, sign, verify, room_tag)
        self._streams = Streams(me, key, sign, verify, room_tag)
        self.met_equal = False  # since `watch_for_equal`, a peer held just what we hold

    @property
    def vector_hash(self) -> bytes:
        return self._operations.vector_hash()

    def become(self, me: Member) -> None:
        """Speak as another life of this node from now on."""
        self._operations.become(me)
        self._streams.become(me)

    def restore(self, kept: Kept, now_ns: int) -> list[Outcome]:
        """Take what the journal kept."""
        outcomes: list[Outcome] = [*_delivered(self._operations.restore(kept.operations))]
        for keyframe in kept.moment.keyframes:
            outcomes.extend(self._on_keyframe(keyframe, now_ns))
        return outcomes

    def author(self, body: bytes, race_us: int) -> list[Outcome]:
        """Make an operation of our own, and push it to all peers."""
        outcomes: list[Outcome] = []
        for operation in self._operations.author(body, race_us):
            outcomes.append(SaveOperation(operation))
            outcomes.extend(_delivered([operation]))
            outcomes.extend(self._to_all(Operations((operation,))))
        return outcomes

    def publish(self, state: Publish, outbox: Outbox, now_ns: int) -> list[Send]:
        """Send a state to the peers whose turn it is; where something waits, it rides along."""
        streams, owner, paces = self._streams, state.owner, state.paces
        message = streams.publish(owner, state.lease, state.tick, state.payload)
        return [
            Send(node, message)
            for node in (peer.node for peer in self._peers.living())
            if streams.is_due(
                owner, node, paces.get(node, state.others), now_ns, along=node in outbox
            )
        ]

    def on_message(self, peer: Peer, message: StateMessage, now_ns: int) -> list[Outcome]:
        match message:
            case VectorDigest():
                missing = self._operations.missing_for(message)
                return [Send(peer.node, batch) for batch in batches(missing)]
            case Operations(operations=operations):
                news = self._operations.on_operations(operations)
                return [*map(SaveOperation, news), *_delivered(news)]
            case Stream(incarnation=incarnation, owner=owner, lease=lease, state=state):
                if not self._streams.on_stream(peer.node, message, now_ns):
                    return []
                node, writer = peer.node if owner is None else owner, peer.node
                told = StateReceived(node, writer, incarnation, lease, state.tick, state.payload)
                return [told]
            case Keyframe():
                return [*self._on_keyframe(message, now_ns)]

    def on_heartbeat(self, peer: Peer, beat: Heartbeat, now_ns: int) -> list[Send]:
        """Compare vector clocks with a peer, and relay to it what it does not hear itself."""
        sends: list[Send] = []
        if peer.vector_hash == self._operations.vector_hash():
            self.met_equal = True
        elif now_ns - peer.compared_ns >= ANTI_ENTROPY_NS:
            peer.compared_ns = now_ns
            sends.extend(Send(peer.node, digest) for digest in self._operations.digests())
        if beat.suspicions and now_ns - peer.relayed_ns >= KEYFRAME_NS:
            peer.relayed_ns = now_ns
            for suspicion in beat.suspicions:
                keyframes = self._streams.keyframes_by(suspicion.node)
                sends.extend(Send(peer.node, keyframe) for keyframe in keyframes)
        return sends

    def welcome(self, peer: NodeId) -> list[Send]:
        """Return the newest signed state of every stream, for a peer that has just come."""
        return [Send(peer, keyframe) for keyframe in self._streams.keyframes()]

    def sign_state(self, now_ns: int) -> list[Send]:
        """Return the states that we write, signed, for all, when they are due."""
        due = self._streams.due_keyframes(now_ns)
        return [send for keyframe in due for send in self._to_all(keyframe)]

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

    def _to_all(self, message: Message) -> list[Send]:
        return [Send(peer.node, message) for peer in self._peers.living()]


def _delivered(operations: Sequence[Operation]) -> list[Delivered]:
    """Leave out operations without a body: they only carry a long causal past."""
    return [Delivered(operation) for operation in operations if operation.body]
