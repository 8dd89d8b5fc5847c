"""Waiting in real time for what a thread or another process does: here alone a test may sleep."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import Final, TypeVar

T = TypeVar("T")

DEADLINE_S: Final = 10.0
PERIOD_S: Final = 0.005


def until(
    condition: Callable[[], T | None],
    what: str,
    deadline_s: float = DEADLINE_S,
    period_s: float = PERIOD_S,
) -> T:
    """Return what a condition gives, as soon as that is true; fail when it is not in time.

    Args:
        condition: asked every `period_s` and, before we give up, once after the deadline.
        what: we wait for, as the failure tells it.
    """
    ends_s = time.monotonic() + deadline_s
    while True:
        is_last = time.monotonic() >= ends_s
        if found := condition():
            return found
        assert not is_last, f"not within {deadline_s:g} s: {what}"
        time.sleep(period_s)


def every(period_s: float) -> Iterator[int]:
    """Yield 1, 2, 3 and so on, one a period: the pace of a program that a test runs beside it."""
    for number in count(1):
        time.sleep(period_s)
        yield number
