from __future__ import annotations

import queue
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from random import SystemRandom

import pytest

from net.discovery.advert import Advert, encode_advert, instance_name
from net.runtime import mdns as module
from net.runtime.browse import Browser
from net.runtime.interfaces import LOOPBACK, race_interfaces
from net.runtime.mdns import MulticastDns
from net.runtime.mdns_news import FLOODED, Announcement, Deaf, Gone, Illegible, News, Seen
from net.runtime.udp import floods
from tests.waiting import until

Start = Callable[..., MulticastDns]


@pytest.fixture
def start() -> Iterator[Start]:
    with ExitStack() as stack:

        def started(
            sink: Callable[[News], None], announcement: Announcement | None = None
        ) -> MulticastDns:
            mdns = MulticastDns(LOOPBACK, sink, time.monotonic_ns, announcement)
            stack.callback(mdns.close)
            return mdns

        yield started


def announcement(port: int = 5000, **fields: str) -> Announcement:
    node = SystemRandom().randbytes(16)
    return Announcement(
        instance_name(node, SystemRandom()), port, Advert(node, "Test", b"roomtag1", False, fields)
    )


def wait_for(news: queue.SimpleQueue[News], fits: Callable[[News], bool]) -> News:
    deadline = time.monotonic() + 10
    while True:
        one = news.get(timeout=max(0.01, deadline - time.monotonic()))
        if fits(one):
            return one


def of(wanted: Announcement, news: News) -> bool:
    return isinstance(news, Seen) and news.sighting.node == wanted.advert.node


def seen(news: queue.SimpleQueue[News], wanted: Announcement) -> Seen:
    found = wait_for(news, lambda one: of(wanted, one))
    assert isinstance(found, Seen)
    return found


def ignore(news: News) -> None:
    pass


def test_two_nodes_see_each_other_within_a_moment_whoever_was_first(start: Start) -> None:
    first, second = announcement(5001), announcement(5002)
    first_news: queue.SimpleQueue[News] = queue.SimpleQueue()
    second_news: queue.SimpleQueue[News] = queue.SimpleQueue()
    began = time.monotonic()
    start(first_news.put, first)
    start(second_news.put, second)
    assert seen(first_news, second).sighting.addresses == ((LOOPBACK, 5002),)
    assert seen(second_news, first).sighting.addresses == ((LOOPBACK, 5001),)
    assert time.monotonic() - began < 1.5


def test_changed_fields_are_announced(start: Start) -> None:
    news: queue.SimpleQueue[News] = queue.SimpleQueue()
    start(news.put)
    ours = announcement(phase="lobby")
    mdns = start(ignore, ours)
    assert seen(news, ours).sighting.fields == {"phase": "lobby"}
    mdns.announce(replace(ours, advert=replace(ours.advert, fields={"phase": "racing"})))
    wait_for(news, lambda one: isinstance(one, Seen) and one.sighting.fields == {"phase": "racing"})


def test_a_goodbye_is_noticed(start: Start) -> None:
    news: queue.SimpleQueue[News] = queue.SimpleQueue()
    start(news.put)
    ours = announcement()
    mdns = start(ignore, ours)
    instance = seen(news, ours).instance
    mdns.close()
    assert wait_for(news, lambda one: isinstance(one, Gone)) == Gone(instance)


def test_what_is_still_there_is_told_again_so_that_a_lost_node_is_dialled_anew(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STEP_S", 0.05)
    monkeypatch.setattr(module, "SWEEP_S", 0.1)
    news: queue.SimpleQueue[News] = queue.SimpleQueue()
    ours = announcement()
    start(news.put, ours)
    times = [seen(news, ours).sighting.seen_ns for _ in range(5)]
    assert times == sorted(times)


def test_a_flood_of_packets_is_told_and_what_is_known_stays(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STEP_S", 0.05)
    monkeypatch.setattr(module, "SWEEP_S", 0.1)
    monkeypatch.setattr(floods, "LASTING", 1)
    monkeypatch.setattr(floods, "PACKETS_AT_ONCE", 60.0)  # a flood for us, and for no other test
    monkeypatch.setattr(floods, "PACKETS_PER_S", 1.0)
    news: queue.SimpleQueue[News] = queue.SimpleQueue()
    ours = announcement()
    start(ignore, ours)
    mdns = start(news.put)
    seen(news, ours)
    told: list[News] = []

    def is_told() -> bool:
        mouth.sendto(b"\0\0\x84\0" + bytes(8), ("224.0.0.251", module.MDNS_PORT))
        while not news.empty():
            told.append(news.get())
        return Deaf(FLOODED) in told

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mouth:
        on_loopback = socket.inet_aton(LOOPBACK)
        mouth.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, on_loopback)
        until(is_told, "that somebody floods")
    assert mdns.counters.over_rate > 0
    seen(news, ours)


def test_an_advert_of_another_kind_is_told_as_one_that_cannot_be_read_and_no_more(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    strange, fine = announcement(), announcement()

    def encode(advert: Advert) -> dict[str, str]:
        return {"v": "99"} if advert == strange.advert else encode_advert(advert)

    monkeypatch.setattr(module, "encode_advert", encode)
    news: queue.SimpleQueue[News] = queue.SimpleQueue()
    start(ignore, strange)
    start(news.put)
    start(ignore, fine)
    told: list[News] = []
    illegible = Illegible((LOOPBACK, strange.port))
    while not any(of(fine, one) for one in told) or illegible not in told:
        told.append(news.get(timeout=10))
    assert not any(of(strange, one) for one in told)


def test_without_any_interface_it_says_so_and_works_as_soon_as_there_is_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "RETRY_S", 0.05)
    there = race_interfaces(LOOPBACK)
    monkeypatch.setattr(module, "race_interfaces", lambda chosen: ())
    news: queue.SimpleQueue[News] = queue.SimpleQueue()
    ours = announcement()
    mdns = MulticastDns(LOOPBACK, news.put, time.monotonic_ns, ours)
    assert wait_for(news, lambda one: isinstance(one, Deaf)) == Deaf("no network interface is up")
    monkeypatch.setattr(module, "race_interfaces", lambda chosen: there)
    seen(news, ours)
    mdns.close()


def test_an_error_of_multicast_dns_is_counted_and_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "RETRY_S", 0.05)
    news: queue.SimpleQueue[News] = queue.SimpleQueue()
    ours = announcement()
    with monkeypatch.context() as patch:

        def broken(**options: object) -> None:
            raise OSError(98, "Address already in use")

        patch.setattr(module, "AsyncZeroconf", broken)
        mdns = MulticastDns(LOOPBACK, news.put, time.monotonic_ns, ours)
        found = wait_for(news, lambda one: isinstance(one, Deaf))
        assert isinstance(found, Deaf)
        assert "another program holds port 5353" in found.why
    seen(news, ours)
    assert mdns.counters.failures >= 1
    mdns.close()


def test_a_browser_lists_races_and_forgets_those_that_ended(start: Start) -> None:
    ours = announcement(phase="racing", players="4", track="Oval")
    mdns = start(ignore, ours)
    browser = Browser(LOOPBACK)

    def listed() -> bool:
        return any(ours.advert.node in race.nodes for race in browser.races())

    until(listed, "the race on the list")
    (race,) = [race for race in browser.races() if ours.advert.node in race.nodes]
    assert (race.race, race.players, race.phase, race.track) == ("Test", 4, "racing", "Oval")
    mdns.close()
    until(lambda: not listed(), "the list without the race")
    assert browser.trouble is None
    browser.close()
