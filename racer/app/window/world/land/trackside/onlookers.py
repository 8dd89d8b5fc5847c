"""Who watches from behind the fence: people, with what they brought, and where they eat."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from racer.app.window.base.paints import PAINTS
from racer.app.window.base.palette import WHITE, mixed
from racer.app.window.world.land.plants import NIGHT
from racer.app.window.world.shapes import Layer, LocalFrame, Shape, disc

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from racer.app.window.base.lettering import Colour
    from racer.app.window.world.land.site import Site

ABOVE: Final = Layer.ABOVE
SKIN: Final[tuple[Colour, ...]] = ((224, 184, 152), (190, 140, 106), (120, 84, 62))
HAIR: Final[tuple[Colour, ...]] = ((62, 44, 34), (150, 112, 62), (34, 34, 40), (196, 196, 200))
PERSON_M: Final = 1.15  # from one to the next


def person(site: Site, x: float, y: float, coat: Colour, rng: Random) -> Iterator[Shape]:
    """Yield somebody from above: shoulders, head, a small shadow."""
    dx, dy = 0.9 * site.sun.dx, 0.9 * site.sun.dy
    yield Shape(
        site.sun.shade,
        ((x - 0.3, y), (x, y - 0.3), (x + dx, y + dy - 0.2), (x + dx + 0.2, y + dy), (x, y + 0.3)),
        layer=Layer.SHADE,
    )
    turn = rng.uniform(-0.5, 0.5)
    place = LocalFrame(x, y, turn)
    yield place.rectangle(mixed(coat, NIGHT, 0.25), -0.42, 0.42, -0.22, 0.2, ABOVE)
    yield place.rectangle(coat, -0.34, 0.34, -0.18, 0.2, ABOVE)
    yield disc(rng.choice(HAIR if rng.random() < 0.6 else SKIN), x, y + 0.04, 0.2, ABOVE)


def crowd(site: Site, place: LocalFrame, half: float, rng: Random) -> Iterator[Shape]:
    """Yield people behind a fence, the nearer to it the closer, on the grass that they have worn.

    Args:
        site: where.
        place: at the fence; left is away from the road.
        half: half the width of it.
        rng: chance.
    """
    worn = mixed(site.land.ground, site.land.sand, 0.34)
    yield place.rectangle(mixed(worn, site.land.ground, 0.5), -half - 1.0, half + 1.0, -0.3, 4.6)
    yield place.rectangle(worn, -half, half, 0.0, 3.4)
    for _ in range(int(half / 3.5)):
        yield from _fence_banner(place, rng.uniform(-half, half - 3.0), rng)
    for _ in range(int(half / 4.5)):
        yield from _picnic_rug(place, rng.uniform(-half, half), rng.uniform(2.2, 3.8), rng)
    club = rng.choice(PAINTS)
    for row, share in enumerate((0.9, 0.6, 0.35)):
        f = -half + 0.4
        while f < half:
            f += PERSON_M * rng.uniform(0.7, 1.5)
            if rng.random() < share * (0.72 + 0.28 * math.sin(0.7 * f + row)):
                x, y = place.at(f, 0.55 + 1.0 * row + rng.uniform(-0.25, 0.25))
                coat = club if rng.random() < 0.3 else rng.choice(PAINTS)
                yield from person(site, x, y, mixed(coat, (176, 172, 168), 0.2), rng)
    for _ in range(int(half / 4.0)):
        x, y = place.at(rng.uniform(-half, half), rng.uniform(1.6, 3.6))
        yield from parasol(site, x, y, rng.choice(PAINTS), 1.15)


def _fence_banner(place: LocalFrame, f: float, rng: Random) -> Iterator[Shape]:
    """Yield a cloth with words on it, hung at the fence."""
    cloth, long = rng.choice(PAINTS), rng.uniform(2.2, 3.6)
    yield place.rectangle(mixed(cloth, NIGHT, 0.3), f, f + long, -0.55, -0.05, ABOVE)
    yield place.rectangle(cloth, f, f + long, -0.5, -0.12, ABOVE)
    ink = WHITE if sum(cloth) < 420 else (24, 28, 38)
    for k in range(int(long / 0.55) - 1):
        if k % 3 != 2:
            yield place.rectangle(ink, f + 0.4 + 0.55 * k, f + 0.75 + 0.55 * k, -0.4, -0.24, ABOVE)


def _picnic_rug(place: LocalFrame, f: float, s: float, rng: Random) -> Iterator[Shape]:
    cloth = rng.choice(PAINTS)
    rug = LocalFrame(*place.at(f, s), place.heading + rng.uniform(-0.4, 0.4))
    yield rug.rectangle(mixed(cloth, NIGHT, 0.2), -0.95, 0.95, -0.7, 0.7)
    for k in range(3):
        yield rug.rectangle(mixed(cloth, WHITE, 0.45), -0.8 + 0.6 * k, -0.5 + 0.6 * k, -0.6, 0.6)


def parasol(site: Site, x: float, y: float, cloth: Colour, radius: float) -> Iterator[Shape]:
    """Yield a parasol of eight panels."""
    yield site.sun.round_shadow(x, y, radius, 1.8)
    for k in range(8):
        a, b = math.tau * k / 8.0, math.tau * (k + 1) / 8.0
        panel = cloth if k % 2 else (240, 240, 236)
        light = math.cos((a + b) / 2.0 - 2.36)
        colour = mixed(panel, WHITE if light > 0.0 else NIGHT, 0.18 * abs(light))
        points = ((x, y), *((x + radius * math.cos(t), y + radius * math.sin(t)) for t in (a, b)))
        yield Shape(colour, points, layer=ABOVE)


def food_stall(site: Site, place: LocalFrame, half: float, rng: Random) -> Iterator[Shape]:
    """Yield a stall under a striped awning, who queues before it, and tables."""
    depth = 2.6
    floor = mixed(site.land.ground, site.land.sand, 0.45)
    yield place.rectangle(floor, -half - 1.0, half + 1.0, -0.2, 5.4)
    low = [place.at(f, s) for f in (-2.6, 2.6) for s in (0.3, depth)]
    yield site.sun.shadow(low, 2.5)
    cloth = rng.choice(PAINTS)
    for k in range(8):
        stripe = cloth if k % 2 else (242, 242, 238)
        f = -2.6 + 0.65 * k
        yield place.rectangle(mixed(stripe, WHITE, 0.1), f, f + 0.65, 0.3, 1.4, ABOVE)
        yield place.rectangle(mixed(stripe, NIGHT, 0.16), f, f + 0.65, 1.4, depth, ABOVE)
    for k in range(5):
        x, y = place.at(0.7 + 0.2 * k, depth + 0.6 + 0.75 * k)
        yield from person(site, x, y, rng.choice(PAINTS), rng)
    for f in (-half + 0.8, half - 0.8):
        x, y = place.at(f, 3.4)
        yield from parasol(site, x, y, cloth, 1.3)
        for _ in range(4):
            a = rng.uniform(0.0, math.tau)
            sx, sy = x + 1.7 * math.cos(a), y + 1.7 * math.sin(a)
            yield from person(site, sx, sy, rng.choice(PAINTS), rng)
