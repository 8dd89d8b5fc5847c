"""Whether our own loop keeps time: who coordinates late makes all wait.

Lifeguard (Dadgar 2017) lets a node doubt its own verdicts when it is slow: it waits longer for
others. Here it also gives up the role that others wait for. Only its own ticks tell: how late they
come after they were due.
"""

from __future__ import annotations

from collections import deque
from typing import final

from net.limits import (
    NEVER,
    PATIENCE_TICKS,
    PAUSE_NS,
    STRAIN_GAP_NS,
    STRAIN_PAUSES,
    STRAIN_PAUSES_NS,
    STRAIN_REST_NS,
    STRAIN_WINDOW_NS,
    TIMEOUT_SCALE_MAX,
)


@final
class LocalHealth:
    """Remembers how late the ticks of the last seconds came."""

    def __init__(self, now_ns: int) -> None:
        self._began_ns = self._ticked_ns = now_ns
        self._ticks: deque[tuple[int, bool]] = deque()  # when, and whether it was late
        self._late = 0  # how many of those were
        self._pauses: deque[int] = deque(maxlen=STRAIN_PAUSES)
        self._overloaded_since_ns = NEVER
        self._gap_ns = 0  # of late, as a rule

    @property
    def timeout_scale(self) -> float:
        """How many times as long as in a loop that keeps time we should wait for others, from 1 on.

        Where all are slow, what they answer is slow too. To judge them by the timers of a fast loop
        would be to elect, to ask and to greet them anew again and again, which makes all slower.
        """
        return max(1.0, self._gap_ns / STRAIN_GAP_NS)

    def on_tick(self, now_ns: int) -> None:
        """Note a tick. It was due a heartbeat after the one before, or sooner."""
        gap_ns, self._ticked_ns = now_ns - self._ticked_ns, now_ns
        late = gap_ns >= STRAIN_GAP_NS
        counted_ns = min(gap_ns, TIMEOUT_SCALE_MAX * STRAIN_GAP_NS)
        self._gap_ns += (counted_ns - self._gap_ns) // PATIENCE_TICKS
        self._ticks.append((now_ns, late))
        self._late += late
        while now_ns - self._ticks[0][0] > STRAIN_WINDOW_NS:
            self._late -= self._ticks.popleft()[1]
        if gap_ns > PAUSE_NS:
            self._pauses.append(now_ns)
        if self._runs_late(now_ns) or self._pauses_often(now_ns):
            self._overloaded_since_ns = now_ns

    def is_overloaded(self, now_ns: int) -> bool:
        """Tell whether this node ran late so lately that another should coordinate, if one can."""
        return now_ns - self._overloaded_since_ns < STRAIN_REST_NS

    def _runs_late(self, now_ns: int) -> bool:
        watched = now_ns - self._began_ns >= STRAIN_WINDOW_NS
        return watched and 2 * self._late > len(self._ticks)

    def _pauses_often(self, now_ns: int) -> bool:
        pauses = self._pauses
        return len(pauses) == STRAIN_PAUSES and now_ns - pauses[0] <= STRAIN_PAUSES_NS
