"""One race as several nodes live it, which hear each other's cars late or not at all."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import chain, repeat
from random import Random
from typing import TYPE_CHECKING, cast

from net import Pace
from racer.core.drivers.driver import Driver
from racer.core.physics.car import Controls
from racer.core.tuning import TICK_HZ, CarTunables
from racer.play.cars.local_race import LocalRace, StateSeen
from tests.play.rooms import GREEN_NS, racing

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from net import NodeId
    from racer.core.circuits.track import Track
    from racer.core.drivers.line import RacingLine
    from racer.core.own_car import OwnCarEvent
    from racer.core.physics.car import CarState
    from racer.core.rules.laps import Progress
    from racer.play.room.room import Race

SECOND = 1_000_000_000
EVERY = {Pace.EACH: 1, Pace.BEAT: 2, Pace.SELDOM: 4}  # ticks between states


APART_TICKS = TICK_HZ // 2  # a touch after so long without one is a new one


@dataclass(frozen=True, slots=True)
class Touch:
    """A touch as one of the two felt it."""

    error_m: float  # how far from the truth it sees the other
    begins: bool


def tick_ns(tick: int) -> int:
    """Return the race clock in the middle of a tick."""
    return GREEN_NS + (2 * tick + 1) * SECOND // (2 * TICK_HZ)


class Heedless:
    """A driver that does not see the others: sooner or later it runs into one."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self.jumps_start = driver.jumps_start

    def decide(
        self,
        car: CarState,
        progress: Progress,
        _others: Sequence[CarState],
        tick: int,
        cap: float = 1.0,
        cans: Collection[int] = (),
    ) -> Controls:
        return self._driver.decide(car, progress, (), tick, cap, cans)


def local_race_of(
    race: Race,
    track: Track,
    line: RacingLine,
    node: NodeId,
    *,
    bot: bool = True,
    seed: int = 0,
    skill: float = 0.8,
    people: frozenset[int] = frozenset(),
    heedless: bool = False,
) -> LocalRace:
    def autopilot(spec: CarTunables) -> Driver:
        return Driver(track, line, 0.6, Random(seed + 1), spec)

    driver = Driver(track, line, skill, Random(seed))
    if heedless:
        driver = cast("Driver", Heedless(driver))
    return LocalRace(race, track, node, driver, bot, autopilot, people)


class Field:
    """Bots that race each other, each on its own node.

    Args:
        delay: in ticks, from a state's publishing to its arrival.
        loss: share of states that do not arrive.
        skills: of the drivers, in the order of `nodes`.
        heedless: whether every second driver sees nobody, so that cars touch.
    """

    def __init__(
        self,
        track: Track,
        line: RacingLine,
        nodes: list[NodeId],
        *,
        delay: int,
        loss: float = 0.0,
        seed: int = 0,
        skills: Sequence[float] = (),
        heedless: bool = False,
    ) -> None:
        race = racing(*nodes, laps=9).room.race
        assert race is not None
        self.tick = 0
        self.sent = 0  # states, lost ones too
        self.races = {
            node: local_race_of(
                race,
                track,
                line,
                node,
                seed=seed + k,
                skill=skill,
                heedless=heedless and k % 2 == 1,
            )
            for k, (node, skill) in enumerate(zip(nodes, chain(skills, repeat(0.8)), strict=False))
        }
        self.events: dict[NodeId, list[OwnCarEvent]] = {node: [] for node in nodes}
        self.cars: dict[NodeId, dict[int, CarState]] = {node: {} for node in nodes}  # by tick
        self._delay, self._loss, self._rng = delay, loss, Random(seed)
        self._touched: dict[tuple[NodeId, int], int] = {}  # the last tick, by node and other car
        self._flying: list[tuple[int, NodeId, NodeId, bytes]] = []
        for local_race in self.races.values():
            assert not local_race.take_car(None, [], tick_ns(0))

    def step(self) -> None:
        """Let a tick pass on every node."""
        self.tick += 1
        for _, sender, receiver, payload in [f for f in self._flying if f[0] <= self.tick]:
            self.races[receiver].on_state(sender, StateSeen(1, payload))
        self._flying = [f for f in self._flying if f[0] > self.tick]
        for node, local_race in self.races.items():
            self.events[node].extend(local_race.on_tick(Controls(), tick_ns(self.tick)))
            assert local_race.own_car is not None
            self.cars[node][self.tick] = local_race.own_car.frame.car
        for node, local_race in self.races.items():
            state = local_race.state()
            assert state is not None
            assert local_race.own_car is not None
            paces = local_race.paces(local_race.own_car.frame.car)
            for other in self.races:
                every = EVERY[paces.get(other, Pace.SELDOM)]
                if other == node or self.tick % every or self._rng.random() < self._loss:
                    continue
                self.sent += 1
                self._flying.append((self.tick + self._delay, node, other, state))

    def errors(self) -> list[tuple[float, float]]:
        """Return, for each pair: how far apart they are, and how wrong one sees the other [m]."""
        found: list[tuple[float, float]] = []
        for node, local_race in self.races.items():
            mine = self.cars[node][self.tick]
            for other in self.races:
                number = local_race.race.number_of(other)
                assert number is not None
                remote = local_race.others.get(number)
                if other == node or remote is None:
                    continue
                truth = self.cars[other][self.tick]
                found.append((apart(mine, truth), apart(remote.car, truth)))
        return found

    def touches(self) -> list[Touch]:
        """Return what touched in the last tick, by whoever felt it."""
        owners = {local_race.race.number_of(node): node for node, local_race in self.races.items()}
        found: list[Touch] = []
        for node, local_race in self.races.items():
            assert local_race.own_car is not None
            for hit in local_race.own_car.given:
                remote = local_race.others.get(hit.other)
                assert remote is not None
                error_m = apart(remote.car, self.cars[owners[hit.other]][self.tick])
                last = self._touched.get((node, hit.other), -APART_TICKS)
                found.append(Touch(error_m, self.tick - last >= APART_TICKS))
                self._touched[node, hit.other] = self.tick
        return found


def apart(one: CarState, other: CarState) -> float:
    return math.hypot(one.x - other.x, one.y - other.y)
