"""The one UDP port of a node: it never blocks, and no error of the network ends it.

Three sockets send from that port, a lane each. What goes to an address on our link where nobody is
waits in the system for its hardware address, up to three seconds, and counts against its socket's
buffer: so strangers' addresses fill a small buffer of their own, and never that of our peers.
"""

from __future__ import annotations

import errno
import ipaddress
import socket
import struct
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar, Final, final

from net.counters import Counters, loss
from net.errors import UsageError
from net.ids import Address
from net.limits import DATAGRAM_BYTES_MAX, SECOND
from net.runtime.clock import now_ns
from net.transport.actions import SendQueue

CALL_BUFFER_BYTES: Final = 32 << 10  # some forty datagrams that wait for whom nobody answers for
ANSWER_BUFFER_BYTES: Final = 64 << 10  # twice as many: who asks is more likely there
RECEIVE_BUFFER_BYTES: Final = 4 << 20  # 6500 datagrams; Linux' default keeps only the oldest 166
ERRORS_PER_TURN_MAX: Final = 64  # of the error queue: anybody can forge ICMP
DESTINATIONS_MAX: Final = 1024  # addresses that were found fit to send to, remembered
WAIT_NS_MAX: Final = SECOND  # a longer one in the buffer may as well be a step of the wall clock

# What only Linux tells: how long a datagram waited, and which address refused one.
_TELLS: Final = sys.platform.startswith("linux")
# linux/in.h, linux/errqueue.h
_IP_RECVERR: Final = 11
_MSG_ERRQUEUE: Final = 0x2000
_EXTENDED_ERROR: Final = struct.Struct("=IBBBxII")
_ORIGIN_ICMP: Final = 2
# asm-generic/socket.h: SO_TIMESTAMPNS of a kernel and a Python of the same word size
_TIMESTAMP: Final = 35
_TIMESPEC: Final = struct.Struct("@ll")
_ANCILLARY_BYTES: Final = 64  # a header of 16 bytes, and one `timespec`


@dataclass(slots=True)
class SocketCounters(Counters):
    """Datagrams that did not get through this end."""

    part: ClassVar[str] = "socket"
    oversized: int = 0  # that came longer than any of ours is
    cut: int = loss()  # while the player had cut this node off
    unsent: Counter[str] = field(default_factory=Counter)  # by the name of the system's error


@final
class UdpSocket:
    """A bound, non-blocking IPv4 port."""

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
        self._fit: set[Address] = set()
        self._lanes = _bind_lanes(interface, port)
        self._socket = self._lanes[SendQueue.PEER]
        if _TELLS:
            self._socket.setsockopt(socket.IPPROTO_IP, _IP_RECVERR, 1)
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

    def receive(self) -> Iterator[tuple[bytes, Address, int]]:
        """Yield datagrams until none waits. Each is read only when it is asked for.

        With each comes how long the system kept it for us, in nanoseconds, as far as it knows.
        The system gives all to the lane that was bound last; another one that does not loses none.
        """
        for lane in dict.fromkeys(self._lanes.values()):
            yield from self._receive_from(lane)

    def _receive_from(self, lane: socket.socket) -> Iterator[tuple[bytes, Address, int]]:
        errors = 0
        while errors < ERRORS_PER_TURN_MAX:
            try:
                data, notes, (host, port) = _receive_datagram(lane)
            except BlockingIOError:
                return
            except OSError:  # an ICMP error is told once by any call; `refusals` has the details
                errors += 1
                continue
            self.rx_datagrams += 1
            self.rx_bytes += len(data)
            if len(data) > DATAGRAM_BYTES_MAX:
                self.counters.oversized += 1
            elif not self._is_cut():
                yield data, (host, port), _waited_ns(notes)

    def send(self, data: bytes, address: Address, lane: SendQueue = SendQueue.PEER) -> None:
        """Send a datagram, or count why it could not be sent: UDP promises no more."""
        if not self._is_sendable_address(address):
            self.counters.unsent["unfit address"] += 1
            return
        if self._is_cut():
            return
        try:
            _send_datagram(self._lanes[lane], data, address)
        except OSError as error:
            name = errno.errorcode.get(error.errno or 0, "unknown")
            self.counters.unsent[
                name if lane is SendQueue.PEER else f"{lane.name.lower()} {name}"
            ] += 1
            return
        self.tx_datagrams += 1
        self.tx_bytes += len(data)

    def refusals(self) -> list[Address]:
        """Return addresses that said by ICMP that nobody listens there: a hint, easily forged."""
        refused: list[Address] = []
        for _ in range(ERRORS_PER_TURN_MAX if _TELLS else 0):
            try:
                _, notes, _, address = self._socket.recvmsg(0, 512, _MSG_ERRQUEUE)
            except OSError:
                break
            if any(_is_refusal(*note) for note in notes):
                refused.append((address[0], address[1]))
        return refused

    def close(self) -> None:
        for lane in set(self._lanes.values()):
            lane.close()

    def _is_sendable_address(self, address: Address) -> bool:
        """Tell whether an address that a peer may have named is one machine's, in digits.

        A name would be looked up and block the loop; a group would make us a multiplier.
        """
        if address in self._fit:
            return True
        try:
            host = ipaddress.IPv4Address(address[0])
        except ValueError:
            return False
        if host.is_multicast or host.is_unspecified or host.is_reserved:
            return False
        if not 0 < address[1] < 2**16:
            return False
        if len(self._fit) >= DESTINATIONS_MAX:
            self._fit.clear()
        self._fit.add(address)
        return True


def _receive_datagram(lane: socket.socket) -> tuple[bytes, list[tuple[int, int, bytes]], Address]:
    """Return a datagram, the system's notes on it, and whence it came."""
    if not hasattr(lane, "recvmsg"):  # Windows
        data, address = lane.recvfrom(DATAGRAM_BYTES_MAX + 1)
        return data, [], address
    data, notes, _, address = lane.recvmsg(DATAGRAM_BYTES_MAX + 1, _ANCILLARY_BYTES)
    return data, notes, address


def _send_datagram(lane: socket.socket, data: bytes, address: Address) -> None:
    try:
        lane.sendto(data, address)
    except ConnectionRefusedError:
        # Linux tells an earlier datagram's error here, and has sent nothing.
        lane.sendto(data, address)


def _bind_lanes(interface: str | None, port: int) -> dict[SendQueue, socket.socket]:
    """Bind a socket for each lane to one port, which is nobody else's before or after.

    Of sockets that share a port Linux gives what arrives to the one bound last: that of the peers.
    Elsewhere there is one socket for all.
    """
    first = _bind_socket(interface, port, shared=False)
    lanes = dict.fromkeys(SendQueue, first)
    try:
        if _TELLS:
            lanes = _share_port(first, interface)
    except UsageError:
        first.close()
        raise
    for lane in lanes.values():
        lane.setblocking(False)
        lane.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
    return lanes


def _share_port(first: socket.socket, interface: str | None) -> dict[SendQueue, socket.socket]:
    """Bind two more sockets to the port of one, and shut it behind them.

    Raises:
        UsageError: somebody else came between.
    """
    first.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    taken = int(first.getsockname()[1])
    answers = _bind_socket(interface, taken, shared=True)
    try:
        peers = _bind_socket(interface, taken, shared=True)
    except UsageError:
        answers.close()
        raise
    for lane in (first, answers, peers):
        lane.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
        lane.setsockopt(socket.SOL_SOCKET, _TIMESTAMP, 1)
    first.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, CALL_BUFFER_BYTES)
    answers.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ANSWER_BUFFER_BYTES)
    return {SendQueue.PEER: peers, SendQueue.CALL: first, SendQueue.ANSWER: answers}


def _bind_socket(interface: str | None, port: int, *, shared: bool) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        if shared:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((interface or "", port))
    except (OSError, OverflowError) as error:
        bound.close()
        raise UsageError(_bind_error_text(error, interface, port)) from None
    return bound


def _bind_error_text(error: OSError | OverflowError, interface: str | None, port: int) -> str:
    match error:
        case OSError(errno=errno.EADDRINUSE):
            return f"port {port} is in use by another program; choose another, or none"
        case OSError(errno=errno.EADDRNOTAVAIL):
            return f"no interface of this machine has the address {interface}"
        case OSError(errno=errno.EACCES):
            return f"port {port} is reserved for the system; choose one above 1023"
        case socket.gaierror():
            return f"{interface!r} is no IPv4 address of an interface"
        case OverflowError():
            return f"{port} is no port; ports go from 1 to 65535"
        case _:
            return f"cannot listen on {interface or 'any interface'}, port {port}: {error}"


def _waited_ns(notes: list[tuple[int, int, bytes]]) -> int:
    """Return how long ago the system took a datagram in; 0 where it does not say or cannot be."""
    for level, kind, data in notes:
        if (level, kind, len(data)) == (socket.SOL_SOCKET, _TIMESTAMP, _TIMESPEC.size):
            seconds, nanoseconds = _TIMESPEC.unpack(data)
            waited_ns = time.time_ns() - seconds * SECOND - nanoseconds
            return waited_ns if 0 <= waited_ns <= WAIT_NS_MAX else 0
    return 0


def _is_refusal(level: int, kind: int, data: bytes) -> bool:
    if (level, kind) != (socket.IPPROTO_IP, _IP_RECVERR) or len(data) < _EXTENDED_ERROR.size:
        return False
    number, origin, *_ = _EXTENDED_ERROR.unpack_from(data)
    return bool(number == errno.ECONNREFUSED and origin == _ORIGIN_ICMP)
