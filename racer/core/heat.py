"""A heat: some bots on one track, in one process, for tests and measurements."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import TYPE_CHECKING, final

from racer.core.drivers.driver import Driver
from racer.core.physics.car import STANDING, CarState, quantise, step
from racer.core.physics.contact import Contact, on_one_level, resolve_contacts
from racer.core.physics.slipstream import slipstream
from racer.core.rules.laps import Progress, advance, race_distance_m, start_progress
from racer.core.rules.pickups import touched, with_pickup
from racer.core.rules.rescue import rescue
from racer.core.rules.results import LapFact, Row, classify
from racer.core.tuning import (
    CARS,
    JUMP_HELD_TICKS,
    PICKUP_RESPAWN_TICKS,
    RESCUE_GHOST_TICKS,
    STUCK_PROGRESS_M,
    STUCK_TICKS,
    CarTunables,
    tick_ms,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from racer.core.circuits.track import Track
    from racer.core.drivers.line import RacingLine


@dataclass(slots=True)
class HeatEntry:
    """One car in a heat, with what its owner keeps about it."""

    driver: Driver
    spec: CarTunables
    car: CarState
    progress: Progress
    lap_from_ms: int = 0
    best_m: float = -1e9  # furthest way raced
    best_tick: int = 0  # when that was
    rescues: int = 0
    ghost_until: int = 0
    contacts: list[Contact] = field(default_factory=list)  # of the last tick


@final
class Heat:
    """Races bots over some laps. Each car is stepped and resolved as its owner would.

    Args:
        kinds: of car, by place on the grid, as indices into `CARS`; 0 beyond.
    """

    def __init__(
        self,
        track: Track,
        line: RacingLine,
        skills: list[float],
        rng: Random,
        kinds: Sequence[int] = (),
    ) -> None:
        self.track = track
        self.tick = 0
        self.facts: list[LapFact] = []
        self.entries: list[HeatEntry] = []
        self._taken_until = [0] * len(track.pickups)
        self._crosses = track.has_bridge
        for slot, skill, kind in zip(track.grid, skills, chain(kinds, repeat(0)), strict=False):
            car = quantise(CarState(x=slot.x, y=slot.y, heading=slot.heading))
            driver = Driver(track, line, skill, rng, CARS[kind])
            self.entries.append(HeatEntry(driver, CARS[kind], car, start_progress(car, track)))

    def run(self, laps: int, ticks_max: int) -> tuple[Row, ...]:
        """Race until all have driven `laps` or `ticks_max` are over; return the table."""
        while self.tick < ticks_max and any(e.progress.laps_done < laps for e in self.entries):
            self.step()
        distances = {
            number: race_distance_m(entry.progress, self.track)
            for number, entry in enumerate(self.entries)
        }
        return classify(self.facts, laps, distances)

    def step(self) -> None:
        """Advance all cars by one tick, from what all of them were before it."""
        before = [entry.car for entry in self.entries]
        moved = [self._moved_car(number, before) for number in range(len(before))]
        for number, entry in enumerate(self.entries):
            others = [] if self._is_ghost(number) else self._touchable_cars(number, moved)
            hint = self.track.index_at(entry.progress.s_m)
            car, contacts = resolve_contacts(moved[number], others, self.track, hint)
            entry.car = quantise(car)
            entry.contacts = list(contacts)
            self._update_progress(number, before[number])
        self.tick += 1

    def _moved_car(self, number: int, cars: list[CarState]) -> CarState:
        entry = self.entries[number]
        others = self._touchable_cars(number, cars)
        cans = [k for k, until in enumerate(self._taken_until) if self.tick >= until]
        controls = entry.driver.decide(entry.car, entry.progress, others, self.tick, cans=cans)
        if entry.driver.jumps_start and self.tick < JUMP_HELD_TICKS:
            controls = STANDING
        hint = self.track.index_at(entry.progress.s_m)
        towed = 0.0 if self._is_ghost(number) else slipstream(entry.car, others)
        return step(entry.car, controls, self.track, hint, entry.spec, towed)

    def _is_ghost(self, number: int) -> bool:
        return self.tick < self.entries[number].ghost_until

    def _touchable_cars(self, number: int, cars: list[CarState]) -> list[CarState]:
        return [
            car
            for k, car in enumerate(cars)
            if k != number and not self._is_ghost(k) and self._can_touch(number, k)
        ]

    def _can_touch(self, number: int, other: int) -> bool:
        ways = [self.entries[k].progress.s_m for k in (number, other)]
        return not self._crosses or on_one_level(self.track, ways[0], ways[1])

    def _update_progress(self, number: int, before: CarState) -> None:
        entry = self.entries[number]
        entry.progress, fraction = advance(entry.progress, self.track, before, entry.car)
        if fraction is not None and entry.progress.lap == 1:
            entry.lap_from_ms = 0  # the first lap counts from the green light
        elif fraction is not None:
            ms = tick_ms(self.tick, fraction)
            lap = entry.progress.laps_done
            self.facts.append(LapFact(number, lap, ms, ms - entry.lap_from_ms))
            entry.lap_from_ms = ms
        self._pick_up_canister(entry, before)
        self._rescue_if_stuck(entry)

    def _pick_up_canister(self, entry: HeatEntry, before: CarState) -> None:
        touch = touched(self.track, before, entry.car)
        if touch is not None and self.tick >= self._taken_until[touch[0]]:
            self._taken_until[touch[0]] = self.tick + PICKUP_RESPAWN_TICKS
            entry.car = with_pickup(entry.car, self.track.pickups[touch[0]].kind)

    def _rescue_if_stuck(self, entry: HeatEntry) -> None:
        way = race_distance_m(entry.progress, self.track)
        if way > entry.best_m + STUCK_PROGRESS_M:
            entry.best_m, entry.best_tick = way, self.tick
        elif self.tick - entry.best_tick > STUCK_TICKS:
            entry.car = rescue(entry.car, entry.progress, self.track)
            entry.best_m, entry.best_tick = way, self.tick
            entry.ghost_until = self.tick + RESCUE_GHOST_TICKS
            entry.rescues += 1
