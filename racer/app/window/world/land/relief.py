"""Mountains from above: the known heights of the road, and ridges, rock faces and snow beyond it.

Near the road the land is as the road needs it; the further from it, the more it does as it likes.
Meadow and scree are soft. Rock and snow are faces between the knots of a net, each in the light
that falls on it: so a ridge is an edge, and the snow has a line.
"""

from __future__ import annotations

import math
from enum import Enum
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias, final

import pygame

from racer.app.window.base.palette import mixed
from racer.app.window.world.land.tones import Tones
from racer.app.window.world.shapes import Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racer.app.window.base.lettering import Colour
    from racer.app.window.base.palette import Land
    from racer.app.window.world.hills import Hills
    from racer.app.window.world.land.sun import Sun
    from racer.app.window.world.shapes import Box, Point

CELLS_MAX: Final = 18_000  # of the net: takes a second
TAME_M: Final = 13.0  # from the road, the land is as high as it says …
WILD_M: Final = 70.0  # … and from here on it rises and falls by
PEAKS: Final = ((142.0, 58.0), (61.0, 19.0), (27.0, 6.0))  # waves and heights [m]
TURN: Final = (0.8, 0.6)  # of one wave's lattice from the next: no valley runs along an axis
AXES: Final = tuple((math.cos(math.tau * k / 16), math.sin(math.tau * k / 16)) for k in range(16))
FREE: Final = 0.14  # wild land from which there are faces: beyond fences and crowds
STRAY: Final = 0.4  # of a cell, by which a knot of the net is off
STEEP: Final = 0.66  # rise over way from which there is rock
SNOW: Final = 0.52  # share of the way from the lowest to the highest land, from which snow lies
SLIPS: Final = 1.5  # rise over way from which snow does not stay
LIGHT: Final = (-0.55, 0.55, 0.63)  # to the north-west, and low, so that a mountain has two sides
CREST_M: Final = 0.55  # how wide the bright edge of a ridge is
EDGED: Final = 0.3  # difference in light from which faces meet in such an edge
JUTS: Final = 0.3  # by how much of a cell rock juts out of its face, or lies back
RAGGED_M: Final = 22.0  # size of the bays in the edges of rock and of snow
ROCKS: Final[tuple[Colour, ...]] = ((150, 141, 130), (140, 134, 128), (160, 146, 126))
SCREE: Final[Colour] = (146, 142, 112)
SNOWY: Final[Colour] = (246, 249, 253)
ALP: Final[Colour] = (132, 146, 84)
SUNNY: Final[Colour] = (255, 240, 214)
GLOOM: Final[Colour] = (48, 52, 78)  # of rock in the shade
BLUE: Final[Colour] = (128, 152, 204)  # … and of snow

_Knot: TypeAlias = tuple[float, float, float]


class _Ground(Enum):
    """What the land is of at a place."""

    SOFT = "meadow, scree"
    ROCK = "rock"
    SNOW = "snow"


class _Face(NamedTuple):
    """A triangle of the net."""

    knots: tuple[_Knot, _Knot, _Knot]
    light: float  # 0..1


@final
class Relief:
    """Heights over the land of a circuit. Made by `relief_of`."""

    def __init__(
        self, box: Box, cell_m: float, rows: list[list[float]], wild: list[list[float]]
    ) -> None:
        self.box = box
        self.cell_m = cell_m
        self.rows = rows  # from the north, each from the west
        self.wild = wild  # the same: how far the land is as it likes, 0..1
        flat = [height for row in rows for height in row]
        self.low, self.high = min(flat), max(flat)
        self._slopes = [
            [self._measured_slope(r, c) for c in range(len(row))] for r, row in enumerate(rows)
        ]

    def slope(self, r: int, c: int) -> tuple[float, float]:
        """Return by how much the land rises to the east and to the north at a cell."""
        return self._slopes[r][c]

    def _measured_slope(self, r: int, c: int) -> tuple[float, float]:
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
        return math.hypot(*self.slope(r, c)) > 0.8 * STEEP or self.snowy(self.rows[r][c]) > 0.3

    def snowy(self, height: float) -> float:
        """Return how much snow lies at a height, 0..1."""
        share = (height - self.low) / max(1.0, self.high - self.low)
        return min(1.0, max(0.0, (share - SNOW) * 9.0))


def relief_of(hills: Hills, box: Box, name: str) -> Relief:
    """Return the heights of a mountain circuit, the same each time."""
    rng = Random(f"relief {name}")
    cell_m = max(4.0, math.sqrt((box[2] - box[0]) * (box[3] - box[1]) / CELLS_MAX))
    columns = math.ceil((box[2] - box[0]) / cell_m)
    count = math.ceil((box[3] - box[1]) / cell_m)
    waves = [_Wave(rng) for _ in PEAKS]
    rows, wilds = [], []
    for r in range(count):
        y = box[3] - (r + 0.5) * cell_m
        row, wild_row = [], []
        for c in range(columns):
            x = box[0] + (c + 0.5) * cell_m
            height, way = hills.at(x, y)
            wild = min(1.0, max(0.0, (way - TAME_M) / (WILD_M - TAME_M)))
            row.append(height + (wild * _rise_at(waves, x, y) if wild > 0.0 else 0.0))
            wild_row.append(wild)
        rows.append(row)
        wilds.append(wild_row)
    return Relief(box, cell_m, rows, wilds)


def mountain_tones(relief: Relief, land: Land, sun: Sun, name: str) -> Tones:
    """Return meadow, scree and old snow in the light that falls on them."""
    rng = Random(f"rock {name}")
    data = bytearray()
    hard = 0.42 if sun.dx > 0.3 else 0.2  # the light of the sun, or of clouds
    meadow = mixed(land.ground, ALP, 0.4)
    for r in range(len(relief.rows)):
        for c in range(len(relief.rows[0])):
            dx, dy = relief.slope(r, c)
            steep = math.hypot(dx, dy)
            height = relief.rows[r][c]
            high = (height - relief.low) / max(1.0, relief.high - relief.low)
            colour = mixed(land.ground, meadow, 2.0 * high)
            colour = mixed(colour, SCREE, (steep - 0.45 * STEEP) / (0.5 * STEEP))
            colour = mixed(colour, SNOWY, relief.snowy(height))
            stray = 0.05 * (rng.random() - 0.5)
            light = max(0.62, 1.0 + hard * (dx - dy) / math.sqrt(1.0 + steep * steep) + stray)
            cool = 1.0 if light >= 1.0 else 1.0 + 0.25 * (1.0 - light)  # shade is blue
            lit = (*(part * light for part in colour[:2]), colour[2] * light * cool)
            data += bytes(min(255, round(part)) for part in lit)
    size = (len(relief.rows[0]), len(relief.rows))
    left, _, _, top = relief.box
    box = (left, top - size[1] * relief.cell_m, left + size[0] * relief.cell_m, top)
    return Tones(pygame.image.frombytes(bytes(data), size, "RGB").convert(), box)


def mountains(relief: Relief, name: str) -> Iterator[Shape]:
    """Yield faces of rock and of snow, and the bright edges of ridges: parts of the ground."""
    rng = Random(f"faces {name}")
    knots, waves = _knots_of(relief, rng), (_Wave(rng), _Wave(rng))
    crests = []
    for (north, wild_north), (south, wild_south) in pairwise(zip(knots, relief.wild, strict=True)):
        for c in range(len(north) - 1):
            if min(*wild_north[c : c + 2], *wild_south[c : c + 2]) < FREE:
                continue
            faces = _faces_of(north[c], north[c + 1], south[c], south[c + 1])
            kinds = [_ground_of(relief, face, waves) for face in faces]
            for face, ground in zip(faces, kinds, strict=True):
                if ground is _Ground.SOFT:
                    continue
                near = ground is _Ground.ROCK and wild_north[c] < 1.0
                stone = rng.choice(ROCKS)
                for part in _broken_faces(relief, face, rng) if near else (face,):
                    colour = _face_colour(part, ground, stone, rng)
                    yield Shape(colour, tuple((x, y) for x, y, _ in part.knots))
            one, other = faces
            if _Ground.SOFT not in kinds and abs(one.light - other.light) > EDGED:
                crests.append(_crest_shape(faces, kinds))
    yield from crests


@final
class _Wave:
    """Noise with slopes at the knots of a lattice, and none at its cells (Perlin 1985)."""

    def __init__(self, rng: Random) -> None:
        self._order = list(range(256))
        rng.shuffle(self._order)

    def at(self, x: float, y: float) -> float:
        """Return the value at a place, in cells: -0.7..0.7, and 0 at each knot."""
        c, r = math.floor(x), math.floor(y)
        fx, fy = x - c, y - r
        order = self._order
        west, east = order[c & 255], order[(c + 1) & 255]
        a, b = AXES[order[(west + r) & 255] & 15], AXES[order[(east + r) & 255] & 15]
        d, e = AXES[order[(west + r + 1) & 255] & 15], AXES[order[(east + r + 1) & 255] & 15]
        u, v = fx * fx * (3.0 - 2.0 * fx), fy * fy * (3.0 - 2.0 * fy)
        low = a[0] * fx + a[1] * fy
        low += u * (b[0] * (fx - 1.0) + b[1] * fy - low)
        high = d[0] * fx + d[1] * (fy - 1.0)
        high += u * (e[0] * (fx - 1.0) + e[1] * (fy - 1.0) - high)
        return low + v * (high - low)


def _rise_at(waves: list[_Wave], x: float, y: float) -> float:
    """Return by how much wild land is higher than tame: ridges, on which lesser ridges stand."""
    rise, weight = 0.0, 1.0
    for (size, depth), wave in zip(PEAKS, waves, strict=True):
        ridge = max(0.0, 1.0 - 2.2 * abs(wave.at(x / size, y / size)))
        rise += weight * depth * (ridge * ridge - 0.3)
        weight = 0.35 + 0.65 * ridge
        x, y = TURN[0] * x - TURN[1] * y, TURN[1] * x + TURN[0] * y
    return rise


def _knots_of(relief: Relief, rng: Random) -> list[list[_Knot]]:
    """Return the net's knots, each a little off its cell's middle and as high as it is there."""
    cell, knots = relief.cell_m, []
    for r, row in enumerate(relief.rows):
        line = []
        for c, height in enumerate(row):
            east, north = (rng.uniform(-STRAY, STRAY) * cell for _ in range(2))
            dx, dy = relief.slope(r, c)
            x = relief.box[0] + (c + 0.5) * cell + east
            y = relief.box[3] - (r + 0.5) * cell + north
            line.append((x, y, height + dx * east + dy * north))
        knots.append(line)
    return knots


def _faces_of(nw: _Knot, ne: _Knot, sw: _Knot, se: _Knot) -> tuple[_Face, _Face]:
    """Return the two faces of a mesh, which meet along its more level diagonal."""
    if abs(nw[2] - se[2]) < abs(ne[2] - sw[2]):
        return _face_of(nw, se, ne), _face_of(nw, se, sw)
    return _face_of(ne, sw, nw), _face_of(ne, sw, se)


def _face_of(a: _Knot, b: _Knot, c: _Knot) -> _Face:
    ux, uy, uz = b[0] - a[0], b[1] - a[1], b[2] - a[2]
    vx, vy, vz = c[0] - a[0], c[1] - a[1], c[2] - a[2]
    nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    if nz < 0.0:
        nx, ny, nz = -nx, -ny, -nz
    size = math.sqrt(nx * nx + ny * ny + nz * nz)
    light = (LIGHT[0] * nx + LIGHT[1] * ny + LIGHT[2] * nz) / size
    return _Face((a, b, c), max(0.0, light))


def _broken_faces(relief: Relief, face: _Face, rng: Random) -> tuple[_Face, ...]:
    """Return the three faces that a face breaks into, about a place in it that juts out."""
    a, b, c = face.knots
    u, v, w = (rng.uniform(0.6, 1.4) for _ in range(3))
    x, y, z = ((u * p + v * q + w * s) / (u + v + w) for p, q, s in zip(a, b, c, strict=True))
    top = (x, y, z + JUTS * relief.cell_m * rng.uniform(-1.0, 1.0))
    return _face_of(a, b, top), _face_of(b, c, top), _face_of(c, a, top)


def _ground_of(relief: Relief, face: _Face, waves: tuple[_Wave, _Wave]) -> _Ground:
    """Return what a face is of; patches of each have ragged edges, and no holes."""
    a, b, d = face.knots
    x, y, height = (
        (a[0] + b[0] + d[0]) / 3.0,
        (a[1] + b[1] + d[1]) / 3.0,
        (a[2] + b[2] + d[2]) / 3.0,
    )
    r = int((relief.box[3] - y) / relief.cell_m)
    c = int((x - relief.box[0]) / relief.cell_m)
    steep, snow = math.hypot(*relief.slope(r, c)), relief.snowy(height)
    if snow == 0.0 and steep < 0.6 * STEEP:
        return _Ground.SOFT
    one, other = (wave.at(x / RAGGED_M, y / RAGGED_M) for wave in waves)
    if snow > max(0.0, 0.35 + 0.6 * one) and steep < SLIPS * (1.0 + other):
        return _Ground.SNOW
    return _Ground.ROCK if steep > STEEP * (1.0 + 0.5 * other) else _Ground.SOFT


def _face_colour(face: _Face, ground: _Ground, stone: Colour, rng: Random) -> Colour:
    light = min(1.0, max(0.0, 1.15 * face.light + rng.uniform(-0.04, 0.04)))
    if ground is _Ground.SNOW:
        return mixed(BLUE, SNOWY, 0.25 + 0.85 * light)
    if light > 0.6:
        return mixed(stone, SUNNY, 0.9 * (light - 0.6))
    return mixed(GLOOM, stone, 0.22 + 1.3 * light)


def _crest_shape(faces: tuple[_Face, _Face], kinds: list[_Ground]) -> Shape:
    """Return the edge in which two faces meet, in the light of the brighter one."""
    bright, dark = sorted(faces, key=lambda face: -face.light)
    a, b, _ = bright.knots
    colour = mixed(SNOWY if _Ground.SNOW in kinds else ROCKS[2], SUNNY, 0.5 * (1.0 - dark.light))
    return _wedge_shape(colour, (a[0], a[1]), (b[0], b[1]), CREST_M)


def _wedge_shape(colour: Colour, a: Point, b: Point, wide: float) -> Shape:
    """Return a line that is widest a third of its way along, and ends in points."""
    way = max(1e-6, math.dist(a, b))
    nx, ny = -(b[1] - a[1]) / way * wide / 2.0, (b[0] - a[0]) / way * wide / 2.0
    x, y = a[0] + 0.35 * (b[0] - a[0]), a[1] + 0.35 * (b[1] - a[1])
    return Shape(colour, (a, (x + nx, y + ny), b, (x - nx, y - ny)))
