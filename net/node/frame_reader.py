"""Frames of peers as messages. What does not decode is dropped, counted by its fault, and told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from net.errors import WireError, WireFault
from net.ids import NodeId
from net.limits import NEVER, PEERS_MAX, UNREADABLE_TOLD_NS
from net.node.counters import NodeCounters
from net.node.peers import Peer, Peers
from net.node.program import PeerUnreadable
from net.wire.codec import CODEC, Codec
from net.wire.messages import Message


@dataclass(slots=True)
class _Unreadable:
    """What came of a peer and could not be read, since it was told last."""

    count: int = 0
    told_ns: int = NEVER


@final
class FrameReader:
    """Reads what the present lives of peers send.

    A frame comes sealed, so no line has garbled it: its sender means something else by it.
    """

    def __init__(self, peers: Peers, codec: Codec = CODEC) -> None:
        self.counters = NodeCounters()
        self._peers = peers
        self._codec = codec
        self._unreadable: dict[NodeId, _Unreadable] = {}

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
            return [], self._note_unreadable(peer, error.fault, now_ns)

    def _note_unreadable(self, peer: Peer, fault: WireFault, now_ns: int) -> list[PeerUnreadable]:
        if peer.node not in self._unreadable and len(self._unreadable) >= PEERS_MAX:
            del self._unreadable[next(iter(self._unreadable))]
        noted = self._unreadable.setdefault(peer.node, _Unreadable())
        noted.count += 1
        if now_ns - noted.told_ns < UNREADABLE_TOLD_NS:
            return []
        told = PeerUnreadable(peer.node, peer.name, fault, noted.count)
        noted.count, noted.told_ns = 0, now_ns
        return [told]
