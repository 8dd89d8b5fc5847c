"""Frames of peers as messages. What does not decode is dropped, counted by its fault, and told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from net.errors import UnreadReason, WireError, WireFault
from net.ids import NodeId
from net.limits import NEVER, PEERS_MAX, UNREADABLE_TOLD_NS
from net.node.counters import NodeCounters
from net.node.peers import Peer, Peers
from net.node.program import PeerUnreadable
from net.recent import Recent
from net.wire.codec import CODEC, Codec
from net.wire.messages import Message


@dataclass(slots=True)
class _Unread:
    """What came of a node and was not read, since it was told last."""

    count: int = 0
    told_ns: int = NEVER


@final
class UnreadNews:
    """Tells of who says what is not read: at once, and while it goes on now and then."""

    def __init__(self, peers: Peers) -> None:
        self._peers = peers
        self._unread: Recent[NodeId, _Unread] = Recent(PEERS_MAX)

    def __len__(self) -> int:
        """Of how many something was noted."""
        return len(self._unread)

    def note(
        self, node: NodeId, fault: WireFault | UnreadReason, count: int, now_ns: int
    ) -> list[PeerUnreadable]:
        """Note that so much of a node was not read; tell, if UNREADABLE_TOLD_NS are over."""
        if node not in self._unread:
            self._unread.note(node, _Unread())
        noted = self._unread[node]
        noted.count += count
        if now_ns - noted.told_ns < UNREADABLE_TOLD_NS:
            return []
        peer = self._peers.get(node)
        told = PeerUnreadable(node, "" if peer is None else peer.name, fault, noted.count)
        noted.count, noted.told_ns = 0, now_ns
        return [told]


@final
class FrameReader:
    """Reads what the present lives of peers send.

    A frame comes sealed, so no line has garbled it: its sender means something else by it.
    """

    def __init__(self, peers: Peers, codec: Codec = CODEC) -> None:
        self.counters = NodeCounters()
        self._peers = peers
        self._codec = codec
        self._news = UnreadNews(peers)

    def sender_of(self, node: NodeId, incarnation: int) -> Peer | None:
        """Return the peer that leads this life; None, and counted, where it is another now.

        Likewise where it is convicted of having said two things in one place.
        """
        peer = self._peers.get(node)
        if peer is None or peer.incarnation != incarnation:
            self.counters.out_of_place += 1
            return None
        if node in self._peers.convicted:
            self.counters.convicted += 1
            return None
        return peer

    def decode(
        self, peer: Peer, frame: bytes, now_ns: int
    ) -> tuple[list[Message], list[PeerUnreadable]]:
        """Return a frame's messages, or that the peer says what cannot be read.

        That is told at once, and while it goes on, once in UNREADABLE_TOLD_NS.
        """
        peer.notes.received_bytes += len(frame)
        try:
            return self._codec.decode(frame, self._peers.version_with(peer.node)), []
        except WireError as error:
            self.counters.malformed[error.fault.value] += 1
            return [], self._news.note(peer.node, error.fault, 1, now_ns)
