"""A flying lap of the best bot, and of somebody with keys, beside the optimum on the same line.

The optimum is the quasi-steady-state lap with the whole of the car's limits, nothing held back.
Without pick-ups. Clean: never both wheels of a side off asphalt and kerb, no touch of a barrier.
"""

from __future__ import annotations

import math
import random
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from benchmarks.figures import line as figures
from racer.app.circuits import circuits
from racer.app.window.wheel import Held, Wheel
from racer.core.bot import Driver
from racer.core.car import CarState, Controls, quantise, step
from racer.core.contact import resolve_contacts
from racer.core.laps import Progress, advance, start_progress
from racer.core.line import RacingLine, racing_line
from racer.core.pace import Limits
from racer.core.track import Surface, Track
from racer.core.trackfile import parse_track
from racer.core.tuning import CAR, HALF_TREAD_M, TICK_HZ, TICK_S, CarTunables, tick_ms

SEED: Final = 1
REACTION_TICKS: Final = 12  # 200 ms
LAP_S_MAX: Final = 300.0
RACED: Final = frozenset({Surface.ASPHALT, Surface.KERB, Surface.WET, Surface.DIRT})

Hands: TypeAlias = Callable[[CarState, Progress, int], Controls]


@dataclass(frozen=True, slots=True)
class Lap:
    """A flying lap: its time, and what was not clean in both laps."""

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


def by_keys(track: Track, line: RacingLine) -> Hands:
    """Return the hands of somebody with keys, who sees what was so long ago and thinks ahead.

    The wish is a careful bot's; each key is down or up, with hysteresis, through the window's
    own wheel. What was seen is carried on along its arc, as people do without knowing.
    """
    driver = Driver(track, line, KEYS_SKILL, random.Random(SEED))
    wheel, seen = Wheel(), deque[CarState]()
    held = Held()

    def drive(car: CarState, progress: Progress, tick: int) -> Controls:
        nonlocal held
        seen.append(car)
        if len(seen) > REACTION_TICKS + 1:
            seen.popleft()
        wish = driver.decide(_carried_on(seen[0], len(seen) - 1), progress, (), tick)
        held = _pressed(held, wish)
        return wheel.turn(held, TICK_S)

    return drive


KEYS_SKILL: Final = 0.75


def _carried_on(car: CarState, ticks: int) -> CarState:
    """Return the car so much later if it goes on turning as it does."""
    x, y, vx, vy = car.x, car.y, car.vx, car.vy
    turn = car.yaw_rate * TICK_S
    c, s = math.cos(turn), math.sin(turn)
    for _ in range(ticks):
        vx, vy = vx * c - vy * s, vx * s + vy * c
        x, y = x + vx * TICK_S, y + vy * TICK_S
    return CarState(
        x=x, y=y, heading=car.heading + ticks * turn, vx=vx, vy=vy, yaw_rate=car.yaw_rate
    )


def _pressed(held: Held, wish: Controls) -> Held:
    """Return the keys for a wish: down above one level, up below another."""
    least = 0.2 if held.left or held.right else 0.4
    return Held(
        left=wish.steer > least,
        right=wish.steer < -least,
        throttle=wish.throttle > (0.3 if held.throttle else 0.6) and wish.brake == 0.0,
        brake=wish.brake > (0.1 if held.brake else 0.3),
    )


def told(track: Track) -> str:
    """Return the row of a circuit."""
    began = time.process_time()
    line = racing_line(track)
    took_s = time.process_time() - began
    optimum_s = line.profile_within(Limits()).lap_s
    row = f"  {track.name:<16} {track.length_m:6.0f} m  line {took_s:4.2f} s"
    row += f"  optimum {optimum_s:7.2f} s"
    for who, hands in (("bot", by_bot(track, line)), ("keys", by_keys(track, line))):
        lap = flying_lap(track, hands)
        if lap is None:
            row += f"  {who} never"
            continue
        how = "clean" if lap.clean else f"off {lap.off_ticks} ticks, {lap.walls} walls"
        row += f"  {who} {lap.ms / 1000:7.2f} s {lap.ms / 10 / optimum_s - 100:+5.1f} % {how}"
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
    yield "A flying lap beside the quasi-steady-state optimum on the line"
    for track in circuits().values():
        yield told(track)
    for file in files:
        yield told(parse_track(Path(file).read_text(encoding="utf-8")))
    yield figures("a decision with 15 cars near", decisions_us(circuits()["harbour-ring"]), "us")


if __name__ == "__main__":
    for row in report(tuple(sys.argv[1:])):
        print(row, flush=True)
