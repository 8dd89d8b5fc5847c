"""Rescue: a car that is stuck goes back on the track. And who is told to turn round."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, final

from racer.core.circuits.track import Track
from racer.core.physics.car import CarState, quantise
from racer.core.rules.laps import Progress, race_distance_m
from racer.core.tuning import CAR, STUCK_PROGRESS_M, STUCK_TICKS, TICK_HZ

EDGE_M: Final = CAR.width_m / 2.0 + 0.5
"""Kept from the edge of the road by a car that was put back: beside the path of the others."""

ROOM_M: Final = 6.0
"""From centre to centre: a place with another car nearer is taken."""

BACK_M: Final = 0.25
"""What a rescue costs in way at least: the rounding of a way can then gain nothing."""

STEP_BACK_M: Final = 8.0
PLACES_BACK: Final = 4
"""Where both edges are taken, so much further back is tried, so often."""

BACK_WAY_M: Final = BACK_M + (PLACES_BACK - 1) * STEP_BACK_M
"""So much of the way a rescue costs at the most."""

WRONG_WAY_RAD: Final = math.radians(120.0)
"""Beyond it a car heads the wrong way; less is a slide or a turn."""

WRONG_WAY_TICKS: Final = TICK_HZ
"""1 s of it, and the driver is told: a spin is over by then."""

WRONG_WAY_TICKS_MAX: Final = 2 * TICK_HZ
"""It is forgotten at the rate at which it grew, so at most a second after turning round."""


def rescue(
    car: CarState, progress: Progress, track: Track, others: Sequence[CarState] = ()
) -> CarState:
    """Return the car standing at the edge of the road where its progress is, facing the right way.

    It never gains way: who left out a gate is put back before that gate. Boost is kept.

    Args:
        car: where it is now. It gets the edge that is nearer, if there is room.
        progress: gives the way along the lap.
        track: the circuit.
        others: cars that it should not be put into.
    """
    way_m = race_distance_m(progress, track) - BACK_M
    near = 1 if track.project(car.x, car.y, track.index_at(progress.s_m)).lateral_m > 0.0 else -1
    places = [
        _edge_pose(track, way_m - back * STEP_BACK_M, side)
        for back in range(PLACES_BACK)
        for side in (near, -near)
    ]
    x, y, heading = next((place for place in places if _has_room(place, others)), places[0])
    return quantise(CarState(x=x, y=y, heading=heading, boost_ticks=car.boost_ticks))


def wrong_way_ticks(before: int, car: CarState, progress: Progress, track: Track) -> int:
    """Return how long a car has headed the wrong way, as a count that also runs back.

    The driver is told while it is above `WRONG_WAY_TICKS`.
    """
    astray = math.remainder(car.heading - track.heading_at(progress.s_m), math.tau)
    if abs(astray) > WRONG_WAY_RAD:
        return min(before + 1, WRONG_WAY_TICKS_MAX)
    return max(before - 1, 0)


@final
@dataclass(slots=True)
class WayWatch:
    """Watches the way that a car makes: since when none, and for how long the wrong one."""

    furthest_m: float  # raced
    furthest_tick: int  # when that was
    wrong_way: int = 0  # ticks, as `wrong_way_ticks` counts them

    def note(self, car: CarState, progress: Progress, track: Track, tick: int) -> None:
        """Take in a car after a tick."""
        self.wrong_way = wrong_way_ticks(self.wrong_way, car, progress, track)
        way_m = race_distance_m(progress, track)
        if way_m > self.furthest_m + STUCK_PROGRESS_M:
            self.furthest_m, self.furthest_tick = way_m, tick

    def begin_again(self, tick: int) -> None:
        """Give the car new time to make way: nobody drove it until now."""
        self.furthest_tick = tick

    def put_back(self, tick: int) -> None:
        """Note that the car was put back: it has new time, and faces the right way."""
        self.begin_again(tick)
        self.wrong_way = 0

    def is_stuck(self, tick: int) -> bool:
        """Tell whether it made no way for STUCK_TICKS."""
        return tick - self.furthest_tick > STUCK_TICKS


def _edge_pose(track: Track, way_m: float, side: int) -> tuple[float, float, float]:
    point = track.centre[track.index_at(way_m)]
    lateral = max(0.0, (point.left_m if side > 0 else point.right_m) - EDGE_M)
    x, y = track.point_at(way_m, side * lateral)
    return x, y, track.heading_at(way_m)


def _has_room(place: tuple[float, float, float], others: Sequence[CarState]) -> bool:
    x, y, _ = place
    return all((x - o.x) ** 2 + (y - o.y) ** 2 >= ROOM_M * ROOM_M for o in others)
