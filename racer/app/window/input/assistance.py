"""What helps a driver who wants it: brakes before corners, and hands on the wheel beside one's own.

It acts on what keys and pad ask for, before it is sent: the race sees a driver like any other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from racer.core.drivers.pursuit import LOOK_AHEAD_M, LOOK_AHEAD_S, steering_towards
from racer.core.physics.car import Controls, clamped
from racer.core.tuning import CAR, CARS

if TYPE_CHECKING:
    from racer.core.circuits.track import Track
    from racer.core.drivers.line import RacingLine
    from racer.play.view import CarView

BRAKE_AHEAD_S: Final = 0.12  # from the picture to the brakes
PACE: Final = 0.92  # of what the line can be driven at: who wants help is not the fastest
FULL_MS: Final = 4.0  # too fast by so much, the brakes are full on
LET_GO: Final = 0.85  # of what the line asks for, while one does not steer
SHARE: Final = 0.5  # … and of both, while one does
SLOW_MS: Final = 3.0  # a car that is put right by hand is left alone


@dataclass(frozen=True, slots=True)
class Help:
    """Which help a driver wants."""

    steers: bool = False
    brakes: bool = False


def assisted(
    controls: Controls, wanted: Help, car: CarView, track: Track, line: RacingLine
) -> Controls:
    """Return the controls with the help that is wanted; a car that goes backward gets none."""
    if controls.handbrake or car.speed_ms < SLOW_MS or not _goes_along(car, track):
        return controls
    if wanted.brakes:
        controls = _with_brakes(controls, car, track, line)
    if wanted.steers:
        controls = _with_hands(controls, car, track, line)
    return controls


def _goes_along(car: CarView, track: Track) -> bool:
    point = track.centre[track.index_at(car.way_m)]
    return math.cos(car.pose.heading) * point.tx + math.sin(car.pose.heading) * point.ty > 0.2


def _with_brakes(controls: Controls, car: CarView, track: Track, line: RacingLine) -> Controls:
    """Brake where the line is slower than we are; it knows where braking must begin."""
    profile = line.profile(CARS[car.car] if car.car < len(CARS) else CAR)
    index = track.index_at(car.way_m + BRAKE_AHEAD_S * car.speed_ms)
    over = car.speed_ms - PACE * profile.speed[index]
    if over <= 0.0:
        return controls
    return replace(
        controls, throttle=0.0, brake=max(controls.brake, clamped(over / FULL_MS, 0.0, 1.0))
    )


def _with_hands(controls: Controls, car: CarView, track: Track, line: RacingLine) -> Controls:
    index = track.index_at(car.way_m + LOOK_AHEAD_M + LOOK_AHEAD_S * car.speed_ms)
    dx, dy = line.x[index] - car.pose.x, line.y[index] - car.pose.y
    spec = CARS[car.car] if car.car < len(CARS) else CAR
    asked = steering_towards(dx, dy, car.pose.heading, car.speed_ms, spec)
    if controls.steer == 0.0:
        return replace(controls, steer=_rounded_steer(LET_GO * asked))
    return replace(controls, steer=_rounded_steer(SHARE * controls.steer + (1.0 - SHARE) * asked))


def _rounded_steer(steer: float) -> float:
    return round(steer * 50.0) / 50.0  # finer steps would only be more to send
