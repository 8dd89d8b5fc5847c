"""All that a circuit's land is painted with, found by place; and the tyre marks left on it."""

from __future__ import annotations

import math
from array import array
from collections import deque
from typing import TYPE_CHECKING, Final, final

from racer.app.window.base.palette import land, tints
from racer.app.window.world.hills import hills_of
from racer.app.window.world.roadworks import road
from racer.app.window.world.scenery import surroundings
from racer.app.window.world.shapes import packed

if TYPE_CHECKING:
    from racer.app.window.world.shapes import Box, Packed
    from racer.core.circuits.track import Track
    from racer.core.drivers.line import RacingLine

CELL_M: Final = 24.0  # shapes are found by squares of this side: about that of a tile
MARKS_MAX: Final = 60_000  # some laps of sixteen cars that slide in every corner; 2 MB

_Cell = tuple[int, int]


@final
class LandShapes:
    """The land of one circuit, in metres: the same for every scale that it is painted at."""

    def __init__(self, track: Track, line: RacingLine) -> None:
        self.land = land(track.theme)
        self.tints = tints(track)
        self.hills = hills_of(track)
        self._shapes: list[Packed] = []
        self._cells: dict[_Cell, array[int]] = {}
        self._marks: dict[_Cell, deque[tuple[float, float]]] = {}
        self._marked: deque[_Cell] = deque()
        hill_shapes = () if self.hills is None else self.hills.shapes(self.land)
        for layer in (surroundings(track, self.land, hill_shapes), road(track, line, self.land)):
            for shape in layer:
                self._note_shape(shape.box(), len(self._shapes))
                self._shapes.append(packed(shape))

    def within(self, box: Box) -> list[Packed]:
        """Return the shapes that may reach into a box [m], in the order they are laid."""
        found: set[int] = set()
        for cell in _cells_of(box):
            found.update(self._cells.get(cell, ()))
        return [self._shapes[k] for k in sorted(found)]

    def mark(self, x: float, y: float) -> None:
        """Remember a dab of rubber at a place [m]; the oldest is forgotten."""
        cell = math.floor(x / CELL_M), math.floor(y / CELL_M)
        self._marks.setdefault(cell, deque()).append((x, y))
        self._marked.append(cell)
        if len(self._marked) > MARKS_MAX:
            self._marks[self._marked.popleft()].popleft()

    def marks(self, box: Box) -> list[tuple[float, float]]:
        """Return the dabs that were left in a box [m] or near it."""
        return [place for cell in _cells_of(box) for place in self._marks.get(cell, ())]

    def _note_shape(self, box: Box, index: int) -> None:
        for cell in _cells_of(box):
            self._cells.setdefault(cell, array("i")).append(index)


def _cells_of(box: Box) -> list[_Cell]:
    left, bottom, right, top = (math.floor(side / CELL_M) for side in box)
    return [(c, r) for r in range(bottom, top + 1) for c in range(left, right + 1)]
