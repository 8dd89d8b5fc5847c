"""The strip behind both barriers, piece by piece along the lap: no stretch of it is empty."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Final, TypeAlias

from racer.app.window.world.land.character import Country
from racer.app.window.world.land.road.along import across, wall
from racer.app.window.world.land.site import Site
from racer.app.window.world.land.trackside.greenery import avenue, bales, planters, thicket
from racer.app.window.world.land.trackside.hoardings import boards, camera_tower, video_screen
from racer.app.window.world.land.trackside.onlookers import crowd, food_stall
from racer.app.window.world.land.trackside.posts import post_shapes, posts_of
from racer.app.window.world.land.trackside.vehicles import lorries, rescuers, stores
from racer.app.window.world.land.ways import SERVICE_M, outside_of
from racer.app.window.world.shapes import LocalFrame, Shape

_Draw: TypeAlias = Callable[[Site, LocalFrame, float, Random], Iterator[Shape]]


@dataclass(frozen=True, slots=True)
class _Piece:
    """Something to stand there, half so wide [m] at least and at most, and so deep."""

    draw: _Draw
    half: tuple[float, float]
    deep: float
    straight: bool = False  # where the road bends, it would stand askew


CROWD: Final = _Piece(crowd, (5.0, 11.0), 4.4)
STALL: Final = _Piece(food_stall, (5.0, 5.0), 5.2)
BOARDS: Final = _Piece(boards, (8.0, 18.0), 2.4, straight=True)
SCREEN: Final = _Piece(video_screen, (4.5, 4.5), 4.6)
TOWER: Final = _Piece(camera_tower, (2.2, 2.2), 3.6)
CREW: Final = _Piece(rescuers, (4.4, 4.4), 3.8)
LORRIES: Final = _Piece(lorries, (9.0, 18.0), 16.2, straight=True)
STORES: Final = _Piece(stores, (5.0, 10.0), 4.2)
THICKET: Final = _Piece(thicket, (4.0, 9.0), 4.0)
AVENUE: Final = _Piece(avenue, (8.0, 18.0), 5.4)
PLANTERS: Final = _Piece(planters, (6.0, 13.0), 3.0)
BALES: Final = _Piece(bales, (3.0, 7.0), 4.2)

_Weights: TypeAlias = tuple[tuple[_Piece, float], ...]
ALWAYS: Final[_Weights] = ((CROWD, 4.0), (STALL, 0.5), (BOARDS, 2.0), (TOWER, 0.6), (CREW, 0.7))
GREEN: Final[_Weights] = ((THICKET, 3.0), (AVENUE, 1.4), (SCREEN, 0.25))
OF_COUNTRY: Final[dict[Country, _Weights]] = {
    Country.PORT: ((LORRIES, 3.4), (STORES, 2.6), (PLANTERS, 1.6), (SCREEN, 0.4)),
    Country.FARMS: ((THICKET, 2.0), (AVENUE, 1.0), (BALES, 2.0)),
    Country.OVAL: ((THICKET, 1.2), (BALES, 1.2), (SCREEN, 0.6)),
    Country.DESERT: ((SCREEN, 0.3), (STORES, 0.6)),
    Country.QUARRY: ((THICKET, 1.6), (STORES, 1.4)),
    Country.COAST: ((THICKET, 1.8), (AVENUE, 1.2), (PLANTERS, 0.8), (SCREEN, 0.3)),
}
BEND: Final = 1.0 / 90.0  # turns tighter than this are where people stand
FENCED_M: Final = 4.0  # beyond the barrier: just behind the fence
GAP_M: Final = (3.0, 17.0)


def trackside(site: Site) -> Iterator[Shape]:
    """Yield it all, marshals' posts first: nothing else takes their place."""
    posts = posts_of(site.track)
    yield from post_shapes(site, posts)
    feet = [(post.place.x, post.place.y) for post in posts]
    rng = Random(f"trackside {site.track.name}")
    weights = (*ALWAYS, *OF_COUNTRY.get(site.character.country, GREEN))
    for side in (1.0, -1.0):
        first = SERVICE_M[1] + 1.0 if side == outside_of(site) else FENCED_M
        way = rng.uniform(0.0, GAP_M[1])
        while way < site.track.length_m - GAP_M[1]:
            piece = _choose_piece(site, weights, way, side, rng)
            half = rng.uniform(*piece.half)
            place = _place_beside(site, way + half, side, first, half, piece)
            if place is not None and any(
                math.dist(place.at(0.0, 0.0), foot) < half + 4.5 for foot in feet
            ):
                place = None
            if place is not None:
                yield from piece.draw(site, place, half, rng)
            way += (2.0 * half if place is not None else 4.0) + rng.uniform(*GAP_M)


def _choose_piece(site: Site, weights: _Weights, way: float, side: float, rng: Random) -> _Piece:
    """Return what stands at a place: outside of bends people."""
    point = site.track.centre[site.track.index_at(way + 8.0)]
    outside = -point.curvature * side > BEND
    usual = [weight * (2.5 if outside and piece is CROWD else 1.0) for piece, weight in weights]
    return rng.choices([piece for piece, _ in weights], usual)[0]


def _place_beside(
    site: Site, way: float, side: float, first: float, half: float, piece: _Piece
) -> LocalFrame | None:
    """Return a frame whose left is away from the road, so far beyond the barrier; or no room."""
    point = site.track.centre[site.track.index_at(way)]
    if point.level or (piece.straight and abs(point.curvature) > BEND / 3.0):
        return None
    heading = math.atan2(point.ty, point.tx) + (0.0 if side > 0.0 else math.pi)
    place = LocalFrame(*across(point, wall(point, side) + side * first), heading)
    for f in (-half, 0.0, half):
        for s, least in ((0.0, first - 0.9), (piece.deep, first)):
            if site.plots.beyond_barriers(*place.at(f, s)) < least:
                return None
    if _is_built_on(site, place, half, piece.deep):
        return None
    return place if _takes_ground(site, place, half, first, piece.deep) else None


def _is_built_on(site: Site, place: LocalFrame, half: float, deep: float) -> bool:
    middle = place.at(0.0, deep / 2.0)
    for thing in site.track.scenery:
        if thing.kind == "tree":
            continue
        if math.dist(middle, (thing.x, thing.y)) < half + thing.size_m / 2.0 + 7.0:
            return True
    return False


def _takes_ground(site: Site, place: LocalFrame, half: float, first: float, deep: float) -> bool:
    """Take what reaches beyond the ground that a circuit has anyway; False where it is taken."""
    if first + deep <= SERVICE_M[1] + 1.0:
        return True
    spots = [
        place.at(f, s)
        for f in (-0.7 * half, 0.0, 0.7 * half)
        for s in (max(3.2, 0.4 * deep), 0.9 * deep)
    ]
    if not all(site.plots.free(*spot, 0.5) for spot in spots):
        return False
    for spot in spots:
        site.plots.take(*spot, 4.0)
    return True
