"""A flying lap of the best bot, and of somebody with keys, beside the model lap on the same line.

The model lap is the quasi-steady-state lap with the whole of the car's limits, nothing held back.
Without pick-ups. Clean: never both wheels of a side off asphalt and kerb, no touch of a barrier.
"""

from __future__ import annotations

import math
import random
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeAlias

from benchmarks.figures import line as figures
from benchmarks.figures import print_lines
from racer.app.circuits.catalog import circuits
from racer.app.window.input.wheel import HeldKeys, Wheel
from racer.core.circuits.track import Surface, Track
from racer.core.circuits.trackfile import parse_track
from racer.core.drivers.driver import Driver
from racer.core.drivers.line import RacingLine, line_along, racing_line
from racer.core.drivers.speed_profile import Limits, Margins
from racer.core.physics.car import CarState, Controls, quantise, step
from racer.core.physics.contact import resolve_contacts
from racer.core.rules.laps import Progress, advance, start_progress
from racer.core.tuning import CAR, CARS, HALF_TREAD_M, TICK_HZ, TICK_S, CarTunables, tick_ms

SEED: Final = 1
REACTION_TICKS: Final = 12  # 200 ms
LAP_S_MAX: Final = 300.0
RACED: Final = frozenset({Surface.ASPHALT, Surface.KERB, Surface.WET, Surface.DIRT})

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


def by_keys(track: Track, line: RacingLine, reach: float) -> Hands:
    """Return the hands of somebody with keys, who sees what was 200 ms ago and thinks ahead.

    A key is down or up, for KEY_TICKS at least, and goes through the window's own wheel. The wish
    is a careful driver's, on a line that keeps off the edges; what was seen is carried on by what
    was pressed since, as people know how their car answers.

    Args:
        reach: how far of the way from the middle of the road to the line its own goes.
    """
    driver = Driver(track, _careful(track, line, reach), 1.0, random.Random(SEED))
    wheel, held, age = Wheel(), HeldKeys(), KEY_TICKS
    seen = deque[CarState](maxlen=REACTION_TICKS + 1)
    pressed = deque[Controls](maxlen=REACTION_TICKS)

    def drive(car: CarState, progress: Progress, tick: int) -> Controls:
        nonlocal held, age
        seen.append(car)
        now = seen[0]
        for controls in list(pressed)[len(pressed) - len(seen) + 1 :]:
            now = step(now, controls, track, track.index_at(progress.s_m))
        wish = driver.decide(now, progress, (), tick)
        fresh = _pressed(held, wish, wheel.turn(held, 0.0).steer)
        turned = (fresh.left, fresh.right) != (held.left, held.right)
        if turned and age < KEY_TICKS:
            fresh = replace(fresh, left=held.left, right=held.right)
        age = 0 if turned and age >= KEY_TICKS else age + 1
        held = fresh
        controls = wheel.turn(held, TICK_S)
        pressed.append(controls)
        return controls

    return drive


KEY_TICKS: Final = 4
"""A steering key stays as it is for so long: seven taps a second at most."""

KEYS_MARGINS: Final = Margins(0.96, 0.85, 0.97)
KEYS_REACHES: Final = (0.5, 0.7, 0.8, 0.9, 0.95, 1.0)
"""Somebody who knows a circuit has tried how near to its edges to go; the best clean lap counts."""

STEER_STEP: Final = 0.08
STEER_LEAST: Final = 0.1


def _careful(track: Track, line: RacingLine, reach: float) -> RacingLine:
    """Return the line kept off the edges, with speeds that leave more in hand."""
    inner = line_along(track, [reach * lateral for lateral in line.lateral_m])
    profiles = tuple(inner.profile_within(Limits(spec, KEYS_MARGINS)) for spec in CARS)
    return replace(inner, profiles=profiles)


def _pressed(held: HeldKeys, wish: Controls, steer: float) -> HeldKeys:
    """Return the keys that bring the wheel from where it is to a wish."""
    full = abs(wish.steer) > 0.75 and wish.steer * steer > 0.0
    left = wish.steer > STEER_LEAST and (full or wish.steer > steer + STEER_STEP)
    right = wish.steer < -STEER_LEAST and (full or wish.steer < steer - STEER_STEP)
    return HeldKeys(
        left=left,
        right=right,
        throttle=wish.throttle > (0.3 if held.throttle else 0.6) and wish.brake == 0.0,
        brake=wish.brake > (0.1 if held.brake else 0.3),
    )


def best_by_keys(track: Track, line: RacingLine) -> Lap | None:
    """Return the best lap of somebody with keys, a clean one if there is one."""
    laps = [flying_lap(track, by_keys(track, line, reach)) for reach in KEYS_REACHES]
    ended = [lap for lap in laps if lap is not None]
    return min(ended, key=lambda lap: (not lap.clean, lap.ms), default=None)


def told(track: Track) -> str:
    """Return the row of a circuit."""
    began = time.process_time()
    line = racing_line(track)
    took_s = time.process_time() - began
    model_s = line.profile_within(Limits()).lap_s
    row = f"  {track.name:<16} {track.length_m:6.0f} m  line {took_s:4.2f} s"
    row += f"  model {model_s:7.2f} s"
    bot = flying_lap(track, by_bot(track, line))
    for who, lap in (("bot", bot), ("keys", best_by_keys(track, line))):
        if lap is None:
            row += f"  {who} never"
            continue
        how = "clean" if lap.clean else f"off {lap.off_ticks} ticks, {lap.walls} walls"
        row += f"  {who} {lap.ms / 1000:7.2f} s {lap.ms / 10 / model_s - 100:+5.1f} % {how}"
    return row


def decisions_us(track: Track, count: int = 2000) -> list[float]:
    """Return what decisions of one bot cost [µs], with 15 other cars near."""
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
        began = time.perf_counter()
        driver.decide(cars[2], progress, [*cars[:2], *cars[3:]], tick)
        costs.append(1e6 * (time.perf_counter() - began))
    return costs


def report(files: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield a row for each circuit of the game, and for those of the files."""
    yield "A flying lap beside the model lap on the line"
    for track in circuits().values():
        yield told(track)
    for file in files:
        yield told(parse_track(Path(file).read_text(encoding="utf-8")))
    yield figures("a decision with 15 cars near", decisions_us(circuits()["harbour-ring"]), "us")


if __name__ == "__main__":
    sys.exit(print_lines(report(tuple(sys.argv[1:]))))
