"""Seats in races: a node of this machine for each, or two beside each other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, final

from net import Entry, ProfileError
from racer.app.circuits.digests import circuit_ids
from racer.app.circuits.library import DEFAULT
from racer.app.options import Shared, checked_race
from racer.app.player.breakages import release
from racer.app.player.own_races import PRACTICE, TRIAL, own_race
from racer.app.player.player_node import PlayerNode
from racer.app.player.second_seat import SecondSeat
from racer.app.record_store import RecordStore
from racer.core.rules.modes import Mode
from racer.core.rules.race_setup import RaceSetup
from racer.play.room.messages import Setup
from racer.play.session import Player

if TYPE_CHECKING:
    from net import Address
    from net.runtime.browse import Browser
    from net.runtime.disk.profile import Profile
    from racer.app.player.preferences import Preferences
    from racer.app.player.troubles import Troubles
    from racer.app.window.scene import OpenRace, Trial

PRACTICE_BOTS: Final = 5
LAPS: Final = 3


@final
class Seats:
    """Takes them, each in a new life of this machine's node.

    Args:
        shared: how nodes are set up.
        preferences: tell what our driver is called and likes.
        browser: knows which races are listed, and of which machines a person has told.
        wards: pipes to bots of our life before, in the race that it left.
        troubles: get lines about what does not work.
    """

    def __init__(
        self,
        shared: Shared,
        profile: Profile,
        preferences: Preferences,
        browser: Browser,
        wards: tuple[int, ...],
        troubles: Troubles,
    ) -> None:
        self._shared = shared
        self._profile = profile
        self._preferences = preferences
        self._browser = browser
        self._wards = wards
        self._troubles = troubles
        self._store = RecordStore(profile.directory)
        troubles.watch(lambda: self._store.error)
        self._fresh = True  # the profile's present life has not been led yet
        self.raced: set[tuple[str, bool]] = set()  # by name, and whether it is closed to others
        self.taken: list[PlayerNode] = []  # the last ones
        self._sat: tuple[Player, str | None] | None = None  # who has the last seat, and its word
        self._second: SecondSeat | None = None
        self.is_broken = False  # a node of ours found its own state broken

    @property
    def misses_nobody(self) -> bool:
        """Whether the last seat is in a practice or a trial."""
        return any(node.misses_nobody for node in self.taken)

    def join(
        self, race: str, passphrase: str | None, first: tuple[Address, ...], *, ours: bool
    ) -> PlayerNode:
        """Join a race; one that a crashed life of ours left may go on with us alone.

        Args:
            race: its name.
            passphrase: what closes it to others; None: it is open.
            first: whom to call before all others.
            ours: a crashed life of ours left it.
        """
        if not ours:
            self._release_wards()
        entry = Entry.EITHER if ours else Entry.JOIN
        setup = Setup(_usual_setup(), 0)
        return self._take_seat(checked_race(race), setup, entry, passphrase, first=first)

    def open(self, wish: OpenRace) -> PlayerNode:
        """Open a race, or join it where it is open already."""
        self._release_wards()
        name, locked = checked_race(wish.race), wish.passphrase is not None
        nearby = self._browser.races()
        listed = any(each.race == name and each.locked == locked for each in nearby)
        setup = wish.setup or _usual_setup()
        setup = replace(setup, content=circuit_ids().get(setup.track))
        # Where a port was named, a race may be that no list shows: its name is all that it takes.
        named = any(port for _, port in (*self._shared.peers, *self._browser.named))
        entry = Entry.EITHER if listed or named else Entry.FOUND
        handle = self._take_seat(name, Setup(setup, 0), entry, wish.passphrase, hosts=wish.hosts)
        for _ in range(wish.bots):
            handle.add_bot(wish.skill)
        return handle

    def watch(self, race: str, passphrase: str | None, first: tuple[Address, ...]) -> PlayerNode:
        """Watch a race, and take no part; `first` are called before all others."""
        self._release_wards()
        setup = Setup(_usual_setup(), 0)
        return self._take_seat(checked_race(race), setup, Entry.WATCH, passphrase, first=first)

    def practice(self, drivers: int) -> PlayerNode:
        """Race against bots of this machine; so many people sit here."""
        self._release_wards()
        setup = Setup(replace(_usual_setup(), sandbox=True), PRACTICE_BOTS + drivers)
        handle = self._take_seat(
            own_race(self._preferences.settings.name, PRACTICE), setup, Entry.FOUND, None
        )
        for _ in range(PRACTICE_BOTS):
            handle.add_bot()
        return handle

    def trial(self, wish: Trial) -> PlayerNode:
        """Drive alone against the clock."""
        self._release_wards()
        content = circuit_ids().get(wish.track)
        setup = RaceSetup(wish.track, wish.laps, content, mode=Mode.TRIAL)
        return self._take_seat(
            own_race(self._preferences.settings.name, TRIAL), Setup(setup, 1), Entry.FOUND, None
        )

    def sit_beside(self) -> PlayerNode | None:
        """Take a second seat in the race of the last one; None where this machine cannot."""
        if self._sat is None:
            return None
        try:
            self._second = self._second or SecondSeat(self._shared, self._troubles)
        except ProfileError as error:
            self._troubles.note("second driver", f"No second driver: {error}")
            return None
        handle = self._second.sit(self.taken[0], *self._sat)
        self.taken.append(handle)
        return handle

    def close(self) -> None:
        """Leave all of them, and wait until their nodes have gone."""
        self._release_wards()
        for handle in self.taken:
            handle.leave()
        self._wait_for_nodes()
        self._store.close()
        if self._second is not None:
            self._second.close()

    def _take_seat(
        self,
        race: str,
        setup: Setup,
        entry: Entry,
        passphrase: str | None,
        *,
        hosts: bool = False,
        first: tuple[Address, ...] = (),
    ) -> PlayerNode:
        """Take a seat, in a new life of this node for each race.

        Args:
            race: its name.
            setup: what is raced and how many start it, if it is ours to open.
            entry: whether it is.
            passphrase: what closes it to others; None: it is open.
            hosts: our word counts in it, if it is ours to open.
            first: whom to call before all others.
        """
        if not self._fresh:
            self._profile.save_incarnation(self._profile.incarnation + 1)
        self._fresh = False
        self.raced.add((race, passphrase is not None))
        taste = self._preferences.settings
        player = Player(
            race=race,
            name=taste.name,
            bot=False,
            car=taste.car,
            setup=setup,
            seen=True,
            entry=entry,
            hosts=hosts,
        )
        self._wait_for_nodes()
        self._troubles.clear()
        wards, self._wards = self._wards, ()
        peers = tuple(dict.fromkeys((*first, *self._shared.peers, *self._browser.named)))
        shared = replace(self._shared, passphrase=passphrase, peers=peers)
        handle = PlayerNode(self._profile, player, shared, self._store, self._troubles, wards)
        self.taken, self._sat = [handle], (player, passphrase)
        return handle

    def _release_wards(self) -> None:
        """Let the bots of a race go to which we do not come back."""
        release(self._wards)
        self._wards = ()

    def _wait_for_nodes(self) -> None:
        for handle in self.taken:
            handle.wait()
            self.is_broken = self.is_broken or handle.is_broken


def _usual_setup() -> RaceSetup:
    """Return what is raced where nobody chose."""
    return RaceSetup(DEFAULT, LAPS, circuit_ids()[DEFAULT])
