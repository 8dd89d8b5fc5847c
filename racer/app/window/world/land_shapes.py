"""All that a circuit's land is painted with, found by place."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Final, final

from racer.app.window.base.palette import tints
from racer.app.window.world.hills import hills_of
from racer.app.window.world.land.character import (
    Country,
    character_of,
    country_of,
    land_of,
)
from racer.app.window.world.land.plots import land_box
from racer.app.window.world.land.relief import mountain_tones, mountains, relief_of
from racer.app.window.world.land.road.roadworks import road
from racer.app.window.world.land.sun import sun_of
from racer.app.window.world.land.tones import tones_of
from racer.app.window.world.scenery import surroundings
from racer.app.window.world.shapes import packed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from racer.app.window.world.land.relief import Relief
    from racer.app.window.world.shapes import Box, Packed, Shape
    from racer.core.circuits.track import Track
    from racer.core.drivers.line import RacingLine

CELL_M: Final = 24.0  # shapes are found by squares of this side: about that of a tile

Cell = tuple[int, int]


@final
class LandShapes:
    """The land of one circuit, in metres: the same for every scale that it is painted at."""

    def __init__(self, track: Track, line: RacingLine) -> None:
        self.land = land_of(track)
        self.tints = tints(track)
        self.hills = hills_of(track)
        box, name, sun = land_box(track), track.name, sun_of(track)
        relief = None
        if self.hills is not None and country_of(track) is Country.MOUNTAIN:
            relief = relief_of(self.hills, box, name)
            self.tones = mountain_tones(relief, self.land, sun, name)
            self.shading = None  # it is in their colours
        else:
            self.shading = None if self.hills is None else self.hills.shading()
            self.tones = tones_of(self.land, character_of(track), box, name)
        self._shapes: list[Packed] = []
        self._cells: dict[Cell, array[int]] = {}
        about = surroundings(track, self.land, self._ground_shapes(relief, name), relief)
        for layer in (about, road(track, line, self.land)):
            for shape in layer:
                self._place_shape(shape)

    def layers(self, box: Box) -> tuple[list[Packed], list[Packed], list[Packed]]:
        """Return the shapes that may reach into a box [m], by layer, in the order they are laid."""
        found: set[int] = set()
        for cell in cells_of(box):
            found.update(self._cells.get(cell, ()))
        layers: tuple[list[Packed], list[Packed], list[Packed]] = ([], [], [])
        for k in sorted(found):
            shape = self._shapes[k]
            layers[shape.layer].append(shape)
        return layers

    def _ground_shapes(self, relief: Relief | None, name: str) -> Iterable[Shape]:
        """Return what hills and mountains show of themselves."""
        if relief is not None:
            return mountains(relief, name)
        return () if self.hills is None else self.hills.shapes(self.land)

    def _place_shape(self, shape: Shape) -> None:
        index = len(self._shapes)
        self._shapes.append(packed(shape))
        for cell in cells_of(shape.box()):
            found = self._cells.get(cell)
            if found is None:
                found = self._cells[cell] = array("i")
            found.append(index)


def cells_of(box: Box) -> list[Cell]:
    """Return the squares that a box [m] reaches into."""
    left, bottom = int(box[0] // CELL_M), int(box[1] // CELL_M)
    right, top = int(box[2] // CELL_M), int(box[3] // CELL_M)
    if left == right and bottom == top:  # most shapes are small
        return [(left, bottom)]
    return [(c, r) for r in range(bottom, top + 1) for c in range(left, right + 1)]
