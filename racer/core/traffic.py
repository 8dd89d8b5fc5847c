"""What a driver makes of the cars around: where to pass, and when to hold back."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from racer.core.car import CarState
from racer.core.line import RacingLine
from racer.core.track import Track, TrackPoint
from racer.core.tuning import CAR

SIGHT_M: Final = 45.0
"""Further cars need no thought: at the greatest difference of speed they are 1.5 s away."""

CLEAR_M: Final = CAR.width_m + 0.75
"""From centre to centre across the road: two cars side by side with some air."""

BESIDE_M: Final = CAR.length_m + 1.2
"""Along the road: nearer than this, two cars are side by side."""

EDGE_M: Final = CAR.width_m / 2.0 + 0.25

HOLD_BACK_M: Final = 3.0
"""Gap kept to a car that cannot be passed."""

BRAKING: Final = 9.0
"""m/s² counted on when closing in on a slower car."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """What traffic asks for: a lane as an offset from the line, a speed not to exceed; or None."""

    offset_m: float | None
    speed: float | None


@dataclass(frozen=True, slots=True)
class _Neighbour:
    """Another car seen from ours: way ahead, its place across the road, its speed along it."""

    ahead_m: float
    lateral_m: float
    speed: float


def look_around(
    track: Track, line: RacingLine, car: CarState, place: TrackPoint, others: Sequence[CarState]
) -> Traffic:
    """Return what the cars near ours ask for."""
    near = _neighbours(track, car, place, others)
    if not near:
        return Traffic(None, None)
    point = track.centre[place.index]
    speed = car.vx * point.tx + car.vy * point.ty
    lane: float | None = None
    limit: float | None = None
    for other in sorted(near, key=lambda n: (abs(n.ahead_m), n.lateral_m)):
        gap_m = other.ahead_m - BESIDE_M
        apart = place.lateral_m - other.lateral_m
        closing = speed - other.speed
        if other.ahead_m < -BESIDE_M:
            continue
        if gap_m <= 0.0:
            lane = _beside(track, place, other, apart) if lane is None else lane
            if abs(apart) < CLEAR_M - 0.9 and other.ahead_m > 1.5:
                limit = _least(limit, max(2.0, other.speed - 1.0))
            continue
        if closing <= 0.0 or gap_m > 3.0 + 1.6 * closing:
            continue
        if lane is None:
            lane = _passing(track, line, place, other)
        if abs(apart) < CLEAR_M - 0.5:
            room = max(0.0, gap_m - HOLD_BACK_M + BESIDE_M - CAR.length_m)
            safe = math.sqrt(max(other.speed, 0.0) ** 2 + 2.0 * BRAKING * room)
            limit = _least(limit, max(safe, 3.0))
    offset = None if lane is None else lane - line.lateral_m[place.index]
    return Traffic(offset, limit)


def _neighbours(
    track: Track, car: CarState, place: TrackPoint, others: Sequence[CarState]
) -> list[_Neighbour]:
    near = []
    for other in others:
        dx, dy = other.x - car.x, other.y - car.y
        if dx * dx + dy * dy > SIGHT_M * SIGHT_M:
            continue
        at = track.project(other.x, other.y, place.index)
        ahead = math.remainder(at.s_m - place.s_m, track.length_m)
        if abs(ahead) < SIGHT_M:
            point = track.centre[at.index]
            speed = other.vx * point.tx + other.vy * point.ty
            near.append(_Neighbour(ahead, at.lateral_m, speed))
    return near


def _beside(track: Track, place: TrackPoint, other: _Neighbour, apart: float) -> float:
    """Return the lateral place that leaves a car beside us its room."""
    if abs(apart) > CLEAR_M + 0.6:
        return place.lateral_m
    return _on_road(track, place, other.lateral_m + math.copysign(CLEAR_M, apart))


def _passing(track: Track, line: RacingLine, place: TrackPoint, other: _Neighbour) -> float:
    """Return the lateral place to pass a slower car at: the side that costs less and has room."""
    ahead = track.index_at(place.s_m + other.ahead_m)
    point = track.centre[ahead]
    best = line.lateral_m[ahead]
    if abs(best - other.lateral_m) >= CLEAR_M:
        return best
    left, right = other.lateral_m + CLEAR_M, other.lateral_m - CLEAR_M
    fits_left = left <= point.left_m - EDGE_M
    fits_right = right >= EDGE_M - point.right_m
    cost_left = abs(left - best) + 0.7 * abs(left - place.lateral_m)
    cost_right = abs(right - best) + 0.7 * abs(right - place.lateral_m)
    if fits_left and (not fits_right or cost_left <= cost_right):
        return left
    return right if fits_right else best


def _on_road(track: Track, place: TrackPoint, lateral_m: float) -> float:
    point = track.centre[place.index]
    return max(EDGE_M - point.right_m, min(point.left_m - EDGE_M, lateral_m))


def _least(a: float | None, b: float) -> float:
    return b if a is None else min(a, b)
