"""`racer`: the game in its window, and what stands behind it."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final, final

from net import (
    NAME_CHARS_MAX,
    RACE_NAME_CHARS_MAX,
    Entry,
    ProfileError,
    UsageError,
    clean_text,
)
from net.runtime.browse import Browser
from net.runtime.disk.profile import Profile
from net.runtime.interfaces import race_interfaces, require_interface
from racer.app.circuits.digests import circuit_ids
from racer.app.circuits.library import DEFAULT
from racer.app.meeting_code import read_peer
from racer.app.options import Shared, checked_race, open_profile
from racer.app.output import INTERNAL_FAULT, open_log
from racer.app.player.breakages import inherit, release
from racer.app.player.diagnosis import Diagnosis
from racer.app.player.nearby_cards import NearbyCards
from racer.app.player.player_node import PlayerNode
from racer.app.player.preferences import Preferences
from racer.app.player.record_reader import RecordReader
from racer.app.player.second_seat import SecondSeat
from racer.app.player.taped_circuits import taped_circuit
from racer.app.record_store import RecordStore
from racer.app.tape_store import damaged_tapes, load_tape, tape_files
from racer.app.terminal import complain
from racer.app.window.base.screen import DisplayError
from racer.app.window.game import run_window
from racer.app.window.ports import RaceCard, ReplayCard, Settings, TapedCircuit
from racer.app.window.scene import WatchRace
from racer.core.rules.modes import Mode
from racer.core.rules.race_setup import RaceSetup
from racer.play.room.messages import Setup
from racer.play.session import Player

if TYPE_CHECKING:
    from racer.app.window.scene import OpenRace, Trial
    from racer.core.recordings.race_tape import Tape, TapeHead

PRACTICE_BOTS: Final = 5
LAPS: Final = 3
RESUME_S: Final = 600  # a race that was left by a crash longer ago is surely over


@final
class LanDirectory:
    """The races of this network, and seats in them."""

    def __init__(
        self,
        shared: Shared,
        profile: Profile,
        *,
        named: bool = False,
        wards: tuple[int, ...] = (),
    ) -> None:
        self._preferences = Preferences(profile.directory, shared.name)
        self._trouble = ""
        if named and shared.name != self.settings.name:
            self.settings = replace(self.settings, name=shared.name)
        self._shared = self._with_network(shared)
        self._profile = profile
        self._wards = wards  # pipes to bots of our life before, in the race that it left
        self._fresh = True  # the profile's present life has not been led yet
        self._store = RecordStore(profile.directory)
        self._nearby = NearbyCards(Browser(self._shared.interface, profile.hosts_met()))
        self._handles: list[PlayerNode] = []
        self._sat: tuple[Player, str | None] | None = None  # who has the last seat, and its word
        self._second: SecondSeat | None = None
        self.pair = False
        self._closed = False
        self.is_broken = False  # a node of ours found its own state broken

    @property
    def settings(self) -> Settings:
        return self._preferences.settings

    @settings.setter
    def settings(self, settings: Settings) -> None:
        self._preferences.settings = settings

    def _with_network(self, shared: Shared) -> Shared:
        """Return the options with the network that was set, unless the command line names one."""
        wanted = self.settings.network
        if shared.interface is not None or not wanted:
            return shared
        if race_interfaces(wanted):
            return replace(shared, interface=wanted)
        self._trouble = f"The network {wanted} of your settings is not here: all are used."
        return shared

    def networks(self) -> tuple[tuple[str, str], ...]:
        return tuple((each.name, each.address) for each in race_interfaces(None))

    def nearby(self) -> tuple[RaceCard, ...]:
        return self._nearby.cards(self._handles)

    def seek(self, place: str) -> str:
        try:
            peer = read_peer(place)
        except UsageError as error:
            return f"{error}"
        self._nearby.browser.ask(peer)
        return ""

    def diagnose(self) -> Diagnosis:
        return Diagnosis(self._shared.interface, self._shared.port)

    def network(self) -> str:
        used = race_interfaces(self._shared.interface)
        if all(each.loopback for each in used):
            return "Only this machine: no network is up. You can race against bots."
        browser = self._nearby.browser
        troubles = (browser.asking(), self._trouble, browser.trouble, self._store.error)
        return next((trouble for trouble in troubles if trouble), self._preferences.trouble)

    def passphrase(self, race: str) -> str | None:
        """The one of the command line goes before those that were kept."""
        return self._shared.passphrase or dict(self.settings.passphrases).get(race)

    def join_race(self, race: str, passphrase: str | None = None) -> PlayerNode:
        """A race that a crashed life of ours left may go on with us alone."""
        was_ours = race == self.resume_offer()
        if not was_ours:
            self._release_wards()
        entry = Entry.EITHER if was_ours else Entry.JOIN
        return self.sit(checked_race(race), Setup(_usual_setup(), 0), entry, passphrase)

    def open_race(self, wish: OpenRace) -> PlayerNode:
        self._release_wards()
        name, locked = checked_race(wish.race), wish.passphrase is not None
        nearby = self._nearby.browser.races()
        listed = any(each.race == name and each.locked == locked for each in nearby)
        setup = wish.setup or _usual_setup()
        setup = replace(setup, content=circuit_ids().get(setup.track))
        entry = Entry.EITHER if listed else Entry.FOUND
        handle = self.sit(name, Setup(setup, 0), entry, wish.passphrase, hosts=wish.hosts)
        for _ in range(wish.bots):
            handle.add_bot(wish.skill)
        return handle

    def watch_race(self, race: str, passphrase: str | None = None) -> PlayerNode:
        self._release_wards()
        setup = Setup(_usual_setup(), 0)
        return self.sit(checked_race(race), setup, Entry.WATCH, passphrase)

    def practice(self) -> PlayerNode:
        self._release_wards()
        setup = replace(_usual_setup(), sandbox=True)
        handle = self.sit(
            self._own_race("race"), Setup(setup, PRACTICE_BOTS + 1 + self.pair), Entry.FOUND, None
        )
        for _ in range(PRACTICE_BOTS):
            handle.add_bot()
        return handle

    def trial(self, wish: Trial) -> PlayerNode:
        self._release_wards()
        content = circuit_ids().get(wish.track)
        setup = RaceSetup(wish.track, wish.laps, content, mode=Mode.TRIAL)
        return self.sit(self._own_race("trial"), Setup(setup, 1), Entry.FOUND, None)

    def record_rows(self) -> RecordReader:
        return RecordReader(self._profile.directory, self._profile.identity.node_id)

    def _own_race(self, what: str) -> str:
        """Return what a race of ours is called that nobody named."""
        name = clean_text(self.settings.name, NAME_CHARS_MAX - 2)
        return clean_text(f"{name}'s {what}", RACE_NAME_CHARS_MAX)

    def replays(self) -> tuple[ReplayCard, ...]:
        return tuple(
            ReplayCard(
                file.path.name,
                time.strftime("%d %b, %H:%M", time.localtime(file.began_s)),
                file.head,
            )
            for file in tape_files(self._profile.directory)
        )

    def taped_circuit(self, head: TapeHead) -> TapedCircuit:
        return taped_circuit(head)

    def damaged_replays(self) -> int:
        return damaged_tapes(self._profile.directory)

    def open_replay(self, replay: str) -> Tape | None:
        files = {file.path.name: file.path for file in tape_files(self._profile.directory)}
        return load_tape(files[replay]) if replay in files else None

    def resume_offer(self) -> str | None:
        try:
            last = self._profile.last_room()
        except ProfileError:
            return None  # opening a race tells what is wrong
        if last is None or last.left or not self._fresh:
            return None
        return last.name if time.time() - last.used_s < RESUME_S else None

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._release_wards()
        for handle in self._handles:
            handle.leave()
        self._wait_for_handles()
        self._nearby.close()
        self._store.close()
        if self._second is not None:
            self._second.close()

    def sit_beside(self) -> PlayerNode | None:
        if self._sat is None:
            return None
        try:
            self._second = self._second or SecondSeat(self._shared, self._note_trouble)
        except ProfileError as error:
            self._note_trouble(f"No second driver: {error}")
            return None
        handle = self._second.sit(self._handles[0], *self._sat)
        self._handles.append(handle)
        return handle

    def sit(
        self,
        race: str,
        setup: Setup,
        entry: Entry,
        passphrase: str | None,
        *,
        hosts: bool = False,
    ) -> PlayerNode:
        """Take a seat, in a new life of this node for each race.

        Args:
            race: its name.
            setup: what is raced and how many start it, if it is ours to open.
            entry: whether it is.
            passphrase: what closes it to others; None: it is open.
            hosts: our word counts in it, if it is ours to open.
        """
        if not self._fresh:
            self._profile.save_incarnation(self._profile.incarnation + 1)
        self._fresh = False
        player = Player(
            race=race,
            name=self.settings.name,
            bot=False,
            car=self.settings.car,
            setup=setup,
            seen=True,
            entry=entry,
            hosts=hosts,
        )
        self._wait_for_handles()
        wards, self._wards = self._wards, ()
        peers = tuple(dict.fromkeys((*self._shared.peers, *self._nearby.browser.named)))
        shared = replace(self._shared, passphrase=passphrase, peers=peers)
        handle = PlayerNode(self._profile, player, shared, self._store, self._note_trouble, wards)
        self._handles, self._sat = [handle], (player, passphrase)
        return handle

    def _release_wards(self) -> None:
        """Let the bots of a race go to which we do not come back."""
        release(self._wards)
        self._wards = ()

    def _wait_for_handles(self) -> None:
        for handle in self._handles:
            handle.wait()
            self.is_broken = self.is_broken or handle.is_broken

    def _note_trouble(self, trouble: str) -> None:
        self._trouble = trouble


def play(shared: Shared, *, named: bool, watch: str | None = None, pair: bool = False) -> int:
    """Open the window and play until it is closed. Returns the exit status.

    Args:
        named: the name was given, and is kept as if it had been typed in the window.
        watch: the race to watch at once.
        pair: two drive at this machine.

    Raises:
        NetError: the profile, the interface or the log cannot be used.
    """
    wards = inherit()
    require_interface(shared.interface)
    if shared.log is not None:
        open_log(shared.log).close()
    profile = open_profile(shared.profile, "player", new_identity=shared.new_identity)
    try:
        directory = LanDirectory(shared, profile, named=named, wards=wards)
        directory.pair = pair
        try:
            code = run_window(directory, None if watch is None else WatchRace(watch))
            return INTERNAL_FAULT if directory.is_broken else code
        except DisplayError as error:
            complain(f"{error}")
            return 1
        finally:
            directory.close()
    finally:
        profile.close()


def _usual_setup() -> RaceSetup:
    """Return what is raced where nobody chose."""
    return RaceSetup(DEFAULT, LAPS, circuit_ids()[DEFAULT])
