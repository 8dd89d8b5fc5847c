"""A port: yards of containers in blocks with lanes between, rails, cranes."""

from __future__ import annotations

import math
from random import Random
from typing import TYPE_CHECKING, Final

from racer.app.window.base.palette import WHITE, mixed
from racer.app.window.world.land.plants import NIGHT
from racer.app.window.world.shapes import Layer, LocalFrame, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racer.app.window.base.lettering import Colour
    from racer.app.window.world.land.site import Site

ABOVE: Final = Layer.ABOVE
CONTAINERS: Final[tuple[Colour, ...]] = (
    (178, 62, 52),
    (44, 98, 152),
    (206, 148, 48),
    (70, 128, 92),
    (128, 132, 140),
    (96, 62, 110),
)
LONG: Final = 12.6  # m from one container to the next, along …
WIDE: Final = 2.7  # … and across
SLABS_M: Final = 14.0  # of the yard's concrete
RAILS_M: Final = 170.0  # from one pair of rails to the next


def yards(site: Site) -> Iterator[Shape]:
    """Yield slabs of concrete, rails, and blocks of stacked containers with lanes between."""
    rng = Random(f"yards {site.track.name}")
    left, bottom, right, top = site.plots.box
    yield from _slab_shapes(site, rng)
    rails = [bottom + (k + 0.6) * RAILS_M for k in range(max(1, round((top - bottom) / RAILS_M)))]
    for y in rails:
        yield from _rail_shapes(site, left, right, y)
    rows, columns = int((top - bottom) / 24.0), int((right - left) / 34.0)
    for row in range(rows):
        for column in range(columns):
            x, y = left + 34.0 * column + 17.0, bottom + 24.0 * row + 12.0
            on_rails = any(abs(y - rail) < 11.0 for rail in rails)
            if rng.random() < 0.82 and not on_rails:
                yield from _yard_lines(site, x, y)
                yield from _container_block(site, x, y, rng)
    for _ in range(round(1.6 * site.plots.squares)):
        at = site.plots.place(rng, 10.0, tries=6)
        if at is not None:
            yield from crane(site, LocalFrame(*at, rng.choice((0.0, math.pi / 2.0))))


def _yard_lines(site: Site, x: float, y: float) -> Iterator[Shape]:
    """Yield what is painted about a block: its outline and the arrow of the lane beside it."""
    if not site.plots.free(x, y, 4.0):
        return
    yellow = mixed(site.land.ground, (232, 190, 70), 0.55)
    place = LocalFrame(x, y, 0.0)
    for s in (-8.6, 8.4):
        yield place.rectangle(yellow, -13.6, 13.6, s, s + 0.2)
    for f in (-13.6, 13.4):
        yield place.rectangle(yellow, f, f + 0.2, -8.6, 8.6)
    pale = mixed(site.land.ground, WHITE, 0.5)
    for k in range(4):
        yield place.rectangle(pale, -15.4, -15.2, -7.0 + 4.0 * k, -5.0 + 4.0 * k)


def _slab_shapes(site: Site, rng: Random) -> Iterator[Shape]:
    """Yield the joints of the concrete, and slabs that are newer or stained."""
    left, bottom, right, top = site.plots.box
    ground = site.land.ground
    for column in range(int((right - left) / SLABS_M)):
        for row in range(int((top - bottom) / SLABS_M)):
            if rng.random() < 0.22:
                place = LocalFrame(left + column * SLABS_M, bottom + row * SLABS_M, 0.0)
                shade = mixed(ground, rng.choice(((86, 88, 92), WHITE)), rng.uniform(0.06, 0.16))
                yield place.rectangle(shade, 0.0, SLABS_M, 0.0, SLABS_M)
    joint = mixed(ground, NIGHT, 0.18)
    for column in range(int((right - left) / SLABS_M)):
        x = left + column * SLABS_M
        yield from _line_pieces(joint, (x, bottom), (x, top), 0.09)
    for row in range(int((top - bottom) / SLABS_M)):
        y = bottom + row * SLABS_M
        yield from _line_pieces(joint, (left, y), (right, y), 0.09)


def _line_pieces(
    colour: Colour, a: tuple[float, float], b: tuple[float, float], half: float
) -> Iterator[Shape]:
    """Yield a long line in pieces: a tile then paints only what is near it."""
    way = math.dist(a, b)
    count = max(1, round(way / 40.0))
    heading = math.atan2(b[1] - a[1], b[0] - a[0])
    for k in range(count):
        part = k / count
        place = LocalFrame(a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1]), heading)
        yield place.rectangle(colour, 0.0, way / count, -half, half)


def _rail_shapes(site: Site, left: float, right: float, y: float) -> Iterator[Shape]:
    bed = mixed(site.land.ground, (96, 84, 74), 0.6)
    yield from _line_pieces(bed, (left, y), (right, y), 1.7)
    for x in range(round(left), round(right), 2):
        yield LocalFrame(float(x), y, 0.0).rectangle((82, 70, 60), 0.0, 0.5, -1.3, 1.3)
    for side in (-0.72, 0.72):
        yield from _line_pieces((188, 190, 194), (left, y + side), (right, y + side), 0.1)


def _container_block(site: Site, x: float, y: float, rng: Random) -> Iterator[Shape]:
    """Yield two by some containers, in stacks of one to three."""
    placed = []
    rows = rng.randint(3, 5)
    for column in range(2):
        for row in range(rows):
            cx, cy = x + (column - 0.5) * LONG, y + (row - rows / 2.0) * WIDE
            if rng.random() < 0.14 or not site.plots.free(cx, cy, 7.0):
                continue
            placed.append((cx, cy))
            yield from container(site, LocalFrame(cx, cy, 0.0), rng.randint(1, 3), rng)
    for cx, cy in placed:  # only now: they stand close to each other
        site.plots.take(cx, cy, 4.0)


def container(site: Site, place: LocalFrame, high: int, rng: Random) -> Iterator[Shape]:
    """Yield a stack of containers, of which the top one is seen: brighter the higher."""
    colour = mixed(rng.choice(CONTAINERS), WHITE, 0.07 * (high - 1))
    half, depth = 6.0, 1.22
    corners = [
        place.at(f, s) for f, s in ((-half, -depth), (half, -depth), (half, depth), (-half, depth))
    ]
    yield site.sun.shadow(corners, 2.6 * high)
    yield place.rectangle(mixed(colour, NIGHT, 0.34), -half, half, -depth, depth, ABOVE)
    yield place.rectangle(colour, -half + 0.2, half - 0.2, -depth + 0.2, depth - 0.2, ABOVE)
    yield place.rectangle(
        mixed(colour, WHITE, 0.2), -half + 0.2, half - 0.2, depth - 0.45, depth - 0.2, ABOVE
    )
    for k in range(1, 10):
        rib = -half + k * 1.2
        yield place.rectangle(
            mixed(colour, NIGHT, 0.16), rib, rib + 0.22, -depth + 0.2, depth - 0.2, ABOVE
        )


def crane(site: Site, place: LocalFrame) -> Iterator[Shape]:
    """Yield a gantry crane: two beams over its legs, the crab between."""
    yellow = (222, 176, 58)
    for f in (-9.0, 9.0):
        for s in (-2.4, 2.4):
            yield site.sun.shadow(
                [
                    place.at(f + a, s + b)
                    for a, b in ((-0.6, -0.6), (0.6, -0.6), (0.6, 0.6), (-0.6, 0.6))
                ],
                11.0,
            )
    for s in (-2.4, 2.4):
        corners = [
            place.at(f, s + b) for f, b in ((-11.0, -0.4), (11.0, -0.4), (11.0, 0.4), (-11.0, 0.4))
        ]
        dx, dy = 11.0 * site.sun.dx, 11.0 * site.sun.dy
        yield Shape(site.sun.shade, tuple((x + dx, y + dy) for x, y in corners), layer=Layer.SHADE)
        yield place.rectangle(mixed(yellow, NIGHT, 0.3), -11.0, 11.0, s - 0.5, s + 0.5, ABOVE)
        yield place.rectangle(yellow, -11.0, 11.0, s - 0.2, s + 0.5, ABOVE)
    for f in (-10.6, -4.0, 3.4, 10.0):
        yield place.rectangle(mixed(yellow, NIGHT, 0.15), f, f + 0.6, -2.4, 2.4, ABOVE)
    yield place.rectangle((70, 76, 86), -1.6, 1.6, -1.9, 1.9, ABOVE)
    yield place.rectangle((120, 128, 140), -1.2, 1.2, -0.8, 1.5, ABOVE)
