"""Marshals' posts: where they stand, and what of them never moves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from racer.app.window.base.palette import WHITE, mixed
from racer.app.window.world.land.plants import NIGHT
from racer.app.window.world.land.road.along import across, wall
from racer.app.window.world.shapes import Layer, LocalFrame, Shape, disc

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from racer.app.window.base.lettering import Colour
    from racer.app.window.world.land.site import Site
    from racer.core.circuits.track import Track

EVERY_M: Final = 95.0  # so one is seen wherever one is
OUT_M: Final = 1.9  # of the marshal's feet beyond the barrier
BEFORE_LINE_M: Final = 7.0  # the first post: the one of the chequered flag
STRAIGHT: Final = 1.0 / 400.0
ORANGE: Final[Colour] = (240, 112, 32)
ABOVE: Final = Layer.ABOVE


@dataclass(frozen=True, slots=True)
class MarshalPost:
    """Where a marshal stands: so far along the lap, on one side of the road."""

    way_m: float
    place: LocalFrame  # of the marshal; forward is the way of the race, or against it
    outward: float  # +1: the road is to the right of the frame, -1: to its left


def posts_of(track: Track) -> tuple[MarshalPost, ...]:
    """Return the posts of a circuit in the order of the race; the first is that of the line."""
    count = max(3, round(track.length_m / EVERY_M))
    found = []
    for k in range(count):
        way = (k * track.length_m / count - BEFORE_LINE_M) % track.length_m
        post = _post_near(track, way, 1.0 if k % 2 else -1.0)
        if post is not None:
            found.append(post)
    return tuple(found)


def _post_near(track: Track, way: float, side: float) -> MarshalPost | None:
    """Return the first place from here on that has room: outside of a bend, if there is one."""
    for k in range(6):
        at = (way + 9.0 * k) % track.length_m
        point = track.centre[track.index_at(at)]
        if abs(point.curvature) > STRAIGHT:
            side = -math.copysign(1.0, point.curvature)
        for each in (side, -side):
            x, y = across(point, wall(point, each) + each * OUT_M)
            if point.level == 0 and not _is_built_on(track, x, y):
                heading = math.atan2(point.ty, point.tx)
                return MarshalPost(at, LocalFrame(x, y, heading), each)
    return None


def _is_built_on(track: Track, x: float, y: float) -> bool:
    return any(
        math.hypot(x - thing.x, y - thing.y) < 6.0 + thing.size_m / 2.0
        for thing in track.scenery
        if thing.kind != "tree"
    )


def post_shapes(site: Site, posts: Sequence[MarshalPost]) -> Iterator[Shape]:
    """Yield each post's slab, shelter, board with its number, extinguishers and fence of planks."""
    for number, post in enumerate(posts):
        yield from _one_post(site, post, number)


def _one_post(site: Site, post: MarshalPost, number: int) -> Iterator[Shape]:
    place, out = post.place, post.outward

    def across_it(a: float, b: float) -> tuple[float, float]:
        return min(out * a, out * b), max(out * a, out * b)

    slab = mixed(site.land.ground, (176, 178, 182), 0.75)
    yield place.rectangle(mixed(slab, NIGHT, 0.2), -2.9, 2.9, *across_it(-1.1, 1.5))
    yield place.rectangle(slab, -2.7, 2.7, *across_it(-1.0, 1.35))
    roof = [place.at(f, s) for f in (-2.6, -0.9) for s in across_it(-0.75, 1.2)]
    yield site.sun.shadow(roof, 2.3)
    for k in range(4):  # the shelter's roof, in the stripes of all that belongs to the race
        colour = ORANGE if k % 2 else (240, 242, 244)
        a, b = across_it(-0.75 + 0.5 * k, -0.25 + 0.5 * k)
        yield place.rectangle(colour, -2.6, -0.9, a, b, ABOVE)
        yield place.rectangle(mixed(colour, NIGHT, 0.2), -2.6, -1.75, a, b, ABOVE)
    for k in range(2):
        yield disc((206, 40, 40), *place.at(1.5 + 0.55 * k, out * 0.9), 0.24, ABOVE)
        yield disc(WHITE, *place.at(1.5 + 0.55 * k, out * 0.9), 0.09, ABOVE)
    yield place.rectangle((28, 34, 46), 1.1, 2.5, *across_it(-0.95, -0.6), ABOVE)
    for k in range(1 + number % 3):  # strokes instead of a figure: it is as large as a hand
        yield place.rectangle(WHITE, 1.3 + 0.4 * k, 1.45 + 0.4 * k, *across_it(-0.9, -0.65), ABOVE)
