"""The last look at a view before it is drawn.

Positions and speeds were range-checked where they came in. Yet a single NaN, or a number with
thirty digits, stops the drawing library for seconds or for good; so it is looked for once more.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from racer.play.view import CarView, Pose, RaceView

REACH_M: Final = 20_000.0  # further than any circuit goes
SPEED_MAX: Final = 1000.0  # m/s


def drawable(view: RaceView) -> RaceView:
    """Return the view without the cars that cannot be drawn; mostly the very same view."""
    if all(map(_is_drawable, view.cars)):
        return view
    return replace(view, cars=tuple(filter(_is_drawable, view.cars)))


def _is_drawable(car: CarView) -> bool:
    return (
        _is_pose_drawable(car.pose)
        and _is_pose_drawable(car.before)
        and abs(car.speed_ms) < SPEED_MAX
        and abs(car.way_m) < REACH_M
    )


def _is_pose_drawable(pose: Pose) -> bool:
    # Comparisons with NaN are false, so it falls out here, too.
    return abs(pose.x) < REACH_M and abs(pose.y) < REACH_M and math.isfinite(pose.heading)
