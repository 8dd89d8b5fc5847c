"""Two rooms of one name that do not hear each other, in words for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from net import address_text
from racer.app.unreached import guess_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from net import Address
    from net.discovery.sightings import RaceNearby
    from net.runtime.disk.acquaintances import Acquaintances

PEOPLE_SHOWN: Final = 3
ORDINALS: Final = ("", "", "second ", "third ")


def island_words(race: RaceNearby, met: Acquaintances) -> str:
    """Return who is in an island and whom they do not hear; empty where a room is one.

    Args:
        met: who was met so far, in this race or on other evenings: adverts tell no names (ADR 4).
    """
    if not race.mark:
        return ""
    hosts = {host for host, _ in race.addresses}
    shared = any(host in hosts for host, _ in race.unheard)
    names = met.names()

    def describe(at: Address) -> str:
        if name := names.get(race.tellers.get(at, b"")):
            return name
        where, guess = address_text(at) if shared else at[0], guess_at(at[0], met)
        return f"{where} ({guess})" if guess else where

    who, others = (_list_people(map(describe, of)) for of in (race.addresses, race.unheard))
    apart = f"{who}; they do not hear {others}"
    if race.nth == 1:
        return apart
    ordinal = ORDINALS[race.nth] if race.nth < len(ORDINALS) else "further "
    return f"a {ordinal}room of that name: {apart}"


def _list_people(described: Iterable[str]) -> str:
    """Return some of those who are described, and how many there are more."""
    people = list(dict.fromkeys(described)) or ["somebody"]
    shown, more = ", ".join(people[:PEOPLE_SHOWN]), len(people) - PEOPLE_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
