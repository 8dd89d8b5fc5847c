"""A small picture of the whole land, magnified under or over its tiles without a seam."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, final

import pygame

if TYPE_CHECKING:
    from racer.app.window.world.shapes import Box

CELLS: Final = 16  # pixels of the picture to a tile


@final
class Underlay:
    """A picture cut into parts, one for each tile of a side.

    Args:
        picture: of what is there, north up.
        box: what it covers [m].
        tile_m: side of a tile; tiles are counted from the origin, to the south.
        tile: the same in pixels; a multiple of `CELLS`.
    """

    def __init__(self, picture: pygame.Surface, box: Box, tile_m: float, tile: int) -> None:
        left, _, _, top = box
        self._tile = tile
        self._column, self._row = math.floor(left / tile_m), math.floor(-top / tile_m)
        per_m = CELLS / tile_m
        width = max(2, round((box[2] - box[0]) * per_m))
        height = max(2, round((box[3] - box[1]) * per_m))
        at = (
            round((left - self._column * tile_m) * per_m),
            round((-top - self._row * tile_m) * per_m),
        )
        self._whole = pygame.Surface((width + at[0], height + at[1])).convert()
        self._whole.blit(pygame.transform.smoothscale(picture, (width, height)), at)
        self._inside = pygame.Rect(*at, width, height)

    def part(self, key: tuple[int, int]) -> pygame.Surface | None:
        """Return the picture of one tile; None where not all of it is there."""
        left, top = (key[0] - self._column) * CELLS, (key[1] - self._row) * CELLS
        # SDL puts pixel x of n at x (m - 1) / n of m: with one more, tiles meet without a seam.
        part = pygame.Rect(left, top, CELLS + 1, CELLS + 1)
        if not self._inside.contains(part):
            return None
        return pygame.transform.smoothscale(self._whole.subsurface(part), (self._tile,) * 2)
