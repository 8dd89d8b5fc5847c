"""The beacon's sockets: those that speak and those that hear, one of each stack.

IPv6 has no broadcast; what all on a link hear there is the group of all nodes (RFC 4291, 2.7.1).
Neighbours are found by its like, so no switch or access point that carries IPv6 eats it.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Final, final

from net.discovery.beacon import is_question
from net.ids import Address
from net.runtime.interfaces import Interface
from net.runtime.udp.floods import LastingFlood, PacketPace
from net.runtime.udp.system_addresses import from_system, to_system

ALL_NODES: Final = "ff02::1"

_FAMILIES: Final = (socket.AF_INET, socket.AF_INET6)


@final
class BeaconSockets:
    """Speaks from any port, or the chosen address; hears on the beacon's, once it can be had.

    `shed` counts what came beyond the pace at which it is handed on.
    """

    def __init__(self, chosen: str | None) -> None:
        """Open what speaks; `chosen` is the address of the only interface to use, None: all."""
        self._mouths: dict[int, socket.socket] = {}
        self._ears: dict[int, socket.socket] = {}
        self._pace = PacketPace(time.monotonic())
        self._flood = LastingFlood()
        self.shed = 0
        for family in _FAMILIES:
            if chosen is None or (":" in chosen) == (family == socket.AF_INET6):
                with suppress(OSError):  # no such family here, or the address is not there now
                    self._mouths[family] = bind_beacon(0, family, _source(chosen, family))

    def hear(self, port: int) -> None:
        """Open the ears that are not yet open.

        Raises:
            OSError: another program holds the port.
        """
        for family in self._mouths:
            if family not in self._ears:
                self._ears[family] = bind_beacon(port, family)

    @property
    def all(self) -> list[socket.socket]:
        return [*self._mouths.values(), *self._ears.values()]

    def receive(self, most: int, bytes_max: int) -> Iterator[tuple[bytes, Address]]:
        """Yield what waits, so many of each socket at most; one byte too many is kept of each.

        What is beyond the pace of all is dropped.
        """
        for each in self.all:
            for _ in range(most):
                try:
                    data, source = each.recvfrom(bytes_max + 1)
                except BlockingIOError:
                    break
                except OSError:  # nobody listens where we asked, which is told late
                    continue
                if self._pace.take(time.monotonic(), asks=is_question(data)):
                    yield data, from_system(source)
                else:
                    self.shed += 1

    def begins_to_be_flooded(self) -> bool:
        """Tell, asked often, whether so much has been shed for long, just now."""
        return self._flood.begins(self.shed, time.monotonic())

    def send(self, data: bytes, address: Address) -> None:
        """Send to one machine.

        Raises:
            OSError: it cannot be reached.
        """
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        target, mouth = to_system(address, family), self._mouths.get(family)
        if target is not None and mouth is not None:
            mouth.sendto(data, target)

    def answer(self, data: bytes, address: Address) -> None:
        """Send to one machine from the port that is heard at.

        So a firewall takes what comes there, from the like port of that machine, for an answer.

        Raises:
            OSError: it cannot be reached, or the port could not be had.
        """
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        target, ear = to_system(address, family), self._ears.get(family)
        if target is not None and ear is not None:
            ear.sendto(data, target)

    def send_to_all(self, data: bytes, interface: Interface, port: int) -> None:
        """Send to all on a network; to nobody, where it has no way to.

        Raises:
            OSError: the system has none just now.
        """
        if interface.broadcast is not None:
            self._mouths[socket.AF_INET].sendto(data, (interface.broadcast, port))
        elif interface.is_ipv6 and not interface.loopback and socket.AF_INET6 in self._mouths:
            mouth = self._mouths[socket.AF_INET6]
            mouth.sendto(data, (ALL_NODES, port, 0, interface.index))

    def close(self) -> None:
        for each in self.all:
            each.close()


def one_of_each_link(interfaces: Iterable[Interface]) -> list[Interface]:
    """Return the networks without those IPv6 ones that share a link with another."""
    links: dict[tuple[int, str], Interface] = {}
    for each in interfaces:
        links.setdefault((each.index, "" if each.is_ipv6 else each.address), each)
    return list(links.values())


def bind_beacon(port: int, family: int, source: tuple[str, int] = ("", 0)) -> socket.socket:
    """Bind a port for beacons of one stack, or any (0).

    All racers of a machine share the beacon's: each gets what is said to all. What comes to one
    machine alone only one of them gets; so questions go out from a port of one's own.

    Args:
        source: the host to speak from, and the interface that it belongs to.

    Raises:
        OSError: another program holds it, or there is no such stack here.
    """
    host, scope = source
    bound = socket.socket(family, socket.SOCK_DGRAM)
    try:
        bound.setblocking(False)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(AttributeError, OSError):  # the BSDs ask for both
            if not hasattr(socket, "SO_BINDTODEVICE"):
                bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            bound.bind((host or "::", port, 0, scope))
        else:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound


def _source(chosen: str | None, family: int) -> tuple[str, int]:
    """Return whence to speak: who hears us calls us there."""
    if chosen is None:
        return "", 0
    host, _, scope = chosen.partition("%")
    return host, int(scope) if scope.isdigit() else 0
