"""What one tick of one car costs its owner, wake to pick-up, with 15 others around."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import racer
from benchmarks.figures import line
from racer.core.circuits.trackfile import parse_track
from racer.core.drivers.line import racing_line
from racer.core.heat import Heat
from racer.core.physics.car import held_controls
from racer.core.tick import drive

CARS = 16
TICKS = 1200  # the start, where all are near each other, and half a lap
EVERY = 7  # ticks between those that are measured


def report() -> Iterator[str]:
    """Yield a line: the processor time of a tick of each of 16 bots in a race."""
    path = Path(racer.__file__).parent / "circuits" / "harbour-ring.track"
    track = parse_track(path.read_text(encoding="utf-8"))
    heat = Heat(track, racing_line(track), [k / CARS for k in range(CARS)], Random(1))
    costs: list[float] = []
    gc.freeze()
    for tick in range(TICKS):
        heat.step()
        if tick % EVERY == 0:
            cars = [entry.car for entry in heat.entries]
            for number, entry in enumerate(heat.entries):
                others = cars[:number] + cars[number + 1 :]
                controls = held_controls(entry.car)
                before = time.thread_time_ns()
                drive(entry.car, entry.progress, controls, others, track)
                costs.append((time.thread_time_ns() - before) / 1e3)
    yield line("a tick of one car among 16", costs, "us")
