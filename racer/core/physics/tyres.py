"""The forces on a car: two axles, slip angles, and a friction circle for each.

The model is a rigid body on two tyres ("bicycle"). An axle's side force follows its slip angle and
levels off at the friction limit, of which drive and brakes have taken their share. Load moves
between the axles with thrust. Source: Pacejka, Tyre and Vehicle Dynamics (2012), 1.3 and 3.3; the
smooth s/√(1+s²) stands in for his formula.
"""

from dataclasses import dataclass
from math import copysign, cos, sin, sqrt
from typing import Final, NamedTuple

from racer.core.tuning import (
    CAR,
    CREEP_SPEED,
    DRAFT_SHARE,
    GRAVITY,
    HALF_TREAD_M,
    LATERAL_GRIP_MIN,
    LOCK_SPEED,
    REST_SPEED,
    SLIDE_FROM,
    SLIDE_WIDTH,
    SPEED_MAX,
    SUBSTEPS,
    TICK_S,
    YAW_RATE_MAX,
    CarTunables,
)

SUBSTEP_S: Final = TICK_S / SUBSTEPS


@dataclass(frozen=True, slots=True)
class Ground:
    """What lies under the wheels."""

    front: float  # grip, as a share of dry asphalt's
    rear: float
    left: float  # resistance, as a share of the weight on that side
    right: float


class Pedals(NamedTuple):
    """What a driver asks of the wheels during one tick; within its bounds."""

    throttle: float  # 0..1
    brake: float  # 0..1
    steer: float  # -1..1, eased
    handbrake: bool
    boosting: bool
    reversing: bool


class Wheels(NamedTuple):
    """What pedals and ground let the wheels do during one tick."""

    steer: float  # -1..1
    power_w: float  # the drive's, forwards
    drive_most_n: float  # at most, forwards
    reverse_n: float  # the drive's, backwards
    front_brake_n: float
    rear_brake_n: float
    locked_n: float  # friction of locked rear wheels, 0 where they roll
    slowing_n: float  # resistance of wheels and engine
    front_mu: float  # friction coefficient
    rear_mu: float
    left_n: float  # resistance of the ground on that side
    right_n: float
    drag_kg_m: float  # of the air: force over speed²


def wheels(
    pedals: Pedals, ground: Ground, spec: CarTunables, slipstream: float, *, back: bool
) -> Wheels:
    """Return what the wheels can do.

    Load follows thrust and thrust load; both are solved for at once, so nothing is iterated.

    Args:
        pedals: what the driver asks.
        ground: what lies under the wheels.
        spec: the kind of car.
        draft: 0..1, how deep the car is in the wake of another.
        back: whether the car rolls backwards: then brakes load the rear.
    """
    front_mu, rear_mu = spec.friction_front * ground.front, spec.friction_rear * ground.rear
    throttle, brake, slowing = pedals.throttle, pedals.brake, spec.rolling_n
    power = most = reverse = 0.0
    if pedals.reversing:
        brake, throttle = throttle, brake
        reverse = throttle * min(spec.reverse_power_n, spec.drive_grip * rear_mu * spec.rear_load_n)
    elif throttle <= 0.0 and not pedals.boosting:
        slowing += spec.engine_brake_n
    elif brake <= 0.0 and not pedals.handbrake:  # one foot: the brake wins
        power, share = throttle * spec.power_w, throttle * spec.drive_grip
        if pedals.boosting:
            power, share = spec.boost_power * spec.power_w, spec.boost_grip
        share *= rear_mu
        most = share * spec.rear_load_n / (1.0 - spec.load_shift * share)
    front_brake = rear_brake = 0.0
    if brake > 0.0 or pedals.handbrake:
        front_share = brake * spec.brake_grip_front * front_mu
        rear_share = brake * spec.brake_grip_rear * rear_mu
        if pedals.handbrake:
            rear_share = spec.handbrake_grip * rear_mu
        ahead = -spec.load_shift if back else spec.load_shift
        both = front_share * spec.front_load_n + rear_share * spec.rear_load_n
        both *= ahead / (1.0 - ahead * (front_share - rear_share))
        front_brake = front_share * (spec.front_load_n + both)
        rear_brake = rear_share * (spec.rear_load_n - both)
    half_n = 0.5 * spec.mass_kg * GRAVITY
    return Wheels(
        pedals.steer,
        power,
        most,
        reverse,
        front_brake,
        0.0 if pedals.handbrake else rear_brake,
        rear_brake if pedals.handbrake else 0.0,
        slowing,
        front_mu,
        rear_mu,
        half_n * ground.left,
        half_n * ground.right,
        spec.drag_kg_m * (1.0 - DRAFT_SHARE * slipstream),
    )


def accelerated(
    heading: float, vx: float, vy: float, yaw_rate: float, wheels: Wheels, spec: CarTunables
) -> tuple[float, float, float]:
    """Return velocity [m/s] and yaw rate [rad/s] after one substep.

    In one piece, with few calls of its own: this is most of what a node computes.
    """
    c, s = cos(heading), sin(heading)
    u = vx * c + vy * s  # forward
    v = vy * c - vx * s  # to the left
    nose, tail = v + spec.front_axle_m * yaw_rate, v - spec.rear_axle_m * yaw_rate
    per_kg = SUBSTEP_S / spec.mass_kg
    drive = wheels.power_w / (u if u > 1.0 else 1.0)
    drive = drive if drive < wheels.drive_most_n else wheels.drive_most_n
    if wheels.reverse_n > 0.0 and u > -spec.reverse_speed_max:
        drive = -wheels.reverse_n
    front_brake, rear_brake = wheels.front_brake_n, wheels.rear_brake_n
    scrape = 0.0  # N for each m/s of a locked wheel over the ground
    if wheels.locked_n > 0.0:
        scrape = wheels.locked_n / max(sqrt(u * u + tail * tail), LOCK_SPEED)
        rear_brake = scrape * abs(u)
    air_n = wheels.drag_kg_m * sqrt(u * u + v * v)  # for each m/s
    slowing = front_brake + rear_brake + wheels.slowing_n
    shift = spec.load_shift * (drive + slowing if u < 0.0 else drive - slowing)
    # As impulses, so that what stops a car can never push it back.
    pulled = u + drive * per_kg
    lost = slowing * per_kg
    along = (0.0 if abs(pulled) <= lost else pulled - copysign(lost, pulled)) - u

    angle = steer_angle(u, v, wheels.steer, spec)
    ca, sa = cos(angle), sin(angle)
    front_n = _side_limit(wheels.front_mu * (spec.front_load_n - shift), front_brake)
    front_n *= _side_share(spec.tyre_stiffness, u * ca + nose * sa, nose * ca - u * sa)
    if scrape > 0.0:
        rear_n = -scrape * tail
    else:
        used_n = rear_brake if rear_brake > abs(drive) else abs(drive)
        rear_n = _side_limit(wheels.rear_mu * (spec.rear_load_n + shift), used_n)
        rear_n *= _side_share(spec.tyre_stiffness, u, tail)
        slide = abs(tail) / (abs(u) if abs(u) > CREEP_SPEED else CREEP_SPEED) - SLIDE_FROM
        if slide > 0.0:
            rear_n *= 1.0 - spec.slide_loss * min(1.0, slide / SLIDE_WIDTH)

    du, side = along - (front_n * sa + air_n * u) * per_kg, (front_n * ca + rear_n) * per_kg
    dv = side - air_n * v * per_kg
    torque = spec.front_axle_m * front_n * ca - spec.rear_axle_m * rear_n
    if wheels.left_n > 0.0 or wheels.right_n > 0.0:
        left_n = wheels.left_n * _eased_sign(u - HALF_TREAD_M * yaw_rate)
        right_n = wheels.right_n * _eased_sign(u + HALF_TREAD_M * yaw_rate)
        du -= (left_n + right_n) * per_kg
        torque += HALF_TREAD_M * (left_n - right_n)
    # Turning faster than the path does is a spin that begins: it is damped more than a corner.
    spin = yaw_rate - side / ((u if u > CREEP_SPEED else CREEP_SPEED) * SUBSTEP_S)
    if yaw_rate > 0.0:
        spin = 0.0 if spin < 0.0 else spin if spin < yaw_rate else yaw_rate
    else:
        spin = 0.0 if spin > 0.0 else spin if spin > yaw_rate else yaw_rate
    yaw_rate += (
        torque / spec.inertia_kg_m2 - spec.yaw_damping * yaw_rate - spec.spin_damping * spin
    ) * SUBSTEP_S
    vx += du * c - dv * s
    vy += du * s + dv * c
    return _bounded_motion(vx, vy, yaw_rate, at_rest=drive == 0.0)


def steer_angle(u: float, v: float, steer: float, spec: CarTunables = CAR) -> float:
    """Return the angle [rad] of the front wheels at a speed.

    Full lock asks for just more than the grip limit, at any speed, so a key cannot spin the car;
    in a slide the wheels turn into it by themselves, as a caster does.
    """
    angle = steer * steer_angle_limit(u, spec)
    if u > CREEP_SPEED:
        slide, most = spec.caster * v / u, spec.caster_max
        angle += -most if slide < -most else slide if slide < most else most
    most = spec.steer_angle_max
    return -most if angle < -most else angle if angle < most else most


def steer_angle_limit(u: float, spec: CarTunables = CAR) -> float:
    """Return the angle [rad] of full lock at a forward speed."""
    if abs(u) < CREEP_SPEED:
        return spec.steer_angle_max
    geometric = spec.wheelbase_m * spec.friction_front * GRAVITY / (u * u)
    angle = geometric + spec.steer_slip
    return angle if angle < spec.steer_angle_max else spec.steer_angle_max


def _side_limit(grip_n: float, used_n: float) -> float:
    """Return the side force [N] that the friction circle leaves."""
    left = grip_n * grip_n - used_n * used_n
    least = LATERAL_GRIP_MIN * grip_n
    return sqrt(left) if left > least * least else least


def _side_share(stiffness: float, rolling: float, sideways: float) -> float:
    """Return the share -1..1 of its side grip that an axle gives whose wheels move so [m/s]."""
    rolling = abs(rolling)
    slip = stiffness * sideways / (rolling if rolling > CREEP_SPEED else CREEP_SPEED)
    return -slip / sqrt(1.0 + slip * slip)


def _eased_sign(speed: float) -> float:
    """Return the direction of a speed, eased through a crawl so that nothing rings."""
    return max(-1.0, min(1.0, speed / CREEP_SPEED))


def _bounded_motion(
    vx: float, vy: float, yaw_rate: float, *, at_rest: bool
) -> tuple[float, float, float]:
    speed = sqrt(vx * vx + vy * vy)
    if at_rest and speed < REST_SPEED and abs(yaw_rate) < REST_SPEED:
        return 0.0, 0.0, 0.0
    if speed > SPEED_MAX:
        vx *= SPEED_MAX / speed
        vy *= SPEED_MAX / speed
    return vx, vy, max(-YAW_RATE_MAX, min(YAW_RATE_MAX, yaw_rate))
