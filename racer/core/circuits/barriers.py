"""Where the barriers stand: as far out as wished, and nowhere in another part of the circuit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from racer.core.circuits.point_index import PointIndex, crossings
from racer.core.circuits.track import TrackError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from racer.core.circuits.layout import CentreLine
    from racer.core.circuits.point_index import Point

WALL_GAP_M_MIN: Final = 0.6
"""Least strip between road and barrier: a kerb's worth."""

WALL_SLOPE_MAX: Final = 0.35
"""How fast a barrier may come nearer along the track: steeper ones would be hit head on."""

MEDIAL_SHARE: Final = 0.92
"""Share of the way to where another part of the circuit is as near: there each part's own
barrier stands, so that every place between the barriers belongs to one part."""

BRIDGE_GAP_M: Final = 1.2
"""Between road and parapet on a bridge."""

RAMP_M: Final = 60.0
"""Along the lap, within which a bridge and the road to it keep clear of each other all the same."""


CROWD_M: Final = 40.0
CROWD_MAX: Final = 160
"""Points of a centre line in a square of CROWD_M: of ten roads side by side. Work and faults grow
by the square of it, and texts come from peers."""


def is_crowded(points: Sequence[Point]) -> bool:
    """Tell whether a line runs to and fro so much in one place that nothing fits there."""
    return PointIndex(points, CROWD_M).fullest > CROWD_MAX


@dataclass(frozen=True, slots=True)
class Course:
    """A centre line, with what its barriers depend on."""

    line: CentreLine
    tangents: Sequence[Point]
    levels: Sequence[int]
    runoff_m: float

    def are_apart(self, i: int, j: int) -> bool:
        """Tell whether two points pass over each other: on two levels, and not at a ramp."""
        if self.levels[i] == self.levels[j]:
            return False
        between = abs(math.remainder(i - j, len(self.levels))) * self.line.spacing_m
        return between > RAMP_M


def walls(course: Course, faults: list[TrackError]) -> tuple[list[float], list[float]]:
    """Return the distance of the left and the right barrier at each point.

    Args:
        faults: gets a fault for every stretch with too little room; its line is 0.
    """
    medial = medial_distances(course)
    both = []
    for side, halves in enumerate((course.line.lefts, course.line.rights)):
        distances, tight = [], []
        for i, half in enumerate(halves):
            room = MEDIAL_SHARE * medial[i][side]
            gap = BRIDGE_GAP_M if course.levels[i] else course.runoff_m
            distances.append(min(half + gap, room))
            if room < half + WALL_GAP_M_MIN:
                tight.append(i)
        faults.extend(_narrow_faults(course, side, halves, tight, medial))
        both.append(_slope_limited(distances, WALL_SLOPE_MAX * course.line.spacing_m))
    return both[0], both[1]


def unbridged(course: Course) -> list[TrackError]:
    """Return a fault for every place where the line crosses itself on one level."""
    faults = []
    for i, j in crossings(course.line.points, course.line.spacing_m):
        if course.levels[i] == course.levels[j]:
            s, t = i * course.line.spacing_m, j * course.line.spacing_m
            x, y = course.line.points[i]
            reason = (
                f"near ({x:.0f}, {y:.0f}) the road crosses itself, {s:.0f} m and {t:.0f} m along"
                " the lap: let one of them pass over with 'bridge FROM TO', or move the turns"
            )
            faults.append(TrackError(0, reason))
    return faults


def medial_distances(course: Course) -> list[tuple[float, float]]:
    """Return how far one can go left and right of each point and still be nearest to it.

    The circle that touches the line at a point, with its centre on the normal, must hold no
    other point: of all points the least |d|² / (2 n·d) is its radius (medial axis; Blum 1967).
    It covers both a turn's own radius and other parts of the circuit that come near. Radii beyond
    what any barrier needs are infinite, so that only the neighbourhood is searched.
    """
    line = course.line
    widest = max(*line.lefts, *line.rights) + course.runoff_m
    reach = 2.0 * widest / MEDIAL_SHARE + 2.0 * line.spacing_m
    plane = PointIndex(line.points, reach)
    points, levels = line.points, course.levels
    result = []
    for i, ((x, y), (tx, ty)) in enumerate(zip(points, course.tangents, strict=True)):
        level = levels[i]
        left = right = math.inf
        for j in plane.near(x, y, reach):
            px, py = points[j]
            dx = px - x
            dy = py - y
            across = 2.0 * (dy * tx - dx * ty)
            if -1e-6 <= across <= 1e-6 or (levels[j] != level and course.are_apart(i, j)):
                continue
            radius = (dx * dx + dy * dy) / across
            if 0.0 < radius < left:
                left = radius
            elif radius <= 0.0 and -radius < right:
                right = -radius
        result.append((left, right))
    return result


def _narrow_faults(
    course: Course,
    side: int,
    halves: Sequence[float],
    tight: list[int],
    medial: list[tuple[float, float]],
) -> list[TrackError]:
    """Return a fault for each run of points without room, at its tightest one."""
    runs: list[list[int]] = []
    for i in tight:
        if runs and i - runs[-1][-1] <= 2:
            runs[-1].append(i)
        else:
            runs.append([i])
    faults = []
    for run in runs:
        worst = min(run, key=lambda i: medial[i][side])
        x, y = course.line.points[worst]
        reason = (
            f"near ({x:.0f}, {y:.0f}), {worst * course.line.spacing_m:.0f} m along the lap,"
            f" the {('left', 'right')[side]} side has room for"
            f" {MEDIAL_SHARE * medial[worst][side]:.1f} m, the road needs"
            f" {halves[worst] + WALL_GAP_M_MIN:.1f}: a turn too tight, or two parts too close"
        )
        faults.append(TrackError(0, reason))
    return faults


def _slope_limited(distances: list[float], rise: float) -> list[float]:
    """Return the largest distances not above the given ones that change by `rise` at most."""
    result = list(distances)
    count = len(result)
    for i in range(2 * count):
        result[i % count] = min(result[i % count], result[(i - 1) % count] + rise)
    for i in reversed(range(2 * count)):
        result[i % count] = min(result[i % count], result[(i + 1) % count] + rise)
    return result
