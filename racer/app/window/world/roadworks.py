"""The road as shapes: verges, asphalt or dirt, water, kerbs, lines, the grid, barriers.

A stretch on a bridge is left out here: `bridge` lays its deck over the cars that pass below.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, TypeAlias

from racer.app.window.base.palette import WHITE, Land, mixed
from racer.app.window.world.shapes import LocalFrame, Shape
from racer.core.circuits.track import Surface, Weather

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from racer.app.window.base.lettering import Colour
    from racer.app.window.world.shapes import Point
    from racer.core.circuits.track import CentrePoint, Track
    from racer.core.drivers.line import RacingLine

BLACK: Final[Colour] = (0, 0, 0)
CONCRETE: Final[Colour] = (206, 210, 216)
TYRE_RED: Final[Colour] = (204, 58, 52)
SHEEN: Final[Colour] = (168, 188, 210)  # the sky in wet asphalt
BARRIER_M: Final = 0.8
EDGE_LINE_M: Final = 0.28
MOWN: Final = 4  # centre points to a stripe of mown grass
TIGHT: Final = 1.0 / 70.0  # turns tighter than this have tyre walls
SHADOW: Final[Point] = (0.9, -0.9)  # light comes from the north-west, as on maps
STEEP: Final = 0.035  # rise over way: from here on an arrow beside the road points uphill …
VERY_STEEP: Final = 0.075  # … and from here on two do
ARROW_EVERY_M: Final = 24.0
Pairs: TypeAlias = "Sequence[tuple[int, int]]"  # centre points that follow each other


def road(track: Track, line: RacingLine, land: Land) -> Iterator[Shape]:
    """Yield the shapes of a circuit between its barriers, and these, lowest first."""
    pairs = stretch(track, 0)
    yield from _verge_shapes(track, land, pairs)
    yield from surface(track, land, pairs)
    yield from _rubber_shapes(track, line, land, pairs)
    yield from paintwork(track, land, pairs)
    yield from _slope_arrow_shapes(track, land)
    yield from _start_grid_shapes(track, land)
    for side in (1.0, -1.0):
        yield from _barrier_shadow_shapes(track, land, pairs, side)
    for side in (1.0, -1.0):
        yield from barrier(track, pairs, side)


def stretch(track: Track, level: int) -> Pairs:
    """Return the pairs of centre points of a level; a ramp's both ends belong to the ground."""
    count = len(track.centre)
    pairs = ((i, (i + 1) % count) for i in range(count))
    return [(i, j) for i, j in pairs if min(track.centre[i].level, track.centre[j].level) == level]


def surface(track: Track, land: Land, pairs: Pairs) -> Iterator[Shape]:
    """Yield the road from edge to edge, of what it is made, with the water on it."""
    rain = track.weather is Weather.RAIN
    dry = mixed(land.asphalt, (30, 38, 54), 0.45) if rain else land.asphalt
    for i, j in pairs:
        here, there = track.centre[i], track.centre[j]
        dirt = here.road is Surface.DIRT
        colour = mixed(land.dirt, BLACK, 0.012 * (i * 7 % 5)) if dirt else dry
        left, right = (here.left_m, there.left_m), (-here.right_m, -there.right_m)
        yield quad(track, colour, i, j, left, right)
        if dirt:
            yield from _rut_shapes(track, land, i, j)
        elif rain:
            yield from _wet_streak_shapes(track, dry, i, j)
    yield from _puddle_shapes(track, land, pairs)


def paintwork(track: Track, land: Land, pairs: Pairs) -> Iterator[Shape]:
    """Yield the kerbs and the white lines along the road."""
    for side in (1.0, -1.0):
        yield from _kerb_shapes(track, land, pairs, side)
        yield from _edge_line_shapes(track, pairs, side)


def across(point: CentrePoint, lateral: float) -> Point:
    """Return the place so far to the left of a centre point."""
    return (point.x_m - lateral * point.ty, point.y_m + lateral * point.tx)


def quad(track: Track, colour: Colour, i: int, j: int, a: Point, b: Point) -> Shape:
    """Return the strip from centre point i to j, between laterals a[0]..b[0] and a[1]..b[1]."""
    here, there = track.centre[i], track.centre[j]
    corners = (across(here, a[0]), across(there, a[1]), across(there, b[1]), across(here, b[0]))
    return Shape(colour, corners)


def _verge_shapes(track: Track, land: Land, pairs: Pairs) -> Iterator[Shape]:
    base = land.verge if track.runoff is Surface.GRASS else land.gravel
    light = mixed(base, WHITE, 0.07)
    for i, j in pairs:
        here, there = track.centre[i], track.centre[j]
        colour = light if (i // MOWN) % 2 == 0 else base
        left = (here.left_wall_m, there.left_wall_m)
        yield quad(track, colour, i, j, left, (-here.right_wall_m, -there.right_wall_m))


def _rut_shapes(track: Track, land: Land, i: int, j: int) -> Iterator[Shape]:
    """Yield what wheels have dug and thrown up: two dark ruts, loose pale edges, stones."""
    here, there = track.centre[i], track.centre[j]
    loose, dug = mixed(land.dirt, WHITE, 0.16), mixed(land.dirt, BLACK, 0.17)
    for side in (1.0, -1.0):
        a, b = edge(here, side), edge(there, side)
        yield quad(track, loose, i, j, (a, b), (a - side * 0.9, b - side * 0.9))
        wave = [side * 1.6 + 0.5 * math.sin(0.21 * k) for k in (i, j)]
        yield quad(track, dug, i, j, (wave[0] + 0.4, wave[1] + 0.4), (wave[0] - 0.4, wave[1] - 0.4))
    for k in range(2):
        lateral = (i * 37 + k * 61) % 97 / 97.0 * (here.left_m + here.right_m) - here.right_m
        x, y = across(here, lateral)
        yield Shape(loose if k else dug, ((x, y),), 0.14)


def _wet_streak_shapes(track: Track, dry: Colour, i: int, j: int) -> Iterator[Shape]:
    """Yield the sky's reflections on a wet road: pale streaks that come and go."""
    here, there = track.centre[i], track.centre[j]
    for k in range(3):
        shine = 0.5 + 0.5 * math.sin(0.17 * i * (1.0 + 0.31 * k) + 2.1 * k)
        if shine < 0.45:
            continue
        middle = (0.2 + 0.3 * k) * (here.left_m + here.right_m) - here.right_m
        half = 0.25 + 0.55 * shine
        colour = mixed(dry, SHEEN, 0.10 + 0.14 * shine)
        left, right = middle + half, middle - half
        left, right = min(left, here.left_m, there.left_m), max(right, -here.right_m)
        yield quad(track, colour, i, j, (left, left), (right, right))


def _puddle_shapes(track: Track, land: Land, pairs: Pairs) -> Iterator[Shape]:
    """Yield puddles: dark water with a pale glint and a wet rim."""
    wet = mixed(land.asphalt, (38, 62, 92), 0.62)
    layers = (
        (0.35, mixed(land.asphalt, BLACK, 0.28)),
        (0.0, wet),
        (-0.9, mixed(wet, SHEEN, 0.22)),
        (-1.5, wet),
    )
    for grow, colour in layers:
        for i, j in pairs:
            here, there = track.centre[i], track.centre[j]
            if there.wet_to_m <= there.wet_from_m or here.wet_to_m - here.wet_from_m <= -2.0 * grow:
                continue
            left = min(here.wet_to_m + grow, here.left_m, there.left_m)
            right = max(here.wet_from_m - grow, -here.right_m, -there.right_m)
            yield quad(track, colour, i, j, (left, left), (right, right))


def _rubber_shapes(track: Track, line: RacingLine, land: Land, pairs: Pairs) -> Iterator[Shape]:
    """Yield the dark band that tyres leave on the racing line, where there is dry asphalt."""
    rain = 0.5 if track.weather is Weather.RAIN else 1.0
    base = mixed(land.asphalt, (30, 38, 54), 0.45) if rain < 1.0 else land.asphalt
    centre = track.centre
    for half, share in ((2.6, 0.07), (1.9, 0.13), (1.2, 0.19)):
        colour = mixed(base, BLACK, share * rain)
        for i, j in pairs:
            if centre[i].road is Surface.DIRT or centre[i].wet_to_m > centre[i].wet_from_m:
                continue
            left = [min(line.lateral_m[k] + half, centre[k].left_m) for k in (i, j)]
            right = [max(line.lateral_m[k] - half, -centre[k].right_m) for k in (i, j)]
            yield quad(track, colour, i, j, (left[0], left[1]), (right[0], right[1]))


def edge(point: CentrePoint, side: float) -> float:
    """Return the edge of the road: its offset to the left, for side +1 left or -1 right."""
    return point.left_m if side > 0.0 else -point.right_m


def wall(point: CentrePoint, side: float) -> float:
    """Return the barrier's offset to the left, for side +1 left or -1 right."""
    return point.left_wall_m if side > 0.0 else -point.right_wall_m


def _edge_line_shapes(track: Track, pairs: Pairs, side: float) -> Iterator[Shape]:
    for i, j in pairs:
        if track.centre[i].road is Surface.DIRT:
            continue
        a, b = edge(track.centre[i], side), edge(track.centre[j], side)
        inner = (a - side * EDGE_LINE_M, b - side * EDGE_LINE_M)
        yield quad(track, (226, 228, 230), i, j, (a, b), inner)


def _kerb_shapes(track: Track, land: Land, pairs: Pairs, side: float) -> Iterator[Shape]:
    width = side * track.kerb_width_m
    for i, j in pairs:
        here, there = track.centre[i], track.centre[j]
        if not (here.left_kerb if side > 0.0 else here.right_kerb):
            continue
        corners = [across(p, edge(p, side) + w) for w in (0.0, width) for p in (here, there)]
        inner_a, inner_b, outer_a, outer_b = corners
        inner_m, outer_m = _midpoint(inner_a, inner_b), _midpoint(outer_a, outer_b)
        yield Shape(land.kerb, (inner_a, inner_m, outer_m, outer_a))
        yield Shape((236, 236, 234), (inner_m, inner_b, outer_b, outer_m))


def _midpoint(a: Point, b: Point) -> Point:
    return ((a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0)


def grade(track: Track, index: int) -> float:
    """Return rise over way at a centre point, in the direction of the race."""
    here, there = track.centre[index - 4], track.centre[(index + 4) % len(track.centre)]
    return (there.height_m - here.height_m) / (8.0 * track.spacing_m)


def _slope_arrow_shapes(track: Track, land: Land) -> Iterator[Shape]:
    """Yield arrows beside a steep road: they point uphill, two where it is very steep."""
    every = max(1, round(ARROW_EVERY_M / track.spacing_m))
    for i in range(0, len(track.centre), every):
        slope = grade(track, i)
        if abs(slope) < STEEP or track.centre[i].level:
            continue
        point = track.centre[i]
        up = math.atan2(point.ty, point.tx) + (0.0 if slope > 0.0 else math.pi)
        for side in (1.0, -1.0):
            x, y = across(point, edge(point, side) + side * (track.kerb_width_m + 1.5))
            for k in range(2 if abs(slope) >= VERY_STEEP else 1):
                yield _chevron_shape(LocalFrame(x, y, up), 1.5 * k, (244, 240, 214))


def _chevron_shape(place: LocalFrame, forward: float, colour: Colour) -> Shape:
    half, tall, thick = 1.1, 1.1, 0.6
    corners = (
        (-tall, half), (0.0, 0.0), (-tall, -half),
        (-tall + thick, -half), (thick, 0.0), (-tall + thick, half),
    )  # fmt: skip
    return Shape(colour, tuple(place.at(forward + f, s) for f, s in corners))


def _start_grid_shapes(track: Track, land: Land) -> Iterator[Shape]:
    """Yield the chequered line and the brackets of the grid."""
    first = track.centre[0]
    here = LocalFrame(first.x_m, first.y_m, track.heading_at(0.0))
    square = (first.left_m + first.right_m) / max(1, round((first.left_m + first.right_m) / 0.75))
    count = round((first.left_m + first.right_m) / square)
    for row in range(3):
        for k in range(count):
            colour = WHITE if (row + k) % 2 else (24, 26, 30)
            right = -first.right_m + k * square
            yield here.rectangle(colour, row * 0.75, (row + 1) * 0.75, right, right + square)
    mark = mixed(land.asphalt, WHITE, 0.8)
    for slot in track.grid:
        place = LocalFrame(slot.x, slot.y, slot.heading)
        yield place.rectangle(mark, 2.4, 2.6, -1.3, 1.3)
        yield place.rectangle(mark, 1.2, 2.6, -1.3, -1.1)
        yield place.rectangle(mark, 1.2, 2.6, 1.1, 1.3)


def _barrier_shadow_shapes(track: Track, land: Land, pairs: Pairs, side: float) -> Iterator[Shape]:
    base = land.verge if track.runoff is Surface.GRASS else land.gravel
    dark = mixed(base, BLACK, 0.32)
    dx, dy = SHADOW
    for i, j in pairs:
        shape = _barrier_quad(track, dark, i, j, side)
        yield Shape(dark, tuple((x + dx, y + dy) for x, y in shape.points))


def _barrier_quad(track: Track, colour: Colour, i: int, j: int, side: float) -> Shape:
    a, b = wall(track.centre[i], side), wall(track.centre[j], side)
    width = side * BARRIER_M
    return quad(track, colour, i, j, (a, b), (a + width, b + width))


def barrier(track: Track, pairs: Pairs, side: float) -> Iterator[Shape]:
    """Yield the barrier of one side: tyres outside of tight turns, else concrete and boards."""
    for i, j in pairs:
        point = track.centre[i]
        colour = CONCRETE
        if abs(point.curvature) > TIGHT and point.curvature * side < 0.0:  # outside of the turn
            colour = TYRE_RED if i % 2 else WHITE
        elif i % 16 in (0, 1, 2, 3):
            colour = (40, 92, 170) if (i // 16) % 2 else (34, 38, 48)
        yield _barrier_quad(track, colour, i, j, side)
