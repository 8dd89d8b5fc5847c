from __future__ import annotations

from random import Random

from net.cluster.race_clock import RaceClock
from net.limits import HEARTBEAT_NS, MILLISECOND, SECOND

ME, ADA, BOB = (bytes([k]) * 16 for k in range(3))


def beat(
    clock: RaceClock, node: bytes, race_ns: int, now_ns: int, there_ns: int, back_ns: int
) -> None:
    """Have `clock` take a beat sent `back_ns` ago that echoes one of ours, sent `there_ns` before.

    `race_ns` is the peer's race clock now.
    """
    echo = now_ns - back_ns - there_ns
    sent = now_ns - back_ns
    clock.on_sample(node, sent // 1000, echo // 1000, 0, (race_ns - back_ns) // 1000, now_ns)


def test_a_founders_clock_starts_at_zero_and_is_not_started_twice() -> None:
    clock = RaceClock()
    assert clock.race_ns(5 * SECOND) == 0
    clock.found(0, 5 * SECOND)
    assert clock.race_ns(6 * SECOND) == SECOND
    clock.found(0, 7 * SECOND)
    assert clock.race_ns(7 * SECOND) == 2 * SECOND


def test_a_room_that_goes_on_is_not_taken_back_by_a_strangers_clock() -> None:
    """Three of four lost power; the fourth had opened the room anew before they were back."""
    clock = RaceClock()
    beat(clock, ADA, 2 * SECOND, 3 * SECOND, MILLISECOND, MILLISECOND)
    clock.found(26 * SECOND, 4 * SECOND)
    assert clock.race_ns(5 * SECOND) == 27 * SECOND


def test_a_newcomer_takes_over_the_rooms_clock_at_its_first_sample() -> None:
    clock = RaceClock()
    beat(clock, ADA, 100 * SECOND, 3 * SECOND, MILLISECOND, MILLISECOND)
    assert abs(clock.race_ns(3 * SECOND) - 100 * SECOND) < 10_000


def test_jitter_is_filtered_out() -> None:
    rng = Random(3)
    clock = RaceClock()
    clock.follow(ADA, ME)
    for now in range(SECOND, 11 * SECOND, HEARTBEAT_NS):
        there, back = (MILLISECOND // 5 + int(rng.expovariate(1 / 4e6)) for _ in range(2))
        beat(clock, ADA, now + 50 * SECOND, now, there, back)
    assert abs(clock.race_ns(11 * SECOND) - 61 * SECOND) < MILLISECOND


def test_a_new_coordinator_with_another_opinion_is_followed_without_a_jump() -> None:
    clock = RaceClock()
    clock.follow(ADA, ME)
    now, before = SECOND, 0
    for now in range(SECOND, 3 * SECOND, HEARTBEAT_NS):
        beat(clock, ADA, now, now, 10_000, 10_000)
    clock.follow(BOB, ME)
    for now in range(3 * SECOND, 9 * SECOND, HEARTBEAT_NS):
        beat(clock, BOB, now - 20 * MILLISECOND, now, 10_000, 10_000)
        race = clock.race_ns(now)
        assert race > before, "never backwards"
        before = race
    assert abs(clock.race_ns(now) - (now - 20 * MILLISECOND)) < MILLISECOND


def test_who_presides_follows_nobody() -> None:
    clock = RaceClock()
    clock.found(0, 0)
    clock.follow(ME, ME)
    beat(clock, ADA, 70 * SECOND, SECOND, 10_000, 10_000)
    assert clock.race_ns(SECOND) == SECOND


def test_a_room_with_another_clock_is_entered_by_a_step() -> None:
    clock = RaceClock()
    clock.found(0, 0)
    clock.follow(ADA, ME)
    beat(clock, ADA, 70 * SECOND, SECOND, 10_000, 10_000)
    assert abs(clock.race_ns(SECOND) - 70 * SECOND) < MILLISECOND


def test_who_enters_takes_over_a_clock_that_is_little_behind_at_once() -> None:
    """Seed 6272: two groups 84 ms apart, until the office went from one to the other."""
    clock = RaceClock()
    clock.found(0, 0)
    clock.enter()
    clock.follow(ADA, ME)
    beat(clock, ADA, SECOND - 84 * MILLISECOND, SECOND, MILLISECOND, MILLISECOND)
    assert abs(clock.race_ns(SECOND) - (SECOND - 84 * MILLISECOND)) < MILLISECOND


def test_a_clock_is_entered_only_by_a_sample_that_is_good() -> None:
    clock = RaceClock()
    clock.found(0, 0)
    clock.enter()
    clock.follow(ADA, ME)
    slow = 60 * MILLISECOND
    beat(clock, ADA, SECOND - 90 * MILLISECOND, SECOND, slow, slow)
    assert clock.race_ns(SECOND) == SECOND
    beat(clock, ADA, 2 * SECOND - 90 * MILLISECOND, 2 * SECOND, 10_000, 10_000)
    assert abs(clock.race_ns(2 * SECOND) - (2 * SECOND - 90 * MILLISECOND)) < MILLISECOND


def test_within_a_lineage_no_clock_runs_back_however_far_it_is_ahead() -> None:
    clock = RaceClock()
    clock.found(0, 0)
    clock.follow(ADA, ME)
    now, before = SECOND, 0
    for now in range(SECOND, 30 * SECOND, HEARTBEAT_NS):
        beat(clock, ADA, now - 400 * MILLISECOND, now, MILLISECOND, MILLISECOND)
        race = clock.race_ns(now)
        assert race > before
        before = race
    assert abs(before - (now - 400 * MILLISECOND)) < 2 * MILLISECOND


def test_what_a_peer_told_before_its_clock_was_set_is_void() -> None:
    clock = RaceClock()
    clock.follow(BOB, ME)
    beat(clock, BOB, SECOND, SECOND, 10_000, 10_000)
    for now in range(SECOND, 2 * SECOND, HEARTBEAT_NS):
        beat(clock, ADA, now + 50 * MILLISECOND, now, 10_000, 10_000)
    beat(clock, ADA, 2 * SECOND, 2 * SECOND, MILLISECOND, MILLISECOND)
    clock.enter()
    clock.follow(ADA, ME)
    beat(clock, ADA, 2 * SECOND + MILLISECOND, 2 * SECOND + MILLISECOND, MILLISECOND, MILLISECOND)
    assert abs(clock.race_ns(3 * SECOND) - 3 * SECOND) < 5 * MILLISECOND


def test_round_trip_and_loss_are_measured() -> None:
    rng = Random(5)
    clock = RaceClock()
    assert clock.rtt_ms(ADA) is None
    for now in range(SECOND, 9 * SECOND, HEARTBEAT_NS):
        if rng.random() > 0.25:
            beat(clock, ADA, now, now, 3 * MILLISECOND, 2 * MILLISECOND)
    rtt, loss = clock.rtt_ms(ADA), clock.loss(ADA)
    assert rtt is not None
    assert abs(rtt - 5) < 0.1
    assert loss is not None
    assert 0.15 < loss < 0.35


def test_a_clock_that_would_be_too_late_to_be_told_on_is_not_followed() -> None:
    """One beat of a coordinator at the end of the range, and no beat of ours decodes any more."""
    clock = RaceClock()
    clock.follow(ADA, ME)
    beat(clock, ADA, 2**53 * 1000, 3 * SECOND, MILLISECOND, MILLISECOND)
    assert clock.race_ns(3 * SECOND) == 0
    beat(clock, ADA, 100 * SECOND, 3 * SECOND, MILLISECOND, MILLISECOND)
    assert abs(clock.race_ns(3 * SECOND) - 100 * SECOND) < 10_000
