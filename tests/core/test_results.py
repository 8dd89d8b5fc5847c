import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from racer.core.circuits.track import Track
from racer.core.rules.laps import Progress
from racer.core.rules.results import (
    CarFinish,
    LapFact,
    Row,
    classify,
    live_places,
    time_text,
    under_the_flag,
)


def run(car: int, *lap_ms: int) -> list[LapFact]:
    facts, total = [], 0
    for lap, ms in enumerate(lap_ms, start=1):
        total += ms
        facts.append(LapFact(car, lap, total, ms))
    return facts


def test_finishers_by_time_then_the_others_by_laps_and_distance() -> None:
    facts = [*run(1, 30_000, 31_000), *run(2, 29_000, 30_000), *run(3, 40_000), *run(4, 50_000)]
    table = classify(facts, 2, {1: 2000.0, 2: 2000.0, 3: 1200.0, 4: 1300.0, 5: 100.0})
    assert table == (
        Row(1, 2, 2, 59_000, 29_000),
        Row(2, 1, 2, 61_000, 30_000),
        Row(3, 4, 1, None, 50_000),
        Row(4, 3, 1, None, 40_000),
        Row(5, 5, 0, None, None),
    )


def test_a_lap_without_the_one_before_does_not_count() -> None:
    table = classify([LapFact(1, 2, 60_000, 30_000)], 2, {1: 0.0})
    assert table == (Row(1, 1, 0, None, None),)


def test_equal_cars_stand_by_their_number() -> None:
    table = classify([*run(7, 30_000), *run(3, 30_000)], 1, {7: 9.0, 3: 1.0})
    assert [row.car for row in table] == [3, 7]


def test_the_flag_ends_the_race_of_each_car_with_the_lap_it_completes_next() -> None:
    ends = {1: [30, 60, 90], 2: [31, 89, 120], 3: [50, 91, 140], 4: [89, 178], 5: [], 6: [40]}
    assert under_the_flag(ends, 3) == {
        1: CarFinish(3, 90),
        2: CarFinish(3, 120),
        3: CarFinish(2, 91),
        4: CarFinish(2, 178),
    }
    assert under_the_flag({1: [30, 60], 2: [31]}, 3) == {}, "nobody has won"


def test_under_the_flag_finishers_stand_by_laps_then_time_and_the_rest_behind_them() -> None:
    facts = [*run(1, 30, 30), *run(2, 61), *run(3, 59, 40), *run(4, 45), *run(5, 62, 20)]
    table = classify(facts, 2, {car: float(car) for car in range(1, 7)}, under_the_flag)
    assert [(row.car, row.laps, row.ms, row.best_ms) for row in table] == [
        (1, 2, 60, 30),
        (3, 2, 99, 40),
        (2, 1, 61, 61),
        (5, 1, 62, 62),
        (4, 1, None, 45),
        (6, 0, None, None),
    ]


FACTS = st.lists(
    st.builds(
        LapFact,
        car=st.integers(1, 4),
        lap=st.integers(1, 3),
        race_ms=st.integers(1, 99),
        lap_ms=st.integers(1, 99),
    ),
    max_size=20,
)


@given(facts=FACTS, seed=st.integers(0, 999))
def test_the_table_does_not_depend_on_order_or_repetition(facts: list[LapFact], seed: int) -> None:
    distances = {car: float(car % 3) for car in range(1, 5)}
    shuffled = [*facts, *facts[:5]]
    random.Random(seed).shuffle(shuffled)
    assert classify(shuffled, 3, distances) == classify(facts, 3, distances)


def test_live_places_go_by_the_way_raced(ring: Track) -> None:
    progress = {1: Progress(1, 1, 20.0), 2: Progress(2, 1, 10.0), 3: Progress(1, 1, 30.0)}
    assert live_places(progress, ring, {}) == {2: 1, 3: 2, 1: 3}


def test_who_has_finished_keeps_the_place_however_far_others_roll_on(ring: Track) -> None:
    progress = {1: Progress(3, 1, 20.0), 2: Progress(3, 2, 90.0), 3: Progress(2, 3, 200.0)}
    finishes = {1: CarFinish(2, 60_000), 2: CarFinish(2, 61_000)}
    assert live_places(progress, ring, finishes) == {1: 1, 2: 2, 3: 3}
    lapped = {1: CarFinish(2, 60_000), 3: CarFinish(1, 61_000)}
    assert live_places(progress, ring, lapped)[2] < live_places(progress, ring, lapped)[3]


@pytest.mark.parametrize(
    ("ms", "words"),
    [
        (0, "0:00.000"),
        (31_240, "0:31.240"),
        (125_007, "2:05.007"),
        (None, "-:--.---"),
        (-5, "-:--.---"),
    ],
)
def test_a_time_reads_as_on_a_timing_screen(ms: int | None, words: str) -> None:
    assert time_text(ms) == words


def test_a_time_never_shows_a_second_before_it_is_over() -> None:
    assert time_text(59_999, hundredths=True) == "0:59.99"
    assert time_text(60_000, hundredths=True) == "1:00.00"
