"""How long races nearby take to answer: they are asked while somebody looks at the list."""

from __future__ import annotations

import time
from threading import Event, Thread
from typing import TYPE_CHECKING, Final, final

from net.runtime.reaching.reachability import Reachability, who_answers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from net.discovery.sightings import RaceNearby

EVERY_S: Final = 3.0  # a race is asked so often
WAIT_S: Final = 0.9  # for an answer; three tries
ASKED_MAX: Final = 12  # races: each costs a datagram, or three
LOOKED_S: Final = 1.5  # who has not looked for so long does not look


@final
class RacePings:
    """Asks in a thread of its own. `note_shown` tells it what is listed; any thread may call it.

    Who did not answer is not asked again: adverts can be forged, and name whom they like.
    """

    def __init__(self) -> None:
        self._shown: tuple[RaceNearby, ...] = ()
        self._shown_s = 0.0
        self._ping_ms: dict[bytes, float | None] = {}  # by tag of the room; None: no answer
        self._ended = Event()
        Thread(target=self._ask_on, name="pings", daemon=True).start()

    def note_shown(self, races: Sequence[RaceNearby]) -> None:
        """Ask these from now on, while this is said again and again."""
        self._shown, self._shown_s = tuple(races)[:ASKED_MAX], time.monotonic()

    def ping_ms(self, race: RaceNearby) -> float | None:
        """Return how long it took to answer last; None: it was not asked yet, or did not."""
        return self._ping_ms.get(race.tag)

    def close(self) -> None:
        """Ask no more. Nobody waits for an answer that is under way."""
        self._ended.set()

    def _ask_on(self) -> None:
        while not self._ended.wait(EVERY_S / 10.0):
            if time.monotonic() - self._shown_s > LOOKED_S:
                continue
            shown = self._shown
            for race in shown:
                if race.addresses and self._ping_ms.get(race.tag, 0.0) is not None:
                    self._ping_ms[race.tag] = _ask_race(race)
            tags = {race.tag for race in shown}
            self._ping_ms = {tag: ms for tag, ms in self._ping_ms.items() if tag in tags}
            self._ended.wait(EVERY_S)


def _ask_race(race: RaceNearby) -> float | None:
    """Return how long one of its nodes takes to answer [ms], if it answers."""
    began_s = time.monotonic()
    try:
        answered = who_answers([Reachability(race.addresses[0], race.tag)], WAIT_S)
    except OSError:  # no handle left
        return None
    return 1000.0 * (time.monotonic() - began_s) if answered else None
