from __future__ import annotations

import queue
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import pytest

from net.counters import Counts
from net.discovery.sightings import RaceNearby
from net.errors import InvariantError, UsageError
from net.ids import Address, NodeId
from net.limits import MILLISECOND, SECOND, TICK_NS
from net.node.host import Host
from net.node.program import (
    Command,
    Delivered,
    Event,
    Leave,
    NodeView,
    PeerChanged,
    PeerState,
    Report,
    SetIdle,
    Submit,
    Synced,
)
from net.runtime import activity, presence
from net.runtime.browse import Browser
from net.runtime.disk import statements
from net.runtime.disk.profile import Profile
from net.runtime.endpoint import Endpoint
from net.runtime.interfaces import LOOPBACK
from net.runtime.mdns_news import Announcement, Deaf, Illegible, News
from net.runtime.reaching.reachability import WhyUnreached
from net.runtime.reaching.unreached import Unreached
from net.runtime.service import CALM_TICK_NS, Service, next_tick_ns
from net.runtime.service_options import Fields, ServiceOptions, Trouble
from net.runtime.udp import floods
from net.security.room_secret import RoomSecret
from tests.loopback import race_name
from tests.runtime.threads import ServiceThread
from tests.waiting import until

T = TypeVar("T")
ROOM = RoomSecret(race_name())
PACED = 15  # ticks by which a pace is told


class Parrot:
    """Reports every event, and says what it is told to say."""

    def __init__(self) -> None:
        self.ticked_ns: list[int] = []
        self.fault: Exception | None = None
        self.commands: list[Command] = []
        self.rtt_ms: float | None = None  # to whoever was met last
        self._met: NodeId | None = None

    def on_event(self, event: Event, node: NodeView, now_ns: int) -> list[Command]:
        if isinstance(event, PeerChanged):
            self._met = event.node
        return [Report(event)]

    def on_tick(self, node: NodeView, now_ns: int) -> list[Command]:
        self.ticked_ns.append(time.monotonic_ns())
        if self.fault is not None:
            raise self.fault
        if self._met is not None:
            self.rtt_ms = node.rtt_ms(self._met)
        commands, self.commands = self.commands, []
        return commands


class Mute:
    """Discovery that reaches nobody."""

    def __init__(
        self,
        chosen: str | None,
        sink: Callable[[News], None],
        now_ns: Callable[[], int],
        announcement: Announcement,
        hosts: Sequence[str] = (),
    ) -> None:
        self.sink = sink
        self.counters = Counts()

    def announce(self, announcement: Announcement) -> None: ...

    def close(self) -> None: ...


class Player:
    """A service on loopback with its profile and all that it reported."""

    def __init__(
        self,
        directory: Path,
        peers: tuple[Address, ...] = (),
        advertise: Callable[[], Fields] | None = None,
        room: RoomSecret = ROOM,
    ) -> None:
        self.parrot = Parrot()
        self.reports: queue.SimpleQueue[object] = queue.SimpleQueue()
        self.profile = Profile.open(directory)
        self.node = self.profile.identity.node_id
        options = ServiceOptions(name=directory.name, interface=LOOPBACK, peers=peers)
        endpoint = Endpoint(self.profile, room, options)
        self.alias = endpoint.alias
        self.service = Service(endpoint, self.parrot, self.reports.put, advertise=advertise)
        self.thread = ServiceThread(self.service)

    def wait_for(self, kind: type[T], fits: Callable[[T], bool] = lambda what: True) -> T:
        deadline = time.monotonic() + 10
        while True:
            what = self.reports.get(timeout=max(0.01, deadline - time.monotonic()))
            if isinstance(what, kind) and fits(what):
                return what

    def sees(self, node: bytes, state: PeerState) -> PeerChanged:
        return self.wait_for(PeerChanged, lambda peer: (peer.node, peer.state) == (node, state))

    @property
    def address(self) -> Address:
        return (LOOPBACK, self.service.port)

    def close(self) -> None:
        self.service.stop()
        assert self.thread.join(5)
        self.profile.close()


@pytest.fixture
def mute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "Discovery", Mute)


@pytest.fixture
def first(tmp_path: Path, mute: None) -> Iterator[Player]:
    with closing(Player(tmp_path / "first")) as first:
        yield first
    assert first.thread.failure is None


def test_two_nodes_on_one_machine_find_each_other_by_themselves(tmp_path: Path) -> None:
    began = time.monotonic()
    with closing(Player(tmp_path / "a")) as a, closing(Player(tmp_path / "b")) as b:
        assert a.sees(b.node, PeerState.ALIVE).name == "b"
        assert b.sees(a.node, PeerState.ALIVE).name == "a"
        assert time.monotonic() - began < 1.5


def test_a_named_peer_is_dialled_and_what_one_says_the_other_hears(
    first: Player, tmp_path: Path
) -> None:
    with closing(Player(tmp_path / "second", peers=(("localhost", first.service.port),))) as second:
        second.sees(first.node, PeerState.ALIVE)
        first.wait_for(Synced)
        second.wait_for(Synced)
        first.service.post(Submit(b"hello"))
        assert second.wait_for(Delivered).operation.body == b"hello"
        traffic = first.service.stats()
        assert traffic.tx_datagrams > 10
        assert traffic.rx_bytes > 500
        assert not first.service.counters().faults


def test_a_named_peer_that_starts_later_is_found_when_it_does(
    first: Player, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "REDIAL_NS", 0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as reserved:
        reserved.bind((LOOPBACK, 0))
        later: Address = reserved.getsockname()
    with closing(Player(tmp_path / "eager", peers=(later,))) as eager:
        eager.wait_for(Synced)
        profile = Profile.open(tmp_path / "later")
        options = ServiceOptions(name="later", interface=LOOPBACK, port=later[1])
        service = Service(Endpoint(profile, ROOM, options), Parrot(), lambda what: None)
        thread = ServiceThread(service)
        eager.sees(profile.identity.node_id, PeerState.ALIVE)
        service.stop()
        assert thread.join(5)
        profile.close()


def test_leaving_is_told_to_all_ends_the_thread_and_is_remembered(
    first: Player, tmp_path: Path
) -> None:
    second = Player(tmp_path / "second", peers=(first.address,))
    second.sees(first.node, PeerState.ALIVE)
    until(lambda: [room.tag for room in second.profile.unfinished_rooms()] == [ROOM.tag], "a room")
    second.service.post(Leave())
    first.sees(second.node, PeerState.LEFT)
    assert second.thread.join(5)
    second.service.post(Leave())
    second.close()
    profile = Profile.open(tmp_path / "second")
    assert profile.unfinished_rooms() == []
    profile.close()


def test_a_stopped_node_comes_back_with_what_it_heard_and_to_whom_it_met(
    first: Player, tmp_path: Path
) -> None:
    second = Player(tmp_path / "second", peers=(first.address,))
    second.sees(first.node, PeerState.ALIVE)
    second.wait_for(Synced)
    first.service.post(Submit(b"before"))
    second.wait_for(Delivered)
    second.close()

    with closing(Player(tmp_path / "second")) as again:  # nobody names a peer now
        assert again.wait_for(Delivered).operation.body == b"before"
        again.sees(first.node, PeerState.ALIVE)
        back = first.wait_for(PeerChanged, lambda peer: peer.incarnation > 1)
        assert back.node == again.node
    names = again.profile.acquaintances.names()
    assert names == dict.fromkeys((first.node, first.alias), "first"), "by id, and as advertised"
    last = again.profile.incarnation
    assert last >= 2


def test_a_node_whose_process_died_is_noticed_by_its_closed_port(
    first: Player, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: queue.SimpleQueue[Address] = queue.SimpleQueue()
    heard = Host.on_refused

    def on_refused(host: Host, address: Address, now_ns: int) -> list[object]:
        refused.put(address)
        return list(heard(host, address, now_ns))

    monkeypatch.setattr(Host, "on_refused", on_refused)
    second = Player(tmp_path / "second", peers=(first.address,))
    second.sees(first.node, PeerState.ALIVE)
    first.sees(second.node, PeerState.ALIVE)
    second.close()
    assert refused.get(timeout=5) == second.address
    first.sees(second.node, PeerState.DOWN)


def test_an_error_of_the_program_ends_the_thread_and_is_shown(tmp_path: Path, mute: None) -> None:
    player = Player(tmp_path / "a")
    player.parrot.fault = ZeroDivisionError("a defect")
    assert player.thread.join(5)
    assert isinstance(player.thread.failure, ZeroDivisionError)
    player.close()


def test_a_node_that_finds_itself_broken_tells_it_once_and_falls_silent(
    first: Player, tmp_path: Path
) -> None:
    with closing(Player(tmp_path / "b", peers=((LOOPBACK, first.service.port),))) as broken:
        first.sees(broken.node, PeerState.ALIVE)
        broken.parrot.fault = InvariantError("promised epoch 7 became epoch 5")
        assert broken.thread.join(5)
        assert isinstance(broken.thread.failure, InvariantError)
        told = broken.wait_for(Trouble)
        assert told.part == "node"
        assert told.text.startswith("internal fault: promised epoch 7 became epoch 5; this node")
        first.sees(broken.node, PeerState.DOWN)  # and not LEFT: it said no farewell


def test_a_port_in_use_is_told_before_anything_starts(first: Player, tmp_path: Path) -> None:
    with closing(Profile.open(tmp_path / "second")) as profile:
        options = ServiceOptions(name="x", interface=LOOPBACK, port=first.service.port)
        with pytest.raises(UsageError, match="in use"):
            Endpoint(profile, ROOM, options)


def test_rubbish_from_a_stranger_stops_no_timer(first: Player) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        deadline = time.monotonic() + 5
        while (ticks := len(first.parrot.ticked_ns)) < 15:
            assert time.monotonic() < deadline
            stranger.sendto(bytes([ticks]) * 700, first.address)
            stranger.sendto(b"", first.address)


def test_a_disk_that_fails_is_told_once_and_the_game_goes_on(
    first: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statements, "SAVE_OPERATION", "INSERT INTO full_disk VALUES (?)")
    first.wait_for(Synced)
    first.service.post(Submit(b"one"))
    assert first.wait_for(Delivered).operation.body == b"one"
    trouble = first.wait_for(Trouble)
    assert trouble.part == "journal"
    first.service.post(Submit(b"two"))
    assert first.wait_for(Delivered).operation.body == b"two"
    assert first.reports.empty()


def test_a_peer_that_nobody_knows_is_told_and_does_not_stop_the_others(
    first: Player, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = socket.getaddrinfo

    def getaddrinfo(host: str, *rest: object, **kinds: object) -> object:
        if host == "nowhere":
            raise socket.gaierror(-2, "Name or service not known")
        return known(host, first.service.port, socket.AF_INET, socket.SOCK_DGRAM)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    peers = (("nowhere", 1), first.address)
    with closing(Player(tmp_path / "second", peers=peers)) as second:
        told: list[object] = []

        def are_both(what: object) -> bool:
            """Looks names up in a thread of its own: either may come first."""
            told.append(what)
            troubles = [each for each in told if isinstance(each, Trouble)]
            named = [each.text for each in troubles if each.part == "peer"]
            met = [each.state for each in told if isinstance(each, PeerChanged)]
            return PeerState.ALIVE in met and any(text.startswith("nowhere:1: ") for text in named)

        second.wait_for(object, are_both)


def test_what_the_program_advertises_is_seen_nearby(tmp_path: Path) -> None:
    fields = {"phase": "lobby", "players": "1"}
    with (
        closing(Player(tmp_path / "a", advertise=lambda: fields)) as player,
        closing(Browser(LOOPBACK)) as browser,
    ):

        def phase() -> str:
            found = [race for race in browser.races() if race.race == ROOM.name]
            assert not any(player.node in race.nodes for race in found), "a node id lasts"
            return found[0].phase if found else ""

        until(lambda: phase() == "lobby", "its first phase")
        fields = {"phase": "racing", "players": "1"}
        until(lambda: phase() == "racing", "its second phase")


def test_a_locked_room_tells_strangers_how_full_it_is_and_no_more(tmp_path: Path) -> None:
    fields = {"phase": "racing", "players": "3", "track": "harbour-ring"}
    room = RoomSecret("Behind a door", "a word")
    with (
        closing(Player(tmp_path / "a", advertise=lambda: fields, room=room)) as player,
        closing(Browser(LOOPBACK)) as browser,
    ):
        race = until(lambda: next(_races_of(browser, room), None), "the locked race")
        assert (race.locked, race.players, race.phase, race.track) == (True, 3, "", "")
        assert player.node not in race.nodes


def _races_of(browser: Browser, room: RoomSecret) -> Iterator[RaceNearby]:
    return (race for race in browser.races() if race.tag == room.tag)


def discovery_that_tells(*news: News) -> type[Mute]:
    """Return a discovery that tells this as it begins, and finds nothing."""

    class Telling(Mute):
        def __init__(
            self,
            chosen: str | None,
            sink: Callable[[News], None],
            now_ns: Callable[[], int],
            announcement: Announcement,
            hosts: Sequence[str],
        ) -> None:
            super().__init__(chosen, sink, now_ns, announcement)
            for each in news:
                sink(each)

    return Telling


def test_deaf_discovery_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deaf, other = Deaf("no network interface is up"), Deaf("the beacon's port cannot be used")
    monkeypatch.setattr(presence, "Discovery", discovery_that_tells(deaf, deaf, other))
    with closing(Player(tmp_path / "a")) as player:
        assert player.wait_for(Trouble).text == deaf.why
        assert player.wait_for(Trouble).text == other.why
        player.wait_for(Synced)
        assert player.reports.empty() or not isinstance(player.reports.get(), Trouble)


def test_a_flood_of_first_messages_that_lasts_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(floods, "LASTING", 1)
    first = b"\1" + bytes(199)
    told: list[object] = []
    with (
        closing(Player(tmp_path / "a")) as player,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mouth,
    ):

        def is_told() -> bool:
            for _ in range(200):
                mouth.sendto(first, player.address)
            while not player.reports.empty():
                told.append(player.reports.get())
            return any(isinstance(one, Trouble) and one.part == "flood" for one in told)

        until(is_told, "that somebody floods")


def test_an_advert_that_cannot_be_read_is_told_of_with_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = ("10.7.0.9", 42472)

    monkeypatch.setattr(presence, "Discovery", discovery_that_tells(Illegible(at)))
    with closing(Player(tmp_path / "a")) as player:
        told = player.wait_for(Unreached)
        assert told == Unreached((at[0], 0), at, WhyUnreached.ILLEGIBLE)


def ticks_take_s(parrot: Parrot, count: int) -> float:
    """Return how long so many ticks take, from the next one on."""
    first = len(parrot.ticked_ns)
    until(lambda: len(parrot.ticked_ns) > first + count, f"{count} ticks")
    return (parrot.ticked_ns[first + count] - parrot.ticked_ns[first]) / SECOND


def test_in_an_idle_lobby_there_are_half_as_many_ticks_until_something_happens(
    first: Player, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activity, "CALM_AFTER_NS", 300 * MILLISECOND)
    slow_s = 1.5 * PACED * TICK_NS / SECOND
    until(lambda: ticks_take_s(first.parrot, PACED) > slow_s, "a slower pace")
    first.parrot.commands = [SetIdle(False)]
    until(lambda: ticks_take_s(first.parrot, PACED) < slow_s, "the whole pace again")


def test_calm_nodes_keep_their_sessions_and_their_round_trips_do_not_count_the_calm(
    first: Player, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activity, "CALM_AFTER_NS", 0)
    with closing(Player(tmp_path / "second", peers=(first.address,))) as second:
        second.sees(first.node, PeerState.ALIVE)
        first.wait_for(Synced)
        second.wait_for(Synced)
        second.parrot.ticked_ns.clear()
        # In so many ticks, any beat lost or late would show.
        until(lambda: len(second.parrot.ticked_ns) >= 40, "forty ticks")
        assert second.parrot.rtt_ms is not None
        assert second.parrot.rtt_ms < CALM_TICK_NS / MILLISECOND / 2
        first.service.post(Submit(b"hello"))
        assert second.wait_for(Delivered).operation.body == b"hello"
        assert second.reports.empty()


def test_ticks_keep_an_absolute_schedule_and_a_gap_makes_no_burst() -> None:
    assert next_tick_ns(0, 0, TICK_NS) == TICK_NS
    assert next_tick_ns(0, 2 * MILLISECOND, TICK_NS) == TICK_NS
    assert next_tick_ns(0, TICK_NS - 1, TICK_NS) == TICK_NS
    late = 500 * MILLISECOND
    assert next_tick_ns(0, late, TICK_NS) == late + TICK_NS


def test_who_is_cut_off_is_missed_and_heard_again_when_that_is_over(
    first: Player, tmp_path: Path
) -> None:
    with closing(Player(tmp_path / "second", peers=(first.address,))) as second:
        second.sees(first.node, PeerState.ALIVE)
        first.sees(second.node, PeerState.ALIVE)
        second.service.cut_off(3 * SECOND)
        assert not first.sees(second.node, PeerState.DOWN).refused
        assert not second.sees(first.node, PeerState.DOWN).refused
        first.sees(second.node, PeerState.ALIVE)
        second.sees(first.node, PeerState.ALIVE)


def test_who_is_stopped_without_a_word_is_missed_as_one_whose_machine_refuses(
    first: Player, tmp_path: Path
) -> None:
    with closing(Player(tmp_path / "second", peers=(first.address,))) as second:
        second.sees(first.node, PeerState.ALIVE)
        first.sees(second.node, PeerState.ALIVE)
    assert first.sees(second.node, PeerState.DOWN).refused
