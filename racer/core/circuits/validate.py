"""What a circuit must hold beyond fitting together: a grid, checkpoints in order, things on it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from racer.core.circuits.grid import depth_m, slot_way_m
from racer.core.circuits.track import TrackError
from racer.core.tuning import CAR, GATES_MAX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from racer.core.circuits.track import CentrePoint, Pickup, Track

GRID_BEND_MAX: Final = math.radians(200)
"""How much the road may turn along the grid: beyond, its last rows look away from the line. On the
smallest circuit that a grid fits on it is half the lap, which turns by 190 degrees."""

PICKUP_CLEAR_M: Final = 6.0
"""Between a pick-up and the road of another level: nobody takes it from below."""


def inspect(
    track: Track,
    ways: Sequence[tuple[int, float]],
    gates: Sequence[tuple[int, float]],
    pickups: Sequence[tuple[int, Pickup]],
    faults: list[TrackError],
) -> None:
    """Add a fault for all that is wrong.

    Args:
        track: as built, grid, gates and pick-ups included.
        ways: (line of the text, way along the lap), which must lie within the lap.
        gates: likewise; they must also grow.
        pickups: likewise; they must lie on the road.
    """
    length = track.length_m
    for line, s in [*ways, *gates]:
        if s > length:
            faults.append(TrackError(line, f"{s:.0f} m is beyond the lap of {length:.0f} m"))
    _inspect_gates(track, gates, faults)
    _inspect_grid(track, faults)
    for line, pickup in pickups:
        s, lateral = pickup.s_m, pickup.lateral_m
        point = track.centre[track.index_at(s)]
        if not (s < length and -point.right_m < lateral < point.left_m):
            faults.append(TrackError(line, "this pick-up is not on the road"))
        elif _is_near_other_level(track, s, lateral):
            faults.append(TrackError(line, "this pick-up lies where two levels cross: move it"))


def _inspect_gates(
    track: Track, gates: Sequence[tuple[int, float]], faults: list[TrackError]
) -> None:
    before = 0.0
    for line, s in gates:
        if s < before + 2.0 * track.spacing_m:
            faults.append(TrackError(line, f"this gate is not after the one at {before:.0f} m"))
        before = max(before, s)
    if gates and before > track.length_m - 2.0 * track.spacing_m:
        faults.append(TrackError(gates[-1][0], "the last gate lies on the line: leave it out"))
    if len(track.gates) > GATES_MAX:
        faults.append(TrackError(0, f"more than {GATES_MAX} gates"))


def _inspect_grid(track: Track, faults: list[TrackError]) -> None:
    depth = depth_m(track.length_m)
    for number, slot in enumerate(track.grid, start=1):
        s = slot_way_m(track.length_m, number - 1)
        place = track.project(slot.x, slot.y, track.index_at(s))
        point = track.centre[place.index]
        half = CAR.width_m / 2.0
        if not half - point.right_m <= place.lateral_m <= point.left_m - half:
            faults.append(TrackError(0, f"grid slot {number} is not on the road: widen it there"))
        if any(point.level != track.centre[0].level for point in _points_before_line(track, s)):
            faults.append(TrackError(0, f"a bridge begins between grid slot {number} and the line"))
            break
    turned = math.fsum(
        point.curvature for point in _points_before_line(track, track.length_m - depth)
    )
    if abs(turned) * track.spacing_m > GRID_BEND_MAX:
        reason = (
            f"the road turns too much in the {depth:.0f} m of grid before the line: move the line"
        )
        faults.append(TrackError(0, reason))


def _points_before_line(track: Track, s_m: float) -> list[CentrePoint]:
    """Return the centre points from a way along the lap up to the line."""
    return list(track.centre[track.index_at(s_m) or len(track.centre) :])


def _is_near_other_level(track: Track, s_m: float, lateral_m: float) -> bool:
    x, y = track.point_at(s_m, lateral_m)
    level = track.centre[track.index_at(s_m)].level
    return any(
        point.level != level
        and math.dist((x, y), (point.x_m, point.y_m))
        < max(point.left_m, point.right_m) + PICKUP_CLEAR_M
        and abs(math.remainder(s_m - i * track.spacing_m, track.length_m)) > 2.0 * PICKUP_CLEAR_M
        for i, point in enumerate(track.centre)
    )
