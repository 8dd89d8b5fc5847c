"""What the system tells of datagrams that did not arrive (ip(7), IP_RECVERR); Linux alone does.

It is a hint: whoever is on the way can forge it.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from typing import Final

from net.ids import Address
from net.runtime.udp.lanes import IP_RECVERR, IPV6_RECVERR, TELLS
from net.runtime.udp.system_addresses import from_system

ERRORS_PER_TURN_MAX: Final = 64  # anybody can forge ICMP

# linux/errqueue.h
_MSG_ERRQUEUE: Final = 0x2000
_EXTENDED_ERROR: Final = struct.Struct("=IBBBxII")
_ORIGINS_ICMP: Final = frozenset({2, 3})  # of either stack
_NOTES: Final = frozenset({(socket.IPPROTO_IP, IP_RECVERR), (socket.IPPROTO_IPV6, IPV6_RECVERR)})


def take_errors(bound: socket.socket) -> Iterator[tuple[Address, int]]:
    """Yield which address did not get a datagram of a socket, and the error's number.

    ECONNREFUSED: nobody listens there. EHOSTUNREACH: no machine answers for the address on our
    link, or a router knows no way.
    """
    tells = TELLS and hasattr(bound, "recvmsg")
    for _ in range(ERRORS_PER_TURN_MAX if tells else 0):
        try:
            _, notes, _, address = bound.recvmsg(0, 512, _MSG_ERRQUEUE)
        except OSError:
            return
        for level, kind, data in notes:
            if (level, kind) in _NOTES and len(data) >= _EXTENDED_ERROR.size:
                number, origin, *_ = _EXTENDED_ERROR.unpack_from(data)
                if origin in _ORIGINS_ICMP:
                    yield from_system(address), number
