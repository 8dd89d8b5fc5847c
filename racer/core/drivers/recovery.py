"""How a driver gets out of trouble: off a wall, and round after a spin."""

from __future__ import annotations

import math
from enum import Enum
from typing import TYPE_CHECKING, Final, final

from racer.core.physics.car import CarState, Controls
from racer.core.tuning import CAR

if TYPE_CHECKING:
    from racer.core.circuits.track import Track, TrackPoint

LOST_RAD: Final = 1.5
FOUND_RAD: Final = 0.8
"""Off the track's direction: from where a car has to be turned, until it drives on by itself."""

EITHER_RAD: Final = 2.0
"""From so far off, it turns to where there is room; else by the shorter way."""

STILL_SPEED: Final = 1.0
HANGING_TICKS: Final = 40
"""A car that ought to drive and stands for so long hangs at something."""

GEAR_TICKS: Final = 45
"""In reverse, standing counts only after these: the gear takes 0.4 s of them."""

BACKING_TICKS: Final = 90
"""Backed up for so long at most, gear and all."""

TURN_SPEED: Final = 7.0
CATCH_SPEED: Final = 9.0
"""m/s: a car is turned no faster than at the first, and is slowed down above the second."""

NOSE_M: Final = CAR.length_m / 2.0 + 0.9
"""From the middle of a car to where a barrier ahead of it, or behind it, is too near."""


class _Way(Enum):
    DRIVING = "driving"
    AHEAD = "ahead"
    BACK = "back"


@final
class Recovery:
    """Notices that a car hangs somewhere or faces the wrong way, and turns it in several moves."""

    def __init__(self, track: Track) -> None:
        self._track = track
        self._way = _Way.DRIVING
        self._still_ticks = 0
        self._way_ticks = 0  # since it was chosen
        self._turn = 1.0  # of the nose: 1 to the left, -1 to the right

    def decide(self, car: CarState, place: TrackPoint, astray: float) -> Controls | None:
        """Return what a car in trouble does, or None.

        Args:
            place: where it is.
            astray: its heading off the track's direction [rad, -pi..pi].
        """
        self._still_ticks = self._still_ticks + 1 if car.speed < STILL_SPEED else 0
        self._way_ticks += 1
        way = self._next_way(place, astray)
        if way != self._way:
            if self._way is _Way.DRIVING or abs(astray) < EITHER_RAD:
                self._turn = _turn(place, astray)
            self._way, self._way_ticks, self._still_ticks = way, 0, 0
        turn = self._turn
        if way is _Way.DRIVING:
            return None
        if car.speed > CATCH_SPEED:
            return Controls(brake=0.7, steer=turn)
        rolls = car.speed > TURN_SPEED
        if way is _Way.BACK:
            return Controls(brake=0.0 if rolls else 1.0, steer=-turn)
        return Controls(throttle=0.0 if rolls else 1.0, steer=turn)

    def _next_way(self, place: TrackPoint, astray: float) -> _Way:
        off = abs(astray)
        match self._way:
            case _Way.DRIVING if off > LOST_RAD:
                return _Way.BACK if self._is_blocked(place, astray, 1.0) else _Way.AHEAD
            case _Way.DRIVING if self._still_ticks > HANGING_TICKS:
                return _Way.BACK
            case _Way.AHEAD if off < FOUND_RAD:
                return _Way.DRIVING
            case _Way.AHEAD if self._still_ticks > HANGING_TICKS:
                return _Way.BACK
            case _Way.AHEAD if self._is_blocked(place, astray, 1.0):
                return _Way.BACK
            case _Way.BACK if self._way_ticks > BACKING_TICKS or self._is_backing_done(
                place, astray
            ):
                return _Way.DRIVING if off < LOST_RAD else _Way.AHEAD
            case way:
                return way

    def _is_backing_done(self, place: TrackPoint, astray: float) -> bool:
        """Tell whether backing has done what it can."""
        if self._way_ticks < GEAR_TICKS:
            return False
        late = self._way_ticks > GEAR_TICKS + HANGING_TICKS
        hangs = late and self._still_ticks > HANGING_TICKS
        hangs = hangs or self._is_blocked(place, astray, -1.0)
        return hangs or (abs(astray) < FOUND_RAD and not self._is_blocked(place, astray, 1.0))

    def _is_blocked(self, place: TrackPoint, astray: float, forwards: float) -> bool:
        """Tell whether a barrier is right ahead of the nose, or of the tail."""
        across = forwards * math.sin(astray)
        left, right = self._track.walls_at(place)
        wall = left if across > 0.0 else right
        tip = math.copysign(1.0, across) * place.lateral_m + NOSE_M * abs(across)
        return abs(across) > 0.2 and tip > wall


def _turn(place: TrackPoint, astray: float) -> float:
    """Return to which side the nose should turn: through the side of the road that is wider."""
    if abs(astray) > EITHER_RAD:
        return 1.0 if place.lateral_m > 0.0 else -1.0
    return math.copysign(1.0, -astray)
