"""The cards of the races nearby: what is heard of them, how near they are, and why not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from racer.app.islands import island_words
from racer.app.player.race_pings import RacePings
from racer.app.player.shut_out import ShutOut
from racer.app.unreached import card_words
from racer.app.window.base.window_words import in_window
from racer.app.window.ports import RaceCard
from racer.core.tuning import GRID_MAX
from racer.play.show.incompatibility import OURS, apart_in_brief
from racer.play.view import Phase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from net import Address
    from net.discovery.sightings import RaceNearby
    from net.runtime.browse import Browser
    from net.runtime.disk.acquaintances import Acquaintances
    from racer.app.player.player_node import PlayerNode

LAP_CHARS_MAX: Final = 5  # of a lap in an advert: "12/99"


@final
class NearbyCards:
    """Remembers, besides, which races did not let us in, as long as they are listed."""

    def __init__(self, browser: Browser, met: Acquaintances) -> None:
        """Begin; `met`: who was met so far."""
        self.browser = browser
        self.met = met  # by the identity that we have
        self._pings = RacePings()
        self._shut: dict[tuple[str, bool], ShutOut] = {}

    def cards(self, seats: Sequence[PlayerNode]) -> tuple[RaceCard, ...]:
        """Return a card for each race that is listed.

        Args:
            seats: that were taken last: they know whether they were let in.
        """
        races = self.browser.races()
        self._pings.note_shown(races)
        for seat in seats:
            self._shut.pop((seat.race, seat.is_locked), None)
            if seat.shut_out is not None:
                self._shut[seat.race, seat.is_locked] = seat.shut_out
        listed = {(race.race, race.locked) for race in races}
        self._shut = {key: why for key, why in self._shut.items() if key in listed}
        return tuple(self._make_card(race) for race in races)

    def island(self, name: str, island: str, *, locked: bool) -> tuple[Address, ...]:
        """Return where the nodes of a card's island are; none where the room is one."""
        for race in self.browser.races():
            which = race.mark if race.nth > 1 else ""
            if race.mark and (race.race, race.locked, which) == (name, locked, island):
                return race.addresses
        return ()

    def illegible(self) -> str:
        """Return who tells of a race what cannot be read, which has no card; empty: nobody."""
        found = self.browser.illegible()
        return "" if found is None else card_words(found, self.met)

    def close(self) -> None:
        """Listen no more."""
        self.browser.close()
        self._pings.close()

    def _make_card(self, race: RaceNearby) -> RaceCard:
        theirs, shut = race.incompatible(OURS), self._shut.get((race.race, race.locked))
        apart = "" if theirs is None else apart_in_brief(theirs, OURS)
        unreached = self.browser.unreached(race)
        cars = read_count(race.fields.get("cars"))
        return RaceCard(
            race.race,
            race.players,
            _parse_phase(race.phase),
            race.track,
            race.locked,
            apart or ("you were voted out of it" if shut is ShutOut.REMOVED else ""),
            unreached="" if unreached is None else in_window(card_words(unreached, self.met)),
            cars=cars,
            lap=race.fields.get("lap", "")[:LAP_CHARS_MAX],
            ping_ms=self._pings.ping_ms(race),
            note="its passphrase was another than yours" if shut is ShutOut.PASSPHRASE else "",
            island=race.mark if race.nth > 1 else "",
            beside=island_words(race, self.met),
            full=cars is not None and cars >= GRID_MAX,
        )


def read_count(text: str | None) -> int | None:
    """Return the number that an advert tells; None: it tells none."""
    return int(text) if text is not None and text.isascii() and text.isdigit() else None


def _parse_phase(text: str) -> Phase | None:
    try:
        return Phase(text)
    except ValueError:
        return None
