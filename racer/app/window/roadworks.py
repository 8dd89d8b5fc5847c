"""The road as shapes: verges, asphalt, kerbs, lines, the grid, barriers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from racer.app.window.palette import WHITE, Land, mixed
from racer.app.window.shapes import Frame, Shape
from racer.core.track import Surface

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racer.app.window.shapes import Point
    from racer.app.window.text import Colour
    from racer.core.line import RacingLine
    from racer.core.track import CentrePoint, Track

BLACK: Final[Colour] = (0, 0, 0)
CONCRETE: Final[Colour] = (206, 210, 216)
TYRE_RED: Final[Colour] = (204, 58, 52)
BARRIER_M: Final = 0.8
EDGE_LINE_M: Final = 0.28
MOWN: Final = 4  # centre points to a stripe of mown grass
TIGHT: Final = 1.0 / 70.0  # turns tighter than this have tyre walls
SHADOW: Final[Point] = (0.9, -0.9)  # light comes from the north-west, as on maps


def road(track: Track, line: RacingLine, land: Land) -> Iterator[Shape]:
    """Yield the shapes of a circuit between its barriers, and these, lowest first."""
    yield from _verges(track, land)
    yield from _band(track, land.asphalt, [p.left_m for p in track.centre], _right(track))
    yield from _rubber(track, line, land)
    for side in (1.0, -1.0):
        yield from _kerbs(track, land, side)
        yield from _edge_line(track, side)
    yield from _start(track, land)
    for side in (1.0, -1.0):
        yield from _barrier_shadow(track, land, side)
    for side in (1.0, -1.0):
        yield from _barrier(track, side)


def across(point: CentrePoint, lateral: float) -> Point:
    """Return the place so far to the left of a centre point."""
    return (point.x_m - lateral * point.ty, point.y_m + lateral * point.tx)


def _right(track: Track) -> list[float]:
    return [-p.right_m for p in track.centre]


def _pairs(track: Track) -> Iterator[tuple[int, int]]:
    count = len(track.centre)
    return ((i, (i + 1) % count) for i in range(count))


def _quad(track: Track, colour: Colour, i: int, j: int, a: Point, b: Point) -> Shape:
    """Return the strip from centre point i to j, between laterals a[0]..b[0] and a[1]..b[1]."""
    here, there = track.centre[i], track.centre[j]
    corners = (across(here, a[0]), across(there, a[1]), across(there, b[1]), across(here, b[0]))
    return Shape(colour, corners)


def _band(track: Track, colour: Colour, left: list[float], right: list[float]) -> Iterator[Shape]:
    for i, j in _pairs(track):
        yield _quad(track, colour, i, j, (left[i], left[j]), (right[i], right[j]))


def _verges(track: Track, land: Land) -> Iterator[Shape]:
    base = land.verge if track.runoff is Surface.GRASS else land.gravel
    light = mixed(base, WHITE, 0.07)
    for i, j in _pairs(track):
        here, there = track.centre[i], track.centre[j]
        colour = light if (i // MOWN) % 2 == 0 else base
        left = (here.left_wall_m, there.left_wall_m)
        yield _quad(track, colour, i, j, left, (-here.right_wall_m, -there.right_wall_m))


def _rubber(track: Track, line: RacingLine, land: Land) -> Iterator[Shape]:
    """Yield the dark band that tyres leave on the racing line."""
    for half, share in ((2.6, 0.07), (1.9, 0.13), (1.2, 0.19)):
        colour = mixed(land.asphalt, BLACK, share)
        ways = list(zip(line.lateral_m, track.centre, strict=True))
        left = [min(lateral + half, p.left_m) for lateral, p in ways]
        right = [max(lateral - half, -p.right_m) for lateral, p in ways]
        yield from _band(track, colour, left, right)


def _edge(point: CentrePoint, side: float) -> float:
    return point.left_m if side > 0.0 else -point.right_m


def _wall(point: CentrePoint, side: float) -> float:
    return point.left_wall_m if side > 0.0 else -point.right_wall_m


def _edge_line(track: Track, side: float) -> Iterator[Shape]:
    outer = [_edge(p, side) for p in track.centre]
    inner = [edge - side * EDGE_LINE_M for edge in outer]
    return _band(track, (226, 228, 230), outer, inner)


def _kerbs(track: Track, land: Land, side: float) -> Iterator[Shape]:
    width = side * track.kerb_width_m
    for i, j in _pairs(track):
        here, there = track.centre[i], track.centre[j]
        if not (here.left_kerb if side > 0.0 else here.right_kerb):
            continue
        corners = [across(p, _edge(p, side) + w) for w in (0.0, width) for p in (here, there)]
        inner_a, inner_b, outer_a, outer_b = corners
        inner_m, outer_m = _middle(inner_a, inner_b), _middle(outer_a, outer_b)
        yield Shape(land.kerb, (inner_a, inner_m, outer_m, outer_a))
        yield Shape((236, 236, 234), (inner_m, inner_b, outer_b, outer_m))


def _middle(a: Point, b: Point) -> Point:
    return ((a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0)


def _start(track: Track, land: Land) -> Iterator[Shape]:
    """Yield the chequered line and the brackets of the grid."""
    first = track.centre[0]
    here = Frame(first.x_m, first.y_m, track.heading_at(0.0))
    square = (first.left_m + first.right_m) / max(1, round((first.left_m + first.right_m) / 0.75))
    count = round((first.left_m + first.right_m) / square)
    for row in range(3):
        for k in range(count):
            colour = WHITE if (row + k) % 2 else (24, 26, 30)
            right = -first.right_m + k * square
            yield here.rectangle(colour, row * 0.75, (row + 1) * 0.75, right, right + square)
    mark = mixed(land.asphalt, WHITE, 0.8)
    for slot in track.grid:
        place = Frame(slot.x, slot.y, slot.heading)
        yield place.rectangle(mark, 2.4, 2.6, -1.3, 1.3)
        yield place.rectangle(mark, 1.2, 2.6, -1.3, -1.1)
        yield place.rectangle(mark, 1.2, 2.6, 1.1, 1.3)


def _barrier_shadow(track: Track, land: Land, side: float) -> Iterator[Shape]:
    base = land.verge if track.runoff is Surface.GRASS else land.gravel
    dark = mixed(base, BLACK, 0.32)
    dx, dy = SHADOW
    for i, j in _pairs(track):
        shape = _barrier_quad(track, dark, i, j, side)
        yield Shape(dark, tuple((x + dx, y + dy) for x, y in shape.points))


def _barrier_quad(track: Track, colour: Colour, i: int, j: int, side: float) -> Shape:
    a, b = _wall(track.centre[i], side), _wall(track.centre[j], side)
    width = side * BARRIER_M
    return _quad(track, colour, i, j, (a, b), (a + width, b + width))


def _barrier(track: Track, side: float) -> Iterator[Shape]:
    for i, j in _pairs(track):
        point = track.centre[i]
        colour = CONCRETE
        if abs(point.curvature) > TIGHT and point.curvature * side < 0.0:  # outside of the turn
            colour = TYRE_RED if i % 2 else WHITE
        elif i % 16 in (0, 1, 2, 3):
            colour = (40, 92, 170) if (i // 16) % 2 else (34, 38, 48)
        yield _barrier_quad(track, colour, i, j, side)
