"""How fine the world is drawn: as the screen is, unless this machine is too slow for that."""

from __future__ import annotations

from collections import deque
from typing import Final, final

LARGE: Final = 6_000_000  # pixels of a window that is drawn at half of its fineness to begin with
LEAST: Final = 720  # pixels of height that are always drawn
BUDGET_MS: Final = 12.0  # of a frame of 16.7: the network's thread and the flip have the rest
FRAMES: Final = 90  # that a judgement rests on
SLOW: Final = 0.8  # of them within the budget are too few
EASY_MS: Final = 0.5 * BUDGET_MS  # of a frame after which a finer one may be within the budget
SPOILT: Final = 20  # easy frames are worth no more after one that is not: one in twenty may be so
PATIENCE: Final = 900  # easy frames before it is drawn finer again: a quarter of a minute …
PATIENCE_MOST: Final = 36_000  # … doubled whenever that was too fine; up to ten minutes


@final
class Detail:
    """Chooses how many pixels of the screen, each way, one of the world's picture fills.

    Letters and all else over the world are drawn as fine as the screen is. After frames that were
    slow for a while only, the menu's among them, it is drawn finer again: a change costs all tiles,
    so a machine that is too slow for it is tried ever more rarely.
    """

    def __init__(self) -> None:
        self.shrink = 1
        self._size = (0, 0)
        self._finest = 1  # that a window of this size is drawn
        self._patience = PATIENCE
        self._easy = 0  # easy frames that count
        self._costs: deque[float] = deque(maxlen=FRAMES)

    def fit(self, size: tuple[int, int]) -> int:
        """Return the choice for a window of this size; another size is judged anew."""
        if size != self._size:
            self._size = size
            self.shrink = self._finest = 2 if size[0] * size[1] > LARGE else 1
            self._patience = PATIENCE
            self._judge_anew()
        return self.shrink

    def on_frame(self, cost_ms: float) -> None:
        """Take in what a frame with a world in it took of the processor."""
        self._costs.append(cost_ms)
        easy = self._easy + 1 if cost_ms <= EASY_MS else self._easy - SPOILT
        self._easy = max(0, easy) if self.shrink > self._finest else 0
        if self._easy >= self._patience:
            self.shrink -= 1
            self._judge_anew()
        elif self._size[1] >= LEAST * (self.shrink + 1) and self._is_slow:
            self.shrink += 1
            self._patience = min(PATIENCE_MOST, 2 * self._patience)
            self._judge_anew()

    @property
    def _is_slow(self) -> bool:
        within = sum(cost <= BUDGET_MS for cost in self._costs)
        return len(self._costs) == FRAMES and within < SLOW * FRAMES

    def _judge_anew(self) -> None:
        self._costs.clear()
        self._easy = 0
