"""What of a sound somewhere on the field arrives at the ear: how loud, from where, how shifted."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

SPEED_OF_SOUND_MS: Final = 343.0
NEAR_M: Final = 9.0  # up to here a sound has nearly all of its strength
FAR_M: Final = 130.0  # from here on none is left: the pictures ends there, too
WIDE: Final = 0.85  # of a full pan, which would be deaf on one ear
DOPPLER_MAX: Final = 1.5  # beyond it a car was put elsewhere


@dataclass(frozen=True, slots=True)
class Sounding:
    """A place that sounds, or an ear, and how it moves."""

    x: float  # m
    y: float
    vx: float = 0.0  # m/s
    vy: float = 0.0


@dataclass(frozen=True, slots=True)
class Gains:
    """How loud a sound is on either side, 0..1."""

    left: float
    right: float

    def times(self, share: float) -> Gains:
        return Gains(self.left * share, self.right * share)

    @property
    def sum(self) -> float:
        return self.left + self.right


SILENT: Final = Gains(0.0, 0.0)


def heard(ear: Sounding, source: Sounding) -> Gains:
    """Return how a sound is heard: quieter far away, and from where it is in the picture.

    North is up in the picture, so what lies east is heard on the right. The two sides have equal
    power together wherever it comes from.
    """
    dx, dy = source.x - ear.x, source.y - ear.y
    way = math.hypot(dx, dy)
    if way >= FAR_M:
        return SILENT
    loud = (1.0 - way / FAR_M) / (1.0 + (way / NEAR_M) ** 2) ** 0.5
    angle = (1.0 + WIDE * dx / (way + NEAR_M)) * math.pi / 4.0
    return Gains(loud * math.cos(angle), loud * math.sin(angle))


def middle(loud: float) -> Gains:
    """Return a sound that is as loud on either side, at the power of one heard near by."""
    return Gains(loud * math.sqrt(0.5), loud * math.sqrt(0.5))


def doppler(ear: Sounding, source: Sounding) -> float:
    """Return by which factor a pitch is raised, above 1 while the two come closer."""
    dx, dy = source.x - ear.x, source.y - ear.y
    way = math.hypot(dx, dy)
    if way < 1e-6:
        return 1.0
    ear_ms = (ear.vx * dx + ear.vy * dy) / way  # towards the source
    source_ms = -(source.vx * dx + source.vy * dy) / way  # towards the ear
    factor = (SPEED_OF_SOUND_MS + ear_ms) / (SPEED_OF_SOUND_MS - source_ms)
    return min(DOPPLER_MAX, max(1.0 / DOPPLER_MAX, factor))
