"""Ways beside the circuit: the service road along it with its fence, and tracks over the land."""

from __future__ import annotations

import math
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, Final

from racer.app.window.base.palette import WHITE, mixed
from racer.app.window.world.land.character import Country
from racer.app.window.world.land.plants import NIGHT
from racer.app.window.world.land.road.along import across, beyond, ribbon, runs, stretch, wall
from racer.app.window.world.shapes import LocalFrame, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racer.app.window.world.land.site import Site
    from racer.app.window.world.shapes import Point

SERVICE_M: Final = (5.0, 8.6)  # beyond a barrier, from and to
FENCE_M: Final = 3.4
POST_M: Final = 9.0
TRACKS: Final = 2.0  # over a square of 300 m
STEP_M: Final = 7.0


def service_road(site: Site) -> Iterator[Shape]:
    """Yield a narrow road beyond the outer barrier, and the spectators' fence before it."""
    track = site.track
    side = outside_of(site)
    paved = site.character.country in {Country.PORT, Country.OVAL, Country.COAST}
    colour = mixed(site.land.ground, site.land.asphalt if paved else site.land.dirt, 0.62)
    edge = mixed(colour, NIGHT, 0.12)
    for run in runs(stretch(track, 0)):
        yield ribbon(
            track, edge, run, *beyond(side, SERVICE_M[0] - 0.35, SERVICE_M[1] + 0.35, wall)
        )
        yield ribbon(track, colour, run, *beyond(side, *SERVICE_M, wall))
        if not paved:
            rut = mixed(colour, NIGHT, 0.16)
            for off in (6.0, 7.6):
                yield ribbon(track, rut, run, *beyond(side, off - 0.25, off + 0.25, wall))
    yield from _fence_shapes(site)


def outside_of(site: Site) -> float:
    """Return on which side of the road the outside of the circuit is: left +1, right -1."""
    centre = site.track.centre
    area = sum(
        a.x_m * b.y_m - b.x_m * a.y_m for a, b in zip(centre, centre[1:] + centre[:1], strict=True)
    )
    return 1.0 if area < 0.0 else -1.0


def _fence_shapes(site: Site) -> Iterator[Shape]:
    """Yield the wire and the posts of a fence on both sides."""
    track = site.track
    wire = mixed(site.land.ground, (216, 220, 224), 0.42)
    every = max(1, round(POST_M / track.spacing_m))
    for side in (1.0, -1.0):
        for run in runs(stretch(track, 0)):
            yield ribbon(track, wire, run, *beyond(side, FENCE_M - 0.06, FENCE_M + 0.06, wall))
        for i, _ in stretch(track, 0)[::every]:
            point = track.centre[i]
            x, y = across(point, wall(point, side) + side * FENCE_M)
            post = LocalFrame(x, y, math.atan2(point.ty, point.tx))
            yield post.rectangle((226, 228, 230), -0.18, 0.18, -0.18, 0.18)


def tracks(site: Site) -> Iterator[Shape]:
    """Yield tracks that wind over the land and go round what is in their way."""
    rng = Random(f"ways {site.track.name}")
    left, bottom, right, top = site.plots.box
    soil = mixed(site.land.ground, site.land.dirt, 0.6)
    for _ in range(round(TRACKS * site.plots.squares)):
        x, y = rng.uniform(left, right), rng.uniform(bottom, top)
        way = _winding_way(site, (x, y), rng)
        for half, colour in ((1.7, mixed(soil, site.land.ground, 0.45)), (1.3, soil)):
            yield from way_strip(way, half, colour, 0.0)
        for offset in (-0.65, 0.65):
            yield from way_strip(way, 0.24, mixed(soil, WHITE, 0.16), offset)


def _winding_way(site: Site, start: Point, rng: Random) -> list[Point]:
    """Return a way that turns slowly, until it meets taken ground."""
    (x, y), heading, bend = start, rng.uniform(0.0, math.tau), 0.0
    way = []
    for _ in range(46):
        if not site.plots.free(x, y, 1.0):
            break
        way.append((x, y))
        bend = 0.8 * bend + rng.uniform(-0.09, 0.09)
        heading += bend
        x, y = x + STEP_M * math.cos(heading), y + STEP_M * math.sin(heading)
    return way


def way_strip(
    way: list[Point], half: float, colour: tuple[int, int, int], offset: float
) -> Iterator[Shape]:
    """Yield a ribbon along a way, without gaps where it turns."""
    sides = []
    for k, (x, y) in enumerate(way):
        (ax, ay), (bx, by) = way[max(0, k - 1)], way[min(len(way) - 1, k + 1)]
        long = math.hypot(bx - ax, by - ay) or 1.0
        nx, ny = -(by - ay) / long, (bx - ax) / long
        sides.append(
            (
                (x + (offset + half) * nx, y + (offset + half) * ny),
                (x + (offset - half) * nx, y + (offset - half) * ny),
            )
        )
    for (a, b), (c, d) in pairwise(sides):
        yield Shape(colour, (a, c, d, b))
