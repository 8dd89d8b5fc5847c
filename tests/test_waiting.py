"""The one helper by which tests wait: it fails by name, and misses nothing that came late."""

from __future__ import annotations

from itertools import count

import pytest

from tests.waiting import until


def test_what_comes_in_time_is_returned() -> None:
    answers = iter([0, 0, 7])
    assert until(lambda: next(answers), "a number", period_s=0.0) == 7


def test_what_does_not_come_is_named() -> None:
    with pytest.raises(AssertionError, match=r"not within 0 s: a bus"):
        until(lambda: False, "a bus", deadline_s=0.0)


def test_what_came_while_we_slept_past_the_deadline_is_not_missed() -> None:
    asked = count()
    until(lambda: next(asked) == 1, "it, the second time", deadline_s=0.05, period_s=0.06)
