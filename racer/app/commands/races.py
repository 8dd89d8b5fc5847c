"""`racer races`: which races are on nearby, without taking part in one."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Final

from net import address_text
from net.runtime.browse import Browser
from net.runtime.disk.acquaintances import read_acquaintances
from net.runtime.interfaces import require_interface
from racer.app.islands import island_words
from racer.app.options import profiles_folder
from racer.app.terminal import ProgressLine, complain
from racer.app.unreached import card_words
from racer.play.show.incompatibility import OURS, why_apart

if TYPE_CHECKING:
    from net.discovery.sightings import RaceNearby

LOOK_S: Final = 0.2  # so often the terminal is told what was found


def show_races(wait_s: float, interface: str | None, *, as_json: bool) -> int:
    """Look for so long, and print what was found; so too when we are interrupted. Returns 0.

    Raises:
        UsageError: no interface has the address.
    """
    require_interface(interface)
    browser = Browser(interface)
    try:
        with ProgressLine() as progress:
            _look(browser, wait_s, progress)
    finally:
        races, trouble = browser.races(), browser.trouble
        unreached = [browser.unreached(race) for race in races]
        illegible = browser.illegible()
        browser.close()
        met = read_acquaintances(profiles_folder() / "player")
        for race, found in zip(races, unreached, strict=True):
            why = "" if found is None else card_words(found, met)
            line = _as_json(race, why) if as_json else _as_text(race, why, island_words(race, met))
            print(line, flush=True)
        if illegible is not None:
            complain(card_words(illegible, met))
    if not races:
        complain(f"no races nearby{': ' + trouble if trouble else ''}")
    return 0


def _look(browser: Browser, wait_s: float, progress: ProgressLine) -> None:
    until_s = time.monotonic() + wait_s
    while (left_s := until_s - time.monotonic()) > 0:
        progress.show(f"looking for {left_s:.0f} s more, races so far: {len(browser.races())}")
        time.sleep(min(LOOK_S, left_s))


def _as_json(race: RaceNearby, unreached: str) -> str:
    theirs = race.incompatible(OURS)
    found = {
        "race": race.race,
        "players": race.players,
        "phase": race.phase,
        "track": race.track,
        "locked": race.locked,
        "protocol": [race.versions[0].lowest, race.versions[0].highest],
        "physics": race.versions[0].program,
        "apart": None if theirs is None else why_apart(race.race, theirs, OURS),
        "unreached": unreached or None,
        "hosts": [address_text(at) for at in race.addresses],
        "island": race.mark or None,
        "unheard": [address_text(at) for at in race.unheard],
    }
    return json.dumps(found, ensure_ascii=False)


def _as_text(race: RaceNearby, unreached: str, island: str) -> str:
    locked = ", locked" if race.locked else ""
    theirs = race.incompatible(OURS)
    apart = "" if theirs is None else f"; {why_apart('it', theirs, OURS)}"
    for words in (island, unreached):
        apart += f"; {words}" if words else ""
    known = [part for part in (f"{race.players} there", race.phase, race.track) if part]
    return f"{race.race}: {', '.join(known)}{locked}{apart}"
