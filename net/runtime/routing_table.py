"""Networks that a card leads to without a router, and has no address in, where the system tells.

A tunnel's address is often one machine's alone, `10.9.0.2/32`, and its network stands in the table
of routes.
"""

from __future__ import annotations

import ipaddress
import struct
from pathlib import Path
from typing import Final

_ROUTES: Final = Path("/proc/net/route")  # Linux; proc_pid_net(5)
_UP, _BY_ROUTER, _REJECT = 0x1, 0x2, 0x200
# Whoever is heard of may be anywhere in such a network: so it is none of the whole Internet's, and
# not larger than any that a private range of addresses gives.
_BITS_MIN: Final = 8


def networks_beside() -> dict[str, tuple[ipaddress.IPv4Network, ...]]:
    """Return them by the card's name; none where the system does not show its routes."""
    try:
        rows = _ROUTES.read_text().splitlines()[1:]
    except OSError:
        return {}
    found: dict[str, list[ipaddress.IPv4Network]] = {}
    for card, to, _, flags, _, _, _, mask, *_ in map(str.split, rows):
        network = ipaddress.IPv4Network((_read_host(to), str(_read_host(mask))), strict=False)
        if int(flags, 16) & (_UP | _BY_ROUTER | _REJECT) == _UP and _is_near(network):
            found.setdefault(card, []).append(network)
    return {card: tuple(networks) for card, networks in found.items()}


def _is_near(network: ipaddress.IPv4Network) -> bool:
    return network.prefixlen >= _BITS_MIN and not (network.is_global or network.is_multicast)


def _read_host(digits: str) -> ipaddress.IPv4Address:
    """Return an address that stands there as the machine has it in memory."""
    return ipaddress.IPv4Address(struct.pack("=L", int(digits, 16)))
