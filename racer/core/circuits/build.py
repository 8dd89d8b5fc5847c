"""From a bare centre line to a circuit: barriers, kerbs, gates, grid, scenery."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from racer.core.circuits.barriers import Course, unbridged, walls
from racer.core.circuits.grid import grid_slots
from racer.core.circuits.point_index import PointIndex
from racer.core.circuits.track import (
    CentrePoint,
    Light,
    Patch,
    Pickup,
    PlacedPickup,
    Scenery,
    Surface,
    Track,
    TrackError,
    Weather,
)
from racer.core.tuning import (
    GATE_SPACING_M,
    GATES_MAX,
    GATES_MIN,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from racer.core.circuits.layout import CentreLine

KERB_CURVATURE_MIN: Final = 1.0 / 95.0
"""Turns wider than this radius have no kerb: cars do not reach their edges."""

KERB_EXIT_M: Final = 18.0
KERB_ENTRY_M: Final = 12.0
KERB_APEX_M: Final = 5.0

TREE_MARGIN_M: Final = 5.0
TREE_BORDER_M: Final = 70.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the lap, which may go over the line."""

    from_m: float
    to_m: float

    def holds(self, s_m: float) -> bool:
        if self.from_m <= self.to_m:
            return self.from_m <= s_m < self.to_m
        return s_m >= self.from_m or s_m < self.to_m


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitSpec:
    """What a circuit's author chooses beyond the line."""

    name: str
    title: str
    theme: str
    runoff_m: float  # between the edge of the road and the barrier
    runoff: Surface
    kerb_width_m: float
    weather: Weather
    light: Light
    gates: tuple[float, ...]  # s_m of the checkpoints after the line; none: evenly spaced
    bridges: tuple[Stretch, ...]
    dirt: tuple[Stretch, ...]
    heights: tuple[tuple[float, float], ...]  # (s_m, height_m), by s_m; between them it is eased
    patches: tuple[Patch, ...]
    pickups: tuple[Pickup, ...]
    scenery: tuple[tuple[str, float, float, float], ...]  # (kind, s_m, lateral_m, size_m)
    trees: int


def dress(line: CentreLine, wishes: CircuitSpec, faults: list[TrackError]) -> Track:
    """Return the circuit on a centre line.

    Args:
        faults: gets every place where two parts of it, or the inside of a turn, are closer than
            the road is wide, and where it crosses itself without a bridge.
    """
    centre = _centre_points(line, wishes, faults)
    bare = Track(
        name=wishes.name,
        title=wishes.title,
        theme=wishes.theme,
        centre=centre,
        spacing_m=line.spacing_m,
        kerb_width_m=wishes.kerb_width_m,
        runoff=wishes.runoff,
        gates=_gate_indices(line, wishes),
        grid=(),
        pickups=(),
        scenery=(),
        weather=wishes.weather,
        light=wishes.light,
        patches=wishes.patches,
    )
    return replace(
        bare,
        grid=grid_slots(bare),
        pickups=tuple(_placed_pickup(bare, pickup) for pickup in wishes.pickups),
        scenery=(
            *(_scenery_at(bare, *hint) for hint in wishes.scenery),
            *_scattered_trees(bare, wishes.trees),
        ),
    )


def _gate_indices(line: CentreLine, wishes: CircuitSpec) -> tuple[int, ...]:
    count = len(line.points)
    if wishes.gates:
        return (0, *(round(s / line.spacing_m) % count for s in wishes.gates))
    gates = max(GATES_MIN, min(GATES_MAX, round(line.length_m / GATE_SPACING_M)))
    return tuple(round(k * count / gates) for k in range(gates))


def _centre_points(
    line: CentreLine, wishes: CircuitSpec, faults: list[TrackError]
) -> tuple[CentrePoint, ...]:
    tangents = tangents_of(line)
    curvature = _point_curvatures(tangents, line.spacing_m)
    ways = [i * line.spacing_m for i in range(len(line.points))]
    levels = [int(any(bridge.holds(s) for bridge in wishes.bridges)) for s in ways]
    course = Course(line, tangents, levels, wishes.runoff_m)
    faults.extend(unbridged(course))
    left_walls, right_walls = walls(course, faults)
    left_kerb, right_kerb = _kerb_flags(curvature, line.spacing_m)
    points = []
    for i, (x, y) in enumerate(line.points):
        wet_from_m, wet_to_m = _wet_bounds(wishes.patches, ways[i])
        road = _road_surface(wishes, ways[i])
        point = CentrePoint(
            x_m=x,
            y_m=y,
            tx=tangents[i][0],
            ty=tangents[i][1],
            curvature=curvature[i],
            left_m=line.lefts[i],
            right_m=line.rights[i],
            left_wall_m=left_walls[i],
            right_wall_m=right_walls[i],
            left_kerb=left_kerb[i] and road is not Surface.DIRT,
            right_kerb=right_kerb[i] and road is not Surface.DIRT,
            height_m=_eased_height(wishes.heights, ways[i], line.length_m),
            road=road,
            level=levels[i],
            wet_from_m=wet_from_m,
            wet_to_m=wet_to_m,
        )
        points.append(point)
    return tuple(points)


def _road_surface(wishes: CircuitSpec, s_m: float) -> Surface:
    if any(stretch.holds(s_m) for stretch in wishes.dirt):
        return Surface.DIRT
    return Surface.WET if wishes.weather is Weather.RAIN else Surface.ASPHALT


def _wet_bounds(patches: Sequence[Patch], s_m: float) -> tuple[float, float]:
    for patch in patches:
        if Stretch(patch.from_m, patch.to_m).holds(s_m):
            return -patch.right_m, patch.left_m
    return 0.0, 0.0


def _eased_height(heights: Sequence[tuple[float, float]], s_m: float, length_m: float) -> float:
    """Return the height between the two given ones around a place, eased as by a half cosine."""
    if not heights:
        return 0.0
    before = max((h for h in heights if h[0] <= s_m), default=heights[-1])
    after = min((h for h in heights if h[0] > s_m), default=heights[0])
    way = (after[0] - before[0]) % length_m or length_m
    part = ((s_m - before[0]) % length_m) / way
    return before[1] + (after[1] - before[1]) * 0.5 * (1.0 - math.cos(math.pi * part))


def tangents_of(line: CentreLine) -> list[tuple[float, float]]:
    """Return the unit tangent at each point of a line."""
    count = len(line.points)
    result = []
    for i in range(count):
        behind, ahead = line.points[i - 1], line.points[(i + 1) % count]
        chord = math.dist(behind, ahead)
        result.append(((ahead[0] - behind[0]) / chord, (ahead[1] - behind[1]) / chord))
    return result


def _point_curvatures(tangents: Sequence[tuple[float, float]], spacing_m: float) -> list[float]:
    count = len(tangents)
    result = []
    for i in range(count):
        (ax, ay), (bx, by) = tangents[i - 1], tangents[(i + 1) % count]
        result.append(math.atan2(ax * by - ay * bx, ax * bx + ay * by) / (2.0 * spacing_m))
    return result


def _kerb_flags(curvature: Sequence[float], spacing_m: float) -> tuple[list[bool], list[bool]]:
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


def _placed_pickup(track: Track, pickup: Pickup) -> PlacedPickup:
    return PlacedPickup(pickup.kind, *track.point_at(pickup.s_m, pickup.lateral_m))


def _scenery_at(track: Track, kind: str, s_m: float, lateral_m: float, size_m: float) -> Scenery:
    x, y = track.point_at(s_m, lateral_m)
    return Scenery(kind, x, y, track.heading_at(s_m), size_m)


def _scattered_trees(track: Track, count: int) -> tuple[Scenery, ...]:
    """Return trees scattered evenly over the land, none of them on the circuit.

    Source: Roberts, the R2 low-discrepancy sequence (2018): scattered, yet the same everywhere.
    """
    points = [(point.x_m, point.y_m) for point in track.centre]
    walls = [max(point.left_wall_m, point.right_wall_m) + TREE_MARGIN_M for point in track.centre]
    widest = max(walls)
    plane = PointIndex(points, widest)
    left, bottom = (min(p[axis] for p in points) - TREE_BORDER_M for axis in (0, 1))
    width, height = (
        max(p[axis] for p in points) + TREE_BORDER_M - least
        for axis, least in enumerate((left, bottom))
    )
    trees = []
    for k in range(count):
        x = left + width * ((0.5 + 0.7548776662466927 * k) % 1.0)
        y = bottom + height * ((0.5 + 0.5698402909980532 * k) % 1.0)
        if all(math.dist((x, y), points[i]) > walls[i] for i in plane.near(x, y, widest)):
            size = 3.0 + 4.0 * ((0.618033988749895 * k) % 1.0)
            trees.append(Scenery("tree", x, y, 0.0, size))
    return tuple(trees)
