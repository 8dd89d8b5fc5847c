"""Where one looks at the track from: straight above, north up, ahead of the car.

There is no zoom: scaling a whole picture costs as much as all else in a frame (ADR 10). What is
far ahead at speed is seen because the camera leads the car.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, final

from racer.core.physics.car import clamped

LEAD_S: Final = 0.55  # looks so far ahead of the car along its velocity
LEAD_ACROSS_MAX_M: Final = 30.0  # half the picture is 64 m wide: the car stays well inside it
LEAD_ALONG_MAX_M: Final = 19.0  # and 36 m high
EASE_S: Final = 0.45  # time constant of the easing; short enough to show a turn in time
JUMP_M: Final = 30.0  # a car that moved so far since the last frame was put there


@dataclass(frozen=True, slots=True)
class Sight:
    """What the camera sees: the middle of the picture [m]."""

    x: float
    y: float


@final
class Camera:
    """Follows one car; easing is by time, so it is the same at any frame rate."""

    def __init__(self) -> None:
        self._lead_x = 0.0
        self._lead_y = 0.0
        self._at: tuple[float, float] | None = None

    def follow(self, x: float, y: float, vx: float, vy: float, dt: float) -> Sight:
        """Return the sight on a car after `dt` seconds.

        Args:
            x, y: where the car is drawn [m].
            vx, vy: its velocity [m/s].
            dt: since the last call; a first call, or a jump of the car, does not ease.
        """
        share = 1.0 - math.exp(-dt / EASE_S)
        if self._at is None or math.dist(self._at, (x, y)) > JUMP_M:
            share = 1.0
        self._at = (x, y)
        wish_x = clamped(LEAD_S * vx, -LEAD_ACROSS_MAX_M, LEAD_ACROSS_MAX_M)
        wish_y = clamped(LEAD_S * vy, -LEAD_ALONG_MAX_M, LEAD_ALONG_MAX_M)
        self._lead_x += share * (wish_x - self._lead_x)
        self._lead_y += share * (wish_y - self._lead_y)
        return Sight(x + self._lead_x, y + self._lead_y)
