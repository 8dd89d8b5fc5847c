"""What a flood of strangers costs: little a datagram, and no answer to who is there."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import pytest

from net.limits import MILLISECOND, SECOND
from net.runtime import service as service_module
from net.runtime import sockets
from net.runtime.activity import FLOOD_RATE, FLOOD_WINDOW_NS, Activity
from net.runtime.disk.profile import Profile
from net.runtime.endpoint import Endpoint
from net.runtime.interfaces import LOOPBACK
from net.runtime.service import Service
from net.runtime.service_options import ServiceOptions
from net.runtime.sockets import UdpSocket
from net.runtime.udp.neighbours import LOOK_NS, Neighbours
from net.runtime.udp.system_addresses import SystemAddress
from net.security.room_secret import RoomSecret
from net.transport.actions import SendQueue

HEAD = "IP address       HW type     Flags       HW address            Mask     Device\n"
KNOWN = "10.0.0.2         0x1         0x2         02:77:00:00:00:01     *        eth0\n"
SOUGHT = "10.0.0.9         0x1         0x0         00:00:00:00:00:00     *        eth0\n"


def arrive(activity: Activity, rate: int, since_ns: int) -> tuple[int, bool]:
    """Have so many a second arrive for two windows; return when that ends, and if it is a flood."""
    until_ns = since_ns + 2 * FLOOD_WINDOW_NS
    for now_ns in range(since_ns, until_ns, SECOND // rate):
        activity.on_arrival(0, now_ns)
        activity.on_turn(now_ns)
    activity.on_turn(until_ns)
    return until_ns, activity.is_flood


def test_a_flood_is_noticed_within_two_tenths_of_a_second_and_so_is_its_end() -> None:
    activity = Activity(0)
    now_ns, before = arrive(activity, FLOOD_RATE // 2, 0)
    now_ns, during = arrive(activity, 2 * FLOOD_RATE, now_ns)
    _, after = arrive(activity, FLOOD_RATE // 2, now_ns)
    assert (before, during, after) == (False, True, False)


def test_the_system_tells_who_is_there_on_our_link(tmp_path: Path) -> None:
    table = tmp_path / "arp"
    neighbours = Neighbours(table)
    assert not neighbours.has_resolved("10.0.0.2", 0)  # no such table on this system
    table.write_text(HEAD + KNOWN + SOUGHT + "nonsense\n10.0.0.7 0x1 zz\n\n")
    assert not neighbours.has_resolved("10.0.0.2", LOOK_NS - 1), "it was read again too soon"
    assert neighbours.has_resolved("10.0.0.2", LOOK_NS)
    assert not neighbours.has_resolved("10.0.0.9", LOOK_NS)
    assert not neighbours.has_resolved("10.0.0.7", LOOK_NS)


def test_answers_to_who_is_there_do_not_wait_behind_those_to_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "arp"
    table.write_text(HEAD + KNOWN.replace("10.0.0.2", LOOPBACK))
    with closing(UdpSocket(LOOPBACK, 0)) as ours, socket.socket(type=socket.SOCK_DGRAM) as there:
        there.bind((LOOPBACK, 0))
        answers, send = ours._lanes[SendQueue.ANSWER], sockets._send_datagram

        def full(lane: socket.socket, data: bytes, address: SystemAddress) -> None:
            if lane is answers and lane is not ours._socket:
                raise BlockingIOError(11, "the lane of answers is full")
            send(lane, data, address)

        monkeypatch.setattr(sockets, "_send_datagram", full)
        ours._neighbours = Neighbours(table)
        ours.send(b"cookie", there.getsockname(), SendQueue.ANSWER)
        assert there.recv(99) == b"cookie"
        ours.send(b"cookie", ("127.0.0.77", 9), SendQueue.ANSWER)
        on_one_lane = answers is ours._socket  # but on Linux
        assert sum(ours.counters.unsent.values()) == (0 if on_one_lane else 1)


@contextmanager
def reading(many: int) -> Iterator[tuple[Service, Callable[[int], int]]]:
    """Yield a service for which so much waits, and what reads for a turn: returns how much."""
    with tempfile.TemporaryDirectory() as folder:
        profile = Profile.open(Path(folder) / "ada")
        options = ServiceOptions(name="Ada", interface=LOOPBACK)
        service = Service(
            Endpoint(profile, RoomSecret("Flood"), options),
            None,  # type: ignore[arg-type]
            lambda what: None,
        )
        with closing(profile), socket.socket(type=socket.SOCK_DGRAM) as other:
            host = service._make_host()
            for _ in range(many):
                other.sendto(b"no handshake", (LOOPBACK, service.port))

            def read(late_ns: int) -> int:
                before = service._socket.rx_datagrams
                service._drain_socket(host, late_ns)
                return service._socket.rx_datagrams - before

            try:
                yield service, read
            finally:
                service._close()


def test_a_stop_while_all_is_read_ends_the_reading_for_nobody() -> None:
    """Who was not read yet was silent for as long as we stood still, and was called down."""
    clock_ns = iter(range(SECOND, 1000 * SECOND, 2 * SECOND))
    with reading(40) as (_, read), patch.object(service_module, "now_ns", lambda: next(clock_ns)):
        assert read(0) == 40


def test_reading_has_its_share_of_the_processor_and_a_larger_one_after_a_pause() -> None:
    worked_ns = count()
    clock = SimpleNamespace(thread_time_ns=lambda: next(worked_ns) * MILLISECOND)
    with reading(200) as (_, read), patch.object(service_module, "time", clock):
        assert 40 <= read(0) <= 60, "some fifty milliseconds"
        assert read(2 * SECOND) == 200 - 51, "what gathered in two seconds"
