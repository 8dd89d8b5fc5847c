"""What passes on a wire, read by a packet socket in promiscuous mode (packet(7))."""

from __future__ import annotations

import re
import socket
import time
from struct import pack
from typing import TYPE_CHECKING, Final

from racer.app.decode.layers import datagram_in
from racer.app.decode.packet import Packet

if TYPE_CHECKING:
    from net.ids import Address

Datagram = tuple["Address", "Address", bytes]

_IPV4: Final = 0x0800
_ETHERNET: Final = 1  # LINKTYPE_ETHERNET
_SOL_PACKET, _ADD_MEMBERSHIP, _PROMISCUOUS = 263, 1, 1
_INSTANCE: Final = re.compile(rb"racer-[0-9a-f]{8}-[0-9a-f]{4}")


def record(card: str, seconds: float, most: int) -> list[Datagram]:
    """Return the UDP datagrams that passed a card in so long, at most so many."""
    found: list[Datagram] = []
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_IPV4)) as tap:
        tap.bind((card, 0))
        index = socket.if_nametoindex(card)
        tap.setsockopt(_SOL_PACKET, _ADD_MEMBERSHIP, pack("iHH8x", index, _PROMISCUOUS, 0))
        until_s = time.monotonic() + seconds
        while len(found) < most and (left_s := until_s - time.monotonic()) > 0:
            tap.settimeout(left_s)
            try:
                frame = tap.recv(2048)
            except TimeoutError:
                break
            datagram = datagram_in(Packet(0, _ETHERNET, frame))
            if datagram is not None:
                found.append((datagram.source, datagram.target, datagram.data))
    return found


def instances(recorded: list[Datagram]) -> list[str]:
    """Return the names of the nodes that adverts among these datagrams told."""
    names = {name for *_, data in recorded for name in _INSTANCE.findall(data)}
    return sorted(name.decode() for name in names)
