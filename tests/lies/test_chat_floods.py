"""A member says a thousand lines at once, by a clock of its own (issue 18, row 13)."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, Final

import pytest

from net.cluster.causal.anti_entropy import batches
from net.sim import World
from racer.app.simulation.bullring import NAME
from racer.app.simulation.bullring_track import bullring
from racer.core.rules.race_setup import RaceSetup
from racer.play.limits import CHAT_PLACED_BURST
from racer.play.reports import ChatSeen
from racer.play.room.messages import Said, Setup, encode
from racer.play.session import Player, Session
from racer.play.view import Say
from tests.lies.liars import node_of, signed, tell

if TYPE_CHECKING:
    from random import Random

    from net import Dot, NodeId
    from net.sim import Machine

pytestmark = pytest.mark.sim

SECOND: Final = 1_000_000_000
LINES: Final = 1_200


def test_a_clock_of_its_own_lets_nobody_say_more_than_others_hear() -> None:
    chats: dict[int, dict[Dot, ChatSeen]] = defaultdict(dict)

    def sink(machine: Machine, what: object, _now_ns: int) -> None:
        if isinstance(what, ChatSeen):
            chats[machine.number][what.dot] = what

    world = World(1, sink)
    machines = [world.add(partial(guest, k), k * SECOND // 20) for k in range(3)]
    *honest, liar = machines
    world.run(3 * SECOND)
    flood_with_lines(world, liar, honest)
    world.run(world.now_ns + 5 * SECOND)
    session_of(honest[1]).intend(Say("is anybody there?"))
    world.run(world.now_ns + SECOND // 2)
    for machine in honest:
        told = chats[machine.number].values()
        by_liar = [each for each in told if each.node == liar.identity.node_id]
        assert len(by_liar) <= CHAT_PLACED_BURST + 6
        assert any(each.text == "is anybody there?" for each in told), "at once, as ever"
    one, other = (chats[machine.number] for machine in honest)
    assert one == other, "one chat"
    leads = next(each for each in honest if node_of(each).decides)
    facts, room = session_of(leads)._state.facts, session_of(leads)._state.room
    waiting = len(facts.chat.unplaced(room))
    assert waiting + facts.counters.flooded > LINES // 3, "which came, and wait for their turn"


def guest(number: int, me: NodeId, rng: Random) -> Session:
    """Return a session of somebody who stays in the lobby."""
    track, line = bullring()
    setup = Setup(RaceSetup(NAME, 1), 0)
    player = Player(race="lies", name=f"guest {number}", bot=False, setup=setup)
    return Session(player, me, {track.name: track}, {track.name: line}, rng)


def session_of(machine: Machine) -> Session:
    assert isinstance(machine.program, Session)
    return machine.program


def flood_with_lines(world: World, liar: Machine, honest: list[Machine]) -> None:
    """Say a line for each second that is yet to come, all of them now."""
    store = node_of(liar).operations
    life = store.writes_as
    first = store.clock.of(life) + 1
    flood = [
        signed(
            liar.identity,
            first + k,
            encode(Said(f"line {k}")),
            life.incarnation,
            race_us=k * 1_000_000,
        )
        for k in range(LINES)
    ]
    tell(world, liar, honest, batches(flood))
