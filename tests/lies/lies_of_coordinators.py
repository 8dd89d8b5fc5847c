"""Lies in a race of who coordinates, in what it decrees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from net import Command, Dot, Order, Propose, Rule
from racer.play.room.messages import Grant, Lease, ResultRow, Results, Unseat, decode_ruling, encode
from tests.lies.liars_in_races import LAPS
from tests.lies.lies_of_drivers import future_laps

if TYPE_CHECKING:
    from net import NodeId, NodeView
    from racer.play.room.room import Race
    from tests.lies.liars_in_races import Liar, Lying


def invented_results(
    liar: Liar, race: Race, commands: list[Command], node: NodeView, _now_ms: int
) -> list[Command]:
    """Decree that it has won, in a millisecond."""
    rows = [ResultRow(node.me, race.number_of(node.me) or 1, LAPS, 1, 1)]
    rows += [ResultRow(n, number, 0, None, None) for number, n in race.cars.items() if n != node.me]
    return _decreeing(liar, commands, node, Results(race.id, tuple(rows), race.green_ns // 1000))


def grants_to_itself(
    liar: Liar, race: Race, commands: list[Command], node: NodeView, now_ms: int
) -> list[Command]:
    return _decreeing(liar, commands, node, Grant(race.id, 0, race.generation(0), node.me, now_ms))


def drivers_removed(
    liar: Liar, race: Race, commands: list[Command], node: NodeView, _now_ms: int
) -> list[Command]:
    """Decree that it drives another's car on."""
    other = next(number for number, owner in race.cars.items() if owner != node.me)
    lease = Lease(race.id, other, race.lease_of(other) + 1, node.me)
    return _decreeing(liar, commands, node, lease)


def all_removed(
    liar: Liar, race: Race, commands: list[Command], node: NodeView, _now_ms: int
) -> list[Command]:
    """Decree that it drives all cars."""
    others = [number for number, owner in race.cars.items() if owner != node.me]
    leases = [Lease(race.id, each, race.lease_of(each) + 1, node.me) for each in others]
    return _decreeing(liar, commands, node, *leases)


def laps_and_silence(
    liar: Liar, race: Race, commands: list[Command], node: NodeView, now_ms: int
) -> list[Command]:
    """Tell of laps that are yet to come, and decree nothing any more."""
    told = future_laps(liar, race, commands, node, now_ms)
    return [each for each in told if not isinstance(each, Propose)]


def places_of_nothing(
    liar: Liar, _race: Race, commands: list[Command], node: NodeView, _now_ms: int
) -> list[Command]:
    """Give lines places in the chat that nobody said: each of them holds up what comes behind."""
    if not node.decides:
        return commands
    liar.count += 1
    author, first = node.me, 1000 + 20 * liar.count
    places = tuple(Order(Dot(author, node.incarnation, first + k)) for k in range(20))
    return [c for c in commands if not isinstance(c, Propose)] + [Propose(places)]


def seats_taken(
    liar: Liar, race: Race, commands: list[Command], node: NodeView, _now_ms: int
) -> list[Command]:
    """Take a driver's number away while it races."""
    other = next(owner for owner in race.cars.values() if owner != node.me)
    return _decreeing(liar, commands, node, Unseat(other))


def altered_order(
    _liar: Liar, _race: Race, commands: list[Command], _node: NodeView, _now_ms: int
) -> list[Command]:
    """Decree true rows, with the last of them first."""
    return [
        Propose(tuple(map(_reordered, each.whats))) if isinstance(each, Propose) else each
        for each in commands
    ]


def rivals_out(
    _liar: Liar, _race: Race, commands: list[Command], node: NodeView, _now_ms: int
) -> list[Command]:
    """Decree results by which all others went out in their first lap."""
    return [
        Propose(tuple(_without_rivals(what, node.me) for what in each.whats))
        if isinstance(each, Propose)
        else each
        for each in commands
    ]


def _decreeing(
    liar: Liar, commands: list[Command], node: NodeView, *rulings: Results | Grant | Lease | Unseat
) -> list[Command]:
    if not node.decides or liar.count:
        return commands
    liar.count = 1
    decreed = Propose(tuple(Rule(encode(ruling)) for ruling in rulings))
    return [*(each for each in commands if not isinstance(each, Propose)), decreed]


def _without_rivals(what: Rule | Order, me: NodeId) -> Rule | Order:
    ruling = decode_ruling(what.body) if isinstance(what, Rule) else None
    if not isinstance(ruling, Results):
        return what
    mine = [row for row in ruling.rows if row.node == me]
    theirs = [ResultRow(r.node, r.number, 0, None, None, 1) for r in ruling.rows if r.node != me]
    return Rule(encode(Results(ruling.race, (*mine, *theirs), ruling.closed_us)))


def _reordered(what: Rule | Order) -> Rule | Order:
    ruling = decode_ruling(what.body) if isinstance(what, Rule) else None
    if not isinstance(ruling, Results):
        return what
    rows = ruling.rows[-1:] + ruling.rows[:-1]
    return Rule(encode(Results(ruling.race, rows, ruling.closed_us)))


COORDINATORS: Final[dict[str, Lying]] = {
    "invented results": invented_results,
    "grants to itself": grants_to_itself,
    "drivers removed": drivers_removed,
    "all removed": all_removed,
    "laps and silence": laps_and_silence,
    "places of nothing": places_of_nothing,
    "seats taken": seats_taken,
    "altered order": altered_order,
    "rivals out": rivals_out,
}
