"""What a driver makes of the cars around: where to pass, when to hold back, what to defend.

All places across the road are offsets from the racing line, left positive: a car that follows the
line stays where it is, however the road turns.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, final

from racer.core.tuning import CAR

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from racer.core.circuits.track import Track, TrackPoint
    from racer.core.drivers.corners import Corner
    from racer.core.drivers.line import RacingLine
    from racer.core.physics.car import CarState

SIGHT_M: Final = 45.0
"""Further cars need no thought: at the greatest difference of speed they are 1.5 s away."""

CLEAR_M: Final = CAR.width_m + 0.75
"""From centre to centre across the road: two cars side by side with some air."""

MISS_M: Final = CAR.width_m + 0.2
"""Across the road: nearer than this, one car is in the way of the other."""

BESIDE_M: Final = CAR.length_m + 1.2
"""Along the road: nearer than this, two cars are side by side."""

EDGE_M: Final = CAR.width_m / 2.0 + 0.25
"""From the edge of the road to a car's middle, at least."""

FOLLOW_M: Final = 0.8
FOLLOW_S: Final = 0.04
"""The gap kept to a car that is followed, and what of it grows with speed."""

CAUTION: Final = 0.7
"""Of the brakes, counted on when closing in: the other one may brake too."""

LATERAL_S: Final = 0.15
"""So far ahead the sideways way of others is foreseen."""

SOON_S: Final = 0.6
"""So far ahead it is foreseen how much of the road is left to who is beside."""

EAGER_SPEED: Final = 0.6
"""m/s that one could be faster than the car ahead: from then on one wants to pass."""

STRANDED: Final = 0.6
"""A car slower than this share of what the road allows is no rival: it is passed at any place."""

PULL_OUT_M: Final = 3.0
PULL_OUT_S: Final = 1.6
"""Who closes in pulls out from so near, and what of it grows with the speed of closing."""

CLOSE_UP_M: Final = 4.0
CLOSE_UP_S: Final = 0.22
"""Who wants to pass a car as fast as itself pulls out from so near."""

OVERLAP_M: Final = 2.0
"""Beside is who has come so far past the other's tail: then each leaves room."""

TURN_IN_S: Final = 0.9
"""Into the braking, until when one must be beside the other."""

TRY_LEAST: Final = 0.8
TRY_SPREAD: Final = 0.8
"""The share of that time which the timid count on, and what the boldest add to it."""

LINE_COST: Final = 0.5
INSIDE_WORTH_M: Final = 1.0
"""Of two sides to pass at, the nearer one costs less; a metre off the line costs half as much as
one across the road, and the inside of the next corner is worth a metre."""

TOW_S: Final = 1.2
"""From a corner's braking: until then one stays in the wake of the car ahead."""

DEFEND_M: Final = 14.0
DEFEND_SOONEST_S: Final = 0.5
DEFEND_LATEST_S: Final = 2.5
DEFEND_UNTIL_S: Final = 0.4
DEFEND_OFFSET_M: Final = 2.2
"""A car that is so near behind is kept off the inside, once, so long before a corner, and until so
shortly before its apex …"""

DEFEND_BOLD: Final = 0.3
"""… by drivers that are at least so bold."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another car seen from ours."""

    ahead_m: float  # along the road, from middle to middle
    offset_m: float  # from the line
    speed: float  # along the road
    s_m: float  # its way along the lap


@dataclass(frozen=True, slots=True)
class Stance:
    """Our own car, as it is without the others."""

    offset_m: float  # from the line
    speed: float  # along the road
    wanted: float  # m/s that it could drive at here
    braking: float  # m/s²
    corner: Corner | None  # that comes next
    brake_s: float  # until its braking; negative within it
    apex_s: float  # until its apex
    bold: float  # 0..1


@dataclass(frozen=True, slots=True)
class Traffic:
    """What traffic asks for: an offset from the line, a speed not to exceed; or None."""

    offset_m: float | None
    speed: float | None


def neighbours(
    track: Track, line: RacingLine, car: CarState, place: TrackPoint, others: Iterable[CarState]
) -> list[Neighbour]:
    """Return the cars near ours, the nearest first."""
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
            sideways = other.vy * point.tx - other.vx * point.ty
            offset = at.lateral_m - line.lateral_m[at.index] + LATERAL_S * sideways
            near.append(Neighbour(ahead, offset, speed, at.s_m))
    near.sort(key=lambda n: (abs(n.ahead_m), n.offset_m))
    return near


@final
class Racecraft:
    """Decides for one driver. It remembers which corner it has defended."""

    def __init__(self, track: Track, line: RacingLine) -> None:
        self._track = track
        self._line = line
        self._defended: Corner | None = None

    def decide(self, us: Stance, near: Sequence[Neighbour]) -> Traffic:
        """Return what the cars near ours ask for. `near` has the nearest first."""
        limit: float | None = None
        lane: float | None = None
        blocker = _nearest_blocker(us, near)
        if blocker is not None:
            lane = self._passing_offset(us, blocker, near)
            if lane is None and us.brake_s > TOW_S and blocker.ahead_m > BESIDE_M + CLOSE_UP_M:
                lane = blocker.offset_m
        elif self._should_defend(us, near):
            assert us.corner is not None
            lane = us.corner.inside * DEFEND_OFFSET_M
        low, high = -math.inf, math.inf
        for other in near:
            if abs(other.ahead_m) <= BESIDE_M:
                low, high = self._bounds_beside(us, other, low, high)
            if other.ahead_m > 0.5 * CAR.length_m and self._is_in_way(us, other):
                limit = _min_limit(limit, _following_speed(us, other))
        if low > high:  # three abreast, or no road left
            return Traffic(0.5 * (low + high), limit)
        if low > -math.inf or high < math.inf:
            lane = max(low, min(high, us.offset_m if lane is None else lane))
        return Traffic(lane, limit)

    def _passing_offset(
        self, us: Stance, rival: Neighbour, near: Sequence[Neighbour]
    ) -> float | None:
        """Return the offset to pass a car at, if that is worth a try now."""
        gap_m = rival.ahead_m - CAR.length_m
        closing = us.speed - rival.speed
        stranded = rival.speed < STRANDED * us.wanted
        if gap_m > PULL_OUT_M + PULL_OUT_S * closing:
            eager = us.wanted - rival.speed > EAGER_SPEED
            if not eager or gap_m > CLOSE_UP_M + CLOSE_UP_S * us.speed:
                return None
        if not stranded and not _is_in_time(us, gap_m, max(closing, us.wanted - rival.speed)):
            return None
        inside = 0 if us.corner is None else us.corner.inside
        costs = {
            lane: LINE_COST * abs(lane) + abs(lane - us.offset_m) - INSIDE_WORTH_M * (s == inside)
            for s in (1, -1)
            for lane in (rival.offset_m + s * CLEAR_M,)
            if self._has_room(rival, lane, near)
        }
        return min(costs, key=lambda lane: costs[lane], default=None)

    def _has_room(self, rival: Neighbour, lane: float, near: Sequence[Neighbour]) -> bool:
        """Tell whether the road is wide enough beside a car, and nobody else is there."""
        index = self._track.index_at(rival.s_m)
        point, line = self._track.centre[index], self._line.lateral_m[index]
        if not EDGE_M - point.right_m <= lane + line <= point.left_m - EDGE_M:
            return False
        return all(
            abs(other.offset_m - lane) > MISS_M
            for other in near
            if other is not rival and -BESIDE_M < other.ahead_m < rival.ahead_m + 2.0 * BESIDE_M
        )

    def _bounds_beside(
        self, us: Stance, other: Neighbour, low: float, high: float
    ) -> tuple[float, float]:
        """Return the bounds of our offset that leave a car beside us its room, soon as well.

        The line goes to the edge at each apex and behind it; who is between the two is pushed out.
        """
        there = self._future_offset(other)
        if other.offset_m <= us.offset_m:
            return max(low, max(other.offset_m, there) + CLEAR_M), high
        return low, min(high, min(other.offset_m, there) - CLEAR_M)

    def _is_in_way(self, us: Stance, other: Neighbour) -> bool:
        """Tell whether a car ahead is in our way, or soon will be: corners take road away."""
        if abs(other.offset_m - us.offset_m) < MISS_M or other.ahead_m < BESIDE_M:
            return abs(other.offset_m - us.offset_m) < MISS_M
        ours = self.on_road(self._track.index_at(other.s_m + SOON_S * us.speed), us.offset_m)
        return abs(self._future_offset(other) - ours) < MISS_M

    def _future_offset(self, other: Neighbour) -> float:
        """Return the offset that the road will leave to another car."""
        index = self._track.index_at(other.s_m + SOON_S * max(other.speed, 0.0))
        return self.on_road(index, other.offset_m)

    def on_road(self, index: int, offset_m: float) -> float:
        """Return the offset nearest to one that keeps a car on the road at a point."""
        point, line = self._track.centre[index], self._line.lateral_m[index]
        low = min(EDGE_M - point.right_m - line, 0.0)
        return max(low, min(max(point.left_m - EDGE_M - line, 0.0), offset_m))

    def _should_defend(self, us: Stance, near: Sequence[Neighbour]) -> bool:
        """Tell whether to take the inside before an attacker does: one move for each corner."""
        corner = us.corner
        if corner is None:
            return False
        if self._defended == corner:
            return us.apex_s > DEFEND_UNTIL_S
        if not DEFEND_SOONEST_S < us.brake_s < DEFEND_LATEST_S or us.bold < DEFEND_BOLD:
            return False
        for other in near:
            if -DEFEND_M < other.ahead_m < -BESIDE_M and other.speed > us.speed + EAGER_SPEED:
                self._defended = corner
                return True
        return False


def _nearest_blocker(us: Stance, near: Sequence[Neighbour]) -> Neighbour | None:
    """Return the nearest car ahead that is in our way, or would be if we went back to the line."""
    for other in near:
        nearest = min(abs(other.offset_m - us.offset_m), abs(other.offset_m))
        if other.ahead_m > BESIDE_M and nearest < MISS_M:
            return other
    return None


def _is_in_time(us: Stance, gap_m: float, gain: float) -> bool:
    """Tell whether one would be beside a rival before the corner, at so much more speed [m/s]."""
    if us.corner is None:
        return True
    time_s = min(us.apex_s, us.brake_s + TURN_IN_S) * (TRY_LEAST + TRY_SPREAD * us.bold)
    return gap_m - OVERLAP_M < max(EAGER_SPEED, gain) * time_s


def _following_speed(us: Stance, other: Neighbour) -> float:
    """Return the speed at which a car ahead in our way is not hit."""
    gap_m = other.ahead_m - CAR.length_m - FOLLOW_M - FOLLOW_S * us.speed
    ahead = max(other.speed, 0.0)
    if gap_m <= 0.0:
        return max(2.0, ahead - 1.0)
    return max(3.0, math.sqrt(ahead * ahead + 2.0 * CAUTION * us.braking * gap_m))


def _min_limit(a: float | None, b: float) -> float:
    return b if a is None else min(a, b)
