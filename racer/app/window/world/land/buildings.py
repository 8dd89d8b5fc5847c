"""Houses, barns, sheds and warehouses with their roofs."""

from __future__ import annotations

import math
from random import Random
from typing import TYPE_CHECKING, Final

from racer.app.window.base.palette import WHITE, mixed
from racer.app.window.world.land.character import Country
from racer.app.window.world.land.plants import NIGHT, crown
from racer.app.window.world.shapes import Layer, LocalFrame, Shape, disc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racer.app.window.base.lettering import Colour
    from racer.app.window.world.land.site import Site

ABOVE: Final = Layer.ABOVE
TILES: Final[tuple[Colour, ...]] = ((172, 88, 62), (156, 76, 58), (120, 92, 82), (98, 100, 108))
SHEETS: Final[tuple[Colour, ...]] = (
    (150, 158, 166),
    (126, 142, 150),
    (138, 94, 82),
    (96, 122, 128),
)


def houses(site: Site) -> Iterator[Shape]:
    """Yield farms, or in a port warehouses, where there is room."""
    rng = Random(f"houses {site.track.name}")
    port = site.character.country is Country.PORT
    for _ in range(round(site.character.houses * site.plots.squares)):
        at = site.plots.place(rng, 22.0 if port else 15.0, tries=20)
        if at is None or (site.relief is not None and site.relief.is_bare(*at)):
            continue
        heading = (
            (0.0 if rng.random() < 0.6 else math.pi / 2.0) if port else rng.uniform(0.0, math.pi)
        )
        place = LocalFrame(*at, heading)
        yield from _warehouse_shapes(site, place, rng) if port else _farm_shapes(site, place, rng)


def _farm_shapes(site: Site, place: LocalFrame, rng: Random) -> Iterator[Shape]:
    """Yield a house and a barn about a yard, with a garden tree."""
    yard = mixed(site.land.ground, site.land.sand, 0.6)
    yield place.rectangle(yard, -9.0, 9.0, -7.0, 7.0)
    yield from pitched(site, place_at(place, -4.0, 4.5), 5.2, 3.2, 4.0, rng.choice(TILES))
    barn = place_at(place, 4.5, -3.0, math.pi / 2.0)
    yield from pitched(site, barn, 6.5, 3.8, 4.6, rng.choice(SHEETS))
    if rng.random() < 0.5:
        x, y = place.at(-7.0, -5.0)
        yield site.sun.round_shadow(x, y, 1.6, 6.0)
        yield disc((178, 184, 190), x, y, 1.7, ABOVE)
        yield disc((208, 212, 216), x - 0.3, y + 0.3, 1.1, ABOVE)
    for f, s in ((-10.0, 9.0), (9.0, 8.0)):
        x, y = place.at(f, s)
        yield from crown(x, y, rng.uniform(2.2, 3.2), rng.choice(site.land.leaves), site.sun, rng)


def place_at(place: LocalFrame, forward: float, left: float, turn: float = 0.0) -> LocalFrame:
    """Return a frame within a frame."""
    return LocalFrame(*place.at(forward, left), place.heading + turn)


def pitched(
    site: Site, place: LocalFrame, half: float, depth: float, height: float, roof: Colour
) -> Iterator[Shape]:
    """Yield a house with a pitched roof: the side towards the light is brighter."""
    corners = [
        place.at(f, s) for f, s in ((-half, -depth), (half, -depth), (half, depth), (-half, depth))
    ]
    yield site.sun.shadow(corners, height)
    lit = math.cos(place.heading + math.pi / 2.0 - 2.36)  # of the left side, from the north-west
    left, right = (
        mixed(roof, WHITE if side > 0.0 else NIGHT, 0.22 * abs(side)) for side in (lit, -lit)
    )
    yield place.rectangle(right, -half, half, -depth, 0.0, ABOVE)
    yield place.rectangle(left, -half, half, 0.0, depth, ABOVE)
    for k in range(int(half)):
        rib = -half + 2.0 * k + 1.0
        yield place.rectangle(mixed(left, NIGHT, 0.1), rib, rib + 0.14, 0.0, depth, ABOVE)
        yield place.rectangle(mixed(right, NIGHT, 0.1), rib, rib + 0.14, -depth, 0.0, ABOVE)
    yield place.rectangle(mixed(roof, WHITE, 0.34), -half, half, -0.16, 0.16, ABOVE)
    x, y = place.at(0.55 * half, 0.4 * depth)
    chimney = LocalFrame(x, y, place.heading)
    yield chimney.rectangle(mixed(roof, NIGHT, 0.5), -0.5, 0.5, -0.5, 0.5, ABOVE)
    yield chimney.rectangle((196, 178, 164), -0.38, 0.38, -0.38, 0.38, ABOVE)


def _warehouse_shapes(site: Site, place: LocalFrame, rng: Random) -> Iterator[Shape]:
    """Yield a flat building with a parapet, skylights and machines on its roof."""
    half, depth, height = rng.uniform(11.0, 18.0), rng.uniform(7.0, 11.0), rng.uniform(5.0, 9.0)
    roof = rng.choice(SHEETS)
    yield place.rectangle(
        mixed(site.land.ground, WHITE, 0.12), -half - 3.0, half + 3.0, -depth - 3.0, depth + 3.0
    )
    yield from flat_roof(site, place, (half, depth, height), roof)
    for k in range(int(half / 2.2)):
        f = -half + 2.4 + 4.0 * k
        if rng.random() < 0.7:
            yield place.rectangle((196, 214, 226), f, f + 1.6, -0.5 * depth, 0.5 * depth, ABOVE)
            yield place.rectangle(
                (150, 176, 196), f + 0.8, f + 1.6, -0.5 * depth, 0.5 * depth, ABOVE
            )
    for _ in range(rng.randint(1, 4)):
        f, s = rng.uniform(-half, half) * 0.8, rng.choice((-0.75, 0.75)) * depth
        yield place.rectangle((92, 98, 106), f - 1.2, f + 1.2, s - 0.9, s + 0.9, ABOVE)
        yield disc((168, 174, 182), *place.at(f, s), 0.6, ABOVE)


def flat_roof(
    site: Site, place: LocalFrame, size: tuple[float, float, float], roof: Colour
) -> Iterator[Shape]:
    """Yield a box: half its length, half its depth, its height; a bright parapet about it."""
    half, depth, height = size
    corners = [
        place.at(f, s) for f, s in ((-half, -depth), (half, -depth), (half, depth), (-half, depth))
    ]
    yield site.sun.shadow(corners, height)
    yield place.rectangle(mixed(roof, WHITE, 0.3), -half, half, -depth, depth, ABOVE)
    yield place.rectangle(
        mixed(roof, NIGHT, 0.2), -half + 0.5, half - 0.5, -depth + 0.5, depth - 0.5, ABOVE
    )
    yield place.rectangle(roof, -half + 0.9, half - 0.5, -depth + 0.5, depth - 0.9, ABOVE)
