"""Circuits among nodes in virtual time: they arrive over bad networks, and from none who lies."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from net import content_digest
from net.sim import Conditions, World
from racer.app.circuits.library import circuit_text
from racer.core.rules.race_setup import RaceSetup, circuit_key
from racer.play.reports import CircuitSeen
from racer.play.room.messages import Setup
from racer.play.session import Player, Session
from tests.play.toy_catalog import ToyCatalog

if TYPE_CHECKING:
    from random import Random

    from net import NodeId
    from net.sim import Machine

pytestmark = pytest.mark.sim

SECOND = 1_000_000_000
# Long enough that it goes in several blocks.
QUAY = circuit_text("dockyard").replace("name dockyard", "name quay").encode() + b"# sea\n" * 800
CONTENT = content_digest(QUAY)
KEY = circuit_key("quay", CONTENT)


class Harbour:
    """Four machines: the first ones have the circuit, the others start later and lack it."""

    def __init__(self, conditions: Conditions, having: int) -> None:
        self.catalogs = [ToyCatalog([QUAY] if number < having else ()) for number in range(4)]
        self.seen: dict[int, list[float]] = {number: [] for number in range(4)}
        self.world = World(1, self._sink, conditions)
        for number in range(4):
            start_ns = number * SECOND // 10 if number < having else 4 * SECOND
            self.world.add(partial(self._make, number), start_ns)

    def all_have_it(self) -> bool:
        return all(KEY in catalog for catalog in self.catalogs)

    def run_until_all_have_it(self, until_s: int) -> None:
        self.world.run(until_s * SECOND, self.all_have_it)
        assert self.all_have_it(), self.seen

    def _sink(self, machine: Machine, what: object, now_ns: int) -> None:
        if isinstance(what, CircuitSeen):
            self.seen[machine.number].append(what.progress)

    def _make(self, number: int, me: NodeId, rng: Random) -> Session:
        catalog = self.catalogs[number]
        setup = Setup(RaceSetup("quay", 1, CONTENT), 9)
        player = Player(race="simulation", name="ada", bot=True, setup=setup, stays=True)
        return Session(player, me, catalog, catalog.lines, rng, catalog=catalog)


def test_a_circuit_gets_through_loss_and_spoilt_datagrams() -> None:
    harbour = Harbour(Conditions(loss=0.2, corrupt=0.1), having=1)
    harbour.run_until_all_have_it(14)


def test_of_two_sources_the_one_that_lies_is_left() -> None:
    harbour = Harbour(Conditions(loss=0.2), having=2)
    harbour.world.run(3 * SECOND)
    lie(harbour.world.machines[1])
    harbour.run_until_all_have_it(14)


def test_a_source_dies_while_it_gives() -> None:
    harbour = Harbour(Conditions(loss=0.2), having=2)
    harbour.world.run(14 * SECOND, lambda: any(0 < p < 1 for k in (2, 3) for p in harbour.seen[k]))
    assert not harbour.all_have_it()
    harbour.world.bar(harbour.world.machines[0])
    harbour.run_until_all_have_it(24)


def test_where_all_who_have_it_lie_nobody_takes_it() -> None:
    harbour = Harbour(Conditions(), having=2)
    harbour.world.run(3 * SECOND)
    for machine in harbour.world.machines[:2]:
        lie(machine)
    harbour.world.run(12 * SECOND)
    assert [KEY in catalog for catalog in harbour.catalogs] == [True, True, False, False]
    assert harbour.seen[2][0] == 0.0
    assert 1.0 not in harbour.seen[2]


def lie(machine: Machine) -> None:
    """Let a machine give other bytes than it says."""
    assert machine.host is not None
    held = machine.host.node._checkpoints.contents._held
    assert CONTENT in held
    held[CONTENT] = QUAY[::-1]
