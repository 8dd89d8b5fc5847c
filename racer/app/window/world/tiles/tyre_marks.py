"""The tyre marks of a race by place: a tile that is painted again has them again."""

from __future__ import annotations

import math
from array import array
from collections import deque
from typing import TYPE_CHECKING, Final, final

if TYPE_CHECKING:
    from racer.app.window.world.shapes import Box

CELL_M: Final = 24.0  # marks are found by squares of this side: about that of a tile
MARKS_MAX: Final = 60_000  # some laps of 24 cars that slide in every corner; 1.3 MB

_Cell = tuple[int, int]


@final
class TyreMarks:
    """Dabs of rubber [m]; the oldest are forgotten."""

    def __init__(self) -> None:
        self._marks: dict[_Cell, tuple[_Cell, array[float]]] = {}  # x, y, x, y, …
        self._marked: deque[_Cell] = deque()

    def leave(self, x: float, y: float) -> None:
        """Remember a dab at a place [m]."""
        cell = math.floor(x / CELL_M), math.floor(y / CELL_M)
        here = self._marks.get(cell)
        if here is None:
            here = self._marks[cell] = cell, array("f")
        here[1].extend((x, y))
        self._marked.append(here[0])  # not another pair of the same numbers
        if len(self._marked) > MARKS_MAX:
            del self._marks[self._marked.popleft()][1][:2]

    def near(self, box: Box) -> list[tuple[float, float]]:
        """Return the dabs in a box [m] or near it."""
        left, bottom, right, top = (math.floor(side / CELL_M) for side in box)
        cells = ((c, r) for r in range(bottom, top + 1) for c in range(left, right + 1))
        found = [self._marks[cell][1] for cell in cells if cell in self._marks]
        return [place for each in found for place in zip(each[::2], each[1::2], strict=True)]
