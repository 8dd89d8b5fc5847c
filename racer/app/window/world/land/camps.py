"""Who came to watch: tents, campers, parked cars, on grass that they have worn."""

from __future__ import annotations

import math
from random import Random
from typing import TYPE_CHECKING, Final

from racer.app.window.base.paints import PAINTS
from racer.app.window.base.palette import WHITE, mixed
from racer.app.window.world.land.buildings import place_at
from racer.app.window.world.land.plants import NIGHT
from racer.app.window.world.shapes import Layer, LocalFrame, Shape, disc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racer.app.window.world.land.site import Site

ABOVE: Final = Layer.ABOVE
CLOTH: Final = ((226, 92, 66), (64, 128, 196), (240, 188, 72), (92, 164, 110), (232, 232, 224))


def camps(site: Site) -> Iterator[Shape]:
    """Yield camps and car parks, near the stands where there is room."""
    rng = Random(f"camps {site.track.name}")
    stands = [thing for thing in site.track.scenery if thing.kind in {"stand", "tent"}]
    rng.shuffle(stands)
    placed = 0
    for stand in stands:
        if placed >= 2 * site.character.camps:
            return
        for _ in range(14):
            a, r = rng.uniform(0.0, math.tau), rng.uniform(24.0, 70.0)
            x, y = stand.x + r * math.cos(a), stand.y + r * math.sin(a)
            if site.plots.free(x, y, 17.0):
                site.plots.take(x, y, 17.0)
                place = LocalFrame(x, y, stand.heading)
                yield from (
                    _camp_shapes(site, place, rng) if placed % 2 else _car_park(site, place, rng)
                )
                placed += 1
                break


def _camp_shapes(site: Site, place: LocalFrame, rng: Random) -> Iterator[Shape]:
    worn = mixed(site.land.ground, site.land.sand, 0.3)
    yield place.rectangle(worn, -14.0, 14.0, -1.6, 1.6)
    for row, side in ((-1, -6.5), (1, 6.5), (-1, -12.0), (1, 12.0)):
        for k in range(5):
            spot = place_at(
                place, -12.0 + 6.0 * k + rng.uniform(-1.0, 1.0), side, rng.uniform(-0.3, 0.3)
            )
            yield disc(mixed(worn, site.land.ground, 0.5), spot.x, spot.y, 3.0)
            if rng.random() < 0.4:
                yield from _camper_shapes(site, spot, row, rng)
            else:
                yield from _tent_shapes(site, spot, rng)
    x, y = place.at(0.0, 0.0)
    yield disc((70, 62, 56), x, y, 0.9)
    yield disc((232, 130, 52), x, y, 0.45)


def _tent_shapes(site: Site, place: LocalFrame, rng: Random) -> Iterator[Shape]:
    """Yield a ridge tent: two slopes, one in the light."""
    cloth, half, depth = rng.choice(CLOTH), rng.uniform(1.2, 1.9), rng.uniform(1.0, 1.4)
    corners = [
        place.at(f, s) for f, s in ((-half, -depth), (half, -depth), (half, depth), (-half, depth))
    ]
    yield site.sun.shadow(corners, 1.3)
    lit = math.cos(place.heading + math.pi / 2.0 - 2.36)
    yield place.rectangle(
        mixed(cloth, NIGHT, 0.12 - 0.16 * -lit if lit < 0 else 0.28),
        -half,
        half,
        -depth,
        0.0,
        ABOVE,
    )
    yield place.rectangle(
        mixed(cloth, WHITE, 0.2 if lit > 0 else 0.0), -half, half, 0.0, depth, ABOVE
    )
    yield Shape(
        mixed(cloth, NIGHT, 0.6),
        (place.at(half, -0.5), place.at(half - 0.8, 0.0), place.at(half, 0.5)),
        layer=ABOVE,
    )


def _camper_shapes(site: Site, place: LocalFrame, row: int, rng: Random) -> Iterator[Shape]:
    """Yield a camper van with its awning out."""
    corners = [place.at(f, s) for f, s in ((-3.0, -1.2), (3.0, -1.2), (3.0, 1.2), (-3.0, 1.2))]
    yield site.sun.shadow(corners, 2.6)
    cloth = rng.choice(CLOTH)
    side = -1.2 * row
    a, b = sorted((side, side - 2.2 * row))
    for k in range(4):
        stripe = cloth if k % 2 else (238, 238, 232)
        yield place.rectangle(stripe, -2.2 + 1.1 * k, -1.1 + 1.1 * k, a, b, ABOVE)
    yield place.rectangle((232, 234, 236), -3.0, 3.0, -1.2, 1.2, ABOVE)
    yield place.rectangle((206, 210, 214), -3.0, 3.0, -1.2, -0.6, ABOVE)
    yield place.rectangle((58, 74, 90), 2.0, 2.7, -0.95, 0.95, ABOVE)
    yield place.rectangle((170, 180, 190), -1.4, -0.4, -0.5, 0.5, ABOVE)


def _car_park(site: Site, place: LocalFrame, rng: Random) -> Iterator[Shape]:
    """Yield rows of parked cars on worn ground, with lanes between."""
    worn = mixed(site.land.ground, site.land.sand, 0.45)
    yield place.rectangle(mixed(worn, site.land.ground, 0.5), -16.0, 16.0, -12.6, 12.6)
    yield place.rectangle(worn, -15.0, 15.0, -11.6, 11.6)
    for side in (-9.0, -3.6, 3.6, 9.0):
        for k in range(11):
            if rng.random() < 0.82:
                spot = place_at(
                    place, -13.5 + 2.7 * k, side + rng.uniform(-0.3, 0.3), math.pi / 2.0
                )
                yield from parked_car(site, spot, rng)


def parked_car(site: Site, place: LocalFrame, rng: Random) -> Iterator[Shape]:
    """Yield a car that somebody came in."""
    paint = mixed(rng.choice(PAINTS), (150, 152, 158), rng.uniform(0.2, 0.7))
    corners = [place.at(f, s) for f, s in ((-2.0, -0.85), (2.0, -0.85), (2.0, 0.85), (-2.0, 0.85))]
    yield site.sun.shadow(corners, 1.0)
    yield Shape(paint, tuple(corners), layer=ABOVE)
    yield place.rectangle((44, 56, 70), -1.3, 0.9, -0.7, 0.7, ABOVE)
    yield place.rectangle(mixed(paint, WHITE, 0.14), -0.9, 0.4, -0.66, 0.66, ABOVE)
