"""Addresses as the system's sockets have them, to and from ours.

A socket of both stacks has an IPv4 host as `::ffff:10.0.0.1` (RFC 4291, 2.5.5.2), and the interface
of a link-local one as a number of its own; we have `10.0.0.1`, and `fe80::1%3`.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Any, Final, TypeAlias

from net.ids import Address

SystemAddress: TypeAlias = tuple[str, int] | tuple[str, int, int, int]
"""What `bind`, `sendto` and `recvfrom` have: of IPv6 also a flow, and the interface's number."""

_MAPPED: Final = "::ffff:"
_FIRST_OF_GROUPS: Final = 224  # groups, and behind them what is reserved (RFC 1112, 4); 0: nobody


def to_system(address: Address, family: int) -> SystemAddress | None:
    """Return what a socket of a family sends to, for one machine's address in digits.

    None: it is no such address, or of another family. A name would be looked up and block the
    loop; a group would make us a multiplier.
    """
    text, port = address
    if not 0 < port < 2**16:
        return None
    try:
        first = socket.inet_pton(socket.AF_INET, text)[0]
    except (OSError, ValueError):
        return _to_ipv6(text, port, family)
    if first == 0 or first >= _FIRST_OF_GROUPS:
        return None
    return (text, port) if family == socket.AF_INET else (_MAPPED + text, port, 0, 0)


def _to_ipv6(text: str, port: int, family: int) -> SystemAddress | None:
    try:
        host = ipaddress.IPv6Address(text)
    except ValueError:
        return None
    if host.is_multicast or host.is_unspecified:
        return None
    scope = host.scope_id or ""
    has_scope = scope.isascii() and scope.isdigit() and len(scope) < 10
    if family == socket.AF_INET or host.ipv4_mapped is not None or has_scope != host.is_link_local:
        return None
    return text.partition("%")[0], port, 0, int(scope or 0)


def from_system(address: tuple[Any, ...]) -> Address:
    """Return the address that a socket tells; an IPv4 host is the same over either stack."""
    host, port = str(address[0]), int(address[1])
    within = host.removeprefix(_MAPPED)
    if within != host and ":" not in within:  # `::ffff:0:a00:1` is an IPv6 host like any other
        return within, port
    scope = int(address[3]) if len(address) > 2 else 0
    return (f"{host.partition('%')[0]}%{scope}" if scope else host), port
