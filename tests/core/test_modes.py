import random

from hypothesis import given
from hypothesis import strategies as st

from racer.core.rules.elimination import knocked_out
from racer.core.rules.grid_order import GridOrder, line_up
from racer.core.rules.modes import Mode
from racer.core.rules.results import LapFact
from tests.core.test_results import run

ELIMINATION = Mode.ELIMINATION.rules
WAYS = dict.fromkeys(range(1, 5), 0.0)
FACTS = st.lists(
    st.builds(
        LapFact,
        car=st.integers(1, 4),
        lap=st.integers(1, 4),
        race_ms=st.integers(1, 99),
        lap_ms=st.integers(1, 99),
    ),
    max_size=24,
)


@given(facts=FACTS, seed=st.integers(0, 999), mode=st.sampled_from(Mode))
def test_no_table_depends_on_the_order_or_repetition_of_facts(
    facts: list[LapFact], seed: int, mode: Mode
) -> None:
    shuffled = [*facts, *facts[:5]]
    random.Random(seed).shuffle(shuffled)
    table = mode.rules.rank(facts, 3, WAYS)
    assert mode.rules.rank(shuffled, 3, WAYS) == table
    assert [row.place for row in table] == [1, 2, 3, 4]
    assert {row.car for row in table} == set(WAYS)


@given(facts=FACTS)
def test_one_car_always_stays_in(facts: list[LapFact]) -> None:
    assert len(knocked_out(facts, WAYS)) < len(WAYS)


@given(
    laps=st.lists(
        st.lists(st.integers(20_000, 60_000), min_size=3, max_size=3), min_size=4, max_size=4
    ),
    absent=st.sets(st.integers(1, 4), max_size=3),
)
def test_an_elimination_is_decided_by_the_time_anybody_has_driven_all_laps(
    laps: list[list[int]], absent: set[int]
) -> None:
    driven = ELIMINATION.laps(99, 4)
    assert driven == 3
    facts = [
        fact for car, times in enumerate(laps, 1) if car not in absent for fact in run(car, *times)
    ]
    table = ELIMINATION.rank(facts, driven, WAYS)
    assert table[0].ms is not None
    assert table[0].out_lap is None
    assert all(row.ms is None and row.out_lap is not None for row in table[1:])
    order = [row.out_lap or 99 for row in table]
    assert order == sorted(order, reverse=True), "who stayed longer stands higher"


def test_the_last_of_each_lap_goes_out() -> None:
    facts = [*run(1, 30, 31, 30), *run(2, 31, 31), *run(3, 32)]
    assert knocked_out(facts, WAYS) == {4: 1, 3: 2, 2: 3}
    table = ELIMINATION.rank(facts, 3, WAYS)
    assert [(row.car, row.laps, row.ms, row.out_lap) for row in table] == [
        (1, 3, 91, None),
        (2, 2, None, 3),
        (3, 1, None, 2),
        (4, 0, None, 1),
    ]


def test_who_is_last_is_open_while_two_are_on_the_way() -> None:
    assert knocked_out([*run(1, 30), *run(2, 31)], WAYS) == {}


def test_all_go_out_whom_the_first_laps() -> None:
    assert knocked_out([*run(1, 30, 30), *run(2, 31)], WAYS) == {3: 1, 4: 1, 2: 2}
    assert knocked_out([*run(1, 30, 30), *run(2, 31), *run(3, 61)], WAYS) == {3: 1, 4: 1, 2: 2}


def test_a_late_fact_judges_again() -> None:
    three = [*run(1, 30), *run(2, 31), *run(3, 34)]
    assert knocked_out(three, WAYS) == {4: 1}
    assert knocked_out([*three, *run(4, 33)], WAYS) == {3: 1}


def test_equal_times_put_the_higher_number_out() -> None:
    assert knocked_out([*run(1, 30), *run(2, 30)], [1, 2]) == {2: 1}


def test_who_races_alone_wins_by_a_lap() -> None:
    assert ELIMINATION.laps(5, 1) == 1
    assert ELIMINATION.rank([], 1, {7: 0.0})[0].ms is None
    assert ELIMINATION.rank(run(7, 40), 1, {7: 0.0})[0].ms == 40


def test_a_trial_goes_by_the_best_lap_not_by_the_way() -> None:
    facts = [*run(1, 30, 30), *run(2, 45, 25), *run(3, 29)]
    table = Mode.TRIAL.rules.rank(facts, 2, WAYS)
    assert [(row.car, row.best_ms) for row in table] == [(2, 25), (3, 29), (1, 30), (4, None)]


def test_the_flag_is_for_races_alone() -> None:
    ends = {1: [30, 60], 2: [70]}
    assert set(Mode.RACE.rules.finishes(ends, 2)) == {1, 2}
    assert set(Mode.TRIAL.rules.finishes(ends, 2)) == {1}, "each has as many tries"
    assert set(ELIMINATION.finishes(ends, 2)) == {1}


def test_grids() -> None:
    cars = [3, 1, 2]
    assert line_up(GridOrder.TURN, cars, 0, b"", []) == (1, 2, 3)
    assert line_up(GridOrder.TURN, cars, 4, b"", []) == (2, 3, 1)
    assert line_up(GridOrder.REVERSE, cars, 0, b"", [2, 9, 3]) == (3, 2, 1)
    assert line_up(GridOrder.REVERSE, cars, 0, b"", []) == (1, 2, 3)
    lots = {line_up(GridOrder.DRAW, cars, 0, bytes([k]), []) for k in range(60)}
    assert len(lots) == 6, "every order can be drawn"
    assert line_up(GridOrder.DRAW, cars, 0, b"x", []) == line_up(
        GridOrder.DRAW, sorted(cars), 5, b"x", [1]
    )
