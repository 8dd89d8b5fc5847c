"""The tiles of one scale that are kept, with the tyre marks that cars leave on them."""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.base.copies import copied_often
from racer.app.window.world.tiles.tile_painter import TILE

if TYPE_CHECKING:
    from racer.app.window.world.tiles.tile_painter import Tile
    from racer.app.window.world.tiles.tyre_marks import TyreMarks
    from racer.core.circuits.track import Track

DAB_M: Final = 0.32  # of a tyre mark


@final
class KeptTiles:
    """Painted tiles of one scale, counted from the circuit's origin.

    Args:
        marks: all that were left on the circuit.
        px_per_m: the scale.
        tiles_max: so many are kept; the one unseen longest goes.
    """

    def __init__(self, marks: TyreMarks, px_per_m: float, tiles_max: int) -> None:
        self.px_per_m = px_per_m
        self.tiles_max = tiles_max
        self._marks = marks
        self._size_m = TILE / px_per_m
        self._tiles: OrderedDict[Tile, pygame.Surface] = OrderedDict()
        self._dab = dab_picture(px_per_m)

    def __contains__(self, key: Tile) -> bool:
        """Whether a tile is here."""
        return key in self._tiles

    def __len__(self) -> int:
        return len(self._tiles)

    def picture(self, key: Tile) -> pygame.Surface | None:
        """Return a tile that is seen, if it is here."""
        picture = self._tiles.get(key)
        if picture is not None:
            self._tiles.move_to_end(key)
        return picture

    def blank(self) -> pygame.Surface:
        """Return what a tile can be put on: one that is not needed any more, if there is one."""
        if len(self._tiles) >= self.tiles_max:
            return self._tiles.popitem(last=False)[1]
        return copied_often((TILE, TILE))

    def keep(self, key: Tile, picture: pygame.Surface) -> None:
        """Keep a tile, and leave on it the marks that are there already."""
        self._tiles[key] = picture
        scale, size = self.px_per_m, self._size_m
        half = self._dab.get_width() // 2
        x0, y0 = key[0] * TILE + half, key[1] * TILE + half
        left, top = key[0] * size, -key[1] * size
        marks = self._marks.near((left, top - size, left + size, top))
        dabs = [(self._dab, (round(x * scale) - x0, round(-y * scale) - y0)) for x, y in marks]
        picture.fblits(dabs, pygame.BLEND_RGB_MULT)

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
        step = max(1, int(0.25 * self._size_m / track.spacing_m))  # none lies between two of them
        for point in track.centre[::step]:
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


def dab_picture(px_per_m: float) -> pygame.Surface:
    """Return a faint smudge to multiply the ground with; many of them make a mark."""
    size = max(2, round(DAB_M * px_per_m))
    dab = pygame.Surface((size, size), 0, 32)
    dab.fill((222, 222, 224))
    return dab
