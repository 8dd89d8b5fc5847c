"""The centre line of a circuit: straights and arcs from a polygon of turns, evenly resampled."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from racer.core.track import TrackError

Point: TypeAlias = tuple[float, float]

SPACING_M: Final = 2.5
"""Aim for the distance of centre points: an eighth of the tightest turn's arc, and cheap."""

POINT_MULTIPLE: Final = 16
"""The number of centre points is a multiple: the racing line is refined from every 16th on."""

FINE_M: Final = 0.5
"""Spacing while the line is built, well below that of the result."""

EASE_M: Final = 9.0
"""Length over which a straight eases into an arc: a real road's, and what steering needs."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A corner of the polygon, rounded with a radius. `line` is where the text says so."""

    x: float
    y: float
    radius_m: float
    width_m: float
    line: int


@dataclass(frozen=True, slots=True)
class CentreLine:
    """An evenly spaced closed loop with the width of the road at each point."""

    points: tuple[Point, ...]
    widths: tuple[float, ...]
    spacing_m: float


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


def lay_out(turns: Sequence[Turn], line_fraction: float) -> CentreLine:
    """Return the centre line through some turns.

    Args:
        turns: at least three; a closed polygon, driven in this order.
        line_fraction: 0..1, where the line lies on the straight that ends at the first turn.

    Raises:
        TrackError: two turns are so close that their arcs do not fit between them.
    """
    arcs = [_arc(turns[i - 1], turn, turns[(i + 1) % len(turns)]) for i, turn in enumerate(turns)]
    for arc, following in zip(arcs, [*arcs[1:], arcs[0]], strict=True):
        room = math.dist((arc.turn.x, arc.turn.y), (following.turn.x, following.turn.y))
        need = arc.tangent_m + following.tangent_m
        if need > room:
            raise TrackError(
                following.turn.line,
                f"this turn and the one before need {need:.0f} m, but lie {room:.0f} m apart",
            )
    start = _between(arcs[-1].end, arcs[0].start, line_fraction)
    width = _blend(turns[-1].width_m, turns[0].width_m, line_fraction)
    samples: list[tuple[float, float, float]] = []
    at, at_width = start, width
    for arc in arcs:
        samples += _straight(at, arc.start, at_width, arc.turn.width_m)
        samples += _arc_samples(arc)
        at, at_width = arc.end, arc.turn.width_m
    samples += _straight(at, start, at_width, width)
    return resample(samples)


def resample(samples: Sequence[tuple[float, float, float]]) -> CentreLine:
    """Return an eased, evenly spaced loop from samples (x, y, width) of a closed line."""
    fine = _even(samples, max(3, round(_loop_length(samples) / FINE_M)))
    reach = round(EASE_M / FINE_M / 2)
    # A box twice is a triangle: curvature then rises and falls in a straight ramp.
    for _ in range(2):
        fine = _box_average(fine, reach // 2)
    length = _loop_length(fine)
    count = POINT_MULTIPLE * max(2, round(length / SPACING_M / POINT_MULTIPLE))
    even = _even(fine, count)
    return CentreLine(
        tuple((x, y) for x, y, _ in even), tuple(w for _, _, w in even), _loop_length(even) / count
    )


def _arc(before: Turn, turn: Turn, after: Turn) -> _Arc:
    entry = math.dist((before.x, before.y), (turn.x, turn.y))
    leave = math.dist((turn.x, turn.y), (after.x, after.y))
    if entry < 1.0 or leave < 1.0:
        raise TrackError(turn.line, "this turn lies on its neighbour")
    ux, uy = (turn.x - before.x) / entry, (turn.y - before.y) / entry
    vx, vy = (after.x - turn.x) / leave, (after.y - turn.y) / leave
    angle = math.atan2(ux * vy - uy * vx, ux * vx + uy * vy)
    if abs(angle) > math.radians(165):
        raise TrackError(turn.line, "this turn is sharper than 165 degrees: use two turns")
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


def _arc_samples(arc: _Arc) -> list[tuple[float, float, float]]:
    radius = arc.turn.radius_m
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
                arc.turn.width_m,
            )
        )
    return result


def _straight(
    start: Point, end: Point, width: float, end_width: float
) -> list[tuple[float, float, float]]:
    steps = round(math.dist(start, end) / FINE_M)
    return [
        (*_between(start, end, k / steps), _blend(width, end_width, k / steps))
        for k in range(steps)
    ]


def _even(
    samples: Sequence[tuple[float, float, float]], count: int
) -> list[tuple[float, float, float]]:
    """Return `count` points at equal distances along the loop, the first one kept."""
    pitch = _loop_length(samples) / count
    result: list[tuple[float, float, float]] = []
    walked = 0.0
    for here, there in zip(samples, [*samples[1:], samples[0]], strict=True):
        leg = math.dist(here[:2], there[:2])
        while len(result) < count and len(result) * pitch < walked + leg:
            part = max(0.0, (len(result) * pitch - walked) / leg)
            x, y = _between(here[:2], there[:2], part)
            result.append((x, y, _blend(here[2], there[2], part)))
        walked += leg
    return result


def _box_average(
    samples: Sequence[tuple[float, float, float]], reach: int
) -> list[tuple[float, float, float]]:
    count = len(samples)
    span = 2 * reach + 1
    sums = [sum(samples[k % count][axis] for k in range(-reach, reach + 1)) for axis in range(3)]
    result = []
    for i in range(count):
        result.append((sums[0] / span, sums[1] / span, sums[2] / span))
        leaving, entering = samples[(i - reach) % count], samples[(i + reach + 1) % count]
        sums = [total + entering[axis] - leaving[axis] for axis, total in enumerate(sums)]
    return result


def _loop_length(samples: Sequence[tuple[float, float, float]]) -> float:
    return math.fsum(math.dist(samples[i - 1][:2], samples[i][:2]) for i in range(len(samples)))


def _between(a: Point, b: Point, part: float) -> Point:
    return (_blend(a[0], b[0], part), _blend(a[1], b[1], part))


def _blend(a: float, b: float, part: float) -> float:
    return a + (b - a) * part
