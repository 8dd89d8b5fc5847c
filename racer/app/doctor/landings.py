"""Sockets at which the tries of other doctors come in, and what tries theirs by multicast."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Final, final

from net.discovery.beacon import BEACON_PORT
from net.ids import Address
from net.runtime.mdns import MDNS_PORT
from net.runtime.udp.system_addresses import from_system, to_system
from racer.app.doctor.consultation import CONSULTATION_BYTES_MAX
from racer.app.doctor.networks import GROUP, GROUP_IPV6

DATAGRAMS_MAX: Final = 64  # of one socket in one look


@final
class Landings:
    """Opens the ports of a race for what one machine sends, and takes nobody's else."""

    def __init__(self, game_port: int, doctor_port: int) -> None:
        """Begin; `game_port` 0: any, as the system would give the game one."""
        self._game_port = game_port
        self._doctor_port = doctor_port
        self._open: dict[socket.socket, int] = {}

    @property
    def all(self) -> list[socket.socket]:
        return list(self._open)

    def open(self, host: str) -> list[int]:
        """Open them for one machine; return those that could be had."""
        try:
            own = _own_address(host)
        except OSError:
            return []
        ports: list[int] = []
        with suppress(OSError, AttributeError):  # another program has it, or no group can be bound
            group = GROUP_IPV6 if ":" in own[0] else GROUP
            ports.append(self._add_socket(_bind_at(own, MDNS_PORT, group), None))
        for port in (BEACON_PORT, self._game_port):
            with suppress(OSError):  # the game has it
                ports.append(self._add_socket(_bind_at(own, port), (host, self._doctor_port)))
        return ports

    def receive(self) -> Iterator[tuple[bytes, str, int]]:
        """Yield what has come: from which host, at which port."""
        for each, port in self._open.items():
            for _ in range(DATAGRAMS_MAX):
                try:
                    data, source = each.recvfrom(CONSULTATION_BYTES_MAX + 1)
                except BlockingIOError:
                    break
                except OSError:  # what nobody sent, told late
                    continue
                yield data, from_system(source)[0], port

    def close(self) -> None:
        for each in self._open:
            each.close()

    def _add_socket(self, bound: socket.socket, whence: Address | None) -> int:
        target = None if whence is None else to_system(whence, bound.family)
        if target is not None:  # who is connected takes nothing of what is for others
            bound.connect(target)
        port = int(bound.getsockname()[1])
        self._open[bound] = port
        return port


def send_to_group(data: bytes, host: str) -> None:
    """Send to the group of multicast DNS near a host, what others pass over (RFC 6762, 18.3).

    Raises:
        OSError: there is no such network now.
    """
    own = _own_address(host)
    with _bind_at(own, 0) as mouth:
        if mouth.family == socket.AF_INET6:
            mouth.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, own[3])
            mouth.sendto(data, (GROUP_IPV6, MDNS_PORT, 0, own[3]))
        else:
            mouth.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(own[0]))
            mouth.sendto(data, (GROUP, MDNS_PORT))


def _own_address(host: str) -> tuple[str, int, int, int]:
    """Return at which address of ours a host reaches us: with its link, where it is of IPv6."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    target = to_system((host, MDNS_PORT), family)
    if target is None:
        raise OSError("no address")
    with socket.socket(family, socket.SOCK_DGRAM) as asking:
        asking.connect(target)
        told = asking.getsockname()
    return (told[0], 0, *told[2:]) if family == socket.AF_INET6 else (told[0], 0, 0, 0)


def _bind_at(own: tuple[str, int, int, int], port: int, group: str | None = None) -> socket.socket:
    """Bind a port of an address of ours; or of a group there, which programs here share.

    Raises:
        OSError: another program has it.
        AttributeError: this system lets nobody share it.
    """
    family = socket.AF_INET6 if ":" in own[0] else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_DGRAM)
    try:
        bound.setblocking(False)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if group is not None:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        place = (own[0] if group is None else group, port)
        bound.bind((*place, *own[2:]) if family == socket.AF_INET6 else place)
        if group is not None:
            _join_group(bound, group, own)
    except (OSError, AttributeError):
        bound.close()
        raise
    return bound


def _join_group(bound: socket.socket, group: str, own: tuple[str, int, int, int]) -> None:
    if bound.family == socket.AF_INET6:
        member = socket.inet_pton(bound.family, group) + own[3].to_bytes(4, sys.byteorder)
        bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, member)
    else:
        member = socket.inet_aton(group) + socket.inet_aton(own[0])
        bound.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
