"""Mountains from above: the known heights of the road, and peaks, gullies and snow beyond it.

Near the road the land is as the road needs it; the further from it, the more it does as it likes.
"""

from __future__ import annotations

import math
from random import Random
from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.base.palette import WHITE, mixed
from racer.app.window.world.land.plants import NIGHT
from racer.app.window.world.land.tones import Tones
from racer.app.window.world.shapes import Layer, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racer.app.window.base.lettering import Colour
    from racer.app.window.base.palette import Land
    from racer.app.window.world.hills import Hills
    from racer.app.window.world.land.sun import Sun
    from racer.app.window.world.shapes import Box

CELLS_MAX: Final = 20_000  # of the picture: takes a fifth of a second
TAME_M: Final = 14.0  # from the road, the land is as high as it says …
WILD_M: Final = 62.0  # … and from here on it rises and falls by
PEAKS: Final = ((74.0, 34.0), (31.0, 13.0), (12.0, 3.6))  # so long waves [m], by so much [m]
STEEP: Final = 0.62  # rise over way from which there is rock …
CLIFF: Final = 1.15  # … and from here on it stands out
SNOW: Final = 0.56  # share of the way from the lowest to the highest land, from which snow lies
ROCK: Final[Colour] = (128, 122, 116)
SCREE: Final[Colour] = (150, 142, 128)
SNOWY: Final[Colour] = (236, 241, 247)
ALP: Final[Colour] = (132, 146, 84)


@final
class Relief:
    """Heights over the land of a circuit. Made by `relief_of`."""

    def __init__(self, box: Box, cell_m: float, rows: list[list[float]]) -> None:
        self.box = box
        self.cell_m = cell_m
        self.rows = rows  # from the north, each from the west
        flat = [height for row in rows for height in row]
        self.low, self.high = min(flat), max(flat)

    def slope(self, r: int, c: int) -> tuple[float, float]:
        """Return by how much the land rises to the east and to the north at a cell."""
        rows = self.rows
        west, east = max(0, c - 1), min(len(rows[0]) - 1, c + 1)
        north, south = max(0, r - 1), min(len(rows) - 1, r + 1)
        reach = self.cell_m
        return (
            (rows[r][east] - rows[r][west]) / ((east - west) * reach),
            (rows[north][c] - rows[south][c]) / ((south - north) * reach),
        )

    def is_bare(self, x: float, y: float) -> bool:
        """Whether nothing grows at a place [m]: rock or snow."""
        r = min(len(self.rows) - 1, max(0, int((self.box[3] - y) / self.cell_m)))
        c = min(len(self.rows[0]) - 1, max(0, int((x - self.box[0]) / self.cell_m)))
        return math.hypot(*self.slope(r, c)) > 0.8 * STEEP or self.snowy(r, c) > 0.3

    def snowy(self, r: int, c: int) -> float:
        """Return how much snow lies at a cell, 0..1."""
        share = (self.rows[r][c] - self.low) / max(1.0, self.high - self.low)
        return min(1.0, max(0.0, (share - SNOW) * 9.0))


def relief_of(hills: Hills, box: Box, name: str) -> Relief:
    """Return the heights of a mountain circuit, the same each time."""
    rng = Random(f"relief {name}")
    cell_m = max(4.0, math.sqrt((box[2] - box[0]) * (box[3] - box[1]) / CELLS_MAX))
    columns = math.ceil((box[2] - box[0]) / cell_m)
    count = math.ceil((box[3] - box[1]) / cell_m)
    lattices = [(size, depth, _random_lattice(box, size, rng)) for size, depth in PEAKS]
    rows = []
    for r in range(count):
        y = box[3] - (r + 0.5) * cell_m
        row = []
        for c in range(columns):
            x = box[0] + (c + 0.5) * cell_m
            height, way = hills.at(x, y)
            wild = min(1.0, max(0.0, (way - TAME_M) / (WILD_M - TAME_M)))
            if wild > 0.0:
                for size, depth, lattice in lattices:
                    ridge = 1.0 - abs(
                        2.0 * _lattice_value(lattice, (x - box[0]) / size, (y - box[1]) / size)
                        - 1.0
                    )
                    height += wild * depth * (ridge * ridge - 0.25)
            row.append(height)
        rows.append(row)
    return Relief(box, cell_m, rows)


def mountain_tones(relief: Relief, land: Land, sun: Sun, name: str) -> Tones:
    """Return meadow, scree, rock and snow in the light that falls on them."""
    rng = Random(f"rock {name}")
    data = bytearray()
    hard = 0.55 if sun.dx > 0.3 else 0.25  # the light of the sun, or of clouds
    meadow = mixed(land.ground, ALP, 0.4)
    for r in range(len(relief.rows)):
        for c in range(len(relief.rows[0])):
            dx, dy = relief.slope(r, c)
            steep = math.hypot(dx, dy)
            stray = rng.random()
            high = (relief.rows[r][c] - relief.low) / max(1.0, relief.high - relief.low)
            colour = mixed(land.ground, meadow, 2.0 * high)
            if steep > 0.6 * STEEP:
                stone = mixed(SCREE, ROCK, min(1.0, steep - 0.4 * stray))
                colour = mixed(colour, stone, (steep - 0.6 * STEEP) / (0.35 * STEEP))
            snow = relief.snowy(r, c) * (1.0 if steep < CLIFF else 0.25)
            colour = mixed(colour, SNOWY, snow)
            light = 1.0 + hard * (dx - dy) / math.sqrt(1.0 + steep * steep) + 0.05 * (stray - 0.5)
            light = max(0.6, light)
            cool = (
                1.0 if light >= 1.0 else 1.0 + 0.25 * (1.0 - light)
            )  # shade is blue, on snow most
            data += bytes(
                (
                    min(255, round(colour[0] * light)),
                    min(255, round(colour[1] * light)),
                    min(255, round(colour[2] * light * cool)),
                )
            )
    size = (len(relief.rows[0]), len(relief.rows))
    left, _, _, top = relief.box
    box = (left, top - size[1] * relief.cell_m, left + size[0] * relief.cell_m, top)
    return Tones(pygame.image.frombytes(bytes(data), size, "RGB").convert(), box)


def cliffs(relief: Relief, sun: Sun, name: str) -> Iterator[Shape]:
    """Yield crags where it is steepest: a bright edge above, a dark face below."""
    rng = Random(f"cliffs {name}")
    for r in range(len(relief.rows)):
        for c in range(len(relief.rows[0])):
            dx, dy = relief.slope(r, c)
            steep = math.hypot(dx, dy)
            if steep < CLIFF * 0.72 or rng.random() > 0.3:
                continue
            ux, uy = dx / steep, dy / steep  # uphill
            x = relief.box[0] + (c + rng.random()) * relief.cell_m
            y = relief.box[3] - (r + rng.random()) * relief.cell_m
            wide, deep = rng.uniform(1.8, 4.6), rng.uniform(1.6, 3.8)
            rim, foot = [], []
            for k in range(5):
                side = (k / 2.0 - 1.0) * wide
                bend = rng.uniform(-0.5, 0.5)
                px, py = x - uy * side, y + ux * side
                rim.append((px + ux * bend, py + uy * bend))
                fall = deep * (1.0 - abs(k / 2.0 - 1.0) * 0.8) * rng.uniform(0.7, 1.2)
                foot.append((px - ux * fall, py - uy * fall))
            lit = (ux - uy) / 1.414  # a face that looks to the north-west
            face = mixed(ROCK, WHITE if lit > 0.0 else NIGHT, 0.42 * abs(lit) + 0.06)
            yield sun.shadow([rim[0], rim[4], *foot], deep * 1.6)
            yield Shape(face, (*rim, *reversed(foot)), layer=Layer.ABOVE)
            top = [(px + 0.5 * ux, py + 0.5 * uy) for px, py in rim]
            yield Shape(mixed(SCREE, WHITE, 0.34), (*rim, *reversed(top)), layer=Layer.ABOVE)


def _random_lattice(box: Box, size: float, rng: Random) -> list[list[float]]:
    columns = math.ceil((box[2] - box[0]) / size) + 2
    rows = math.ceil((box[3] - box[1]) / size) + 2
    return [[rng.random() for _ in range(columns)] for _ in range(rows)]


def _lattice_value(lattice: list[list[float]], x: float, y: float) -> float:
    """Return the value between the knots of a lattice, smooth at each."""
    c, r = int(x), int(y)
    fx, fy = x - c, y - r
    fx, fy = fx * fx * (3.0 - 2.0 * fx), fy * fy * (3.0 - 2.0 * fy)
    low, high = lattice[r], lattice[r + 1]
    a = low[c] + fx * (low[c + 1] - low[c])
    b = high[c] + fx * (high[c + 1] - high[c])
    return a + fy * (b - a)
