"""How late ticks run is told as it was."""

from __future__ import annotations

from net.limits import MILLISECOND
from net.runtime.lateness import NOTED_MAX, Lateness, LatenessMeter, RunDelayMeter


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


def test_what_the_loop_spends_itself_is_no_delay_and_what_others_spend_is() -> None:
    used_ns = [0]
    meter = RunDelayMeter(lambda: used_ns[0])
    meter.on_wake(due_ns=5, now_ns=5)
    meter.on_rest(10)
    assert meter.take() == 5, "it ran for nothing"
    meter.on_wake(due_ns=100, now_ns=60)
    used_ns[0] += 15
    meter.on_rest(75)
    assert meter.take() == 0, "it was woken by a datagram, and nobody was in its way"
    meter.on_wake(due_ns=100, now_ns=107)
    used_ns[0] += 20
    meter.on_rest(130)
    assert meter.take() == 7 + 3, "its alarm rang late, and it was put aside for a moment"
    meter.on_wake(due_ns=90, now_ns=131)
    assert meter.take() == 1, "what it worked on before it rested had made it late, nobody else"
