"""The one UDP port of a node: it never blocks, and no error of the network ends it.

Three sockets send from that port, a lane each (`udp.lanes`), and serve IPv4 and IPv6 alike.
"""

from __future__ import annotations

import errno
import socket
import struct
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar, Final, final

from net.counters import Counters, loss
from net.ids import Address
from net.limits import DATAGRAM_BYTES_MAX, SECOND
from net.runtime.clock import now_ns
from net.runtime.udp.error_queue import ERRORS_PER_TURN_MAX, take_errors
from net.runtime.udp.floods import FirstMessages, LastingFlood
from net.runtime.udp.lanes import TIMESTAMP, bind_lanes
from net.runtime.udp.neighbours import Neighbours
from net.runtime.udp.system_addresses import SystemAddress, from_system, to_system
from net.transport.actions import SendQueue

ADDRESSES_MAX: Final = 1024  # that are remembered as the system has them, of each direction
WAIT_NS_MAX: Final = SECOND  # a longer one in the buffer may as well be a step of the wall clock

_TIMESPEC: Final = struct.Struct("@ll")
_ANCILLARY_BYTES: Final = 64  # a header of 16 bytes, and one `timespec`


@dataclass(slots=True)
class SocketCounters(Counters):
    """Datagrams that did not get through this end."""

    part: ClassVar[str] = "socket"
    oversized: int = 0  # that came longer than any of ours is
    shed: int = loss()  # first messages beyond what is heard of them; told as trouble
    cut: int = loss()  # while the player had cut this node off
    unsent: Counter[str] = field(default_factory=Counter)  # by the name of the system's error


@final
class UdpSocket:
    """A bound, non-blocking port of both stacks, or of that of the chosen address."""

    def __init__(self, interface: str | None, port: int) -> None:
        """Bind to one address of this machine, or to all; port 0: any free one.

        Raises:
            UsageError: the port is taken or not allowed, or the address is not of this machine.
        """
        self.counters = SocketCounters()
        self.tx_bytes = 0
        self.tx_datagrams = 0
        self.rx_bytes = 0
        self.rx_datagrams = 0
        self._cut_until_ns = 0
        self._lanes = bind_lanes(interface, port)
        self._socket = self._lanes[SendQueue.PEER]
        self._spare = tuple({*self._lanes.values()} - {self._socket})  # that only send
        self._neighbours = Neighbours()
        self._first_messages = FirstMessages()
        self._flood = LastingFlood()
        self._to_system: dict[Address, SystemAddress] = {}
        self._from_system: dict[SystemAddress, Address] = {}
        self.port = int(self._socket.getsockname()[1])

    def fileno(self) -> int:
        return self._socket.fileno()

    def cut_off(self, cut_ns: int) -> None:
        """Let nothing pass for so long, either way: to see what becomes of it. From any thread."""
        self._cut_until_ns = now_ns() + cut_ns

    def _is_cut(self) -> bool:
        """Tell whether a datagram goes nowhere, and count it."""
        cut = self._cut_until_ns > 0 and now_ns() < self._cut_until_ns
        self.counters.cut += cut
        return cut

    def receive(self, *, every_lane: bool = True) -> Iterator[tuple[bytes, Address, int]]:
        """Yield datagrams until none waits. Each is read only when it is asked for.

        Of first messages no more are yielded than a turn hears.

        With each comes how long the system kept it for us, in nanoseconds, as far as it knows.

        Args:
            every_lane: look at those too to which the system should give nothing, as it does to the
                one bound last. Now and then is enough: another one that does not loses none.
        """
        self._first_messages.begin_turn()
        yield from self._receive_from(self._socket)
        if every_lane:
            for lane in self._spare:
                yield from self._receive_from(lane)

    def _receive_from(self, lane: socket.socket) -> Iterator[tuple[bytes, Address, int]]:
        errors = 0
        while errors < ERRORS_PER_TURN_MAX:
            try:
                data, notes, source = _receive_datagram(lane)
            except BlockingIOError:
                return
            except OSError:  # an ICMP error is told once by any call; `refusals` has the details
                errors += 1
                continue
            self.rx_datagrams += 1
            self.rx_bytes += len(data)
            if len(data) > DATAGRAM_BYTES_MAX:
                self.counters.oversized += 1
            elif self._is_cut():
                continue
            elif self._first_messages.hears(data):
                yield data, self._name_source(source), _waited_ns(notes)
            else:
                self.counters.shed += 1

    def send(self, data: bytes, address: Address, lane: SendQueue = SendQueue.PEER) -> None:
        """Send a datagram, or count why it could not be sent: UDP promises no more."""
        target = self._to_system.get(address) or self._find_target(address)
        if target is None:
            self.counters.unsent["unfit address"] += 1
            return
        if self._is_cut():
            return
        try:
            self._send_by(lane, data, target, address[0])
        except OSError as error:
            name = errno.errorcode.get(error.errno or 0, "unknown")
            self.counters.unsent[
                name if lane is SendQueue.PEER else f"{lane.name.lower()} {name}"
            ] += 1
            return
        self.tx_datagrams += 1
        self.tx_bytes += len(data)

    def _send_by(self, lane: SendQueue, data: bytes, target: SystemAddress, host: str) -> None:
        """Send; answers to whom the system knows do not stand behind those to whom it seeks."""
        try:
            _send_datagram(self._lanes[lane], data, target)
        except BlockingIOError:
            if lane is not SendQueue.ANSWER or not self._neighbours.has_resolved(host, now_ns()):
                raise
            _send_datagram(self._socket, data, target)

    def begins_to_be_flooded(self) -> bool:
        """Tell, asked often, whether first messages have been shed for long, just now."""
        return self._flood.begins(self.counters.shed, time.monotonic())

    def refusals(self) -> list[Address]:
        """Return addresses that said by ICMP that nobody listens there: a hint, easily forged."""
        errors = take_errors(self._socket)
        return [address for address, number in errors if number == errno.ECONNREFUSED]

    def close(self) -> None:
        for lane in set(self._lanes.values()):
            lane.close()

    def _find_target(self, address: Address) -> SystemAddress | None:
        """Return what to send to, for an address that a peer may have named; None: to nobody."""
        target = to_system(address, self._socket.family)
        if target is not None:
            if len(self._to_system) >= ADDRESSES_MAX:
                self._to_system.clear()
            self._to_system[address] = target
        return target

    def _name_source(self, source: SystemAddress) -> Address:
        known = self._from_system.get(source)
        if known is None:
            if len(self._from_system) >= ADDRESSES_MAX:
                self._from_system.clear()
            known = self._from_system[source] = from_system(source)
        return known


def _receive_datagram(
    lane: socket.socket,
) -> tuple[bytes, list[tuple[int, int, bytes]], SystemAddress]:
    """Return a datagram, the system's notes on it, and whence it came."""
    if not hasattr(lane, "recvmsg"):  # Windows
        data, address = lane.recvfrom(DATAGRAM_BYTES_MAX + 1)
        return data, [], address
    data, notes, _, address = lane.recvmsg(DATAGRAM_BYTES_MAX + 1, _ANCILLARY_BYTES)
    return data, notes, address


def _send_datagram(lane: socket.socket, data: bytes, address: SystemAddress) -> None:
    try:
        lane.sendto(data, address)
    except ConnectionRefusedError:
        # Linux tells an earlier datagram's error here, and has sent nothing.
        lane.sendto(data, address)


def _waited_ns(notes: list[tuple[int, int, bytes]]) -> int:
    """Return how long ago the system took a datagram in; 0 where it does not say or cannot be."""
    for level, kind, data in notes:
        if (level, kind, len(data)) == (socket.SOL_SOCKET, TIMESTAMP, _TIMESPEC.size):
            seconds, nanoseconds = _TIMESPEC.unpack(data)
            waited_ns = time.time_ns() - seconds * SECOND - nanoseconds
            return waited_ns if 0 <= waited_ns <= WAIT_NS_MAX else 0
    return 0
