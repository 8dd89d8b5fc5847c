"""What the transport asks for and tells. Performed and handled in order."""

from __future__ import annotations

from enum import Enum, StrEnum, auto
from typing import TypeAlias

import msgspec

from net.ids import Address, NodeId
from net.transport.routes import Route, Via
from net.wire.versions import Versions


class SendQueue(Enum):
    """To whom a datagram goes. Each has its own room on the way out: who fills one fills no other.

    What goes to an address that nobody answers at waits for seconds in the system (ARP).
    """

    PEER = auto()  # one that has proved its address
    CALL = auto()  # who may be there: we were told so
    ANSWER = auto()  # whoever said something to us


class Transmit(msgspec.Struct, frozen=True):
    """Send these bytes in one datagram."""

    address: Address
    data: bytes
    queue: SendQueue = SendQueue.PEER


class PassOn(msgspec.Struct, frozen=True):
    """Have a member pass this datagram on to its peer."""

    via: Via
    data: bytes


Sending: TypeAlias = Transmit | PassOn


def send_by(route: Route, data: bytes, queue: SendQueue = SendQueue.PEER) -> Sending:
    """Return what brings a datagram on its way."""
    return PassOn(route, data) if isinstance(route, Via) else Transmit(route, data, queue)


class Opened(msgspec.Struct, frozen=True):
    """A session with this life of a peer is confirmed: it proved its key and its address.

    Comes again for a new incarnation of the node; not for a rekeying of the same life.
    """

    node: NodeId
    incarnation: int
    name: str  # as the peer says, cleaned and cut to NAME_CHARS_MAX
    signing_key: bytes  # Ed25519 public key; `node` is its digest
    address: Address | None  # None: a member passes on what goes to it
    versions: Versions  # what it speaks: some of it we do, and its frames are of the highest such
    alias: NodeId = b""  # by which it is advertised
    static: bytes = b""  # X25519 public key by which it is known in this room

    @property
    def known_by(self) -> tuple[str, NodeId, bytes]:
        """By what it is known when it comes again."""
        return self.name, self.alias, self.static


class Incompatible(msgspec.Struct, frozen=True):
    """Somebody at an address wants to be in our room, and we have no version in common.

    Comes with each first message and each answer that says so. Of a stranger it is a hint.
    """

    node: NodeId | None  # whom discovery saw there, or a session proved; None: we cannot tell
    address: Address
    theirs: Versions
    answers: bool  # it answered a first message of ours: it really receives at its address


class Denied(msgspec.Struct, frozen=True):
    """Two want one locked room, and have not the same passphrase."""

    node: NodeId | None  # whom discovery saw there; None: we cannot tell
    address: Address
    ours: bool  # it is our passphrase that was refused there; else theirs, here


class RoomFull(msgspec.Struct, frozen=True):
    """Whom we called speaks with as many as it can, and turned us away."""

    node: NodeId | None  # whom discovery saw there; None: we cannot tell
    address: Address


class PutOffReason(StrEnum):
    """Why somebody is not heard now, who may come later."""

    PAST_LIFE = "past life"  # its clock was set back, or its disk, and it leads a life of before
    TOO_OFTEN = "too often"  # it has begun anew more often than is told and written for anybody
    GUESSES = "guesses"  # too many had another passphrase of late
    FULL = "full"  # PEERS_MAX are here
    BUSY = "busy"  # more call than are heard, for BUSY_NS


class PutOff(msgspec.Struct, frozen=True):
    """Somebody has our room's secret, or may have it, and we do not hear it now."""

    node: NodeId | None  # None: it could not yet say who it is …
    name: str  # … nor its name
    address: Address
    why: PutOffReason

    @classmethod
    def at(cls, node: NodeId, name: str, route: Route | None, why: PutOffReason) -> list[PutOff]:
        """Return that, where somebody calls straight: who comes by way of a member calls so too."""
        return [] if route is None or isinstance(route, Via) else [cls(node, name, route, why)]


class UnconfirmedReason(Enum):
    """How far a call has come that leads nowhere."""

    UNSAID = auto()  # what makes a session has gone, and nothing comes
    BUSY = auto()  # a cookie was asked for, and given
    TRIED = auto()  # too many who answered of late may have had us try a passphrase
    CROWDED = auto()  # it was given up for another: too many are said to be of our room
    UNANSWERED = auto()  # a Hello has gone, and nothing comes


class Unconfirmed(msgspec.Struct, frozen=True):
    """Whom we called does not confirm that it hears us, nor say why not; once an attempt."""

    node: NodeId | None  # whom discovery saw there; None: we cannot tell
    address: Address
    why: UnconfirmedReason = UnconfirmedReason.UNSAID


class TwinPart(Enum):
    """What a node has to do with two machines of one identity."""

    STAYS = "stays"  # it is one of them, the older
    GOES = "goes"  # it is the newer one
    WITNESS = "witness"  # it sees both


class TwinFound(msgspec.Struct, frozen=True):
    """Another machine has the identity of a node: ours, or one that is here."""

    node: NodeId
    address: Address | None  # of the other; None: by way of a member
    part: TwinPart


class Received(msgspec.Struct, frozen=True):
    """A frame that this life of a peer sealed for us; authentic, and never told before."""

    node: NodeId
    incarnation: int
    frame: bytes


TransportAction: TypeAlias = (
    Sending
    | Opened
    | Received
    | Incompatible
    | Denied
    | RoomFull
    | PutOff
    | Unconfirmed
    | TwinFound
)
