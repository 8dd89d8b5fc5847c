"""When the next picture is due: at the screen's own rate, to a fraction of a millisecond.

SDL has no vertical sync for pictures that the processor draws (ADR 42), and a clock of whole
milliseconds makes 62.5 pictures a second of sixty: every 0.4 s one stays for two. So the due times
are counted on from each other, and a late picture moves none of those after it.
"""

from __future__ import annotations

from collections import deque
from typing import Final, final

SECOND_NS: Final = 1_000_000_000
RATE_LEAST: Final = 60.0  # Hz; a screen that tells less, or nothing, is taken for this
RATE_MOST: Final = 240.0
KEPT: Final = 2048  # of each figure: half a minute at 60 Hz


@final
class PicturePace:
    """Tells how long to wait, and keeps what came of it.

    Args:
        rate_hz: of the screen, as it says; anything.
        limit_hz: what the player wants at most.
    """

    def __init__(self, rate_hz: float, limit_hz: float = RATE_MOST) -> None:
        self.rate_hz = min(limit_hz, RATE_MOST, max(RATE_LEAST, rate_hz))
        self.intervals_ms: deque[float] = deque(maxlen=KEPT)  # from one flip to the next
        self.pictures: deque[tuple[int, int]] = deque(maxlen=KEPT)
        """When the newest event in each had been fetched, and when it was shown [ns]."""
        self._period_ns = SECOND_NS / self.rate_hz
        self._due_ns: float | None = None
        self._flipped_ns: int | None = None

    def wait_ns(self, now_ns: int) -> int:
        """Return how long to wait for the next picture's time, once the last one is shown."""
        if self._due_ns is None or now_ns - self._due_ns > 2.0 * self._period_ns:
            self._due_ns = float(now_ns)  # a stall is not made up for
        self._due_ns += self._period_ns
        return max(0, round(self._due_ns - now_ns))

    def on_flip(self, now_ns: int, polled_ns: int) -> None:
        """Take in that a picture was shown, and when the events in it had been fetched."""
        if self._flipped_ns is not None:
            self.intervals_ms.append((now_ns - self._flipped_ns) / 1e6)
        self._flipped_ns = now_ns
        self.pictures.append((polled_ns, now_ns))
