"""Networks that a card leads to without a router, and has no address in, where the system tells.

A tunnel's address is often one machine's alone, `10.9.0.2/32`, and its network stands in a table of
routes: the main one, or one of its own, as Tailscale's.
"""

from __future__ import annotations

import ipaddress
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from typing import Final, TypeAlias

IPNetwork: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

# Whoever is heard of may be anywhere in such a network: so it is none of the whole Internet's, and
# not larger than any that a private range of addresses gives.
_BITS_MIN: Final = 8
NETWORKS_MAX: Final = 512  # of all cards: an overlay may have a route for each of its machines
_READ_BYTES: Final = 64 << 10  # at once; the system fills half of it at the most
_READS_MAX: Final = 64  # some 60,000 routes
_PATIENCE_S: Final = 0.5  # the system answers at once

# rtnetlink(7), netlink(7), linux/rtnetlink.h, linux/netlink.h
_HEAD: Final = struct.Struct("=IHHII")
_ROUTE: Final = struct.Struct("=BBBBBBBBI")
_ATTRIBUTE: Final = struct.Struct("=HH")
_REQUEST_ALL: Final = 0x1 | 0x300
_NEW_ROUTE, _GET_ROUTE = 24, 26
_ERROR, _DONE = 2, 3
_UNICAST: Final = 1
_DEAD: Final = 0x1 | 0x10  # the card, or its line, is down
_TO, _CARD, _BY_ROUTER, _BY_SEVERAL, _BY_OTHER_STACK = 1, 4, 5, 9, 18


def networks_beside() -> dict[int, tuple[IPNetwork, ...]]:
    """Return them by the card's number; none where the system does not show its routes."""
    found: dict[int, dict[IPNetwork, None]] = {}
    if not hasattr(socket, "AF_NETLINK"):  # Linux alone
        return {}
    with suppress(OSError, struct.error):  # a sandbox may forbid it
        for family in (socket.AF_INET, socket.AF_INET6):
            for part in _ask_routes(family):
                for card, network in decode_routes(part):
                    if sum(map(len, found.values())) < NETWORKS_MAX:
                        found.setdefault(card, {})[network] = None
    return {card: tuple(networks) for card, networks in found.items()}


def decode_routes(part: bytes) -> Iterator[tuple[int, IPNetwork]]:
    """Yield what routes lead where without a router: a card's number and a network near us.

    Args:
        part: what the system says of its routes, in whole messages.

    Raises:
        struct.error: it is cut off.
    """
    for kind, body in _split_messages(part):
        if kind != _NEW_ROUTE:
            continue
        family, bits, _, _, _, _, _, what, flags = _ROUTE.unpack_from(body)
        told = dict(_split_attributes(body[_ROUTE.size :]))
        is_straight = not told.keys() & {_BY_ROUTER, _BY_SEVERAL, _BY_OTHER_STACK}
        if what != _UNICAST or flags & _DEAD or not is_straight or not {_TO, _CARD} <= told.keys():
            continue
        cls = ipaddress.IPv6Network if family == socket.AF_INET6 else ipaddress.IPv4Network
        network = cls((told[_TO], bits))
        if _is_near(network):
            yield int(struct.unpack("=I", told[_CARD])[0]), network


def _is_near(network: IPNetwork) -> bool:
    outside = network.is_global or network.is_multicast or network.is_link_local
    return network.prefixlen >= _BITS_MIN and not outside


def _ask_routes(family: int) -> Iterator[bytes]:
    """Yield what the system says of the routes of a stack, in all of its tables.

    Raises:
        OSError: it does not say.
    """
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as asking:
        asking.settimeout(_PATIENCE_S)
        asking.bind((0, 0))
        wanted = _ROUTE.pack(family, 0, 0, 0, 0, 0, 0, 0, 0)
        head = _HEAD.pack(_HEAD.size + len(wanted), _GET_ROUTE, _REQUEST_ALL, 1, 0)
        asking.send(head + wanted)
        for _ in range(_READS_MAX):
            part = asking.recv(_READ_BYTES)
            yield part
            if any(kind in {_ERROR, _DONE} for kind, _ in _split_messages(part)):
                return


def _split_messages(part: bytes) -> Iterator[tuple[int, bytes]]:
    while part:
        length, kind, *_ = _HEAD.unpack_from(part)
        yield kind, part[_HEAD.size : length]
        part = part[_padded(max(length, _HEAD.size)) :]


def _split_attributes(body: bytes) -> Iterator[tuple[int, bytes]]:
    while body:
        length, kind = _ATTRIBUTE.unpack_from(body)
        yield kind, body[_ATTRIBUTE.size : length]
        body = body[_padded(max(length, _ATTRIBUTE.size)) :]


def _padded(length: int) -> int:
    return (length + 3) & ~3
