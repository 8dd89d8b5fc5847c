"""Addresses that two machines have, one of them this one or neither, as RFC 5227 finds them.

Only who may send raw frames finds out: on Linux, root. Who may not is told nothing of it.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from struct import Struct
from typing import Final

from net.runtime.interfaces import Interface, list_interfaces
from net.runtime.udp.arrivals import await_arrivals

TRIES: Final = 2  # a probe may be lost
ANSWER_S: Final = 0.3  # on a wire or an access point it takes some milliseconds
DOUBTED_MAX: Final = 4  # of others, that are asked for: each takes both probes' time

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
    return next(iter(_find_holders(interface, interface.address, 1)), None)


def find_doubled(hosts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return those of others' addresses that two cards have, and which; the first DOUBTED_MAX.

    They are two machines, or one with two cards in one network: Linux answers by either.
    """
    ours = [each for each in list_interfaces() if not each.is_ipv6]
    doubled: dict[str, tuple[str, ...]] = {}
    for host in list(dict.fromkeys(hosts))[:DOUBTED_MAX]:
        interface = next((each for each in ours if each.reaches(host)), None)
        holders = () if interface is None else _find_holders(interface, host, 2)
        if len(holders) > 1:
            doubled[host] = holders
    return doubled


def _find_holders(interface: Interface, host: str, most: int) -> tuple[str, ...]:
    """Return the cards of other machines that say they have an address, `most` of them at most."""
    packet = getattr(socket, "AF_PACKET", None)
    if packet is None or interface.is_ipv6 or interface.loopback:
        return ()
    claims: dict[bytes, None] = {}
    raw = packet, socket.SOCK_RAW, socket.htons(_ETHERTYPE)
    with suppress(OSError), socket.socket(*raw) as card:  # we may not
        card.bind((interface.name, _ETHERTYPE))
        name, _, _, hardware, ours = card.getsockname()
        if name != interface.name or hardware != _ETHERNET:
            return ()
        for _ in range(TRIES):
            card.send(encode_probe(ours, host))
            _take_claims(card, host, _own_cards() | {ours}, claims, most)
            if len(claims) >= most:
                break
    return tuple(sorted(each.hex(":") for each in claims))


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


def _take_claims(
    card: socket.socket, host: str, ours: set[bytes], claims: dict[bytes, None], most: int
) -> None:
    for _ in await_arrivals(card, ANSWER_S):
        found = claimant(card.recv(256), host, ours)
        if found is not None:
            claims[found] = None
        if len(claims) >= most:
            return


def _own_cards() -> set[bytes]:
    """Return the hardware addresses of all cards of this machine."""
    found: set[bytes] = set()
    for path in _CARDS.glob("*/address"):
        with suppress(OSError, ValueError):
            found.add(bytes.fromhex(path.read_text().strip().replace(":", "")))
    return found
