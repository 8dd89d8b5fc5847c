"""Sounds as samples, `RATE` a second: what all of them are made of. Pure functions.

There is no library for arrays here, so each sample is made by Python: sounds are short, filters
cheap, and loops no longer than the ear needs to find no pattern in them.
"""

from __future__ import annotations

import math
from array import array
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from random import Random

RATE: Final = 22_050
PEAK: Final = 32_767


def noise(rng: Random, count: int) -> list[float]:
    """Return white noise between -1 and 1."""
    return [value / 128.0 for value in array("b", rng.randbytes(count))]


def low_passed(values: Iterable[float], hertz: float) -> list[float]:
    """Return what is left below a frequency, falling by 6 dB an octave."""
    share = 1.0 - math.exp(-math.tau * hertz / RATE)
    smooth = 0.0
    result = []
    for value in values:
        smooth += share * (value - smooth)
        result.append(smooth)
    return result


def band_passed(values: Iterable[float], hertz: float, width: float) -> list[float]:
    """Return the band around a frequency (state-variable filter, Chamberlin 1980).

    Args:
        values: what is filtered.
        hertz: its middle, below a sixth of `RATE`.
        width: damping; 0.1 rings, 1 is broad.
    """
    tune = 2.0 * math.sin(math.pi * hertz / RATE)
    low = band = 0.0
    result = []
    for value in values:
        low += tune * band
        band += tune * (value - low - width * band)
        result.append(band)
    return result


def summed(*layers: tuple[float, Sequence[float]]) -> list[float]:
    """Return layers of equal length, each with its strength, as one."""
    parts = [[strength * value for value in values] for strength, values in layers]
    return [sum(column) for column in zip(*parts, strict=True)]


def looped(values: Sequence[float], fade: int) -> list[float]:
    """Return a loop without a seam: the last `fade` values fade into the first.

    Noise does not know itself again, so the shares are those of equal power.
    """
    length = len(values) - fade
    result = list(values[:length])
    for i in range(fade):
        angle = 0.5 * math.pi * i / fade
        result[i] = values[i] * math.sin(angle) + values[length + i] * math.cos(angle)
    return result


def levelled(values: Sequence[float], level: float, peak: float = 0.95) -> list[float]:
    """Return a sound at a level (root mean square), its rare peaks rounded off below `peak`."""
    power = math.sqrt(sum(value * value for value in values) / max(1, len(values)))
    gain = level / max(1e-9, power)
    return [peak * math.tanh(gain * value / peak) for value in values]


def pcm(values: Iterable[float]) -> array[int]:
    """Return samples of signed 16 bits."""
    return array("h", (round(PEAK * max(-1.0, min(1.0, value))) for value in values))


def stereo(samples: array[int]) -> array[int]:
    """Return one channel as two that are alike, as the device takes them."""
    both = array("h", bytes(4 * len(samples)))
    both[0::2] = samples
    both[1::2] = samples
    return both
