"""How late the loop runs: where that grows, the machine is too busy for what it shows."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, final

from net.limits import MILLISECOND, SECOND, TICK_NS

NOTED_MAX: Final = 8 * SECOND // TICK_NS  # who asks less often is told of the last ones


@final
@dataclass(frozen=True, slots=True)
class Lateness:
    """By how many milliseconds ticks ran after they were due."""

    p99_ms: float
    max_ms: float


@final
class LatenessMeter:
    """Takes each tick's lateness; tells of those since it was asked last, and of run delay."""

    def __init__(self) -> None:
        self.delay = RunDelayMeter()
        self._late_ns: list[int] = []

    def on_tick(self, due_ns: int, now_ns: int) -> None:
        if len(self._late_ns) >= NOTED_MAX:
            del self._late_ns[: NOTED_MAX // 2]
        self._late_ns.append(max(now_ns - due_ns, 0))

    def take(self) -> Lateness:
        """Return the 99th percentile and the largest; zeros where no tick ran."""
        ordered = sorted(self._late_ns) or [0]
        self._late_ns = []
        p99_ns = ordered[99 * (len(ordered) - 1) // 100]
        return Lateness(p99_ns / MILLISECOND, ordered[-1] / MILLISECOND)


@final
class RunDelayMeter:
    """Measures for how long the loop would have run and did not: others had the processor.

    That is what passed from its wake-up to its next rest and was not spent by this thread, and what
    it slept beyond the time for which it had set its alarm (`run_delay` of Linux, which not every
    system counts).
    """

    def __init__(self, used_ns: Callable[[], int] = time.thread_time_ns) -> None:
        self._used_ns = used_ns
        self._woke_ns = self._rested_ns = self._before_ns = 0
        self._delay_ns = 0

    def on_wake(self, due_ns: int, now_ns: int) -> None:
        """Note that the loop runs again, which was to rest until `due_ns` at the latest."""
        self._delay_ns += max(now_ns - max(due_ns, self._rested_ns), 0)
        self._woke_ns, self._before_ns = now_ns, self._used_ns()

    def on_rest(self, now_ns: int) -> None:
        """Note that the loop has nothing more to do just now."""
        self._delay_ns += now_ns - self._woke_ns - (self._used_ns() - self._before_ns)
        self._rested_ns = now_ns

    def take(self) -> int:
        """Return the delay since this was last asked [ns]."""
        delay_ns, self._delay_ns = self._delay_ns, 0
        return max(delay_ns, 0)
