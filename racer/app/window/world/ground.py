"""The land as tiles: painted once, when first needed or ahead of time, then only copied."""

from __future__ import annotations

import math
from collections import OrderedDict
from random import Random
from typing import TYPE_CHECKING, Final, TypeAlias, final

import pygame

from racer.app.window.base.palette import land, tints
from racer.app.window.world.hills import TILE_CELLS, hills_of
from racer.app.window.world.roadworks import road
from racer.app.window.world.scenery import surroundings
from racer.app.window.world.shapes import Packed, packed

if TYPE_CHECKING:
    from racer.app.window.world.shapes import Shape
    from racer.core.circuits.track import Track
    from racer.core.drivers.line import RacingLine

TILE: Final = 256  # pixels; painting one takes about two milliseconds, so none is felt
FINE: Final = 2  # painted so many times larger, then shrunk: that smooths every edge
TILES_MAX: Final = 240  # 256 kB each: 63 MB, all of a circuit of 1 km at a common size
TILES_LONG: Final = 144  # 38 MB, where twice the above would not do: most are gone a lap later
AHEAD: Final = 1  # tiles beyond the picture's edge that are painted before they are seen
Tile: TypeAlias = tuple[int, int]


@final
class GroundTiles:
    """A circuit seen from above at one scale, in tiles that are counted from its origin.

    Skid marks are painted into the tiles, so they cost nothing afterwards. They go with the tile,
    which only a circuit of more than a kilometre gives up.
    """

    def __init__(self, track: Track, line: RacingLine, px_per_m: float) -> None:
        self.px_per_m = px_per_m
        self._land = land(track.theme)
        self._size_m = TILE / px_per_m
        self._shapes: dict[Tile, list[Packed]] = {}
        self._tiles: OrderedDict[Tile, pygame.Surface] = OrderedDict()
        self._large = pygame.Surface((TILE * FINE, TILE * FINE)).convert()
        self._coarse = _noise_texture(((8, 9), (32, 7), (128, 5)), 2 * TILE)
        self._grain = _noise_texture(((TILE, 7), (64, 4)), TILE)
        self._tints = tints(track)
        hills = hills_of(track)
        self._shading = None if hills is None else hills.shading(self._size_m)
        hill_shapes = () if hills is None else hills.shapes(self._land)
        for layer in (surroundings(track, self._land, hill_shapes), road(track, line, self._land)):
            for shape in layer:
                self._place_shape(shape)
        along = self._tiles_along(track)
        self._tiles_max = TILES_MAX if len(along) <= 2 * TILES_MAX else TILES_LONG
        self._wanted = along[: self._tiles_max][::-1]

    def draw(self, target: pygame.Surface, left_m: float, top_m: float) -> None:
        """Draw the land with this place [m] at the target's top left corner."""
        width, height = target.get_size()
        x0, y0 = math.floor(left_m * self.px_per_m), math.floor(-top_m * self.px_per_m)
        rows = range(y0 // TILE, (y0 + height - 1) // TILE + 1)
        columns = range(x0 // TILE, (x0 + width - 1) // TILE + 1)
        painted = len(self._tiles)
        for row in rows:
            for column in columns:
                picture = self._tile_picture((column, row))
                target.blit(picture, (column * TILE - x0, row * TILE - y0))
        if len(self._tiles) == painted:
            self._paint_tile_ahead(rows, columns)

    def _paint_tile_ahead(self, rows: range, columns: range) -> None:
        """Paint one tile just outside of the picture, so that no frame has to paint many."""
        for row in range(rows.start - AHEAD, rows.stop + AHEAD):
            for column in range(columns.start - AHEAD, columns.stop + AHEAD):
                if (column, row) not in self._tiles:
                    self._tile_picture((column, row))
                    return

    def warm(self) -> bool:
        """Paint one more tile near the road ahead of time; False once all are painted."""
        while self._wanted:
            key = self._wanted.pop()
            if key not in self._tiles:
                self._tile_picture(key)
                return True
        return False

    def mark(self, x: float, y: float, dab: pygame.Surface) -> None:
        """Leave a mark around a place [m] for good; where nothing is painted yet, none."""
        px, py = x * self.px_per_m, -y * self.px_per_m
        half = dab.get_width() // 2
        for key in {
            (math.floor((px + a) / TILE), math.floor((py + b) / TILE))
            for a in (-half, half)
            for b in (-half, half)
        }:
            picture = self._tiles.get(key)
            if picture is not None:
                at = (round(px) - key[0] * TILE - half, round(py) - key[1] * TILE - half)
                picture.blit(dab, at, special_flags=pygame.BLEND_RGB_MULT)

    def _place_shape(self, shape: Shape) -> None:
        left, bottom, right, top = shape.box()
        size, kept = self._size_m, packed(shape)
        for row in range(math.floor(-top / size), math.floor(-bottom / size) + 1):
            for column in range(math.floor(left / size), math.floor(right / size) + 1):
                self._shapes.setdefault((column, row), []).append(kept)

    def _tiles_along(self, track: Track) -> list[Tile]:
        """Return the tiles that a screen around the road shows, those near the start first."""
        reach = math.ceil(TILE * 1.6 / self.px_per_m / self._size_m) + 1
        wanted: dict[Tile, None] = {}
        for point in track.centre:
            column = math.floor(point.x_m / self._size_m)
            row = math.floor(-point.y_m / self._size_m)
            for dy in range(-reach + 1, reach):
                for dx in range(-reach - 1, reach + 2):
                    wanted.setdefault((column + dx, row + dy))
        return list(wanted)

    def _tile_picture(self, key: Tile) -> pygame.Surface:
        picture = self._tiles.get(key)
        if picture is None:
            full = len(self._tiles) >= self._tiles_max
            freed = self._tiles.popitem(last=False)[1] if full else None
            picture = self._tiles[key] = self._paint_tile(key, freed)
        else:
            self._tiles.move_to_end(key)
        return picture

    def _paint_tile(self, key: Tile, freed: pygame.Surface | None) -> pygame.Surface:
        """Return a tile, painted onto one that is not needed any more, if there is one."""
        large = self._large
        large.fill(self._land.ground)
        corner = (-(key[0] % 2) * TILE, -(key[1] % 2) * TILE)
        scale = self.px_per_m * FINE
        x0, y0 = key[0] * TILE * FINE, key[1] * TILE * FINE
        for shape in self._shapes.get(key, ()):
            points = shape.pixels(scale, x0, y0)
            if shape.radius > 0.0:
                pygame.draw.circle(large, shape.colour, points[0], shape.radius * scale)
            else:
                pygame.draw.polygon(large, shape.colour, points)
        size = (TILE, TILE)
        picture = pygame.Surface(size).convert() if freed is None else freed
        pygame.transform.smoothscale(large, size, picture)
        shade = self._hill_shade(key)
        if shade is not None:
            picture.blit(shade, (0, 0), special_flags=pygame.BLEND_RGB_MULT)
        for tint in self._tints:
            picture.fill(tint, special_flags=pygame.BLEND_RGB_MULT)
        picture.blit(self._coarse, corner, special_flags=pygame.BLEND_RGB_MULT)
        picture.blit(self._grain, (0, 0), special_flags=pygame.BLEND_RGB_MULT)
        return picture

    def _hill_shade(self, key: Tile) -> pygame.Surface | None:
        """Return the light on the hills over a tile, or None where there is nothing to shade."""
        if self._shading is None:
            return None
        whole, column, row = self._shading
        left, top = (key[0] - column) * TILE_CELLS - 1, (key[1] - row) * TILE_CELLS - 1
        part = pygame.Rect(left, top, TILE_CELLS + 2, TILE_CELLS + 2)
        if not whole.get_rect().contains(part):
            return None
        # One more cell all round, cut off again: tiles meet without a seam.
        margin = TILE // TILE_CELLS
        large = pygame.transform.smoothscale(whole.subsurface(part), (TILE + 2 * margin,) * 2)
        return large.subsurface((margin, margin, TILE, TILE))


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
