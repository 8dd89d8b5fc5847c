"""What a kind of car holds across on a surface: measured, by driving it in circles with `step`.

The equations of `tyres` have no closed answer for a whole car: its lock is bounded, its turning is
damped, and wheels that are turned far pull backwards. A model without these promises a third more
than there is at 8 m/s.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from racer.core.circuits.track import CentrePoint, Surface, Track
from racer.core.physics.car import CarState, Controls, clamped, step
from racer.core.tuning import SLIDE_FROM, SPEED_MAX, SURFACE_GRIP, TICK_HZ, CarTunables

if TYPE_CHECKING:
    from collections.abc import Sequence

SPEEDS: Final = (4.0, 6.0, 8.0, 10.0, 12.0, 16.0, 20.0, 28.0, 36.0, 44.0, 52.0)
"""m/s. Dense where the lock bounds the turn. Below the least it alone does, so that the grip goes
with the square of the speed; above the greatest, near the top speed, nothing changes much."""

STEER_FROM: Final = 0.35
SETTLE_TICKS: Final = 30
TURN_TICKS: Final = 100
"""The wheel is turned from there to full lock, slowly enough that each moment is steady: 2 % of
what is held would be lost by twice the haste."""

MEAN_TICKS: Final = 8
"""What counts is held for so long."""

LACK_MOST: Final = 0.25
"""m/s² that the throttle may lack to hold the speed: with more it is no steady turn."""

LEVELS: Final = tuple(
    sorted((SURFACE_GRIP[s], s) for s in Surface if s not in {Surface.GRASS, Surface.GRAVEL})
)
"""The surfaces that are raced on, by their grip."""


@cache
def side_by_speed(spec: CarTunables, grip: float) -> tuple[float, ...]:
    """Return the side acceleration [m/s²] that a car holds, for each whole m/s to SPEED_MAX.

    Args:
        spec: the kind of car.
        grip: of the ground, as a share of dry asphalt's. Between two surfaces it is between theirs.
    """
    least, most = LEVELS[0], LEVELS[-1]
    if grip <= least[0]:
        return tuple(grip / least[0] * side for side in _held(spec, least[1]))
    if grip >= most[0]:
        return _held(spec, most[1])
    (low, below), (high, above) = next(pair for pair in pairwise(LEVELS) if grip <= pair[1][0])
    if grip == high:
        return _held(spec, above)
    part = (grip - low) / (high - low)
    both = zip(_held(spec, below), _held(spec, above), strict=True)
    return tuple(worse + part * (better - worse) for worse, better in both)


def side_at(sides: Sequence[float], speed: float) -> float:
    """Return the entry of `side_by_speed` for any speed from 0 to SPEED_MAX [m/s]."""
    index = int(speed)
    return sides[index] + (speed - index) * (sides[index + 1] - sides[index])


def corner_speed(sides: Sequence[float], curvature: float) -> float:
    """Return the greatest speed [m/s] at which a curve [1/m, positive] can be held.

    0 where the lock is not enough for it at any speed.
    """
    low, high = 0, len(sides) - 2
    if sides[high] >= curvature * high * high:
        return SPEED_MAX
    while high - low > 1:  # what a speed holds of its own square falls with the speed
        middle = (low + high) // 2
        if sides[middle] >= curvature * middle * middle:
            low = middle
        else:
            high = middle
    # Between the two the side grip is straight: side + part · rise = curvature · (low + part)².
    rise = sides[high] - sides[low]
    half = curvature * low - 0.5 * rise
    rest = sides[low] - curvature * low * low
    return low + (math.sqrt(half * half + curvature * rest) - half) / curvature


@cache
def _held(spec: CarTunables, surface: Surface) -> tuple[float, ...]:
    """Measure each of SPEEDS, and join them."""
    plain = _plain(surface)
    places = [(0.0, 0.0)]
    for speed in SPEEDS:
        places.append((speed, _measured_side(spec, plain, speed) or places[-1][1]))
    places.append((SPEED_MAX + 1.0, places[-1][1]))
    found = []
    for whole in range(int(SPEED_MAX) + 2):
        speed = float(whole)
        (a, low), (b, high) = next(pair for pair in pairwise(places) if speed <= pair[1][0])
        part = (speed - a) / (b - a)
        found.append(low + (part * part if a == 0.0 else part) * (high - low))
    return tuple(found)


def _measured_side(spec: CarTunables, plain: Track, speed: float) -> float:
    """Turn the wheel in at a speed; return the most that was held across [m/s²], or 0.

    The speed is kept by hand, and the throttle follows what that took: so it is as if it held it.
    """
    car = CarState(x=0.0, y=0.0, heading=0.0, vx=speed)
    pull = min(spec.power_w / speed, spec.drive_grip * spec.friction_rear * spec.rear_load_n)
    throttle = best = 0.0
    sides: list[float] = []
    for tick in range(SETTLE_TICKS + TURN_TICKS):
        part = max(0.0, (tick - SETTLE_TICKS) / TURN_TICKS)
        steer = STEER_FROM + part * (1.0 - STEER_FROM)
        after = step(car, Controls(throttle=throttle, steer=steer), plain, 0, spec)
        lack = (speed - after.speed) * TICK_HZ
        throttle = clamped(throttle + lack * spec.mass_kg / pull, 0.0, 1.0)
        if _tail_slip(after, spec) > SLIDE_FROM:
            break
        across = car.vx * after.vy - car.vy * after.vx
        sides.append(across / after.speed * TICK_HZ if lack < LACK_MOST else 0.0)
        if tick >= SETTLE_TICKS:
            best = max(best, min(sides[-MEAN_TICKS:]))
        keep = speed / after.speed
        car = replace(after, x=0.0, y=0.0, vx=keep * after.vx, vy=keep * after.vy)
    return best


def _tail_slip(car: CarState, spec: CarTunables) -> float:
    """Return the tangent of the slip angle of the rear axle."""
    c, s = math.cos(car.heading), math.sin(car.heading)
    ahead, left = car.vx * c + car.vy * s, car.vy * c - car.vx * s
    return abs(left - spec.rear_axle_m * car.yaw_rate) / max(ahead, 1.0)


def _plain(surface: Surface) -> Track:
    """Return an endless plain of one surface."""
    far = 1e6  # m
    middle = CentrePoint(0.0, 0.0, 1.0, 0.0, 0.0, far, far, far, far, False, False, road=surface)
    return Track("plain", "", "", (middle,), 1.0, 0.0, surface, (0,), (), (), ())
