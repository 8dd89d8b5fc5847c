"""The limits that profiles are made by are those of the cars that `step` drives."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from racer.core.circuits.track import CentrePoint, Surface, Track
from racer.core.drivers.cornering import LEVELS, corner_speed, side_at, side_by_speed
from racer.core.drivers.speed_profile import Limits
from racer.core.physics.car import CarState, Controls, step
from racer.core.tuning import (
    CAR,
    CARS,
    GRAVITY,
    SLIDE_FROM,
    SURFACE_DRAG,
    SURFACE_GRIP,
    TICK_HZ,
    CarTunables,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

RACED: Final = tuple(surface for _, surface in LEVELS)


def plain(surface: Surface = Surface.ASPHALT) -> Track:
    far = 1e6
    middle = CentrePoint(0.0, 0.0, 1.0, 0.0, 0.0, far, far, far, far, False, False, road=surface)
    return Track("plain", "", "", (middle,), 1.0, 0.0, surface, (0,), (), (), ())


def rolling(speed: float) -> CarState:
    return CarState(x=0.0, y=0.0, heading=0.0, vx=speed)


# --- across -----------------------------------------------------------------------------------


def circled(spec: CarTunables, surface: Surface, radius_m: float, speed: float) -> float:
    """Drive three seconds on a circle; return how far from it the car was in the last [m]."""
    track, car, throttle, furthest = plain(surface), rolling(speed), 0.3, 0.0
    for tick in range(3 * TICK_HZ):
        off_m = math.hypot(car.x, car.y - radius_m) - radius_m
        along = math.atan2(car.x, radius_m - car.y)
        astray = math.remainder(along - math.atan2(car.vy, car.vx), math.tau)
        steer = max(-1.0, min(1.0, 0.5 + 2.5 * astray + 0.4 * off_m))
        throttle = max(0.0, min(1.0, throttle + 0.03 * (speed - car.speed)))
        foot = max(0.0, min(1.0, throttle + 0.5 * (speed - car.speed)))
        car = step(car, Controls(throttle=foot, steer=steer), track, 0, spec)
        if tick >= 2 * TICK_HZ:
            furthest = max(furthest, off_m)
    return furthest


@pytest.mark.parametrize("surface", RACED)
@pytest.mark.parametrize("radius_m", [8.0, 25.0, 90.0])
def test_a_car_holds_the_speed_that_it_is_said_to_hold_and_not_much_more(
    surface: Surface, radius_m: float
) -> None:
    for spec in CARS:
        speed = corner_speed(side_by_speed(spec, SURFACE_GRIP[surface]), 1.0 / radius_m)
        assert circled(spec, surface, radius_m, 0.97 * speed) < 1.0
        assert circled(spec, surface, radius_m, 1.06 * speed) > 1.5


def test_no_speed_is_low_enough_for_a_turn_beyond_the_lock() -> None:
    sides = side_by_speed(CAR, 1.0)
    assert corner_speed(sides, 1.0 / 3.5) < 2.0
    assert corner_speed(sides, 1.0 / 6.0) > 6.0


def test_half_on_a_kerb_a_car_holds_what_lies_between() -> None:
    road, kerb = SURFACE_GRIP[Surface.ASPHALT], SURFACE_GRIP[Surface.KERB]
    both, half = (side_by_speed(CAR, grip) for grip in (road, 0.5 * (road + kerb)))
    assert side_at(half, 20.0) == pytest.approx(
        0.5 * (side_at(both, 20.0) + side_at(side_by_speed(CAR, kerb), 20.0))
    )


# --- along ------------------------------------------------------------------------------------


@pytest.mark.parametrize("surface", RACED)
@pytest.mark.parametrize("spec", CARS, ids=[spec.key for spec in CARS])
def test_straight_on_a_car_gains_and_loses_what_it_is_said_to(
    spec: CarTunables, surface: Surface
) -> None:
    limits, track = Limits(spec), plain(surface)
    grip, taken = SURFACE_GRIP[surface], GRAVITY * SURFACE_DRAG[surface]
    for speed in (5.0, 15.0, 30.0, 45.0):
        pushed, braked = (
            (step(rolling(speed), controls, track, 0, spec).speed - speed) * TICK_HZ
            for controls in (Controls(throttle=1.0), Controls(brake=1.0))
        )
        assert limits.gain(speed, 0.0, grip) - taken == pytest.approx(pushed, abs=0.12)
        assert limits.loss(speed, 0.0, grip) + taken == pytest.approx(-braked, abs=0.12)


def turned_in(speed: float, throttle: float, brake: float) -> Iterable[tuple[float, float]]:
    """Turn the wheel in slowly; yield side and gain [m/s²] until the tail slides.

    The speed is kept by hand.
    """
    track, car, ticks = plain(), rolling(speed), 160
    for tick in range(ticks):
        steer = 0.05 + 0.95 * tick / ticks
        after = step(car, Controls(throttle=throttle, brake=brake, steer=steer), track, 0)
        across = math.atan2(
            car.vx * after.vy - car.vy * after.vx, car.vx * after.vx + car.vy * after.vy
        )
        c, s = math.cos(after.heading), math.sin(after.heading)
        tail = after.vy * c - after.vx * s - CAR.rear_axle_m * after.yaw_rate
        if abs(tail) > SLIDE_FROM * speed:
            return
        yield across * TICK_HZ * speed, (after.speed - speed) * TICK_HZ
        keep = speed / after.speed
        car = replace(after, vx=keep * after.vx, vy=keep * after.vy)


@pytest.mark.parametrize("speed", [10.0, 20.0, 30.0, 40.0])
def test_in_a_corner_a_car_gains_and_loses_about_what_it_is_said_to(speed: float) -> None:
    limits, held = Limits(), side_at(side_by_speed(CAR, 1.0), speed)
    pushed = [at for k in range(1, 11) for at in turned_in(speed, k / 10, 0.0)]
    braked = [at for k in range(11) for at in turned_in(speed, 0.0, k / 10)]
    for share in (0.5, 0.8, 0.9, 0.98):
        side = share * held
        most = max(gain for across, gain in pushed if across >= side)
        said = limits.gain(speed, limits.tyre_side(speed, side, 1.0), 1.0)
        assert said == pytest.approx(most, abs=0.8)
    lost = -min(gain for across, gain in braked if across >= 0.98 * held)
    assert limits.loss(speed, 0.98 * held, 1.0) == pytest.approx(lost, rel=0.12)
