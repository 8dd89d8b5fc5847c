"""Trees and bushes from above: crowns in the light of the north-west."""

from __future__ import annotations

import math
from random import Random
from typing import TYPE_CHECKING, Final

from racer.app.window.base.palette import WHITE, mixed
from racer.app.window.world.shapes import Layer, Shape, disc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racer.app.window.base.lettering import Colour
    from racer.app.window.base.palette import Land
    from racer.app.window.world.land.character import Character
    from racer.app.window.world.land.sun import Sun

NIGHT: Final[Colour] = (12, 26, 30)  # what leaves darken to in their own shade
SPIKES: Final = 7  # of a fir
ABOVE: Final = Layer.ABOVE


def seeded(x: float, y: float) -> Random:
    """Return chance that is the same at a place each time."""
    return Random(round(x * 8.0) * 65_537 + round(y * 8.0))


def tree(
    x: float, y: float, size: float, land: Land, character: Character, sun: Sun
) -> Iterator[Shape]:
    """Yield a tree with its shadow: a fir, or one with leaves or blossom."""
    rng = seeded(x, y)
    if rng.random() < character.firs:
        yield from _fir_shapes(x, y, size, land, sun, rng)
        return
    leaves = rng.choice(land.leaves)
    if rng.random() < character.blooming:
        leaves = rng.choice(character.bloom)
    yield from crown(x, y, size * 0.5, leaves, sun, rng)


def crown(
    x: float, y: float, radius: float, leaves: Colour, sun: Sun, rng: Random
) -> Iterator[Shape]:
    """Yield a round crown: lobes, darker below, lighter towards the light."""
    yield sun.round_shadow(x, y, radius * 0.95, radius * 1.6)
    yield disc(mixed(leaves, NIGHT, 0.42), x, y, radius * 0.86, ABOVE)
    turn = rng.uniform(0.0, math.tau)
    for k in range(5):
        a = turn + k * math.tau / 5.0
        lobe = radius * rng.uniform(0.40, 0.54)
        light = math.cos(a - 2.36)  # 2.36 rad: north-west
        colour = mixed(leaves, WHITE if light > 0.0 else NIGHT, 0.13 * abs(light) + 0.04)
        reach = 0.52 * radius
        yield disc(colour, x + reach * math.cos(a), y + reach * math.sin(a), lobe, ABOVE)
    shift = 0.2 * radius
    yield disc(mixed(leaves, WHITE, 0.10), x - shift, y + shift, radius * 0.46, ABOVE)
    yield disc(mixed(leaves, WHITE, 0.24), x - 1.8 * shift, y + 1.8 * shift, radius * 0.2, ABOVE)


def _fir_shapes(
    x: float, y: float, size: float, land: Land, sun: Sun, rng: Random
) -> Iterator[Shape]:
    """Yield a fir: stars of branches, the upper ones smaller and lighter."""
    needles = mixed(rng.choice(land.leaves), (24, 58, 52), 0.5)
    radius, turn = size * 0.46, rng.uniform(0.0, math.tau)
    yield sun.round_shadow(x, y, radius * 0.7, radius * 2.4)
    for share, colour in (
        (1.0, mixed(needles, NIGHT, 0.35)),
        (0.72, needles),
        (0.42, mixed(needles, WHITE, 0.16)),
    ):
        shift = (1.0 - share) * 0.22 * radius
        points = []
        for k in range(2 * SPIKES):
            a = turn + k * math.pi / SPIKES + share
            r = radius * share * (1.0 if k % 2 == 0 else 0.62)
            points.append((x - shift + r * math.cos(a), y + shift + r * math.sin(a)))
        yield Shape(colour, tuple(points), layer=ABOVE)


def bush(x: float, y: float, radius: float, leaves: Colour, sun: Sun) -> Iterator[Shape]:
    """Yield a low bush."""
    yield sun.round_shadow(x, y, radius * 0.9, radius * 0.8)
    yield disc(mixed(leaves, NIGHT, 0.34), x, y, radius, ABOVE)
    yield disc(leaves, x - 0.2 * radius, y + 0.2 * radius, radius * 0.68, ABOVE)


def blob(
    x: float, y: float, radius: float, rng: Random, corners: int = 14, stray: float = 0.22
) -> tuple[tuple[float, float], ...]:
    """Return a round outline that is no circle: sums of a few waves about it."""
    waves = [(k, rng.uniform(0.0, math.tau), rng.uniform(0.3, 1.0) / k) for k in (2, 3, 5)]
    points = []
    for i in range(corners):
        a = math.tau * i / corners
        bulge = sum(strength * math.sin(k * a + phase) for k, phase, strength in waves)
        r = radius * (1.0 + stray * bulge)
        points.append((x + r * math.cos(a), y + r * math.sin(a)))
    return tuple(points)
