"""`racer races`: which races are on nearby, without taking part in one."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Final

from net import address_text
from net.runtime.browse import Browser
from net.runtime.interfaces import require_interface
from racer.app.islands import island_words
from racer.app.options import read_met
from racer.app.terminal import ProgressLine, complain
from racer.app.unreached import asked_words, card_words
from racer.play.show.incompatibility import OURS, why_apart

if TYPE_CHECKING:
    from collections.abc import Sequence

    from net import Address
    from net.discovery.sightings import RaceNearby

LOOK_S: Final = 0.2  # so often the terminal is told what was found
WAIT_S: Final = 2.0  # who is there has been heard by then
MORE_S: Final = 5.0  # and by then it is known of the last one heard why it is not reached


def show_races(
    wait_s: float | None, interface: str | None, peers: Sequence[Address] = (), *, as_json: bool
) -> int:
    """Look for so long, and print what was found; so too when we are interrupted. Returns 0.

    Args:
        wait_s: None: as long as it takes to find all that is near, and who of it is not reached.
        peers: whom a person names: they are asked too, on whatever network.

    Raises:
        UsageError: no interface has the address.
    """
    require_interface(interface)
    met = read_met(None)
    browser = Browser(interface, met.hosts())
    if peers:
        browser.ask(*peers)
    try:
        with ProgressLine() as progress:
            _look(browser, wait_s, progress)
    finally:
        races, trouble, asked = browser.races(), browser.trouble, browser.asking()
        unreached = [browser.unreached(race) for race in races]
        illegible = browser.illegible()
        browser.close()
        for race, found in zip(races, unreached, strict=True):
            why = "" if found is None else card_words(found, met)
            line = _as_json(race, why) if as_json else _as_text(race, why, island_words(race, met))
            print(line, flush=True)
        if illegible is not None:
            complain(card_words(illegible, met))
        if words := asked_words(asked, met):
            complain(words)
    if not races:
        complain(f"no races nearby{': ' + trouble if trouble else ''}")
    return 0


def _look(browser: Browser, wait_s: float | None, progress: ProgressLine) -> None:
    until_s = time.monotonic() + (WAIT_S if wait_s is None else wait_s)
    while (left_s := until_s - time.monotonic()) > 0:
        progress.show(f"looking for {left_s:.0f} s more, races so far: {len(browser.races())}")
        time.sleep(min(LOOK_S, left_s))
    until_s += MORE_S if wait_s is None else 0.0
    while browser.is_open() and (left_s := until_s - time.monotonic()) > 0:
        progress.show(f"asking whom we have heard of, for {left_s:.0f} s more at most")
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
