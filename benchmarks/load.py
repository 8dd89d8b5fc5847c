"""What one headless node of a race costs: processor and traffic. Virtual time, real nodes.

Cryptography is the simulator's stand-in here; the real one adds about 14 µs a datagram and peer.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from random import Random

from net import NodeId
from net.sim import Conditions, Machine, World
from racer.app.circuits.catalog import circuit, circuit_line
from racer.core.rules.race_setup import RaceSetup
from racer.play.reports import PhaseEntered
from racer.play.room.messages import Setup
from racer.play.session import Player, Session

SECOND = 1_000_000_000
MEASURED_S = 10
TRACK = "harbour-ring"


def lights(cars: int, conditions: Conditions | None = None) -> tuple[World, list[int]]:
    """Return a race of bots whose lights have just gone green, and which machines race."""
    racing: list[int] = []

    def sink(machine: Machine, what: object, now_ns: int) -> None:
        if isinstance(what, PhaseEntered) and what.phase == "racing":
            racing.append(machine.number)

    def make(me: NodeId, rng: Random) -> Session:
        setup = Setup(RaceSetup(TRACK, 9), cars)
        player = Player(race="load", name="bot", bot=True, setup=setup)
        return Session(player, me, {TRACK: circuit(TRACK)}, {TRACK: circuit_line(TRACK)}, rng)

    world = World(1, sink, conditions)
    for number in range(cars):
        world.add(make, number * SECOND // 50)
    world.run(60 * SECOND, lambda: len(racing) == cars)
    return world, racing


def race(cars: int) -> tuple[float, float, float]:
    """Return percent of a core, kB/s and datagrams/s that one node of a race costs."""
    world, _ = lights(cars)
    began_s, sent, size = time.process_time(), world.network.sent, world.network.sent_bytes
    world.run(world.now_ns + MEASURED_S * SECOND)
    each = cars * MEASURED_S
    cpu = 100 * (time.process_time() - began_s) / each
    return cpu, (world.network.sent_bytes - size) / each / 1000, (world.network.sent - sent) / each


def report() -> Iterator[str]:
    """Yield lines of figures."""
    for cars in (2, 6, 16):
        cpu, kilobytes, datagrams = race(cars)
        yield (
            f"{f'a node in a race of {cars} cars':<58} {cpu:5.1f} % of a core,"
            f" {kilobytes:5.1f} kB/s and {datagrams:4.0f} datagrams/s each way"
        )
