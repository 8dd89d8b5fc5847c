"""The land at any scale: tiles of two scales, of which the nearer one is shrunk (ADR 42).

Tiles are kept finer than they are shown and their edges are smooth, so that plain sampling, which
costs a third of a filter, is off by a fraction of a pixel and nothing shimmers.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple, final

import pygame

from racer.app.window.world.camera import UNITS_PER_M_MAX
from racer.app.window.world.ground import TILE, GroundTiles
from racer.app.window.world.land_shapes import LandShapes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racer.app.window.world.ground import Tile
    from racer.core.circuits.track import Track
    from racer.core.drivers.line import RacingLine

NEAR_PX: Final = UNITS_PER_M_MAX  # pixels to the metre of the finer tiles, at scale 1 …
FAR_PX: Final = 7.0  # … and of the coarser ones, which also serve from here on
NEAR_PX_MAX: Final = 22.0  # on larger screens tiles are magnified: memory grows as the square
HOLD: Final = 0.06  # by so much the scale must pass the border before the other tiles are taken
FORCED: Final = 0.30  # … and by so much, if these are not painted yet
SOON: Final = 0.14  # so near to the border the tiles beyond it are painted ahead
NEAR_TILES: Final = 180  # 256 kB each: 46 MB
FAR_TILES: Final = 120  # 30 MB
PARTS: Final = 3  # of a tile, that a frame paints ahead: half a millisecond
REACH_M: Final = (70.0, 50.0)  # from the road, across and down: what is painted in the lobby


class Spread(NamedTuple):
    """Tiles in a picture: how large each is shown, and which are seen."""

    size: float
    columns: range
    rows: range

    def tiles(self, grown: int = 0) -> Iterator[Tile]:
        for row in range(self.rows.start - grown, self.rows.stop + grown):
            for column in range(self.columns.start - grown, self.columns.stop + grown):
                yield column, row


@final
class Terrain:
    """A circuit seen from above, at any scale.

    Args:
        track: that is seen.
        line: where its tyre marks are.
        scale: of the canvas; tiles are as fine as it needs.
    """

    def __init__(self, track: Track, line: RacingLine, scale: float) -> None:
        self._shapes = LandShapes(track, line)
        ratio = min(scale, NEAR_PX_MAX / NEAR_PX)
        self._border = FAR_PX * scale
        grown = max(1.0, ratio * ratio * 0.75)  # a larger picture shows more tiles
        near = GroundTiles(self._shapes, NEAR_PX * ratio, round(NEAR_TILES * grown))
        far = GroundTiles(self._shapes, FAR_PX * ratio, round(FAR_TILES * grown))
        self._near, self._far, self._used = near, far, near
        self._wanted = [
            (tiles, key)
            for tiles in (near, far)  # the last are painted first
            for key in tiles.along(track, *REACH_M)[: tiles.tiles_max][::-1]
        ]
        self._scratch = pygame.Surface((1, 1))
        self._far_due = False

    @property
    def px_per_m(self) -> float:
        """The scale of the tiles that are drawn now."""
        return self._used.px_per_m

    def draw(self, target: pygame.Surface, corner: tuple[int, int], px_per_m: float) -> None:
        """Draw the land over a picture, whose corner is so many pixels from the track's origin."""
        size = target.get_size()
        painted = self._choose_tiles(corner, size, px_per_m)
        spread = _spread_over(self._used, corner, size, px_per_m)
        for key in spread.tiles():
            painted = painted or key not in self._used
            self._draw_tile(target, self._used.picture(key), key, spread.size, corner)
        if not painted:
            self._paint_ahead(spread)

    def warm(self) -> bool:
        """Paint one more tile near the road ahead of time; False once all are painted."""
        while self._wanted:
            tiles, key = self._wanted.pop()
            if key not in tiles:
                tiles.picture(key)
                return True
        return False

    def mark(self, x: float, y: float) -> None:
        """Leave a tyre mark around a place [m] for good."""
        self._shapes.mark(x, y)
        self._near.mark(x, y)
        self._far_due = not self._far_due
        if self._far_due:  # seen from far, every other dab makes the same mark
            self._far.mark(x, y)

    def _choose_tiles(
        self, corner: tuple[int, int], size: tuple[int, int], px_per_m: float
    ) -> bool:
        """Take the tiles that suit a scale, once all are there; tell whether one was painted.

        The border is passed with some play, so that a scale that trembles changes nothing.
        """
        past = math.log(px_per_m / self._border)
        if self._used is self._near:
            past, other = -past, self._far
        else:
            other = self._near
        if past < -SOON:
            return False
        spread = _spread_over(other, corner, size, px_per_m)
        missing = next((key for key in spread.tiles() if key not in other), None)
        if past > HOLD and (missing is None or past > FORCED):
            self._used = other
        elif missing is not None:
            _paint_some(other, missing)
            return True
        return False

    def _paint_ahead(self, spread: Spread) -> None:
        """Paint a part of a tile just outside of the picture: no frame has to paint many."""
        for key in spread.tiles(grown=1):
            if key not in self._used:
                _paint_some(self._used, key)
                return

    def _draw_tile(
        self,
        target: pygame.Surface,
        tile: pygame.Surface,
        key: Tile,
        size: float,
        corner: tuple[int, int],
    ) -> None:
        if size == TILE:
            target.blit(tile, (key[0] * TILE - corner[0], key[1] * TILE - corner[1]))
            return
        left, top = round(key[0] * size), round(key[1] * size)
        width, height = round((key[0] + 1) * size) - left, round((key[1] + 1) * size) - top
        rect = pygame.Rect(left - corner[0], top - corner[1], width, height)
        if target.get_rect().contains(rect):
            pygame.transform.scale(tile, (width, height), target.subsurface(rect))
            return
        scratch = self._scratch_of(width, height, target)
        pygame.transform.scale(tile, (width, height), scratch)
        target.blit(scratch, rect)

    def _scratch_of(self, width: int, height: int, target: pygame.Surface) -> pygame.Surface:
        """Return a surface for a tile that is only in part in the picture."""
        if self._scratch.get_width() < width or self._scratch.get_height() < height:
            self._scratch = pygame.Surface((width + 8, height + 8), 0, target)
        return self._scratch.subsurface((0, 0, width, height))


def _paint_some(tiles: GroundTiles, key: Tile) -> None:
    """Paint on at a tile: a few parts of it."""
    for _ in range(PARTS):
        if key not in tiles:
            tiles.advance(key)


def _spread_over(
    tiles: GroundTiles, corner: tuple[int, int], size: tuple[int, int], px_per_m: float
) -> Spread:
    """Return which tiles are seen in a picture."""
    shown = TILE * px_per_m / tiles.px_per_m
    return Spread(
        shown,
        range(math.floor((corner[0] - 1) / shown), math.floor((corner[0] + size[0]) / shown) + 1),
        range(math.floor((corner[1] - 1) / shown), math.floor((corner[1] + size[1]) / shown) + 1),
    )
