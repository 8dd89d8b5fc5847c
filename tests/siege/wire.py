"""IPv4 datagrams from any address that one likes (RFC 791, RFC 768); needs root."""

from __future__ import annotations

import socket
from collections import Counter
from struct import Struct
from typing import TYPE_CHECKING, Final, final

if TYPE_CHECKING:
    from net.ids import Address

_IP: Final = Struct(">BBHHHBBH4s4s")
_UDP: Final = Struct(">HHHH")
_VERSION_AND_WORDS: Final = 0x45
_TTL: Final = 255  # what multicast DNS asks for (RFC 6762, 11)
HEAD_BYTES: Final = _IP.size + _UDP.size


@final
class Wire:
    """Sends what was never asked for, and counts it by the attack that it belongs to."""

    def __init__(self, own_host: str) -> None:
        self.datagrams: Counter[str] = Counter()
        self.bytes: Counter[str] = Counter()
        self.refused = 0  # by our own kernel
        self._raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
        self._raw.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(own_host))
        self._raw.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)

    def send(self, attack: str, source: Address, destination: Address, payload: bytes) -> None:
        """Send a datagram, with no checksum (0 means none, RFC 768)."""
        self.send_frame(attack, destination[0], framed(source, destination, payload))

    def send_frame(self, attack: str, host: str, data: bytes) -> None:
        """Send a datagram that has its heads already."""
        try:
            self._raw.sendto(data, (host, 0))
        except OSError:
            self.refused += 1
            return
        self.count(attack, len(data))

    def count(self, attack: str, size: int) -> None:
        """Note a datagram that was sent, as long as it was with its heads."""
        self.datagrams[attack] += 1
        self.bytes[attack] += size


def framed(source: Address, destination: Address, payload: bytes) -> bytes:
    """Return a payload behind the heads of IPv4 and UDP; the kernel fills in the IP checksum."""
    size = _UDP.size + len(payload)
    where = socket.inet_aton(source[0]), socket.inet_aton(destination[0])
    head = (_VERSION_AND_WORDS, 0, _IP.size + size, 0, 0, _TTL, socket.IPPROTO_UDP, 0, *where)
    return _IP.pack(*head) + _UDP.pack(source[1], destination[1], size, 0) + payload
