"""Lies of two that know of each other, and lies that one of the others alone is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from net import Command, Pace, Publish, Submit
from net.cluster.actions import Send
from net.node.node import Node
from net.wire.messages import Stream, StreamState
from racer.play.room.messages import Lie, Witnessed, encode
from tests.lies.liars_in_races import moved_state
from tests.lies.lies_of_drivers import shortened_laps

if TYPE_CHECKING:
    from net import NodeId, NodeView
    from racer.play.room.room import Race
    from tests.lies.liars_in_races import Liar, Lying


def laps_and_slander(
    liar: Liar, race: Race, commands: list[Command], node: NodeView, now_ms: int
) -> list[Command]:
    """Tell of a lap at half of it; and say of one honest driver that it is the one who lies.

    Two that do so together say so of the same, and never of each other.
    """
    told = shortened_laps(liar, race, commands, node, now_ms)
    victim = max(race.cars.items())[1]
    if now_ms // 1000 == (now_ms - 17) // 1000 or victim == node.me:
        return told
    return [*told, Submit(encode(Witnessed(race.id, victim, Lie.LAP)))]


def teleports_for_one(
    _liar: Liar, race: Race, commands: list[Command], node: NodeView, _now_ms: int
) -> list[Command]:
    """Show the car elsewhere to one of the others alone, and as it is to all the rest."""
    assert isinstance(node, Node)
    victim = max(owner for owner in race.cars.values() if owner != node.me)
    for each in commands:
        if isinstance(each, Publish) and each.owner is None:
            there = StreamState(each.tick, moved_state(each, 45.0 * (each.tick // 30 % 2)).payload)
            node._queue_sends([Send(victim, Stream(node.incarnation, None, each.lease, there))])
    return [_but_for(each, victim) if isinstance(each, Publish) else each for each in commands]


def _but_for(state: Publish, victim: NodeId) -> Publish:
    """Return a state that goes to one peer as seldom as to nobody near."""
    paces = {**state.paces, victim: Pace.SELDOM}
    return Publish(state.tick, state.payload, state.lease, state.owner, paces, state.others)


TO_ONE: Final[dict[str, Lying]] = {"teleports for one": teleports_for_one}
"""What one alone sees through, which puts nobody out; and what does nothing to the others."""
