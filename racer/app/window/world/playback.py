"""Between two ticks: views come at the network's pace, frames at the screen's."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, final

from racer.app.motion import JUMP_M
from racer.core.tuning import TICK_HZ

if TYPE_CHECKING:
    from racer.play.view import CarView, GhostView

TICK_NS: Final = 1_000_000_000 // TICK_HZ
GAIN: Final = 0.08  # share of a new view's lateness that is believed: jitter is not seen
STEP_NS: Final = 100_000_000  # a view that is off by more is believed at once: a pause, a new race
BEYOND: Final = 1.6  # ticks that a late view is drawn on for, before the picture stands


@final
class Playback:
    """Tells how far between `CarView.before` and `CarView.pose` a frame shows the cars.

    Keeps a smoothed offset from this machine's clock to the race clock, so that a view that comes
    a few milliseconds early or late moves nothing on the screen.
    """

    def __init__(self) -> None:
        self._offset_ns: float | None = None
        self._view_ns = -1

    def part(self, view_ns: int, local_ns: int) -> float:
        """Return the share 0..BEYOND of the way from `before` to `pose`.

        Args:
            view_ns: `RaceView.now_ns` of the newest view.
            local_ns: this machine's monotonic clock, now.
        """
        if view_ns != self._view_ns:
            self._view_ns = view_ns
            late = view_ns - local_ns
            if self._offset_ns is None or abs(late - self._offset_ns) > STEP_NS:
                self._offset_ns = float(late)
            else:
                self._offset_ns += GAIN * (late - self._offset_ns)
        race_ns = local_ns + (self._offset_ns or 0.0)
        return min(BEYOND, max(0.0, (race_ns - view_ns) / TICK_NS + 0.5))


def between(car: CarView | GhostView, part: float) -> tuple[float, float, float]:
    """Return x [m], y [m] and heading [rad] of a car at this share of its last tick."""
    before, pose = car.before, car.pose
    if (
        math.dist((before.x, before.y), (pose.x, pose.y)) > JUMP_M
    ):  # put elsewhere, not driven there
        return pose.x, pose.y, pose.heading
    turn = math.remainder(pose.heading - before.heading, math.tau)
    return (
        before.x + part * (pose.x - before.x),
        before.y + part * (pose.y - before.y),
        before.heading + part * turn,
    )
