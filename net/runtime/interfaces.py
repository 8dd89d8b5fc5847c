"""Which of this machine's IPv4 networks a race may use."""

from __future__ import annotations

import importlib
import ipaddress
import socket
import struct
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, final

import ifaddr

from net.errors import UsageError
from net.ids import Address

LOOPBACK: Final = "127.0.0.1"

_LINUX: Final = sys.platform.startswith("linux")
_SIOCGIFFLAGS: Final = 0x8913 if _LINUX else 0xC0206911  # netdevice(7); sys/sockio.h of the BSDs
_UP, _LOOPBACK, _RUNNING, _MULTICAST = 0x1, 0x8, 0x40, 0x1000 if _LINUX else 0x8000
_MDNS_GROUP: Final = "224.0.0.251"
# Networks that are mostly inside this machine, or tunnels out of it. They are used as well, for a
# name proves nothing; but they are named last, since every Docker host calls itself 172.17.0.1.
_INNER: Final = ("docker", "br-", "veth", "virbr", "lxc", "tun", "tap", "wg", "zt", "tailscale")


@final
@dataclass(frozen=True, slots=True, order=True)
class Interface:
    """An IPv4 address of this machine, on a network that is up."""

    name: str
    address: str
    loopback: bool
    multicast: bool  # multicast DNS can pass
    prefix: int = 32  # bits of the address that its network shares

    @property
    def broadcast(self) -> str | None:
        """The address that reaches all of its network; None where it has nobody else."""
        return None if self.prefix > 30 else str(self._network.broadcast_address)

    @property
    def neighbour(self) -> str:
        """An address that somebody else on its network may have."""
        ours = ipaddress.IPv4Address(self.address)
        others = (ours + 1, ours - 1) if ours < self._network.broadcast_address - 1 else (ours - 1,)
        return str(others[0])

    def reaches(self, host: str) -> bool:
        """Tell whether an address, in digits, is one machine's on its network: ours too."""
        try:
            address = ipaddress.IPv4Address(host)
        except ValueError:
            return False
        network = self._network
        nobody = {network.network_address, network.broadcast_address} if self.prefix <= 30 else ()
        return address in network and address not in nobody

    @property
    def _network(self) -> ipaddress.IPv4Network:
        return ipaddress.IPv4Network((self.address, self.prefix), strict=False)


def list_interfaces() -> tuple[Interface, ...]:
    """Return all IPv4 addresses of interfaces that are up, sorted by name and address."""
    read_flags = _flags_reader()
    found: list[Interface] = []
    for adapter in ifaddr.get_adapters():
        for address in adapter.ips:
            if isinstance(address.ip, str):
                flags = read_flags(adapter.name, address.ip)
                if flags & _UP and flags & _RUNNING:
                    loopback, multicast = bool(flags & _LOOPBACK), bool(flags & _MULTICAST)
                    found.append(
                        Interface(
                            adapter.name, address.ip, loopback, multicast, address.network_prefix
                        )
                    )
    return tuple(sorted(found))


def race_interfaces(chosen: str | None = None) -> tuple[Interface, ...]:
    """Return the interfaces to race over: the one of the chosen address, else all but loopback.

    Those that most likely have a LAN behind them come first. Loopback, where there is nothing else.
    Empty where not even that is up, or the chosen address is not there (now).
    """
    found = list_interfaces()
    if chosen is not None:
        return tuple(each for each in found if each.address == chosen)
    outer = sorted((each for each in found if not each.loopback), key=_unlikeliness)
    return tuple(outer or [each for each in found if each.loopback])


def _unlikeliness(interface: Interface) -> tuple[bool, bool]:
    return not interface.multicast, interface.name.startswith(_INNER)


def greetable(
    addresses: Iterable[Address], interfaces: Iterable[Interface], own_port: int
) -> tuple[Address, ...]:
    """Return those of an advert's addresses that a node of ours may greet, in order.

    An advert is a stranger's word: it sends nobody off our networks, to all of one, or to us.
    """
    interfaces = tuple(interfaces)
    own = {(each.address, own_port) for each in interfaces}
    return tuple(
        address
        for address in addresses
        if 0 < address[1] < 2**16
        and address not in own
        and any(each.reaches(address[0]) for each in interfaces)
    )


def require_interface(chosen: str | None) -> None:
    """Hold that the chosen address, if one is, is there now.

    Raises:
        UsageError: no interface that is up has it.
    """
    if chosen is not None and not race_interfaces(chosen):
        raise UsageError(f"no interface of this machine that is up has the address {chosen!r}")


def _flags_reader() -> Callable[[str, str], int]:
    """Return what tells the flags of an interface, given its name and its address."""
    try:
        fcntl = importlib.import_module("fcntl")
    except ImportError:
        return _try_flags

    def read(name: str, address: str) -> int:
        """Ask the system; 0 if it has just gone. Right in any network namespace."""
        request = struct.pack("16sH14x", name.encode()[:15], 0)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as query:
            try:
                answer = fcntl.ioctl(query, _SIOCGIFFLAGS, request)
            except OSError:
                return 0
        return int(struct.unpack("16sH14x", answer)[1])

    return read


def _try_flags(name: str, address: str) -> int:
    """Find out by doing what they tell of, where the system cannot be asked, as on Windows."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        try:
            trial.bind((address, 0))
        except OSError:
            return 0
        flags = _UP | _RUNNING | (_LOOPBACK if address.startswith("127.") else 0)
        membership = socket.inet_aton(_MDNS_GROUP) + socket.inet_aton(address)
        try:
            trial.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
        except OSError:
            return flags
        return flags | _MULTICAST
