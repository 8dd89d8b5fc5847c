"""How fast a kind of car can be driven along a line: forward and backward over its limits.

What a car holds across is measured (`cornering`). What drive and brakes then add follows from the
equations of `tyres`: two axles, a friction circle each, load that moves with drive and brakes,
drag, and the scrub of tyres that slip; `tests/core/test_limits.py` holds it against `step`. Steady
in each point, which is what makes it fast to compute: a driver who brakes into a corner, or lets
the car slide, may be faster in a place. So it is a profile, and no optimum.

Source: Heilmeier et al., Minimum curvature trajectory planning (2020), 3.3; Brayshaw and Harrison,
A quasi steady state approach to race car lap simulation (2005).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Final, final

from racer.core.drivers.cornering import corner_speed, side_at, side_by_speed
from racer.core.tuning import CAR, GRAVITY, SPEED_MAX, CarTunables

if TYPE_CHECKING:
    from collections.abc import Sequence

FRONT_SHARE: Final = 0.96
"""Of its grip that a front tyre gives at full lock: side force only nears the limit with slip."""

REAR_SHARE: Final = 0.97
"""Of its grip that a rear tyre gives where it begins to slide (`SLIDE_FROM`)."""

CURVATURE_LEAST: Final = 1e-6  # 1/m; straighter is straight
ROUNDED_POINTS: Final = 3
"""To each side of a point of the line, 7.5 m: what a car turns by there is the mean of its bends.
Who aims at a point ahead cuts the sharpest of them, within what the line keeps off the edges. So
the best bot keeps to its profile on every circuit alike; with less it is faster than that in short
corners, with more it loses the line there."""

SPEED_LEAST: Final = 4.0  # m/s; slower, no car turns tighter


@dataclass(frozen=True, slots=True)
class Margins:
    """The shares of the limits that a profile counts on."""

    corner: float  # of side grip
    brake: float  # of the retardation that side grip leaves
    drive: float  # of the grip that drive may use


FULL: Final = Margins(1.0, 1.0, 1.0)
"""Nothing held back: the reference lap of this line. It is no optimum: who rounds the line off, or
lets the car slide, can lap below it."""

DRIVEN: Final = Margins(1.0, 0.97, 1.0)
"""What a perfect driver counts on. A share of what is measured is left to the brakes alone: for
what a driver needs to err across, the line keeps off the edges."""


@dataclass(frozen=True, slots=True)
class SpeedProfile:
    """One entry for each point of a line."""

    speed: tuple[float, ...] = field(repr=False)  # m/s at the point
    gain: tuple[float, ...] = field(repr=False)  # m/s² from it to the next, negative in braking
    lap_s: float  # a flying lap at these speeds


@final
class Limits:
    """What a kind of car can do, in steady state. Grip is a share of that on dry asphalt."""

    def __init__(self, spec: CarTunables = CAR, margins: Margins = FULL) -> None:
        self._spec = spec
        self._margins = margins
        self._front_n = spec.mass_kg * spec.rear_axle_m / spec.wheelbase_m  # side force per m/s²
        self._rear_n = spec.mass_kg * spec.front_axle_m / spec.wheelbase_m
        self._modelled = [self._steady_side(float(speed)) for speed in range(int(SPEED_MAX) + 2)]
        self._held: dict[float, tuple[float, ...]] = {}  # by grip

    def corner_speed(self, curvature: float, grip: float) -> float:
        """Return the greatest steady speed [m/s] on a curve."""
        bend = max(abs(curvature), CURVATURE_LEAST) / self._margins.corner
        return max(SPEED_LEAST, corner_speed(self._sides(grip), bend))

    def tyre_side(self, speed: float, side: float, grip: float) -> float:
        """Return the side acceleration [m/s²] that the tyres could give with what a curve takes.

        It is more than the car gets: lock and damping take their part.
        """
        at = min(speed, SPEED_MAX)
        return side * grip * side_at(self._modelled, at) / side_at(self._sides(grip), at)

    def gain(self, speed: float, side: float, grip: float, throttle: float = 1.0) -> float:
        """Return the acceleration [m/s²] of the throttle while cornering; drag is in it.

        Args:
            speed: m/s.
            side: m/s² that the tyres give (`tyre_side`).
            grip: of the ground.
            throttle: 0..1.
        """
        spec = self._spec
        front, rear = self._front_n * side, self._rear_n * side
        rear_grip = spec.friction_rear * grip
        front_grip = spec.friction_front * grip
        power = throttle * spec.power_w / max(speed, 1.0)
        rear_load = spec.rear_load_n
        rear_load += spec.load_shift * min(power, rear_grip * spec.rear_load_n)
        most = rear_grip * rear_load * self._margins.drive
        left = math.sqrt(max(0.0, most * most - rear * rear))
        pull = min(power, spec.drive_grip * most, left)
        # Thrust lifts the nose: what the front still holds the curve with bounds it.
        needed = front / (FRONT_SHARE * self._margins.corner * front_grip)
        pull = max(0.0, min(pull, (spec.front_load_n - needed) / spec.load_shift))
        front_load = spec.front_load_n - spec.load_shift * pull
        slowing = self._resistance_force(speed) + self._tyre_scrub(front, front_grip * front_load)
        slowing += self._tyre_scrub(
            rear, math.sqrt(max(1.0, rear_grip * rear_load * rear_grip * rear_load - pull * pull))
        )
        return (pull - slowing) / spec.mass_kg

    def loss(self, speed: float, side: float, grip: float) -> float:
        """Return the retardation [m/s²] of the brakes while cornering; drag is in it.

        Args:
            speed: m/s.
            side: m/s² of the car.
            grip: of the ground.
        """
        spec = self._spec
        front = self._front_n * side
        front_grip, rear_grip = spec.friction_front * grip, spec.friction_rear * grip
        front_n = front_grip * spec.front_load_n
        thrust = 1.4 * front_n
        for _ in range(2):
            shift = min(0.8 * spec.rear_load_n, spec.load_shift * thrust)
            front_n = front_grip * (spec.front_load_n + shift)
            rear_n = rear_grip * (spec.rear_load_n - shift)
            used = min(1.0, front / front_n)
            pedal = min(1.0, math.sqrt(1.0 - used * used) / spec.brake_grip_front)
            thrust = pedal * (spec.brake_grip_front * front_n + spec.brake_grip_rear * rear_n)
        # Brakes lift the tail: what the rear still holds the curve with bounds them.
        calmed = spec.yaw_damping * spec.inertia_kg_m2 / spec.wheelbase_m / max(speed, SPEED_LEAST)
        needed = (self._rear_n - calmed) * side / (REAR_SHARE * rear_grip)
        lifting = (spec.rear_load_n - needed) / spec.load_shift
        lifting -= spec.engine_brake_n + spec.rolling_n
        thrust = self._margins.brake * min(thrust, max(0.0, lifting)) + spec.engine_brake_n
        return (
            thrust + self._resistance_force(speed) + self._tyre_scrub(front, front_n)
        ) / spec.mass_kg

    def _sides(self, grip: float) -> tuple[float, ...]:
        found = self._held.get(grip)
        if found is None:
            found = self._held[grip] = side_by_speed(self._spec, grip)
        return found

    def _steady_side(self, speed: float) -> float:
        """Return what the tyres would give on dry asphalt with just the drive that keeps speed."""
        spec = self._spec
        side = 0.0
        for _ in range(6):
            front, rear = self._front_n * side, self._rear_n * side
            front_n = FRONT_SHARE * spec.friction_front
            thrust = self._resistance_force(speed) + 0.15 * front + 0.07 * rear
            load = spec.load_shift * thrust
            front_most = front_n * (spec.front_load_n - load)
            rear_n = spec.friction_rear * (spec.rear_load_n + load)
            rear_most = math.sqrt(max(0.0, rear_n * rear_n - thrust * thrust))
            side = min(front_most / self._front_n, rear_most / self._rear_n)
        return max(1.0, side)

    def _resistance_force(self, speed: float) -> float:
        return self._spec.drag_kg_m * speed * speed + self._spec.rolling_n

    def _tyre_scrub(self, force_n: float, limit_n: float) -> float:
        """Return what a tyre's slip costs [N] against the way, at a side force."""
        used = min(FRONT_SHARE, force_n / limit_n)
        return force_n * used / (math.sqrt(1.0 - used * used) * self._spec.tyre_stiffness)


@cache
def limits_of(spec: CarTunables) -> Limits:
    """Return the whole limits of a kind of car; kinds are few."""
    return Limits(spec)


def speed_profile(
    curvature: Sequence[float],
    way_m: Sequence[float],
    ground: Sequence[tuple[float, float]],
    limits: Limits,
) -> SpeedProfile:
    """Return the greatest speeds along a closed line. All sequences have one entry a point.

    Args:
        curvature: 1/m, either sign.
        way_m: from each point to the next.
        ground: its grip, as a share of dry asphalt's, and its resistance, as a share of weight.
    """
    count = len(curvature)
    bends = _rounded_bends(curvature)
    speed = corner_speeds(curvature, ground, limits)
    slowest = min(range(count), key=speed.__getitem__)
    # Begun at the slowest point one round closes the loop. A second is for circuits so fast that
    # it is not the corners that bound any speed.
    for step in range(slowest, slowest + 2 * count):
        i, j = step % count, (step + 1) % count
        v, (grip, drag) = speed[i], ground[i]
        side = limits.tyre_side(v, v * v * bends[i], grip)
        gain = limits.gain(v, side, grip) - GRAVITY * drag
        reached = math.sqrt(max(SPEED_LEAST * SPEED_LEAST, v * v + 2.0 * gain * way_m[i]))
        speed[j] = min(speed[j], reached)
    for step in reversed(range(slowest, slowest + count)):
        i, j = step % count, (step + 1) % count
        v, (grip, drag) = speed[j], ground[j]
        loss = limits.loss(v, v * v * bends[j], grip) + GRAVITY * drag
        speed[i] = min(speed[i], math.sqrt(v * v + 2.0 * loss * way_m[i]))
    return _profile_from_speeds(speed, way_m)


def corner_speeds(
    curvature: Sequence[float], ground: Sequence[tuple[float, float]], limits: Limits
) -> list[float]:
    """Return the greatest speeds that the bend at each point allows, whatever comes before it."""
    bends = _rounded_bends(curvature)
    return [limits.corner_speed(k, grip) for k, (grip, _) in zip(bends, ground, strict=True)]


def _rounded_bends(curvature: Sequence[float]) -> list[float]:
    """Return how much a closed line bends around each point, in the mean."""
    count, span = len(curvature), range(-ROUNDED_POINTS, ROUNDED_POINTS + 1)
    sums = (math.fsum(curvature[(i + k) % count] for k in span) for i in range(count))
    return [abs(bend) / len(span) for bend in sums]


def _profile_from_speeds(speed: list[float], way_m: Sequence[float]) -> SpeedProfile:
    count = len(speed)
    following = [speed[(i + 1) % count] for i in range(count)]
    gain = tuple(
        (after * after - before * before) / (2.0 * way)
        for before, after, way in zip(speed, following, way_m, strict=True)
    )
    lap_s = math.fsum(
        2.0 * way / (before + after)
        for before, after, way in zip(speed, following, way_m, strict=True)
    )
    return SpeedProfile(tuple(speed), gain, lap_s)
