"""The one clock of a running node."""

from __future__ import annotations

import time


def now_ns() -> int:
    """Return nanoseconds since the machine was booted, its sleep included; never backwards.

    Unlike the monotonic clock it runs on while a laptop sleeps: a node that wakes sees a pause of
    its own, and does not take its peers' silence for news of this moment.
    """
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)
