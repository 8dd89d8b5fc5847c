"""Whether the kinds of car are worth the same: laps of a bot of the highest skill on each circuit.

The first of three laps is from a standing start and does not count.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import racer
from racer.core.circuits.trackfile import parse_track
from racer.core.drivers.driver import Driver
from racer.core.drivers.line import racing_line
from racer.core.own_car import grid_frame
from racer.core.tick import drive
from racer.core.tuning import CARS, TICK_HZ, CarTunables

if TYPE_CHECKING:
    from racer.core.circuits.track import Track
    from racer.core.drivers.line import RacingLine

LAPS = 3
TICKS_MAX = 8 * 60 * TICK_HZ


def report() -> Iterator[str]:
    """Yield a line for each circuit, and one for all: how much slower a kind is than the mean."""
    yield f"{'lap of a bot [s]':<24}" + "".join(f"{car.title:>10}" for car in CARS) + "   spread"
    ratios: list[list[float]] = []
    for path in sorted((Path(racer.__file__).parent / "circuits").glob("*.track")):
        track = parse_track(path.read_text(encoding="utf-8"))
        line = racing_line(track)
        laps = [flying_lap_s(track, line, car) for car in CARS]
        mean = math.fsum(laps) / len(laps)
        ratios.append([lap / mean for lap in laps])
        spread = 100.0 * (max(laps) - min(laps)) / mean
        yield f"{track.name:<24}" + "".join(f"{lap:10.2f}" for lap in laps) + f"{spread:8.2f} %"
    means = [100.0 * (math.fsum(kind) / len(ratios) - 1.0) for kind in zip(*ratios, strict=True)]
    yield f"{'over all circuits':<24}" + "".join(f"{mean:+9.2f}%" for mean in means)


def flying_lap_s(track: Track, line: RacingLine, spec: CarTunables) -> float:
    """Return the best flying lap of a bot alone on the track [s]; nan if it makes none."""
    driver = Driver(track, line, 1.0, Random(1), spec)
    frame = grid_frame(track, 0)
    car, progress = frame.car, frame.progress
    crossed: list[float] = []
    for tick in range(TICKS_MAX):
        controls = driver.decide(car, progress, (), tick)
        ticked = drive(car, progress, controls, (), track, spec)
        car, progress = ticked.car, ticked.progress
        if ticked.crossing is not None:
            crossed.append((tick + ticked.crossing) / TICK_HZ)
        if len(crossed) > LAPS:
            break
    return min((after - at for at, after in pairwise(crossed[1:])), default=math.nan)
