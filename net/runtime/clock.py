"""The one clock of a running node."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

from net.limits import SECOND
from net.node.lineage.history_age import Clocks

_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")  # Linux; others tell of none


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


def read_clocks() -> Clocks:
    """Return what this machine's clocks show now."""
    return Clocks(int(time.time()), _boot_id(), now_ns() // SECOND)


@cache
def _boot_id() -> str:
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
