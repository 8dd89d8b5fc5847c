"""What makes one driver differ from another, and what each gets wrong now and then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from racer.core.tuning import TICK_HZ

if TYPE_CHECKING:
    from random import Random

PACE_LEAST: Final = 0.80
PACE_MOST: Final = 1.0
"""Share of the line's speed at skill 0 and at skill 1."""

PACE_SPREAD: Final = 0.012
"""Drivers of one skill differ by so much either way, else a field never mixes; the best less."""

HABIT_M: Final = 0.5
"""Each driver's own habit across the road, either way."""

QUICKEST_S: Final = 0.15
SLOWEST_S: Final = 0.50
"""From the green light to the throttle, at skill 1 and at skill 0."""

JUMPS: Final = 0.08
"""The chance that a driver of skill 0 is on the throttle before the green light."""

SLIPS: Final = 0.10
"""The chance that a driver of skill 0 gets a corner wrong: about once a lap."""

LATE_S: Final = 0.22
WIDE_M: Final = 1.6
TIMID: Final = 0.12
"""The worst of each kind: how late on the brakes, how far off the line, how much too slow."""


@dataclass(frozen=True, slots=True)
class Personality:
    """One driver."""

    pace: float  # share of the line's speed
    habit_m: float  # from the line, left is positive
    reaction_ticks: int  # from the green light on
    jumps_start: bool  # is on the throttle before it
    bold: float  # 0..1: how small a gap is worth a try
    mistakes: float  # the chance of a mistake, a corner


@dataclass(frozen=True, slots=True)
class Mistake:
    """How a driver gets one corner wrong."""

    late_s: float = 0.0  # on the brakes
    wide_m: float = 0.0  # outside of the line
    pace: float = 1.0  # share of the speed that would do


FLAWLESS: Final = Mistake()


def personality_of(skill: float, rng: Random) -> Personality:
    """Return a driver of a skill 0..1. The same seed gives the same one."""
    lack = 1.0 - skill
    pace = PACE_LEAST + (PACE_MOST - PACE_LEAST) * skill
    spread = PACE_SPREAD * (1.0 - 0.8 * skill)
    reaction_s = QUICKEST_S + (SLOWEST_S - QUICKEST_S) * lack * rng.random()
    return Personality(
        pace=min(PACE_MOST, pace * (1.0 + spread * rng.uniform(-1.0, 1.0))),
        habit_m=HABIT_M * rng.uniform(-1.0, 1.0) * (1.0 - 0.7 * skill),
        reaction_ticks=round(reaction_s * TICK_HZ),
        jumps_start=rng.random() < JUMPS * lack,
        bold=rng.random(),
        mistakes=SLIPS * lack,
    )


def mistake_of(personality: Personality, rng: Random) -> Mistake:
    """Return how a driver takes its next corner: nearly always as it should be."""
    if rng.random() >= personality.mistakes:
        return FLAWLESS
    size = rng.uniform(0.4, 1.0)
    match rng.randrange(3):
        case 0:
            return Mistake(late_s=LATE_S * size)
        case 1:
            return Mistake(wide_m=WIDE_M * size)
        case _:
            return Mistake(pace=1.0 - TIMID * size)
