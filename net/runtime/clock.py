"""The one clock of a running node."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial


def _find_clock() -> Callable[[], int]:
    """Return the clock of this system that runs on while it sleeps, and is finer than a tick.

    On Linux that is the one since boot; on macOS the raw one, `mach_continuous_time`, while its
    monotonic one is worked out of the clock on the wall (Libc, gen/clock_gettime.c); on Windows the
    performance counter, for the other goes in steps of 16 ms.
    """
    for name in ("CLOCK_BOOTTIME", "CLOCK_MONOTONIC_RAW", "CLOCK_MONOTONIC"):
        number: int | None = getattr(time, name, None)
        if number is not None:
            return partial(time.clock_gettime_ns, number)
    return time.perf_counter_ns


_clock = _find_clock()


def now_ns() -> int:
    """Return nanoseconds since the machine was booted, its sleep included; never backwards.

    It runs on while a laptop sleeps: a node that wakes sees a pause of its own, and does not take
    its peers' silence for news of this moment.
    """
    return _clock()
