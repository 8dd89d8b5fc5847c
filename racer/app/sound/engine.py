"""Engines: each firing rings the exhaust, and a loop is a few turns of the shaft. Pure functions.

A firing is a short burst in which the pipe's resonances ring and die away (formants, as in the
singing of Rodet's CHANT, 1984). On the throttle they are bright and rough; off it they are dull and
uneven. A loop's ring goes on from its end to its beginning, so there is no seam.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Final

from racer.app.sound.synth import RATE, levelled, pcm

if TYPE_CHECKING:
    from array import array

LOOP_S_MIN: Final = 0.15  # shorter loops would be heard as a tone of their own
RING_S: Final = 0.011  # after which a firing is no longer heard
ATTACK: Final = 7  # samples in which a firing sets in: at once would be a click
LEVEL: Final = 0.22
PLACE_MAX: Final = 1.1  # beyond the limiter by a fifth: the pitch of a car that comes closer


@dataclass(frozen=True, slots=True)
class Engine:
    """What makes one engine unlike another. A cycle is two turns: each cylinder fires once."""

    idle_hz: float  # cycles a second
    top_hz: float
    cylinders: tuple[float, ...]  # how loud each is, in the order of firing
    uneven: float  # by which share of their interval every other firing is late
    formants: tuple[tuple[float, float, float], ...]  # Hz, time constant [s], strength

    def place(self, revs: float) -> float:
        """Return where revs lie from idling, 0, to the limiter, 1, in equal musical steps.

        Args:
            revs: how fast the shaft turns, 1 at the limiter; heard while it comes closer, more.
        """
        octaves = math.log(self.top_hz / self.idle_hz)
        return min(PLACE_MAX, max(0.0, 1.0 + math.log(max(revs, 1e-6)) / octaves))


FLAT_SIX: Final = Engine(
    9.0, 64.0, (1.0, 0.88, 0.97, 0.84, 1.0, 0.9), 0.0,
    ((118.0, 0.0058, 1.0), (430.0, 0.0032, 0.75), (1050.0, 0.0016, 0.42), (2500.0, 0.0008, 0.2)),
)  # fmt: skip
IN_LINE_FOUR: Final = Engine(
    10.0, 76.0, (1.0, 0.92, 0.98, 0.94), 0.0,
    ((150.0, 0.0050, 0.8), (560.0, 0.0034, 0.9), (1380.0, 0.0018, 0.55), (3100.0, 0.0008, 0.3)),
)  # fmt: skip
VEE_EIGHT: Final = Engine(
    7.0, 50.0, (1.0, 0.62, 0.94, 0.98, 0.6, 0.9, 0.66, 0.95), 0.07,
    ((84.0, 0.0075, 1.2), (300.0, 0.0042, 0.8), (760.0, 0.0020, 0.52), (1900.0, 0.0008, 0.22)),
)  # fmt: skip
ENGINES: Final = (FLAT_SIX, IN_LINE_FOUR, VEE_EIGHT)
"""In the order of `tuning.CARS`."""


def engine_loop(engine: Engine, place: float, *, load: bool) -> array[int]:
    """Return a seamless loop of an engine.

    Args:
        engine: which.
        place: from idling, 0, by equal musical steps to the limiter, 1, and beyond.
        load: on the throttle, or rolling against the engine.
    """
    hertz = engine.idle_hz * (engine.top_hz / engine.idle_hz) ** place
    cycles = max(2, math.ceil(LOOP_S_MIN * hertz))
    length = round(cycles * RATE / hertz)
    rng = Random(f"{engine.top_hz} {load} {place:.3f}")
    values = [0.0] * length
    burst = _firing_burst(engine, load)
    step = length / (cycles * len(engine.cylinders))
    stray = 0.05 if load else 0.22
    for k in range(cycles * len(engine.cylinders)):
        late = engine.uneven * (k % 2) + rng.uniform(-0.006, 0.006)
        start = int((k + late) * step)
        loud = engine.cylinders[k % len(engine.cylinders)] * (1.0 + rng.uniform(-stray, stray))
        for i, value in enumerate(burst, start):
            values[i % length] += loud * value
    mean = sum(values) / length
    return pcm(levelled([value - mean for value in values], LEVEL, 0.8))


@cache
def _firing_burst(engine: Engine, load: bool) -> tuple[float, ...]:
    """Return what one firing sounds like."""
    rng = Random(3)
    dull = 1.0 if load else 0.38  # how much of each formant above the first is left
    rough = 0.16 if load else 0.04
    values = []
    for i in range(round(RING_S * RATE)):
        t, attack = i / RATE, min(1.0, (i + 1) / ATTACK)
        ring = sum(
            strength
            * (1.0 if k == 0 else dull**k)
            * math.exp(-t / fade)
            * math.sin(math.tau * hz * t)
            for k, (hz, fade, strength) in enumerate(engine.formants)
        )
        hiss = rough * rng.uniform(-1.0, 1.0) * math.exp(-t / 0.0022)
        values.append(attack * (ring + hiss))
    return tuple(values)
