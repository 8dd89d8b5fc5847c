"""Basins of a port: quays of stone, deep water, ships that are being unloaded."""

from __future__ import annotations

import math
from random import Random
from typing import TYPE_CHECKING, Final

from racer.app.window.base.paints import PAINTS
from racer.app.window.base.palette import WHITE, mixed
from racer.app.window.world.land.plants import NIGHT
from racer.app.window.world.land.port import CONTAINERS, container, crane
from racer.app.window.world.shapes import Layer, LocalFrame, Shape, disc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racer.app.window.base.lettering import Colour
    from racer.app.window.world.land.site import Site

ABOVE: Final = Layer.ABOVE
SIZES: Final = ((46.0, 17.0), (36.0, 15.0), (28.0, 13.0))  # half its length and width [m]
TRIES: Final = 90
BASINS: Final = 0.5  # for a square of 300 m
QUAY_M: Final = 4.0
SEA: Final[Colour] = (44, 92, 118)


def basins(site: Site) -> Iterator[Shape]:
    """Yield basins where there is ground for them, the largest that fit, seen from the road."""
    rng = Random(f"basins {site.track.name}")
    for _ in range(max(1, round(BASINS * site.plots.squares))):
        found = _free_rectangle(site, rng)
        if found is not None:
            place, half, depth = found
            yield from _basin_shapes(site, place, half, depth, rng)


def _free_rectangle(site: Site, rng: Random) -> tuple[LocalFrame, float, float] | None:
    """Take a free rectangle beside the road; lying along or across, as yards do."""
    for half, depth in SIZES:
        for _ in range(TRIES):
            point = rng.choice(site.track.centre)
            a, r = rng.uniform(0.0, math.tau), rng.uniform(24.0, 52.0)
            heading = rng.choice((0.0, math.pi / 2.0))
            place = LocalFrame(point.x_m + r * math.cos(a), point.y_m + r * math.sin(a), heading)
            spots = [
                place.at(half * f / 6.0, depth * s / 2.0)
                for f in range(-6, 7)
                for s in range(-2, 3)
            ]
            if all(site.plots.free(x, y, QUAY_M) for x, y in spots):
                for x, y in spots:
                    site.plots.take(x, y, depth / 2.0 + 1.0)
                return place, half, depth
    return None


def _basin_shapes(
    site: Site, place: LocalFrame, half: float, depth: float, rng: Random
) -> Iterator[Shape]:
    stone = mixed(site.land.ground, (196, 190, 178), 0.6)
    yield place.rectangle(mixed(stone, NIGHT, 0.1), *_grown_by(half, depth, QUAY_M))
    yield place.rectangle(stone, *_grown_by(half, depth, 1.2))
    yield place.rectangle(mixed(stone, NIGHT, 0.62), *_grown_by(half, depth, 0.3))
    for inset, share in ((0.0, -0.3), (1.6, 0.0), (4.0, 0.10), (7.0, 0.18)):
        colour = mixed(SEA, NIGHT if share < 0.0 else WHITE, abs(share) * 0.6)
        yield place.rectangle(colour, *_grown_by(half, depth, -inset))
    for _ in range(int(half * depth / 7.0)):
        f, s = rng.uniform(-half + 2.0, half - 2.0), rng.uniform(-depth + 1.0, depth - 1.0)
        long = rng.uniform(0.5, 1.8)
        yield place.rectangle(mixed(SEA, WHITE, rng.uniform(0.15, 0.4)), f - long, f, s, s + 0.12)
    for k in range(int(half / 3.5)):  # bollards and fenders
        f = -half + 3.0 + 7.0 * k
        for s in (-depth - 0.9, depth + 0.9):
            yield disc((48, 52, 60), *place.at(f, s), 0.34, ABOVE)
            yield disc((218, 180, 60), *place.at(f - 0.05, s + 0.05), 0.16, ABOVE)
    yield from _ship_shapes(site, place, half * 0.78, depth, rng)
    side = LocalFrame(*place.at(half * 0.2, -depth + 4.0), place.heading + math.pi / 2.0)
    yield from crane(site, side)


def _grown_by(half: float, depth: float, by: float) -> tuple[float, float, float, float]:
    return -half - by, half + by, -depth - by, depth + by


def _ship_shapes(
    site: Site, place: LocalFrame, half: float, depth: float, rng: Random
) -> Iterator[Shape]:
    """Yield a ship at the quay: its hull, deck, stacks in the hold, bridge and funnel."""
    wide = min(6.2, depth * 0.42)
    ship = LocalFrame(*place.at(0.0, -depth + wide + 1.1), place.heading)

    def hull(inset: float) -> tuple[tuple[float, float], ...]:
        w, back, front = wide - inset, -half + inset, half - inset
        outline = ((back, -w * 0.9), (front - 9.0, -w), (front - 3.0, -w * 0.6), (front, 0.0))
        mirror = tuple((f, -s) for f, s in reversed(outline[:-1]))
        return tuple(ship.at(f, s) for f, s in (*outline, *mirror))

    paint = rng.choice(((150, 44, 40), (34, 62, 96), (44, 88, 70), (58, 62, 72)))
    yield site.sun.shadow(hull(0.0), 4.0)
    yield Shape(mixed(paint, NIGHT, 0.25), hull(0.0), layer=ABOVE)
    yield Shape(mixed(paint, WHITE, 0.2), hull(0.35), layer=ABOVE)
    yield Shape((150, 118, 92), hull(0.8), layer=ABOVE)
    bays, f = 0, -half + 13.0
    while f + 12.4 < half - 8.0:
        for k in range(int(wide * 2.0 / 2.7)):
            s = -wide + 1.7 + 2.6 * k
            if s < wide - 1.4 and rng.random() < 0.88:
                yield from container(
                    site, LocalFrame(*ship.at(f + 6.2, s), ship.heading), 1 + bays % 2, rng
                )
        f, bays = f + 13.2, bays + 1
    tower = [ship.at(a, b) for a in (-half + 3.6, -half + 9.0) for b in (-wide + 1.2, wide - 1.2)]
    yield site.sun.shadow(tower, 9.0)
    yield ship.rectangle((236, 238, 240), -half + 3.6, -half + 9.0, -wide + 1.2, wide - 1.2, ABOVE)
    yield ship.rectangle((200, 206, 212), -half + 4.2, -half + 7.2, -wide + 1.8, wide - 1.8, ABOVE)
    yield ship.rectangle((52, 70, 92), -half + 8.2, -half + 8.8, -wide + 1.6, wide - 1.6, ABOVE)
    yield disc(rng.choice(PAINTS), *ship.at(-half + 5.4, 0.0), 1.0, ABOVE)
    yield disc((28, 30, 36), *ship.at(-half + 5.4, 0.0), 0.6, ABOVE)
    yield ship.rectangle(rng.choice(CONTAINERS), half - 7.0, half - 5.4, -1.2, 1.2, ABOVE)
