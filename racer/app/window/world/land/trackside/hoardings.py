"""What stands to be looked at, or looks: boards, a screen, cameras on their towers, lamps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from racer.app.window.base.palette import WHITE, mixed
from racer.app.window.world.land.plants import NIGHT
from racer.app.window.world.land.road.barrier import BOARDS
from racer.app.window.world.land.trackside.onlookers import person
from racer.app.window.world.shapes import Layer, LocalFrame, Shape, disc

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from racer.app.window.base.lettering import Colour
    from racer.app.window.world.land.site import Site

ABOVE: Final = Layer.ABOVE
STEEL: Final[Colour] = (120, 126, 136)
PANEL_M: Final = 5.2  # of one advertiser


def block(
    site: Site,
    place: LocalFrame,
    box: tuple[float, float, float, float],
    height: float,
    top: Colour,
) -> Iterator[Shape]:
    """Yield a box with its shadow and a bright edge: back, front, right, left [m]."""
    back, front, right, left = box
    corners = [place.at(f, s) for f in (back, front) for s in (right, left)]
    yield site.sun.shadow(corners, height)
    yield place.rectangle(mixed(top, WHITE, 0.28), *box, ABOVE)
    yield place.rectangle(top, back + 0.12, front - 0.12, right + 0.12, left - 0.12, ABOVE)


def boards(site: Site, place: LocalFrame, half: float, rng: Random) -> Iterator[Shape]:
    """Yield a row of boards that lean back on struts: blocks of letters on plain colours."""
    count = max(1, int(2.0 * half / PANEL_M))
    first = rng.randrange(len(BOARDS))
    for k in range(count):
        colour = BOARDS[(first + 2 * (k // 2)) % len(BOARDS)]
        f = -half + k * PANEL_M
        front = f + PANEL_M - 0.25
        corners = [place.at(g, s) for g in (f, front) for s in (0.1, 1.2)]
        yield site.sun.shadow(corners, 1.5)
        for strut in (f + 0.6, front - 0.8):
            yield place.rectangle(STEEL, strut, strut + 0.2, 1.1, 2.3)
        yield place.rectangle(mixed(colour, NIGHT, 0.35), f, front, 0.0, 1.25, ABOVE)
        yield place.rectangle(colour, f, front, 0.0, 1.0, ABOVE)
        yield place.rectangle(mixed(colour, WHITE, 0.5), f, front, 1.0, 1.12, ABOVE)
        yield from _letter_shapes(
            place, (f, front), WHITE if sum(colour) < 480 else (26, 30, 40), k
        )


def _letter_shapes(
    place: LocalFrame, span: tuple[float, float], ink: Colour, number: int
) -> Iterator[Shape]:
    """Yield a mark and a word, as one reads them at speed: not at all."""
    middle = (span[0] + span[1]) / 2.0
    if number % 2:
        yield disc(ink, *place.at(span[0] + 0.85, 0.5), 0.32, ABOVE)
    for k in range(5):
        f = middle - 1.0 + 0.62 * k
        yield place.rectangle(ink, f, f + 0.42, 0.26, 0.74, ABOVE)
        if (k + number) % 2:
            hole = mixed(ink, NIGHT, 0.55)
            yield place.rectangle(hole, f + 0.14, f + 0.28, 0.4, 0.56, ABOVE)


def video_screen(site: Site, place: LocalFrame, half: float, rng: Random) -> Iterator[Shape]:
    """Yield a large screen on a lorry's trailer; its picture faces the road."""
    yield place.rectangle(mixed(site.land.ground, NIGHT, 0.3), -half, half, 0.6, 3.6)
    yield from block(site, place, (-half, half, 1.0, 2.4), 6.0, (44, 50, 62))
    sky, road = (96, 168, 214), (72, 76, 86)
    yield place.rectangle(sky, -half + 0.3, half - 0.3, 0.1, 0.95, ABOVE)
    yield place.rectangle(road, -half + 0.3, half - 0.3, 0.1, 0.5, ABOVE)
    f = rng.uniform(-half * 0.6, half * 0.3)
    yield place.rectangle((226, 60, 52), f, f + 1.3, 0.3, 0.6, ABOVE)
    yield from block(site, place, (-1.2, 3.8, 2.6, 4.4), 2.6, (226, 228, 232))


def camera_tower(site: Site, place: LocalFrame, half: float, rng: Random) -> Iterator[Shape]:
    """Yield a scaffold with a platform of planks, a camera, and who points it."""
    del half
    yield from block(site, place, (-1.5, 1.5, 0.4, 3.2), 5.0, (150, 122, 86))
    for k in range(5):
        f = -1.3 + 0.55 * k
        yield place.rectangle((122, 98, 68), f, f + 0.08, 0.55, 3.05, ABOVE)
    for f in (-1.45, 1.3):
        yield place.rectangle(STEEL, f, f + 0.15, 0.4, 3.2, ABOVE)
    yield place.rectangle((30, 34, 42), -0.35, 0.35, 0.2, 1.2, ABOVE)
    yield place.rectangle((70, 78, 92), -0.2, 0.2, -0.15, 0.35, ABOVE)
    x, y = place.at(0.1, 1.9)
    yield from person(site, x, y, (36, 44, 60), rng)
