"""What grows or was laid out behind the fence: hedges, rows of trees, planters, bales of straw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from racer.app.window.base.palette import WHITE, mixed
from racer.app.window.world.land.plants import NIGHT, bush, crown, tree
from racer.app.window.world.land.trackside.hoardings import block
from racer.app.window.world.shapes import Layer, LocalFrame, Shape, disc

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from racer.app.window.base.lettering import Colour
    from racer.app.window.world.land.site import Site

ABOVE: Final = Layer.ABOVE
STRAW: Final[Colour] = (214, 186, 108)
BLOOMS: Final[tuple[Colour, ...]] = (
    (226, 84, 98),
    (244, 206, 84),
    (236, 236, 240),
    (176, 110, 206),
)


def thicket(site: Site, place: LocalFrame, half: float, rng: Random) -> Iterator[Shape]:
    """Yield bushes that have grown together, some in flower."""
    f = -half
    while f < half:
        radius = rng.uniform(0.8, 1.7)
        x, y = place.at(f, rng.uniform(1.4, 3.2))
        yield from bush(x, y, radius, rng.choice(site.land.leaves), site.sun)
        if rng.random() < 0.3:
            bloom = rng.choice(BLOOMS)
            for _ in range(5):
                dx, dy = rng.uniform(-0.6, 0.6) * radius, rng.uniform(-0.6, 0.6) * radius
                yield disc(bloom, x + dx, y + dy, 0.13, ABOVE)
        f += rng.uniform(1.0, 2.4)


def avenue(site: Site, place: LocalFrame, half: float, rng: Random) -> Iterator[Shape]:
    """Yield trees in a row."""
    f = -half + 1.5
    while f < half:
        x, y = place.at(f, 3.4)
        yield from tree(x, y, rng.uniform(4.2, 5.4), site.land, site.character, site.sun)
        f += 6.4


def planters(site: Site, place: LocalFrame, half: float, rng: Random) -> Iterator[Shape]:
    """Yield small trees in boxes of concrete, with benches between."""
    f = -half + 1.2
    while f < half - 1.0:
        yield from block(site, place, (f - 0.9, f + 0.9, 1.0, 2.8), 0.7, (178, 176, 172))
        yield place.rectangle((92, 74, 58), f - 0.65, f + 0.65, 1.25, 2.55, ABOVE)
        x, y = place.at(f, 1.9)
        yield from crown(x, y, rng.uniform(1.0, 1.5), rng.choice(site.land.leaves), site.sun, rng)
        if f + 3.6 < half:
            yield place.rectangle((150, 112, 74), f + 1.7, f + 3.4, 1.5, 2.0, ABOVE)
        f += 5.2


def bales(site: Site, place: LocalFrame, half: float, rng: Random) -> Iterator[Shape]:
    """Yield straw, round where it was pressed, square where it was stacked."""
    for k in range(int(half)):
        f = -half + 1.0 + 2.0 * k
        if rng.random() < 0.7:
            yield from block(site, place, (f, f + 1.7, 0.8, 1.8), 0.9, STRAW)
            for string in (0.5, 1.1):
                yield place.rectangle(
                    mixed(STRAW, NIGHT, 0.3), f + string, f + string + 0.08, 0.85, 1.75, ABOVE
                )
        if rng.random() < 0.4:
            x, y = place.at(f + 0.8, 3.2)
            yield site.sun.round_shadow(x, y, 0.85, 1.2)
            yield disc(mixed(STRAW, NIGHT, 0.15), x, y, 0.85, ABOVE)
            yield disc(mixed(STRAW, WHITE, 0.18), x - 0.12, y + 0.12, 0.6, ABOVE)
