"""Many points in a plane, found by place: what is near costs what is near, not all there is."""

from __future__ import annotations

import math
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeAlias, final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Point: TypeAlias = tuple[float, float]


@final
class PointIndex:
    """Points in square cells, each named by its index."""

    def __init__(self, points: Sequence[Point], cell_m: float) -> None:
        self._points = points
        self._cell_m = cell_m
        self._cells: dict[tuple[int, int], list[int]] = {}
        for index, (x, y) in enumerate(points):
            self._cells.setdefault(self._cell_key(x, y), []).append(index)

    def near(self, x: float, y: float, reach_m: float) -> Iterator[int]:
        """Yield the indices of all points within a reach, and of some beyond it."""
        left, bottom = self._cell_key(x - reach_m, y - reach_m)
        right, top = self._cell_key(x + reach_m, y + reach_m)
        for column in range(left, right + 1):
            for row in range(bottom, top + 1):
                yield from self._cells.get((column, row), ())

    @property
    def fullest(self) -> int:
        """How many points the fullest cell holds: what a search costs is some of these."""
        return max(map(len, self._cells.values()), default=0)

    def _cell_key(self, x: float, y: float) -> tuple[int, int]:
        return math.floor(x / self._cell_m), math.floor(y / self._cell_m)


CROSSINGS_MAX: Final = 50


def crossings(points: Sequence[Point], spacing_m: float) -> list[tuple[int, int]]:
    """Return the first CROSSINGS_MAX pairs of legs i < j of a closed, even loop that cross."""
    return list(islice(_crossing_pairs(points, spacing_m), CROSSINGS_MAX))


def _crossing_pairs(points: Sequence[Point], spacing_m: float) -> Iterator[tuple[int, int]]:
    plane = PointIndex(points, 4.0 * spacing_m)
    count = len(points)
    for i, (x, y) in enumerate(points):
        for j in plane.near(x, y, 2.0 * spacing_m):
            if j > i + 1 and (j + 1) % count != i and _legs_cross(points, i, j):
                yield i, j


def _legs_cross(points: Sequence[Point], i: int, j: int) -> bool:
    a, b = points[i], points[(i + 1) % len(points)]
    c, d = points[j], points[(j + 1) % len(points)]
    return (
        _side_of_line(a, b, c) * _side_of_line(a, b, d) < 0.0
        and _side_of_line(c, d, a) * _side_of_line(c, d, b) <= 0.0
    )


def _side_of_line(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
