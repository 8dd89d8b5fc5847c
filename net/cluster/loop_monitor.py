"""Whether our own loop keeps time: who coordinates late makes all wait.

Its own ticks tell: how late they come after they were due. And its shell tells for how long others
had the processor, for then what is late is the machine's fault, not the network's. What follows
from it for timers and roles is said in `LocalHealth`, which this is for all who only read it.
"""

from __future__ import annotations

from collections import deque
from typing import final

from net.limits import (
    DOWN_ISOLATED_NS,
    LATENESS_TICKS,
    NEVER,
    OVERLOAD_GAP_NS,
    OVERLOAD_PAUSES,
    OVERLOAD_PAUSES_NS,
    OVERLOAD_REST_NS,
    OVERLOAD_WINDOW_NS,
    PAUSE_NS,
    PAUSES_FORGIVEN_MAX,
    STARVED_DELAY_NS,
    STARVED_TICKS,
    TIMEOUT_SCALE_MAX,
    WARY_NS,
)


@final
class LoopMonitor:
    """Remembers how late the ticks of the last seconds came."""

    def __init__(self, now_ns: int) -> None:
        self._began_ns = self._ticked_ns = now_ns
        self._ticks: deque[tuple[int, bool]] = deque()  # when, and whether it was late
        self._late = 0  # how many of those were
        self._pauses: deque[int] = deque(maxlen=OVERLOAD_PAUSES)
        self._row = 0  # how many pauses came with less between them than a verdict takes
        self._overloaded_ns = NEVER  # when we were last
        self._gap_ns = self._delay_ns = 0  # of late, as a rule
        self._starved_ns = NEVER  # when we last were
        self.network_scale = 1.0  # what answers take on a full network, as whoever measures it says

    @property
    def score(self) -> float:
        return self._gap_ns / OVERLOAD_GAP_NS

    @property
    def timeout_scale(self) -> float:
        return max(1.0, self.score, self.network_scale)

    @property
    def is_overloaded(self) -> bool:
        return self._ticked_ns - self._overloaded_ns < OVERLOAD_REST_NS

    @property
    def is_starved(self) -> bool:
        """Whether others of this machine have, or lately had, the processor when we wanted it."""
        return self._ticked_ns - self._starved_ns < WARY_NS

    def on_tick(self, now_ns: int, delay_ns: int = 0) -> int:
        """Note a tick. It was due a heartbeat after the one before, or sooner.

        Args:
            delay_ns: for how long the loop would have run since then, and did not.

        Returns:
            How long the loop has paused before it; 0 where that was no pause, nor where one came
            so soon after others that such gaps are its pace: who forgave all of them would never
            judge anybody, nor stand for election.
        """
        gap_ns, self._ticked_ns = now_ns - self._ticked_ns, now_ns
        paused = gap_ns > PAUSE_NS * max(1.0, self.score)
        late = gap_ns >= OVERLOAD_GAP_NS
        counted_ns = min(gap_ns, TIMEOUT_SCALE_MAX * OVERLOAD_GAP_NS)
        self._gap_ns += (counted_ns - self._gap_ns) // LATENESS_TICKS
        self._delay_ns += (delay_ns - self._delay_ns) // STARVED_TICKS
        if self._delay_ns >= STARVED_DELAY_NS:
            self._starved_ns = now_ns
        self._ticks.append((now_ns, late))
        self._late += late
        while now_ns - self._ticks[0][0] > OVERLOAD_WINDOW_NS:
            self._late -= self._ticks.popleft()[1]
        if gap_ns > PAUSE_NS:
            resting_ns = now_ns - gap_ns - (self._pauses[-1] if self._pauses else NEVER)
            self._row = self._row + 1 if resting_ns < DOWN_ISOLATED_NS else 1
            self._pauses.append(now_ns)
        if self._runs_late(now_ns) or self._pauses_often(now_ns):
            self._overloaded_ns = now_ns
        return gap_ns if paused and self._row <= PAUSES_FORGIVEN_MAX else 0

    def _runs_late(self, now_ns: int) -> bool:
        watched = now_ns - self._began_ns >= OVERLOAD_WINDOW_NS
        return watched and 2 * self._late > len(self._ticks)

    def _pauses_often(self, now_ns: int) -> bool:
        pauses = self._pauses
        return len(pauses) == OVERLOAD_PAUSES and now_ns - pauses[0] <= OVERLOAD_PAUSES_NS
