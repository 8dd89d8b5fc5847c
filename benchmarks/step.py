"""What one tick of one car costs its owner: wake, step, contact with 15 others, rounding."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import racer
from benchmarks.figures import line
from racer.core.circuits.track import Track
from racer.core.circuits.trackfile import parse_track
from racer.core.drivers.line import racing_line
from racer.core.heat import Heat
from racer.core.physics.car import CarState, held_controls, quantise, step
from racer.core.physics.contact import resolve_contacts
from racer.core.physics.slipstream import slipstream

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
                hint = track.index_at(entry.progress.s_m)
                before = time.thread_time_ns()
                _tick(entry.car, others, track, hint)
                costs.append((time.thread_time_ns() - before) / 1e3)
    yield line("a tick of one car among 16", costs, "us")


def _tick(car: CarState, others: list[CarState], track: Track, hint: int) -> CarState:
    """Drive as `play.own_car` does."""
    moved = step(car, held_controls(car), track, hint, slipstream=slipstream(car, others))
    return quantise(resolve_contacts(moved, others, track, hint)[0])
