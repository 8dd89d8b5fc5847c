"""Sounds as samples: signed 16 bits, one channel, `RATE` a second. Pure functions."""

from __future__ import annotations

import math
from array import array
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from random import Random

RATE: Final = 22_050
PEAK: Final = 32_767
IDLE_HZ: Final = 44.0
TOP_HZ: Final = 188.0
LOOP_S_MIN: Final = 0.2  # shorter loops would be begun anew too often

# Strength of the harmonics of half the firing rate: the even ones are the cylinders together, the
# odd ones are what makes it a particular engine.
PARTIALS: Final = ((1, 0.42), (2, 1.0), (3, 0.30), (4, 0.62), (5, 0.16), (6, 0.30), (8, 0.17))


def engine(revs: float) -> array[int]:
    """Return a seamless loop of an engine. `revs` 0..1 goes from idling to the limiter."""
    hertz = IDLE_HZ * (TOP_HZ / IDLE_HZ) ** revs
    length = round(2.0 * RATE / hertz)  # two turns of the shaft
    bright = 0.45 + 0.55 * revs  # upper partials grow with the revs
    turn = [
        sum(
            part * (bright if k > 3 else 1.0) * math.sin(math.tau * k * i / length + 0.7 * k)
            for k, part in PARTIALS
        )
        for i in range(length)
    ]
    turns = math.ceil(LOOP_S_MIN * RATE / length)
    return _pcm_samples([math.tanh(1.3 * value) for value in turn] * turns, 0.5)


def skid(rng: Random) -> array[int]:
    """Return a loop of tyres that slide: noise around a squeal that wavers."""
    length = RATE // 2
    low = band = 0.0
    values = []
    for i in range(length + 2000):
        pitch = 940.0 + 60.0 * math.sin(math.tau * 3.0 * i / length)
        tune = 2.0 * math.sin(math.pi * pitch / RATE)
        # State-variable filter (Chamberlin 1980): the band around the pitch.
        high = rng.uniform(-1.0, 1.0) - low - 0.16 * band
        band += tune * high
        low += tune * band
        values.append(band)
    head = values[:2000]  # its end fades into its beginning, so that the seam is not heard
    for i, value in enumerate(head):
        share = i / 2000.0
        values[i] = value * share + values[length + i] * (1.0 - share)
    return _pcm_samples(values[:length], 0.16)


def tone(hertz: float, seconds: float, strength: float = 0.5) -> array[int]:
    """Return a beep that fades out."""
    count = round(seconds * RATE)
    step = math.tau * hertz / RATE
    values = []
    for i in range(count):
        loudness = min(1.0, i / 90.0) * (1.0 - i / count) ** 1.5
        values.append(loudness * (math.sin(step * i) + 0.3 * math.sin(2.0 * step * i)))
    return _pcm_samples(values, strength)


def whoosh(rng: Random) -> array[int]:
    """Return the boost: wind that rises and passes."""
    count = round(0.7 * RATE)
    smooth = 0.0
    values = []
    for i in range(count):
        part = i / count
        smooth += (0.06 + 0.30 * part) * (rng.uniform(-1.0, 1.0) - smooth)
        values.append(smooth * math.sin(math.pi * part) ** 1.5)
    return _pcm_samples(values, 0.9)


def _pcm_samples(values: Iterable[float], strength: float) -> array[int]:
    return array("h", (round(PEAK * max(-1.0, min(1.0, strength * v))) for v in values))
