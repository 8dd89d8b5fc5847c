"""Waiting for what a thread brings."""

from __future__ import annotations

import time
from collections.abc import Callable

DEADLINE_S = 10.0


def soon(check: Callable[[], bool]) -> None:
    """Return when the check holds; fail when it does not within the deadline."""
    deadline = time.monotonic() + DEADLINE_S
    while not check():
        assert time.monotonic() < deadline
        time.sleep(0.005)
