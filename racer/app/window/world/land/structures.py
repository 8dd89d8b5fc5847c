"""What the circuit itself has built: stands, pits, tents of the teams, stacks of tyres."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from racer.app.window.base.paints import PAINTS
from racer.app.window.base.palette import WHITE, mixed
from racer.app.window.world.land.plants import NIGHT, seeded
from racer.app.window.world.shapes import Layer, LocalFrame, Shape, disc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racer.app.window.base.lettering import Colour
    from racer.app.window.world.land.site import Site
    from racer.core.circuits.track import Scenery

ABOVE: Final = Layer.ABOVE
STAND_M: Final = 5.0  # half its depth
ROWS: Final = 6
BAY_M: Final = 9.0  # of a stand, from one aisle to the next
SEAT_M: Final = 0.95
ROOF: Final[Colour] = (224, 228, 234)
CONCRETE: Final[Colour] = (168, 172, 178)


def structure(site: Site, thing: Scenery) -> Iterator[Shape]:
    """Yield one of them, turned to the road."""
    lateral = site.track.project(thing.x, thing.y).lateral_m
    towards = -1.0 if lateral > 0.0 else 1.0  # the side of it that faces the road: left is +1
    place = LocalFrame(thing.x, thing.y, thing.heading)
    match thing.kind:
        case "stand":
            yield from _stand_shapes(site, place, thing, towards)
        case "pits":
            yield from _pit_shapes(site, place, thing, towards)
        case "tent":
            yield from _team_tent(site, place, thing)
        case "tyres":
            yield from tyre_stack(site, place, thing.size_m)
        case _:
            return


def _rectangle_corners(
    place: LocalFrame, half: float, a: float, b: float
) -> list[tuple[float, float]]:
    return [place.at(f, s) for f, s in ((-half, a), (half, a), (half, b), (-half, b))]


def _stand_shapes(site: Site, place: LocalFrame, thing: Scenery, towards: float) -> Iterator[Shape]:
    """Yield a forecourt, rising rows with people between aisles, and a roof on trusses."""
    half, depth = thing.size_m / 2.0, STAND_M

    def across(*sides: float) -> tuple[float, float]:
        a, b = (towards * side for side in sides)
        return min(a, b), max(a, b)

    paving = mixed(site.land.ground, CONCRETE, 0.55)
    yield place.rectangle(paving, -half - 2.5, half + 2.5, *across(-depth - 5.0, depth + 0.8))
    for k in range(int(thing.size_m / 6.0)):  # joints of the paving
        f = -half + 6.0 * k
        yield place.rectangle(mixed(paving, NIGHT, 0.12), f, f + 0.2, *across(-depth - 5.0, -depth))
    yield site.sun.shadow(_rectangle_corners(place, half, *across(-depth, 0.0)), 6.0)
    yield site.sun.shadow(_rectangle_corners(place, half, *across(0.0, depth)), 1.5)
    yield place.rectangle((104, 110, 120), -half, half, *across(-depth, depth), ABOVE)
    for row in range(ROWS):
        near = depth - 0.5 - row * 1.1
        step = mixed((126, 132, 144), WHITE, 0.09 * row)
        yield place.rectangle(step, -half + 0.3, half - 0.3, *across(near, near - 1.0), ABOVE)
        yield place.rectangle(
            mixed(step, NIGHT, 0.3), -half + 0.3, half - 0.3, *across(near - 1.0, near - 1.1), ABOVE
        )
    yield from _people_shapes(place, thing, towards)
    for k in range(int(thing.size_m / BAY_M) + 1):  # aisles
        f = -half + k * BAY_M
        yield place.rectangle((196, 200, 206), f, f + 0.7, *across(depth - 0.4, -1.9), ABOVE)
    yield place.rectangle((64, 70, 82), -half, half, *across(-1.6, -2.2), ABOVE)  # the roof's shade
    yield place.rectangle(ROOF, -half - 0.6, half + 0.6, *across(-2.0, -depth - 0.6), ABOVE)
    yield place.rectangle(
        mixed(ROOF, NIGHT, 0.14), -half - 0.6, half + 0.6, *across(-3.8, -depth - 0.6), ABOVE
    )
    for k in range(int(thing.size_m / BAY_M) + 1):  # trusses
        f = -half + k * BAY_M
        yield place.rectangle(
            (150, 158, 170), f - 0.2, f + 0.25, *across(-1.5, -depth - 0.6), ABOVE
        )
    yield place.rectangle((190, 48, 46), -half - 0.6, half + 0.6, *across(-1.7, -2.05), ABOVE)
    yield from _flag_shapes(site, place, half, across(-depth - 0.4, -depth - 0.2)[0])


def _people_shapes(place: LocalFrame, thing: Scenery, towards: float) -> Iterator[Shape]:
    """Yield who sits there: in clusters of colours, with empty seats between."""
    rng = seeded(thing.x, thing.y)
    half = thing.size_m / 2.0
    club = rng.choice(PAINTS)
    for row in range(ROWS):
        side = towards * (STAND_M - 0.95 - row * 1.1)
        f = -half + 1.0
        while f < half - 0.6:
            f += SEAT_M
            crowd = 0.62 + 0.38 * math.sin(f * 0.31 + row * 0.9 + half)
            if rng.random() > 0.35 + 0.6 * crowd:
                continue
            coat = club if rng.random() < 0.35 else rng.choice(PAINTS)
            x, y = place.at(f, side + rng.uniform(-0.14, 0.14))
            yield disc(mixed(coat, (170, 164, 160), 0.35), x, y, 0.36, ABOVE)
            if rng.random() < 0.5:
                yield disc((214, 176, 148), x - 0.05, y + 0.08, 0.17, ABOVE)


def _flag_shapes(site: Site, place: LocalFrame, half: float, side: float) -> Iterator[Shape]:
    for k, f in enumerate((-half, -half / 3.0, half / 3.0, half)):
        pole = LocalFrame(*place.at(f, side), -0.35)
        cloth = PAINTS[k * 5 % len(PAINTS)]
        yield pole.rectangle((58, 62, 70), -0.1, 0.1, -0.1, 0.1, ABOVE)
        yield pole.rectangle(cloth, 0.1, 2.2, -0.5, 0.5, ABOVE)
        yield pole.rectangle(mixed(cloth, NIGHT, 0.25), 0.9, 1.4, -0.5, 0.5, ABOVE)


def _pit_shapes(site: Site, place: LocalFrame, thing: Scenery, towards: float) -> Iterator[Shape]:
    """Yield the pit lane with its wall and boxes, and the garages with terraces on their roofs."""
    half, depth = thing.size_m / 2.0, 4.5

    def across(*sides: float) -> tuple[float, float]:
        a, b = (towards * side for side in sides)
        return min(a, b), max(a, b)

    lane = mixed(site.land.asphalt, WHITE, 0.10)
    yield place.rectangle(
        mixed(lane, WHITE, 0.14), -half - 8.0, half + 8.0, *across(-depth - 12.0, -depth)
    )
    yield place.rectangle(lane, -half - 16.0, half + 16.0, *across(depth, depth + 7.0))
    yield place.rectangle(
        (232, 234, 236), -half - 16.0, half + 16.0, *across(depth + 3.2, depth + 3.45)
    )
    for k in range(int(thing.size_m / 5.0)):
        f = -half + 5.0 * k
        yield place.rectangle((214, 178, 70), f + 0.3, f + 4.7, *across(depth + 2.9, depth + 3.1))
        yield place.rectangle((214, 178, 70), f + 0.3, f + 0.5, *across(depth + 0.3, depth + 2.9))
    yield site.sun.shadow(_rectangle_corners(place, half, *across(-depth, depth)), 5.0)
    yield place.rectangle((196, 201, 209), -half, half, *across(-depth, depth), ABOVE)
    yield place.rectangle(
        (168, 174, 184), -half + 0.7, half - 0.7, *across(-depth + 0.7, depth - 2.2), ABOVE
    )
    boxes = max(1, int(thing.size_m / 5.0))
    width = thing.size_m / boxes
    for k in range(boxes):
        left, colour = -half + k * width, PAINTS[k % len(PAINTS)]
        yield place.rectangle(
            colour, left + 0.4, left + width - 0.4, *across(depth - 1.9, depth), ABOVE
        )
        yield place.rectangle(
            mixed(colour, NIGHT, 0.35),
            left + 0.4,
            left + width - 0.4,
            *across(depth - 0.5, depth),
            ABOVE,
        )
        yield place.rectangle(
            (128, 136, 148),
            left + width / 2.0 - 1.0,
            left + width / 2.0 + 1.0,
            *across(-1.6, 0.2),
            ABOVE,
        )
        yield disc((206, 210, 216), *place.at(left + width / 2.0, towards * -0.7), 0.5, ABOVE)
    yield from _lorry_shapes(site, place, half, across(-depth - 10.0, -depth - 7.4))


def _lorry_shapes(
    site: Site, place: LocalFrame, half: float, side: tuple[float, float]
) -> Iterator[Shape]:
    """Yield the teams' lorries behind the garages."""
    for k in range(int(half / 5.0)):
        f = -half + 9.0 * k
        yield site.sun.shadow(
            [
                place.at(f, side[0]),
                place.at(f + 7.5, side[0]),
                place.at(f + 7.5, side[1]),
                place.at(f, side[1]),
            ],
            3.2,
        )
        colour = PAINTS[(3 * k + 1) % len(PAINTS)]
        yield place.rectangle((234, 236, 238), f, f + 5.6, *side, ABOVE)
        yield place.rectangle(colour, f + 1.0, f + 2.4, *side, ABOVE)
        yield place.rectangle(
            mixed(colour, NIGHT, 0.2), f + 5.8, f + 7.5, side[0] + 0.1, side[1] - 0.1, ABOVE
        )
        yield place.rectangle((52, 66, 82), f + 6.9, f + 7.3, side[0] + 0.3, side[1] - 0.3, ABOVE)


def _team_tent(site: Site, place: LocalFrame, thing: Scenery) -> Iterator[Shape]:
    """Yield a row of pagoda tents with pointed roofs, in two colours, on a wooden floor."""
    rng = seeded(thing.x, thing.y)
    cloth = rng.choice(PAINTS)
    side = max(3.0, thing.size_m / 4.0)
    yield place.rectangle(
        mixed(site.land.sand, (150, 116, 82), 0.5), -2.3 * side, 2.3 * side, -1.4 * side, 1.4 * side
    )
    for k in range(4):
        centre = LocalFrame(*place.at((k - 1.5) * 1.08 * side, 0.0), place.heading)
        corners = _rectangle_corners(centre, side / 2.0, -side / 2.0, side / 2.0)
        yield site.sun.shadow(corners, 2.6)
        roof = cloth if k % 2 else (236, 238, 240)
        for i in range(4):
            a, b = corners[i], corners[(i + 1) % 4]
            mid = ((a[0] + b[0]) / 2.0 - centre.x, (a[1] + b[1]) / 2.0 - centre.y)
            light = math.cos(math.atan2(mid[1], mid[0]) - 2.36)
            colour = mixed(roof, WHITE if light > 0.0 else NIGHT, 0.24 * abs(light))
            yield Shape(colour, (a, b, (centre.x, centre.y)), layer=ABOVE)
        yield disc(mixed(roof, WHITE, 0.5), centre.x, centre.y, 0.25, ABOVE)


def tyre_stack(site: Site, place: LocalFrame, size_m: float) -> Iterator[Shape]:
    """Yield two rows of piled tyres."""
    yield site.sun.shadow(_rectangle_corners(place, size_m / 2.0, -0.5, 1.5), 1.0)
    for k in range(int(size_m / 1.1)):
        for row in range(2):
            x, y = place.at(-size_m / 2.0 + k * 1.1, row * 1.05)
            yield disc((30, 32, 36), x, y, 0.55, ABOVE)
            yield disc((66, 70, 76), x - 0.06, y + 0.06, 0.42, ABOVE)
            yield disc((204, 58, 52) if (k // 3 + row) % 2 else (226, 228, 232), x, y, 0.24, ABOVE)
