"""Strips along the centre line: of two points, or of runs of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from racer.app.window.world.shapes import Layer, Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from racer.app.window.base.lettering import Colour
    from racer.app.window.world.shapes import Point
    from racer.core.circuits.track import CentrePoint, Track

BLACK: Final[Colour] = (0, 0, 0)
RIBBON: Final = 6  # centre points that one shape follows at most: few shapes, and not too long
Pairs: TypeAlias = "Sequence[tuple[int, int]]"  # centre points that follow each other


def stretch(track: Track, level: int) -> Pairs:
    """Return the pairs of centre points of a level; a ramp's both ends belong to the ground."""
    count = len(track.centre)
    pairs = ((i, (i + 1) % count) for i in range(count))
    return [(i, j) for i, j in pairs if min(track.centre[i].level, track.centre[j].level) == level]


def across(point: CentrePoint, lateral: float) -> Point:
    """Return the place so far to the left of a centre point."""
    return (point.x_m - lateral * point.ty, point.y_m + lateral * point.tx)


def quad(track: Track, colour: Colour, i: int, j: int, a: Point, b: Point) -> Shape:
    """Return the strip from centre point i to j, between laterals a[0]..b[0] and a[1]..b[1]."""
    here, there = track.centre[i], track.centre[j]
    corners = (across(here, a[0]), across(there, a[1]), across(there, b[1]), across(here, b[0]))
    return Shape(colour, corners)


def runs(
    pairs: Pairs, longest: int = RIBBON, kind: Callable[[int], object] = lambda _: None
) -> Iterator[list[int]]:
    """Yield centre points that follow each other, as far as they are of one kind.

    A run's last point is the first of the next: shapes that follow runs meet.
    """
    run: list[int] = []
    for i, j in pairs:
        if run and (run[-1] != i or len(run) > longest or kind(run[0]) != kind(i)):
            yield run
            run = []
        run = run or [i]
        run.append(j)
    if run:
        yield run


def ribbon(
    track: Track,
    colour: Colour,
    run: list[int],
    near: Callable[[CentrePoint], float],
    far: Callable[[CentrePoint], float],
    layer: Layer = Layer.GROUND,
) -> Shape:
    """Return the strip along a run between two laterals, which may differ from point to point."""
    points = [track.centre[i] for i in run]
    there = [across(point, near(point)) for point in points]
    back = [across(point, far(point)) for point in reversed(points)]
    return Shape(colour, (*there, *back), layer=layer)


def beyond(
    side: float, first: float, last: float, of: Callable[[CentrePoint, float], float]
) -> tuple[Callable[[CentrePoint], float], Callable[[CentrePoint], float]]:
    """Return two laterals, so far outwards of the road's edge or of the barrier."""
    return (
        lambda point: of(point, side) + side * first,
        lambda point: of(point, side) + side * last,
    )


def edge(point: CentrePoint, side: float) -> float:
    """Return the edge of the road: its offset to the left, for side +1 left or -1 right."""
    return point.left_m if side > 0.0 else -point.right_m


def wall(point: CentrePoint, side: float) -> float:
    """Return the barrier's offset to the left, for side +1 left or -1 right."""
    return point.left_wall_m if side > 0.0 else -point.right_wall_m
