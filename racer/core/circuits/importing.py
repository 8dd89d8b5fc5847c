"""Real circuits: a measured centre line with widths, dressed into a circuit's text.

The rows of a survey are x, y, and the width of the road to the right and to the left of the centre
line, in metres, separated by commas; `#` begins a comment. So the public data base of Heilmeier et
al. (Minimum curvature trajectory planning, 2020) tells its circuits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from racer.core.circuits.barriers import (
    MEDIAL_SHARE,
    WALL_GAP_M_MIN,
    Course,
    is_crowded,
    medial_distances,
)
from racer.core.circuits.build import tangents_of
from racer.core.circuits.layout import Waypoint, lay_free
from racer.core.circuits.point_index import PointIndex, crossings
from racer.core.circuits.track import TrackError
from racer.core.circuits.trackfile import (
    COORDINATE_MAX,
    HALF_WIDTH_MAX,
    HALF_WIDTH_MIN,
    LENGTH_M_MAX,
    LENGTH_M_MIN,
    THEMES,
    WAYPOINTS_MIN,
    read_track,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from racer.core.circuits.layout import CentreLine

ROWS_MAX: Final = 20_000  # of a survey: 12 km every 60 cm
ROW_CHARS_MAX: Final = 200
STEP_M: Final = 5.0  # between the points of the text: a survey's own, and 12 km fit into it
STEP_LONG_M: Final = 8.0  # of a lap above LONG_M, so that its text stays below the bound
LONG_M: Final = 6_000.0
RUNOFF_M: Final = 14.0
KERB_M: Final = 1.2
TREES: Final = 900
PICKUP_EVERY_M: Final = 260.0
STAND_EVERY_M: Final = 450.0
CROSSING_CLEAR_M: Final = 50.0  # along the lap, without pick-ups

BRIDGE_REACHES_M: Final = (30.0, 45.0, 60.0, 80.0, 110.0)
"""To both sides of a crossing: the shorter the bridge the better, but its parts must not touch."""


@dataclass(frozen=True, slots=True)
class ImportSpec:
    """What is made of a survey."""

    name: str
    title: str
    reverse: bool = False
    scale: float = 1.0


def read_survey(text: str) -> tuple[Waypoint, ...]:
    """Return the points of a survey.

    Raises:
        TrackError: with the line, a row is no row of four finite numbers in range; without, there
            are too few or too many of them.
    """
    waypoints: list[Waypoint] = []
    for number, row in enumerate(text.splitlines(), start=1):
        numbers = row.partition("#")[0].strip()
        if numbers:
            if len(waypoints) >= ROWS_MAX:
                raise TrackError(number, f"more than {ROWS_MAX} points: leave some out")
            waypoints.append(_parse_waypoint(number, numbers))
    if len(waypoints) < WAYPOINTS_MIN:
        raise TrackError(0, f"{len(waypoints)} points make no circuit: {WAYPOINTS_MIN} at least")
    return tuple(waypoints)


def dressed_text(survey: Sequence[Waypoint], spec: ImportSpec, rng: Random) -> str:
    """Return the text of a playable circuit on a survey's line.

    Args:
        rng: draws colours and scenery.

    Raises:
        TrackError: the survey makes no circuit; its line is that of the survey.
    """
    points = _fitted_points(survey, spec)
    line = _centre_line(points)
    crossed = crossings(line.points, line.spacing_m)
    bridges, points = _fit_bridges(points, line, [above for _, above in crossed])
    apart = [i * line.spacing_m for pair in crossed for i in pair]
    marks = [
        *_look_statements(spec, rng),
        *_road_statements(points),
        *bridges,
        *_place_statements(line, apart, rng),
    ]
    text = "\n".join(marks) + "\n"
    _, faults = read_track(text)
    if faults:
        raise TrackError(0, f"no playable circuit comes of it: {faults[0].reason}")
    return text


def _parse_waypoint(number: int, row: str) -> Waypoint:
    words = row[:ROW_CHARS_MAX].split(",")
    if len(words) != 4:
        reason = f"{len(words)} columns: give x, y, width to the right, width to the left"
        raise TrackError(number, reason)
    values = []
    for word, most in zip(words, (1e6, 1e6, 1e3, 1e3), strict=True):
        try:
            value = float(word)
        except ValueError:
            value = math.nan
        if not abs(value) <= most:  # false for nan, too
            raise TrackError(number, f"{word.strip()[:20]!r} is no number of metres")
        values.append(value)
    x, y, right, left = values
    return Waypoint(x, y, left, right, number)


def _fitted_points(survey: Sequence[Waypoint], spec: ImportSpec) -> list[Waypoint]:
    """Return the points around the origin, scaled, in the direction of driving, evenly thinned."""
    scale = spec.scale
    x0 = math.fsum(point.x for point in survey) / len(survey)
    y0 = math.fsum(point.y for point in survey) / len(survey)
    points = [
        replace(
            point,
            x=(point.x - x0) * scale,
            y=(point.y - y0) * scale,
            left_m=min(point.left_m * scale, HALF_WIDTH_MAX),
            right_m=min(point.right_m * scale, HALF_WIDTH_MAX),
        )
        for point in survey
    ]
    if spec.reverse:
        turned = [points[0], *reversed(points[1:])]
        points = [replace(p, left_m=p.right_m, right_m=p.left_m) for p in turned]
    for point in points:
        if max(abs(point.x), abs(point.y)) > COORDINATE_MAX:
            raise TrackError(point.line, f"further than {COORDINATE_MAX:.0f} m from the middle")
        if min(point.left_m, point.right_m) < HALF_WIDTH_MIN:
            least = min(point.left_m, point.right_m)
            reason = f"too narrow: {least:.1f} m to one side, {HALF_WIDTH_MIN} m at least"
            raise TrackError(point.line, reason)
    return _thinned_points(points)


def _thinned_points(points: Sequence[Waypoint]) -> list[Waypoint]:
    """Return the points, none nearer to the one before than a step."""
    legs = [math.dist((a.x, a.y), (b.x, b.y)) for a, b in pairwise([*points, points[0]])]
    length = math.fsum(legs)
    if not LENGTH_M_MIN <= length <= LENGTH_M_MAX:
        reason = f"a lap of {length:.0f} m is not within {LENGTH_M_MIN:.0f}..{LENGTH_M_MAX:.0f} m"
        raise TrackError(0, f"{reason}: choose another --scale")
    step = 0.9 * (STEP_M if length < LONG_M else STEP_LONG_M)
    kept = [points[0]]
    for point, after_m in zip(points[1:], legs[1:], strict=True):
        here = kept[-1]
        far = math.dist((here.x, here.y), (point.x, point.y)) >= step
        # The last point may lie right before the first: then it tells nothing new.
        if far and (point is not points[-1] or after_m >= 0.5 * step):
            kept.append(point)
    return kept


def _centre_line(points: Sequence[Waypoint]) -> CentreLine:
    faults: list[TrackError] = []
    line = lay_free(points, faults) if len(points) >= WAYPOINTS_MIN else None
    if line is None:
        raise faults[0] if faults else TrackError(0, "too few points lie apart")
    if is_crowded(line.points):
        raise TrackError(0, "it goes to and fro too often in one place to be playable")
    return line


def _fit_bridges(
    points: list[Waypoint], line: CentreLine, crossed: list[int]
) -> tuple[list[str], list[Waypoint]]:
    """Return the bridges that a line needs, and its points narrowed to the room there is."""
    for reach in BRIDGE_REACHES_M if crossed else (0.0,):
        count = round(reach / line.spacing_m)
        levels = [0] * len(line.points)
        for j in crossed:
            for k in range(j - count, j + count + 1):
                levels[k % len(levels)] = 1
        course = Course(line, tangents_of(line), levels, RUNOFF_M)
        narrowed = _narrowed_points(points, course)
        if narrowed is not None:
            bridges = [
                f"bridge {(j * line.spacing_m - reach) % line.length_m:.1f}"
                f" {(j * line.spacing_m + reach) % line.length_m:.1f}"
                for j in crossed
            ]
            return bridges, narrowed
    raise TrackError(0, "two parts of it lie closer than the road is wide")


def _narrowed_points(points: Sequence[Waypoint], course: Course) -> list[Waypoint] | None:
    """Return the points with the road no wider than there is room; None: it would be too narrow."""
    line = course.line
    medial = medial_distances(course)
    reach = 2.0 * STEP_LONG_M
    plane = PointIndex(line.points, reach)
    result = []
    for point in points:
        near = [
            i
            for i in plane.near(point.x, point.y, reach)
            if math.dist(line.points[i], (point.x, point.y)) < reach
        ]
        room = [
            MEDIAL_SHARE * min((medial[i][side] for i in near), default=math.inf)
            - WALL_GAP_M_MIN
            - 0.1
            for side in (0, 1)
        ]
        if min(room) < HALF_WIDTH_MIN:
            return None
        left, right = (
            min(wide, most, HALF_WIDTH_MAX)
            for wide, most in zip((point.left_m, point.right_m), room, strict=True)
        )
        result.append(replace(point, left_m=left, right_m=right))
    return result


def _look_statements(spec: ImportSpec, rng: Random) -> list[str]:
    theme = rng.choice(THEMES)
    return [
        f"name {spec.name}",
        f"title {spec.title}",
        f"theme {theme}",
        f"runoff {RUNOFF_M:g} {rng.choice(('grass', 'grass', 'gravel'))}",
        f"kerb {KERB_M:g}",
        f"trees {TREES}",
    ]


def _road_statements(points: Sequence[Waypoint]) -> list[str]:
    return [f"at {p.x:.2f} {p.y:.2f} {p.left_m:.2f} {p.right_m:.2f}" for p in points]


def _place_statements(line: CentreLine, crossed_m: Sequence[float], rng: Random) -> list[str]:
    """Return pick-ups on the road, none where it crosses itself, and pits and stands beside it."""
    length = line.length_m
    beside = RUNOFF_M + 14.0
    marks = [f"scenery pits {length - 60.0:.0f} {beside:.0f} 60"]
    marks.append(f"scenery stand 30 {-beside:.0f} 70")
    way = PICKUP_EVERY_M
    while way < length - 60.0:
        i = round(way / line.spacing_m) % len(line.points)
        lateral = 0.55 * (line.lefts[i] if rng.random() < 0.5 else -line.rights[i])
        if all(abs(way - crossing) > CROSSING_CLEAR_M for crossing in crossed_m):
            marks.append(f"pickup {way:.0f} {lateral:.1f}")
        way += PICKUP_EVERY_M * (0.7 + 0.6 * rng.random())
    way = STAND_EVERY_M
    while way < length - 120.0:
        kind, size = rng.choice((("stand", 40), ("tyres", 14), ("tent", 10), ("stand", 60)))
        side = rng.choice((1.0, -1.0))
        marks.append(f"scenery {kind} {way:.0f} {side * (beside + 4.0):.0f} {size}")
        way += STAND_EVERY_M * (0.6 + 0.8 * rng.random())
    return marks
