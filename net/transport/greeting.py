"""Whom a node greets, and on whose word.

Of a room one greets whom only an advert names: it may be made up, and whoever is real calls those
whom it sees itself, and is introduced to the others.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Protocol

from net.limits import GREETING_TURN_NS
from net.transport.calls import Origin
from net.transport.routes import Via

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from net.ids import Address, NodeId
    from net.transport.actions import TransportAction
    from net.transport.routes import Route


class Dialler(Protocol):
    """What greeting needs of the layer of sessions."""

    def address_of(self, node: NodeId) -> Address | None: ...

    def dial(
        self, route: Route, expected: NodeId | None, origin: Origin, now_ns: int
    ) -> Sequence[TransportAction]: ...

    def note_advert(self, node: NodeId, addresses: tuple[Address, ...], size: int) -> None: ...


def greet_named(sessions: Dialler, address: Address, now_ns: int) -> Sequence[TransportAction]:
    """Greet an address that a person, or our journal, names."""
    return sessions.dial(address, None, Origin.OWN, now_ns)


def greet_advertised(
    sessions: Dialler,
    me: NodeId,
    living: Iterable[NodeId],
    node: NodeId,
    addresses: Sequence[Address],
    size: int,
    now_ns: int,
) -> list[TransportAction]:
    """Greet a node that is advertised, where that is for us to do.

    Args:
        living: our living peers.
        size: how many bytes of the advert came off the network just now; 0: it is known.
    """
    sessions.note_advert(node, tuple(addresses), size)
    if not greets(me, living, node, now_ns):
        return []
    return [
        action
        for address in addresses
        for action in sessions.dial(address, node, Origin.ADVERT, now_ns)
    ]


def greet_introduced(
    sessions: Dialler,
    met: Container[NodeId],
    introducer: NodeId,
    introduced: Iterable[tuple[NodeId, str, int]],
    now_ns: int,
) -> list[TransportAction]:
    """Greet those whom a member talks to and we do not; in time also by way of that member.

    Args:
        met: ourselves, and our living peers.
    """
    reached = sessions.address_of(introducer)
    return [
        action
        for node, host, port in introduced
        if node not in met
        for route in [*_reach(host, port, reached), Via(introducer, node)]
        for action in sessions.dial(route, node, Origin.MEMBER, now_ns)
    ]


def _reach(host: str, port: int, introducer: Address | None) -> list[Route]:
    """Return where we reach whom a member names, if we can.

    A link-local host is on a link of the member's. We are on that one too where we reach the member
    itself by such an address.
    """
    if not host.startswith("fe80:"):
        return [(host, port)]
    _, scoped, scope = (introducer or ("", 0))[0].partition("%")
    return [(f"{host}%{scope}", port)] if scoped else []


def greets(me: NodeId, living: Iterable[NodeId], advertised: NodeId, now_ns: int) -> bool:
    """Tell whether it is we who greet: the highest draw of all who live (Thaler, Ravishankar 1998).

    Clocks differ, so at times nobody does and at times two; each turn is drawn anew, so that it is
    not for ever somebody whom the newcomer cannot hear.
    """
    turn = (now_ns // GREETING_TURN_NS).to_bytes(8, "big")

    def draw(node: NodeId) -> tuple[bytes, NodeId]:
        return blake2b(node + advertised + turn, digest_size=8).digest(), node

    ours = draw(me)
    return all(draw(node) < ours for node in living)
