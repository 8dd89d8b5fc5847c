"""A town about the streets that are raced in: blocks of houses, pavements, trees before the doors.

From above a town is its roofs, so these differ: flat ones with what stands on them, pitched ones
of tiles, gardens. What is high throws the street's far side into shadow.
"""

from __future__ import annotations

import math
from random import Random
from typing import TYPE_CHECKING, Final

from racer.app.window.base.palette import WHITE, mixed
from racer.app.window.world.land.buildings import flat_roof, pitched, place_at
from racer.app.window.world.land.plants import NIGHT, crown
from racer.app.window.world.land.plots import BESIDE_M
from racer.app.window.world.land.road.along import across, beyond, ribbon, runs, stretch, wall
from racer.app.window.world.shapes import Layer, LocalFrame, disc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from racer.app.window.base.lettering import Colour
    from racer.app.window.world.land.site import Site
    from racer.app.window.world.shapes import Shape

ABOVE: Final = Layer.ABOVE
STREET: Final = "street"  # a circuit with this in its name is of a town
STEP_M: Final = 2.5  # along the road, from one try to the next
ROWS: Final = (0.0, 17.5, 35.0)  # m beyond what is beside the road: the streets of houses
PLOT_M: Final = 7.6  # half the depth of a house and its yard
CLEAR_M: Final = 6.4  # about the middle of a house, from what else stands there …
TAKEN_M: Final = 4.6  # … and from the next house
HALVES: Final = (7.0, 12.0)  # of a house along the street [m]
ROOFS: Final[tuple[Colour, ...]] = (
    (186, 168, 142),
    (198, 192, 182),
    (146, 92, 76),
    (112, 120, 132),
    (164, 142, 118),
    (104, 132, 124),
)
TILES: Final[tuple[Colour, ...]] = ((174, 92, 64), (158, 78, 60), (188, 116, 78), (104, 106, 116))
PAVING: Final[Colour] = (186, 172, 150)
LAWN: Final[Colour] = (92, 134, 72)
LEAVES: Final[tuple[Colour, ...]] = ((74, 120, 66), (92, 132, 66), (66, 108, 72))


def town(site: Site) -> Iterator[Shape]:
    """Yield houses along both sides of the streets, where there is room; else nothing."""
    track = site.track
    if STREET not in f"{track.name} {track.title}".lower():
        return
    rng = Random(f"town {track.name}")
    yield from _paving_shapes(site)
    step = max(1, round(STEP_M / track.spacing_m))
    for off in ROWS:
        for side in (1.0, -1.0):
            for point in track.centre[::step]:
                half = rng.uniform(*HALVES)
                lateral = wall(point, side) + side * (BESIDE_M + off + PLOT_M)
                heading = math.atan2(point.ty, point.tx) + (math.pi if side < 0.0 else 0.0)
                place = LocalFrame(*across(point, lateral), heading)
                if _takes_ground(site, place, half):
                    yield from _house_shapes(site, place, half, rng)


def _paving_shapes(site: Site) -> Iterator[Shape]:
    """Yield the stones between the barriers and the houses, in courses along the street."""
    paving = mixed(site.land.ground, PAVING, 0.62)
    for side in (1.0, -1.0):
        for run in runs(stretch(site.track, 0)):
            for k, first in enumerate((0.0, 3.3, 6.6, 9.9)):
                colour = mixed(paving, NIGHT if k % 2 else WHITE, 0.05)
                yield ribbon(site.track, colour, run, *beyond(side, first, first + 3.3, wall))
            yield ribbon(
                site.track, mixed(paving, NIGHT, 0.3), run, *beyond(side, 13.2, 13.5, wall)
            )


def _takes_ground(site: Site, place: LocalFrame, half: float) -> bool:
    """Take the ground of a house, if all of it is free."""
    spots = [place.at(f, 0.0) for f in (-half + 3.0, 0.0, half - 3.0)]
    if not all(site.plots.free(x, y, CLEAR_M) for x, y in spots):
        return False
    for x, y in spots:
        site.plots.take(x, y, TAKEN_M)
    return True


def _house_shapes(site: Site, place: LocalFrame, half: float, rng: Random) -> Iterator[Shape]:
    """Yield one, with its pavement towards the road, which is to its right."""
    pavement = mixed(site.land.ground, PAVING, 0.75)
    yield place.rectangle(mixed(pavement, NIGHT, 0.2), -half - 1.4, half + 1.4, -8.4, 8.4)
    yield place.rectangle(pavement, -half - 1.2, half + 1.2, -8.2, 8.2)
    house = place_at(place, 0.0, rng.uniform(-0.6, 1.0))
    kind: Callable[[Site, LocalFrame, float, Random], Iterator[Shape]] = rng.choices(
        (_flats_shapes, _terrace_shapes, _court_shapes, _square_shapes), (5.0, 4.0, 3.0, 1.2)
    )[0]
    yield from kind(site, house, half, rng)
    f = -half + 1.5
    while f < half and kind is not _square_shapes:
        if rng.random() < 0.5:
            x, y = place.at(f, -7.2)
            yield disc(mixed(pavement, NIGHT, 0.4), x, y, 0.7)
            yield from crown(x, y, rng.uniform(1.1, 1.7), rng.choice(LEAVES), site.sun, rng)
        f += rng.uniform(3.6, 6.0)


def _flats_shapes(site: Site, place: LocalFrame, half: float, rng: Random) -> Iterator[Shape]:
    """Yield a tall block: a flat roof with its stairs, its machines, and maybe a garden."""
    roof, depth, height = rng.choice(ROOFS), rng.uniform(4.4, 5.8), rng.uniform(9.0, 17.0)
    yield from flat_roof(site, place, (half, depth, height), roof)
    if rng.random() < 0.35:
        f, s = rng.uniform(-0.4, 0.4) * half, rng.choice((-0.4, 0.4)) * depth
        yield place.rectangle(LAWN, f - 2.6, f + 2.6, s - 1.4, s + 1.4, ABOVE)
        yield disc(rng.choice(LEAVES), *place.at(f - 1.5, s), 0.8, ABOVE)
        yield disc(rng.choice(LEAVES), *place.at(f + 1.2, s + 0.4), 0.6, ABOVE)
    stair = place_at(place, rng.uniform(-0.7, 0.7) * half, 0.2 * depth)
    yield from flat_roof(site, stair, (1.5, 1.2, 2.6), mixed(roof, WHITE, 0.2))
    for _ in range(rng.randint(2, 5)):
        f, s = rng.uniform(-0.85, 0.85) * half, rng.uniform(-0.7, 0.7) * depth
        yield place.rectangle((96, 102, 110), f - 0.7, f + 0.7, s - 0.5, s + 0.5, ABOVE)
        yield place.rectangle((182, 188, 194), f - 0.6, f + 0.3, s - 0.2, s + 0.4, ABOVE)


def _terrace_shapes(site: Site, place: LocalFrame, half: float, rng: Random) -> Iterator[Shape]:
    """Yield narrow houses wall to wall, each with tiles of its own, and their yards behind."""
    count = max(2, round(half / 3.0))
    wide = half / count
    for k in range(count):
        own = place_at(place, -half + wide * (2 * k + 1), -2.0)
        yield from pitched(site, own, wide, 3.9, rng.uniform(6.0, 8.5), rng.choice(TILES))
        green = mixed(LAWN, site.land.ground, rng.uniform(0.0, 0.5))
        yield own.rectangle(green, -wide + 0.2, wide - 0.2, 4.4, 9.0)


def _court_shapes(site: Site, place: LocalFrame, half: float, rng: Random) -> Iterator[Shape]:
    """Yield four wings about a court with a tree."""
    roof, height = rng.choice(TILES), rng.uniform(7.0, 11.0)
    yield from pitched(site, place_at(place, 0.0, -4.0), half, 2.4, height, roof)
    for f in (-half + 2.2, half - 2.2):
        wing = place_at(place, f, 0.8, math.pi / 2.0)
        yield from pitched(site, wing, 3.4, 2.2, height, mixed(roof, NIGHT, 0.06))
    yield from pitched(site, place_at(place, 0.0, 5.0), half, 2.2, 0.8 * height, roof)
    x, y = place.at(0.0, 0.6)
    yield from crown(x, y, 1.6, rng.choice(LEAVES), site.sun, rng)


def _square_shapes(site: Site, place: LocalFrame, half: float, rng: Random) -> Iterator[Shape]:
    """Yield a green square: paths across, a basin in the middle, trees at the corners."""
    yield place.rectangle(LAWN, -half, half, -7.0, 7.0)
    path = mixed(site.land.sand, WHITE, 0.1)
    yield place.rectangle(path, -half, half, -0.8, 0.8)
    yield place.rectangle(path, -0.8, 0.8, -7.0, 7.0)
    yield disc(path, place.x, place.y, 3.0)
    yield disc((150, 148, 142), place.x, place.y, 2.2)
    yield disc(site.water, place.x, place.y, 1.8)
    yield disc(mixed(site.water, WHITE, 0.5), place.x - 0.3, place.y + 0.3, 0.6)
    for f in (-0.66 * half, 0.66 * half):
        for s in (-4.4, 4.4):
            x, y = place.at(f, s)
            yield from crown(x, y, rng.uniform(1.7, 2.5), rng.choice(LEAVES), site.sun, rng)
