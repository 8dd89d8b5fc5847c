"""Who was put out of a race, and why: in words, beside its results."""

from __future__ import annotations

from typing import assert_never

from racer.play.reports import DisqualifiedRow
from racer.play.room.messages import Offence
from racer.play.room.room import Race
from racer.play.room.roster import Roster
from racer.play.view import DisqualifiedView


def disqualified_rows(race: Race, roster: Roster) -> tuple[DisqualifiedRow, ...]:
    """Return who was put out of a race, in the order of the decrees."""
    return tuple(
        DisqualifiedRow(
            node,
            roster.name_of(node),
            race.stood_at(node),
            offence.value,
            f"{roster.name_of(node)} was put out of the race: {words_of(offence)}",
        )
        for node, offence in race.disqualified.items()
    )


def disqualified_views(race: Race, roster: Roster) -> tuple[DisqualifiedView, ...]:
    """Return the same for the window."""
    return tuple(
        DisqualifiedView(roster.name_of(node), race.stood_at(node), words_of(offence))
        for node, offence in race.disqualified.items()
    )


def words_of(offence: Offence) -> str:
    """Return what a driver did, for people."""
    match offence:
        case Offence.LAP:
            return "it told of a lap that its car did not drive"
        case Offence.CLAIM:
            return "it claimed canisters that its car did not touch"
        case Offence.HIT:
            return "it told of hits that were none"
        case Offence.LEAP:
            return "its car leapt as no car can"
        case Offence.RULING:
            return "it decreed what was not so"
        case Offence.EQUIVOCATION:
            return "it told us different things, or runs twice"
        case _:
            assert_never(offence)
