"""The sea south of a coast's circuit: a promenade, the quay, water that grows deeper, boats."""

from __future__ import annotations

import math
from random import Random
from typing import TYPE_CHECKING, Final

from racer.app.window.base.paints import PAINTS
from racer.app.window.base.palette import WHITE, mixed
from racer.app.window.world.land.plants import NIGHT, crown
from racer.app.window.world.land.road.along import across
from racer.app.window.world.shapes import Layer, LocalFrame, Shape, disc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racer.app.window.base.lettering import Colour
    from racer.app.window.world.land.site import Site
    from racer.core.circuits.track import Track

SHORE_M: Final = 20.0  # from the southernmost barrier to the quay
SEA_M: Final = 900.0  # how far the water reaches, and to either side
ABOVE: Final = Layer.ABOVE


def shore_y(track: Track) -> float:
    """Return where the quay lies."""
    return (
        min(across(p, w)[1] for p in track.centre for w in (p.left_wall_m, -p.right_wall_m))
        - SHORE_M
    )


def sea(site: Site, shore: float) -> Iterator[Shape]:
    """Yield it all, from the promenade on."""
    water = site.water
    xs = [point.x_m for point in site.track.centre]
    left, right = min(xs) - SEA_M, max(xs) + SEA_M
    rng = Random(len(site.track.centre))

    def stripe(colour: Colour, top: float, bottom: float) -> Shape:
        return Shape(colour, ((left, top), (right, top), (right, bottom), (left, bottom)))

    stone = site.land.sand
    yield stripe(stone, shore + 7.0, shore)
    for k in range(4):
        yield stripe(mixed(stone, NIGHT, 0.08), shore + 6.8 - 1.7 * k, shore + 6.6 - 1.7 * k)
    for joint_x in range(round(min(xs)) - 90, round(max(xs)) + 90, 6):
        joint = LocalFrame(float(joint_x), shore, 0.0)
        yield joint.rectangle(mixed(stone, NIGHT, 0.1), 0.0, 0.16, 0.0, 7.0)
    yield stripe(mixed(stone, WHITE, 0.25), shore + 0.8, shore - 0.6)
    yield stripe(mixed(stone, NIGHT, 0.55), shore - 0.6, shore - 1.7)
    for depth, share in ((1.7, 0.26), (6.0, 0.17), (14.0, 0.08), (26.0, 0.0)):
        yield stripe(mixed(water, WHITE, share), shore - depth, shore - SEA_M)
    span = max(xs) - min(xs) + 180.0
    yield from _wave_shapes(water, (min(xs) - 90.0, shore, span), rng)
    for k in range(int(span / 22.0)):
        x = min(xs) - 80.0 + 22.0 * k
        if k % 3 == 0:
            yield from crown(x, shore + 4.4, 2.3, rng.choice(site.land.leaves), site.sun, rng)
        yield site.sun.shadow(
            [(x + 7.0, shore + 2.2), (x + 9.0, shore + 2.2), (x + 8.0, shore + 3.0)], 0.5
        )
        yield LocalFrame(x + 8.0, shore + 2.6, 0.0).rectangle(
            (122, 88, 58), -1.1, 1.1, -0.35, 0.35, ABOVE
        )
    for k in range(3):
        yield from _pier_shapes(
            site, LocalFrame(min(xs) + span * (0.2 + 0.28 * k), shore, -math.pi / 2.0), rng
        )
    for k in range(9):
        x = min(xs) - 40.0 + (k + rng.random() * 0.6) * span / 10.0
        place = LocalFrame(x, shore - 34.0 - 30.0 * rng.random(), rng.uniform(-0.5, 0.5))
        yield from boat(site, place, 1.0 + rng.random(), rng)


def _wave_shapes(water: Colour, box: tuple[float, float, float], rng: Random) -> Iterator[Shape]:
    """Yield crests of foam, longer further out."""
    left, shore, span = box
    for _ in range(420):
        x, way = left + rng.random() * span, 3.0 + 90.0 * rng.random() ** 1.2
        foam = mixed(water, WHITE, rng.uniform(0.08, 0.34))
        long = rng.uniform(1.0, 2.0 + way * 0.06)
        bow = rng.uniform(0.1, 0.5)
        y = shore - way
        yield Shape(
            foam,
            ((x - long, y - bow), (x, y + 0.1), (x + long, y - bow), (x, y - 0.12)),
        )


def _pier_shapes(site: Site, place: LocalFrame, rng: Random) -> Iterator[Shape]:
    """Yield a jetty of planks with boats on either side."""
    far = rng.uniform(22.0, 32.0)
    wood = (146, 112, 78)
    yield site.sun.shadow(
        [place.at(f, s) for f, s in ((0.0, -1.3), (far, -1.3), (far, 1.3), (0.0, 1.3))], 1.2
    )
    yield place.rectangle(wood, 0.0, far, -1.3, 1.3, ABOVE)
    for k in range(int(far)):
        yield place.rectangle(mixed(wood, NIGHT, 0.18), float(k), k + 0.16, -1.3, 1.3, ABOVE)
    for k in range(int(far / 6.0)):
        for side in (-1.0, 1.0):
            if rng.random() < 0.75:
                at = place.at(4.0 + 6.0 * k, side * 5.6)
                turn = place.heading + side * math.pi / 2.0
                yield from boat(site, LocalFrame(*at, turn), rng.uniform(0.55, 0.85), rng)


def boat(site: Site, place: LocalFrame, size: float, rng: Random) -> Iterator[Shape]:
    """Yield a boat with its cabin, its deck of wood."""
    hull = [
        (f * size, s * size)
        for f, s in (
            (-5.0, -1.4),
            (2.2, -1.5),
            (4.4, -0.8),
            (5.8, 0.0),
            (4.4, 0.8),
            (2.2, 1.5),
            (-5.0, 1.4),
        )
    ]
    yield Shape(
        mixed(site.water, NIGHT, 0.3),
        tuple(place.moved(0.9 * size, -0.9 * size).at(f, s) for f, s in hull),
    )
    yield Shape((240, 243, 246), tuple(place.at(f, s) for f, s in hull), layer=ABOVE)
    yield Shape(
        (190, 152, 106), tuple(place.at(f * 0.84 - 0.2, s * 0.72) for f, s in hull), layer=ABOVE
    )
    trim = mixed(rng.choice(PAINTS), WHITE, 0.2)
    yield place.rectangle(trim, -2.6 * size, 0.6 * size, -0.9 * size, 0.9 * size, ABOVE)
    yield place.rectangle(
        mixed(trim, WHITE, 0.3), -2.6 * size, 0.6 * size, 0.2 * size, 0.9 * size, ABOVE
    )
    yield place.rectangle((60, 78, 98), 0.2 * size, 0.9 * size, -0.8 * size, 0.8 * size, ABOVE)
    if rng.random() < 0.4:
        yield disc((226, 230, 234), *place.at(1.8 * size, 0.0), 0.28 * size, ABOVE)
