"""A car as one of its states tells it, and how far it can have gone until the next one.

States get lost, and a car may be put back onto the road. So a step from one state to the next is
held only against what no car can do.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from racer.core.tuning import RESCUE_TICKS, SPEED_MAX, TICK_HZ

if TYPE_CHECKING:
    from racer.core.recordings.car_codec import CarFrame

GAIN_MS2: Final = 20.0  # m/s² that no drive and no brakes exceed
KNOCK_MS: Final = 8.0  # m/s of speed that a touch may have given and taken between two states
SLACK_M: Final = 6.0  # what a touch shifts a car, and its rounding


@dataclass(frozen=True, slots=True)
class CarSighting:
    """A car as one state tells it."""

    tick: int
    x: float
    y: float
    vx: float  # m/s
    vy: float
    speed: float  # m/s, never negative; who stands after a rescue has none, whatever it says
    lap: int
    gates: int  # passed since the race began
    ghost: bool
    respawning: bool

    @property
    def laps_done(self) -> int:
        return max(self.lap - 1, 0)


def reach_m(before: CarSighting, after: CarSighting, stood: int = 0) -> float:
    """Return how far a car can have gone between two states, of which it stood so many ticks."""
    past_s = max(0, abs(after.tick - before.tick) - stood) / TICK_HZ
    return _way_m(max(before.speed, after.speed), past_s)


def reach_from_m(seen: CarSighting, tick: float) -> float:
    """Return how far from where it was seen a car can be, or have been, at a tick."""
    return _way_m(seen.speed, abs(tick - seen.tick) / TICK_HZ)


def strays_m(seen: CarSighting, tick: float) -> float:
    """Return how far a car can be at a tick from where it would be, had it gone straight on."""
    past_s = abs(tick - seen.tick) / TICK_HZ
    return KNOCK_MS * past_s + GAIN_MS2 * past_s * past_s / 2.0


def was_put_back(before: CarSighting, after: CarSighting) -> bool:
    """Whether a car may have been put back onto the road between two states.

    It stands for a while then, and is a ghost for longer: a ghost that does not stand any more was
    put back so long before.
    """
    return after.respawning or (after.ghost and after.tick - before.tick > RESCUE_TICKS)


def tick_of(seen: CarSighting | None) -> int:
    """Return when it was; -1: there is none."""
    return -1 if seen is None else seen.tick


def apart_m(one: CarSighting, other: CarSighting) -> float:
    """Return how far from each other two states have a car."""
    return math.hypot(one.x - other.x, one.y - other.y)


def sighting_of(frame: CarFrame, gates: int) -> CarSighting:
    """Return a state as it is judged.

    Args:
        gates: of the circuit.
    """
    car, progress = frame.car, frame.progress
    passed = gates * (progress.lap - 1) + (progress.gate or gates) if progress.lap > 0 else 0
    return CarSighting(
        frame.tick,
        car.x,
        car.y,
        car.vx,
        car.vy,
        0.0 if frame.respawning else math.hypot(car.vx, car.vy),
        progress.lap,
        passed,
        frame.ghost,
        frame.respawning,
    )


def _way_m(speed: float, past_s: float) -> float:
    fastest = min(SPEED_MAX, speed + KNOCK_MS + GAIN_MS2 * past_s)
    return fastest * past_s + SLACK_M
