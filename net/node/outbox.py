"""Messages waiting for the end of a step, then sent as few datagrams."""

from __future__ import annotations

from typing import final

from net.ids import NodeId
from net.limits import FRAME_BYTES_MAX, MESSAGES_PER_FRAME_MAX
from net.node.peers import Peers
from net.wire.codec import Codec, join_frame
from net.wire.messages import Message

_FRAME_HEAD = 3  # bytes of a frame's array header, at most


@final
class Outbox:
    """Collects messages by peer; the order to one peer is kept within a frame."""

    def __init__(self, codec: Codec, peers: Peers) -> None:
        self._codec = codec
        self._peers = peers
        self._waiting: dict[NodeId, list[bytes]] = {}
        self._last: tuple[Message, int, bytes | None] | None = None

    def put(self, node: NodeId, message: Message) -> None:
        """Add a message, unless the peer's version does not have it.

        One that goes to several peers of one version in a row is encoded once.
        """
        version = self._peers.version_with(node)
        last = self._last
        if last is None or last[0] is not message or last[1] != version:
            last = self._last = (message, version, self._codec.encode(message, version))
        data = last[2]
        if data is not None:
            self._waiting.setdefault(node, []).append(data)

    def __contains__(self, node: NodeId) -> bool:
        """Tell whether something waits for a peer."""
        return node in self._waiting

    def take(self) -> list[tuple[NodeId, bytes]]:
        """Return all frames that wait, and forget them."""
        frames: list[tuple[NodeId, bytes]] = []
        for node, messages in self._waiting.items():
            packed = _pack_frames(messages)
            if (peer := self._peers.get(node)) is not None:
                peer.notes.sent_bytes += sum(map(len, packed))
            frames.extend((node, frame) for frame in packed)
        self._waiting = {}
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
