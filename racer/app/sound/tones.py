"""Signals: lights, best lap, chat. Pure functions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from racer.app.sound.synth import RATE, pcm

if TYPE_CHECKING:
    from array import array

FANFARE: Final = (
    (0.0, 0.16, 392.0), (0.2, 0.16, 392.0), (0.4, 0.16, 392.0), (0.6, 0.42, 523.25),
    (1.06, 0.2, 440.0), (1.3, 0.9, 587.33),
)  # fmt: skip
"""Start [s], length [s] and pitch [Hz] of each note."""


def tone(hertz: float, seconds: float, strength: float = 0.5) -> array[int]:
    """Return a beep that fades out."""
    count = round(seconds * RATE)
    step = math.tau * hertz / RATE
    values = []
    for i in range(count):
        loudness = strength * min(1.0, i / 90.0) * (1.0 - i / count) ** 1.5
        values.append(loudness * (math.sin(step * i) + 0.3 * math.sin(2.0 * step * i)))
    return pcm(values)


def fanfare() -> array[int]:
    """Return a short fanfare of two horns: for the podium."""
    values = [0.0] * round(2.5 * RATE)
    for start, length, hertz in FANFARE:
        for voice, strength in ((1.0, 0.15), (1.2599, 0.10)):  # a third above
            first, count = round(start * RATE), round((length + 0.12) * RATE)
            step = math.tau * hertz * voice / RATE
            for i in range(min(count, len(values) - first)):
                swell = min(1.0, i / 500.0) * min(1.0, (count - i) / 2600.0)
                phase = step * i + 0.06 * math.sin(math.tau * 5.2 * i / RATE) * min(1.0, i / 6000.0)
                brass = (
                    math.sin(phase)
                    + 0.62 * math.sin(2.0 * phase)
                    + 0.4 * swell * math.sin(3.0 * phase)
                )
                values[first + i] += strength * swell * brass
    return pcm(math.tanh(value) for value in values)


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
