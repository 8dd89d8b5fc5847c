"""The forces on a car: two axles, slip angles, and a friction circle for each.

The model is a rigid body on two tyres ("bicycle"); its side force follows the slip angle and
levels off at the friction limit, of which drive and brakes have taken their share. Source:
Pacejka, Tyre and Vehicle Dynamics (2012), 1.3 and 3.3; the smooth s/√(1+s²) stands in for his
formula.
"""

import math
from dataclasses import dataclass
from typing import Final

from racer.core.tuning import (
    CAR,
    CREEP_SPEED,
    DRAFT_SHARE,
    GRAVITY,
    LATERAL_GRIP_MIN,
    REST_SPEED,
    SPEED_MAX,
    SUBSTEPS,
    TICK_S,
    YAW_RATE_MAX,
    CarTunables,
)

SUBSTEP_S: Final = TICK_S / SUBSTEPS


@dataclass(frozen=True, slots=True, kw_only=True)
class Wheels:
    """What driver and ground do to the wheels during one tick."""

    throttle: float  # 0..1
    brake: float  # 0..1
    steer: float  # -1..1, eased
    handbrake: bool
    boosting: bool
    reversing: bool
    front_grip: float  # friction coefficient
    rear_grip: float
    drag: float  # resistance of the ground, as a share of weight
    draft: float = 0.0  # 0..1: how deep the car is in the wake of another


def accelerated(
    heading: float,
    vx: float,
    vy: float,
    yaw_rate: float,
    wheels: Wheels,
    spec: CarTunables = CAR,
) -> tuple[float, float, float]:
    """Return velocity [m/s] and yaw rate [rad/s] after one substep."""
    c = math.cos(heading)
    s = math.sin(heading)
    u = vx * c + vy * s  # forward
    v = vy * c - vx * s  # to the left
    drive = _drive(u, wheels, spec.rear_load_n, spec)
    braking = _braking(wheels, spec.front_load_n, spec.rear_load_n, spec)
    thrust = drive - math.copysign(sum(braking), u) if u else drive
    shift = spec.load_shift * thrust
    shift = max(-0.8 * spec.rear_load_n, min(0.8 * spec.front_load_n, shift))
    front_n, rear_n = spec.front_load_n - shift, spec.rear_load_n + shift
    drive = _drive(u, wheels, rear_n, spec)
    front_brake, rear_brake = _braking(wheels, front_n, rear_n, spec)
    closed = wheels.throttle == 0.0 and not wheels.reversing
    stopping = front_brake + rear_brake + spec.rolling_n + wheels.drag * spec.mass_kg * GRAVITY
    stopping += spec.engine_brake_n if closed else 0.0
    # As impulses, so that what stops a car can never push it back.
    pulled = u + drive * SUBSTEP_S / spec.mass_kg
    slowed = max(0.0, abs(pulled) - stopping * SUBSTEP_S / spec.mass_kg)
    along = math.copysign(slowed, pulled) - u

    front_limit = _side_limit(wheels.front_grip * front_n, front_brake)
    rear_limit = _side_limit(wheels.rear_grip * rear_n, max(rear_brake, abs(drive)))
    if wheels.handbrake:
        rear_limit *= spec.handbrake_grip
    angle = steer_angle(u, v, wheels.steer, spec)
    ca, sa = math.cos(angle), math.sin(angle)
    nose = v + spec.front_axle_m * yaw_rate
    front_n = _side_force(front_limit, spec.tyre_stiffness, u * ca + nose * sa, nose * ca - u * sa)
    rear_n = _side_force(rear_limit, spec.tyre_stiffness, u, v - spec.rear_axle_m * yaw_rate)

    speed = math.sqrt(vx * vx + vy * vy)
    air = spec.drag_kg_m * (1.0 - DRAFT_SHARE * wheels.draft) * speed * SUBSTEP_S / spec.mass_kg
    du = along - front_n * sa * SUBSTEP_S / spec.mass_kg - air * u
    dv = (front_n * ca + rear_n) * SUBSTEP_S / spec.mass_kg - air * v
    torque = spec.front_axle_m * front_n * ca - spec.rear_axle_m * rear_n
    yaw_rate += (torque / spec.inertia_kg_m2 - spec.yaw_damping * yaw_rate) * SUBSTEP_S
    vx += du * c - dv * s
    vy += du * s + dv * c
    return _bounded(vx, vy, yaw_rate, at_rest=drive == 0.0)


def steer_angle(u: float, v: float, steer: float, spec: CarTunables = CAR) -> float:
    """Return the angle [rad] of the front wheels at a speed.

    Full lock asks for just more than the grip limit, at any speed, so a key cannot spin the car;
    in a slide the wheels turn into it by themselves, as a caster does.
    """
    angle = steer * steer_angle_limit(u, spec)
    if u > CREEP_SPEED:
        slide = max(-spec.caster_max, min(spec.caster_max, spec.caster * v / u))
        angle += slide
    return max(-spec.steer_angle_max, min(spec.steer_angle_max, angle))


def steer_angle_limit(u: float, spec: CarTunables = CAR) -> float:
    """Return the angle [rad] of full lock at a forward speed."""
    if abs(u) < CREEP_SPEED:
        return spec.steer_angle_max
    geometric = spec.wheelbase_m * spec.friction_front * GRAVITY / (u * u)
    return min(spec.steer_angle_max, geometric + spec.steer_slip)


def drive_force(
    u: float, throttle: float, grip_n: float, spec: CarTunables = CAR, *, boosting: bool = False
) -> float:
    """Return the pull [N] at a forward speed: limited by grip when slow, by power when fast."""
    power = spec.power_w * (spec.boost_power if boosting else 1.0)
    share = spec.boost_grip if boosting else spec.drive_grip
    return throttle * min(power / max(u, 1.0), share * grip_n)


def _drive(u: float, wheels: Wheels, rear_n: float, spec: CarTunables) -> float:
    grip_n = wheels.rear_grip * rear_n
    if wheels.reversing:
        if u < -spec.reverse_speed_max:
            return 0.0
        return -wheels.brake * min(spec.reverse_power_n, spec.drive_grip * grip_n)
    if wheels.handbrake:
        return 0.0
    throttle = 1.0 if wheels.boosting else wheels.throttle
    if wheels.brake > 0.0:
        throttle = 0.0  # one foot: the brake wins
    return drive_force(u, throttle, grip_n, spec, boosting=wheels.boosting)


def _braking(
    wheels: Wheels, front_n: float, rear_n: float, spec: CarTunables
) -> tuple[float, float]:
    """Return the brake forces [N] of both axles, none above what its tyres hold."""
    pedal = wheels.throttle if wheels.reversing else wheels.brake
    front = spec.brake_grip_front * wheels.front_grip * front_n
    rear = spec.brake_grip_rear * wheels.rear_grip * rear_n
    return pedal * front, rear if wheels.handbrake else pedal * rear


def _side_limit(grip_n: float, used_n: float) -> float:
    """Return the side force [N] that the friction circle leaves."""
    left = grip_n * grip_n - used_n * used_n
    least = LATERAL_GRIP_MIN * grip_n
    return math.sqrt(left) if left > least * least else least


def _side_force(limit_n: float, stiffness: float, rolling: float, sideways: float) -> float:
    """Return the side force [N] of an axle whose wheels move so [m/s] in their own axes."""
    slip = stiffness * sideways / max(abs(rolling), CREEP_SPEED)
    return -limit_n * slip / math.sqrt(1.0 + slip * slip)


def _bounded(vx: float, vy: float, yaw_rate: float, *, at_rest: bool) -> tuple[float, float, float]:
    speed = math.sqrt(vx * vx + vy * vy)
    if at_rest and speed < REST_SPEED and abs(yaw_rate) < REST_SPEED:
        return 0.0, 0.0, 0.0
    if speed > SPEED_MAX:
        vx *= SPEED_MAX / speed
        vy *= SPEED_MAX / speed
    return vx, vy, max(-YAW_RATE_MAX, min(YAW_RATE_MAX, yaw_rate))
