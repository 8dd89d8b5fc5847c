"""What the transport asks for and tells. Performed and handled in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from net.ids import Address, NodeId


@dataclass(frozen=True, slots=True)
class Transmit:
    """Send these bytes in one datagram."""

    address: Address
    data: bytes


@dataclass(frozen=True, slots=True)
class Opened:
    """A session with this life of a peer is confirmed: it proved its key and its address.

    Comes again for a new incarnation of the node; not for a rekeying of the same life.
    """

    node: NodeId
    incarnation: int
    name: str  # as the peer says, cleaned and cut to NAME_CHARS_MAX
    signing_key: bytes  # Ed25519 public key; `node` is its digest
    address: Address


@dataclass(frozen=True, slots=True)
class Received:
    """A frame that this life of a peer sealed for us; authentic, and never told before."""

    node: NodeId
    incarnation: int
    frame: bytes


TransportAction: TypeAlias = Transmit | Opened | Received
