from random import Random

from racer.core.drivers.personality import FLAWLESS, mistake_of, personality_of


def test_the_best_driver_is_quick_waits_for_the_light_and_makes_no_mistakes() -> None:
    rng = Random(1)
    for _ in range(200):
        best = personality_of(1.0, rng)
        assert best.pace > 0.99
        assert not best.jumps_start
        assert best.reaction_ticks == 9
        assert mistake_of(best, rng) == FLAWLESS


def test_a_beginner_gets_a_corner_in_ten_wrong_in_each_of_the_ways() -> None:
    rng = Random(2)
    mistakes = [mistake_of(personality_of(0.0, rng), rng) for _ in range(3000)]
    wrong = [slip for slip in mistakes if slip != FLAWLESS]
    assert 240 < len(wrong) < 360
    for kind in (
        [slip for slip in wrong if slip.late_s > 0.0],
        [slip for slip in wrong if slip.wide_m > 0.0],
        [slip for slip in wrong if slip.pace < 1.0],
    ):
        assert len(kind) > 60


def test_drivers_of_one_skill_differ_and_a_seed_gives_the_same_one() -> None:
    rng = Random(3)
    drivers = [personality_of(0.5, rng) for _ in range(20)]
    assert len(set(drivers)) == 20
    assert personality_of(0.5, Random(4)) == personality_of(0.5, Random(4))


def test_some_beginners_jump_the_start() -> None:
    rng = Random(5)
    jumps = sum(personality_of(0.0, rng).jumps_start for _ in range(1000))
    assert 50 < jumps < 115
