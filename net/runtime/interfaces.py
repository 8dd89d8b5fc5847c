"""Which of this machine's networks a race may use, of either stack."""

from __future__ import annotations

import importlib
import ipaddress
import socket
import struct
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

import ifaddr

from net.errors import UsageError
from net.ids import Address
from net.runtime.routing_table import IPNetwork, networks_beside

LOOPBACK: Final = "127.0.0.1"

_LINUX: Final = sys.platform.startswith("linux")
_SIOCGIFFLAGS: Final = 0x8913 if _LINUX else 0xC0206911  # netdevice(7); sys/sockio.h of the BSDs
_UP, _LOOPBACK, _RUNNING, _MULTICAST = 0x1, 0x8, 0x40, 0x1000 if _LINUX else 0x8000
_MDNS_GROUP: Final = "224.0.0.251"
_MDNS_GROUP_IPV6: Final = "ff02::fb"
# of this process' own network namespace; flags of linux/if_addr.h
_IPV6_STATES: Final = Path("/proc/net/if_inet6")
_DISCARD_PORT: Final = 9  # nothing is sent there
_TEMPORARY: Final = 0x01
_UNUSABLE: Final = 0x08 | 0x40  # another has it, or it is not known yet whether one has
# Networks that are mostly inside this machine, or tunnels out of it. They are used as well, for a
# name proves nothing; but they are named last, since every Docker host calls itself 172.17.0.1.
WITHIN: Final = ("docker", "br-", "veth", "virbr", "lxc")  # how names of the inner ones begin
_INNER: Final = (*WITHIN, "tun", "tap", "wg", "zt", "tailscale")


@final
@dataclass(frozen=True, slots=True, order=True)
class Interface:
    """An address of this machine, on a network that is up."""

    name: str
    address: str  # an IPv6 one that is good on its link only carries that: `fe80::1%3`
    loopback: bool
    multicast: bool  # multicast DNS can pass
    prefix: int = 32  # bits of the address that its network shares
    index: int = 0  # the system's number of it
    temporary: bool = False  # given up after a day or so (RFC 8981): no address to be found by
    beside: tuple[IPNetwork, ...] = ()  # other networks that it leads to, by no router

    @property
    def is_ipv6(self) -> bool:
        return ":" in self.address

    @property
    def is_link_local(self) -> bool:
        """Whether it is IPv6 and means nothing beyond its link."""
        return "%" in self.address

    @property
    def broadcast(self) -> str | None:
        """The address that reaches all of its network; None where it has nobody else, or none."""
        if self.is_ipv6 or self.prefix > 30:
            return None
        return str(self._network.broadcast_address)

    @property
    def neighbour(self) -> str:
        """An address that somebody else on its network may have."""
        ours = ipaddress.ip_address(self.address)
        last = self._network.broadcast_address
        return str(ours + 1 if int(ours) < int(last) - 1 else ours - 1)

    def reaches(self, host: str) -> bool:
        """Tell whether an address, in digits, is one machine's on its network: ours too."""
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return False
        if isinstance(address, ipaddress.IPv4Address):
            return any(_may_have(each, address) for each in (self._network, *self.beside))
        if not self.is_ipv6 or address.is_multicast:
            return False
        if address.is_link_local:
            return self.is_link_local and address.scope_id == self.address.partition("%")[2]
        return any(address in each for each in (self._network, *self.beside))

    def has_in_network(self, host: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
        """Tell whether an address is of the network that ours is in, however it is reached."""
        return not self.is_link_local and host in self._network

    @property
    def _network(self) -> IPNetwork:
        host = self.address.partition("%")[0]
        return ipaddress.ip_network((host, self.prefix), strict=False)


def list_interfaces() -> tuple[Interface, ...]:
    """Return all addresses of interfaces that are up, sorted by name and address."""
    read_flags, states, beside = _flags_reader(), _read_ipv6_states(), networks_beside()
    found: list[Interface] = []
    for adapter in ifaddr.get_adapters():
        for each in adapter.ips:
            index = adapter.index or 0
            address = each.ip if isinstance(each.ip, str) else _ipv6_text(each.ip, index)
            state = states.get((index, address.partition("%")[0]), 0)
            flags = 0 if state & _UNUSABLE else read_flags(adapter.name, address)
            if flags & _UP and flags & _RUNNING:
                found.append(
                    Interface(
                        adapter.name,
                        address,
                        loopback=bool(flags & _LOOPBACK),
                        multicast=bool(flags & _MULTICAST),
                        prefix=each.network_prefix,
                        index=index,
                        temporary=bool(state & _TEMPORARY),
                        beside=_of_stack(address, beside.get(index, ())),
                    )
                )
    return tuple(sorted(found))


def _of_stack(address: str, networks: tuple[IPNetwork, ...]) -> tuple[IPNetwork, ...]:
    """Return those networks that are reached from an address: none from one of its link alone.

    IPv6 has a route to each address of ours, too.
    """
    if "%" in address:
        return ()
    ours = ipaddress.ip_network(address)
    return tuple(each for each in networks if each.version == ours.version and each != ours)


def _may_have(network: IPNetwork, host: ipaddress.IPv4Address) -> bool:
    """Tell whether an address of a network is one machine's."""
    ends = {network.network_address, network.broadcast_address}
    return host in network and not (network.prefixlen <= 30 and host in ends)


def _ipv6_text(told: tuple[str, int, int], index: int) -> str:
    """Return an address as sockets tell it: with its interface where it means nothing without."""
    host = ipaddress.IPv6Address(told[0].partition("%")[0])
    return f"{host}%{told[2] or index}" if host.is_link_local else str(host)


def _read_ipv6_states() -> dict[tuple[int, str], int]:
    """Return the flags of this machine's IPv6 addresses, where the system shows them (Linux)."""
    try:
        rows = _IPV6_STATES.read_text().splitlines()
    except OSError:
        return {}
    return {
        (int(index, 16), str(ipaddress.IPv6Address(bytes.fromhex(digits)))): int(flags, 16)
        for digits, index, _, _, flags, _ in map(str.split, rows)
    }


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


def _unlikeliness(interface: Interface) -> tuple[bool, bool, bool, bool]:
    return (
        not interface.multicast,
        interface.name.startswith(_INNER),
        interface.is_ipv6,
        interface.temporary,
    )


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


def is_this_machine(host: str) -> bool:
    """Tell whether an address, in digits, is one of this machine's own."""
    is_inner = ipaddress.ip_address(host).is_loopback
    return is_inner or any(each.address == host for each in list_interfaces())


def card_towards(host: str, interfaces: Iterable[Interface]) -> str | None:
    """Return the name of the card by which the system sends to a host; None: by none, or any.

    Args:
        host: in digits; of an IPv6 one that is good on its link alone that is plain by itself.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect((host, _DISCARD_PORT))
        except OSError:
            return None
        ours = asking.getsockname()[0]
    return next((each.name for each in interfaces if each.address == ours), None)


def is_diverted(host: str) -> bool:
    """Tell whether the system sends what is for a host of our network by a card elsewhere: a VPN's.

    Whom routes alone bring near, as in an overlay, nobody else has a claim on.
    """
    if "%" in host:
        return False
    interfaces, address = list_interfaces(), ipaddress.ip_address(host)
    near = {each.name for each in interfaces if each.has_in_network(address)}
    return bool(near) and (card_towards(host, interfaces) or next(iter(near))) not in near


def interface_address(text: str) -> str:
    """Return an address that a person gives as interfaces have it: `fe80::1%eth0` by number.

    One that is good on its link alone, and given without it, is that of the one that has it.
    """
    host, _, scope = text.partition("%")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return text
    if not isinstance(address, ipaddress.IPv6Address) or not address.is_link_local:
        return str(address)
    if scope and not scope.isdigit():
        try:
            scope = str(socket.if_nametoindex(scope))
        except OSError:
            return text
    if scope:
        return f"{address}%{scope}"
    ours = (each.address for each in list_interfaces() if each.is_link_local)
    return next((each for each in ours if each.partition("%")[0] == str(address)), text)


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
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    host, _, scope = address.partition("%")
    try:
        trial = socket.socket(family, socket.SOCK_DGRAM)
    except OSError:
        return 0
    with trial:
        try:
            trial.bind((host, 0, 0, int(scope or 0)) if ":" in host else (host, 0))
        except OSError:
            return 0
        flags = _UP | _RUNNING
        if host == "::1" or host.startswith("127."):
            flags |= _LOOPBACK
        try:
            _join_mdns(trial, host, int(scope or 0))
        except OSError:
            return flags
        return flags | _MULTICAST


def _join_mdns(trial: socket.socket, host: str, index: int) -> None:
    """Join the group of multicast DNS on an interface.

    Raises:
        OSError: it has no multicast.
    """
    if ":" in host:
        group = socket.inet_pton(socket.AF_INET6, _MDNS_GROUP_IPV6) + struct.pack("@I", index)
        trial.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, group)
    else:
        membership = socket.inet_aton(_MDNS_GROUP) + socket.inet_aton(host)
        trial.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
