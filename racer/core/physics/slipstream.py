"""Slipstream: the wake of the cars ahead."""

import math
from collections.abc import Sequence
from typing import Final

from racer.core.physics.car import CarState

WAKE_FULL_M: Final = 7.0
"""From centre to centre: up to so far behind, the wake is at its full."""

WAKE_LENGTH_M: Final = 30.0
"""It has faded out so far behind: half a second on a straight."""

WAKE_CORE_M: Final = 1.0
"""Within so much to either side of the other's path the wake is at its full …"""

WAKE_HALF_WIDTH_M: Final = 2.2
"""… and outside of so much there is none: who pulls out to pass loses it."""

WAKE_SPEED: Final = 15.0
"""m/s of the other: slower cars leave no wake worth having."""


def slipstream(car: CarState, others: Sequence[CarState]) -> float:
    """Return how deep a car is in the wake of others, 0..1. `others` may hold any cars but itself.

    The deepest counts: three cars in a row tow no more than one.
    """
    deepest = 0.0
    for other in others:
        dx, dy = other.x - car.x, other.y - car.y
        if dx * dx + dy * dy < WAKE_LENGTH_M * WAKE_LENGTH_M:
            deepest = max(deepest, _wake_depth(car, other, dx, dy))
    return deepest


def _wake_depth(car: CarState, other: CarState, dx: float, dy: float) -> float:
    """Return how deep a car is in the wake of another that lies at (dx, dy) from it."""
    speed = math.sqrt(other.vx * other.vx + other.vy * other.vy)
    if speed < WAKE_SPEED or car.vx * other.vx + car.vy * other.vy <= 0.0:
        return 0.0
    along = (dx * other.vx + dy * other.vy) / speed
    across = abs(dx * other.vy - dy * other.vx) / speed
    if along <= 0.0 or across >= WAKE_HALF_WIDTH_M:
        return 0.0
    near = (WAKE_LENGTH_M - along) / (WAKE_LENGTH_M - WAKE_FULL_M)
    inside = (WAKE_HALF_WIDTH_M - across) / (WAKE_HALF_WIDTH_M - WAKE_CORE_M)
    return min(1.0, near) * min(1.0, inside)
