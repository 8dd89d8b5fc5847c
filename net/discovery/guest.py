"""A guest: who wants to enter a room and opens none. It tells so, and is on no list of races.

Behind a firewall that lets in what was asked for alone, a room hears of nobody who calls it. Who is
in the room and hears of a guest greets it, and so asks. By multicast DNS a guest is a service of a
type of its own, by the beacon it is in the question; older nodes take that for any question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, final

from net.discovery.advert import pad_texts, read_node_and_tag
from net.ids import NODE_ID_BYTES, NodeId

GUEST_TYPE: Final = "_racer-guest._udp.local."
GUESTS_MAX: Final = 32  # that multicast DNS may have us know; who is in is none any more
GUESTS_PER_S: Final = 8  # half of HINT_HELLO_RATE: they hinder no greeting of whom adverts name …
GUESTS_PER_HOST: Final = 2  # … and no machine those of another
TAG_BYTES: Final = 8  # of every room

_WORDS_BYTES: Final = 2 + NODE_ID_BYTES + TAG_BYTES


@final
@dataclass(frozen=True, slots=True)
class Guest:
    """What it says of itself: who it is among adverts, the room that it wants, its game's port."""

    node: NodeId
    tag: bytes
    port: int


def encode_guest(guest: Guest) -> dict[str, str]:
    """Return the TXT record's pairs of a guest; its port is told beside them."""
    return pad_texts({"tag": guest.tag.hex(), "node": guest.node.hex()})


def decode_guest(pairs: Mapping[str, str | None], port: int) -> Guest:
    """Return the guest of a stranger's TXT pairs.

    Raises:
        WireError: a pair of ours is missing or malformed.
    """
    return Guest(*read_node_and_tag(pairs), port)


def pack_guest(guest: Guest) -> bytes:
    """Return how a question holds a guest, behind its kind."""
    return guest.port.to_bytes(2) + guest.node + guest.tag


def unpack_guest(body: bytes) -> Guest | None:
    """Return the guest who asks; None: somebody who only wants to know who is there."""
    port = int.from_bytes(body[:2])
    if port == 0 or len(body) < _WORDS_BYTES:
        return None
    return Guest(body[2 : 2 + NODE_ID_BYTES], body[2 + NODE_ID_BYTES : _WORDS_BYTES], port)
