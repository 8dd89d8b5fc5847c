"""What a race costs the air of one access point, and what the air does to it. Virtual time.

Whole nodes on `net.sim.air`, from the lights on, when all cars are near each other. How old a car
is, and how long after its last state the next one comes, is looked at each tick of each node.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, final

from benchmarks.figures import line
from benchmarks.load import MEASURED_S, SECOND, lights
from net.limits import TICK_NS
from net.sim import Conditions, World
from net.sim.air.airtime import Air
from net.sim.air.medium import AirUse
from racer.app.simulation.pool import in_order
from racer.core.tuning import GRID_MAX, TICK_HZ
from racer.play.session import Session

CARS: Final = tuple(cars for cars in (8, 12, 16, 24) if cars <= GRID_MAX)
AGGREGATED: Final = 16  # frames in one exchange, as access points since 802.11n do


@dataclass(frozen=True, slots=True)
class Case:
    """A race, and how its access point sends."""

    cars: int
    aggregation: int

    @property
    def name(self) -> str:
        how = "one frame at a time" if self.aggregation == 1 else "frames put together"
        return f"{self.cars} cars on one access point, {how}"


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one case, in the seconds after the lights."""

    started: int  # of the cars, by then
    datagrams: float  # a second out of a node
    use: AirUse  # in that time
    gaps: list[float]  # ms
    ages: list[float]  # ms


@final
class Onlooker:
    """Looks at all cars of others at all nodes, tick by tick."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._newest: dict[tuple[int, int], tuple[int, int]] = {}  # its tick, and since when
        self.gaps: list[float] = []
        self.ages: list[float] = []

    def look(self, until_ns: int) -> None:
        """Look now, and again each tick until then."""
        now_ns = self._world.now_ns
        for machine in self._world.machines:
            session = machine.program
            race = session.local_race if isinstance(session, Session) else None
            for number, remote in [] if race is None else race.others.items():
                key, newest = (machine.number, number), remote.frame.tick
                known, since_ns = self._newest.get(key, (newest, now_ns))
                if newest != known:
                    self.gaps.append((now_ns - since_ns) / 1e6)
                    since_ns = now_ns
                self._newest[key] = newest, since_ns
                if race is not None:
                    self.ages.append(1000 * (race.tick - newest) / TICK_HZ)
        if now_ns + TICK_NS < until_ns:
            self._world.at(now_ns + TICK_NS, partial(self.look, until_ns))


def run(case: Case) -> Figures:
    """Race."""
    world, racing = lights(case.cars, Conditions(air=Air(aggregation=case.aggregation)))
    medium = world.network.medium
    before = AirUse() if medium is None else replace(medium.use)
    sent, until_ns = world.network.sent, world.now_ns + MEASURED_S * SECOND
    onlooker = Onlooker(world)
    onlooker.look(until_ns)
    world.run(until_ns)
    after = AirUse() if medium is None else medium.use
    datagrams = (world.network.sent - sent) / case.cars / MEASURED_S
    return Figures(len(racing), datagrams, after - before, onlooker.gaps, onlooker.ages)


def report() -> Iterator[str]:
    """Yield lines of figures."""
    cases = [Case(cars, aggregation) for cars in CARS for aggregation in (1, AGGREGATED)]
    for case, found in zip(cases, in_order(run, cases, os.cpu_count() or 1), strict=True):
        use, share = found.use, 100 / (MEASURED_S * SECOND)
        lost = 100 * use.overflown / max(use.carried, 1)
        racing = f"{found.started} of {case.cars} race, {found.datagrams:.0f} datagrams/s each"
        air = (
            f"{share * use.busy_ns:.0f} % of the air used, {share * use.waited_ns:.0f} % waited for"
        )
        queue = (
            f"{lost:.2f} % lost at the queue, {use.collisions} of {use.exchanges} exchanges collide"
        )
        yield f"{case.name}: {racing}"
        yield f"  {air}; {queue}"
        yield line("  from state to state of a car", found.gaps, "ms")
        yield line("  age of a car's newest state", found.ages, "ms")
