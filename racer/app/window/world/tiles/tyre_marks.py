"""The tyre marks of a race by place: a tile that is painted again has them again."""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING, Final, final

if TYPE_CHECKING:
    from racer.app.window.world.shapes import Box

CELL_M: Final = 24.0  # marks are found by squares of this side: about that of a tile
MARKS_MAX: Final = 60_000  # some laps of 24 cars that slide in every corner; 2 MB

_Cell = tuple[int, int]


@final
class TyreMarks:
    """Dabs of rubber [m]; the oldest are forgotten."""

    def __init__(self) -> None:
        self._marks: dict[_Cell, deque[tuple[float, float]]] = {}
        self._marked: deque[_Cell] = deque()

    def leave(self, x: float, y: float) -> None:
        """Remember a dab at a place [m]."""
        cell = math.floor(x / CELL_M), math.floor(y / CELL_M)
        self._marks.setdefault(cell, deque()).append((x, y))
        self._marked.append(cell)
        if len(self._marked) > MARKS_MAX:
            self._marks[self._marked.popleft()].popleft()

    def near(self, box: Box) -> list[tuple[float, float]]:
        """Return the dabs in a box [m] or near it."""
        left, bottom, right, top = (math.floor(side / CELL_M) for side in box)
        cells = ((c, r) for r in range(bottom, top + 1) for c in range(left, right + 1))
        return [place for cell in cells for place in self._marks.get(cell, ())]
