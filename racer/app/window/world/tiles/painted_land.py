"""The painted land of one circuit: tiles of two scales, of which more come; views may share it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from racer.app.window.world.camera import UNITS_PER_M_MAX
from racer.app.window.world.land.character import land_of
from racer.app.window.world.tiles.kept_tiles import KeptTiles
from racer.app.window.world.tiles.painting import Wish, WorkshopHere
from racer.app.window.world.tiles.tyre_marks import TyreMarks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from racer.app.window.world.tiles.painting import Workshop
    from racer.app.window.world.tiles.tile_painter import Tile
    from racer.core.circuits.track import Track
    from racer.core.drivers.line import RacingLine

NEAR: Final = 0  # which of the two scales is the finer
NEAR_PX: Final = UNITS_PER_M_MAX  # pixels to the metre of the finer tiles, at scale 1 …
FAR_PX: Final = 7.0  # … and of the coarser ones, which also serve from here on
NEAR_PX_MAX: Final = 22.0  # on larger screens tiles are magnified: memory grows as the square
NEAR_TILES: Final = 140  # 256 kB each: 36 MB; a picture and what lies about it are 80
FAR_TILES: Final = 80  # 20 MB
GROWTH: Final = (0.58, 0.75)  # of both, by the area of a larger picture: all it may show at once
BEGUN_TILES: Final = 40  # about the start, more than one picture has
REACH_M: Final = (70.0, 50.0)  # from the road, across and down: what is painted in the lobby


@final
class PaintedLand:
    """What is painted of a circuit by now.

    Args:
        track: the circuit.
        line: where its tyre marks are.
        scale: of the canvas; tiles are as fine as it needs.
        workshop: where tiles are painted.
    """

    def __init__(self, track: Track, line: RacingLine, scale: float, workshop: Workshop) -> None:
        ratio = min(scale, NEAR_PX_MAX / NEAR_PX)
        grown = [max(1.0, ratio * ratio * share) for share in GROWTH]
        self.here = isinstance(workshop, WorkshopHere)  # whoever looks waits for what is seen
        self._marks = TyreMarks()
        near = KeptTiles(self._marks, NEAR_PX * ratio, round(NEAR_TILES * grown[NEAR]))
        far = KeptTiles(self._marks, FAR_PX * ratio, round(FAR_TILES * grown[1 - NEAR]))
        self.scales = near, far
        self.ground = land_of(track).ground
        self._painting = workshop.begin(track, line, (near.px_per_m, far.px_per_m))
        self._wanted = [
            Wish(scale, key)
            for scale, tiles in enumerate(self.scales)  # the last are painted first
            for key in tiles.along(track, *REACH_M)[: tiles.tiles_max][::-1]
        ]
        self._far_due = False

    @property
    def begun(self) -> bool:
        """Whether there is land to be seen about the start, and not its colour alone."""
        kept = sum(len(tiles) for tiles in self.scales)
        return self._painting.begun and (kept >= BEGUN_TILES or not self._wanted)

    def warm(self) -> bool:
        """Have tiles near the road painted ahead of time; False once all are."""
        for _ in range(self._painting.spare()):
            while self._wanted and self._wanted[-1].key in self.scales[self._wanted[-1].scale]:
                self._wanted.pop()
            if not self._wanted:
                return False
            self._painting.order(self._wanted.pop())
        self.keep_finished()
        return bool(self._wanted)

    def mark(self, x: float, y: float) -> None:
        """Leave a tyre mark around a place [m] for good."""
        self._marks.leave(x, y)
        near, far = self.scales
        near.mark(x, y)
        self._far_due = not self._far_due
        if self._far_due:  # seen from far, every other dab makes the same mark
            far.mark(x, y)

    def keep_finished(self) -> None:
        """Keep what was painted since the last call."""
        for (scale, key), put in self._painting.finished():
            tiles = self.scales[scale]
            if key not in tiles:
                picture = tiles.blank()
                put(picture)
                tiles.keep(key, picture)

    def order_missing(self, scale: int, keys: Iterable[Tile]) -> bool:
        """Order the tiles of a picture that are not here; tell whether one is still missing."""
        missing = [key for key in keys if key not in self.scales[scale]]
        if not missing:
            return False
        for key in missing:
            self._painting.order(Wish(scale, key))
        self.keep_finished()
        return any(key not in self.scales[scale] for key in missing)

    def order_ahead(self, scale: int, keys: Iterable[Tile]) -> None:
        """Order tiles that will be seen soon, as far as it takes nothing from what is seen."""
        spare = self._painting.spare()
        for key in keys:
            if spare <= 0:
                return
            if key not in self.scales[scale]:
                self._painting.order(Wish(scale, key))
                spare -= 1
