"""How fine the world is drawn: as the screen is, unless this machine is too slow for that."""

from __future__ import annotations

from collections import deque
from typing import Final, final

LARGE: Final = 6_000_000  # pixels of a window that is drawn at half of its fineness to begin with
LEAST: Final = 720  # pixels of height that are always drawn
BUDGET_MS: Final = 12.0  # of a frame of 16.7: the network's thread and the flip have the rest
FRAMES: Final = 90  # that a judgement rests on
SLOW: Final = 0.8  # of them within the budget are too few


@final
class Detail:
    """Chooses how many pixels of the screen, each way, one of the world's picture fills.

    Letters and all else over the world are drawn as fine as the screen is.
    """

    def __init__(self) -> None:
        self.shrink = 1
        self._size = (0, 0)
        self._costs: deque[float] = deque(maxlen=FRAMES)

    def fit(self, size: tuple[int, int]) -> int:
        """Return the choice for a window of this size; another size is judged anew."""
        if size != self._size:
            self._size = size
            self.shrink = 2 if size[0] * size[1] > LARGE else 1
            self._costs.clear()
        return self.shrink

    def on_frame(self, cost_ms: float) -> None:
        """Take in what a frame with a world in it took of the processor."""
        self._costs.append(cost_ms)
        if len(self._costs) < FRAMES or self._size[1] < LEAST * (self.shrink + 1):
            return
        if sum(cost <= BUDGET_MS for cost in self._costs) < SLOW * FRAMES:
            self.shrink += 1
            self._costs.clear()
