"""What the window's menu does with a race: a listed one is joined, a new one is opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from net import Address, Entry
from net.discovery.sightings import RaceNearby
from net.limits import RESUME_S
from net.node.program import SaveDecree
from net.runtime.disk import last_room
from net.runtime.disk.journal import RoomJournal
from net.runtime.disk.machine_clocks import read_clocks
from net.runtime.disk.profile import Profile
from net.runtime.reaching.reachability import WhyUnreached
from net.runtime.reaching.unreached import Unreached
from net.security.room_secret import RoomSecret
from net.wire.decrees import Decree, Noop
from racer.app.commands.cli import build_parser, main
from racer.app.options import Shared
from racer.app.player import launch, seats, second_seat
from racer.app.player.launch import LanDirectory
from racer.app.player.player_node import PlayerNode, bot_words
from racer.app.player.troubles import Troubles
from racer.app.window.ports import LeftRace
from racer.app.window.scene import OpenRace, WatchRace
from racer.core.rules.race_setup import RaceSetup
from racer.play.room.messages import Setup
from racer.play.session import Player
from racer.play.show.incompatibility import OURS
from racer.play.view import Phase
from tests.waiting import until


class Directory:
    """A directory whose seats are noted, and taken by nobody."""

    named: tuple[Address, ...] = ()

    def __init__(self, profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
        self.nearby: list[RaceNearby] = []
        self.seats: list[Player] = []
        self.asked: list[Address] = []
        self.silent: Unreached | None = None
        self.hosts: tuple[str, ...] = ()
        monkeypatch.setattr(launch, "Browser", self._browse)
        monkeypatch.setattr(seats, "PlayerNode", self._sit)
        self.lan = LanDirectory(Shared(name="ada", interface="127.0.0.1"), profile)

    def _browse(self, interface: str | None, hosts: tuple[str, ...]) -> Directory:
        self.hosts = hosts
        return self

    def ask(self, *peers: Address) -> None:
        self.asked += peers

    def races(self) -> list[RaceNearby]:
        return self.nearby

    def unreached(self, race: RaceNearby) -> Unreached | None:
        return self.silent

    def list(self, race: str, *, locked: bool = False) -> None:
        self.nearby.append(
            RaceNearby(race, b"tag", locked, 2, Phase.LOBBY.value, "dockyard", (), (OURS,))
        )

    def _sit(self, profile: Profile, player: Player, *_: object) -> Directory:
        self.seats.append(player)
        return self

    def wait(self) -> None:
        pass

    def add_bot(self) -> None:
        pass

    is_broken = False

    @property
    def entry(self) -> Entry:
        return self.seats[-1].entry


@pytest.fixture
def profile(tmp_path: Path) -> Iterator[Profile]:
    with closing(Profile.open(tmp_path / "ada")) as opened:
        yield opened


@pytest.fixture
def directory(profile: Profile, monkeypatch: pytest.MonkeyPatch) -> Directory:
    return Directory(profile, monkeypatch)


def test_a_race_that_is_selected_is_joined_and_never_opened(directory: Directory) -> None:
    directory.list("friday")
    directory.lan.join_race("friday")
    assert directory.entry is Entry.JOIN


def test_a_new_name_opens_a_race(directory: Directory) -> None:
    directory.list("friday")
    directory.lan.open_race(OpenRace("sunday"))
    assert directory.entry is Entry.FOUND


def test_a_name_that_is_taken_is_joined_while_it_is_listed(directory: Directory) -> None:
    directory.list("friday")
    directory.lan.open_race(OpenRace("friday"))
    assert directory.entry is Entry.EITHER


def test_a_race_whose_port_was_named_is_joined_by_its_name_though_no_list_shows_it(
    directory: Directory,
) -> None:
    for port in (0, 40000):  # a host alone would have told of its races
        directory.named = (("10.0.0.7", port),)
        directory.lan.open_race(OpenRace("sunday"))
    assert [seat.entry for seat in directory.seats] == [Entry.FOUND, Entry.EITHER]


def test_whom_the_command_line_names_is_asked_for_races_at_once(
    directory: Directory, profile: Profile
) -> None:
    peers = (("10.0.0.7", 40000), ("sam.lan", 0))
    LanDirectory(Shared(name="ada", interface="127.0.0.1", peers=peers), profile)
    assert directory.asked == list(peers)


def test_a_race_that_is_closed_to_us_is_another_one(directory: Directory) -> None:
    directory.list("friday", locked=True)
    directory.lan.open_race(OpenRace("friday"))
    assert directory.entry is Entry.FOUND


def test_what_cannot_be_read_of_the_settings_is_said_on_stderr_and_in_the_window(
    profile: Profile, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (profile.directory / "settings.toml").write_text("[pictur]\n", encoding="utf-8")
    Directory(profile, monkeypatch)
    assert '"pictur" is no table' in capsys.readouterr().err


def test_what_cannot_be_read_of_the_second_drivers_settings_is_told_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    troubles = Troubles()
    monkeypatch.setattr(second_seat, "PlayerNode", lambda *_, **__: None)
    (tmp_path / "ada-2").mkdir(mode=0o700)
    (tmp_path / "ada-2" / "settings.toml").write_text("[pictur]\n", encoding="utf-8")
    player = Player(race="friday", name="ada", bot=False, car=0, setup=Setup(RaceSetup("x", 1), 1))
    beside = second_seat.SecondSeat(Shared(name="ada", profile=tmp_path / "ada"), troubles)
    with closing(beside):
        beside.sit(cast("PlayerNode", None), player, None)
    assert ['"pictur" is no table' in line for line in troubles.lines()] == [True]


def test_where_friends_raced_on_another_evening_is_asked_as_who_was_met_is(
    profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "[network]\naddresses = ['10.0.0.7:4000', 'kims-laptop']\n"
    (profile.directory / "settings.toml").write_text(text, encoding="utf-8")
    directory = Directory(profile, monkeypatch)
    assert directory.hosts == ("10.0.0.7", "kims-laptop")


def test_practice_is_a_race_of_ones_own(directory: Directory) -> None:
    directory.lan.practice()
    assert directory.entry is Entry.FOUND


def test_a_race_that_a_crash_left_may_be_gone_on_with_alone(
    directory: Directory, profile: Profile
) -> None:
    leave_by_a_crash(directory, profile, locked=False)
    directory.lan.join_race("friday")
    assert directory.entry is Entry.EITHER


def race(profile: Profile, name: str, passphrase: str | None = None) -> RoomJournal:
    """Have a life before this one have been in a race that decided something."""
    room = profile.journal(RoomSecret(name, passphrase).tag)
    room.enter(name)
    room.save(SaveDecree(Decree(1, 0, bytes(16), Noop())))
    until(lambda: room.written == 1, "a write")
    return room


def offered(directory: Directory) -> str | None:
    offer = directory.lan.resume_offer()
    return None if offer is None else offer.race


def test_a_race_that_a_crash_left_is_offered_until_one_comes_back_to_it(
    directory: Directory, profile: Profile
) -> None:
    assert offered(directory) is None
    race(profile, "friday")
    race(profile, "ada's race")
    assert offered(directory) == "friday", "a practice does not stand before it"
    race(profile, "sunday").leave()
    until(lambda: len(profile.unfinished_rooms()) == 2, "that it was left on purpose")
    assert offered(directory) == "friday"
    directory.lan.open_race(OpenRace("monday"))
    assert offered(directory) == "friday", "nor does what was raced since"
    directory.lan.join_race("friday")
    assert directory.entry is Entry.EITHER
    assert offered(directory) == "ada's race"


def test_what_is_too_old_by_the_clock_is_offered_as_that(
    directory: Directory, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    race(profile, "friday")
    now = read_clocks()
    for passed_s, old in ((RESUME_S - 60, False), (RESUME_S + 60, True)):
        later = now._replace(wall_s=now.wall_s + passed_s, ran_s=now.ran_s + passed_s)
        monkeypatch.setattr(last_room, "read_clocks", lambda later=later: later)
        offer = directory.lan.resume_offer()
        assert offer is not None
        assert offer.old == old


def leave_by_a_crash(directory: Directory, profile: Profile, *, locked: bool) -> None:
    """Have a life before this one have raced, and not left."""
    race(profile, "friday", "hush" if locked else None)
    left = LeftRace("friday", locked)
    until(lambda: directory.lan.resume_offer() == left, "the offer")


@pytest.mark.parametrize("locked", [False, True])
def test_a_race_of_the_same_name_is_not_the_one_that_a_crash_left(
    directory: Directory, profile: Profile, *, locked: bool
) -> None:
    leave_by_a_crash(directory, profile, locked=locked)
    directory.list("friday", locked=not locked)
    directory.lan.join_race("friday", None if locked else "hush")
    assert directory.entry is Entry.JOIN, "nobody founds by accident"


def test_a_locked_race_that_a_crash_left_is_come_back_to_by_its_word(
    directory: Directory, profile: Profile
) -> None:
    leave_by_a_crash(directory, profile, locked=True)
    directory.lan.join_race("friday", "hush")
    assert directory.entry is Entry.EITHER


@pytest.mark.parametrize("interface", [None, "192.168.1.2", "fd00::2"])
def test_a_bot_of_the_window_joins_its_race_and_opens_none(interface: str | None) -> None:
    asked = build_parser().parse(bot_words("friday", 3, 40000, interface))
    assert (asked.race, asked.join, asked.open, asked.stay) == ("friday", True, False, True)
    # Whoever goes over one address is not heard at another of the same machine.
    assert (asked.peer, asked.interface) == ([(interface or "127.0.0.1", 40000)], interface)


def test_a_race_of_another_version_is_listed_with_why_it_cannot_be_joined(
    directory: Directory,
) -> None:
    directory.list("friday")
    versions = (replace(OURS, program=OURS.program + 1),)
    directory.nearby.append(replace(directory.nearby[0], race="monday", versions=versions))
    friday, monday = directory.lan.nearby()
    assert friday.apart == ""
    assert monday.apart == f"runs physics {OURS.program + 1}, you physics {OURS.program}"


def test_a_race_in_which_nobody_answers_is_listed_with_the_likely_reason(
    directory: Directory,
) -> None:
    directory.list("friday")
    assert [card.unreached for card in directory.lan.nearby()] == [""]
    directory.silent = Unreached(b"sam", ("10.0.0.7", 4000), WhyUnreached.SILENT)
    (card,) = directory.lan.nearby()
    why = "10.0.0.7 does not answer: a firewall or VPN there? (see 'why alone?' in the menu)"
    assert card.unreached == why
    assert not card.apart, "it may be tried all the same"


@pytest.mark.parametrize("word", [None, "hush"])
def test_a_race_that_the_command_line_names_is_watched_with_its_passphrase(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word: str | None
) -> None:
    asked: list[object] = []

    def note_first(directory: LanDirectory, first: object) -> int:
        asked.append(first)
        return 0

    monkeypatch.setattr(launch, "run_window", note_first)
    line = ["watch", "--race", "friday", "--interface", "127.0.0.1"]
    line += ["--profile", str(tmp_path / "ada")]
    if word is not None:
        (tmp_path / "word").write_text(f"{word}\n", encoding="utf-8")
        line += ["--passphrase-file", str(tmp_path / "word")]
    assert main(line) == 0
    assert asked == [WatchRace("friday", word)]


def test_the_diagnosis_looks_at_whom_a_person_typed(
    directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[tuple[object, ...]] = []
    monkeypatch.setattr(launch, "Diagnosis", lambda *place: looked.append(place))
    directory.named = (("10.0.0.7", 40_000),)
    directory.lan.diagnose()
    assert directory.named in looked[0]
