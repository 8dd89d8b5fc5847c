"""A flying lap of the best bot, and of somebody with keys, beside the reference lap of the line.

The reference is the lap of the line's speed profile at the car's measured limits, nothing held
back: quick, but no optimum. Without pick-ups. Clean: never both wheels of a side off what is raced
on, no touch of a barrier. Keys: by what was seen 200 ms ago, carried on in an arc; and, felt, by
what the keys pressed since then do, about.
"""

from __future__ import annotations

import math
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from benchmarks.figures import line as figures
from benchmarks.figures import print_lines
from benchmarks.keys import STYLES, Person
from racer.app.circuits.catalog import circuits
from racer.core.circuits.track import Surface, Track
from racer.core.circuits.trackfile import parse_track
from racer.core.drivers.driver import Driver
from racer.core.drivers.line import RacingLine, racing_line
from racer.core.drivers.speed_profile import Limits
from racer.core.physics.car import CarState, Controls, quantise, step
from racer.core.physics.contact import resolve_contacts
from racer.core.rules.laps import Progress, advance, start_progress
from racer.core.tuning import CAR, HALF_TREAD_M, TICK_HZ, CarTunables, tick_ms

SEED: Final = 1
LAP_S_MAX: Final = 300.0
RACED: Final = frozenset(Surface) - {Surface.GRASS, Surface.GRAVEL}

Hands: TypeAlias = Callable[[CarState, Progress, int], Controls]


@dataclass(frozen=True, slots=True)
class Lap:
    """A flying lap: its time, and what was not clean in it."""

    ms: int
    off_ticks: int
    walls: int

    @property
    def clean(self) -> bool:
        return self.off_ticks == 0 and self.walls == 0


def flying_lap(track: Track, hands: Hands, spec: CarTunables = CAR) -> Lap | None:
    """Drive two laps from the first grid slot; return the second, or None if it never ends."""
    slot = track.grid[0]
    car = quantise(CarState(x=slot.x, y=slot.y, heading=slot.heading))
    progress = start_progress(car, track)
    off = walls = began_ms = 0
    for tick in range(int(2 * LAP_S_MAX * TICK_HZ)):
        before = car
        hint = track.index_at(progress.s_m)
        car = step(car, hands(car, progress, tick), track, hint, spec)
        car, contacts = resolve_contacts(car, (), track, hint)
        car = quantise(car)
        progress, fraction = advance(progress, track, before, car)
        off += _is_off(car, track, hint)
        walls += len(contacts)
        if fraction is not None and progress.lap == 2:
            began_ms = tick_ms(tick, fraction)
            off = walls = 0
        if fraction is not None and progress.lap == 3:
            return Lap(tick_ms(tick, fraction) - began_ms, off, walls)
    return None


def _is_off(car: CarState, track: Track, hint: int) -> bool:
    """Tell whether both wheels of a side are on neither asphalt nor kerb."""
    c, s = math.cos(car.heading), math.sin(car.heading)
    for across in (HALF_TREAD_M, -HALF_TREAD_M):
        wheels = [
            track.surface(car.x + along * c - across * s, car.y + along * s + across * c, hint)
            for along in (CAR.front_axle_m, -CAR.rear_axle_m)
        ]
        if not RACED.intersection(wheels):
            return True
    return False


def by_bot(track: Track, line: RacingLine, spec: CarTunables = CAR) -> Hands:
    """Return the hands of the best bot."""
    driver = Driver(track, line, 1.0, random.Random(SEED), spec)
    return lambda car, progress, tick: driver.decide(car, progress, (), tick)


def clean_by_keys(track: Track, line: RacingLine, *, feels: bool) -> Lap | None:
    """Return the first clean lap of somebody who begins boldly, or the most careful one."""
    lap = None
    for style in STYLES:
        lap = flying_lap(track, Person(track, line, style, feels=feels))
        if lap is not None and lap.clean:
            break
    return lap


def told(track: Track) -> str:
    """Return the row of a circuit."""
    began = time.process_time()
    line = racing_line(track)
    took_s = time.process_time() - began
    reference_s = line.profile_within(Limits()).lap_s
    row = f"  {track.name:<16} {track.length_m:6.0f} m  line {took_s:4.2f} s"
    row += f"  reference {reference_s:7.2f} s"
    laps = {
        "bot": flying_lap(track, by_bot(track, line)),
        "keys": clean_by_keys(track, line, feels=False),
        "keys, felt": clean_by_keys(track, line, feels=True),
    }
    for who, lap in laps.items():
        if lap is None:
            row += f"  {who} never"
            continue
        how = "clean" if lap.clean else f"off {lap.off_ticks} ticks, {lap.walls} walls"
        row += f"  {who} {lap.ms / 1000:7.2f} s {lap.ms / 10 / reference_s - 100:+5.1f} % {how}"
    return row


def decisions_us(track: Track, count: int = 2000) -> list[float]:
    """Return the processor time of decisions of one bot [µs], with 15 other cars near."""
    line = racing_line(track)
    driver = Driver(track, line, 0.9, random.Random(SEED))
    costs = []
    for tick in range(count):
        s_m = tick * 0.5
        cars = []
        for k in range(16):
            at = s_m + 6.0 * (k % 6) - 12.0
            x, y = track.point_at(at, (-3.0, 0.0, 3.0)[k % 3])
            heading = track.heading_at(at)
            vx, vy = 30.0 * math.cos(heading), 30.0 * math.sin(heading)
            cars.append(CarState(x=x, y=y, heading=heading, vx=vx, vy=vy))
        progress = start_progress(cars[2], track)
        began = time.thread_time_ns()
        driver.decide(cars[2], progress, [*cars[:2], *cars[3:]], tick)
        costs.append((time.thread_time_ns() - began) / 1e3)
    return costs


def report(files: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield a row for each circuit of the game, and for those of the files."""
    yield "Flying laps beside the reference lap of the line"
    for track in circuits().values():
        yield told(track)
    for file in files:
        yield told(parse_track(Path(file).read_text(encoding="utf-8")))
    yield figures("a decision with 15 cars near", decisions_us(circuits()["harbour-ring"]), "us")


if __name__ == "__main__":
    sys.exit(print_lines(report(tuple(sys.argv[1:]))))
