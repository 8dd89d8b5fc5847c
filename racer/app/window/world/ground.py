"""The land as tiles of one scale: painted once, when first needed or ahead of time, then kept."""

from __future__ import annotations

import math
from collections import OrderedDict
from random import Random
from typing import TYPE_CHECKING, Final, TypeAlias, final

import pygame

from racer.app.window.world.land.underlay import Underlay

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racer.app.window.world.land_shapes import LandShapes
    from racer.app.window.world.shapes import Box, Packed
    from racer.core.circuits.track import Track

TILE: Final = 256  # pixels; painting one takes about two milliseconds, so none is felt
FINE: Final = 2  # painted so many times larger, then shrunk: that smooths every edge
SHADE: Final = 96  # pixels that the shadows of a tile are drawn with: so they are soft
SHAPES: Final = 16  # that are drawn at once: some tenths of a millisecond
DAB_M: Final = 0.32  # of a tyre mark
Tile: TypeAlias = tuple[int, int]


@final
class GroundTiles:
    """A circuit seen from above at one scale, in tiles that are counted from its origin.

    Args:
        shapes: what is painted.
        px_per_m: the scale.
        tiles_max: so many are kept; the one unseen longest goes.
    """

    def __init__(self, shapes: LandShapes, px_per_m: float, tiles_max: int) -> None:
        self.px_per_m = px_per_m
        self.tiles_max = tiles_max
        self._land_shapes = shapes
        self._size_m = TILE / px_per_m
        self._tiles: OrderedDict[Tile, pygame.Surface] = OrderedDict()
        self._large = pygame.Surface((TILE * FINE, TILE * FINE)).convert()
        self._shade = pygame.Surface((SHADE + 1,) * 2).convert()  # as in `Underlay.part`
        self._shade_smooth = pygame.Surface((TILE, TILE)).convert()
        self._shade_large = self._large.copy()
        self._coarse = _noise_texture(((8, 9), (32, 7), (128, 5)), 2 * TILE)
        self._grain = _noise_texture(((TILE, 7), (64, 4)), TILE)
        tones, shading = shapes.tones, shapes.shading
        self._ground = Underlay(tones.picture, tones.box, self._size_m, TILE // 2)
        self._shading = None if shading is None else Underlay(*shading, self._size_m, TILE)
        self._dab = dab_picture(px_per_m)
        self._begun: tuple[Tile, Iterator[bool]] | None = None

    def __contains__(self, key: Tile) -> bool:
        """Whether a tile is painted."""
        return key in self._tiles

    def picture(self, key: Tile) -> pygame.Surface:
        """Return a tile; paint it, where it is not there."""
        picture = self._tiles.get(key)
        if picture is None:
            while key not in self._tiles:
                self.advance(key)
            picture = self._tiles[key]
        else:
            self._tiles.move_to_end(key)
        return picture

    def advance(self, key: Tile) -> None:
        """Paint a part of a tile ahead of time; a few calls for the same one and it is there."""
        if self._begun is None or self._begun[0] != key:
            self._begun = key, self._paint_parts(key)
        if next(self._begun[1], True):
            self._begun = None

    def mark(self, x: float, y: float) -> None:
        """Leave a tyre mark around a place [m], where that is painted already."""
        size = self._dab.get_width()
        left = round(x * self.px_per_m) - size // 2
        top = round(-y * self.px_per_m) - size // 2
        column, row = left // TILE, top // TILE
        self._leave_dab(column, row, left, top)
        right, below = (left + size - 1) // TILE != column, (top + size - 1) // TILE != row
        if right:
            self._leave_dab(column + 1, row, left, top)
        if below:
            self._leave_dab(column, row + 1, left, top)
        if right and below:
            self._leave_dab(column + 1, row + 1, left, top)

    def along(self, track: Track, across_m: float, down_m: float) -> list[Tile]:
        """Return the tiles within a distance of the road [m], those near the start first."""
        wanted: dict[Tile, None] = {}
        for point in track.centre:
            columns = self._tile_range(point.x_m - across_m, point.x_m + across_m)
            rows = self._tile_range(-point.y_m - down_m, -point.y_m + down_m)
            for row in rows:
                for column in columns:
                    wanted.setdefault((column, row))
        return list(wanted)

    def _tile_range(self, low_m: float, high_m: float) -> range:
        return range(math.floor(low_m / self._size_m), math.floor(high_m / self._size_m) + 1)

    def _leave_dab(self, column: int, row: int, left: int, top: int) -> None:
        """Leave a dab on a tile, if that is painted; its corner is told in pixels of the land."""
        picture = self._tiles.get((column, row))
        if picture is not None:
            at = (left - column * TILE, top - row * TILE)
            picture.blit(self._dab, at, None, pygame.BLEND_RGB_MULT)

    def _paint_parts(self, key: Tile) -> Iterator[bool]:
        """Paint a tile in parts of some tenths of a millisecond; yield after each, last True."""
        large = self._large
        ground = self._ground.part(key)
        if ground is None:
            large.fill(self._land_shapes.land.ground)
        else:
            pygame.transform.scale(ground, large.get_size(), large)
        corner = (-(key[0] % 2) * TILE, -(key[1] % 2) * TILE)
        scale = self.px_per_m * FINE
        x0, y0 = key[0] * TILE * FINE, key[1] * TILE * FINE
        box = self._box_of(key)
        yield False
        low, shades, high = self._land_shapes.layers(box)
        yield False
        for begin in range(0, len(low), SHAPES):
            _draw_shapes(large, low[begin : begin + SHAPES], scale, x0, y0)
            yield False
        if shades:
            self._cast_shade(large, shades, key)
            yield False
        for begin in range(0, len(high), SHAPES):
            _draw_shapes(large, high[begin : begin + SHAPES], scale, x0, y0)
            yield False
        picture = self._blank_tile()
        pygame.transform.smoothscale(large, (TILE, TILE), picture)
        yield False
        shade = None if self._shading is None else self._shading.part(key)
        if shade is not None:
            picture.blit(shade, (0, 0), special_flags=pygame.BLEND_RGB_MULT)
        for tint in self._land_shapes.tints:
            picture.fill(tint, special_flags=pygame.BLEND_RGB_MULT)
        picture.blit(self._coarse, corner, special_flags=pygame.BLEND_RGB_MULT)
        picture.blit(self._grain, (0, 0), special_flags=pygame.BLEND_RGB_MULT)
        self._tiles[key] = picture
        half = self._dab.get_width() // 2
        for x, y in self._land_shapes.marks(box):
            left, top = round(x * self.px_per_m) - half, round(-y * self.px_per_m) - half
            self._leave_dab(*key, left, top)
        yield True

    def _blank_tile(self) -> pygame.Surface:
        """Return what to paint on: a tile that is not needed any more, if there is one."""
        if len(self._tiles) >= self.tiles_max:
            return self._tiles.popitem(last=False)[1]
        return pygame.Surface((TILE, TILE)).convert()

    def _cast_shade(self, large: pygame.Surface, shapes: list[Packed], key: Tile) -> None:
        """Darken the ground: shadows are drawn small, and their edges are soft once magnified."""
        small, middle = self._shade, self._shade_smooth
        small.fill((255, 255, 255))
        scale = self.px_per_m * SHADE / TILE
        _draw_shapes(small, shapes, scale, key[0] * SHADE, key[1] * SHADE)
        pygame.transform.smoothscale(small, (TILE, TILE), middle)
        pygame.transform.scale(middle, (TILE * FINE, TILE * FINE), self._shade_large)
        large.blit(self._shade_large, (0, 0), special_flags=pygame.BLEND_RGB_MULT)

    def _box_of(self, key: Tile) -> Box:
        size = self._size_m
        left, top = key[0] * size, -key[1] * size
        return (left, top - size, left + size, top)


def _draw_shapes(
    target: pygame.Surface, shapes: list[Packed], scale: float, left: float, top: float
) -> None:
    """Draw shapes onto a picture whose corner is at a place [pixels]."""
    for shape in shapes:
        points = shape.pixels(scale, left, top)
        if shape.radius > 0.0:
            pygame.draw.circle(target, shape.colour, points[0], shape.radius * scale)
        else:
            pygame.draw.polygon(target, shape.colour, points)


def dab_picture(px_per_m: float) -> pygame.Surface:
    """Return a faint smudge to multiply the ground with; many of them make a mark."""
    size = max(2, round(DAB_M * px_per_m))
    dab = pygame.Surface((size, size)).convert()
    dab.fill((222, 222, 224))
    return dab


def _noise_texture(octaves: tuple[tuple[int, int], ...], size: int) -> pygame.Surface:
    """Return seamless grey noise around light grey, to multiply with; always the same.

    Args:
        octaves: cells across, and how much darker each may get, in 1/255.
        size: width and height in pixels.
    """
    rng = Random(7)
    result = pygame.Surface((size, size)).convert()
    result.fill((255, 255, 255))
    for cells, depth in octaves:
        noise = pygame.image.frombytes(rng.randbytes(cells * cells), (cells, cells), "P")
        noise.set_palette([(255 - depth * 2 * v // 255,) * 3 for v in range(256)])
        layer = _seamless_noise(noise.convert(), size)
        result.blit(layer, (0, 0), special_flags=pygame.BLEND_RGB_MULT)
    return result


def _seamless_noise(noise: pygame.Surface, size: int) -> pygame.Surface:
    """Return the noise smoothed to a size so that its edges meet."""
    cells = noise.get_width()
    if cells == size:
        return noise
    wrapped = pygame.Surface((cells + 4, cells + 4)).convert()
    for dx in (-cells, 0, cells):
        for dy in (-cells, 0, cells):
            wrapped.blit(noise, (2 + dx, 2 + dy))
    step = size // cells
    smooth = pygame.transform.smoothscale(wrapped, ((cells + 4) * step, (cells + 4) * step))
    return smooth.subsurface((2 * step, 2 * step, size, size))
