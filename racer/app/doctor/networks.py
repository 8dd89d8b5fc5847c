"""The networks of this machine: which a race goes over, and why not the others."""

from __future__ import annotations

import importlib
import ipaddress
import socket
import struct
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from net.limits import DATAGRAM_BYTES_MAX
from net.runtime.interfaces import (
    Interface,
    card_towards,
    list_interfaces,
    race_interfaces,
)
from racer.app.doctor.finding import Finding, Grade
from racer.app.doctor.shared_addresses import find_sharer

HEADER_BYTES: Final = 48  # IPv6 and UDP; 20 less over IPv4
GROUP: Final = "224.0.0.251"  # of multicast DNS (RFC 6762, 3)
GROUP_IPV6: Final = "ff02::fb"
ECHO_S: Final = 0.3  # for our own multicast to come back, which takes no network

_CARDS: Final = Path("/sys/class/net")
_LINUX: Final = sys.platform.startswith("linux")
_SIOCGIFMTU: Final = 0x8921 if _LINUX else 0xC0206933  # netdevice(7); sys/sockio.h of the BSDs
_SIOCGIFFLAGS: Final = 0x8913 if _LINUX else 0xC0206911
_POINT_TO_POINT: Final = 0x10
_UP_AND_RUNNING: Final = 0x41


def examine_networks(chosen: str | None) -> list[Finding]:
    """Look at each network card; `chosen` is the address of the only one to use."""
    used = race_interfaces(chosen)
    if not used:
        return [_no_network(chosen)]
    findings = [_examine_card(card) for card in cards_of(used)]
    findings += [_name_unused(card, used) for card in cards_of(set(list_interfaces()) - set(used))]
    findings += [_without_address(name) for name in _names_without_address()]
    if all(each.loopback for each in used):
        findings.append(_no_network(chosen))
    return findings


def name_overlaps() -> list[Finding]:
    """Tell of networks in which two cards are: the system sends what goes there by one alone.

    That is well, unless this one leads nowhere: so it is told where somebody is not reached.
    """
    cards: dict[ipaddress.IPv4Network, dict[str, str]] = {}
    for each in list_interfaces():
        if each.broadcast is not None and not each.loopback:
            network = ipaddress.IPv4Network((each.address, each.prefix), strict=False)
            cards.setdefault(network, {}).setdefault(each.name, each.neighbour)
    return [
        _tell_overlap(network, names) for network, names in sorted(cards.items()) if len(names) > 1
    ]


def _tell_overlap(network: ipaddress.IPv4Network, names: Mapping[str, str]) -> Finding:
    cards = list_interfaces()
    towards = (card_towards(host, cards) for host in names.values())
    used = next(filter(None, towards), next(iter(names)))
    found = f"{' and '.join(names)} are in it, and what goes there leaves by {used} alone"
    remedy = f"if {used} leads nowhere: ip link set {used} down"
    return Finding(str(network), Grade.DOUBT, found, remedy)


def cards_of(interfaces: Iterable[Interface]) -> list[list[Interface]]:
    """Return addresses by the card that has them, IPv4 first."""
    cards: dict[str, list[Interface]] = {}
    for each in sorted(interfaces, key=lambda one: (one.is_ipv6, one)):
        cards.setdefault(each.name, []).append(each)
    return list(cards.values())


def _no_network(chosen: str | None) -> Finding:
    what = "no network is up" if chosen is None else f"no network that is up has {chosen}"
    remedy = "plug in a cable or join a Wi-Fi; alone, the game works as it is"
    return Finding("network", Grade.FAULT, what, remedy)


def _examine_card(card: list[Interface]) -> Finding:
    title, name = _title_of(card), card[0].name
    mtu = _read_mtu(name)
    if mtu is not None and mtu < DATAGRAM_BYTES_MAX + HEADER_BYTES:
        found = f"carries {mtu} bytes at once, a race needs {DATAGRAM_BYTES_MAX + HEADER_BYTES}"
        return Finding(title, Grade.DOUBT, found, f"ip link set {name} mtu 1500")
    if card[0].loopback:
        return Finding(title, Grade.DOUBT, "this machine alone", "see 'network'")
    if (shared := _name_shared(card)) is not None:
        return shared
    if all(each.prefix > (126 if each.is_ipv6 else 30) and not each.beside for each in card):
        return _lead_nowhere(card)
    if not card[0].multicast:
        found = "used, but it has no multicast: others are found by "
        broadcasts = any(each.broadcast is not None for each in card)
        found += "broadcast and --peer only" if broadcasts else "--peer only"
        return Finding(title, Grade.DOUBT, found, "give --peer HOST:PORT of somebody there")
    if not _hears_itself(card[0]):
        found = "used, but our own multicast does not come back: a firewall keeps it, or no route"
        remedy = "let UDP 5353 and 42472 in on it, or give --peer HOST:PORT of somebody there"
        return Finding(title, Grade.DOUBT, found, remedy)
    found = f"used; multicast works here, {mtu or 'unknown'} bytes at once"
    return Finding(title, Grade.FINE, found)


def _lead_nowhere(card: list[Interface]) -> Finding:
    """Tell of a card without a network; a tunnel's other end takes what its program knows alone."""
    name = card[0].name
    found = "has an address for itself alone, and no route to anybody else"
    flags = _ask_card(_SIOCGIFFLAGS, name, "16sH14x")
    if flags is not None and flags & _POINT_TO_POINT:
        remedy = (
            "connect its program (a VPN), then give --peer HOST:PORT of somebody there,"
            " or the code of their lobby"
        )
        return Finding(_title_of(card), Grade.DOUBT, found, remedy)
    network = ipaddress.ip_network((card[0].address, 24), strict=False)
    return Finding(_title_of(card), Grade.DOUBT, found, f"ip route add {network} dev {name}")


def _name_shared(card: list[Interface]) -> Finding | None:
    """Tell of an address that another machine has too.

    A third one sends to either, whichever answered it; over IPv6 there may be a way round it.
    """
    for each in card:
        sharer = find_sharer(each)
        if sharer is None:
            continue
        found = f"another machine ({sharer}) has {each.address} too: what goes there gets to either"
        network, _, number = each.address.rpartition(".")
        free = f"{network}.{253 if number != '253' else 252}/{each.prefix}"
        remedy = (
            f"give this machine another, as: ip addr del {each.address}/{each.prefix} dev"
            f" {each.name}; ip addr add {free} dev {each.name}"
        )
        return Finding(_title_of(card), Grade.DOUBT, found, remedy)
    return None


def _name_unused(card: list[Interface], used: Iterable[Interface]) -> Finding:
    why = "not chosen by --interface"
    if card[0].loopback and not any(each.loopback for each in used):
        why = "this machine alone"
    return Finding(_title_of(card), Grade.FINE, f"not used: {why}")


def _without_address(name: str) -> Finding:
    remedy = f"give it one, as: ip addr add {_own_address(name)}/16 dev {name}, and so the others"
    return Finding(name, Grade.DOUBT, "there, without any address: nothing goes over it", remedy)


def _own_address(name: str) -> str:
    """Return a link-local address (RFC 3927) for a card: hardly another's, by its number."""
    try:
        third, fourth = bytes.fromhex(
            (_CARDS / name / "address").read_text()[-6:-1].replace(":", "")
        )
    except (OSError, ValueError):
        third, fourth = 7, 7
    return f"169.254.{1 + third % 254}.{1 + fourth % 254}"


def _names_without_address() -> list[str]:
    served = {each.name for each in list_interfaces()}
    names = [name for _, name in socket.if_nameindex() if name not in served]
    return [name for name in names if _carries(name) and not _serves_another(name)]


def _serves_another(name: str) -> bool:
    """Tell whether a card needs no address: it is a bridge's, or others lie upon it (Linux)."""
    folder = _CARDS / name
    return (folder / "master").exists() or any(folder.glob("upper_*"))


def _carries(name: str) -> bool:
    """Tell whether a card without an address is up, with a cable in it."""
    flags = _ask_card(_SIOCGIFFLAGS, name, "16sH14x")
    return flags is not None and flags & _UP_AND_RUNNING == _UP_AND_RUNNING


def _read_mtu(name: str) -> int | None:
    """Return how many bytes a card carries at once; None: the system does not say."""
    return _ask_card(_SIOCGIFMTU, name, "16si12x")


def _ask_card(what: int, name: str, layout: str) -> int | None:
    """Ask the system about a card of this network namespace; None: it does not say."""
    try:
        fcntl = importlib.import_module("fcntl")
    except ImportError:
        return None
    request = struct.pack(layout, name.encode()[:15], 0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as query:
        try:
            return int(struct.unpack(layout, fcntl.ioctl(query, what, request))[1])
        except OSError:
            return None


def _hears_itself(interface: Interface) -> bool:
    """Tell whether a multicast datagram that we send over an interface comes back to us."""
    family = socket.AF_INET6 if interface.is_ipv6 else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as ear:
        ear.settimeout(ECHO_S)
        try:
            _join(ear, interface)
            ear.bind(("", 0))
            port = int(ear.getsockname()[1])
            to = (GROUP_IPV6, port, 0, interface.index) if interface.is_ipv6 else (GROUP, port)
            ear.sendto(b"racer doctor", to)
            return ear.recv(64) == b"racer doctor"
        except OSError:
            return False


def _join(ear: socket.socket, interface: Interface) -> None:
    """Join the group of multicast DNS on an interface, and speak to it there.

    Raises:
        OSError: it cannot be done.
    """
    if interface.is_ipv6:
        where = struct.pack("@I", interface.index)
        group = socket.inet_pton(socket.AF_INET6, GROUP_IPV6) + where
        ear.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, group)
        ear.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, where)
        return
    membership = socket.inet_aton(GROUP) + socket.inet_aton(interface.address)
    ear.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
    ear.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, membership[4:])
    ear.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)


def _title_of(card: list[Interface]) -> str:
    return f"{card[0].name} ({', '.join(each.address for each in card)})"
