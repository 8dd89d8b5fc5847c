"""What the room waits for, whoever coordinates: its clock, its facts, and who is here say so.

Each node holds all that it takes to say so, but may hold less than who coordinates, or more. So
nothing is due here of which an honest one may think otherwise for long.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from net import Dot, NodeId
from racer.play.review.debts import Debt, Owed
from racer.play.room.facts import Facts
from racer.play.room.messages import Claim, LapTime
from racer.play.room.polls import disqualification_due
from racer.play.room.referee import (
    Attendance,
    close_ns,
    grants_due,
    idle_ns,
    is_start_due,
    leases_due,
    shown_ns,
)
from racer.play.room.room import Race, Room
from racer.play.view import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What one node holds of the room, and sees of who is in it."""

    room: Room
    facts: Facts
    presence: Attendance
    length_of: Callable[[str], float | None]  # of a lap [m], by key of the circuit
    knows: Callable[[NodeId, LapTime | Claim], bool]  # whether a fact is true for certain
    drives_on: Callable[[int], bool]  # whether a car is seen to be driven
    race_ns: int


def dues_of(seen: Outlook, coordinator: NodeId | None, lines: Collection[Dot]) -> frozenset[Debt]:
    """Return all that is due by now.

    Args:
        coordinator: who leads, and may lack a circuit.
        lines: of chat, that have waited since they came.
    """
    room = seen.room
    due = {Debt(Owed.PLACE, bytes(8), dot.node, (dot.incarnation, dot.n)) for dot in lines}
    race = room.race
    closing = debt_of(room, seen.facts, seen.length_of, seen.race_ns)
    if closing is not None:
        due.add(closing)
    elif room.phase(seen.race_ns) is Phase.LOBBY and _waits_for_start(seen, coordinator):
        due.add(Debt(Owed.START, room.lobby))
    elif room.phase(seen.race_ns) is Phase.RACING and race is not None:
        due |= _drivers_due(seen, race) | _canisters_due(seen, race)
    return frozenset(due)


def debt_of(
    room: Room,
    facts: Facts,
    length_of: Callable[[str], float | None],
    race_ns: int,
) -> Debt | None:
    """Return what ends a race, or puts somebody out of it, and is due by clock and facts alone.

    Args:
        length_of: of a lap [m], by key of the circuit; None: nobody can say without it.
        race_ns: now.
    """
    race = room.race
    if race is None or not room.in_race:
        return None
    if race.results is not None:
        is_due = race_ns > 1000 * race.results.closed_us + shown_ns(race)
        return Debt(Owed.LOBBY, race.id) if is_due else None
    disqualified = disqualification_due(race, facts, race_ns)
    if disqualified is not None:
        return Debt(Owed.DISQUALIFICATION, race.id, disqualified.node)
    length_m = length_of(race.setup.circuit)
    if length_m is None:
        return None
    closes_ns = close_ns(race, facts, length_m) or idle_ns(race, facts, length_m)
    return Debt(Owed.RESULTS, race.id) if race_ns >= closes_ns else None


def _waits_for_start(seen: Outlook, coordinator: NodeId | None) -> bool:
    """Whether the next race should begin.

    Who is here too seldom for who leads has no number there for long; until then we do not know
    whether enough are. A host's word may be on its way to us, and not to who leads.
    """
    room, facts, presence = seen.room, seen.facts, seen.presence
    setup = room.setup
    if setup is None or seen.length_of(setup.race.circuit) is None:
        return False
    if not all(map(presence.is_here, room.seats)):
        return False
    concerned = sorted({*room.seats, *(() if coordinator is None else (coordinator,))})
    if facts.fetchers(setup.race.content, concerned, seen.race_ns):
        return False
    if room.host is not None and not presence.is_here(room.host):
        return False
    return is_start_due(room, facts, presence, seen.race_ns)


def _drivers_due(seen: Outlook, race: Race) -> set[Debt]:
    length_m = seen.length_of(race.setup.circuit)
    if length_m is None:
        return set()  # who has finished needs no driver
    return {
        Debt(Owed.DRIVER, race.id, race.cars[lease.car], (lease.car, lease.lease))
        for lease in leases_due(race, seen.facts, seen.presence, length_m, seen.race_ns)
        if lease.driver == race.cars[lease.car] or not seen.drives_on(lease.car)
    }


def _canisters_due(seen: Outlook, race: Race) -> set[Debt]:
    """Return which canisters somebody should get who was seen there.

    Of what nobody here saw, who leads may have seen that it was not so.
    """
    claims = [
        each for each in seen.facts.cars.claims(race.id) if seen.knows(each.author, each.claim)
    ]
    return {
        Debt(Owed.CANISTER, race.id, grant.node, (grant.pickup, grant.generation))
        for grant in grants_due(race, claims, seen.race_ns)
    }
