"""A heat: bots that race in one process, for the title screen, for tests and for measurements.

It is the race on the network without its delays. Each car is driven by its owner's own tick, sees
the others as its node would foresee them from states that just came, is told each hit that it was
given, and has a canister at once that it touched first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import TYPE_CHECKING, Final, assert_never, final

from racer.core.bot import drive_bot
from racer.core.drivers.driver import Driver
from racer.core.own_car import Jumped, LapDone, OwnCar, OwnCarEvent, Touched, grid_frame
from racer.core.physics.contact import on_one_level
from racer.core.rules.laps import race_distance_m
from racer.core.rules.results import LapFact, Row, classify
from racer.core.tick import coasted, foreseen
from racer.core.tuning import CARS, NEAR_M, PICKUP_RESPAWN_TICKS, tick_ms

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from random import Random

    from racer.core.circuits.track import Track
    from racer.core.drivers.line import RacingLine
    from racer.core.physics.car import CarState
    from racer.core.physics.contact import Contact
    from racer.core.rules.laps import Progress

ENDLESS: Final = 10**9
"""Laps of a heat that is there to be looked at."""


@dataclass(slots=True)
class HeatEntry:
    """One car in a heat, with the bot at its wheel."""

    number: int  # its index in `Heat.entries`
    own_car: OwnCar
    driver: Driver
    rescues: int = 0
    seen: dict[int, CarState] = field(default_factory=dict)  # all others, in the last tick
    solid: dict[int, CarState] = field(default_factory=dict)  # those of them that it could touch

    @property
    def car(self) -> CarState:
        return self.own_car.frame.car

    @property
    def progress(self) -> Progress:
        return self.own_car.frame.progress

    @property
    def contacts(self) -> tuple[Contact, ...]:
        """What it touched in the last tick, cars and barriers."""
        return self.own_car.contacts

    @property
    def touches(self) -> list[tuple[int, Contact]]:
        """The cars that it touched in the last tick, by number."""
        numbers = tuple(self.solid)
        return [(numbers[c.other], c) for c in self.contacts if c.other is not None]

    def drive(self, cans: Collection[int]) -> list[OwnCarEvent]:
        """Drive one tick among the others as it sees them."""
        stood = self.own_car.frame.respawning
        everyone = tuple(self.seen.values())
        events = drive_bot(self.own_car, self.driver, self.solid, everyone, cans)
        self.rescues += self.own_car.frame.respawning and not stood
        return events


@final
class Heat:
    """Races bots.

    Args:
        laps: that a car has to drive; then it rolls on as a ghost.
        kinds: of car, by place on the grid, as indices into `CARS`; 0 beyond.
    """

    def __init__(
        self,
        track: Track,
        line: RacingLine,
        skills: Sequence[float],
        rng: Random,
        laps: int = ENDLESS,
        kinds: Sequence[int] = (),
    ) -> None:
        self.track = track
        self.tick = 0
        self.facts: list[LapFact] = []
        self.entries: list[HeatEntry] = []
        self._laps = laps
        self._returns_ms = [0] * len(track.pickups)
        self._crosses = track.has_bridge
        slots = range(len(track.grid))
        for slot, skill, kind in zip(slots, skills, chain(kinds, repeat(0)), strict=False):
            driver = Driver(track, line, skill, rng, CARS[kind])
            own_car = OwnCar(track, laps, grid_frame(track, slot), 0, CARS[kind])
            if driver.jumps_start:
                own_car.jump_start()
            self.entries.append(HeatEntry(slot, own_car, driver))

    @property
    def finished(self) -> bool:
        """Whether all have driven their laps."""
        return all(entry.own_car.finished for entry in self.entries)

    def run(self, ticks_max: int) -> tuple[Row, ...]:
        """Race until all have finished or `ticks_max` are over; return the table."""
        while self.tick < ticks_max and not self.finished:
            self.step()
        distances = {e.number: race_distance_m(e.progress, self.track) for e in self.entries}
        return classify(self.facts, self._laps, distances)

    def step(self) -> None:
        """Advance all cars by one tick, from what all of them were before it."""
        now_ms = tick_ms(self.tick)
        cans = [can for can, ms in enumerate(self._returns_ms) if ms <= now_ms]
        touched: list[tuple[int, int, int]] = []  # race time, car, pick-up
        self._look_around()
        for entry in self.entries:
            for event in entry.drive(cans):
                match event:
                    case LapDone(lap=lap, race_ms=race_ms, lap_ms=lap_ms):
                        self.facts.append(LapFact(entry.number, lap, race_ms, lap_ms))
                    case Touched(pickup=pickup, race_ms=race_ms):
                        touched.append((race_ms, entry.number, pickup))
                    case Jumped():
                        pass
                    case _:
                        assert_never(event)
        self._grant_pickups(touched)
        self._tell_hits()
        self.tick += 1

    def _look_around(self) -> None:
        """Let each see the others as its node would: by a step if they are near, else on an arc."""
        near: dict[int, CarState] = {}
        far = [coasted(entry.car, 1) for entry in self.entries]
        for entry in self.entries:
            entry.seen = {}
            for other in self.entries:
                if other is entry:
                    continue
                if math.hypot(entry.car.x - other.car.x, entry.car.y - other.car.y) > NEAR_M:
                    entry.seen[other.number] = far[other.number]
                    continue
                if other.number not in near:
                    near[other.number] = self._foreseen_car(other)
                entry.seen[other.number] = near[other.number]
            entry.solid = {k: car for k, car in entry.seen.items() if self._can_touch(entry, k)}

    def _foreseen_car(self, entry: HeatEntry) -> CarState:
        own_car, stands = entry.own_car, entry.own_car.frame.respawning
        return foreseen(entry.car, entry.progress, self.track, own_car.spec, stands=stands)

    def _can_touch(self, entry: HeatEntry, number: int) -> bool:
        other = self.entries[number]
        if not other.own_car.frame.is_solid:
            return False
        ways_m = entry.progress.s_m, other.progress.s_m
        return not self._crosses or on_one_level(self.track, *ways_m)

    def _grant_pickups(self, touched: list[tuple[int, int, int]]) -> None:
        """Give what is there to who touched it first."""
        for race_ms, number, pickup in sorted(touched):
            if race_ms >= self._returns_ms[pickup]:
                self._returns_ms[pickup] = race_ms + tick_ms(PICKUP_RESPAWN_TICKS)
                self.entries[number].own_car.take_pickup(self.track.pickups[pickup].kind)

    def _tell_hits(self) -> None:
        """Tell each hit to the car that got it, which takes what it did not see itself."""
        for number, frame in [(entry.number, entry.own_car.frame) for entry in self.entries]:
            if frame.hit is not None and frame.is_solid:
                self.entries[frame.hit.other].own_car.take_hit(number, frame.hit, frame.car)
