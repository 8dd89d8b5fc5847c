"""Beacons on loopback, where a broadcast is one too."""

from __future__ import annotations

import errno
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from queue import SimpleQueue
from typing import Any

import pytest

from net.discovery.advert import encode_advert
from net.discovery.beacon import Heard, decode_beacon, encode_asked, encode_heard
from net.limits import SECOND
from net.runtime import beacon as module
from net.runtime.beacon import BroadcastBeacon
from net.runtime.interfaces import LOOPBACK, Interface, list_interfaces
from net.runtime.mdns_news import FLOODED, Announcement, Deaf, Gone, Illegible, News, Seen
from net.runtime.udp import beacon_sockets, floods
from tests.runtime.test_mdns import announcement, ignore, seen, wait_for
from tests.waiting import until

Start = Callable[..., BroadcastBeacon]


@pytest.fixture(autouse=True)
def port(monkeypatch: pytest.MonkeyPatch) -> int:
    """A beacon's port of our own: what comes to one machine alone, one racer of it gets."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind((LOOPBACK, 0))
        port = int(free.getsockname()[1])
    monkeypatch.setattr(module, "BEACON_PORT", port)
    return port


@pytest.fixture
def start() -> Iterator[Start]:
    with ExitStack() as stack:

        def started(
            sink: Callable[[News], None], announcement: Announcement | None = None
        ) -> BroadcastBeacon:
            beacon = BroadcastBeacon(LOOPBACK, sink, time.monotonic_ns, announcement)
            stack.callback(beacon.close)
            return beacon

        yield started


def blind(beacon: BroadcastBeacon) -> None:
    """Have a beacon see no interface, once its thread has looked: its look would undo this."""
    until(lambda: bool(beacon._interfaces), "its first look")
    beacon._interfaces, beacon._looked_ns = (), time.monotonic_ns() + 10**12


def test_who_comes_later_asks_and_is_answered_and_both_know(start: Start) -> None:
    first_news: SimpleQueue[News] = SimpleQueue()
    second_news: SimpleQueue[News] = SimpleQueue()
    first, second = announcement(5001), announcement(5002)
    start(first_news.put, first)
    start(second_news.put, second)
    assert seen(first_news, second).sighting.addresses == ((LOOPBACK, 5002),)
    assert seen(second_news, first).sighting.addresses == ((LOOPBACK, 5001),)


def test_who_only_looks_asks_too(start: Start) -> None:
    news: SimpleQueue[News] = SimpleQueue()
    ours = announcement(5003)
    start(ignore, ours)
    start(news.put)
    assert seen(news, ours).sighting.race == "Test"


def test_who_asks_one_machine_is_answered_by_itself_and_once_a_second(
    start: Start, port: int
) -> None:
    ours = announcement(5004)
    beacon = start(ignore, ours)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.bind((LOOPBACK, 0))
        asking.settimeout(5)
        until(lambda: beacon._told is not None, "something to tell")
        for _ in range(20):
            asking.sendto(encode_asked(), (LOOPBACK, port))
        heard = decode_beacon(asking.recv(600))
        assert isinstance(heard, Heard)
        assert heard.port == 5004
        asking.settimeout(0.3)
        with pytest.raises(TimeoutError):
            asking.recv(600)


def test_whom_a_person_names_is_asked_at_once_and_heard_from_any_network(
    start: Start, port: int
) -> None:
    news: SimpleQueue[News] = SimpleQueue()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as far:
        far.bind(("127.0.0.1", port))
        far.settimeout(5)
        beacon = start(news.put)
        blind(beacon)
        beacon.ask("127.0.0.1")
        question, asker = far.recvfrom(600)
        assert question == encode_asked()
        far.sendto(encode_heard("racer-far", 5005, encode_advert(announcement().advert)), asker)
        heard = wait_for(news, lambda one: isinstance(one, Seen))
        assert isinstance(heard, Seen)
        assert heard.sighting.addresses == (("127.0.0.1", 5005),)
    answering = start(ignore, announcement(5006))
    blind(answering)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(5)
        until(lambda: answering._told is not None, "something to tell")
        asking.sendto(encode_asked(), ("127.0.0.1", port))
        assert isinstance(decode_beacon(asking.recv(600)), Heard)


def test_of_who_is_on_no_network_of_ours_it_is_told_that_it_is_heard_and_no_more(
    start: Start, port: int
) -> None:
    news: SimpleQueue[News] = SimpleQueue()
    beacon = start(news.put)
    blind(beacon)
    said = encode_heard("racer-apart", 5007, encode_advert(announcement().advert))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as apart:
        until(lambda: apart.sendto(said, (LOOPBACK, port)) and not news.empty(), "news of it")
    heard = wait_for(news, lambda one: isinstance(one, Seen))
    assert isinstance(heard, Seen)
    assert (heard.sighting.addresses, heard.elsewhere) == ((), (LOOPBACK, 5007))


def test_only_who_said_that_it_is_there_says_goodbye() -> None:
    assert module._kept_as("racer-x", "10.0.0.1") != module._kept_as("racer-x", "10.0.0.2")


def test_what_changes_is_told_and_so_is_a_goodbye(start: Start) -> None:
    news: SimpleQueue[News] = SimpleQueue()
    ours = announcement(phase="lobby")
    start(news.put)
    beacon = start(ignore, ours)
    instance = seen(news, ours).instance
    beacon.announce(replace(ours, advert=replace(ours.advert, fields={"phase": "racing"})))
    wait_for(news, lambda one: isinstance(one, Seen) and one.sighting.fields == {"phase": "racing"})
    beacon.announce(None)
    assert wait_for(news, lambda one: isinstance(one, Gone)) == Gone(instance)


def test_what_is_no_beacon_is_counted_and_nothing_comes_of_it(start: Start, port: int) -> None:
    news: SimpleQueue[News] = SimpleQueue()
    ours = announcement()
    start(ignore, ours)
    beacon = start(news.put)
    seen(news, ours)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        stranger.bind((LOOPBACK, 0))
        stranger_port = stranger.getsockname()[1]
        for data in (b"", b"noise", encode_heard("racer-nameless", 5000, {"race": ""})):
            stranger.sendto(data, ("127.255.255.255", port))
    until(lambda: beacon.counters.malformed >= 3, "three that are none")
    told = [news.get() for _ in range(news.qsize())]
    assert not any(isinstance(one, Seen | Gone) and "nameless" in one.instance for one in told)
    at = ("127.0.0.1", stranger_port)
    assert [one for one in told if isinstance(one, Illegible)] == [Illegible(at)], "one means to be"


def test_of_a_flood_no_more_is_read_than_may_be_and_that_is_told_and_questions_are_answered(
    start: Start, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(floods, "PACKETS_AT_ONCE", 20.0)
    monkeypatch.setattr(floods, "PACKETS_PER_S", 1.0)
    monkeypatch.setattr(floods, "LASTING", 1)
    monkeypatch.setattr(module, "LOOK_NS", SECOND // 10)
    news: SimpleQueue[News] = SimpleQueue()
    beacon = start(news.put, announcement(5010))
    told: list[News] = []

    def is_told() -> bool:
        noise.sendto(b"noise", (LOOPBACK, port))
        while not news.empty():
            told.append(news.get())
        return Deaf(FLOODED) in told

    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as noise,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker,
    ):
        until(is_told, "that somebody floods")
        assert beacon.counters.over_rate > 0
        asker.bind((LOOPBACK, 0))
        asker.settimeout(10)
        asker.sendto(encode_asked(), (LOOPBACK, port))
        answer = decode_beacon(asker.recv(1000))
    assert isinstance(answer, Heard)
    assert answer.port == 5010


def iter_all(news: SimpleQueue[News]) -> Iterator[Seen | Gone]:
    while not news.empty():
        one = news.get()
        if isinstance(one, Seen | Gone):
            yield one


def test_a_port_that_another_program_holds_is_told(
    start: Start, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordinary = beacon_sockets.bind_beacon

    def refuse(wanted: int, *rest: Any) -> socket.socket:
        if wanted == 0:
            return ordinary(wanted, *rest)
        raise OSError(98, "Address already in use")

    monkeypatch.setattr(beacon_sockets, "bind_beacon", refuse)
    news: SimpleQueue[News] = SimpleQueue()
    start(news.put)
    told = wait_for(news, lambda one: isinstance(one, Deaf))
    assert isinstance(told, Deaf)
    assert str(port) in told.why


def test_a_moment_without_handles_ends_no_beacon(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    news: SimpleQueue[News] = SimpleQueue()
    ours = announcement(5009)
    failing = iter(range(2))

    def exhausted() -> tuple[Interface, ...]:
        if next(failing, None) is not None:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return list_interfaces()

    monkeypatch.setattr(module, "list_interfaces", exhausted)
    beacon = start(news.put)
    start(ignore, ours)
    assert seen(news, ours).sighting.addresses == ((LOOPBACK, 5009),)
    until(lambda: next(failing, None) is None, "both failures")
    assert beacon.counters.failures >= 1
