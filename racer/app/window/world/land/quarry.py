"""Where slate was broken: pits in steps with green water in them, and heaps of what is left."""

from __future__ import annotations

import math
from random import Random
from typing import TYPE_CHECKING, Final

from racer.app.window.base.palette import WHITE, mixed
from racer.app.window.world.land.plants import NIGHT, blob
from racer.app.window.world.land.road.along import across, wall
from racer.app.window.world.shapes import Layer, LocalFrame, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racer.app.window.base.lettering import Colour
    from racer.app.window.world.land.site import Site
    from racer.app.window.world.shapes import Point

PITS: Final = 7
HEAPS: Final = 26
TRIES: Final = 16
PIT_M: Final = (20.0, 34.0)  # radius
HEAP_M: Final = (6.0, 12.0)
BESIDE_M: Final = 13.0  # from a barrier to the edge of a pit
STEPS: Final = (1.0, 0.72, 0.44)  # of a pit, as shares of its radius
FACE: Final = 0.09  # how wide the face of a step is, as a share too
OFF: Final = 0.1  # each step lies farther to one side
PIT: Final = 0.34  # how far an outline strays …
HEAP: Final = 0.16  # … of a heap
CORNERS: Final = 22
SLABS: Final = 11.0  # in a heap, for each metre of its radius
LIGHT: Final = 2.36  # rad: from the north-west
SLATE: Final[Colour] = (112, 118, 130)
CLAY: Final[Colour] = (150, 140, 116)
POOL: Final[Colour] = (62, 138, 134)
MACHINE: Final[Colour] = (236, 178, 44)


def quarry(site: Site) -> tuple[list[Shape], list[Shape]]:
    """Return what is dug into the ground, and what lies on it, close enough to be seen."""
    rng = Random(f"quarry {site.track.name}")
    dug: list[Shape] = []
    heaped: list[Shape] = []
    for _ in range(PITS):
        radius = rng.uniform(*PIT_M)
        at = _place_beside(site, radius, rng)
        if at is not None:
            dug.extend(_pit_shapes(*at, radius, rng))
            heaped.extend(_digger_shapes(site, *at, radius, rng))
    for _ in range(HEAPS):
        radius = rng.uniform(*HEAP_M)
        at = _place_beside(site, radius, rng)
        if at is not None:
            heaped.extend(_heap_shapes(site, *at, radius, rng))
    return dug, heaped


def _place_beside(site: Site, radius: float, rng: Random) -> Point | None:
    """Take free ground beside the road; None where none was found."""
    for _ in range(TRIES):
        point, side = rng.choice(site.track.centre), rng.choice((1.0, -1.0))
        far = BESIDE_M + radius + rng.uniform(0.0, 22.0)
        x, y = across(point, wall(point, side) + side * far)
        if site.plots.free(x, y, radius):
            site.plots.take(x, y, radius)
            return x, y
    return None


def _pit_shapes(x: float, y: float, radius: float, rng: Random) -> Iterator[Shape]:
    """Yield a pit: each step lies lower than the one around it, so its face is lit from behind."""
    seed, turn = rng.random(), rng.uniform(0.0, math.tau)
    dx, dy = OFF * radius * math.cos(turn), OFF * radius * math.sin(turn)
    yield Shape(mixed(SLATE, CLAY, 0.5), _ring(x, y, radius * 1.1, seed, PIT))
    for k, share in enumerate(STEPS):
        floor = mixed(mixed(SLATE, CLAY, 0.4), NIGHT, 0.13 * k)
        yield from _face_shapes(x, y, radius * share, radius * (share - FACE), seed)
        yield Shape(floor, _ring(x, y, radius * (share - FACE), seed, PIT))
        for _ in range(int(radius * share * 1.6)):
            yield _slab(x, y, radius * (share - 2.0 * FACE), floor, rng)
        x, y = x + dx, y + dy
    pool = radius * (STEPS[-1] - FACE) * 0.8
    yield Shape(mixed(POOL, WHITE, 0.22), _ring(x - dx, y - dy, pool, seed, PIT))
    yield Shape(POOL, _ring(x - dx, y - dy, pool * 0.9, seed, PIT))
    yield Shape(mixed(POOL, NIGHT, 0.3), _ring(x - dx, y - dy, pool * 0.6, seed, PIT))


def _heap_shapes(site: Site, x: float, y: float, radius: float, rng: Random) -> Iterator[Shape]:
    """Yield a heap of slate, highest in the middle."""
    seed = rng.random()
    yield site.sun.shadow(_ring(x, y, radius * 0.7, seed), radius * 0.4)
    yield Shape(mixed(SLATE, site.land.ground, 0.5), _ring(x, y, radius * 1.12, seed))
    yield Shape(mixed(SLATE, NIGHT, 0.12), _ring(x, y, radius * 0.95, seed), layer=Layer.ABOVE)
    count = int(SLABS * radius)
    for k in range(count):  # from the foot to the top
        far = radius * math.sqrt(1.0 - k / count)
        turn = rng.uniform(0.0, math.tau)
        light = math.cos(turn - LIGHT) * min(1.0, 2.0 * far / radius)
        stone = mixed(SLATE, WHITE if light > 0.0 else NIGHT, 0.32 * abs(light))
        stone = mixed(stone, WHITE if rng.random() < 0.5 else NIGHT, rng.uniform(0.0, 0.16))
        place = LocalFrame(x + far * math.cos(turn), y + far * math.sin(turn), rng.uniform(0, 3.1))
        long, wide = rng.uniform(0.6, 1.5), rng.uniform(0.4, 0.8)
        yield place.rectangle(stone, -long, long, -wide, wide, Layer.ABOVE)


def _face_shapes(x: float, y: float, outer: float, inner: float, seed: float) -> Iterator[Shape]:
    """Yield the slope down from a ring to the next, each piece by how it stands to the light."""
    far, near = _ring(x, y, outer, seed, PIT), _ring(x, y, inner, seed, PIT)
    for k in range(CORNERS):
        after = (k + 1) % CORNERS
        turn = math.tau * (k + 0.5) / CORNERS
        light = -math.cos(turn - LIGHT)
        stone = mixed(
            SLATE,
            WHITE if light > 0.0 else NIGHT,
            (0.3 if light > 0.0 else 0.62) * abs(light) + 0.04,
        )
        stone = mixed(stone, SLATE, 0.25 * (k % 3 == 0))
        yield Shape(stone, (far[k], far[after], near[after], near[k]))


def _ring(x: float, y: float, radius: float, seed: float, stray: float = HEAP) -> tuple[Point, ...]:
    """Return an outline; those of one seed are alike, and so lie within each other."""
    return tuple(blob(x, y, radius, Random(seed), CORNERS, stray))


def _slab(x: float, y: float, reach: float, ground: Colour, rng: Random) -> Shape:
    """Return a broken piece of slate that lies about."""
    turn, far = rng.uniform(0.0, math.tau), reach * math.sqrt(rng.uniform(0.2, 1.0))
    place = LocalFrame(x + far * math.cos(turn), y + far * math.sin(turn), rng.uniform(0.0, 3.1))
    colour = mixed(ground, WHITE if rng.random() < 0.5 else NIGHT, rng.uniform(0.1, 0.3))
    long, wide = rng.uniform(0.4, 1.3), rng.uniform(0.25, 0.6)
    return place.rectangle(colour, -long, long, -wide, wide)


def _digger_shapes(site: Site, x: float, y: float, radius: float, rng: Random) -> Iterator[Shape]:
    """Yield an excavator on the uppermost step: tracks, a cabin, an arm with its bucket."""
    turn = rng.uniform(0.0, math.tau)
    far = radius * (STEPS[0] + STEPS[1] - FACE) / 2.0
    place = LocalFrame(x + far * math.cos(turn), y + far * math.sin(turn), turn + math.pi / 2.0)
    above, dark = Layer.ABOVE, mixed(MACHINE, NIGHT, 0.8)
    yield site.sun.shadow([place.at(f, s) for f, s in ((-2, -1.5), (2, -1.5), (2, 1.5))], 2.2)
    for side in (-1.35, 0.75):
        yield place.rectangle(dark, -2.0, 2.0, side, side + 0.6, above)
    yield place.rectangle(MACHINE, -1.7, 1.3, -1.0, 1.0, above)
    yield place.rectangle(mixed(MACHINE, WHITE, 0.35), -1.7, -0.6, -1.0, 1.0, above)
    yield place.rectangle((60, 84, 104), 0.2, 1.2, 0.1, 0.9, above)
    yield place.rectangle(mixed(MACHINE, NIGHT, 0.2), 1.0, 5.0, -0.65, -0.2, above)
    yield place.rectangle(dark, 4.8, 5.9, -0.95, 0.1, above)
