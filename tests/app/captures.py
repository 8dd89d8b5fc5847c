"""Captures made by hand: datagrams in packets of any link, in files of either format."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from struct import pack
from typing import Final

Link = tuple[int, Callable[[bytes], bytes]]


def _kind_of(ip: bytes) -> bytes:
    return b"\x08\x00" if ip[0] >> 4 == 4 else b"\x86\xdd"


MACS: Final = bytes(range(12))
ETHERNET: Final[Link] = (1, lambda ip: MACS + _kind_of(ip) + ip)
LINKS: Final[dict[str, Link]] = {
    "ethernet": ETHERNET,
    "ethernet, one tag": (1, lambda ip: MACS + b"\x81\x00\x00\x07" + _kind_of(ip) + ip),
    "ethernet, two tags": (
        1,
        lambda ip: MACS + b"\x88\xa8\x00\x07\x81\x00\x00\x08" + _kind_of(ip) + ip,
    ),
    "cooked": (113, lambda ip: pack(">HHH8s", 0, 1, 6, b"") + _kind_of(ip) + ip),
    "cooked 2": (276, lambda ip: _kind_of(ip) + pack(">HIHBB8s", 0, 2, 1, 0, 6, b"") + ip),
    "raw": (101, lambda ip: ip),
    "raw of IPv4 or IPv6": (228, lambda ip: ip),
    "bsd loopback": (0, lambda ip: pack("<I", 2 if ip[0] >> 4 == 4 else 30) + ip),
    "bsd loopback, in network order": (108, lambda ip: pack(">I", 24) + ip),
}


def udp_packet(source: tuple[str, int], target: tuple[str, int], data: bytes) -> bytes:
    """Return the IP packet of a datagram, of the family of its addresses."""
    udp = pack(">HHHH", source[1], target[1], 8 + len(data), 0) + data
    if ":" in source[0]:
        ends = [socket.inet_pton(socket.AF_INET6, end[0]) for end in (source, target)]
        hop_by_hop = bytes((17, 0, 1, 4, 0, 0, 0, 0))  # a header of options before UDP's
        return pack(">IHBB", 6 << 28, 8 + len(udp), 0, 64) + b"".join(ends) + hop_by_hop + udp
    ends = [socket.inet_pton(socket.AF_INET, end[0]) for end in (source, target)]
    options = b"\x01\x01\x01\x00"
    head = pack(">BBHHHBBH", 0x46, 0, 24 + len(udp), 1, 0x4000, 64, 17, 0)
    return head + b"".join(ends) + options + udp


def pcap(
    packets: Iterable[tuple[int, bytes]], link: Link = ETHERNET, order: str = "<", unit_ns: int = 1
) -> bytes:
    """Return a classic capture of IP packets with their times."""
    number, framed = link
    magic = 0xA1B23C4D if unit_ns == 1 else 0xA1B2C3D4
    parts = [pack(f"{order}IHHiIII", magic, 2, 4, 0, 0, 65_535, number)]
    for time_ns, ip in packets:
        data = framed(ip)
        seconds, fraction = divmod(time_ns, 1_000_000_000)
        parts.append(pack(f"{order}IIII", seconds, fraction // unit_ns, len(data), len(data)))
        parts.append(data)
    return b"".join(parts)


def pcapng(packets: Iterable[tuple[int, bytes]], link: Link = ETHERNET, order: str = "<") -> bytes:
    """Return a capture in blocks, with times in nanoseconds, and a block that nobody knows."""
    number, framed = link

    def block(kind: int, body: bytes) -> bytes:
        body += bytes(-len(body) % 4)
        size = pack(f"{order}I", 12 + len(body))
        return pack(f"{order}I", kind) + size + body + size

    unit = pack(f"{order}HHBxxxHH", 9, 1, 9, 0, 0)
    parts = [
        block(0x0A0D0D0A, pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1)),
        block(1, pack(f"{order}HHI", number, 0, 65_535) + unit),
        block(0xBAD, b"of another program"),
    ]
    for time_ns, ip in packets:
        data = framed(ip)
        head = pack(f"{order}IIIII", 0, time_ns >> 32, time_ns & 0xFFFFFFFF, len(data), len(data))
        parts.append(block(6, head + data))
    return b"".join(parts)
