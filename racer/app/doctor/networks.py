"""The networks of this machine: which a race goes over, and why not the others."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import ifaddr

from net.limits import DATAGRAM_BYTES_MAX
from net.runtime.interfaces import Interface, list_interfaces, race_interfaces
from racer.app.doctor.finding import Finding, Grade

HEADER_BYTES: Final = 28  # IPv4 and UDP
GROUP: Final = "224.0.0.251"  # of multicast DNS (RFC 6762, 3)
ECHO_S: Final = 0.3  # for our own multicast to come back, which takes no network

_NETWORKS: Final = Path("/sys/class/net")  # Linux


def examine_networks(chosen: str | None) -> list[Finding]:
    """Look at each network; `chosen` is the address of the only one to use."""
    used = race_interfaces(chosen)
    if not used:
        return [_no_network(chosen)]
    findings = [_examine_network(each) for each in used]
    findings += [_name_unused(each) for each in list_interfaces() if each not in used]
    findings += [_without_ipv4(name) for name in _names_without_ipv4()]
    if all(each.loopback for each in used):
        findings.append(_no_network(chosen))
    return findings


def _no_network(chosen: str | None) -> Finding:
    what = "no network is up" if chosen is None else f"no network that is up has {chosen}"
    remedy = "plug in a cable or join a Wi-Fi; alone, the game works as it is"
    return Finding("network", Grade.FAULT, what, remedy)


def _examine_network(interface: Interface) -> Finding:
    name = _title_of(interface)
    mtu = _read_mtu(interface.name)
    if mtu is not None and mtu < DATAGRAM_BYTES_MAX + HEADER_BYTES:
        found = f"carries {mtu} bytes at once, a race needs {DATAGRAM_BYTES_MAX + HEADER_BYTES}"
        return Finding(name, Grade.FAULT, found, f"ip link set {interface.name} mtu 1500")
    if interface.loopback:
        return Finding(name, Grade.DOUBT, "this machine alone", "see 'network'")
    if not interface.multicast:
        found = "used, but it has no multicast: others are found by "
        found += "--peer only" if interface.broadcast is None else "broadcast and --peer only"
        return Finding(name, Grade.DOUBT, found, "give --peer HOST:PORT of somebody there")
    if not _hears_itself(interface):
        found = "used, but our own multicast does not come back: a firewall keeps it, or no route"
        remedy = "let UDP 5353 and 42472 in on it, or give --peer HOST:PORT of somebody there"
        return Finding(name, Grade.DOUBT, found, remedy)
    return Finding(
        name, Grade.FINE, f"used; multicast works here, {mtu or 'unknown'} bytes at once"
    )


def _name_unused(interface: Interface) -> Finding:
    why = "this machine alone" if interface.loopback else "not chosen by --interface"
    return Finding(_title_of(interface), Grade.FINE, f"not used: {why}")


def _without_ipv4(name: str) -> Finding:
    found = "up, without an IPv4 address; racer cannot use it yet"
    return Finding(
        name, Grade.DOUBT, found, f"give it one, as: ip addr add 169.254.7.7/16 dev {name}"
    )


def _names_without_ipv4() -> Iterable[str]:
    served = {each.name for each in list_interfaces()}
    for adapter in ifaddr.get_adapters():
        if adapter.name not in served and _is_up(adapter.name) and adapter.ips:
            yield adapter.name


def _is_up(name: str) -> bool:
    return _read_field(name, "operstate") == "up"


def _read_mtu(name: str) -> int | None:
    text = _read_field(name, "mtu")
    return int(text) if text.isdigit() else None


def _read_field(name: str, field: str) -> str:
    try:
        return (_NETWORKS / name / field).read_text().strip()
    except OSError:
        return ""


def _hears_itself(interface: Interface) -> bool:
    """Tell whether a multicast datagram that we send over an interface comes back to us."""
    membership = socket.inet_aton(GROUP) + socket.inet_aton(interface.address)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.settimeout(ECHO_S)
        try:
            ear.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
            ear.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, membership[4:])
            ear.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
            ear.bind(("", 0))
            ear.sendto(b"racer doctor", (GROUP, ear.getsockname()[1]))
            return ear.recv(64) == b"racer doctor"
        except OSError:
            return False


def _title_of(interface: Interface) -> str:
    return f"{interface.name} ({interface.address})"
