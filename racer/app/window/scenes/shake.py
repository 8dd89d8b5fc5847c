"""The picture shakes when our car is hit, and trembles where the ground is rough."""

from __future__ import annotations

import math
from typing import Final, final

REACH_M: Final = 0.85  # of the hardest hit
CALM_S: Final = 0.42  # after which even the hardest is over
TREMBLE: Final = 0.34  # what rough ground at speed is, of the hardest hit
FAST_MS: Final = 40.0
WAVES: Final = ((31.0, 0.0), (47.0, 1.7), (23.0, 4.1))  # rad/s and phase: never in step


@final
class Shake:
    """How far the picture is off its place. A hit counts by its square: light ones are slight."""

    def __init__(self) -> None:
        self._trauma = 0.0
        self._rough = 0.0
        self._clock_s = 0.0

    def hit(self, force: float) -> None:
        """Take a hit of this force, 0..1."""
        self._trauma = max(self._trauma, force)

    def roll(self, *, rough: bool, speed_ms: float) -> None:
        """Roll over rough ground, or smooth, until told otherwise."""
        self._rough = TREMBLE * min(1.0, speed_ms / FAST_MS) if rough else 0.0

    def offset(self, dt: float) -> tuple[float, float]:
        """Return how far the picture is moved [m], after `dt` more seconds."""
        self._clock_s += dt
        self._trauma = max(0.0, self._trauma - dt / CALM_S)
        strength = max(self._trauma, self._rough)
        if strength <= 0.0:
            return 0.0, 0.0
        reach, t = REACH_M * strength * strength, self._clock_s
        x = sum(math.sin(rate * t + phase) for rate, phase in WAVES) / len(WAVES)
        y = sum(math.cos(1.13 * rate * t + 2.0 * phase) for rate, phase in WAVES) / len(WAVES)
        return reach * x, reach * y
