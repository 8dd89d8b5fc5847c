from __future__ import annotations

import select
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Final

import pytest

from net.errors import UsageError
from net.ids import Address
from net.limits import DATAGRAM_BYTES_MAX, SECOND
from net.runtime.interfaces import (
    LOOPBACK,
    Interface,
    greetable,
    list_interfaces,
    race_interfaces,
)
from net.runtime.sockets import UdpSocket
from net.runtime.udp.floods import FIRST_MESSAGES_AT_ONCE
from net.transport.actions import SendQueue
from tests.waiting import until


@pytest.fixture
def ours() -> Iterator[UdpSocket]:
    with closing(UdpSocket(LOOPBACK, 0)) as ours:
        yield ours


@pytest.fixture
def peer() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.bind((LOOPBACK, 0))
        yield peer


def wait_for(udp: UdpSocket) -> None:
    assert select.select([udp], [], [], 5)[0], "nothing came"


def closed_port() -> Address:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind((LOOPBACK, 0))
        return (LOOPBACK, int(other.getsockname()[1]))


def test_datagrams_go_both_ways_and_are_counted(ours: UdpSocket, peer: socket.socket) -> None:
    ours.send(b"hello", peer.getsockname())
    assert peer.recvfrom(99) == (b"hello", (LOOPBACK, ours.port))
    for word in (b"one", b"two"):
        peer.sendto(word, (LOOPBACK, ours.port))
    wait_for(ours)
    received = list(ours.receive())
    assert [data for data, _, _ in received] == [b"one", b"two"]
    assert {address for _, address, _ in received} == {peer.getsockname()}
    assert (ours.tx_datagrams, ours.tx_bytes, ours.rx_datagrams, ours.rx_bytes) == (1, 5, 2, 6)
    assert list(ours.receive()) == []


def test_how_long_a_datagram_waited_is_known(ours: UdpSocket, peer: socket.socket) -> None:
    def waits() -> bool:
        peer.sendto(b"early", (LOOPBACK, ours.port))
        sent_s = time.time()
        wait_for(ours)
        until(lambda: time.time() - sent_s >= 0.02, "a clock that goes on")
        ((_, _, waited_ns),) = ours.receive()
        assert waited_ns / SECOND <= time.time() - sent_s + 0.01
        return waited_ns / SECOND > 0.01

    # Linux notes when datagrams come from a moment after the first socket of the machine asked.
    until(waits, "a datagram of which the system knows when it came")


def test_a_step_of_the_wall_clock_makes_no_datagram_old_or_of_the_future(
    ours: UdpSocket, peer: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_ns = time.time_ns
    for step_s in (-3600, 3600):
        peer.sendto(b"x", (LOOPBACK, ours.port))
        wait_for(ours)
        monkeypatch.setattr(time, "time_ns", lambda s=step_s: real_ns() + s * SECOND)
        ((_, _, waited_ns),) = ours.receive()
        assert waited_ns == 0


def test_a_datagram_that_is_too_long_is_dropped_and_counted(
    ours: UdpSocket, peer: socket.socket
) -> None:
    peer.sendto(bytes(DATAGRAM_BYTES_MAX + 1), (LOOPBACK, ours.port))
    peer.sendto(bytes(DATAGRAM_BYTES_MAX), (LOOPBACK, ours.port))
    wait_for(ours)
    assert [len(data) for data, _, _ in ours.receive()] == [DATAGRAM_BYTES_MAX]
    assert ours.counters.oversized == 1


def test_of_first_messages_no_more_are_handed_on_in_a_turn_than_it_hears_and_all_else_is(
    ours: UdpSocket, peer: socket.socket
) -> None:
    first, other = b"\1" + bytes(200), b"\4" + bytes(200)
    for _ in range(3 * FIRST_MESSAGES_AT_ONCE):
        peer.sendto(first, (LOOPBACK, ours.port))
        peer.sendto(other, (LOOPBACK, ours.port))
    wait_for(ours)
    read = [data for data, _, _ in ours.receive()]
    assert read.count(first) == FIRST_MESSAGES_AT_ONCE
    assert read.count(other) == 3 * FIRST_MESSAGES_AT_ONCE
    assert ours.counters.shed == 2 * FIRST_MESSAGES_AT_ONCE
    peer.sendto(first, (LOOPBACK, ours.port))
    wait_for(ours)
    assert [data for data, _, _ in ours.receive()] == [first]


def test_a_lane_that_only_sends_is_read_where_all_are_asked_for(
    ours: UdpSocket, peer: socket.socket
) -> None:
    if len(set(ours._lanes.values())) == 1:
        pytest.skip("one socket serves all lanes here")
    ours._socket.close()  # so what comes goes to the one bound before it
    peer.sendto(b"astray", (LOOPBACK, ours.port))
    spare = ours._lanes[SendQueue.ANSWER]
    assert select.select([spare], [], [], 5)[0], "nothing came"
    assert list(ours.receive(every_lane=False)) == []
    assert [data for data, _, _ in ours.receive()] == [b"astray"]


def test_the_buffer_holds_what_comes_during_a_pause(ours: UdpSocket, peer: socket.socket) -> None:
    for n in range(250):
        peer.sendto(n.to_bytes(200, "big"), (LOOPBACK, ours.port))
    wait_for(ours)
    assert len(list(ours.receive())) == 250


def test_a_port_in_use_is_a_usage_error_in_one_clear_line(ours: UdpSocket) -> None:
    with pytest.raises(UsageError, match=f"port {ours.port} is in use"):
        UdpSocket(LOOPBACK, ours.port)


def test_an_address_that_is_not_of_this_machine_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match=r"no interface of this machine has the address 203\."):
        UdpSocket("203.0.113.77", 0)
    with pytest.raises(UsageError, match="99999 is no port"):
        UdpSocket(LOOPBACK, 99999)


def test_a_closed_port_is_told_as_refused_and_deafens_nobody(
    ours: UdpSocket, peer: socket.socket
) -> None:
    dead = closed_port()
    ours.send(b"anybody?", dead)
    wait_for(ours)
    assert ours.refusals() == [dead]
    assert ours.refusals() == []

    for _ in range(5):
        ours.send(b"anybody?", dead)
        ours.send(b"hello", peer.getsockname())
        peer.sendto(b"hi", (LOOPBACK, ours.port))
    wait_for(ours)
    assert [data for data, _, _ in ours.receive()] == [b"hi"] * 5
    assert set(ours.refusals()) == {dead}
    assert [peer.recv(99) for _ in range(5)] == [b"hello"] * 5, "an old error costs no datagram"


@pytest.mark.parametrize(
    "address",
    [
        ("localhost", 5000),
        ("", 5000),
        ("1", 5000),
        ("224.0.0.251", 5353),
        ("255.255.255.255", 5000),
        ("0.0.0.0", 5000),
        ("::1", 5000),
        (LOOPBACK, 0),
        (LOOPBACK, 70000),
        (LOOPBACK, -1),
    ],
)
def test_an_address_that_a_peer_made_up_is_counted_and_never_looked_up(
    ours: UdpSocket, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours.send(b"x", address)
    assert ours.counters.unsent == {"unfit address": 1}
    assert ours.tx_datagrams == 0


def test_a_network_that_cannot_be_reached_is_counted(ours: UdpSocket) -> None:
    ours.send(b"x", ("203.0.113.1", 5000))  # from an address of the loopback: nowhere to go
    assert sum(ours.counters.unsent.values()) == 1
    ours.send(bytes(70_000), (LOOPBACK, 5000))
    assert ours.counters.unsent["EMSGSIZE"] == 1


def test_loopback_is_an_interface_and_may_be_chosen() -> None:
    names = {each.address: each for each in list_interfaces()}
    assert names[LOOPBACK].loopback
    assert race_interfaces(LOOPBACK) == (names[LOOPBACK],)
    assert race_interfaces("203.0.113.77") == ()


def test_what_an_interface_does_is_found_by_doing_it_as_well_as_by_asking(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = list_interfaces()
    monkeypatch.setitem(sys.modules, "fcntl", None)
    tried = {each.address: each for each in list_interfaces()}
    for each in asked:
        assert tried[each.address].loopback == each.loopback
        assert tried[each.address].multicast or not each.multicast


def test_no_network_is_left_out_by_its_name_and_a_likely_lan_goes_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loop = Interface("lo", LOOPBACK, loopback=True, multicast=False)
    bridge = Interface("docker0", "172.17.0.1", loopback=False, multicast=True)
    serial = Interface("ppp0", "10.1.1.1", loopback=False, multicast=False)
    lan = Interface("wlan0", "192.168.1.4", loopback=False, multicast=True)
    for there, used in [
        ((bridge, lan, loop, serial), (lan, bridge, serial)),
        ((bridge, loop), (bridge,)),
        ((loop,), (loop,)),
        ((), ()),
    ]:
        monkeypatch.setattr("net.runtime.interfaces.list_interfaces", lambda there=there: there)
        assert race_interfaces() == used


def test_a_network_reaches_its_own_hosts_and_has_an_address_for_all_of_them() -> None:
    lan = Interface("wlan0", "192.168.1.4", loopback=False, multicast=True, prefix=24)
    tunnel = Interface("wg0", "10.9.0.2", loopback=False, multicast=False, prefix=32)
    assert lan.broadcast == "192.168.1.255"
    assert tunnel.broadcast is None
    assert lan.reaches("192.168.1.77")
    assert not any(lan.reaches(host) for host in ("192.168.2.4", "fe80::1", "friend", ""))


def test_what_waits_for_whom_nobody_answers_for_is_bounded_and_apart(ours: UdpSocket) -> None:
    sizes = {
        lane: each.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
        for lane, each in ours._lanes.items()
    }
    assert sizes[SendQueue.CALL] < sizes[SendQueue.ANSWER] < sizes[SendQueue.PEER]


def test_all_lanes_send_from_one_port_and_what_comes_back_reaches_that_of_the_peers(
    ours: UdpSocket, peer: socket.socket
) -> None:
    for number, lane in enumerate(SendQueue):
        ours.send(b"%d" % number, peer.getsockname(), lane)
        data, source = peer.recvfrom(100)
        assert (data, source[1]) == (b"%d" % number, ours.port)
        peer.sendto(data, source)
        wait_for(ours)
        assert [data for data, _, _ in ours.receive()] == [b"%d" % number]


def test_a_port_with_three_lanes_is_still_nobody_elses(ours: UdpSocket) -> None:
    other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", ours.port))


LAN: Final = Interface("lan0", "192.168.7.5", loopback=False, multicast=True, prefix=24)


@pytest.mark.parametrize(
    ("host", "may"),
    [
        ("192.168.7.9", True),
        ("192.168.7.5", True),  # another node on this machine
        ("192.168.7.0", False),
        ("192.168.7.255", False),
        ("192.168.8.9", False),
        ("8.8.8.8", False),
        ("255.255.255.255", False),
        ("224.0.0.251", False),
        ("127.0.0.1", False),
        ("printer.local", False),
    ],
)
def test_only_hosts_on_a_link_of_ours_may_be_greeted(host: str, may: bool) -> None:
    assert greetable([(host, 4000)], [LAN], 5000) == (((host, 4000),) if may else ())


def test_nobody_is_sent_to_ourselves_or_to_no_port() -> None:
    assert greetable([(LAN.address, 5000), ("192.168.7.9", 0)], [LAN], 5000) == ()
