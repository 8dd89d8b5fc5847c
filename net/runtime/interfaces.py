"""Which of this machine's IPv4 networks a race may use."""

from __future__ import annotations

import fcntl
import socket
import struct
from dataclasses import dataclass
from typing import Final, final

import ifaddr

from net.errors import UsageError

LOOPBACK: Final = "127.0.0.1"

_SIOCGIFFLAGS: Final = 0x8913  # netdevice(7)
_UP, _LOOPBACK, _RUNNING, _MULTICAST = 0x1, 0x8, 0x40, 0x1000
# Networks inside this machine, or tunnels out of it: nobody to race with sits there, and every
# Docker host calls itself 172.17.0.1. They are used where there is nothing better.
_INNER: Final = ("docker", "br-", "veth", "virbr", "lxc", "tun", "tap", "wg", "zt", "tailscale")


@final
@dataclass(frozen=True, slots=True, order=True)
class Interface:
    """An IPv4 address of this machine, on a network that is up."""

    name: str
    address: str
    loopback: bool
    multicast: bool  # multicast DNS can pass


def list_interfaces() -> tuple[Interface, ...]:
    """Return all IPv4 addresses of interfaces that are up, sorted by name and address."""
    found: list[Interface] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as query:
        for adapter in ifaddr.get_adapters():
            flags = _interface_flags(query, adapter.name)
            if not (flags & _UP and flags & _RUNNING):
                continue
            loopback, multicast = bool(flags & _LOOPBACK), bool(flags & _MULTICAST)
            found.extend(
                Interface(adapter.name, address.ip, loopback, multicast)
                for address in adapter.ips
                if isinstance(address.ip, str)
            )
    return tuple(sorted(found))


def race_interfaces(chosen: str | None = None) -> tuple[Interface, ...]:
    """Return the interfaces to race over: the chosen address, else those with a LAN behind them.

    Where there is no LAN, inner networks (bridges, tunnels); where there are none, loopback. Empty
    where not even that is up, or the chosen address is not there (now).
    """
    found = list_interfaces()
    if chosen is not None:
        return tuple(each for each in found if each.address == chosen)
    outer = [each for each in found if not each.loopback and each.multicast]
    lan = [each for each in outer if not each.name.startswith(_INNER)]
    return tuple(lan or outer or [each for each in found if each.loopback])


def require_interface(chosen: str | None) -> None:
    """Hold that the chosen address, if one is, is there now.

    Raises:
        UsageError: no interface that is up has it.
    """
    if chosen is not None and not race_interfaces(chosen):
        raise UsageError(f"no interface of this machine that is up has the address {chosen!r}")


def _interface_flags(query: socket.socket, name: str) -> int:
    """Return an interface's flags, 0 if it has just gone; right in any network namespace."""
    request = struct.pack("16sH14x", name.encode()[:15], 0)
    try:
        answer = fcntl.ioctl(query, _SIOCGIFFLAGS, request)
    except OSError:
        return 0
    return int(struct.unpack("16sH14x", answer)[1])
