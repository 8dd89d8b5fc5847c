"""Which ground is taken: nothing that is placed stands on the circuit, or on each other."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, final

from racer.core.circuits.point_index import PointIndex

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from racer.app.window.world.shapes import Box, Point
    from racer.core.circuits.track import Track

CELL_M: Final = 5.0
BESIDE_M: Final = 9.5  # beyond a barrier: for the service road and who walks there
NEAR_M: Final = 40.0  # what is farther from the centre line is not on the circuit
BORDER_M: Final = 110.0  # about the circuit: more than a screen shows

_Cell = tuple[int, int]


@final
class Plots:
    """A grid over the land of a circuit, of which cells are taken."""

    def __init__(self, track: Track) -> None:
        self._taken: set[_Cell] = set()
        self.box = land_box(track)
        self._centre = track.centre
        self._near = PointIndex([(point.x_m, point.y_m) for point in track.centre], 20.0)
        stride = max(1, round(CELL_M / track.spacing_m))
        for point in track.centre[::stride]:
            self.take(point.x_m, point.y_m, max(point.left_wall_m, point.right_wall_m) + BESIDE_M)
        for thing in track.scenery:
            if thing.kind != "tree":
                c, s = math.cos(thing.heading), math.sin(thing.heading)
                for k in range(-1, 2):
                    along = k * thing.size_m / 3.0
                    reach = max(9.0, thing.size_m / 5.0)
                    self.take(thing.x + along * c, thing.y + along * s, reach)

    @property
    def squares(self) -> float:
        """How many squares of 300 m the land is."""
        left, bottom, right, top = self.box
        return (right - left) * (top - bottom) / 90_000.0

    def take(self, x: float, y: float, radius: float) -> None:
        """Take the ground around a place."""
        self._taken.update(_cells_about(x, y, radius))

    def free(self, x: float, y: float, radius: float) -> bool:
        """Whether nothing is within a distance of a place."""
        return not any(cell in self._taken for cell in _cells_about(x, y, radius))

    def beyond_barriers(self, x: float, y: float) -> float:
        """Return how far a place lies beyond the nearest barrier [m]; negative: on the circuit."""
        nearest = NEAR_M
        for k in self._near.near(x, y, NEAR_M):
            point = self._centre[k]
            dx, dy = x - point.x_m, y - point.y_m
            left = dy * point.tx > dx * point.ty
            wall = point.left_wall_m if left else point.right_wall_m
            nearest = min(nearest, math.hypot(dx, dy) - wall)
        return nearest

    def place(self, rng: Random, radius: float, tries: int = 12) -> Point | None:
        """Take free ground of this radius somewhere; None where none was found."""
        left, bottom, right, top = self.box
        for _ in range(tries):
            x, y = rng.uniform(left, right), rng.uniform(bottom, top)
            if self.free(x, y, radius):
                self.take(x, y, radius)
                return x, y
        return None


def land_box(track: Track) -> Box:
    """Return the box [m] of the land that is composed: more than a screen shows of it."""
    xs, ys = [p.x_m for p in track.centre], [p.y_m for p in track.centre]
    return (min(xs) - BORDER_M, min(ys) - BORDER_M, max(xs) + BORDER_M, max(ys) + BORDER_M)


def _cells_about(x: float, y: float, radius: float) -> Iterator[_Cell]:
    column, row = math.floor(x / CELL_M), math.floor(y / CELL_M)
    reach = math.ceil(radius / CELL_M)
    most = (radius / CELL_M + 0.5) ** 2
    for dy in range(-reach, reach + 1):
        for dx in range(-reach, reach + 1):
            if dx * dx + dy * dy <= most:
                yield column + dx, row + dy
