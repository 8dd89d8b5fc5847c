"""One car: its state, and one tick of its motion."""

import math
from dataclasses import dataclass
from typing import Final

from racer.core.circuits.track import Track, TrackPoint
from racer.core.physics.tyres import SUBSTEP_S, Ground, Pedals, accelerated, wheels
from racer.core.tuning import (
    BOOST_TICKS_MAX,
    CAR,
    HALF_TREAD_M,
    QUANTA_HEADING,
    QUANTA_M,
    QUANTA_PEDAL,
    QUANTA_SPEED,
    QUANTA_STEER,
    QUANTA_YAW,
    REVERSE_HOLD_TICKS,
    SLIDE_SPEED,
    SPEED_MAX,
    SUBSTEPS,
    SURFACE_DRAG,
    SURFACE_GRIP,
    TICK_S,
    TURNING_SPEED,
    YAW_RATE_MAX,
    CarTunables,
)

POSITION_MAX: Final = 20_000.0
"""m from the origin: beyond every circuit (`trackfile`), far within 32 bits of millimetres."""

WHEELS_REACH_M: Final = 1.6
"""From the middle of a car to its furthest wheel."""

EVEN_GROUND: Final = tuple(
    Ground(grip, grip, drag, drag) for grip, drag in zip(SURFACE_GRIP, SURFACE_DRAG, strict=True)
)
"""One surface under all four wheels, by its number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Controls:
    """What a driver asks for."""

    throttle: float = 0.0  # 0..1
    brake: float = 0.0  # 0..1; reverses, after a moment at rest
    steer: float = 0.0  # -1..1, positive to the left
    handbrake: bool = False
    boost: bool = False  # burns what is left of `CarState.boost_ticks`


STANDING: Final = Controls(handbrake=True)
"""To stay where one is: held brakes would reverse after a moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarState:
    """All that a tick of a car depends on, so that every replica extrapolates it alike."""

    x: float  # m, centre of mass
    y: float
    heading: float  # rad, -pi..pi
    vx: float = 0.0  # m/s, in the axes of the track
    vy: float = 0.0
    yaw_rate: float = 0.0  # rad/s, positive to the left
    steer: float = 0.0  # -1..1 of the lock that this speed allows, after easing
    throttle: float = 0.0  # 0..1, as pressed
    brake: float = 0.0
    boost_ticks: int = 0  # left in the tank
    rest_ticks: int = 0  # at rest with the brake held, up to `REVERSE_HOLD_TICKS`
    handbrake: bool = False
    boosting: bool = False
    reversing: bool = False

    @property
    def speed(self) -> float:
        """m/s, never negative."""
        return math.sqrt(self.vx * self.vx + self.vy * self.vy)


def held_controls(car: CarState) -> Controls:
    """Return the controls that keep doing what a car did last: how replicas extrapolate it."""
    return Controls(
        throttle=car.throttle,
        brake=car.brake,
        steer=car.steer,
        handbrake=car.handbrake,
        boost=car.boosting,
    )


def step(
    car: CarState,
    controls: Controls,
    track: Track,
    hint: int,
    spec: CarTunables = CAR,
    slipstream: float = 0.0,
) -> CarState:
    """Return a car one tick (1/60 s) later. Quantise it before the next step.

    Args:
        car: its state; finite numbers.
        controls: out-of-range values are clamped, what is no number counts as 0.
        track: gives the surface under the axles. Walls are `contact`'s.
        hint: index of the centre point near the car (`Track.index_at(progress.s_m)`).
        spec: the kind of car.
        draft: 0..1, how deep the car is in the wake of another.
    """
    throttle = clamped(controls.throttle, 0.0, 1.0)
    brake = clamped(controls.brake, 0.0, 1.0)
    steer = _eased_steer(car.steer, clamped(controls.steer, -1.0, 1.0), spec)
    heading, vx, vy, yaw_rate = car.heading, car.vx, car.vy, car.yaw_rate
    c, s = math.cos(heading), math.sin(heading)
    forward_speed = vx * c + vy * s
    reversing, rest_ticks = _next_gear(car, forward_speed, throttle, brake)
    boosting = controls.boost and car.boost_ticks > 0 and not reversing
    handbrake = controls.handbrake
    x, y = car.x, car.y
    pedals = Pedals(throttle, brake, steer, handbrake, boosting, reversing)
    ground = _ground_under_wheels(track, track.project(x, y, hint), c, s, spec)
    slipstream = clamped(slipstream, 0.0, 1.0)
    turning = wheels(pedals, ground, spec, slipstream, back=forward_speed < 0.0)
    for _ in range(SUBSTEPS):
        vx, vy, yaw_rate = accelerated(heading, vx, vy, yaw_rate, turning, spec)
        x += vx * SUBSTEP_S
        y += vy * SUBSTEP_S
        heading += yaw_rate * SUBSTEP_S
    return CarState(
        x=x,
        y=y,
        heading=heading,
        vx=vx,
        vy=vy,
        yaw_rate=yaw_rate,
        steer=steer,
        throttle=throttle,
        brake=brake,
        boost_ticks=car.boost_ticks - 1 if boosting else car.boost_ticks,
        rest_ticks=rest_ticks,
        handbrake=handbrake,
        boosting=boosting,
        reversing=reversing,
    )


def quantise(car: CarState) -> CarState:
    """Return the state rounded to what a car frame carries, and within its range; idempotent."""
    return CarState(
        x=_round_to_quanta(car.x, QUANTA_M, POSITION_MAX),
        y=_round_to_quanta(car.y, QUANTA_M, POSITION_MAX),
        heading=heading_of(heading_quanta(car.heading)),
        vx=_round_to_quanta(car.vx, QUANTA_SPEED, SPEED_MAX),
        vy=_round_to_quanta(car.vy, QUANTA_SPEED, SPEED_MAX),
        yaw_rate=_round_to_quanta(car.yaw_rate, QUANTA_YAW, YAW_RATE_MAX),
        steer=_round_to_quanta(car.steer, QUANTA_STEER, 1.0),
        throttle=_round_to_quanta(car.throttle, QUANTA_PEDAL, 1.0),
        brake=_round_to_quanta(car.brake, QUANTA_PEDAL, 1.0),
        boost_ticks=min(max(car.boost_ticks, 0), BOOST_TICKS_MAX),
        rest_ticks=min(max(car.rest_ticks, 0), REVERSE_HOLD_TICKS),
        handbrake=car.handbrake,
        boosting=car.boosting,
        reversing=car.reversing,
    )


def quantised_controls(controls: Controls) -> Controls:
    """Return the controls rounded to what a recording carries, and within range; idempotent."""
    return Controls(
        throttle=round(clamped(controls.throttle, 0.0, 1.0) * QUANTA_PEDAL) / QUANTA_PEDAL,
        brake=round(clamped(controls.brake, 0.0, 1.0) * QUANTA_PEDAL) / QUANTA_PEDAL,
        steer=_round_to_quanta(controls.steer, QUANTA_STEER, 1.0),
        handbrake=controls.handbrake,
        boost=controls.boost,
    )


def is_sliding(car: CarState, spec: CarTunables = CAR) -> bool:
    """Tell whether the tail slides, so that it is seen and heard: sideways, or on locked wheels."""
    if car.handbrake and car.speed > SLIDE_SPEED:
        return True
    sideways = car.vy * math.cos(car.heading) - car.vx * math.sin(car.heading)
    return abs(sideways - spec.rear_axle_m * car.yaw_rate) > SLIDE_SPEED


def heading_quanta(heading: float) -> int:
    """Return a heading as a signed 16-bit part of a turn; every finite heading has one."""
    quanta = round(heading * (QUANTA_HEADING / math.tau))
    return (quanta + 32768) % 65536 - 32768


def heading_of(quanta: int) -> float:
    """Return the heading [rad] of a part of a turn; the inverse of `heading_quanta`."""
    return quanta * (math.tau / QUANTA_HEADING)


def clamped(value: float, least: float, most: float) -> float:
    """Return the value within its bounds; 0 where it is no number."""
    if value > most:
        return most
    if value < least:
        return least
    return value if value == value else 0.0  # noqa: PLR0124 - only nan differs from itself


def _round_to_quanta(value: float, quanta: float, bound: float) -> float:
    if -bound <= value <= bound:  # as good as always
        return round(value * quanta) / quanta
    return round(clamped(value, -bound, bound) * quanta) / quanta


def _eased_steer(now: float, wish: float, spec: CarTunables) -> float:
    """Return the steering after a tick: turning in is slower than letting go."""
    returning = wish * now < 0.0 or abs(wish) < abs(now)
    most = (spec.steer_return_rate if returning else spec.steer_rate) * TICK_S
    return now + clamped(wish - now, -most, most)


def _next_gear(car: CarState, speed: float, throttle: float, brake: float) -> tuple[bool, int]:
    """Return whether the car is in reverse, and for how long it has asked for it at rest."""
    if car.reversing:
        forward = speed > TURNING_SPEED or (throttle > 0.0 and speed > -TURNING_SPEED)
        return not forward, 0
    if brake > 0.0 and throttle == 0.0 and car.speed < TURNING_SPEED:
        if car.rest_ticks >= REVERSE_HOLD_TICKS:
            return True, 0
        return False, car.rest_ticks + 1
    return False, 0


def _ground_under_wheels(
    track: Track, place: TrackPoint, c: float, s: float, spec: CarTunables
) -> Ground:
    """Return what lies under the four wheels of a car at a place that heads for (c, s)."""
    point = track.centre[place.index]
    lateral = place.lateral_m
    inside = -point.right_m + WHEELS_REACH_M < lateral < point.left_m - WHEELS_REACH_M
    if inside and point.wet_from_m >= point.wet_to_m:
        return EVEN_GROUND[point.road]  # most cars, most of the time
    turned, facing = s * point.tx - c * point.ty, c * point.tx + s * point.ty
    front, rear = spec.front_axle_m * turned, spec.rear_axle_m * turned
    half = HALF_TREAD_M * facing
    at, index = track.surface_at, place.index
    front_left, front_right = at(index, lateral + front + half), at(index, lateral + front - half)
    rear_left, rear_right = at(index, lateral - rear + half), at(index, lateral - rear - half)
    grip, drag = SURFACE_GRIP, SURFACE_DRAG
    return Ground(
        0.5 * (grip[front_left] + grip[front_right]),
        0.5 * (grip[rear_left] + grip[rear_right]),
        0.5 * (drag[front_left] + drag[rear_left]),
        0.5 * (drag[front_right] + drag[rear_right]),
    )
