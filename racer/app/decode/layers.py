"""From a packet to the UDP datagram in it, over the links and networks that races use."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Final, final

if TYPE_CHECKING:
    from net import Address
    from racer.app.decode.packet import Packet

_LOOPBACKS: Final = frozenset({0, 108})  # BSD: the family of addresses in four bytes
_RAW: Final = frozenset({12, 14, 101, 228, 229})  # an IP packet and nothing before it
_ETHERNET, _COOKED, _COOKED_2 = 1, 113, 276
_TAGS: Final = frozenset({b"\x81\x00", b"\x88\xa8", b"\x91\x00"})  # of a VLAN (802.1Q, 802.1ad)
_IPS: Final = frozenset({b"\x08\x00", b"\x86\xdd"})
_UDP: Final = 17
_UDP_HEAD: Final = 8
_OPTIONS: Final = frozenset({0, 43, 60})  # headers of IPv6 that may stand before UDP's
_WHOLE_MASK: Final = 0x3FFF  # IPv4: more fragments come, or this is a later one


@final
@dataclass(frozen=True, slots=True)
class UdpDatagram:
    """A datagram that was captured. `data` has fewer than `size` bytes where not all was kept."""

    source: Address
    target: Address
    size: int
    data: bytes


def datagram_in(packet: Packet) -> UdpDatagram | None:
    """Return what a packet carries, if that is UDP and no part of a larger one."""
    found = _network_layer(packet.link, packet.data)
    if not found:
        return None
    match found[0] >> 4:
        case 4:
            return _in_ipv4(found)
        case 6:
            return _in_ipv6(found)
        case _:
            return None


def _network_layer(link: int, data: bytes) -> bytes:
    """Return the IP packet in a frame; nothing, where there is none.

    Of a loopback the family is not read: systems number it each in their own way, and order.
    """
    if link in _RAW:
        return data
    if link in _LOOPBACKS:
        return data[4:]
    if link == _ETHERNET:
        return _untagged(data[12:14], data[14:])
    if link == _COOKED:
        return _untagged(data[14:16], data[16:])
    if link == _COOKED_2:
        return _untagged(data[0:2], data[20:])
    return b""


def _untagged(kind: bytes, rest: bytes) -> bytes:
    while kind in _TAGS:
        kind, rest = rest[2:4], rest[4:]
    return rest if kind in _IPS else b""


def _in_ipv4(data: bytes) -> UdpDatagram | None:
    head = 4 * (data[0] & 0xF)
    if len(data) < 20 or head < 20 or data[9] != _UDP:
        return None
    if int.from_bytes(data[6:8]) & _WHOLE_MASK:
        return None
    hosts = str(IPv4Address(data[12:16])), str(IPv4Address(data[16:20]))
    return _in_udp(data[head:], *hosts)


def _in_ipv6(data: bytes) -> UdpDatagram | None:
    if len(data) < 40:
        return None
    kind, at = data[6], 40
    while kind in _OPTIONS and at + 2 <= len(data):
        kind, at = data[at], at + 8 * (data[at + 1] + 1)
    if kind != _UDP:  # a fragment too: nothing of ours is as large
        return None
    return _in_udp(data[at:], str(IPv6Address(data[8:24])), str(IPv6Address(data[24:40])))


def _in_udp(data: bytes, source: str, target: str) -> UdpDatagram | None:
    """Return a datagram. Its sum is not looked at: network cards make it behind the capture."""
    if len(data) < _UDP_HEAD:
        return None
    ports = int.from_bytes(data[0:2]), int.from_bytes(data[2:4])
    size = int.from_bytes(data[4:6]) - _UDP_HEAD
    if size < 0:
        return None
    ends = (source, ports[0]), (target, ports[1])
    return UdpDatagram(*ends, size, data[_UDP_HEAD : _UDP_HEAD + size])
