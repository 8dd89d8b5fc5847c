"""Barriers: tyres, boards and steel rails, each where it belongs."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from racer.app.window.base.palette import WHITE, mixed
from racer.app.window.world.land.road.along import (
    BLACK,
    RIBBON,
    Pairs,
    across,
    beyond,
    ribbon,
    runs,
    wall,
)
from racer.app.window.world.land.sun import sun_of
from racer.app.window.world.shapes import Layer, LocalFrame, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racer.app.window.base.lettering import Colour
    from racer.core.circuits.track import CentrePoint, Track

TYRE_RED: Final[Colour] = (204, 58, 52)
TYRE_WHITE: Final[Colour] = (236, 238, 240)
STRIDE: Final = 8  # centre points, between those that are looked at first
BARRIER_M: Final = 0.8
TIGHT: Final = 1.0 / 70.0  # turns tighter than this have tyre walls
BARRIER_HEIGHT_M: Final = 1.1
JOINT_EVERY: Final = 4
BOARD_LONG: Final = 6
ABOVE: Final = Layer.ABOVE
RAIL: Final[Colour] = (186, 192, 200)
BOARDS: Final[tuple[Colour, ...]] = (
    (34, 92, 178),
    (206, 52, 48),
    (30, 34, 44),
    (232, 180, 44),
    (30, 140, 92),
    (236, 238, 240),
)


def barrier(track: Track, pairs: Pairs, side: float) -> Iterator[Shape]:
    """Yield the barrier of one side, each kind where it belongs.

    Tyres in red and white outside of tight turns, boards before the stands, else steel rails.
    """
    boards = _boards_along(track, side)

    def kind(i: int) -> Colour:
        point = track.centre[i]
        if abs(point.curvature) > TIGHT and point.curvature * side < 0.0:  # outside of the turn
            return TYRE_RED if (i // 2) % 2 else TYRE_WHITE
        return BOARDS[boards[i] % len(BOARDS)] if i in boards else RAIL

    for run in runs(pairs, RIBBON, kind):
        colour = kind(run[0])
        yield _barrier_ribbon(track, mixed(colour, BLACK, 0.36), run, side, (0.0, 1.0))
        yield _barrier_ribbon(track, colour, run, side, (0.0, 0.7))
        if colour == RAIL:
            yield _barrier_ribbon(track, mixed(RAIL, BLACK, 0.3), run, side, (0.28, 0.4))
        elif len(run) > 3:  # a board with a word on it
            middle = run[1:-1]
            yield _barrier_ribbon(track, mixed(colour, WHITE, 0.72), middle, side, (0.2, 0.46))
        else:
            yield _barrier_ribbon(track, mixed(colour, WHITE, 0.3), run, side, (0.14, 0.36))
    for i, _ in pairs:
        if i % JOINT_EVERY == 0:
            yield _post_shape(track.centre[i], side)


def barrier_shadow(track: Track, pairs: Pairs, side: float) -> Iterator[Shape]:
    """Yield the shadows of a barrier: from its foot to where its top's falls."""
    sun = sun_of(track)
    dx, dy = sun.dx * BARRIER_HEIGHT_M, sun.dy * BARRIER_HEIGHT_M
    for run in runs(pairs):
        foot = ribbon(track, sun.shade, run, *beyond(side, 0.0, BARRIER_M, wall), Layer.SHADE)
        yield foot
        yield replace(foot, points=tuple((x + dx, y + dy) for x, y in foot.points))


def _barrier_ribbon(
    track: Track, colour: Colour, run: list[int], side: float, part: tuple[float, float]
) -> Shape:
    """Return a strip of the barrier, between shares of its width from the road's side outwards."""
    first, last = (BARRIER_M * share for share in part)
    return ribbon(track, colour, run, *beyond(side, first, last, wall), ABOVE)


def _post_shape(point: CentrePoint, side: float) -> Shape:
    """Return where two lengths of the barrier meet: a post behind, a dark gap before it."""
    place = LocalFrame(*across(point, wall(point, side)), math.atan2(point.ty, point.tx))
    a, b = sorted((0.0, side * (BARRIER_M + 0.22)))
    return place.rectangle((66, 70, 78), -0.11, 0.11, a, b, ABOVE)


def _boards_along(track: Track, side: float) -> dict[int, int]:
    """Return where boards stand, and whose: before stands and pits, on both sides of the road."""
    boards: dict[int, int] = {}
    count = len(track.centre)
    for number, thing in enumerate(track.scenery):
        if thing.kind not in {"stand", "pits"}:
            continue
        middle = _nearest_index(track, thing.x, thing.y)
        half = round(thing.size_m / 2.0 / track.spacing_m)
        for k in range(-half, half + 1):
            i = (middle + k) % count
            boards[i] = i // BOARD_LONG + number + (3 if side > 0.0 else 0)
    return boards


def _nearest_index(track: Track, x: float, y: float) -> int:
    """Return which centre point is nearest to a place far from the road: first by large steps."""
    centre, count = track.centre, len(track.centre)

    def away(index: int) -> float:
        point = centre[index % count]
        return (x - point.x_m) ** 2 + (y - point.y_m) ** 2

    coarse = min(range(0, count, STRIDE), key=away)
    return min(range(coarse - STRIDE, coarse + STRIDE + 1), key=away) % count
