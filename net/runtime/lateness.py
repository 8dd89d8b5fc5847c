"""How late the loop's ticks run: where it grows, the machine is too busy for what it shows."""

from __future__ import annotations

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
    """Takes each tick's lateness; tells of those since it was asked last."""

    def __init__(self) -> None:
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
