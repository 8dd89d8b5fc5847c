"""Three sockets on one port, and what the system is asked to tell of each.

What goes to an address on our link where nobody is waits in the system for its hardware address, up
to three seconds, and counts against its socket's buffer: so strangers' addresses fill a small
buffer of their own, and never that of our peers.
"""

from __future__ import annotations

import errno
import socket
import sys
from typing import Final

from net.errors import UsageError
from net.transport.actions import SendQueue

CALL_BUFFER_BYTES: Final = 32 << 10  # some forty datagrams that wait for whom nobody answers for
ANSWER_BUFFER_BYTES: Final = 64 << 10  # twice as many: who asks is more likely there
RECEIVE_BUFFER_BYTES: Final = 4 << 20  # 6500 datagrams; Linux' default keeps only the oldest 166

# What only Linux tells: how long a datagram waited, and which address refused one.
TELLS: Final = sys.platform.startswith("linux")
# linux/in.h, linux/in6.h
IP_RECVERR: Final = 11
IPV6_RECVERR: Final = 25
# asm-generic/socket.h: SO_TIMESTAMPNS of a kernel and a Python of the same word size
TIMESTAMP: Final = 35


def bind_lanes(interface: str | None, port: int) -> dict[SendQueue, socket.socket]:
    """Bind a socket for each lane to one port, which is nobody else's before or after.

    Of sockets that share a port Linux gives what arrives to the one bound last: that of the peers.
    Elsewhere there is one socket for all.

    Args:
        interface: an address of this machine, of either stack; None: all of both.

    Raises:
        UsageError: the port is taken or not allowed, or the address is not of this machine.
    """
    first = _bind_socket(interface, port, shared=False)
    lanes = dict.fromkeys(SendQueue, first)
    try:
        if TELLS:
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
        lane.setsockopt(socket.SOL_SOCKET, TIMESTAMP, 1)
    ask_for_errors(peers)
    first.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, CALL_BUFFER_BYTES)
    answers.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ANSWER_BUFFER_BYTES)
    return {SendQueue.PEER: peers, SendQueue.CALL: first, SendQueue.ANSWER: answers}


def ask_for_errors(lane: socket.socket) -> None:
    """Have the system tell which address could not be reached, or refused a datagram."""
    lane.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
    if lane.family == socket.AF_INET6:
        lane.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVERR, 1)


def _bind_socket(interface: str | None, port: int, *, shared: bool) -> socket.socket:
    bound, host = open_socket(interface)
    try:
        if shared:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port, 0, _scope_of(interface)) if ":" in host else (host, port))
    except (OSError, OverflowError, TypeError) as error:  # of a host that can be none's name
        bound.close()
        raise UsageError(_bind_error_text(error, interface, port)) from None
    return bound


def open_socket(interface: str | None) -> tuple[socket.socket, str]:
    """Return a socket, and the host to bind it to: that of all of both stacks, where there are two.

    A system may lack IPv6 (no such family), or the art of serving both with one socket.
    """
    if interface is not None and ":" not in interface:
        return socket.socket(socket.AF_INET, socket.SOCK_DGRAM), interface
    try:
        both = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    except OSError:
        return socket.socket(socket.AF_INET, socket.SOCK_DGRAM), interface or ""
    try:
        both.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, interface is not None)
    except OSError:
        both.close()
        return socket.socket(socket.AF_INET, socket.SOCK_DGRAM), interface or ""
    return both, "::" if interface is None else interface.partition("%")[0]


def _scope_of(interface: str | None) -> int:
    scope = (interface or "").partition("%")[2]
    return int(scope) if scope.isdigit() else 0


def _bind_error_text(
    error: OSError | OverflowError | TypeError, interface: str | None, port: int
) -> str:
    match error:
        case OSError(errno=errno.EADDRINUSE):
            return f"port {port} is in use by another program; choose another, or none"
        case OSError(errno=errno.EADDRNOTAVAIL):
            return f"no interface of this machine has the address {interface}"
        case OSError(errno=errno.EACCES):
            return f"port {port} is reserved for the system; choose one above 1023"
        case socket.gaierror() | TypeError():
            return f"{interface!r} is no address of an interface"
        case OverflowError():
            return f"{port} is no port; ports go from 1 to 65535"
        case _:
            return f"cannot listen on {interface or 'any interface'}, port {port}: {error}"
