"""The grid: where a race's cars stand behind the line, left and right of the road in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racer.core.circuits.track import GridSlot
from racer.core.tuning import CAR, GRID_LINE_GAP_M, GRID_MAX, GRID_PITCH_M

if TYPE_CHECKING:
    from racer.core.circuits.track import Track


def pitch_m(length_m: float) -> float:
    """Return how far apart slots are on a lap of this length [m]: closer where half of it is short.

    A grid longer than half a lap would look away from the line.
    """
    return min(GRID_PITCH_M, (0.5 * length_m - GRID_LINE_GAP_M) / (GRID_MAX - 1))


def depth_m(length_m: float) -> float:
    """Return how far before the line the last car stands."""
    return length_m - slot_way_m(length_m, GRID_MAX - 1)


def slot_way_m(length_m: float, place: int) -> float:
    """Return the way along the lap of the centre of a slot, counted from 0."""
    return length_m - GRID_LINE_GAP_M - place * pitch_m(length_m)


def grid_slots(track: Track) -> tuple[GridSlot, ...]:
    """Return the slots of a track that is complete but for its grid, the first place first."""
    return tuple(_slot_at(track, place) for place in range(GRID_MAX))


def _slot_at(track: Track, place: int) -> GridSlot:
    s = slot_way_m(track.length_m, place)
    point = track.centre[track.index_at(s)]
    half = point.left_m if place % 2 == 0 else point.right_m
    lateral = min(half - CAR.width_m, 0.5 * half) * (1.0 if place % 2 == 0 else -1.0)
    x, y = track.point_at(s, lateral)
    return GridSlot(x, y, track.heading_at(s))
