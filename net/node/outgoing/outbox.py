"""Messages waiting for the end of a step, then sent as few datagrams."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import final

from net.ids import NodeId
from net.limits import (
    ANSWER_BYTES_BURST,
    ANSWER_BYTES_PER_S,
    FRAME_BYTES_MAX,
    MESSAGES_PER_FRAME_MAX,
)
from net.node.counters import NodeCounters
from net.node.outgoing.congestion import Congestion
from net.node.outgoing.quota import Quota
from net.node.outgoing.relaying import Onward, Relaying
from net.node.peers import Peers
from net.transport.actions import PassOn
from net.transport.routes import Via
from net.wire.codec import Codec, join_frame
from net.wire.messages import Message, Relayed

_FRAME_HEAD = 3  # bytes of a frame's array header, at most


@final
class Outbox:
    """Collects messages by peer; the order to one peer is kept within a frame."""

    def __init__(
        self, codec: Codec, peers: Peers, counters: NodeCounters, relaying: Relaying
    ) -> None:
        self.congestion = Congestion(peers)
        self._relaying = relaying
        self._counters = counters
        self._codec = codec
        self._peers = peers
        self._waiting: dict[NodeId, list[bytes]] = {}
        self._last: tuple[Message, int, bytes | None] | None = None
        self._answers = Quota(ANSWER_BYTES_BURST, ANSWER_BYTES_PER_S)
        self._asking: tuple[NodeId, int] | None = None  # whose frame is being read, and when

    @contextmanager
    def answering(self, node: NodeId, now_ns: int) -> Iterator[None]:
        """Hold that what is put for a peer meanwhile answers it: it may have so much of that.

        A frame may hold one that was passed on, and go on behind it.
        """
        outer, self._asking = self._asking, (node, now_ns)
        try:
            yield
        finally:
            self._asking = outer

    def put(self, node: NodeId, message: Message) -> None:
        """Add a message, unless the peer's version does not have it.

        One that goes to several peers of one version in a row is encoded once.
        """
        version = self._peers.version_with(node)
        last = self._last
        if last is None or last[0] is not message or last[1] != version:
            last = self._last = (message, version, self._codec.encode(message, version))
        data = last[2]
        if data is not None and self._may_put(node, len(data)):
            self._waiting.setdefault(node, []).append(data)

    def _may_put(self, node: NodeId, size: int) -> bool:
        """Tell whether a message may go, which may be one that the peer asks for too much of."""
        if self._asking is None or self._asking[0] != node:
            return True
        if self._answers.may_take(node, size, self._asking[1]):
            return True
        self._counters.overasked += 1
        return False

    def __contains__(self, node: NodeId) -> bool:
        """Tell whether something waits for a peer."""
        return node in self._waiting

    def pass_on(self, action: PassOn) -> None:
        """Have a member pass on a datagram of ours."""
        via = action.via
        self.put(via.relay, self._relaying.wrap(via, action.data))

    def take_relayed(self, by: NodeId, message: Relayed, now_ns: int) -> Via | None:
        """Put what a peer has us pass on; of a datagram for us, return by which way it came."""
        taken = self._relaying.on_relayed(by, message, now_ns)
        if not isinstance(taken, Onward):
            return taken
        self.put(taken.to, taken.message)
        return None

    def take(self) -> list[tuple[NodeId, bytes]]:
        """Return the frames for peers to whom a detour leads; where none waits, all. Forget them.

        What goes on a detour is put here again, for whoever passes it on, with what else it gets.
        """
        if not self._waiting:
            return []
        first = [node for node in self._waiting if self._relaying.is_detour(node)]
        frames: list[tuple[NodeId, bytes]] = []
        for node in first or list(self._waiting):
            packed = _pack_frames(self._waiting.pop(node))
            if (peer := self._peers.get(node)) is not None:
                peer.notes.sent_bytes += sum(map(len, packed))
            frames.extend((node, frame) for frame in packed)
        return frames


def _pack_frames(messages: list[bytes]) -> list[bytes]:
    frames: list[bytes] = []
    batch: list[bytes] = []
    size = _FRAME_HEAD
    for data in messages:
        full = size + len(data) > FRAME_BYTES_MAX or len(batch) == MESSAGES_PER_FRAME_MAX
        if batch and full:
            frames.append(join_frame(batch))
            batch, size = [], _FRAME_HEAD
        batch.append(data)
        size += len(data)
    frames.append(join_frame(batch))
    return frames
