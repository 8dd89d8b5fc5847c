from __future__ import annotations

from itertools import cycle, islice

from net.cluster.loop_monitor import LoopMonitor
from net.limits import (
    DOWN_ISOLATED_NS,
    MILLISECOND,
    OVERLOAD_GAP_NS,
    OVERLOAD_PAUSES,
    OVERLOAD_PAUSES_NS,
    OVERLOAD_REST_NS,
    OVERLOAD_WINDOW_NS,
    PAUSE_NS,
    PAUSES_FORGIVEN_MAX,
    SECOND,
    STARVED_DELAY_NS,
    STARVED_TICKS,
    TICK_NS,
    TIMEOUT_SCALE_MAX,
    WARY_NS,
)

START_NS = 7 * SECOND
LATE_NS = OVERLOAD_GAP_NS - TICK_NS


class Loop:
    """A loop whose ticks come as late as a test says."""

    def __init__(self) -> None:
        self.now_ns = START_NS
        self.health = LoopMonitor(self.now_ns)

    def run(self, for_ns: int, *late_ns: int) -> None:
        """Tick for so long; lateness goes round."""
        until_ns = self.now_ns + for_ns
        for late in islice(cycle(late_ns), 10_000):
            self.now_ns += TICK_NS + late
            self.health.on_tick(self.now_ns)
            if self.now_ns >= until_ns:
                return

    @property
    def overloaded(self) -> bool:
        return self.health.is_overloaded


def test_a_loop_on_time_is_never_strained() -> None:
    loop = Loop()
    loop.run(60 * SECOND, 0, MILLISECOND, LATE_NS - 1)
    assert not loop.overloaded


def test_a_loop_that_runs_late_is_strained_after_the_window_and_not_sooner() -> None:
    loop = Loop()
    loop.run(OVERLOAD_WINDOW_NS - 100 * MILLISECOND, LATE_NS)
    assert not loop.overloaded
    loop.run(200 * MILLISECOND, LATE_NS)
    assert loop.overloaded


def test_a_slow_loop_waits_longer_in_proportion_and_within_a_bound() -> None:
    loop = Loop()
    loop.run(SECOND, 0, LATE_NS)
    assert loop.health.timeout_scale == 1.0
    loop.run(5 * SECOND, 2 * OVERLOAD_GAP_NS - TICK_NS)
    assert 1.9 < loop.health.timeout_scale <= 2.0
    loop.run(60 * SECOND, SECOND)
    assert TIMEOUT_SCALE_MAX - 0.1 < loop.health.timeout_scale <= TIMEOUT_SCALE_MAX
    loop.run(2 * SECOND, 0)
    assert loop.health.timeout_scale == 1.0


def test_a_stall_that_passes_strains_nobody() -> None:
    loop = Loop()
    loop.run(10 * SECOND, 0)
    loop.run(OVERLOAD_WINDOW_NS // 4, LATE_NS)
    loop.run(SECOND, 0)
    assert not loop.overloaded


def test_every_third_tick_late_is_not_most_and_two_of_three_are() -> None:
    loop = Loop()
    loop.run(20 * SECOND, 0, 0, LATE_NS)
    assert not loop.overloaded
    loop.run(20 * SECOND, LATE_NS, LATE_NS, 0)
    assert loop.overloaded


def test_it_is_well_again_only_when_it_kept_time_for_long() -> None:
    loop = Loop()
    loop.run(5 * SECOND, LATE_NS)
    loop.run(OVERLOAD_REST_NS - SECOND, 0)
    assert loop.overloaded
    loop.run(OVERLOAD_WINDOW_NS + SECOND, 0)
    assert not loop.overloaded


def test_repeated_pauses_strain_and_seldom_ones_do_not() -> None:
    loop = Loop()
    for _ in range(2 * OVERLOAD_PAUSES):
        loop.run(TICK_NS, PAUSE_NS)
        loop.run(OVERLOAD_PAUSES_NS // (OVERLOAD_PAUSES - 1) + SECOND, 0)
    assert not loop.overloaded
    loop = Loop()
    for _ in range(OVERLOAD_PAUSES):
        assert not loop.overloaded
        loop.run(SECOND, 0)
        loop.run(TICK_NS, PAUSE_NS)
    assert loop.overloaded


def pauses(loop: Loop, count: int, apart_ns: int) -> list[bool]:
    """Have a loop pause for 400 ms so often, so far apart; return which of them it forgives."""
    forgiven = []
    for _ in range(count):
        loop.run(apart_ns, 0)
        loop.now_ns += 400 * MILLISECOND
        forgiven.append(loop.health.on_tick(loop.now_ns) > 0)
    return forgiven


def test_pauses_in_a_row_are_forgiven_only_so_often() -> None:
    forgiven = pauses(Loop(), 10, TICK_NS)
    assert forgiven == [True] * PAUSES_FORGIVEN_MAX + [False] * (10 - PAUSES_FORGIVEN_MAX)


def test_a_row_ends_when_a_verdict_could_have_fallen() -> None:
    assert all(pauses(Loop(), 10, DOWN_ISOLATED_NS))


def test_a_loop_that_waits_for_the_processor_is_starved_and_one_that_stalled_once_is_not() -> None:
    loop = Loop()

    def tick(count: int, delay_ns: int) -> bool:
        for _ in range(count):
            loop.now_ns += TICK_NS
            loop.health.on_tick(loop.now_ns, delay_ns)
        return loop.health.is_starved

    assert not tick(STARVED_TICKS, 0)
    assert not tick(1, 50 * STARVED_DELAY_NS), "once"
    assert not tick(10 * STARVED_TICKS, STARVED_DELAY_NS // 2)
    assert tick(4 * STARVED_TICKS, 2 * STARVED_DELAY_NS)
    assert tick(WARY_NS // TICK_NS // 2, 0), "what is late may be so yet"
    assert not tick(2 * WARY_NS // TICK_NS, 0)
