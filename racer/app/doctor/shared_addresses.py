"""Addresses of this machine that another one has too, as RFC 5227 finds them.

Only who may send raw frames finds out: on Linux, root. Who may not is told nothing of it.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path
from struct import Struct
from typing import Final

from net.runtime.interfaces import Interface
from net.runtime.udp.arrivals import await_arrivals

TRIES: Final = 2  # a probe may be lost
ANSWER_S: Final = 0.3  # on a wire or an access point it takes some milliseconds

_CARDS: Final = Path("/sys/class/net")
_ETHERTYPE: Final = 0x0806
_ETHERNET: Final = 1  # linux/if_arp.h: ARPHRD_ETHER; Wi-Fi cards too
_FRAME: Final = Struct("!6s6sHHHBBH6s4s6s4s")  # RFC 826, behind the head of Ethernet
_REQUEST: Final = 1
_BROADCAST, _NOBODY = b"\xff" * 6, bytes(6)


def find_sharer(interface: Interface) -> str | None:
    """Return the hardware address of another machine that has an address of ours; None: not known.

    None too where it cannot be asked: of IPv6 the system itself finds it out (RFC 4862, 5.4).
    """
    packet = getattr(socket, "AF_PACKET", None)
    if packet is None or interface.is_ipv6 or interface.loopback:
        return None
    try:
        with socket.socket(packet, socket.SOCK_RAW, socket.htons(_ETHERTYPE)) as card:
            card.bind((interface.name, _ETHERTYPE))
            name, _, _, hardware, ours = card.getsockname()
            if name != interface.name or hardware != _ETHERNET:
                return None
            for _ in range(TRIES):
                card.send(encode_probe(ours, interface.address))
                claimed = _take_claim(card, interface.address, _own_cards() | {ours})
                if claimed is not None:
                    return claimed.hex(":")
    except OSError:  # we may not
        return None
    return None


def encode_probe(ours: bytes, address: str) -> bytes:
    """Return the frame that asks who has an address, in nobody's name (RFC 5227, 2.1.1)."""
    wanted = socket.inet_aton(address)
    head = (_BROADCAST, ours, _ETHERTYPE, _ETHERNET, 0x0800, 6, 4, _REQUEST)
    return _FRAME.pack(*head, ours, bytes(4), _NOBODY, wanted)


def claimant(frame: bytes, address: str, ours: set[bytes]) -> bytes | None:
    """Return which card says in a frame that it has an address; None: it says no such thing.

    Args:
        ours: our own cards: two of them on one network answer for each other.
    """
    if len(frame) < _FRAME.size:
        return None
    _, _, kind, hardware, protocol, _, _, _, card, host, _, _ = _FRAME.unpack_from(frame)
    if (kind, hardware, protocol) != (_ETHERTYPE, _ETHERNET, 0x0800):
        return None
    return card if host == socket.inet_aton(address) and card not in ours else None


def _take_claim(card: socket.socket, address: str, ours: set[bytes]) -> bytes | None:
    for _ in await_arrivals(card, ANSWER_S):
        found = claimant(card.recv(256), address, ours)
        if found is not None:
            return found
    return None


def _own_cards() -> set[bytes]:
    """Return the hardware addresses of all cards of this machine."""
    found: set[bytes] = set()
    for path in _CARDS.glob("*/address"):
        with suppress(OSError, ValueError):
            found.add(bytes.fromhex(path.read_text().strip().replace(":", "")))
    return found
