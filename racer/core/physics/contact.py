"""Contact of one's own car with the barriers and with other cars. Only the own car is changed.

Each owner does the same with its own car, so together the two halves are one collision. Where the
two do not see the same, because each sees the other a moment late, they agree by a `Hit`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, final

from racer.core.circuits.track import Track, TrackPoint
from racer.core.physics.car import CarState
from racer.core.tuning import (
    CAR,
    CAR_FRICTION,
    CAR_RESTITUTION,
    CONTACT_SLOP_M,
    CONTACT_SPIN,
    HIT_SPEED_MAX,
    QUANTA_SPEED,
    QUANTA_YAW,
    WALL_FRICTION,
    WALL_RESTITUTION,
    YAW_RATE_MAX,
)

HALF_LENGTH_M: Final = CAR.length_m / 2.0
HALF_WIDTH_M: Final = CAR.width_m / 2.0
REACH_M: Final = math.hypot(HALF_LENGTH_M, HALF_WIDTH_M)
_NEAR2: Final = 4.0 * REACH_M * REACH_M
_OUTLINE: Final = (
    (HALF_LENGTH_M, HALF_WIDTH_M),
    (HALF_LENGTH_M, -HALF_WIDTH_M),
    (-HALF_LENGTH_M, -HALF_WIDTH_M),
    (-HALF_LENGTH_M, HALF_WIDTH_M),
)
RAMP_M: Final = 30.0
"""Along the lap: cars on two levels that are so near each other are on one ramp."""

TURN_GIVE: Final = CONTACT_SPIN / (CAR.front_axle_m * CAR.rear_axle_m)
"""Turning that a push at an arm gives, to the push itself [1/m²].

In a hit all kinds weigh the same: a heavy car is no weapon, and nobody needs another's kind. So an
impulse is told as what it does to a car: in m/s."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A touch. `given` is what it gives the other car if that one sees it too: m/s, m/s, rad/s."""

    x: float
    y: float
    speed: float  # m/s, the closing speed along the normal, never negative
    other: int | None  # index into the `others` given, None for a barrier
    given: tuple[float, float, float] = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Hit:
    """What a car gave another by a touch that its owner saw, as told to the other's owner."""

    other: int  # number of the car that was hit
    tick: int  # of the touch
    vx: float  # m/s that the other gets
    vy: float
    turn: float  # rad/s that it gets

    @property
    def strength(self) -> float:
        """m/s, never negative."""
        return math.hypot(self.vx, self.vy)


def on_one_level(track: Track, way_m: float, other_way_m: float) -> bool:
    """Tell whether two cars, so far along the lap, can touch where a circuit crosses itself."""
    one, other = track.centre[track.index_at(way_m)], track.centre[track.index_at(other_way_m)]
    if one.level == other.level:
        return True
    return abs(math.remainder(way_m - other_way_m, track.length_m)) < RAMP_M


def hit_of(contact: Contact, other: int, tick: int) -> Hit:
    """Return what a contact with the car of a number gave it, as a car frame carries it."""
    vx, vy, turn = contact.given
    return Hit(
        other,
        tick,
        round(_clamp(vx, HIT_SPEED_MAX) * QUANTA_SPEED) / QUANTA_SPEED,
        round(_clamp(vy, HIT_SPEED_MAX) * QUANTA_SPEED) / QUANTA_SPEED,
        round(_clamp(turn, YAW_RATE_MAX) * QUANTA_YAW) / QUANTA_YAW,
    )


def apply_hit(car: CarState, hit: Hit, share: float = 1.0) -> CarState:
    """Return our car after a share 0..1 of a hit that another's owner tells; not yet quantised."""
    return replace(
        car,
        vx=car.vx + share * hit.vx,
        vy=car.vy + share * hit.vy,
        yaw_rate=_clamp(car.yaw_rate + share * hit.turn, YAW_RATE_MAX),
    )


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
    body: _Body | None = None
    contacts: list[Contact] = []
    x, y = car.x, car.y
    for index, other in enumerate(others):
        dx, dy = x - other.x, y - other.y
        if dx * dx + dy * dy < _NEAR2:
            body = _Body(car) if body is None else body
            contact = _resolve_touch(body, _Body(other), index)
            if contact is not None:
                contacts.append(contact)
                x, y = body.x, body.y
    place = track.project(x, y, hint)
    left, right = track.walls_at(place)
    if not -right + REACH_M < place.lateral_m < left - REACH_M:
        body = _Body(car) if body is None else body
        wall = _resolve_barriers(body, track, place)
        if wall is not None:
            contacts.append(wall)
    if body is None or not (contacts or body.moved):
        return car, ()
    return body.after(car), tuple(contacts)


def corners(car: CarState) -> tuple[tuple[float, float], ...]:
    """Return the corners of the car's body: front left, front right, rear right, rear left."""
    return _Body(car).corners()


@final
class _Body:
    """A car while it is being resolved: what a contact needs and changes."""

    __slots__ = ("c", "moved", "s", "vx", "vy", "x", "y", "yaw_rate")

    def __init__(self, car: CarState) -> None:
        self.x, self.y = car.x, car.y
        self.vx, self.vy, self.yaw_rate = car.vx, car.vy, car.yaw_rate
        self.c, self.s = math.cos(car.heading), math.sin(car.heading)
        self.moved = False

    def after(self, car: CarState) -> CarState:
        return replace(car, x=self.x, y=self.y, vx=self.vx, vy=self.vy, yaw_rate=self.yaw_rate)

    def corners(self) -> tuple[tuple[float, float], ...]:
        x, y, c, s = self.x, self.y, self.c, self.s
        return tuple((x + a * c - b * s, y + a * s + b * c) for a, b in _OUTLINE)

    def shift(self, dx: float, dy: float) -> None:
        self.x += dx
        self.y += dy
        self.moved = True

    def push(self, arm: tuple[float, float], jx: float, jy: float) -> None:
        """Take an impulse [m/s] at an arm."""
        self.vx += jx
        self.vy += jy
        turn = (arm[0] * jy - arm[1] * jx) * TURN_GIVE
        self.yaw_rate = _clamp(self.yaw_rate + turn, YAW_RATE_MAX)


@dataclass(frozen=True, slots=True)
class _Overlap:
    """Two bodies overlap by `depth_m` along (nx, ny), which points towards our own."""

    nx: float
    ny: float
    depth_m: float
    x: float
    y: float


def _resolve_touch(body: _Body, other: _Body, index: int) -> Contact | None:
    """Give our body its half of a touch. The other takes its half itself."""
    touch = _box_overlap(body, other)
    if touch is None:
        return None
    nx, ny = touch.nx, touch.ny
    arm = (touch.x - body.x, touch.y - body.y)
    other_arm = (touch.x - other.x, touch.y - other.y)
    rx = body.vx - body.yaw_rate * arm[1] - other.vx + other.yaw_rate * other_arm[1]
    ry = body.vy + body.yaw_rate * arm[0] - other.vy - other.yaw_rate * other_arm[0]
    closing = -(rx * nx + ry * ny)
    push = 0.5 * max(0.0, touch.depth_m - CONTACT_SLOP_M)
    body.shift(push * nx, push * ny)
    if closing <= 0.0:
        return Contact(touch.x, touch.y, 0.0, index)
    impulse = (
        (1.0 + CAR_RESTITUTION)
        * closing
        / (_inverse_mass(arm, nx, ny) + _inverse_mass(other_arm, nx, ny))
    )
    sliding = ry * nx - rx * ny
    rub_give = _inverse_mass(arm, -ny, nx) + _inverse_mass(other_arm, -ny, nx)
    rub = _clamp(-sliding / rub_give, CAR_FRICTION * impulse)
    jx, jy = impulse * nx - rub * ny, impulse * ny + rub * nx
    body.push(arm, jx, jy)
    turn = (other_arm[1] * jx - other_arm[0] * jy) * TURN_GIVE
    return Contact(touch.x, touch.y, closing, index, (-jx, -jy, turn))


def _box_overlap(body: _Body, other: _Body) -> _Overlap | None:
    """Return how two bodies overlap, by the axis of least depth, or None.

    Source: separating axes of oriented boxes; Ericson, Real-Time Collision Detection (2005), 4.4.1.
    """
    c, s, oc, os = body.c, body.s, other.c, other.s
    dx, dy = body.x - other.x, body.y - other.y
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
    # The middle of the corners that lie deepest: ours backwards, the other's forwards.
    deepest = [*_furthest_corners(body, -nx, -ny), *_furthest_corners(other, nx, ny)]
    count = len(deepest)
    x, y = (math.fsum(along) / count for along in zip(*deepest, strict=True))
    return _Overlap(nx, ny, depth, x, y)


def _furthest_corners(body: _Body, nx: float, ny: float) -> list[tuple[float, float]]:
    """Return the corner furthest along a direction, or both ends of a side that lies across it."""
    ways = [(x * nx + y * ny, x, y) for x, y in body.corners()]
    furthest = max(way for way, _, _ in ways)
    return [(x, y) for way, x, y in ways if way > furthest - 0.2]


def _resolve_barriers(body: _Body, track: Track, place: TrackPoint) -> Contact | None:
    """Bring all corners between the barriers; return the hardest touch."""
    hardest: Contact | None = None
    for _ in range(3):  # the two corners of a side, and once more for a bend in the barrier
        worst = _deepest_corner(body, track, place)
        if worst is None:
            break
        speed = _bounce_off_wall(body, worst)
        if hardest is None or speed > hardest.speed:
            hardest = Contact(worst.x, worst.y, speed, None)
        place = track.project(body.x, body.y, place.index)
    _keep_centre_inside(body, track, place)
    return hardest


def _deepest_corner(body: _Body, track: Track, place: TrackPoint) -> _Overlap | None:
    deepest: _Overlap | None = None
    for x, y in body.corners():
        at = track.project(x, y, place.index)
        left, right = track.walls_at(at)
        side = 1.0 if at.lateral_m > 0.0 else -1.0
        depth = abs(at.lateral_m) - (left if side > 0.0 else right)
        if depth > 0.0 and (deepest is None or depth > deepest.depth_m):
            tx, ty = _track_tangent(track, at)
            deepest = _Overlap(side * ty, -side * tx, depth, x, y)
    return deepest


def _track_tangent(track: Track, place: TrackPoint) -> tuple[float, float]:
    """Return the unit tangent of the centre line at a place, to first order between its points."""
    point = track.centre[place.index]
    along = math.remainder(place.s_m - place.index * track.spacing_m, track.length_m)
    tx = point.tx - point.ty * point.curvature * along
    ty = point.ty + point.tx * point.curvature * along
    norm = math.sqrt(tx * tx + ty * ty)
    return tx / norm, ty / norm


def _bounce_off_wall(body: _Body, touch: _Overlap) -> float:
    """Throw the body back; return the closing speed."""
    nx, ny = touch.nx, touch.ny
    arm = (touch.x - body.x, touch.y - body.y)
    vx = body.vx - body.yaw_rate * arm[1]
    vy = body.vy + body.yaw_rate * arm[0]
    closing = -(vx * nx + vy * ny)
    body.shift(touch.depth_m * nx, touch.depth_m * ny)
    if closing <= 0.0:
        return 0.0
    impulse = (1.0 + WALL_RESTITUTION) * closing / _inverse_mass(arm, nx, ny)
    sliding = vy * nx - vx * ny
    rub = _clamp(-sliding / _inverse_mass(arm, -ny, nx), WALL_FRICTION * impulse)
    body.push(arm, impulse * nx - rub * ny, impulse * ny + rub * nx)
    return closing


def _keep_centre_inside(body: _Body, track: Track, place: TrackPoint) -> None:
    """Keep the centre at least half a width inside the barriers, come what may."""
    left, right = track.walls_at(place)
    lateral = max(-right + HALF_WIDTH_M, min(left - HALF_WIDTH_M, place.lateral_m))
    if lateral != place.lateral_m:
        tx, ty = _track_tangent(track, place)
        shift = lateral - place.lateral_m
        body.shift(-shift * ty, shift * tx)


def _inverse_mass(arm: tuple[float, float], nx: float, ny: float) -> float:
    """Return how fast a car yields to a push along a direction at an arm, 1 at its centre."""
    turn = arm[0] * ny - arm[1] * nx
    return 1.0 + turn * turn * TURN_GIVE


def _clamp(value: float, bound: float) -> float:
    return max(-bound, min(bound, value))
