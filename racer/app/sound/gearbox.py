"""Gears that are only heard: the car has one, yet an engine that climbs once sounds like a toy."""

from __future__ import annotations

from typing import Final, final

TOPS_MS: Final = (13.0, 22.0, 31.0, 40.0, 50.0, 66.0)  # speed at the limiter of each gear
DOWN: Final = 0.58  # share of the revs below which one shifts down
IDLE: Final = 0.06
CLUTCH_MS: Final = (
    7.0  # below this speed the clutch slips: the throttle alone makes the engine turn
)
FREE: Final = 0.72  # revs at full throttle on a slipping clutch


@final
class Gearbox:
    """Chooses the gear a driver would have in, with a dead band, and tells the revs."""

    def __init__(self) -> None:
        self.gear = 0

    def revs(self, speed_ms: float, throttle: float = 0.0) -> float:
        """Return the revs 0..1 at a speed; shifts up or down at most one gear."""
        share = speed_ms / TOPS_MS[self.gear]
        if share > 0.97 and self.gear < len(TOPS_MS) - 1:
            self.gear += 1
        elif share < DOWN and self.gear > 0:
            self.gear -= 1
        slip = max(0.0, 1.0 - speed_ms / CLUTCH_MS)
        free = IDLE + (FREE - IDLE) * throttle * slip
        return min(1.0, max(free, speed_ms / TOPS_MS[self.gear]))
