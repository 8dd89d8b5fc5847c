"""Bridges: decks that lie over the cars that pass below, with their shadow."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.base.palette import mixed, tints
from racer.app.window.world.land.road.along import BLACK, across, quad, stretch, wall
from racer.app.window.world.land.road.asphalt import surface
from racer.app.window.world.land.road.barrier import BARRIER_M, barrier
from racer.app.window.world.land.road.roadworks import paintwork
from racer.app.window.world.overhead import Overhead
from racer.app.window.world.shapes import LocalFrame
from racer.app.window.world.tiles.kept_tiles import dab_picture

if TYPE_CHECKING:
    from racer.app.window.base.palette import Land
    from racer.app.window.world.effects import Sprite
    from racer.app.window.world.land.road.along import Pairs
    from racer.app.window.world.shapes import Point, Shape
    from racer.app.window.world.viewport import Viewport
    from racer.core.circuits.track import Track

FINE: Final = 2  # as the land: painted larger, then shrunk
SHADOW_M: Final[Point] = (2.6, -2.6)  # of a deck some metres up
SHADOW_ALPHA: Final = 105
CONCRETE: Final = (150, 152, 158)


@final
class Deck:
    """One stretch of upper road as a picture."""

    def __init__(self, track: Track, land: Land, pairs: Pairs, px_per_m: float) -> None:
        rims = [_rim_points(track, pairs, side) for side in (1.0, -1.0)]
        outline = rims[0] + rims[1][::-1]
        self._left = min(x for x, _ in outline) - 1.0
        self._top = max(y for _, y in outline) + 1.0
        width = max(x for x, _ in outline) + 1.0 + SHADOW_M[0] - self._left
        height = self._top - min(y for _, y in outline) + 1.0 - SHADOW_M[1]
        self._px_per_m = px_per_m
        picture = self._paint_deck(track, land, pairs, outline, (width, height))
        self._overhead = Overhead(picture, self._left, self._top, (width, height))
        self._dab = dab_picture(px_per_m)

    def sprite(self, viewport: Viewport) -> Sprite | None:
        """Return its picture and where to draw it; None where it is not seen."""
        return self._overhead.sprite(viewport)

    def mark(self, x: float, y: float) -> None:
        """Leave a tyre mark on it."""
        half = self._dab.get_width() // 2
        px = round((x - self._left) * self._px_per_m) - half
        py = round((self._top - y) * self._px_per_m) - half
        picture = self._overhead.picture
        picture.blit(self._dab, (px, py), special_flags=pygame.BLEND_RGB_MULT)
        self._overhead.repaint()

    def _paint_deck(
        self,
        track: Track,
        land: Land,
        pairs: Pairs,
        outline: list[Point],
        size_m: tuple[float, float],
    ) -> pygame.Surface:
        scale = self._px_per_m * FINE
        size = (math.ceil(size_m[0] * scale), math.ceil(size_m[1] * scale))
        large = pygame.Surface(size, pygame.SRCALPHA)

        def px(point: Point) -> Point:
            return (point[0] - self._left) * scale, (self._top - point[1]) * scale

        dx, dy = SHADOW_M
        shadow = [px((x + dx, y + dy)) for x, y in outline]
        pygame.draw.polygon(large, (0, 0, 0, SHADOW_ALPHA), shadow)
        for shape in _deck_shapes(track, land, pairs):
            pygame.draw.polygon(large, shape.colour, [px(point) for point in shape.points])
        for tint in tints(track):
            large.fill((*tint, 255), special_flags=pygame.BLEND_RGBA_MULT)
        small = (max(1, size[0] // FINE), max(1, size[1] // FINE))
        return pygame.transform.smoothscale(large, small).convert_alpha()


def decks(track: Track, land: Land, px_per_m: float) -> list[Deck]:
    """Return the decks of a circuit; mostly none."""
    runs: list[list[tuple[int, int]]] = []
    for i, j in stretch(track, 1):
        if runs and runs[-1][-1][1] == i:
            runs[-1].append((i, j))
        else:
            runs.append([(i, j)])
    return [Deck(track, land, run, px_per_m) for run in runs]


def _rim_points(track: Track, pairs: Pairs, side: float) -> list[Point]:
    points = [track.centre[i] for i, _ in pairs] + [track.centre[pairs[-1][1]]]
    return [across(p, wall(p, side) + side * (BARRIER_M + 0.5)) for p in points]


def _deck_shapes(track: Track, land: Land, pairs: Pairs) -> list[Shape]:
    """Return the deck between its parapets, and the joints at its ends."""
    shapes: list[Shape] = []
    wide = BARRIER_M + 0.5
    for i, j in pairs:
        a, b = track.centre[i], track.centre[j]
        left = (a.left_wall_m + wide, b.left_wall_m + wide)
        right = (-a.right_wall_m - wide, -b.right_wall_m - wide)
        shapes.append(quad(track, mixed(CONCRETE, BLACK, 0.25), i, j, left, right))
        left = (a.left_wall_m, b.left_wall_m)
        shapes.append(quad(track, CONCRETE, i, j, left, (-a.right_wall_m, -b.right_wall_m)))
    shapes.extend(surface(track, land, pairs))
    shapes.extend(paintwork(track, land, pairs))
    for side in (1.0, -1.0):
        shapes.extend(barrier(track, pairs, side))
    for k in (pairs[0][0], pairs[-1][1]):
        a = track.centre[k]
        joint = LocalFrame(a.x_m, a.y_m, math.atan2(a.ty, a.tx))
        colour = mixed(land.asphalt, BLACK, 0.5)
        shapes.append(joint.rectangle(colour, -0.25, 0.25, -a.right_m, a.left_m))
    return shapes
