"""Contact of one's own car with the barriers and with other cars. Only the own car is changed.

Each owner does the same with its own car, so together the two halves are one collision.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from racer.core.car import CarState
from racer.core.track import Track, TrackPoint
from racer.core.tuning import (
    CAR,
    CAR_FRICTION,
    CAR_RESTITUTION,
    CONTACT_SLOP_M,
    CONTACT_SPIN,
    WALL_FRICTION,
    WALL_RESTITUTION,
    YAW_RATE_MAX,
)

HALF_LENGTH_M: Final = CAR.length_m / 2.0
HALF_WIDTH_M: Final = CAR.width_m / 2.0
REACH_M: Final = math.hypot(HALF_LENGTH_M, HALF_WIDTH_M)
INVERSE_MASS: Final = 1.0 / CAR.mass_kg
"""In a hit all kinds weigh the same: a heavy car is no weapon, and nobody needs another's kind."""

INVERSE_INERTIA: Final = CONTACT_SPIN / CAR.inertia_kg_m2


@dataclass(frozen=True, slots=True)
class Contact:
    """A hit, for sound and sparks."""

    x: float
    y: float
    speed: float  # m/s, the closing speed along the normal, never negative
    other: int | None  # index into the `others` given, None for a barrier


@dataclass(frozen=True, slots=True)
class _Touch:
    """Two boxes overlap by `depth_m` along (nx, ny), which points towards our own car."""

    nx: float
    ny: float
    depth_m: float
    x: float
    y: float


def resolve_contacts(
    car: CarState, others: Sequence[CarState], track: Track, hint: int
) -> tuple[CarState, tuple[Contact, ...]]:
    """Return a car pushed out of the others (its own half) and then of the barriers (all of it).

    Args:
        car: one's own, just stepped.
        others: at the same tick; ghosts, stale and respawning cars left out by the caller.
        track: whose barriers nobody leaves: the barriers come last.
        hint: index of the centre point near the car.
    """
    contacts: list[Contact] = []
    for index, other in enumerate(others):
        dx, dy = car.x - other.x, car.y - other.y
        if dx * dx + dy * dy < 4.0 * REACH_M * REACH_M:
            touch = _overlap(car, other)
            if touch is not None:
                car, speed = _bounced_off(car, other, touch)
                contacts.append(Contact(touch.x, touch.y, speed, index))
    car, wall_contact = _inside_barriers(car, track, hint)
    if wall_contact is not None:
        contacts.append(wall_contact)
    return car, tuple(contacts)


def corners(car: CarState) -> tuple[tuple[float, float], ...]:
    """Return the corners of the car's body: front left, front right, rear right, rear left."""
    c, s = math.cos(car.heading), math.sin(car.heading)
    return tuple(
        (car.x + along * c - across * s, car.y + along * s + across * c)
        for along, across in (
            (HALF_LENGTH_M, HALF_WIDTH_M),
            (HALF_LENGTH_M, -HALF_WIDTH_M),
            (-HALF_LENGTH_M, -HALF_WIDTH_M),
            (-HALF_LENGTH_M, HALF_WIDTH_M),
        )
    )


def _overlap(car: CarState, other: CarState) -> _Touch | None:
    """Return how two cars overlap, by the axis of least depth, or None.

    Source: separating axes of oriented boxes; Ericson, Real-Time Collision Detection (2005), 4.4.1.
    """
    c, s = math.cos(car.heading), math.sin(car.heading)
    oc, os = math.cos(other.heading), math.sin(other.heading)
    dx, dy = car.x - other.x, car.y - other.y
    cos_between, sin_between = abs(c * oc + s * os), abs(c * os - s * oc)
    reach_long = HALF_LENGTH_M + HALF_LENGTH_M * cos_between + HALF_WIDTH_M * sin_between
    reach_wide = HALF_WIDTH_M + HALF_WIDTH_M * cos_between + HALF_LENGTH_M * sin_between
    best: tuple[float, float, float] | None = None
    for nx, ny, reach in (
        (c, s, reach_long),
        (-s, c, reach_wide),
        (oc, os, reach_long),
        (-os, oc, reach_wide),
    ):
        gap = dx * nx + dy * ny
        depth = reach - abs(gap)
        if depth <= 0.0:
            return None
        if best is None or depth < best[2]:
            best = (nx, ny, depth) if gap >= 0.0 else (-nx, -ny, depth)
    assert best is not None
    nx, ny, depth = best
    x, y = _touch_point(car, other, nx, ny)
    return _Touch(nx, ny, depth, x, y)


def _touch_point(car: CarState, other: CarState, nx: float, ny: float) -> tuple[float, float]:
    """Return the middle of the corners that lie deepest: ours backwards, the other's forwards."""
    deepest = [*_deepest(car, -nx, -ny), *_deepest(other, nx, ny)]
    count = len(deepest)
    return sum(x for x, _ in deepest) / count, sum(y for _, y in deepest) / count


def _deepest(car: CarState, nx: float, ny: float) -> list[tuple[float, float]]:
    """Return the corner furthest along a direction, or both ends of a side that lies across it."""
    ways = [(x * nx + y * ny, x, y) for x, y in corners(car)]
    furthest = max(way for way, _, _ in ways)
    return [(x, y) for way, x, y in ways if way > furthest - 0.2]


def _bounced_off(car: CarState, other: CarState, touch: _Touch) -> tuple[CarState, float]:
    """Return our car after a touch, and the closing speed. The other does its half itself."""
    nx, ny = touch.nx, touch.ny
    arm = (touch.x - car.x, touch.y - car.y)
    other_arm = (touch.x - other.x, touch.y - other.y)
    rx = car.vx - car.yaw_rate * arm[1] - other.vx + other.yaw_rate * other_arm[1]
    ry = car.vy + car.yaw_rate * arm[0] - other.vy - other.yaw_rate * other_arm[0]
    closing = -(rx * nx + ry * ny)
    push = 0.5 * max(0.0, touch.depth_m - CONTACT_SLOP_M)
    car = replace(car, x=car.x + push * nx, y=car.y + push * ny)
    if closing <= 0.0:
        return car, 0.0
    give = _give(arm, nx, ny) + _give(other_arm, nx, ny)
    impulse = (1.0 + CAR_RESTITUTION) * closing / give
    sliding = ry * nx - rx * ny
    rub_give = _give(arm, -ny, nx) + _give(other_arm, -ny, nx)
    rub = _within(-sliding / rub_give, CAR_FRICTION * impulse)
    jx, jy = impulse * nx - rub * ny, impulse * ny + rub * nx
    return _pushed(car, arm, jx, jy), closing


def _inside_barriers(car: CarState, track: Track, hint: int) -> tuple[CarState, Contact | None]:
    """Return the car with all its corners between the barriers, and the hardest touch."""
    place = track.project(car.x, car.y, hint)
    left, right = track.walls_at(place)
    if -right + REACH_M < place.lateral_m < left - REACH_M:
        return car, None
    hardest: Contact | None = None
    for _ in range(3):  # the two corners of a side, and once more for a bend in the barrier
        worst = _deepest_corner(car, track, place)
        if worst is None:
            break
        car, speed = _bounced_off_wall(car, worst)
        if hardest is None or speed > hardest.speed:
            hardest = Contact(worst.x, worst.y, speed, None)
        place = track.project(car.x, car.y, place.index)
    return _held(car, track, place), hardest


def _deepest_corner(car: CarState, track: Track, place: TrackPoint) -> _Touch | None:
    deepest: _Touch | None = None
    for x, y in corners(car):
        at = track.project(x, y, place.index)
        left, right = track.walls_at(at)
        side = 1.0 if at.lateral_m > 0.0 else -1.0
        depth = abs(at.lateral_m) - (left if side > 0.0 else right)
        if depth > 0.0 and (deepest is None or depth > deepest.depth_m):
            tx, ty = _direction(track, at)
            deepest = _Touch(side * ty, -side * tx, depth, x, y)
    return deepest


def _direction(track: Track, place: TrackPoint) -> tuple[float, float]:
    """Return the unit tangent of the centre line at a place, to first order between its points."""
    point = track.centre[place.index]
    along = math.remainder(place.s_m - place.index * track.spacing_m, track.length_m)
    tx = point.tx - point.ty * point.curvature * along
    ty = point.ty + point.tx * point.curvature * along
    norm = math.sqrt(tx * tx + ty * ty)
    return tx / norm, ty / norm


def _bounced_off_wall(car: CarState, touch: _Touch) -> tuple[CarState, float]:
    nx, ny = touch.nx, touch.ny
    arm = (touch.x - car.x, touch.y - car.y)
    vx = car.vx - car.yaw_rate * arm[1]
    vy = car.vy + car.yaw_rate * arm[0]
    closing = -(vx * nx + vy * ny)
    car = replace(car, x=car.x + touch.depth_m * nx, y=car.y + touch.depth_m * ny)
    if closing <= 0.0:
        return car, 0.0
    impulse = (1.0 + WALL_RESTITUTION) * closing / _give(arm, nx, ny)
    sliding = vy * nx - vx * ny
    rub = _within(-sliding / _give(arm, -ny, nx), WALL_FRICTION * impulse)
    return _pushed(car, arm, impulse * nx - rub * ny, impulse * ny + rub * nx), closing


def _held(car: CarState, track: Track, place: TrackPoint) -> CarState:
    """Return the car with its centre at least half a width inside the barriers, come what may."""
    left, right = track.walls_at(place)
    lateral = _between(place.lateral_m, -right + HALF_WIDTH_M, left - HALF_WIDTH_M)
    if lateral == place.lateral_m:
        return car
    tx, ty = _direction(track, place)
    shift = lateral - place.lateral_m
    return replace(car, x=car.x - shift * ty, y=car.y + shift * tx)


def _give(arm: tuple[float, float], nx: float, ny: float) -> float:
    """Return how fast a car yields to an impulse along a direction at an arm [1/kg]."""
    turn = arm[0] * ny - arm[1] * nx
    return INVERSE_MASS + turn * turn * INVERSE_INERTIA


def _pushed(car: CarState, arm: tuple[float, float], jx: float, jy: float) -> CarState:
    """Return the car after an impulse [N s] at an arm."""
    yaw_rate = car.yaw_rate + (arm[0] * jy - arm[1] * jx) * INVERSE_INERTIA
    return replace(
        car,
        vx=car.vx + jx * INVERSE_MASS,
        vy=car.vy + jy * INVERSE_MASS,
        yaw_rate=_within(yaw_rate, YAW_RATE_MAX),
    )


def _within(value: float, bound: float) -> float:
    return _between(value, -bound, bound)


def _between(value: float, least: float, most: float) -> float:
    return max(least, min(most, value))
