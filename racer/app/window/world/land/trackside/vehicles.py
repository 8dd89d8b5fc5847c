"""What waits behind the barriers on wheels: doctors, marshals, tractors, lorries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from racer.app.window.base.paints import PAINTS
from racer.app.window.base.palette import WHITE, mixed
from racer.app.window.world.land.plants import NIGHT
from racer.app.window.world.land.trackside.hoardings import block
from racer.app.window.world.land.trackside.onlookers import person
from racer.app.window.world.land.trackside.posts import ORANGE
from racer.app.window.world.shapes import Layer, LocalFrame, Shape, disc

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from racer.app.window.base.lettering import Colour
    from racer.app.window.world.land.site import Site

ABOVE: Final = Layer.ABOVE
GLASS: Final[Colour] = (44, 58, 74)


def rescuers(site: Site, place: LocalFrame, half: float, rng: Random) -> Iterator[Shape]:
    """Yield an ambulance or a tractor with its hook, ready to go, and its crew."""
    yield place.rectangle(mixed(site.land.ground, (176, 176, 172), 0.5), -half, half, 0.0, 3.6)
    if rng.random() < 0.5:
        yield from block(site, place, (-2.7, 2.7, 0.7, 2.7), 2.2, (240, 242, 244))
        yield place.rectangle((214, 44, 44), -2.6, 1.4, 1.5, 1.9, ABOVE)
        for f in (-0.9, 0.7):
            yield place.rectangle((60, 130, 240), f, f + 0.4, 0.9, 2.5, ABOVE)
        yield place.rectangle(GLASS, 1.6, 2.3, 0.9, 2.5, ABOVE)
    else:
        yield from block(site, place, (-1.6, 1.6, 0.8, 2.6), 1.9, (232, 176, 40))
        yield place.rectangle(GLASS, -0.8, 0.5, 1.0, 2.4, ABOVE)
        for f, wide in ((-1.5, 0.55), (0.8, 0.35)):
            for s in (0.5, 2.55):
                yield place.rectangle((26, 28, 32), f, f + 2.2 * wide, s, s + 0.4, ABOVE)
        yield place.rectangle((90, 94, 100), 1.6, 3.4, 1.5, 1.8, ABOVE)
        yield disc((200, 60, 40), *place.at(3.4, 1.65), 0.28, ABOVE)
    for k in range(2):
        x, y = place.at(-3.6 + 0.2 * k, 1.0 + 1.0 * k)
        yield from person(site, x, y, ORANGE, rng)


def lorries(site: Site, place: LocalFrame, half: float, rng: Random) -> Iterator[Shape]:
    """Yield lorries side by side in painted bays, some without their trailers."""
    bay = 4.4
    line = (214, 196, 120)
    count = int(2.0 * half / bay)
    yield place.rectangle(mixed(site.land.ground, NIGHT, 0.14), -half, half, 0.2, 16.0)
    for k in range(count + 1):
        f = -half + k * bay
        yield place.rectangle(line, f - 0.08, f + 0.08, 0.4, 15.6)
    for k in range(count):
        if rng.random() < 0.2:
            continue
        spot = LocalFrame(*place.at(-half + (k + 0.5) * bay, 0.9), place.heading + 1.5708)
        colour = rng.choice(PAINTS)
        if rng.random() < 0.8:
            body = (236, 238, 240) if rng.random() < 0.5 else mixed(colour, WHITE, 0.15)
            yield from block(site, spot, (3.4, 14.0, -1.3, 1.3), 3.6, body)
            yield spot.rectangle(colour, 5.0, 6.2, -1.2, 1.2, ABOVE)
            for rib in range(4):
                f = 7.0 + 1.7 * rib
                yield spot.rectangle(mixed(body, NIGHT, 0.1), f, f + 0.15, -1.2, 1.2, ABOVE)
        yield from block(site, spot, (0.3, 2.9, -1.25, 1.25), 3.0, colour)
        yield spot.rectangle(GLASS, 0.5, 1.0, -1.05, 1.05, ABOVE)


def stores(site: Site, place: LocalFrame, half: float, rng: Random) -> Iterator[Shape]:
    """Yield what lies about a working yard: pallets of sacks, drums, pipes, a fork-lift truck."""
    f = -half + 0.8
    while f < half - 1.0:
        match rng.randrange(4):
            case 0:
                tone = rng.choice(((190, 160, 110), (150, 170, 180), (206, 200, 186)))
                yield from block(site, place, (f, f + 1.3, 0.6, 1.9), 1.2, tone)
                yield from block(site, place, (f + 0.2, f + 1.1, 2.2, 3.4), 0.8, tone)
            case 1:
                paint = rng.choice(((52, 96, 150), (176, 60, 48), (70, 120, 84)))
                for k in range(6):
                    x, y = place.at(f + 0.65 * (k % 3), 0.8 + 0.65 * (k // 3))
                    yield site.sun.round_shadow(x, y, 0.3, 0.9)
                    yield disc(mixed(paint, NIGHT, 0.3), x, y, 0.31, ABOVE)
                    yield disc(mixed(paint, WHITE, 0.2), x - 0.04, y + 0.04, 0.22, ABOVE)
            case 2:
                for k in range(5):
                    s = 0.6 + 0.42 * k
                    yield place.rectangle((112, 118, 126), f, f + 3.4, s, s + 0.36, ABOVE)
                    yield place.rectangle((176, 182, 190), f, f + 3.4, s + 0.2, s + 0.3, ABOVE)
                f += 2.0
            case _:
                yield from block(site, place, (f, f + 1.9, 0.8, 2.0), 1.8, (236, 172, 36))
                yield place.rectangle(GLASS, f + 0.5, f + 1.3, 1.0, 1.8, ABOVE)
                for s in (1.0, 1.6):
                    yield place.rectangle((60, 64, 70), f + 1.9, f + 2.9, s, s + 0.16, ABOVE)
                f += 1.6
        f += rng.uniform(2.4, 4.6)
