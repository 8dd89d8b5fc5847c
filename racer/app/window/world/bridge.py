"""Bridges: decks that lie over the cars that pass below, with their shadow."""

from __future__ import annotations

import itertools
import math
import time
from collections import deque
from typing import TYPE_CHECKING, Final, Literal, final

import pygame

from racer.app.window.base.palette import WHITE, mixed, tints
from racer.app.window.world.land.character import land_of
from racer.app.window.world.land.road.along import BLACK, across, quad, stretch, wall
from racer.app.window.world.land.road.asphalt import surface
from racer.app.window.world.land.road.barrier import BARRIER_M, barrier
from racer.app.window.world.land.road.roadworks import paintwork
from racer.app.window.world.land.sun import sun_of
from racer.app.window.world.overhead import Overhead
from racer.app.window.world.shapes import LocalFrame, Shape
from racer.app.window.world.tiles.kept_tiles import dab_picture

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from racer.app.window.base.lettering import Colour
    from racer.app.window.base.palette import Land
    from racer.app.window.world.effects import Sprite
    from racer.app.window.world.land.road.along import Pairs
    from racer.app.window.world.shapes import Point
    from racer.app.window.world.viewport import Viewport
    from racer.core.circuits.track import Track

FINE: Final = 2  # as the land: painted larger, then shrunk
SHAPES: Final = 40  # that are painted in one step
STRIP_PX: Final = 150_000  # of the picture that are shrunk in one step
WARM_NS: Final = 2_500_000  # of painting in one frame
WAITING_MAX: Final = 2_000  # tyre marks that wait for a deck to be painted; the oldest go
PLAIN_PX: Final = 3.0  # to the metre, of a deck that is not painted yet
UP_M: Final = 5.2  # of a deck over the road below
SHADOWS: Final = (
    (-0.1, 44),
    (1.12, 52),
    (1.06, 84),
    (1.0, 112),
    (0.8, 126),
    (0.5, 146),
    (0.2, 168),
)
"""How far the deck's outline is shifted along its shadow, and how dark it is there: soft at the
far edge, darkest below the deck, and dim even on the side towards the light."""
WIDE_M: Final = 2.5  # from the barrier's face to the rim
GIRDER_UP_M: Final = 1.5
JOINT_EVERY: Final = 4  # centre points
PIER_EVERY: Final = 5
NEAR_M: Final = 30.0  # of a pier, a road that may be below it
CONCRETE: Final[Colour] = (158, 160, 164)
STEEL: Final[Colour] = (58, 104, 118)


@final
class Deck:
    """One stretch of upper road as a picture, painted in steps: whole, it takes two frames."""

    def __init__(self, track: Track, land: Land, pairs: Pairs, px_per_m: float) -> None:
        rims = [_rim_points(track, pairs, side) for side in (1.0, -1.0)]
        outline = rims[0] + rims[1][::-1]
        self._left = min(x for x, _ in outline) - 1.0
        self._top = max(y for _, y in outline) + 1.0
        sun = sun_of(track)
        dx, dy = SHADOWS[1][0] * UP_M * sun.dx, SHADOWS[1][0] * UP_M * sun.dy
        width = max(x for x, _ in outline) + 1.0 + dx - self._left
        height = self._top - min(y for _, y in outline) + 1.0 - dy
        self._px_per_m = px_per_m
        small = tuple(max(1, math.ceil(side * px_per_m)) for side in (width, height))
        picture = pygame.Surface(small, pygame.SRCALPHA)
        self._overhead = Overhead(picture, self._left, self._top, (width, height))
        self._plain = self._plain_deck(track, land, pairs, outline)
        self._steps = self._paint_steps(track, land, pairs, outline)
        self._painted = False
        self._waiting: deque[tuple[float, float]] = deque(maxlen=WAITING_MAX)
        self._dab = dab_picture(px_per_m)

    def warm(self) -> bool:
        """Take one step of its painting, of a millisecond or two; return whether there was one."""
        if next(self._steps, False):
            return True
        self._painted = True
        while self._waiting:
            self._leave_dab(*self._waiting.popleft())
        return False

    def sprite(self, viewport: Viewport) -> Sprite | None:
        """Return its picture and where to draw it; None where it is not seen.

        Until it is painted that is a plain one: a road between rims.
        """
        return (self._overhead if self._painted else self._plain).sprite(viewport)

    def mark(self, x: float, y: float) -> None:
        """Leave a tyre mark on it, as soon as it is painted."""
        self._waiting.append((x, y))
        if self._painted:
            self.warm()

    def _leave_dab(self, x: float, y: float) -> None:
        half = self._dab.get_width() // 2
        px = round((x - self._left) * self._px_per_m) - half
        py = round((self._top - y) * self._px_per_m) - half
        picture = self._overhead.picture
        picture.blit(self._dab, (px, py), special_flags=pygame.BLEND_RGB_MULT)
        self._overhead.repaint()

    def _plain_deck(self, track: Track, land: Land, pairs: Pairs, outline: list[Point]) -> Overhead:
        """Return a deck as it is seen until its own is painted: that costs next to nothing."""
        box = self._overhead.size_m
        size = tuple(max(1, math.ceil(side * PLAIN_PX)) for side in box)
        picture = pygame.Surface(size, pygame.SRCALPHA)
        points = [track.centre[i] for i, _ in pairs] + [track.centre[pairs[-1][1]]]
        sides = [[across(p, wall(p, side)) for p in points] for side in (1.0, -1.0)]
        for colour, shape in ((CONCRETE, outline), (land.asphalt, sides[0] + sides[1][::-1])):
            pygame.draw.polygon(picture, colour, self._to_px(shape, PLAIN_PX))
        for tint in tints(track):
            picture.fill((*tint, 255), special_flags=pygame.BLEND_RGBA_MULT)
        return Overhead(picture.convert_alpha(), self._left, self._top, box)

    def _paint_steps(
        self, track: Track, land: Land, pairs: Pairs, outline: list[Point]
    ) -> Iterator[Literal[True]]:
        """Paint it, a step at a time: of some shapes, one tint, its shadow, or some rows."""
        picture = self._overhead.picture
        width, height = picture.get_size()
        large = pygame.Surface((width * FINE, height * FINE), pygame.SRCALPHA)
        yield True
        shapes = itertools.chain(_pier_shapes(track, pairs), _deck_shapes(track, land, pairs))
        while batch := list(itertools.islice(shapes, SHAPES)):
            for shape in batch:
                points = self._to_px(shape.points, self._px_per_m * FINE)
                pygame.draw.polygon(large, shape.colour, points)
            yield True
        for tint in tints(track):
            large.fill((*tint, 255), special_flags=pygame.BLEND_RGBA_MULT)
            yield True
        sun = sun_of(track)
        for share, alpha in SHADOWS:
            dx, dy = share * UP_M * sun.dx, share * UP_M * sun.dy
            shadow = self._to_px(((x + dx, y + dy) for x, y in outline), self._px_per_m)
            pygame.draw.polygon(picture, (8, 10, 22, alpha), shadow)
        yield True
        rows = max(1, STRIP_PX // width)
        for top in range(0, height, rows):
            size = width, min(rows, height - top)
            strip = large.subsurface(0, top * FINE, width * FINE, size[1] * FINE)
            picture.blit(pygame.transform.smoothscale(strip, size), (0, top))
            yield True
        self._overhead.picture = picture.convert_alpha()

    def _to_px(self, points: Iterable[Point], scale: float) -> list[Point]:
        return [((x - self._left) * scale, (self._top - y) * scale) for x, y in points]


@final
class Bridges:
    """The decks of a circuit at one scale; those of another stand in until they are painted.

    Args:
        track: the circuit.
        px_per_m: the scale they are painted at.
        before: of the same circuit, at the scale that it was shown at before.
    """

    def __init__(self, track: Track, px_per_m: float, before: Bridges | None = None) -> None:
        self._decks = decks(track, land_of(track), px_per_m)
        self._before = [] if before is None else before.shown

    @property
    def shown(self) -> list[Deck]:
        """Those that are drawn: fine ones as soon as they are there."""
        return self._before or self._decks

    def warm(self) -> bool:
        """Paint for two or three milliseconds; return whether all is done."""
        ends_ns = time.thread_time_ns() + WARM_NS
        for deck in self._decks:
            while deck.warm():
                if time.thread_time_ns() >= ends_ns:
                    return False
        self._before = []
        return True

    def sprites(self, viewport: Viewport) -> list[Sprite]:
        """Return what is seen of them, plain ones where they were not painted ahead."""
        found = (deck.sprite(viewport) for deck in self.shown)
        return [sprite for sprite in found if sprite is not None]

    def mark(self, x: float, y: float) -> None:
        """Leave a tyre mark on them, whichever are drawn."""
        for deck in itertools.chain(self._decks, self._before):
            deck.mark(x, y)


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
    return [across(p, wall(p, side) + side * WIDE_M) for p in points]


def _pier_shapes(track: Track, pairs: Pairs) -> Iterator[Shape]:
    """Yield the heads of the piers, which jut out below the deck, but where a road passes."""
    heads = [track.centre[i] for i, _ in pairs[PIER_EVERY // 2 :: PIER_EVERY]]
    x, y = (sum(part) / len(heads) for part in zip(*((p.x_m, p.y_m) for p in heads), strict=True))
    reach = max(math.hypot(p.x_m - x, p.y_m - y) for p in heads) + NEAR_M
    roads = [
        p
        for p in track.centre
        if p.level == 0 and abs(p.x_m - x) < reach and abs(p.y_m - y) < reach
    ]
    for a in heads:
        place = LocalFrame(a.x_m, a.y_m, math.atan2(a.ty, a.tx))
        for side in (1.0, -1.0):
            rim = wall(a, side) + side * WIDE_M
            x, y = across(a, rim)
            if any(
                math.hypot(x - p.x_m, y - p.y_m) < max(p.left_wall_m, p.right_wall_m) + 2.0
                for p in roads
            ):
                continue
            inner, outer = sorted((rim - side, rim + 0.9 * side))
            yield place.rectangle(mixed(CONCRETE, BLACK, 0.55), -1.2, 1.2, inner, outer)
            inner, outer = sorted((rim - side, rim + 0.6 * side))
            yield place.rectangle(mixed(CONCRETE, BLACK, 0.3), -1.0, 1.0, inner, outer)


def _deck_shapes(track: Track, land: Land, pairs: Pairs) -> Iterator[Shape]:
    """Yield the deck between its girders, their shade on it, and the joints across it."""
    for i, j in pairs:
        a, b = track.centre[i], track.centre[j]
        for colour, wide in ((mixed(CONCRETE, BLACK, 0.35), WIDE_M), (CONCRETE, WIDE_M - 0.14)):
            left = (a.left_wall_m + wide, b.left_wall_m + wide)
            right = (-a.right_wall_m - wide, -b.right_wall_m - wide)
            yield quad(track, colour, i, j, left, right)
    yield from surface(track, land, pairs)
    dark = mixed(land.asphalt, BLACK, 0.22)
    for i, j in pairs:
        yield from _shade_shapes(track, i, j, dark)
    yield from paintwork(track, land, pairs)
    for k in (*range(0, len(pairs), JOINT_EVERY), len(pairs)):
        yield from _joint_shapes(track, land, pairs[k][0] if k < len(pairs) else pairs[-1][1])
    for side in (1.0, -1.0):
        yield from barrier(track, pairs, side)
        yield from _girder_shapes(track, pairs, side)


def _shade_shapes(track: Track, i: int, j: int, dark: Colour) -> Iterator[Shape]:
    """Yield what the girder towards the light shades of the deck."""
    a, b = track.centre[i], track.centre[j]
    sun = sun_of(track)
    reach = GIRDER_UP_M * (sun.dx * -a.ty + sun.dy * a.tx)  # to the left
    side = -1.0 if reach > 0.0 else 1.0
    near, far = (wall(point, side) for point in (a, b))
    yield quad(track, dark, i, j, (near, far), (near + reach, far + reach))


def _joint_shapes(track: Track, land: Land, index: int) -> Iterator[Shape]:
    """Yield a gap across the road, between two edges of steel."""
    a = track.centre[index]
    place = LocalFrame(a.x_m, a.y_m, math.atan2(a.ty, a.tx))
    steel, gap = mixed(land.asphalt, WHITE, 0.26), mixed(land.asphalt, BLACK, 0.66)
    yield place.rectangle(steel, -0.2, 0.2, -a.right_wall_m, a.left_wall_m)
    yield place.rectangle(gap, -0.1, 0.1, -a.right_wall_m, a.left_wall_m)


def _girder_shapes(track: Track, pairs: Pairs, side: float) -> Iterator[Shape]:
    """Yield a girder of steel along a rim: two flanges, struts and braces between them."""
    inner, outer = BARRIER_M + 0.28, WIDE_M - 0.3

    def strip(i: int, j: int, colour: Colour, near: float, far: float) -> Shape:
        a, b = (wall(track.centre[k], side) for k in (i, j))
        return quad(
            track,
            colour,
            i,
            j,
            (a + side * near, b + side * near),
            (a + side * far, b + side * far),
        )

    for i, j in pairs:
        yield strip(i, j, mixed(STEEL, BLACK, 0.62), inner, outer)
    for number, (i, j) in enumerate(pairs):
        a, b = track.centre[i], track.centre[j]
        near, far = (inner, outer) if number % 2 else (outer, inner)
        ends = (across(a, wall(a, side) + side * near), across(b, wall(b, side) + side * far))
        yield _beam_shape(STEEL, *ends, 0.2)
        if number % 2 == 0:
            foot, head = (across(a, wall(a, side) + side * way) for way in (inner, outer))
            yield _beam_shape(mixed(STEEL, WHITE, 0.16), foot, head, 0.34)
    for i, j in pairs:
        yield strip(i, j, mixed(STEEL, WHITE, 0.22), inner, inner + 0.26)
        yield strip(i, j, mixed(STEEL, WHITE, 0.36), outer - 0.3, outer)


def _beam_shape(colour: Colour, a: Point, b: Point, wide: float) -> Shape:
    way = max(1e-6, math.dist(a, b))
    nx, ny = -(b[1] - a[1]) / way * wide / 2.0, (b[0] - a[0]) / way * wide / 2.0
    corners = (
        (a[0] + nx, a[1] + ny), (b[0] + nx, b[1] + ny),
        (b[0] - nx, b[1] - ny), (a[0] - nx, a[1] - ny),
    )  # fmt: skip
    return Shape(colour, corners)
