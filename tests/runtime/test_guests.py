"""Guests on loopback, by beacon and multicast DNS: who hears of them, and what comes of it."""

from __future__ import annotations

import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from unittest.mock import patch

from net.counters import Counts
from net.discovery.beacon import Heard, decode_beacon, encode_asked
from net.discovery.guest import GUESTS_PER_HOST, Guest
from net.ids import Address, NodeId
from net.limits import SECOND
from net.node.lineage.approach import Entry
from net.runtime import beacon as module
from net.runtime import mdns as mdns_module
from net.runtime import presence as presence_module
from net.runtime.beacon import BroadcastBeacon
from net.runtime.browse import Browser
from net.runtime.disk.profile import Profile
from net.runtime.endpoint import Endpoint
from net.runtime.interfaces import LOOPBACK
from net.runtime.mdns import MulticastDns
from net.runtime.mdns_news import (
    Announcement,
    Gone,
    GuestAnnouncement,
    GuestSeen,
    Illegible,
    News,
    Seen,
    Told,
)
from net.runtime.presence import Dial, Finding, Listed, Presence
from net.runtime.reaching.solitude import Solitude
from net.runtime.reaching.unreached import Inquiry
from net.runtime.service import Service
from net.runtime.service_options import Fields, ServiceOptions, Trouble
from net.security.room_secret import RoomSecret
from net.wire.versions import OURS
from tests.runtime.test_mdns import announcement, ignore, wait_for
from tests.waiting import until

ROOM = RoomSecret("Guests")
TAG = b"roomtag1"  # of the room of `announcement`
NODE = NodeId(b"the alias of eve")
EVE = GuestAnnouncement("racer-eve-guest", Guest(NODE, TAG, 5011))


@contextmanager
def beacon_port() -> Iterator[int]:
    """Have beacons use a port of our own."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind((LOOPBACK, 0))
        port = int(free.getsockname()[1])
    with patch.object(module, "BEACON_PORT", port):
        yield port


def beacon(sink: Callable[[News], None], told: Told | None) -> BroadcastBeacon:
    return BroadcastBeacon(LOOPBACK, sink, time.monotonic_ns, told)


def ending(end: Callable[[], None]) -> ExitStack:
    stack = ExitStack()
    stack.callback(end)
    return stack


def guests_of(news: SimpleQueue[News]) -> list[News]:
    return [one for one in (news.get() for _ in range(news.qsize())) if isinstance(one, GuestSeen)]


def test_by_the_beacon_a_guest_is_heard_by_who_advertises_its_room_alone() -> None:
    host, apart, browsing = (SimpleQueue[News]() for _ in range(3))
    room = announcement(5012)
    other = Announcement("racer-other", 5013, replace(room.advert, tag=b"roomtag2"))
    with (
        beacon_port(),
        closing(beacon(host.put, room)),
        closing(beacon(apart.put, other)),
        closing(beacon(browsing.put, None)),
    ):
        until(lambda: tags_heard(browsing) == {TAG, b"roomtag2"}, "both races")
        with closing(beacon(ignore, EVE)):
            seen = wait_for(host, lambda one: isinstance(one, GuestSeen))
            assert isinstance(seen, GuestSeen)
            assert (seen.guest, seen.addresses) == (EVE.guest, ((LOOPBACK, 5011),))
        # All hear in order what is broadcast: who hears of what came later has heard Eve.
        later = replace(EVE.guest, node=NodeId(b"the alias of ann"), tag=b"roomtag2")
        with closing(beacon(ignore, GuestAnnouncement("racer-ann-guest", later))):
            first = wait_for(apart, lambda one: isinstance(one, GuestSeen))
            assert isinstance(first, GuestSeen)
            assert first.guest == later
        third = replace(other, instance="racer-third", advert=replace(room.advert, tag=b"roomtag3"))
        with closing(beacon(ignore, third)):
            until(lambda: b"roomtag3" in tags_heard(browsing), "a third race")
        listed = [one for one in drained(browsing) if isinstance(one, Seen)]
        assert NODE not in [one.sighting.node for one in listed]
        assert guests_of(browsing) == []


def tags_heard(news: SimpleQueue[News]) -> set[bytes]:
    return {one.sighting.tag for one in drained(news) if isinstance(one, Seen)}


def drained(news: SimpleQueue[News]) -> list[News]:
    found = [news.get() for _ in range(news.qsize())]
    for one in found:
        news.put(one)
    return found


def test_what_a_guest_asks_pays_for_the_answer_and_then_for_its_greeting() -> None:
    news: SimpleQueue[News] = SimpleQueue()
    with (
        beacon_port() as port,
        closing(beacon(news.put, announcement(5014))) as host,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking,
    ):
        asking.bind((LOOPBACK, 0))
        asking.settimeout(5)
        until(lambda: host._told is not None, "something to tell")
        question = encode_asked(EVE.guest)
        for _ in range(5):
            asking.sendto(question, (LOOPBACK, port))
        answer = asking.recv(600)
        assert isinstance(decode_beacon(answer), Heard)
        sizes: list[int] = []
        while len(sizes) < 5:
            seen = wait_for(news, lambda one: isinstance(one, GuestSeen))
            assert isinstance(seen, GuestSeen)
            sizes.append(seen.size)
        assert sum(sizes) + len(answer) == 5 * len(question)


def test_of_a_guest_on_no_network_of_ours_it_is_told_that_it_is_heard_and_no_more() -> None:
    news: SimpleQueue[News] = SimpleQueue()
    with (
        beacon_port() as port,
        closing(beacon(news.put, announcement(5015))) as host,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking,
    ):
        until(lambda: host._told is not None and bool(host._interfaces), "its first look")
        host._interfaces, host._looked_ns = (), time.monotonic_ns() + 10**12
        asking.sendto(encode_asked(EVE.guest), (LOOPBACK, port))
        seen = wait_for(news, lambda one: isinstance(one, GuestSeen))
        assert isinstance(seen, GuestSeen)
        assert (seen.addresses, seen.elsewhere) == ((), (LOOPBACK, 5011))


def mdns(sink: Callable[[News], None], told: Told | None) -> MulticastDns:
    return MulticastDns(LOOPBACK, sink, time.monotonic_ns, told)


def test_by_multicast_a_guest_is_heard_by_who_advertises_its_room_until_it_is_in() -> None:
    host, apart = SimpleQueue[News](), SimpleQueue[News]()
    eves = announcement(5011)
    with (
        patch.object(mdns_module, "STEP_S", 0.1),
        closing(mdns(host.put, announcement(5016))),
        closing(mdns(apart.put, None)),
        closing(Browser(LOOPBACK)) as browser,
        closing(mdns(ignore, EVE)) as eve,
    ):
        seen = wait_for(host, lambda one: isinstance(one, GuestSeen))
        assert isinstance(seen, GuestSeen)
        assert (seen.guest, seen.addresses) == (EVE.guest, ((LOOPBACK, 5011),))
        assert seen.size > 500, "what it pays with"
        wait_for(apart, lambda one: isinstance(one, Seen))
        assert all(NODE not in race.nodes for race in browser.races())
        eve.announce(eves)
        for news in (host, apart):
            wait_for(
                news,
                lambda one: isinstance(one, Seen) and one.sighting.node == eves.advert.node,
            )
        assert guests_of(apart) == []


def test_a_guest_that_cannot_be_read_is_counted_and_is_no_race_that_cannot_be_read() -> None:
    """Others are on this loopback too, so its port and its name are its own."""
    news: SimpleQueue[News] = SimpleQueue()
    mumbling = GuestAnnouncement("racer-mumbling-guest", replace(EVE.guest, port=5019))
    with (
        patch.object(mdns_module, "encode_guest", lambda _: {"tag": "zz"}),
        closing(mdns(news.put, announcement(5017))) as host,
        closing(mdns(ignore, mumbling)),
    ):
        until(lambda: host.counters.malformed > 0, "one that is none")
    told = drained(news)
    assert (LOOPBACK, 5019) not in [one.address for one in told if isinstance(one, Illegible)]
    assert not any(isinstance(one, Gone) and "mumbling" in one.instance for one in told)


class Deafened:
    """Discovery that reaches nobody, and keeps what it was told to tell."""

    def __init__(
        self,
        chosen: str | None,
        sink: Callable[[News], None],
        now_ns: Callable[[], int],
        told: Told,
        hosts: tuple[str, ...] = (),
    ) -> None:
        self.told = told
        self.counters = Counts()

    def announce(self, told: Told) -> None:
        self.told = told

    def close(self) -> None: ...


def present(
    shown: Callable[[], Fields | None],
    peers: tuple[Address, ...] = (),
    post: Callable[[Finding], None] = lambda _: None,
) -> Presence:
    options = ServiceOptions(name="Ada", interface=LOOPBACK, peers=peers)
    return Presence(NodeId(bytes(16)), ROOM, 5018, options, shown, OURS, post)


def test_who_names_its_own_address_is_told_so_and_does_not_greet_itself() -> None:
    """It answered itself, and read that what is large is lost, or that its clock is wrong."""
    posted: list[Finding] = []
    with patch.object(presence_module, "Discovery", Deafened):
        peers = (("127.0.0.1", 5018), ("127.0.0.1", 5019))
        with closing(present(lambda: None, peers, posted.append)):
            until(lambda: len(posted) == 2, "both are found")
    dialled = [each for each in posted if isinstance(each, Dial)]
    (told,) = [each.text for each in posted if isinstance(each, Trouble)]
    assert dialled == [Dial(("127.0.0.1", 5019))]
    assert told == "127.0.0.1:5018 is this racer itself: name another machine's"


def test_who_is_in_no_room_tells_that_it_is_a_guest_and_then_what_it_advertises() -> None:
    shown: list[Fields] = []
    with (
        patch.object(presence_module, "Discovery", Deafened),
        closing(present(lambda: shown[-1] if shown else None)) as ours,
    ):
        told = ours._discovery.told  # type: ignore[attr-defined]
        assert isinstance(told, GuestAnnouncement)
        assert told.guest == Guest(NodeId(bytes(16)), ROOM.tag, 5018)
        shown.append({"phase": "lobby"})
        ours.on_second(OURS, None, 0)
        told = ours._discovery.told  # type: ignore[attr-defined]
        assert isinstance(told, Announcement)
        assert told.advert.fields == {"phase": "lobby"}


def test_a_guest_is_company_is_greeted_and_is_no_race_nearby() -> None:
    with (
        patch.object(presence_module, "Discovery", Deafened),
        patch.object(Solitude, "on_seen") as company,
        closing(present(dict)) as ours,
    ):
        for tag, node in ((ROOM.tag, NODE), (TAG, NODE), (ROOM.tag, NodeId(bytes(16)))):
            seen = GuestSeen(Guest(node, tag, 5011), (("10.7.0.2", 5011),), 512, None)
            ours._on_news(seen)
        assert ours.findings.take() == [
            Listed(NODE, (("10.7.0.2", 5011),), 512, None, is_guest=True)
        ]
        assert ours.races() == ()
        assert company.call_count == 1
        for number in range(100):
            at = ("10.7.0.9", 1024 + number)
            ours._on_news(GuestSeen(Guest(NODE, ROOM.tag, at[1]), (at,), 512, None))
        assert len(ours.findings.take()) == GUESTS_PER_HOST
        assert ours.counters.losses["guests.crowded"] == 100 - GUESTS_PER_HOST


def test_a_guest_that_is_not_reached_is_told_as_one() -> None:
    with closing(Inquiry(lambda: int(time.monotonic_ns()))) as inquiry:
        listed = Listed(NODE, (), 0, ("10.9.9.9", 5011), is_guest=True)
        with (
            patch.object(presence_module, "Discovery", Deafened),
            patch.object(presence_module, "Inquiry", lambda _: inquiry),
            closing(present(dict)) as ours,
        ):
            ours.on_listed(listed, is_reached=False)
            until(lambda: inquiry.why(NODE) is not None, "a reason")
            found = inquiry.why(NODE)
            assert found is not None
            assert found.is_guest


def test_a_guest_keeps_nobody_from_founding_as_who_is_listed_does() -> None:
    with tempfile.TemporaryDirectory() as folder:
        profile = Profile.open(Path(folder) / "ada")
        options = ServiceOptions(name="Ada", interface=LOOPBACK, entry=Entry.EITHER)
        service = Service(Endpoint(profile, ROOM, options), None, ignore)  # type: ignore[arg-type]
        with closing(profile), ending(service._close):
            host = service._make_host()
            at, listed = [("10.7.0.2", 5011)], host.node._lifecycle._approach._listed
            host.on_advert(NODE, at, 512, SECOND, guest=True)
            assert not listed
            host.on_advert(NODE, at, 512, SECOND)
            assert list(listed) == [NODE]
