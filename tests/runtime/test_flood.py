"""What a flood of strangers costs: little a datagram, and no answer to who is there."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import final
from unittest.mock import patch

import pytest

from net.limits import MILLISECOND, SECOND
from net.runtime import service as service_module
from net.runtime import sockets
from net.runtime.activity import (
    FLOOD_RATE,
    FLOOD_WINDOW_NS,
    READING_NS_MAX,
    Activity,
    Backlog,
)
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


@final
class Arrivals:
    """Datagrams that come and are read, whether or not any is handled."""

    def __init__(self) -> None:
        self.activity = Activity(0)
        self._now_ns = self._count = 0

    def come(self, rate: int) -> bool:
        """Have so many a second come for two windows; return whether it is a flood then."""
        until_ns = self._now_ns + 2 * FLOOD_WINDOW_NS
        for now_ns in range(self._now_ns, until_ns, SECOND // rate):
            self._count += 1
            self.activity.on_turn(now_ns, self._count)
        self.activity.on_turn(until_ns, self._count)
        self._now_ns = until_ns
        return self.activity.is_flood


def test_a_flood_is_noticed_within_two_tenths_of_a_second_and_so_is_its_end() -> None:
    arrivals = Arrivals()
    assert [arrivals.come(rate) for rate in (FLOOD_RATE // 2, 2 * FLOOD_RATE)] == [False, True]
    assert not arrivals.come(FLOOD_RATE // 2)


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
def reading(many: int) -> Iterator[Callable[[], bool]]:
    """Yield what has a service read for a turn, for which so much waits: whether that was all."""
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
            try:
                yield lambda: service._drain_socket(host, is_due=True)
            finally:
                service._close()


def test_who_is_stopped_while_it_reads_has_not_read_all() -> None:
    clock_ns = iter(range(SECOND, 1000 * SECOND, 2 * SECOND))
    with reading(40) as read:
        with patch.object(service_module, "now_ns", lambda: next(clock_ns)):
            assert not read()
        assert read()


@final
class Reader:
    """Reads turn by turn what is never all there is; a turn takes so long, and so much work."""

    def __init__(self, turn_ns: int, work_ns: int) -> None:
        self.turn_ns, self.work_ns = turn_ns, work_ns
        self.now_ns = self.worked_ns = SECOND
        self.backlog = Backlog(self.now_ns, self.worked_ns)

    def held_up_ns(self, stood_ns: int = 0) -> tuple[int, int]:
        """Stand still, then read; return how long verdicts wait, and how much work that is."""
        self.backlog.on_turn(self.now_ns, self.worked_ns, is_empty=True)
        began = self.now_ns, self.worked_ns
        self.now_ns += stood_ns
        for _ in range(60 * SECOND // self.turn_ns):
            self.now_ns += self.turn_ns
            self.worked_ns += self.work_ns
            if not self.backlog.on_turn(self.now_ns, self.worked_ns, is_empty=False):
                return self.now_ns - began[0] - stood_ns, self.worked_ns - began[1]
        raise AssertionError("verdicts wait for a minute")


def test_a_flood_holds_verdicts_up_for_a_moment() -> None:
    waits_ns, _ = Reader(50 * MILLISECOND, 40 * MILLISECOND).held_up_ns()
    assert waits_ns <= 2 * 50 * MILLISECOND


def test_what_gathered_in_a_stop_is_read_before_anybody_is_judged() -> None:
    """Of sixteen nodes, a quarter stopped for 2 of each 2.5 s, those called all others down."""
    _, work_ns = Reader(50 * MILLISECOND, 10 * MILLISECOND).held_up_ns(2 * SECOND)
    assert work_ns >= 400 * MILLISECOND, "a thousand datagrams"


def test_however_long_it_stood_still_verdicts_wait_for_seconds_of_work_at_most() -> None:
    _, work_ns = Reader(50 * MILLISECOND, 10 * MILLISECOND).held_up_ns(10_000 * SECOND)
    assert work_ns == READING_NS_MAX


def test_once_all_is_read_nothing_is_held_up() -> None:
    backlog = Backlog(0, 0)
    assert not backlog.on_turn(2 * SECOND, MILLISECOND, is_empty=True)
    assert backlog.on_turn(2 * SECOND + 60 * MILLISECOND, 40 * MILLISECOND, is_empty=False)
    assert not backlog.on_turn(2 * SECOND + 90 * MILLISECOND, 70 * MILLISECOND, is_empty=True)
