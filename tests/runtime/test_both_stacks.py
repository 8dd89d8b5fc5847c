"""IPv4 and IPv6 over one port, on loopback; and which addresses are a neighbour's."""

from __future__ import annotations

import ipaddress
import select
import socket
import struct
from contextlib import closing

import pytest

from net.ids import Address, address_text
from net.runtime import host_lookup, interfaces, routing_table
from net.runtime.host_lookup import addresses_of
from net.runtime.interfaces import (
    LOOPBACK,
    Interface,
    greetable,
    interface_address,
    list_interfaces,
)
from net.runtime.sockets import UdpSocket
from net.runtime.udp.system_addresses import from_system, to_system

pytestmark = pytest.mark.skipif(
    not any(each.address == "::1" for each in list_interfaces()), reason="no IPv6 here"
)

CARD = Interface("eth0", "fe80::5%3", loopback=False, multicast=True, prefix=64, index=3)
HOME = Interface("eth0", "fd00:7::5", loopback=False, multicast=True, prefix=64, index=3)


def test_one_port_speaks_both_stacks_and_names_each_sender_as_its_own_would() -> None:
    with closing(UdpSocket(None, 0)) as ours:
        for host, family in (("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6)):
            with socket.socket(family, socket.SOCK_DGRAM) as peer:
                peer.bind((host, 0))
                peer.settimeout(5)
                at = (host, int(peer.getsockname()[1]))
                ours.send(b"hello", at)
                assert peer.recv(9) == b"hello"
                peer.sendto(b"and you", (host, ours.port))
                assert select.select([ours], [], [], 5)[0]
                assert [(data, source) for data, source, _ in ours.receive()] == [(b"and you", at)]
            ours.send(b"anybody?", at)
            assert select.select([ours], [], [], 5)[0], "a closed port is told, over either stack"
            assert ours.refusals() == [at]


def test_a_chosen_address_speaks_its_own_stack_alone() -> None:
    for host, other in (("::1", "127.0.0.1"), ("127.0.0.1", "::1")):
        with closing(UdpSocket(host, 0)) as ours:
            ours.send(b"x", (other, 5000))
            assert (ours.tx_datagrams, sum(ours.counters.unsent.values())) == (0, 1)


@pytest.mark.parametrize(
    "host",
    ["fe80::1", "fd00::1%3", "fe80::1%eth0", "ff02::1", "ff02::1%3", "::", "::ffff:10.0.0.1"],
)
def test_what_is_no_one_machines_ipv6_address_is_sent_nothing(host: str) -> None:
    assert to_system((host, 5000), socket.AF_INET6) is None


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
@pytest.mark.parametrize(
    "host",
    ["224.0.0.1", "255.255.255.255", "240.0.0.1", "0.0.0.0", "10.1", "0x7f.0.0.1", "a.b", ""],
)
def test_what_is_no_one_machines_ipv4_address_is_sent_nothing(
    host: str, family: socket.AddressFamily
) -> None:
    assert to_system((host, 5000), family) is None


@pytest.mark.parametrize("host", ["10.0.0.1", "fd00::1", "fe80::1%3", "::ffff:0:a00:1"])
def test_an_address_survives_the_way_to_the_system_and_back(host: str) -> None:
    there = to_system((host, 5000), socket.AF_INET6)
    assert there is not None
    assert from_system(there) == (host, 5000)


@pytest.mark.parametrize(
    ("host", "may"),
    [
        ("fd00:7::9", True),
        ("fe80::9%3", True),
        ("fe80::9%4", False),  # on another link
        ("fe80::9", False),
        ("fd00:8::9", False),
        ("2001:db8::1", False),
        ("ff02::1%3", False),
        ("192.168.7.9", False),
        ("fd00:7::5", False),  # it is we
    ],
)
def test_only_hosts_on_a_link_of_ours_may_be_greeted_over_ipv6(host: str, may: bool) -> None:
    found = greetable([(host, 4000)], [CARD, HOME], 4000)
    assert found == (((host, 4000),) if may else ())


def test_a_link_local_address_without_its_interface_is_sought_on_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(host_lookup, "list_interfaces", lambda: (CARD, HOME))
    assert addresses_of(("fe80::9", 4000)) == [("fe80::9%3", 4000)]
    assert addresses_of(("FD00:7::0:9", 4000)) == [("fd00:7::9", 4000)]


@pytest.mark.parametrize(
    ("given", "meant"),
    [("FD00::0:1", "fd00::1"), ("fe80::1%lo", "fe80::1%1"), ("10.0.0.1", "10.0.0.1"), ("x", "x")],
)
def test_a_chosen_address_is_known_however_it_is_written(given: str, meant: str) -> None:
    assert interface_address(given) == meant


@pytest.mark.parametrize(
    ("address", "text"),
    [(("10.0.0.1", 5), "10.0.0.1:5"), (("fe80::1%3", 5), "[fe80::1%3]:5")],
)
def test_an_address_is_shown_as_people_write_it(address: Address, text: str) -> None:
    assert address_text(address) == text


def route(to: str, kind: int = 1, flags: int = 0, *, card: int = 7, by: int = 0) -> bytes:
    """Return a route as the system tells it (rtnetlink(7)); `by`: the attribute of its router."""
    network = ipaddress.ip_network(to)
    family = socket.AF_INET6 if network.version == 6 else socket.AF_INET
    told = [(1, network.network_address.packed)] if network.prefixlen else []
    told += [(4, struct.pack("=I", card)), *([(by, bytes(4))] if by else [])]
    body = struct.pack("=BBBBBBBBI", family, network.prefixlen, 0, 0, 52, 0, 0, kind, flags)
    body += b"".join(struct.pack("=HH", 4 + len(what), tag) + what for tag, what in told)
    return struct.pack("=IHHII", 16 + len(body), 24, 2, 1, 0) + body


def test_networks_that_a_card_leads_to_without_a_router_are_beside_it_and_the_internet_is_not() -> (
    None
):
    near = ["100.64.0.0/24", "10.5.0.2/32", "fd7a:115c:a1e0::/48"]
    far = ["0.0.0.0/0", "9.0.0.0/8", "224.0.0.0/4", "::/0", "2600::/16", "fe80::/64", "ff00::/8"]
    no_way = [
        *(route("10.6.0.0/16", by=by) for by in (5, 9, 18)),
        route("10.7.0.0/16", kind=2),
        *(route("10.8.0.0/16", flags=down) for down in (0x1, 0x10)),
    ]
    end = struct.pack("=IHHIIi", 20, 3, 2, 1, 0, 0)
    told = b"".join([*map(route, [*near, *far]), *no_way, end])
    beside = list(routing_table.decode_routes(told))
    assert beside == [(7, ipaddress.ip_network(each)) for each in near]
    with pytest.raises(struct.error):
        list(routing_table.decode_routes(told[: -len(end) - 30]))


def test_who_is_in_a_network_beside_a_card_is_reached_over_its_stack() -> None:
    beside = ipaddress.IPv4Network("100.64.0.0/24"), ipaddress.IPv6Network("fd7a:115c:a1e0::/48")
    tunnel = Interface("wg0", "100.64.0.1", loopback=False, multicast=False, beside=beside[:1])
    assert tunnel.reaches("100.64.0.9")
    assert not tunnel.reaches("100.64.0.255"), "that is all of them"
    assert not tunnel.reaches("9.9.9.9")
    tunnel = Interface(
        "wg0", "fd7a::1", loopback=False, multicast=False, prefix=128, beside=beside[1:]
    )
    assert tunnel.reaches("fd7a:115c:a1e0::9")
    assert not tunnel.reaches("fd7b::9")


def test_an_address_has_the_networks_of_its_stack_and_not_itself_beside_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (index,) = {each.index for each in list_interfaces() if each.address == "::1"}
    told = [ipaddress.ip_network(each) for each in ("10.5.0.0/24", "fd00::/48", "::1/128")]
    monkeypatch.setattr(interfaces, "networks_beside", lambda: {index: tuple(told)})
    beside = {each.address: each.beside for each in list_interfaces()}
    assert beside[LOOPBACK] == (told[0],)
    assert beside["::1"] == (told[1],)


def test_routes_that_the_system_does_not_tell_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "AF_NETLINK")
    assert routing_table.networks_beside() == {}


def test_no_more_networks_are_kept_than_an_overlay_has(monkeypatch: pytest.MonkeyPatch) -> None:
    many = b"".join(route(f"10.5.{n // 256}.{n % 256}/32") for n in range(600))
    monkeypatch.setattr(routing_table, "_ask_routes", lambda family: [many])
    (networks,) = routing_table.networks_beside().values()
    assert len(networks) == routing_table.NETWORKS_MAX
