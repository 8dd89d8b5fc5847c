"""The land at any scale: tiles of two scales, of which the nearer one is shrunk (ADR 42, 54).

Tiles are kept finer than they are shown and their edges are smooth, so that plain sampling, which
costs a third of a filter, is off by a fraction of a pixel and nothing shimmers.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple, final

import pygame

from racer.app.window.base.copies import copied_often
from racer.app.window.world.tiles.painted_land import FAR_PX, NEAR
from racer.app.window.world.tiles.tile_painter import TILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racer.app.window.world.tiles.kept_tiles import KeptTiles
    from racer.app.window.world.tiles.painted_land import PaintedLand
    from racer.app.window.world.tiles.tile_painter import Tile

HOLD: Final = 0.06  # by so much the scale must pass the border before the other tiles are taken
FORCED: Final = 0.30  # … and by so much, if these are not painted yet
PARTS: Final = 8  # of a tile's side, of which only those are magnified that are seen
SOON: Final = 0.14  # so near to the border the tiles beyond it are painted ahead


class Spread(NamedTuple):
    """Tiles in a picture: how large each is shown, and which are seen."""

    size: float
    columns: range
    rows: range

    def tiles(self, grown: int = 0) -> Iterator[Tile]:
        for row in range(self.rows.start - grown, self.rows.stop + grown):
            for column in range(self.columns.start - grown, self.columns.stop + grown):
                yield column, row


class _Cut(NamedTuple):
    """A part of a tile, along one side of a picture [pixels]."""

    first: int  # where it begins in the tile …
    taken: int  # … and how much of it that is
    begin: int  # where it begins and ends in the picture
    end: int
    within: bool  # whether that is in the picture as a whole


@final
class Terrain:
    """A view of a circuit from above, at any scale.

    Args:
        land: what is painted of it.
        scale: of the canvas.
        borrowed: another view leaves the tyre marks on this land.
    """

    def __init__(self, land: PaintedLand, scale: float, *, borrowed: bool = False) -> None:
        self._land = land
        self._borrowed = borrowed
        self._border = FAR_PX * scale
        self._used = NEAR
        self._scratch = pygame.Surface((1, 1))

    @property
    def px_per_m(self) -> float:
        """The scale of the tiles that are drawn now."""
        return self._land.scales[self._used].px_per_m

    def mark(self, x: float, y: float) -> None:
        """Leave a tyre mark around a place [m]."""
        if not self._borrowed:
            self._land.mark(x, y)

    def draw(self, target: pygame.Surface, corner: tuple[int, int], px_per_m: float) -> None:
        """Draw the land over a picture, whose corner is so many pixels from the track's origin."""
        self._land.keep_finished()
        size = target.get_size()
        other = self._choose_tiles(corner, size, px_per_m)
        spread = _spread_over(self._land.scales[self._used], corner, size, px_per_m)
        if self._land.order_missing(self._used, spread.tiles()):
            self._draw_without(target, corner, px_per_m)
        self._draw_tiles(target, self._land.scales[self._used], spread, corner)
        if other is not None:
            self._land.order_ahead(1 - self._used, other.tiles())
        self._land.order_ahead(self._used, spread.tiles(grown=1))

    def _choose_tiles(
        self, corner: tuple[int, int], size: tuple[int, int], px_per_m: float
    ) -> Spread | None:
        """Take the tiles that suit a scale, once all are there; return which are due soon.

        The border is passed with some play, so that a scale that trembles changes nothing.
        """
        past = math.log(px_per_m / self._border)
        if self._used == NEAR:
            past = -past
        if past < -SOON:
            return None
        tiles = self._land.scales[1 - self._used]
        spread = _spread_over(tiles, corner, size, px_per_m)
        here = all(key in tiles for key in spread.tiles())
        if past > HOLD and (here or past > FORCED):
            self._used = 1 - self._used
            return None
        return None if here else spread

    def _draw_without(
        self, target: pygame.Surface, corner: tuple[int, int], px_per_m: float
    ) -> None:
        """Draw what there is of the other scale, and else the colour of the ground."""
        target.fill(self._land.ground)
        tiles = self._land.scales[1 - self._used]
        spread = _spread_over(tiles, corner, target.get_size(), px_per_m)
        self._draw_tiles(target, tiles, spread, corner)

    def _draw_tiles(
        self, target: pygame.Surface, tiles: KeptTiles, spread: Spread, corner: tuple[int, int]
    ) -> None:
        size, (width, height) = spread.size, target.get_size()
        if size == TILE:
            self._copy_tiles(target, tiles, spread, corner)
            return
        across = [(column, _cuts_of(column, size, corner[0], width)) for column in spread.columns]
        for row in spread.rows:
            down = _cuts_of(row, size, corner[1], height)
            for column, cuts in across:
                picture = tiles.picture((column, row))
                if picture is not None:
                    self._magnify_tile(target, picture, cuts, down)

    def _copy_tiles(
        self, target: pygame.Surface, tiles: KeptTiles, spread: Spread, corner: tuple[int, int]
    ) -> None:
        for key in spread.tiles():
            picture = tiles.picture(key)
            if picture is not None:
                target.blit(picture, (key[0] * TILE - corner[0], key[1] * TILE - corner[1]))

    def _magnify_tile(
        self, target: pygame.Surface, tile: pygame.Surface, across: list[_Cut], down: list[_Cut]
    ) -> None:
        """Draw what is seen of a tile: straight into the picture, but for what reaches over it."""
        for y, tall, top, bottom, below in down:
            for x, wide, left, right, beside in across:
                part = tile.subsurface((x, y, wide, tall))
                rect = (left, top, right - left, bottom - top)
                if below and beside:
                    pygame.transform.scale(part, rect[2:], target.subsurface(rect))
                    continue
                scratch = self._scratch_of(rect[2:])
                pygame.transform.scale(part, rect[2:], scratch)
                target.blit(scratch, rect)

    def _scratch_of(self, size: tuple[int, int]) -> pygame.Surface:
        """Return a surface for a tile that is only in part in the picture."""
        if self._scratch.get_width() < size[0] or self._scratch.get_height() < size[1]:
            self._scratch = copied_often((4 * (size[0] // 4) + 8, size[1] + 8))
        return self._scratch.subsurface((0, 0, *size))


def _cuts_of(number: int, size: float, corner: int, length: int) -> list[_Cut]:
    """Return what of a tile is seen, along one side of a picture; nothing, where none of it is.

    By eighths of the tile: so its pixels are taken at the same places wherever it is cut. One that
    reaches over the picture's edge is apart from the others.

    Args:
        number: of the tile.
        size: that each is shown at.
        corner: where the picture begins.
        length: of the picture.
    """
    start = number * size - corner
    first = max(0, math.floor(-start / size * PARTS))
    last = min(PARTS, math.ceil((length - start) / size * PARTS))
    if first >= last:
        return []
    places = {k: round((number + k / PARTS) * size) - corner for k in (first, last)}
    for k, over in ((first + 1, places[first] < 0), (last - 1, places[last] > length)):
        if over and first < k < last:
            places[k] = round((number + k / PARTS) * size) - corner
    cuts = []
    for k, n in pairwise(sorted(places)):
        begin, end = places[k], places[n]
        if begin < end:
            side = TILE // PARTS
            within = begin >= 0 and end <= length
            cuts.append(_Cut(k * side, (n - k) * side, begin, end, within))
    return cuts


def _spread_over(
    tiles: KeptTiles, corner: tuple[int, int], size: tuple[int, int], px_per_m: float
) -> Spread:
    """Return which tiles are seen in a picture."""
    shown = TILE * px_per_m / tiles.px_per_m
    return Spread(
        shown,
        range(math.floor((corner[0] - 1) / shown), math.floor((corner[0] + size[0]) / shown) + 1),
        range(math.floor((corner[1] - 1) / shown), math.floor((corner[1] + size[1]) / shown) + 1),
    )
