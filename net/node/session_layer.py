"""What a node needs of the layer of sessions below it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from net.ids import Address, NodeId
from net.transport.actions import TransportAction
from net.transport.calls import Origin
from net.transport.counters import TransportCounters
from net.transport.routes import Route
from net.wire.versions import Versions


class SessionLayer(Protocol):
    """`Transport`, or one with a check around it. It performs nothing; actions come in order."""

    @property
    def room_tag(self) -> bytes:
        """Names the room in all that its members sign."""
        ...

    @property
    def versions(self) -> Versions:
        """What we say that we speak."""
        ...

    @property
    def counters(self) -> TransportCounters:
        """What it did and dropped."""
        ...

    def address_of(self, node: NodeId) -> Address | None:
        """Return where a node is reached, if we have met it."""
        ...

    def node_at(self, address: Address) -> NodeId | None:
        """Return whom we reach at an address."""
        ...

    def next_hop(self, node: NodeId) -> NodeId | None:
        """Return to whom goes what is for a node: to itself, to a relay; None: we have no way."""
        ...

    def dial(
        self, route: Route, expected: NodeId | None, origin: Origin, now_ns: int
    ) -> Sequence[TransportAction]:
        """Seek a session with whoever is at an address; idempotent."""
        ...

    def node_of(self, alias: NodeId) -> NodeId:
        """Return whom an advert means: a node that we have met, else the alias itself."""
        ...

    def note_advert(self, node: NodeId, addresses: tuple[Address, ...], size: int) -> None:
        """Take where a node was seen, and of how many bytes its advert came off the network."""
        ...

    def send(self, node: NodeId, frame: bytes, now_ns: int) -> list[TransportAction]:
        """Seal a frame for a node."""
        ...

    def on_datagram(self, data: bytes, route: Route, now_ns: int) -> list[TransportAction]:
        """Take what arrived from an address, or by way of a member, whoever sent it."""
        ...

    def on_tick(self, now_ns: int, beat_ns: int, *, wary: bool) -> list[TransportAction]:
        """Do what is due; peers speak so often; the network may be full."""
        ...

    def set_incarnation(self, incarnation: int, now_ns: int) -> list[TransportAction]:
        """Lead another life from now on."""
        ...

    def note_tried(self, member: NodeId, host: str, now_ns: int) -> bool:
        """Take that a member heard a wrong passphrase from a host; False: it tells of too many."""
        ...

    def speak(self, room: int) -> None:
        """Say which version the room speaks that we are in; 0: we are in none."""
        ...
