"""The centre line of a circuit, evenly resampled: from a polygon of turns, or from free points."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeAlias

from racer.core.circuits.point_index import Point
from racer.core.circuits.track import TrackError

SPACING_M: Final = 2.5
"""Aim for the distance of centre points: an eighth of the tightest turn's arc, and cheap."""

POINT_MULTIPLE: Final = 16
"""The number of centre points is a multiple: the racing line is refined from every 16th on."""

FINE_M: Final = 0.5
"""Spacing while the line is built, well below that of the result."""

EASE_M: Final = 9.0
"""Length over which a straight eases into an arc: a real road's, and what steering needs."""

FAULTS_MAX: Final = 100  # told of one text; who wrote more needs no list

GAP_RATIO_MAX: Final = 5.0
"""Free points whose last and first lie further apart than so many common steps make no loop."""

ANGLE_MAX: Final = math.radians(165)
"""A sharper corner of the polygon would lie kilometres from its arc."""

Sample: TypeAlias = tuple[float, float, float, float]
"""x, y, and the road to the left and to the right, all in metres."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A corner of the polygon, rounded with a radius. `line` is where the text says so."""

    x: float
    y: float
    radius_m: float
    width_m: float
    line: int


@dataclass(frozen=True, slots=True)
class Waypoint:
    """A point of a free centre line, with the road to its left and right."""

    x: float
    y: float
    left_m: float
    right_m: float
    line: int


@dataclass(frozen=True, slots=True)
class CentreLine:
    """An evenly spaced closed loop with the width of the road to each side of each point."""

    points: tuple[Point, ...]
    lefts: tuple[float, ...]
    rights: tuple[float, ...]
    spacing_m: float

    @property
    def length_m(self) -> float:
        return self.spacing_m * len(self.points)


@dataclass(frozen=True, slots=True)
class _Arc:
    """A rounded corner: it begins at `start`, heading (ux, uy), and turns by `angle`."""

    turn: Turn
    start: Point
    end: Point
    ux: float
    uy: float
    angle: float  # rad, left is positive
    tangent_m: float


def lay_out(
    turns: Sequence[Turn], line_fraction: float, faults: list[TrackError]
) -> CentreLine | None:
    """Return the centre line through some turns, or None where they do not fit.

    Args:
        turns: at least three; a closed polygon, driven in this order.
        line_fraction: 0..1, where the line lies on the straight that ends at the first turn.
        faults: gets every turn that lies on its neighbour, is too sharp or too wide for its place.
    """
    arcs = [
        _corner_arc(turns[i - 1], t, turns[(i + 1) % len(turns)], faults)
        for i, t in enumerate(turns)
    ]
    for arc, following in zip(arcs, [*arcs[1:], arcs[0]], strict=True):
        room = math.dist((arc.turn.x, arc.turn.y), (following.turn.x, following.turn.y))
        need = arc.tangent_m + following.tangent_m
        if need > room:
            reason = (
                f"this turn and the one before need {need:.0f} m, but lie {room:.0f} m apart:"
                " move them apart or make a radius less"
            )
            faults.append(TrackError(following.turn.line, reason))
    if faults:
        return None
    start = _point_between(arcs[-1].end, arcs[0].start, line_fraction)
    width = _lerp(turns[-1].width_m, turns[0].width_m, line_fraction)
    samples: list[Sample] = []
    at, at_width = start, width
    for arc in arcs:
        samples += _straight_samples(at, arc.start, at_width, arc.turn.width_m)
        samples += _arc_samples(arc)
        at, at_width = arc.end, arc.turn.width_m
    samples += _straight_samples(at, start, at_width, width)
    return resample(samples)


def lay_free(waypoints: Sequence[Waypoint], faults: list[TrackError]) -> CentreLine | None:
    """Return the centre line through free points, or None where they make no loop.

    The lap begins at the first of them.

    Args:
        waypoints: at least four, the last one joins the first.
        faults: gets points that lie on each other, and a loop that does not close.
    """
    steps = [math.dist((a.x, a.y), (b.x, b.y)) for a, b in pairwise(waypoints)]
    for step, waypoint in zip(steps, waypoints[1:], strict=True):
        if len(faults) < FAULTS_MAX and step < FINE_M / 10.0:
            faults.append(TrackError(waypoint.line, "this point lies on the one before: leave it"))
    first, last = waypoints[0], waypoints[-1]
    gap = math.dist((first.x, first.y), (last.x, last.y))
    if gap > GAP_RATIO_MAX * sorted(steps)[len(steps) // 2]:
        reason = f"the loop is open: its last point lies {gap:.0f} m from the first"
        faults.append(TrackError(last.line, reason))
    if faults:
        return None
    return resample([(w.x, w.y, w.left_m, w.right_m) for w in waypoints])


def resample(samples: Sequence[Sample]) -> CentreLine:
    """Return an eased, evenly spaced loop from samples of a closed line."""
    fine = _evenly_spaced(samples, max(3, round(_loop_length(samples) / FINE_M)))
    reach = round(EASE_M / FINE_M / 2)
    # A box twice is a triangle: curvature then rises and falls in a straight ramp.
    for _ in range(2):
        fine = _box_average(fine, reach // 2)
    length = _loop_length(fine)
    count = POINT_MULTIPLE * max(2, round(length / SPACING_M / POINT_MULTIPLE))
    even = _evenly_spaced(fine, count)
    return CentreLine(
        tuple((x, y) for x, y, _, _ in even),
        tuple(left for _, _, left, _ in even),
        tuple(right for _, _, _, right in even),
        _loop_length(even) / count,
    )


def _corner_arc(before: Turn, turn: Turn, after: Turn, faults: list[TrackError]) -> _Arc:
    entry = math.dist((before.x, before.y), (turn.x, turn.y))
    leave = math.dist((turn.x, turn.y), (after.x, after.y))
    if entry < 1.0 or leave < 1.0:
        faults.append(TrackError(turn.line, "this turn lies on its neighbour: leave one out"))
        return _Arc(turn, (turn.x, turn.y), (turn.x, turn.y), 1.0, 0.0, 0.0, 0.0)
    ux, uy = (turn.x - before.x) / entry, (turn.y - before.y) / entry
    vx, vy = (after.x - turn.x) / leave, (after.y - turn.y) / leave
    angle = math.atan2(ux * vy - uy * vx, ux * vx + uy * vy)
    if abs(angle) > ANGLE_MAX:
        reason = "this turn is sharper than 165 degrees: use two turns"
        faults.append(TrackError(turn.line, reason))
        angle = math.copysign(ANGLE_MAX, angle)
    tangent = turn.radius_m * math.tan(abs(angle) / 2.0)
    return _Arc(
        turn,
        (turn.x - ux * tangent, turn.y - uy * tangent),
        (turn.x + vx * tangent, turn.y + vy * tangent),
        ux,
        uy,
        angle,
        tangent,
    )


def _arc_samples(arc: _Arc) -> list[Sample]:
    radius, half = arc.turn.radius_m, arc.turn.width_m / 2.0
    steps = max(1, round(radius * abs(arc.angle) / FINE_M))
    side = 1.0 if arc.angle > 0.0 else -1.0
    centre = (arc.start[0] - side * arc.uy * radius, arc.start[1] + side * arc.ux * radius)
    result = []
    for step in range(steps):
        turned = abs(arc.angle) * step / steps
        across, along = radius * math.cos(turned), radius * math.sin(turned)
        result.append(
            (
                centre[0] + side * arc.uy * across + arc.ux * along,
                centre[1] - side * arc.ux * across + arc.uy * along,
                half,
                half,
            )
        )
    return result


def _straight_samples(start: Point, end: Point, width: float, end_width: float) -> list[Sample]:
    steps = round(math.dist(start, end) / FINE_M)
    result = []
    for k in range(steps):
        half = _lerp(width, end_width, k / steps) / 2.0
        result.append((*_point_between(start, end, k / steps), half, half))
    return result


def _evenly_spaced(samples: Sequence[Sample], count: int) -> list[Sample]:
    """Return `count` points at equal distances along the loop, the first one kept."""
    pitch = _loop_length(samples) / count
    result: list[Sample] = []
    walked = 0.0
    for here, there in zip(samples, [*samples[1:], samples[0]], strict=True):
        leg = math.dist(here[:2], there[:2])
        while len(result) < count and len(result) * pitch < walked + leg:
            result.append(_mix(here, there, max(0.0, (len(result) * pitch - walked) / leg)))
        walked += leg
    return result


def _box_average(samples: Sequence[Sample], reach: int) -> list[Sample]:
    count = len(samples)
    span = 2 * reach + 1
    first = [samples[k % count] for k in range(-reach, reach + 1)]
    sums = [math.fsum(along) for along in zip(*first, strict=True)]
    result = []
    for i in range(count):
        result.append((sums[0] / span, sums[1] / span, sums[2] / span, sums[3] / span))
        leaving, entering = samples[(i - reach) % count], samples[(i + reach + 1) % count]
        sums = [total + entering[axis] - leaving[axis] for axis, total in enumerate(sums)]
    return result


def _loop_length(samples: Sequence[Sample]) -> float:
    return math.fsum(math.dist(samples[i - 1][:2], samples[i][:2]) for i in range(len(samples)))


def _point_between(a: Point, b: Point, part: float) -> Point:
    return (_lerp(a[0], b[0], part), _lerp(a[1], b[1], part))


def _mix(a: Sample, b: Sample, part: float) -> Sample:
    """Return the sample part of the way from one to another."""
    return (
        a[0] + (b[0] - a[0]) * part,
        a[1] + (b[1] - a[1]) * part,
        a[2] + (b[2] - a[2]) * part,
        a[3] + (b[3] - a[3]) * part,
    )


def _lerp(a: float, b: float, part: float) -> float:
    return a + (b - a) * part
