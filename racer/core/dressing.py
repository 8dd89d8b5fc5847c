"""From a bare centre line to a circuit: barriers, kerbs, gates, grid, scenery."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from racer.core.layout import CentreLine
from racer.core.track import CentrePoint, GridSlot, Scenery, Surface, Track, TrackError
from racer.core.tuning import (
    CAR,
    GATE_SPACING_M,
    GATES_MAX,
    GATES_MIN,
    GRID_LINE_GAP_M,
    GRID_MAX,
    GRID_PITCH_M,
)

WALL_GAP_M_MIN: Final = 0.6
"""Least strip between asphalt and barrier: a kerb's worth."""

WALL_SLOPE_MAX: Final = 0.35
"""How fast a barrier may come nearer along the track: steeper ones would be hit head on."""

MEDIAL_SHARE: Final = 0.92
"""Share of the way to where another part of the circuit is as near: there each part's own
barrier stands, so that every place between the barriers belongs to one part."""

KERB_CURVATURE_MIN: Final = 1.0 / 95.0
"""Turns wider than this radius have no kerb: cars do not reach their edges."""

KERB_EXIT_M: Final = 18.0
KERB_ENTRY_M: Final = 12.0
KERB_APEX_M: Final = 5.0

TREE_MARGIN_M: Final = 5.0
TREE_BORDER_M: Final = 70.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Dress:
    """What a circuit's author chooses beyond the line."""

    name: str
    title: str
    theme: str
    runoff_m: float  # between the edge of the asphalt and the barrier
    runoff: Surface
    kerb_width_m: float
    pickups: tuple[tuple[float, float], ...]  # (s_m, lateral_m)
    scenery: tuple[tuple[str, float, float, float], ...]  # (kind, s_m, lateral_m, size_m)
    trees: int


def dress(line: CentreLine, wishes: Dress) -> Track:
    """Return the circuit on a centre line.

    Raises:
        TrackError: two parts of it, or the inside of a turn, are closer than the road is wide.
    """
    centre = _centre_points(line, wishes)
    count = len(centre)
    length = line.spacing_m * count
    gates = max(GATES_MIN, min(GATES_MAX, round(length / GATE_SPACING_M)))
    bare = Track(
        name=wishes.name,
        title=wishes.title,
        theme=wishes.theme,
        centre=centre,
        spacing_m=line.spacing_m,
        kerb_width_m=wishes.kerb_width_m,
        runoff=wishes.runoff,
        gates=tuple(round(k * count / gates) for k in range(gates)),
        grid=(),
        pickups=(),
        scenery=(),
    )
    return replace(
        bare,
        grid=tuple(_grid_slot(bare, place) for place in range(GRID_MAX)),
        pickups=tuple(bare.point_at(s, lateral) for s, lateral in wishes.pickups),
        scenery=(*(_placed(bare, *hint) for hint in wishes.scenery), *_trees(bare, wishes.trees)),
    )


def _centre_points(line: CentreLine, wishes: Dress) -> tuple[CentrePoint, ...]:
    tangents = _tangents(line)
    curvature = _curvature(tangents, line.spacing_m)
    halves = [width / 2.0 for width in line.widths]
    walls = _walls(line, tangents, halves, wishes.runoff_m)
    left_kerb, right_kerb = _kerbs(curvature, line.spacing_m)
    return tuple(
        CentrePoint(
            x_m=x,
            y_m=y,
            tx=tangents[i][0],
            ty=tangents[i][1],
            curvature=curvature[i],
            left_m=halves[i],
            right_m=halves[i],
            left_wall_m=walls[0][i],
            right_wall_m=walls[1][i],
            left_kerb=left_kerb[i],
            right_kerb=right_kerb[i],
        )
        for i, (x, y) in enumerate(line.points)
    )


def _tangents(line: CentreLine) -> list[tuple[float, float]]:
    count = len(line.points)
    result = []
    for i in range(count):
        behind, ahead = line.points[i - 1], line.points[(i + 1) % count]
        chord = math.dist(behind, ahead)
        result.append(((ahead[0] - behind[0]) / chord, (ahead[1] - behind[1]) / chord))
    return result


def _curvature(tangents: Sequence[tuple[float, float]], spacing_m: float) -> list[float]:
    count = len(tangents)
    result = []
    for i in range(count):
        (ax, ay), (bx, by) = tangents[i - 1], tangents[(i + 1) % count]
        result.append(math.atan2(ax * by - ay * bx, ax * bx + ay * by) / (2.0 * spacing_m))
    return result


def _walls(
    line: CentreLine, tangents: Sequence[tuple[float, float]], halves: list[float], runoff_m: float
) -> tuple[list[float], list[float]]:
    """Return the distance of the left and the right barrier at each point."""
    medial = _medial_distances(line.points, tangents)
    result = []
    for side in (0, 1):
        walls = []
        for i, half in enumerate(halves):
            room = MEDIAL_SHARE * medial[i][side]
            if room < half + WALL_GAP_M_MIN:
                x, y = line.points[i]
                raise TrackError(
                    0,
                    f"near ({x:.0f}, {y:.0f}) the {('left', 'right')[side]} side has room for"
                    f" {room:.1f} m, the road needs {half + WALL_GAP_M_MIN:.1f}:"
                    " a turn too tight, or two parts too close",
                )
            walls.append(min(half + runoff_m, room))
        result.append(_slope_limited(walls, WALL_SLOPE_MAX * line.spacing_m))
    return result[0], result[1]


def _medial_distances(
    points: Sequence[tuple[float, float]], tangents: Sequence[tuple[float, float]]
) -> list[tuple[float, float]]:
    """Return how far one can go left and right of each point and still be nearest to it.

    The circle that touches the line at a point, with its centre on the normal, must hold no
    other point: of all points the least |d|² / (2 n·d) is its radius (medial axis; Blum 1967).
    It covers both a turn's own radius and other parts of the circuit that come near.
    """
    result = []
    for (x, y), (tx, ty) in zip(points, tangents, strict=True):
        left = right = math.inf
        for px, py in points:
            dx = px - x
            dy = py - y
            across = 2.0 * (dy * tx - dx * ty)
            if across > 1e-6:
                left = min(left, (dx * dx + dy * dy) / across)
            elif across < -1e-6:
                right = min(right, (dx * dx + dy * dy) / -across)
        result.append((left, right))
    return result


def _slope_limited(walls: list[float], rise: float) -> list[float]:
    """Return the largest distances not above the given ones that change by `rise` at most."""
    result = list(walls)
    count = len(result)
    for i in range(2 * count):
        result[i % count] = min(result[i % count], result[(i - 1) % count] + rise)
    for i in reversed(range(2 * count)):
        result[i % count] = min(result[i % count], result[(i + 1) % count] + rise)
    return result


def _kerbs(curvature: Sequence[float], spacing_m: float) -> tuple[list[bool], list[bool]]:
    """Return where kerbs are: at the inside of turns, and outside where cars come and go."""
    count = len(curvature)
    kerbs = ([False] * count, [False] * count)
    apex, entry, leaving = (
        round(way / spacing_m) for way in (KERB_APEX_M, KERB_ENTRY_M, KERB_EXIT_M)
    )
    for i, bend in enumerate(curvature):
        if abs(bend) < KERB_CURVATURE_MIN:
            continue
        inside = 0 if bend > 0.0 else 1
        for k in range(-apex, apex + 1):
            kerbs[inside][(i + k) % count] = True
        if abs(curvature[i - 1]) < KERB_CURVATURE_MIN:
            for k in range(-entry, 2):
                kerbs[1 - inside][(i + k) % count] = True
        if abs(curvature[(i + 1) % count]) < KERB_CURVATURE_MIN:
            for k in range(-1, leaving):
                kerbs[1 - inside][(i + k) % count] = True
    return kerbs


def _grid_slot(track: Track, place: int) -> GridSlot:
    s = track.length_m - GRID_LINE_GAP_M - place * GRID_PITCH_M
    point = track.centre[track.index_at(s)]
    column = min(point.left_m, point.right_m) - CAR.width_m
    lateral = min(column, 0.5 * point.left_m) * (1.0 if place % 2 == 0 else -1.0)
    x, y = track.point_at(s, lateral)
    return GridSlot(x, y, track.heading_at(s))


def _placed(track: Track, kind: str, s_m: float, lateral_m: float, size_m: float) -> Scenery:
    x, y = track.point_at(s_m, lateral_m)
    return Scenery(kind, x, y, track.heading_at(s_m), size_m)


def _trees(track: Track, count: int) -> tuple[Scenery, ...]:
    """Return trees scattered evenly over the land, none of them on the circuit.

    Source: Roberts, the R2 low-discrepancy sequence (2018): scattered, yet the same everywhere.
    """
    xs = [point.x_m for point in track.centre]
    ys = [point.y_m for point in track.centre]
    left, bottom = min(xs) - TREE_BORDER_M, min(ys) - TREE_BORDER_M
    width = max(xs) + TREE_BORDER_M - left
    height = max(ys) + TREE_BORDER_M - bottom
    trees = []
    for k in range(count):
        x = left + width * ((0.5 + 0.7548776662466927 * k) % 1.0)
        y = bottom + height * ((0.5 + 0.5698402909980532 * k) % 1.0)
        place = track.project(x, y)
        walls = track.centre[place.index]
        wall = walls.left_wall_m if place.lateral_m > 0.0 else walls.right_wall_m
        if abs(place.lateral_m) > wall + TREE_MARGIN_M:
            size = 3.0 + 4.0 * ((0.618033988749895 * k) % 1.0)
            trees.append(Scenery("tree", x, y, 0.0, size))
    return tuple(trees)
