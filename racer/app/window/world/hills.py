"""Hills seen from above: light and shade on the slopes, contour lines.

Only the road's heights are known; the land between is as high as the roads near it, the nearest
most. For drawing only: no car feels a hill.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.base.palette import mixed
from racer.app.window.world.shapes import Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racer.app.window.base.palette import Land
    from racer.app.window.world.shapes import Box, Point
    from racer.core.circuits.track import Track

FLAT_M: Final = 3.0  # a circuit with less between its lowest and highest point has no relief
MARGIN_M: Final = 140.0  # of land around the road: more than a screen shows
CELLS_MAX: Final = 2600  # with `SAMPLES_MAX` this takes a quarter of a second
SAMPLES_MAX: Final = 110
CONTOURS_MAX: Final = 14
NEUTRAL: Final = 226  # of 255: flat land; slopes towards the light are brighter


@final
class Hills:
    """A grid of heights over a circuit. Made by `hills_of`."""

    def __init__(
        self, left: float, bottom: float, cell_m: float, cells: list[list[tuple[float, float]]]
    ) -> None:
        self.left, self.bottom, self.cell_m = left, bottom, cell_m
        self.rows = [[height for height, _ in row] for row in cells]  # from the south, the west
        self._cells = cells  # heights, and how far the road is
        flat = [height for row in self.rows for height in row]
        self.low, self.high = min(flat), max(flat)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return the height at a place, and how far the road is [m]; at the rim, its last."""
        cells = self._cells
        across = min(len(cells[0]) - 1.001, max(0.0, (x - self.left) / self.cell_m))
        up = min(len(cells) - 1.001, max(0.0, (y - self.bottom) / self.cell_m))
        c, r = int(across), int(up)
        fx, fy = across - c, up - r
        (h0, w0), (h1, w1), (h2, w2), (h3, w3) = (*cells[r][c : c + 2], *cells[r + 1][c : c + 2])
        low, high = h0 + fx * (h1 - h0), h2 + fx * (h3 - h2)
        near, far = w0 + fx * (w1 - w0), w2 + fx * (w3 - w2)
        return low + fy * (high - low), near + fy * (far - near)

    def shapes(self, land: Land) -> Iterator[Shape]:
        """Yield contour lines and rock, to be laid on the ground below all else."""
        step = max(2.0, (self.high - self.low) / CONTOURS_MAX)
        first = math.ceil(self.low / step)
        last = math.floor(self.high / step)
        for k in range(first, last + 1):
            thick = 0.34 if k % 4 == 0 else 0.18
            colour = mixed(land.ground, (70, 52, 30), 0.2 if k % 4 == 0 else 0.12)
            for a, b in self._contour_pieces(k * step + 0.01):
                yield _stroke_shape(colour, a, b, thick)

    def shading(self) -> tuple[pygame.Surface, Box]:
        """Return a picture to multiply the land with, and the box [m] that it covers."""
        small = pygame.Surface((len(self.rows[0]), len(self.rows))).convert()
        for r, row in enumerate(self.rows):
            for c in range(len(row)):
                small.set_at((c, len(self.rows) - 1 - r), self._light_at(r, c))
        left, bottom = self.left - self.cell_m / 2.0, self.bottom - self.cell_m / 2.0
        width, height = small.get_width() * self.cell_m, small.get_height() * self.cell_m
        return small, (left, bottom, left + width, bottom + height)

    def _slope_at(self, r: int, c: int) -> tuple[float, float]:
        rows = self.rows
        west, east = max(0, c - 1), min(len(rows[0]) - 1, c + 1)
        south, north = max(0, r - 1), min(len(rows) - 1, r + 1)
        return (
            (rows[r][east] - rows[r][west]) / ((east - west) * self.cell_m),
            (rows[north][c] - rows[south][c]) / ((north - south) * self.cell_m),
        )

    def _light_at(self, r: int, c: int) -> tuple[int, int, int]:
        """Return what light falls on a cell, from the north-west; high land is paler."""
        dx, dy = self._slope_at(r, c)
        light = NEUTRAL + 330.0 * (dx - dy)
        high = (self.rows[r][c] - self.low) / max(1.0, self.high - self.low)
        red, green, blue = light - 16.0 + 26.0 * high, light - 4.0, light - 14.0 + 14.0 * high
        return _clamp_byte(red), _clamp_byte(green), _clamp_byte(blue)

    def _contour_pieces(self, level: float) -> Iterator[tuple[Point, Point]]:
        """Yield the pieces of the line at a height, by marching squares."""
        for r in range(len(self.rows) - 1):
            below, above = self.rows[r], self.rows[r + 1]
            for c in range(len(below) - 1):
                corners = (
                    (c, r, below[c]), (c + 1, r, below[c + 1]),
                    (c + 1, r + 1, above[c + 1]), (c, r + 1, above[c]),
                )  # fmt: skip
                cuts = [
                    self._contour_crossing(corners[k], corners[(k + 1) % 4], level)
                    for k in range(4)
                    if (corners[k][2] < level) != (corners[(k + 1) % 4][2] < level)
                ]
                for k in range(0, len(cuts) - 1, 2):
                    yield cuts[k], cuts[k + 1]

    def _contour_crossing(
        self, a: tuple[int, int, float], b: tuple[int, int, float], level: float
    ) -> Point:
        part = (level - a[2]) / (b[2] - a[2])
        return (
            self.left + (a[0] + part * (b[0] - a[0])) * self.cell_m,
            self.bottom + (a[1] + part * (b[1] - a[1])) * self.cell_m,
        )


def hills_of(track: Track) -> Hills | None:
    """Return the land's heights; None where the circuit is as good as flat."""
    heights = [point.height_m for point in track.centre]
    if max(heights) - min(heights) < FLAT_M:
        return None
    stride = max(1, len(track.centre) // SAMPLES_MAX)
    known = [(p.x_m, p.y_m, p.height_m) for p in track.centre[::stride]]
    left, right = min(k[0] for k in known) - MARGIN_M, max(k[0] for k in known) + MARGIN_M
    bottom, top = min(k[1] for k in known) - MARGIN_M, max(k[1] for k in known) + MARGIN_M
    cell_m = max(9.0, math.sqrt((right - left) * (top - bottom) / CELLS_MAX))
    columns, rows = math.ceil((right - left) / cell_m) + 1, math.ceil((top - bottom) / cell_m) + 1
    grid = [
        [
            _interpolated_height(known, left + c * cell_m, bottom + r * cell_m)
            for c in range(columns)
        ]
        for r in range(rows)
    ]
    return Hills(left, bottom, cell_m, grid)


def _interpolated_height(
    known: list[tuple[float, float, float]], x: float, y: float
) -> tuple[float, float]:
    """Return the height at a place, by the inverse cube of the distance (Shepard 1968).

    And how far the nearest known height is.
    """
    total = weights = 0.0
    nearest = math.inf
    for px, py, height in known:
        d2 = (px - x) ** 2 + (py - y) ** 2 + 60.0
        nearest = min(nearest, d2)
        weight = 1.0 / (d2 * math.sqrt(d2))
        total += weight * height
        weights += weight
    return total / weights, math.sqrt(nearest - 60.0)


def _stroke_shape(colour: tuple[int, int, int], a: Point, b: Point, half: float) -> Shape:
    way = max(1e-6, math.dist(a, b))
    nx, ny = -(b[1] - a[1]) / way * half, (b[0] - a[0]) / way * half
    corners = (
        (a[0] + nx, a[1] + ny), (b[0] + nx, b[1] + ny),
        (b[0] - nx, b[1] - ny), (a[0] - nx, a[1] - ny),
    )  # fmt: skip
    return Shape(colour, corners)


def _clamp_byte(value: float) -> int:
    return min(255, max(128, round(value)))
