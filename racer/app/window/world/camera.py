"""Where one looks at the track from: straight above, north up, as near as the road ahead allows.

What must be seen is the car and the road that it comes to within its sight (`sight_ahead`). The
camera frames that in the part of the window that is clear of panels: so it looks ahead, goes up
with the speed, and turns to where the road goes before the car does (ADR 42).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

UNITS_PER_M_MAX: Final = 10.5  # near: a car is 44 units long
UNITS_PER_M_MIN: Final = 3.6  # far: as much as the narrowest window needs at the highest speed
AROUND_CAR_M: Final = 11.0  # seen about the car whatever it does
AROUND_ROAD_M: Final = 8.0  # half a road and its kerb, about the places ahead
WHOLE: Final = (1280.0, 720.0)  # units: the least that a canvas shows
SPARE: Final = 1.08  # framed beyond what must be seen: the camera lags a little
LEAD_S: Final = 1.0  # a car whose road is not known is seen with so much of its way ahead
LAG_S: Final = 0.32  # time constant of looking ahead; short enough to show a turn in time
UP_S: Final = 0.35  # … of going up with the speed …
DOWN_S: Final = 0.8  # … and of coming down: slower, or each corner pumps
ARRIVED: Final = 1.002  # … until it is as good as there: the nearest tiles are copied as they are
JUMP_M: Final = 30.0  # a car that moved so far since the last frame was put there


@dataclass(frozen=True, slots=True)
class Sight:
    """What the camera sees: the middle of the picture [m], and units of the canvas to the metre."""

    x: float
    y: float
    units_per_m: float = UNITS_PER_M_MAX


class _Frame(NamedTuple):
    """A rectangle of the track [m]."""

    left: float
    bottom: float
    right: float
    top: float

    def units_per_m(self, size: tuple[float, float]) -> float:
        """Return the scale at which it just fits into a size [units]."""
        wide, tall = max(1.0, self.right - self.left), max(1.0, self.top - self.bottom)
        return min(size[0] / wide, size[1] / tall)


@final
class Camera:
    """Follows one car; easing is by time, so it is the same at any frame rate."""

    def __init__(self) -> None:
        self._lead_x = 0.0
        self._lead_y = 0.0
        self._units_per_m = UNITS_PER_M_MAX
        self._at: tuple[float, float] | None = None

    def follow(self, x: float, y: float, vx: float, vy: float, dt: float) -> Sight:
        """Return the sight on a car of which only place [m] and velocity [m/s] are known."""
        return self.frame((x, y), [(x + LEAD_S * vx, y + LEAD_S * vy)], WHOLE, dt)

    def frame(
        self,
        at: tuple[float, float],
        ahead: Sequence[tuple[float, float]],
        size: tuple[float, float],
        dt: float,
    ) -> Sight:
        """Return the sight on a car after `dt` seconds.

        Args:
            at: where the car is drawn [m].
            ahead: places of the road that must be seen [m], the farthest last.
            size: of the part of the canvas that is clear [units].
            dt: since the last call; a first call, or a jump of the car, does not ease.
        """
        new = self._at is None or math.dist(self._at, at) > JUMP_M
        self._at = at
        frame = _frame_of(at, _with_spare(at, ahead))
        wish = min(UNITS_PER_M_MAX, max(UNITS_PER_M_MIN, frame.units_per_m(size)))
        lead_x = (frame.left + frame.right) / 2.0 - at[0]
        lead_y = (frame.bottom + frame.top) / 2.0 - at[1]
        lead = 1.0 if new else _eased_share(dt, LAG_S)
        self._lead_x += lead * (lead_x - self._lead_x)
        self._lead_y += lead * (lead_y - self._lead_y)
        rise = 1.0 if new else _eased_share(dt, UP_S if wish < self._units_per_m else DOWN_S)
        self._units_per_m *= (wish / self._units_per_m) ** rise
        if wish / self._units_per_m < ARRIVED:
            self._units_per_m = wish
        self._hold(at, _box_of([at, *ahead]), size)
        return Sight(at[0] + self._lead_x, at[1] + self._lead_y, self._units_per_m)

    def _hold(self, at: tuple[float, float], must: _Frame, size: tuple[float, float]) -> None:
        """Give up easing where it would leave out what must be seen."""
        self._units_per_m = min(self._units_per_m, must.units_per_m(size))
        half_x, half_y = (side / 2.0 / self._units_per_m for side in size)
        x = _clamp_between(at[0] + self._lead_x, must.right - half_x, must.left + half_x)
        y = _clamp_between(at[1] + self._lead_y, must.top - half_y, must.bottom + half_y)
        self._lead_x, self._lead_y = x - at[0], y - at[1]


def _eased_share(dt: float, time_s: float) -> float:
    return 1.0 - math.exp(-dt / time_s)


def _clamp_between(value: float, least: float, most: float) -> float:
    return max(least, min(most, value))


def _with_spare(
    at: tuple[float, float], ahead: Iterable[tuple[float, float]]
) -> list[tuple[float, float]]:
    return [(at[0] + SPARE * (x - at[0]), at[1] + SPARE * (y - at[1])) for x, y in ahead]


def _box_of(places: Sequence[tuple[float, float]], margin: float = 0.0) -> _Frame:
    xs, ys = [x for x, _ in places], [y for _, y in places]
    return _Frame(min(xs) - margin, min(ys) - margin, max(xs) + margin, max(ys) + margin)


def _frame_of(at: tuple[float, float], ahead: Sequence[tuple[float, float]]) -> _Frame:
    car = _box_of([at], AROUND_CAR_M)
    if not ahead:
        return car
    road = _box_of(ahead, AROUND_ROAD_M)
    return _Frame(
        min(car.left, road.left), min(car.bottom, road.bottom),
        max(car.right, road.right), max(car.top, road.top),
    )  # fmt: skip
