"""How one tile of the land is painted: in any process, with or without a screen."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final, TypeAlias, final

import pygame

from racer.app.window.world.land.underlay import Underlay

if TYPE_CHECKING:
    from racer.app.window.world.land_shapes import LandShapes
    from racer.app.window.world.shapes import Box, Packed

TILE: Final = 256  # pixels; painting one takes two to four milliseconds
FINE: Final = 2  # painted so many times larger, then shrunk: that smooths every edge
SHADE: Final = 96  # pixels that the shadows of a tile are drawn with: so they are soft
Tile: TypeAlias = tuple[int, int]


@final
class TilePainter:
    """Paints a circuit seen from above at one scale, in tiles that are counted from its origin.

    Args:
        shapes: what is painted.
        px_per_m: the scale.
    """

    def __init__(self, shapes: LandShapes, px_per_m: float) -> None:
        self._px_per_m = px_per_m
        self._land_shapes = shapes
        self._size_m = TILE / px_per_m
        self._large = blank_tile(FINE)
        self._shade = pygame.Surface((SHADE + 1,) * 2, 0, 32)  # as in `Underlay.part`
        self._shade_smooth = blank_tile()
        self._shade_large = blank_tile(FINE)
        self._coarse = _noise_texture(((8, 9), (32, 7), (128, 5)), 2 * TILE)
        self._grain = _noise_texture(((TILE, 7), (64, 4)), TILE)
        tones, shading = shapes.tones, shapes.shading
        self._ground = Underlay(tones.picture, tones.box, self._size_m, TILE // 2)
        self._shading = None if shading is None else Underlay(*shading, self._size_m, TILE)

    def paint(self, key: Tile, picture: pygame.Surface) -> None:
        """Paint a tile over a picture of its size."""
        large = self._large
        ground = self._ground.part(key)
        if ground is None:
            large.fill(self._land_shapes.land.ground)
        else:
            pygame.transform.scale(ground, large.get_size(), large)
        scale = self._px_per_m * FINE
        x0, y0 = key[0] * TILE * FINE, key[1] * TILE * FINE
        low, shades, high = self._land_shapes.layers(self._box_of(key))
        _draw_shapes(large, low, scale, x0, y0)
        if shades:
            self._cast_shade(large, shades, key)
        _draw_shapes(large, high, scale, x0, y0)
        pygame.transform.smoothscale(large, (TILE, TILE), picture)
        self._tint(picture, key)

    def _tint(self, picture: pygame.Surface, key: Tile) -> None:
        """Lay the shading of hills, the light of the hour and the grain of the ground over it."""
        corner = (-(key[0] % 2) * TILE, -(key[1] % 2) * TILE)
        shade = None if self._shading is None else self._shading.part(key)
        if shade is not None:
            picture.blit(shade, (0, 0), special_flags=pygame.BLEND_RGB_MULT)
        for tint in self._land_shapes.tints:
            picture.fill(tint, special_flags=pygame.BLEND_RGB_MULT)
        picture.blit(self._coarse, corner, special_flags=pygame.BLEND_RGB_MULT)
        picture.blit(self._grain, (0, 0), special_flags=pygame.BLEND_RGB_MULT)

    def _cast_shade(self, large: pygame.Surface, shapes: list[Packed], key: Tile) -> None:
        """Darken the ground: shadows are drawn small, and their edges are soft once magnified."""
        small, middle = self._shade, self._shade_smooth
        small.fill((255, 255, 255))
        scale = self._px_per_m * SHADE / TILE
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


def blank_tile(times: int = 1) -> pygame.Surface:
    """Return a picture as large as a tile, or so many times; alike in every process."""
    return pygame.Surface((times * TILE, times * TILE), 0, 32)


def _noise_texture(octaves: tuple[tuple[int, int], ...], size: int) -> pygame.Surface:
    """Return seamless grey noise around light grey, to multiply with; always the same.

    Args:
        octaves: cells across, and how much darker each may get, in 1/255.
        size: width and height in pixels.
    """
    rng = Random(7)
    result = pygame.Surface((size, size), 0, 32)
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
