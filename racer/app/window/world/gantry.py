"""The gantry over the starting line: a truss on two posts, with boards and the starting lights."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import pygame

from racer.app.window.base.palette import WHITE, mixed, tints
from racer.app.window.world.land.road.along import BLACK
from racer.app.window.world.land.sun import sun_of
from racer.app.window.world.overhead import Overhead
from racer.app.window.world.shapes import LocalFrame, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racer.app.window.base.lettering import Colour
    from racer.core.circuits.track import Track

FINE: Final = 2  # as the land: painted larger, then shrunk
HEIGHT_M: Final = 5.5
BEFORE_M: Final = 2.9  # its middle stands so far beyond the line: the line itself is seen
HALF_M: Final = 1.0  # of the truss, along the road
OUT_M: Final = 1.6  # of its posts, beyond the barriers
BAY_M: Final = 2.0
MARGIN_M: Final = 4.0  # of the picture around it, for its shadow
STEEL: Final[Colour] = (188, 194, 204)
BOARD: Final[Colour] = (200, 44, 46)
LAMPS: Final = 5


def gantry(track: Track, px_per_m: float) -> Overhead:
    """Return the gantry of a circuit, painted at a scale."""
    first = track.centre[0]
    place = LocalFrame(first.x_m, first.y_m, track.heading_at(0.0))
    place = LocalFrame(*place.at(BEFORE_M + HALF_M, 0.0), place.heading)
    left, right = first.left_wall_m + OUT_M, -first.right_wall_m - OUT_M
    ends = [place.at(0.0, side) for side in (left, right)]
    box_left = min(x for x, _ in ends) - MARGIN_M
    box_top = max(y for _, y in ends) + MARGIN_M
    size_m = (
        max(x for x, _ in ends) + MARGIN_M - box_left,
        box_top - min(y for _, y in ends) + MARGIN_M,
    )
    scale = px_per_m * FINE
    size = (math.ceil(size_m[0] * scale), math.ceil(size_m[1] * scale))
    large = pygame.Surface(size, pygame.SRCALPHA)

    def paint(shape: Shape, colour: tuple[int, ...], dx: float = 0.0, dy: float = 0.0) -> None:
        points = [
            ((x + dx - box_left) * scale, (box_top - y - dy) * scale) for x, y in shape.points
        ]
        if shape.radius:
            pygame.draw.circle(large, colour, points[0], shape.radius * scale)
        else:
            pygame.draw.polygon(large, colour, points)

    sun = sun_of(track)
    beam = place.rectangle(BLACK, -HALF_M, HALF_M, right, left)
    shade = 255 - max(sun.shade)
    paint(beam, (0, 0, 0, round(0.7 * shade)), sun.dx * HEIGHT_M * 0.6, sun.dy * HEIGHT_M * 0.6)
    for shape in _gantry_shapes(place, left, right):
        paint(shape, shape.colour)
    for tint in tints(track):
        large.fill((*tint, 255), special_flags=pygame.BLEND_RGBA_MULT)
    small = (max(1, size[0] // FINE), max(1, size[1] // FINE))
    picture = pygame.transform.smoothscale(large, small).convert_alpha()
    return Overhead(picture, box_left, box_top, size_m)


def _gantry_shapes(place: LocalFrame, left: float, right: float) -> Iterator[Shape]:
    """Yield posts, rails with braces between, boards on both faces, and lamps."""
    dark = mixed(STEEL, BLACK, 0.45)
    for side in (left, right):
        yield place.rectangle((64, 68, 78), -1.3, 1.3, side - 0.8, side + 0.8)
        yield place.rectangle((104, 110, 122), -0.9, 0.9, side - 0.45, side + 0.45)
    bays = max(1, round((left - right) / BAY_M))
    for k in range(bays):
        a, b = right + (left - right) * k / bays, right + (left - right) * (k + 1) / bays
        front, back = (-0.62, 0.62) if k % 2 else (0.62, -0.62)
        corners = ((front, a), (front + 0.14, a), (back + 0.14, b), (back, b))
        yield Shape(dark, tuple(place.at(f, s) for f, s in corners))
        yield place.rectangle(dark, -0.62, 0.62, b - 0.07, b + 0.07)
    for f in (-0.7, 0.56):
        yield place.rectangle(STEEL, f, f + 0.16, right, left)
        yield place.rectangle(mixed(STEEL, WHITE, 0.6), f + 0.09, f + 0.16, right, left)
    yield place.rectangle(BOARD, -HALF_M, -0.66, right + 1.2, left - 1.2)
    yield place.rectangle(mixed(BOARD, WHITE, 0.3), -0.74, -0.66, right + 1.2, left - 1.2)
    for k in range(bays):  # chequers on the face that one finishes under
        a = right + 1.2 + (left - right - 2.4) * k / bays
        colour = WHITE if k % 2 else (28, 32, 40)
        yield place.rectangle(colour, 0.72, HALF_M, a, a + (left - right - 2.4) / bays)
    for k in range(LAMPS):
        x, y = place.at(-HALF_M - 0.16, (k - (LAMPS - 1) / 2.0) * 0.9 + (left + right) / 2.0)
        yield Shape((30, 32, 38), ((x, y),), 0.34)
        yield Shape((150, 40, 34), ((x, y),), 0.2)
