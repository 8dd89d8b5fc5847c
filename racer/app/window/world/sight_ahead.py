"""What of the road a driver must see: so many seconds of it, and all that a full stop takes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from racer.core.circuits.track import Surface
from racer.core.tuning import SURFACE_GRIP

if TYPE_CHECKING:
    from racer.core.circuits.track import CentrePoint, Track

SEEN_S: Final = 1.6  # of road
BRAKES: Final = 14.0  # m/s² on dry asphalt, of the car that brakes worst …
AIR: Final = 0.0016  # 1/m … and what the air adds to it, of the one that it slows least
STEP_M: Final = 6.0  # between two places of the road that the camera looks at
NEAR_M: Final = 10.0  # of road that is seen at rest


def stopping_m(speed_ms: float, grip: float = 1.0) -> float:
    """Return how far a car goes on with its brakes full on.

    Air that slows it by the square of the speed, brakes that slow it alike at all speeds: the way
    is a logarithm. A test compares it with the car's own step.
    """
    return math.log1p(AIR * speed_ms * speed_ms / (BRAKES * grip)) / (2.0 * AIR)


def sight_m(speed_ms: float, grip: float = 1.0) -> float:
    """Return how much road ahead a driver must see at this speed."""
    return max(SEEN_S * speed_ms, stopping_m(speed_ms, grip))


def road_ahead(track: Track, way_m: float, length_m: float) -> list[tuple[float, float]]:
    """Return places in the middle of the road, from one at most so far ahead; negative: behind."""
    count = max(1, math.ceil(abs(length_m) / STEP_M))
    return [track.point_at(way_m + length_m * k / count) for k in range(1, count + 1)]


def road_grip(point: CentrePoint) -> float:
    """Return the grip of the road at a centre point, across most of its width."""
    if point.road is Surface.DIRT:
        return SURFACE_GRIP[Surface.DIRT]
    wet = point.wet_to_m - point.wet_from_m
    return SURFACE_GRIP[Surface.WET if 2.0 * wet > point.left_m + point.right_m else point.road]
