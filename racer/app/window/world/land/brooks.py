"""Brooks that wind over the land and pass below the circuit in culverts."""

from __future__ import annotations

import math
from random import Random
from typing import TYPE_CHECKING, Final

from racer.app.window.base.palette import WHITE, mixed
from racer.app.window.world.land.character import Country
from racer.app.window.world.land.countryside import boulder
from racer.app.window.world.land.plants import NIGHT, bush
from racer.app.window.world.land.ways import way_strip
from racer.app.window.world.shapes import Layer, LocalFrame, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racer.app.window.world.land.site import Site
    from racer.app.window.world.shapes import Point

COUNTS: Final = {
    Country.FARMS: 1,
    Country.FOREST: 2,
    Country.MARSH: 2,
    Country.MOOR: 1,
    Country.OVAL: 1,
    Country.PARK: 1,
}
STEP_M: Final = 5.0
BANK_M: Final = 5.0  # kept free of trees, on either side
WANDER: Final = 0.55  # rad that it turns at most from its way across the land
STONE_EVERY: Final = 5  # steps
TREE_EVERY: Final = 3


def brooks(site: Site) -> Iterator[Shape]:
    """Yield them from bank to water, and take their ground."""
    rng = Random(f"brooks {site.track.name}")
    for k in range(COUNTS.get(site.character.country, 0)):
        way = _winding_course(site, k, rng)
        for x, y in way:
            site.plots.take(x, y, BANK_M)
        yield from _brook_shapes(site, way, rng.uniform(1.5, 2.3), rng)


def _winding_course(site: Site, number: int, rng: Random) -> list[Point]:
    """Return a course from one side of the land to the other, through its middle third."""
    left, bottom, right, top = site.plots.box
    downwards = number % 2 == 0
    share = rng.uniform(0.36, 0.64)
    if downwards:
        x, y, course, end = left + share * (right - left), top, -math.pi / 2.0, top - bottom
    else:
        x, y, course, end = left, bottom + share * (top - bottom), 0.0, right - left
    phases = [rng.uniform(0.0, math.tau) for _ in range(3)]
    way: list[Point] = []
    k = 0
    while len(way) * STEP_M * 0.7 < end:
        way.append((x, y))
        turn = sum(
            math.sin(k * STEP_M / length + phase)
            for length, phase in zip((47.0, 23.0, 11.0), phases, strict=True)
        )
        heading = course + WANDER * turn / 1.8
        x, y = x + STEP_M * math.cos(heading), y + STEP_M * math.sin(heading)
        k += 1
    return way


def _brook_shapes(site: Site, way: list[Point], half: float, rng: Random) -> Iterator[Shape]:
    water, ground = site.water, site.land.ground
    for wide, colour in (
        (2.9, mixed(ground, site.character.lush, 0.7)),
        (1.55, mixed(ground, (84, 76, 52), 0.55)),
        (1.2, mixed(ground, (58, 62, 44), 0.6)),
        (1.0, mixed(water, WHITE, 0.16)),
        (0.72, water),
        (0.36, mixed(water, NIGHT, 0.2)),
    ):
        yield from way_strip(way, half * wide, colour, 0.0)
    for k in range(2, len(way) - 2):
        (x, y), (bx, by) = way[k], way[k + 1]
        flow = LocalFrame(x, y, math.atan2(by - y, bx - x))
        if rng.random() < 0.5:
            side = rng.uniform(-0.6, 0.6) * half
            glint = mixed(water, WHITE, 0.42)
            yield flow.rectangle(glint, 0.0, rng.uniform(0.8, 2.0), side, side + 0.13)
        yield from _bank_shapes(site, flow, half, k, rng)


def _bank_shapes(
    site: Site, flow: LocalFrame, half: float, number: int, rng: Random
) -> Iterator[Shape]:
    """Yield stones in the bend, reeds and bushes on the bank; nothing on the circuit."""
    side = rng.choice((-1.0, 1.0))
    x, y = flow.at(rng.uniform(-2.0, 2.0), side * half * rng.uniform(1.25, 1.9))
    if site.plots.beyond_barriers(x, y) < 8.0:
        return
    if number % STONE_EVERY == 0:
        yield from boulder(site, x, y, rng.uniform(0.4, 0.8), rng)
    elif number % TREE_EVERY == 0:
        leaves = mixed(rng.choice(site.land.leaves), site.character.dry, 0.2)
        yield from bush(x, y, rng.uniform(0.8, 1.6), leaves, site.sun)
    else:
        reed = mixed(site.character.dry, (120, 130, 60), 0.5)
        for _ in range(4):
            blade = LocalFrame(x + rng.uniform(-0.8, 0.8), y + rng.uniform(-0.6, 0.6), 1.2)
            colour = mixed(reed, NIGHT, rng.uniform(0.0, 0.35))
            yield blade.rectangle(colour, -0.2, rng.uniform(0.6, 1.3), -0.1, 0.1, Layer.ABOVE)
