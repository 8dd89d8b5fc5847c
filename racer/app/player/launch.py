"""`racer`: the game in its window, and what stands behind it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, final

from net import ProfileError, UsageError
from net.runtime.browse import Browser
from net.runtime.disk.profile import Profile
from net.runtime.interfaces import race_interfaces, require_interface
from net.security.room_secret import RoomSecret
from racer.app.meeting_code import read_peer
from racer.app.options import Shared, open_profile
from racer.app.output import INTERNAL_FAULT, open_log
from racer.app.player.breakages import inherit, release
from racer.app.player.diagnosis import Diagnosis
from racer.app.player.nearby_cards import NearbyCards
from racer.app.player.own_networks import OwnNetworks
from racer.app.player.own_races import PRACTICE, TRIAL, own_race
from racer.app.player.preferences import Preferences
from racer.app.player.troubles import Troubles
from racer.app.terminal import complain
from racer.app.unreached import asked_words
from racer.app.window.base.screen import DisplayError
from racer.app.window.game import run_window
from racer.app.window.ports import LeftRace, RaceCard, Settings
from racer.app.window.scene import WatchRace

if TYPE_CHECKING:
    from racer.app.player.keepsakes import Keepsakes
    from racer.app.player.player_node import PlayerNode
    from racer.app.player.seats import Seats
    from racer.app.window.ports import RecordRows, ReplayCard, TapedCircuit
    from racer.app.window.scene import OpenRace, Trial
    from racer.core.recordings.race_tape import Tape, TapeHead


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
        if self._preferences.trouble:
            complain(self._preferences.trouble)
        if named and shared.name != self.settings.name:
            self.settings = replace(self.settings, name=shared.name)
        self._shared = self._with_network(shared)
        self._profile = profile
        self._troubles = Troubles()
        self._networks = OwnNetworks(self._shared.interface)
        self._wards = wards  # pipes to bots of our life before, in the race that it left
        hosts = tuple(dict.fromkeys((*profile.hosts_met(), *self._typed_hosts())))
        browser = Browser(self._shared.interface, hosts)
        if shared.peers:
            browser.ask(*shared.peers)
        self._nearby = NearbyCards(browser, profile.acquaintances)
        for source in (
            self._no_network,
            lambda: self._nearby.browser.trouble,
            lambda: self._profile.trouble,
            self._no_chosen_network,
            self._nearby.illegible,
            lambda: self._preferences.trouble,
        ):
            self._troubles.watch(source)
        if profile.trouble is not None:
            complain(profile.trouble)
        self._taken: Seats | None = None  # None: nobody has raced yet
        self._renewed = False  # the profile was opened by us
        self._was_broken = False  # under the identity before
        self.pair = False
        self._closed = False

    @property
    def settings(self) -> Settings:
        return self._preferences.settings

    @settings.setter
    def settings(self, settings: Settings) -> None:
        self._preferences.settings = settings

    def _typed_hosts(self) -> list[str]:
        """Return where friends raced on another evening: asked, as who was met is, if near."""
        return [read_peer(place)[0] for place in self.settings.addresses]

    def _with_network(self, shared: Shared) -> Shared:
        """Return the options with the network that was set, unless the command line names one."""
        wanted = self.settings.network
        if shared.interface is not None or not wanted:
            return shared
        return replace(shared, interface=wanted) if race_interfaces(wanted) else shared

    def _no_network(self) -> str:
        practises = self._taken is not None and self._taken.misses_nobody
        if practises or not self._networks.is_none_up:
            return ""
        words = "Only this machine: no network is up. You can race against bots."
        return f"{words} To meet others, plug in a cable or join a Wi-Fi."

    def _no_chosen_network(self) -> str:
        """Return that the network which was set was not here at the start, while it is set."""
        wanted = self.settings.network
        if not wanted or self._shared.interface is not None:
            return ""
        return f"The network {wanted} of your settings is not here: all are used."

    def networks(self) -> tuple[tuple[str, str], ...]:
        return tuple((each.name, each.address) for each in race_interfaces(None))

    def nearby(self) -> tuple[RaceCard, ...]:
        return self._nearby.cards(() if self._taken is None else self._taken.taken)

    def seek(self, place: str) -> str:
        try:
            peer = read_peer(place)
        except UsageError as error:
            return f"{error}"
        self._nearby.browser.ask(peer)
        return ""

    def diagnose(self) -> Diagnosis:
        peers = self._nearby.browser.named
        return Diagnosis(
            self._shared.interface, self._shared.port, peers, self._profile.acquaintances
        )

    def network(self) -> str:
        asked = self._nearby.browser.asking()
        return self._troubles.line(awaited=asked_words(asked, self._profile.acquaintances))

    def passphrase(self, race: str) -> str | None:
        """The one of the command line goes before those that were kept."""
        return self._shared.passphrase or dict(self.settings.passphrases).get(race)

    def join_race(self, race: str, passphrase: str | None = None, island: str = "") -> PlayerNode:
        first = self._nearby.island(race, island, locked=passphrase is not None)
        ours = LeftRace(race, passphrase is not None) == self.resume_offer()
        return self._race_seats.join(race, passphrase, first, ours=ours)

    def open_race(self, wish: OpenRace) -> PlayerNode:
        return self._race_seats.open(wish)

    def watch_race(self, race: str, passphrase: str | None = None, island: str = "") -> PlayerNode:
        first = self._nearby.island(race, island, locked=passphrase is not None)
        return self._race_seats.watch(race, passphrase, first)

    def practice(self) -> PlayerNode:
        return self._race_seats.practice(1 + self.pair)

    def trial(self, wish: Trial) -> PlayerNode:
        return self._race_seats.trial(wish)

    def sit_beside(self) -> PlayerNode | None:
        return self._race_seats.sit_beside()

    def record_rows(self) -> RecordRows:
        return self._own_keepsakes.record_rows()

    def replays(self) -> tuple[ReplayCard, ...]:
        return self._own_keepsakes.replays()

    def taped_circuit(self, head: TapeHead) -> TapedCircuit:
        return self._own_keepsakes.taped_circuit(head)

    def damaged_replays(self) -> int:
        return self._own_keepsakes.damaged_replays()

    def open_replay(self, replay: str) -> Tape | None:
        return self._own_keepsakes.open_replay(replay)

    def renew_identity(self) -> str:
        if self._taken is None:
            release(self._wards)
        else:
            self._taken.close()
            self._was_broken = self.is_broken
        self._taken, self._wards, wrong = None, (), ""
        self._profile.close()
        try:
            Profile.renew_identity(self._profile.directory)
        except ProfileError as error:
            wrong = f"{error}"
        self._profile, self._renewed = Profile.open(self._profile.directory), True
        self._nearby.met = self._profile.acquaintances
        return wrong

    # --- what the menu does without: nodes, records and tapes are most of the game ---------------

    def prepare(self) -> None:
        import racer.app.player.keepsakes
        import racer.app.player.seats  # noqa: F401 - there is nothing to call yet

    @property
    def _race_seats(self) -> Seats:
        if self._taken is None:
            from racer.app.player.seats import Seats

            self._taken = Seats(
                self._shared,
                self._profile,
                self._preferences,
                self._nearby.browser,
                self._wards,
                self._troubles,
            )
        return self._taken

    @property
    def _own_keepsakes(self) -> Keepsakes:
        from racer.app.player.keepsakes import Keepsakes

        return Keepsakes(self._profile)

    def resume_offer(self) -> LeftRace | None:
        """A practice is offered only where no race with others is."""
        try:
            unfinished = self._profile.unfinished_rooms()
        except ProfileError:
            return None  # opening a race tells what is wrong
        raced = set() if self._taken is None else self._taken.raced
        own = {own_race(self.settings.name, what) for what in (PRACTICE, TRIAL)}
        for room in sorted(unfinished, key=lambda room: room.name in own):
            locked = RoomSecret(room.name).tag != room.tag
            if (room.name, locked) not in raced:
                return LeftRace(room.name, locked, room.aged)
        return None

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        if self._taken is None:
            release(self._wards)
        else:
            self._taken.close()
        self._nearby.close()
        if self._renewed:
            self._profile.close()

    @property
    def is_broken(self) -> bool:
        """Whether a node of ours found its own state broken."""
        return self._was_broken or (self._taken is not None and self._taken.is_broken)


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
        first = None if watch is None else WatchRace(watch, shared.passphrase)
        try:
            code = run_window(directory, first)
            return INTERNAL_FAULT if directory.is_broken else code
        except DisplayError as error:
            complain(f"{error}")
            return 1
        finally:
            directory.close()
    finally:
        profile.close()
