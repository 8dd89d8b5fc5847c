"""The one clock of a running node."""

from __future__ import annotations

import time
from collections.abc import Callable


def _find_clock() -> Callable[[], int]:
    """Return the clock of this system that runs on while it sleeps, and is finer than a tick.

    On Linux that is the one since boot; macOS' monotonic one counts sleep too (clock_gettime(3)
    there); on Windows it is the performance counter, for the other goes in steps of 16 ms.
    """
    number = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
    if number is None:
        return time.perf_counter_ns
    return lambda: time.clock_gettime_ns(number)


_clock = _find_clock()


def now_ns() -> int:
    """Return nanoseconds since the machine was booted, its sleep included; never backwards.

    It runs on while a laptop sleeps: a node that wakes sees a pause of its own, and does not take
    its peers' silence for news of this moment.
    """
    return _clock()
