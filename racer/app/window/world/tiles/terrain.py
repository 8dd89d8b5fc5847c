"""The land at any scale: tiles of two scales, of which the nearer one is shrunk (ADR 42, 54).

Tiles are kept finer than they are shown and their edges are smooth, so that plain sampling, which
costs a third of a filter, is off by a fraction of a pixel and nothing shimmers.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple, final

import pygame

from racer.app.window.world.camera import UNITS_PER_M_MAX
from racer.app.window.world.land.character import land_of
from racer.app.window.world.tiles.kept_tiles import KeptTiles
from racer.app.window.world.tiles.painting import Wish
from racer.app.window.world.tiles.tile_painter import TILE
from racer.app.window.world.tiles.tyre_marks import TyreMarks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from racer.app.window.world.tiles.painting import Workshop
    from racer.app.window.world.tiles.tile_painter import Tile
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
NEAR: Final = 0  # which of the two scales is the finer
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
        workshop: where tiles are painted.
    """

    def __init__(self, track: Track, line: RacingLine, scale: float, workshop: Workshop) -> None:
        ratio = min(scale, NEAR_PX_MAX / NEAR_PX)
        self._border = FAR_PX * scale
        grown = max(1.0, ratio * ratio * 0.75)  # a larger picture shows more tiles
        self._marks = TyreMarks()
        near = KeptTiles(self._marks, NEAR_PX * ratio, round(NEAR_TILES * grown))
        far = KeptTiles(self._marks, FAR_PX * ratio, round(FAR_TILES * grown))
        self._scales = near, far
        self._used = 0
        self._painting = workshop.begin(track, line, (near.px_per_m, far.px_per_m))
        self._ground = land_of(track).ground
        self._wanted = [
            Wish(scale, key)
            for scale, tiles in enumerate(self._scales)  # the last are painted first
            for key in tiles.along(track, *REACH_M)[: tiles.tiles_max][::-1]
        ]
        self._scratch = pygame.Surface((1, 1))
        self._far_due = False

    @property
    def begun(self) -> bool:
        """Whether there is land to be seen, and not its colour alone."""
        return self._painting.begun

    @property
    def px_per_m(self) -> float:
        """The scale of the tiles that are drawn now."""
        return self._scales[self._used].px_per_m

    def draw(self, target: pygame.Surface, corner: tuple[int, int], px_per_m: float) -> None:
        """Draw the land over a picture, whose corner is so many pixels from the track's origin."""
        self._keep_finished()
        size = target.get_size()
        other = self._choose_tiles(corner, size, px_per_m)
        spread = _spread_over(self._scales[self._used], corner, size, px_per_m)
        if self._order_missing(self._used, spread.tiles()):
            self._draw_without(target, corner, px_per_m)
        self._draw_tiles(target, self._scales[self._used], spread, corner)
        if other is not None:
            self._order_ahead(1 - self._used, other.tiles())
        self._order_ahead(self._used, spread.tiles(grown=1))

    def warm(self) -> bool:
        """Have tiles near the road painted ahead of time; False once all are."""
        for _ in range(self._painting.spare()):
            while self._wanted and self._wanted[-1].key in self._scales[self._wanted[-1].scale]:
                self._wanted.pop()
            if not self._wanted:
                return False
            self._painting.order(self._wanted.pop())
        self._keep_finished()
        return bool(self._wanted)

    def mark(self, x: float, y: float) -> None:
        """Leave a tyre mark around a place [m] for good."""
        self._marks.leave(x, y)
        near, far = self._scales
        near.mark(x, y)
        self._far_due = not self._far_due
        if self._far_due:  # seen from far, every other dab makes the same mark
            far.mark(x, y)

    def _keep_finished(self) -> None:
        for (scale, key), put in self._painting.finished():
            tiles = self._scales[scale]
            if key not in tiles:
                picture = tiles.blank()
                put(picture)
                tiles.keep(key, picture)

    def _order_missing(self, scale: int, keys: Iterable[Tile]) -> bool:
        """Order the tiles of a picture that are not here; tell whether one is still missing."""
        missing = [key for key in keys if key not in self._scales[scale]]
        if not missing:
            return False
        for key in missing:
            self._painting.order(Wish(scale, key))
        self._keep_finished()
        return any(key not in self._scales[scale] for key in missing)

    def _order_ahead(self, scale: int, keys: Iterable[Tile]) -> None:
        """Order tiles that will be seen soon, as far as it takes nothing from what is seen."""
        spare = self._painting.spare()
        for key in keys:
            if spare <= 0:
                return
            if key not in self._scales[scale]:
                self._painting.order(Wish(scale, key))
                spare -= 1

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
        tiles = self._scales[1 - self._used]
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
        target.fill(self._ground)
        tiles = self._scales[1 - self._used]
        spread = _spread_over(tiles, corner, target.get_size(), px_per_m)
        self._draw_tiles(target, tiles, spread, corner)

    def _draw_tiles(
        self, target: pygame.Surface, tiles: KeptTiles, spread: Spread, corner: tuple[int, int]
    ) -> None:
        for key in spread.tiles():
            picture = tiles.picture(key)
            if picture is not None:
                self._draw_tile(target, picture, key, spread.size, corner)

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
