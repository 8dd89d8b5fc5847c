"""How late ticks run is told as it was."""

from __future__ import annotations

from net.limits import MILLISECOND
from net.runtime.lateness import NOTED_MAX, Lateness, LatenessMeter


def test_the_latest_tick_and_the_99th_percentile_are_told_once() -> None:
    meter = LatenessMeter()
    for late_ms in range(200):
        meter.on_tick(0, late_ms * MILLISECOND)
    assert meter.take() == Lateness(197.0, 199.0)
    assert meter.take() == Lateness(0.0, 0.0)


def test_a_tick_before_its_time_is_not_late() -> None:
    meter = LatenessMeter()
    meter.on_tick(5, 3)
    assert meter.take() == Lateness(0.0, 0.0)


def test_what_nobody_asks_for_is_not_kept_for_ever() -> None:
    meter = LatenessMeter()
    meter.on_tick(0, 999 * MILLISECOND)
    for _ in range(10 * NOTED_MAX):
        meter.on_tick(0, MILLISECOND)
    assert meter.take() == Lateness(1.0, 1.0)
