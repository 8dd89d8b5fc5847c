"""Who was put out on one side of a split stays out when the sides are one again."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

import pytest

from net import Folding
from net.sim import Conditions, World
from net.sim.faults import Cut
from racer.app.simulation.bullring import NAME
from racer.app.simulation.bullring_track import bullring
from racer.core.rules.race_setup import RaceSetup
from racer.play.reports import RemovalSeen
from racer.play.room.folding import fold_room
from racer.play.room.messages import Setup
from racer.play.session import Player, Session
from racer.play.view import VoteRemoval

if TYPE_CHECKING:
    from random import Random

    from net import NodeId
    from net.sim import Machine

pytestmark = pytest.mark.sim

SECOND: Final = 1_000_000_000
APART_NS: Final = 8 * SECOND
BACK_NS: Final = 9 * SECOND  # the sides are one again, and all is told


@dataclass
class Evening:
    """People in a lobby, of whom some are cut off from the others for a while."""

    people: int
    checkpoint: int = 400
    removals: dict[int, list[RemovalSeen]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        folding = Folding(fold_room, self.checkpoint, self.checkpoint)
        self.world = World(1, self.sink, Conditions(), folding=folding)
        for number in range(self.people):
            self.world.add(partial(_person, number), number * SECOND // 20)
        self.world.run(5 * SECOND)

    def sink(self, machine: Machine, what: object, now_ns: int) -> None:
        if isinstance(what, RemovalSeen):
            self.removals.setdefault(machine.number, []).append(what)

    def run(self, for_ns: int) -> None:
        self.world.run(self.world.now_ns + for_ns)

    def node(self, number: int) -> NodeId:
        return self.world.machines[number].identity.node_id

    def session(self, number: int) -> Session:
        program = self.world.machines[number].program
        assert isinstance(program, Session)
        return program

    def vote(self, voters: tuple[int, ...], whom: int) -> None:
        for number in voters:
            self.session(number).intend(VoteRemoval(self.node(whom), on=True))

    def is_out(self, whom: int, *of: int) -> bool:
        return all(self.node(whom) in self.session(n)._state.room.removed for n in of)

    def is_out_of_none(self, whom: int, *of: int) -> bool:
        return not any(self.node(whom) in self.session(n)._state.room.removed for n in of)


def _person(number: int, me: NodeId, rng: Random) -> Session:
    track, line = bullring()
    setup = Setup(RaceSetup(NAME, 1), 0)
    player = Player(race="evening", name=f"person {number}", bot=False, setup=setup)
    return Session(player, me, {track.name: track}, {track.name: line}, rng)


def test_whom_the_smaller_side_voted_out_is_out_when_the_sides_are_one_again() -> None:
    evening = Evening(7, checkpoint=12)  # so that it is out over checkpoints too
    evening.world.inflict(Cut((4, 5, 6), APART_NS))
    evening.run(5 * SECOND)
    evening.vote((4, 5), 6)
    evening.run(2 * SECOND)
    assert evening.is_out(6, 4, 5)
    assert evening.is_out_of_none(6, 0, 1, 2, 3)
    assert evening.world.machines[6].stopped, "who reads that it is out goes"
    evening.run(BACK_NS)
    assert evening.is_out(6, *range(6))
    (told,) = evening.removals[0]
    assert sorted(told.by) == ["person 4", "person 5"]
    assert told.text.startswith("person 6 was removed from the race: so it was decided where ")
    assert told.text.endswith(" were, while the room was in two parts")
