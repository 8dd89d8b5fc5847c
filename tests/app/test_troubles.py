"""What does not work is read by who can act on it: in the menu, in the lobby and in the race."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest

from net import NetError, ProfileError
from net.runtime.browse import NamedHosts
from net.runtime.disk import journal
from net.runtime.disk.profile import Profile
from net.runtime.interfaces import Interface
from net.runtime.reaching.reachability import WhyUnreached
from net.runtime.service_options import Trouble
from racer.app.circuits.digests import circuit_ids
from racer.app.circuits.library import DEFAULT
from racer.app.meeting_code import code_of
from racer.app.options import Shared
from racer.app.player import launch, own_networks, player_node
from racer.app.player.own_networks import LOOK_S, OwnNetworks
from racer.app.player.player_node import RACING_S, UNREACHED_S, PlayerNode, is_alone
from racer.app.player.troubles import LASTS_S, PARTS_MAX, TURN_S, Troubles
from racer.app.record_store import RecordStore
from racer.app.window.base.window_words import in_window
from racer.core.rules.race_setup import RaceSetup
from racer.play.reports import UnreachedSeen
from racer.play.room.messages import Setup
from racer.play.session import Player
from racer.play.view import Notice, Phase
from tests.app.fakes import FakeSeat
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from net.runtime.service import Service
    from racer.app.race_node import Told
    from racer.app.window.circuit_source import CircuitSource
    from racer.play.view import RaceView

ETHERNET = Interface("eth0", "192.168.1.5", loopback=False, multicast=True, prefix=24)
LOOPBACK = Interface("lo", "127.0.0.1", loopback=True, multicast=False, prefix=8)
SILENT = UnreachedSeen(
    "10.0.0.7:40000", WhyUnreached.SILENT.value, "Sam does not answer: a firewall? (racer doctor)"
)
SILENT_HERE = "Sam does not answer: a firewall? (see 'why alone?' in the menu)"
ALONE = UnreachedSeen("", WhyUnreached.UNHEARD.value, "nobody; they can type ABCD-EF (--peer)")


class Clock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


# --- the board ------------------------------------------------------------------------------------


def test_a_line_goes_after_a_while_and_the_newest_of_its_part_stands(clock: Clock) -> None:
    troubles = Troubles(clock)
    troubles.note("peer", "no such host: a")
    troubles.note("peer", "no such host: b")
    assert troubles.lines() == ("no such host: b",)
    clock.now_s += LASTS_S
    assert troubles.lines() == ()


def test_a_line_goes_as_soon_as_it_is_no_more_so_and_stays_as_long_as_it_is(clock: Clock) -> None:
    troubles, so = Troubles(clock), [True]
    troubles.note("alone", "nobody is heard", lambda: so[0])
    troubles.watch(lambda: "port 5353 is held" if so[0] else None)
    clock.now_s += 100 * LASTS_S
    assert set(troubles.lines()) == {"port 5353 is held", "nobody is heard"}
    so[0] = False
    assert troubles.lines() == ()


def test_whoever_takes_a_seat_reads_nothing_of_the_seat_before(clock: Clock) -> None:
    troubles = Troubles(clock)
    troubles.note("peer", "no such host")
    troubles.watch(lambda: "port 5353 is held")
    troubles.clear()
    assert troubles.lines() == ("port 5353 is held",)


def test_none_of_several_lines_hides_another(clock: Clock) -> None:
    troubles = Troubles(clock)
    troubles.watch(lambda: "port 5353 is held")
    troubles.watch(lambda: "the disk is full")
    troubles.note("peer", "no such host", lasts_s=LASTS_S)
    read = set()
    for _ in range(3):
        read.add(troubles.line())
        clock.now_s += TURN_S
    assert read == {"port 5353 is held", "the disk is full", "no such host"}


def test_what_a_person_waits_for_has_every_other_turn_and_hides_nothing(clock: Clock) -> None:
    troubles = Troubles(clock)
    assert troubles.line(awaited="asking") == "asking"
    troubles.watch(lambda: "port 5353 is held")
    troubles.watch(lambda: "the disk is full")
    read = []
    for _ in range(4):
        read.append(troubles.line(awaited="asking"))
        clock.now_s += TURN_S
    assert read.count("asking") == 2
    assert set(read) == {"asking", "port 5353 is held", "the disk is full"}


def test_parts_without_number_keep_no_more_than_are_read(clock: Clock) -> None:
    troubles = Troubles(clock)
    for number in range(3 * PARTS_MAX):
        troubles.note(f"unreached {number}", f"{number} does not answer")
    assert len(troubles.lines()) == PARTS_MAX
    assert troubles.lines()[-1] == f"{3 * PARTS_MAX - 1} does not answer"


def test_a_line_that_is_told_again_is_no_new_one_and_one_that_came_back_is(clock: Clock) -> None:
    troubles = Troubles(clock)
    troubles.note("peer", "no such host")
    clock.now_s += LASTS_S - 1.0
    troubles.note("peer", "no such host")
    assert troubles.lines(new_s=10.0) == ()
    assert troubles.lines() == ("no such host",)
    clock.now_s += LASTS_S
    troubles.note("peer", "no such host")
    assert troubles.lines(new_s=10.0) == ("no such host",)


def test_networks_are_looked_at_anew_each_second(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = [LOOPBACK]
    monkeypatch.setattr(own_networks, "race_interfaces", lambda _: tuple(here))
    networks = OwnNetworks(None, clock)
    assert networks.used() == (LOOPBACK,)
    assert networks.is_none_up
    here[:] = [ETHERNET, LOOPBACK]
    clock.now_s += LOOK_S
    assert networks.used() == (ETHERNET, LOOPBACK)
    assert [networks.is_none_up] == [False]


# --- the seat -------------------------------------------------------------------------------------


class Seat:
    """A seat of the window whose node never runs: what it would tell is told here."""

    def __init__(self, profile: Profile, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shown: RaceView | None = None
        self.others: list[object] = []
        self.troubles = Troubles(clock)
        monkeypatch.setattr(player_node, "greet", self._greet)
        monkeypatch.setattr(player_node, "RaceNode", self._node)
        player = Player(race="friday", name="ada", bot=False, setup=Setup(RaceSetup("x", 1), 0))
        store = RecordStore(profile.directory)
        shared = Shared(name="ada", interface="127.0.0.1")
        self.handle = PlayerNode(profile, player, shared, store, self.troubles)
        self.handle.wait()
        self.handle._output = None  # it has ended: what is told here is for the window alone

    def _greet(self, *_: object) -> None:
        raise NetError("no port")

    def _node(self, _: object, __: object, ___: object, tell: object) -> Seat:
        self.tell = tell
        return self

    def serve(self, port: int) -> None:
        """Have a port from now on."""
        self.port = port
        self.handle._service = cast("Service", self)

    def told(self, what: Told) -> None:
        assert callable(self.tell)
        self.tell(what)

    # what a `RaceNode` is asked

    @property
    def session(self) -> Seat:
        return self

    @property
    def view(self) -> RaceView | None:
        return self.shown

    def intend(self, _: object) -> None:
        pass

    def others_nearby(self) -> list[object]:
        return self.others

    def close(self) -> None:
        pass


@pytest.fixture
def seat(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Seat]:
    with closing(Profile.open(tmp_path)) as profile:
        yield Seat(profile, clock, monkeypatch)


@pytest.fixture(scope="module")
def lobby(all_circuits: CircuitSource) -> RaceView:
    view = FakeSeat(all_circuits, cars=4).view()
    assert view is not None
    return view


def test_who_sits_in_the_lobby_reads_why_somebody_is_not_reached(seat: Seat, clock: Clock) -> None:
    seat.told(SILENT)
    assert seat.handle.trouble_line() == SILENT_HERE
    clock.now_s += UNREACHED_S
    assert seat.handle.trouble_line() == ""


@pytest.mark.parametrize("part", ["journal", "discovery", "peer", "tapes"])
def test_who_sits_there_reads_what_of_this_machine_does_not_work(seat: Seat, part: str) -> None:
    seat.told(Trouble(part, "this machine will not remember"))
    assert seat.handle.trouble_line() == "this machine will not remember"


def test_who_is_alone_reads_it_until_somebody_is_there_or_heard(
    seat: Seat, clock: Clock, lobby: RaceView
) -> None:
    alone = "nobody; they can type ABCD-EF in their menu, under 'address or code'"
    seat.shown = replace(lobby, drivers=tuple(each for each in lobby.drivers if each.mine))
    seat.told(ALONE)
    clock.now_s += 100 * LASTS_S
    assert seat.handle.trouble_line() == alone
    seat.others.append("another race")
    assert seat.handle.trouble_line() == ""
    seat.others.clear()
    seat.told(ALONE)
    assert seat.handle.trouble_line() == alone
    seat.shown = lobby
    assert seat.handle.trouble_line() == ""


def test_in_a_race_it_is_told_for_a_while_and_no_notice_twice(
    seat: Seat, clock: Clock, lobby: RaceView
) -> None:
    seat.shown = replace(lobby, phase=Phase.RACING)
    seat.told(SILENT)
    assert seat.handle.trouble_line() == SILENT_HERE
    seat.shown = replace(seat.shown, notices=(Notice(SILENT.text, 0),))
    assert seat.handle.trouble_line() == ""
    seat.shown = replace(seat.shown, notices=())
    clock.now_s += RACING_S
    assert seat.handle.trouble_line() == ""
    seat.shown = lobby
    assert seat.handle.trouble_line() == SILENT_HERE


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> sqlite3.Connection:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    monkeypatch.setattr(journal, "open_database", refuse)


@pytest.mark.usefixtures("full_disk")
def test_what_of_this_machine_does_not_work_is_on_stderr_and_in_the_log_too(
    tmp_path: Path, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log"
    setup = Setup(RaceSetup(DEFAULT, 1, circuit_ids()[DEFAULT]), 0)
    player = Player(race="friday", name="ada", bot=False, setup=setup)
    shared = Shared(name="ada", interface="127.0.0.1", log=log)
    with closing(Profile.open(tmp_path / "ada")) as profile:
        store = RecordStore(profile.directory)
        handle = PlayerNode(profile, player, shared, store, Troubles(clock))
        told = "racer: this machine will not remember: No space left on device"
        until(lambda: log.exists() and told in log.read_text(encoding="utf-8"), "a line in the log")
        handle.leave()
        handle.wait()
        store.close()
    assert told in capsys.readouterr().err


def test_the_code_is_that_of_the_network_as_it_is_now(
    seat: Seat, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = [LOOPBACK]
    monkeypatch.setattr(own_networks, "race_interfaces", lambda _: tuple(here))
    networks = OwnNetworks(None, clock)
    monkeypatch.setattr(player_node, "_networks_of", lambda _: networks)
    assert seat.handle.codes() == (), "it has no port yet"
    seat.serve(40000)
    assert seat.handle.codes() == (), "that of loopback is good for nobody"
    here[:] = [ETHERNET]
    clock.now_s += LOOK_S
    assert seat.handle.codes() == (("eth0", code_of(("192.168.1.5", 40000))),)


def test_networks_that_cannot_be_listed_just_now_are_those_of_before(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: object) -> None:
        raise OSError("no handle left")

    monkeypatch.setattr(own_networks, "race_interfaces", lambda _: (ETHERNET,))
    networks = OwnNetworks(None, clock)
    networks.used()
    monkeypatch.setattr(own_networks, "race_interfaces", fails)
    clock.now_s += LOOK_S
    assert networks.used() == (ETHERNET,)


def test_of_who_has_left_nothing_more_is_noted(seat: Seat) -> None:
    seat.handle.leave()
    seat.told(SILENT)
    seat.told(Trouble("peer", "no such host"))
    assert seat.troubles.lines() == ()


def test_who_waits_for_its_own_bots_misses_nobody(all_circuits: CircuitSource) -> None:
    """A practice begins by itself: nobody reads in it that no friend is heard of."""
    seat = FakeSeat(all_circuits, cars=3)
    view = seat.view()
    assert view is not None
    others_start = replace(view, players=0)
    assert is_alone(others_start, bots=2)
    assert not is_alone(others_start, bots=1)
    assert not is_alone(replace(view, players=6), bots=5)
    assert is_alone(None, bots=0)


# --- the menu -------------------------------------------------------------------------------------


class Browser:
    """A browser that sees nothing."""

    trouble: str | None = None
    answer = ""
    named = ()

    def asking(self) -> NamedHosts | None:
        return NamedHosts((), self.answer, False, False, ()) if self.answer else None

    def races(self) -> tuple[()]:
        return ()

    def illegible(self) -> None:
        return None


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Browser:
    browser = Browser()
    monkeypatch.setattr(launch, "Browser", lambda *_: browser)
    monkeypatch.setattr(launch, "Troubles", lambda: Troubles(clock))
    monkeypatch.setattr(own_networks, "race_interfaces", lambda _: (ETHERNET,))
    monkeypatch.setattr(launch, "OwnNetworks", lambda chosen: OwnNetworks(chosen, clock))
    return browser


@pytest.fixture
def directory(tmp_path: Path, browser: Browser) -> Iterator[launch.LanDirectory]:
    with closing(Profile.open(tmp_path)) as profile:
        yield launch.LanDirectory(Shared(name="ada"), profile)


def read(directory: launch.LanDirectory, clock: Clock) -> set[str]:
    """Return what one reads who looks for a while."""
    lines = set()
    for _ in range(8):
        lines.add(directory.network())
        clock.now_s += TURN_S
    return lines


def test_no_line_of_the_menu_hides_that_nothing_may_be_seen(
    directory: launch.LanDirectory, browser: Browser, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.trouble = "another program holds port 5353: broadcast and --peer only"
    browser.answer = "10.0.0.7 does not answer"
    assert read(directory, clock) == {in_window(browser.trouble), browser.answer}
    assert "--peer" not in in_window(browser.trouble)
    browser.answer = ""
    monkeypatch.setattr(own_networks, "race_interfaces", lambda _: (LOOPBACK,))
    (alone,) = read(directory, clock) - {in_window(browser.trouble)}
    assert "no network is up" in alone
    browser.trouble = None
    assert read(directory, clock) == {alone}


@pytest.mark.usefixtures("full_disk")
def test_a_full_disk_is_told_in_the_menu_and_on_stderr_before_the_first_race(
    capsys: pytest.CaptureFixture[str], directory: launch.LanDirectory, clock: Clock
) -> None:
    told = "this machine will not remember: No space left on device"
    assert [told in line for line in read(directory, clock)] == [True]
    assert f"racer: {told}" in capsys.readouterr().err


def test_why_nobody_sits_beside_the_first_is_read(
    directory: launch.LanDirectory, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> None:
        raise ProfileError("the profile is in use")

    monkeypatch.setattr("racer.app.player.seats.PlayerNode", lambda *_: FakeNode())
    monkeypatch.setattr("racer.app.player.seats.SecondSeat", locked)
    directory.join_race("friday")
    assert directory.sit_beside() is None
    assert read(directory, clock) >= {"No second driver: the profile is in use"}
    directory.join_race("monday")
    assert read(directory, clock) == {""}, "another seat is taken"


def test_who_practises_reads_nothing_of_a_network_that_is_not_up(
    directory: launch.LanDirectory, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = FakeNode()
    monkeypatch.setattr("racer.app.player.seats.PlayerNode", lambda *_: node)
    monkeypatch.setattr(own_networks, "race_interfaces", lambda _: (LOOPBACK,))
    directory.practice()
    node.misses_nobody = True
    assert read(directory, clock) == {""}
    node.misses_nobody = False
    (alone,) = read(directory, clock)
    assert "no network is up" in alone, "it has left, and may look for others"


class FakeNode:
    """A node of nobody."""

    is_broken = misses_nobody = False

    def add_bot(self) -> None:
        pass

    def wait(self) -> None:
        pass
