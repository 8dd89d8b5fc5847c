"""How fast a kind of car can be driven along a line: forward and backward over its limits.

The limits are those of `tyres`: two axles, a friction circle each, load that moves with drive and
brakes, drag, and the scrub of tyres that slip. Steady in each point, which is what makes it fast
to compute. Source: Heilmeier et al., Minimum curvature trajectory planning (2020), 3.3; Brayshaw
and Harrison, A quasi steady state approach to race car lap simulation (2005).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Final, final

from racer.core.tuning import CAR, SPEED_MAX, CarTunables

if TYPE_CHECKING:
    from collections.abc import Sequence

FRONT_SHARE: Final = 0.96
"""Of its grip that a front tyre gives at full lock: side force only nears the limit with slip."""

CURVATURE_LEAST: Final = 1e-6  # 1/m; straighter is straight
SPEED_LEAST: Final = 1.0  # m/s: a profile never stands still


@dataclass(frozen=True, slots=True)
class Margins:
    """The shares of the limits that a profile counts on."""

    corner: float  # of side grip
    brake: float  # of the retardation that side grip leaves
    drive: float  # of the grip that drive may use


FULL: Final = Margins(1.0, 1.0, 1.0)
"""Nothing held back: the model lap on this line. No optimum: the line keeps off kerbs."""

DRIVEN: Final = Margins(0.96, 0.90, 0.97)
"""What a perfect driver counts on: the rest is for bumps of the line, and for catching the car."""


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
        self._table = [self._steady_side(float(speed)) for speed in range(int(SPEED_MAX) + 2)]

    def side(self, speed: float, grip: float) -> float:
        """Return the side acceleration [m/s²] that the car holds at a steady speed."""
        at = min(speed, SPEED_MAX)
        index = int(at)
        low, high = self._table[index], self._table[index + 1]
        return grip * (low + (at - index) * (high - low))

    def corner_speed(self, curvature: float, grip: float) -> float:
        """Return the greatest steady speed [m/s] on a curve."""
        bend = max(abs(curvature), CURVATURE_LEAST)
        speed = SPEED_MAX
        for _ in range(8):  # side grip falls slowly with speed: this closes in fast
            speed = 0.5 * (speed + min(SPEED_MAX, math.sqrt(self.side(speed, grip) / bend)))
        return speed

    def gain(self, speed: float, side: float, grip: float, throttle: float = 1.0) -> float:
        """Return the acceleration [m/s²] of the throttle while cornering; drag is in it."""
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
            rear, math.sqrt(max(1.0, (rear_grip * rear_load) ** 2 - pull**2))
        )
        return (pull - slowing) / spec.mass_kg

    def loss(self, speed: float, side: float, grip: float) -> float:
        """Return the retardation [m/s²] of the brakes while cornering; drag is in it."""
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
        thrust = self._margins.brake * thrust + spec.engine_brake_n
        return (
            thrust + self._resistance_force(speed) + self._tyre_scrub(front, front_n)
        ) / spec.mass_kg

    def _steady_side(self, speed: float) -> float:
        """Return the side acceleration held on dry asphalt with just the drive that keeps speed."""
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
        return max(1.0, side * self._margins.corner)

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
    curvature: Sequence[float], way_m: Sequence[float], grip: Sequence[float], limits: Limits
) -> SpeedProfile:
    """Return the greatest speeds along a closed line. All sequences have one entry a point.

    Args:
        curvature: 1/m, either sign.
        way_m: from each point to the next.
        grip: of the surface, as a share of dry asphalt's.
    """
    count = len(curvature)
    bends = [abs(k) for k in curvature]
    speed = [limits.corner_speed(k, g) for k, g in zip(bends, grip, strict=True)]
    slowest = min(range(count), key=speed.__getitem__)
    # Begun at the slowest point one round closes the loop. A second is for circuits so fast that
    # it is not the corners that bound any speed.
    for step in range(slowest, slowest + 2 * count):
        i, j = step % count, (step + 1) % count
        v = speed[i]
        gain = limits.gain(v, v * v * bends[i], grip[i])
        reached = math.sqrt(max(SPEED_LEAST, v * v + 2.0 * gain * way_m[i]))
        speed[j] = min(speed[j], reached)
    for step in reversed(range(slowest, slowest + count)):
        i, j = step % count, (step + 1) % count
        v = speed[j]
        loss = limits.loss(v, v * v * bends[j], grip[j])
        speed[i] = min(speed[i], math.sqrt(v * v + 2.0 * loss * way_m[i]))
    return _profile_from_speeds(speed, way_m)


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
