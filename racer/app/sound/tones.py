"""Signals: lights, best lap, chat. Pure functions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from racer.app.sound.synth import RATE, pcm

if TYPE_CHECKING:
    from array import array


def tone(hertz: float, seconds: float, strength: float = 0.5) -> array[int]:
    """Return a beep that fades out."""
    count = round(seconds * RATE)
    step = math.tau * hertz / RATE
    values = []
    for i in range(count):
        loudness = strength * min(1.0, i / 90.0) * (1.0 - i / count) ** 1.5
        values.append(loudness * (math.sin(step * i) + 0.3 * math.sin(2.0 * step * i)))
    return pcm(values)


def chat_tick() -> array[int]:
    """Return two short drops, the second higher: somebody said something."""
    count = round(0.16 * RATE)
    values = [0.0] * count
    for start, hertz in ((0.0, 1180.0), (0.055, 1770.0)):
        first = round(start * RATE)
        for i in range(count - first):
            loud = min(1.0, i / 40.0) * math.exp(-i / (0.022 * RATE))
            values[first + i] += 0.3 * loud * math.sin(math.tau * hertz * i / RATE)
    values[-60:] = [value * (60 - k) / 60.0 for k, value in enumerate(values[-60:])]
    return pcm(values)
