"""The road as shapes: verges, asphalt or dirt, water, kerbs, lines, the grid, barriers.

A stretch on a bridge is left out here: `bridge` lays its deck over the cars that pass below.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from racer.app.window.base.palette import WHITE, Land, mixed
from racer.app.window.world.land.road.along import (
    BLACK,
    Pairs,
    across,
    beyond,
    edge,
    ribbon,
    runs,
    stretch,
    wall,
)
from racer.app.window.world.land.road.asphalt import rubber, surface
from racer.app.window.world.land.road.barrier import barrier, barrier_shadow
from racer.app.window.world.shapes import LocalFrame, Shape
from racer.core.circuits.track import Surface

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racer.app.window.base.lettering import Colour
    from racer.app.window.world.shapes import Point
    from racer.core.circuits.track import Track
    from racer.core.drivers.line import RacingLine

EDGE_LINE_M: Final = 0.28
MOWN: Final = 4  # centre points to a stripe of mown grass
GRASS_STRIP_M: Final = 1.7  # between a road and its gravel
RAKE_M: Final = 1.6
LINE_LONG: Final = 3
STEEP: Final = 0.035  # rise over way: from here on an arrow beside the road points uphill …
VERY_STEEP: Final = 0.075  # … and from here on two do
ARROW_EVERY_M: Final = 24.0


def road(track: Track, line: RacingLine, land: Land) -> Iterator[Shape]:
    """Yield the shapes of a circuit between its barriers, and these, lowest first."""
    pairs = stretch(track, 0)
    yield from _verge_shapes(track, land, pairs)
    yield from surface(track, land, pairs)
    yield from rubber(track, line, land, pairs)
    yield from paintwork(track, land, pairs)
    yield from _slope_arrow_shapes(track, land)
    yield from _start_grid_shapes(track, land)
    for side in (1.0, -1.0):
        yield from barrier_shadow(track, pairs, side)
    for side in (1.0, -1.0):
        yield from barrier(track, pairs, side)


def paintwork(track: Track, land: Land, pairs: Pairs) -> Iterator[Shape]:
    """Yield the kerbs and the white lines along the road."""
    for side in (1.0, -1.0):
        yield from _kerb_shapes(track, land, pairs, side)
        yield from _edge_line_shapes(track, land, pairs, side)


def _verge_shapes(track: Track, land: Land, pairs: Pairs) -> Iterator[Shape]:
    """Yield mown stripes of grass; or gravel, raked along the road, behind a strip of grass."""
    light = mixed(land.verge, WHITE, 0.06)
    grass = track.runoff is Surface.GRASS
    for run in runs(pairs, MOWN, lambda i: i // MOWN):
        mown = light if (run[0] // MOWN) % 2 == 0 else land.verge
        colour = mown if grass else land.gravel
        yield ribbon(track, colour, run, lambda p: p.left_wall_m, lambda p: -p.right_wall_m)
    if grass:
        return
    for side in (1.0, -1.0):
        yield from _rake_shapes(track, land, pairs, side)
        for run in runs(pairs):  # grass to the edge of the road: that is where it ends
            yield ribbon(track, land.verge, run, *beyond(side, 0.0, GRASS_STRIP_M, edge))


def _rake_shapes(track: Track, land: Land, pairs: Pairs, side: float) -> Iterator[Shape]:
    """Yield what a rake leaves in gravel: lines along the road."""
    dark, pale = mixed(land.gravel, BLACK, 0.10), mixed(land.gravel, WHITE, 0.14)
    for run in runs(pairs):
        wide = min(abs(wall(track.centre[i], side)) - abs(edge(track.centre[i], side)) for i in run)
        for k in range(int((wide - GRASS_STRIP_M) / RAKE_M)):
            off = GRASS_STRIP_M + 0.7 + RAKE_M * k
            colour = dark if k % 2 else pale
            yield ribbon(track, colour, run, *beyond(side, off, off + 0.5, edge))


def _edge_line_shapes(track: Track, land: Land, pairs: Pairs, side: float) -> Iterator[Shape]:
    """Yield the white line along an edge, here and there worn by wheels."""
    paved = [(i, j) for i, j in pairs if track.centre[i].road is not Surface.DIRT]
    for run in runs(paved, LINE_LONG):
        worn = 0.16 + 0.16 * math.sin(0.37 * run[0] + side) * math.sin(0.113 * run[0])
        colour = mixed((232, 234, 236), land.asphalt, worn)
        yield ribbon(track, colour, run, *beyond(side, 0.0, -EDGE_LINE_M, edge))


def _kerb_shapes(track: Track, land: Land, pairs: Pairs, side: float) -> Iterator[Shape]:
    width = side * track.kerb_width_m
    for i, j in pairs:
        here, there = track.centre[i], track.centre[j]
        if not (here.left_kerb if side > 0.0 else here.right_kerb):
            continue
        corners = [across(p, edge(p, side) + w) for w in (0.0, width) for p in (here, there)]
        inner_a, inner_b, outer_a, outer_b = corners
        inner_m, outer_m = _middle_between(inner_a, inner_b), _middle_between(outer_a, outer_b)
        yield Shape(land.kerb, (inner_a, inner_m, outer_m, outer_a))
        yield Shape((236, 236, 234), (inner_m, inner_b, outer_b, outer_m))


def _middle_between(a: Point, b: Point) -> Point:
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
