from __future__ import annotations

import pytest

from net import Pace
from racer.core.physics.car import CarState
from racer.core.tuning import SPEED_MAX
from racer.play.cars.send_rates import paces_around
from racer.play.limits import SIGHT_CARS_MAX, SIGHT_M, STALE_CARS_MAX, TOUCH_M, TOUCH_S
from tests.play.rooms import ADA, BEN

MINE = CarState(x=100.0, y=50.0, heading=0.0, vx=30.0)


def pace(ahead_m: float, aside_m: float = 0.0, speed: float = 30.0, *, stale: bool = False) -> Pace:
    """Return at which pace who drives another car gets the states of ours."""
    other = CarState(x=MINE.x + ahead_m, y=MINE.y + aside_m, heading=0.0, vx=speed)
    return paces_around(MINE, [(BEN, other, stale)]).get(BEN, Pace.SELDOM)


def test_who_is_about_to_be_touched_gets_each_state_long_before() -> None:
    assert pace(TOUCH_M - 0.1) is Pace.EACH
    assert pace(TOUCH_M + 0.1) is Pace.BEAT
    assert pace(TOUCH_M + 30.0 * TOUCH_S - 0.1, speed=0.0) is Pace.EACH
    assert pace(-TOUCH_M - 30.0 * TOUCH_S + 0.1, speed=60.0) is Pace.EACH
    assert pace(TOUCH_M + 30.0 * TOUCH_S + 0.1, speed=0.0) is Pace.BEAT


def test_who_drives_away_or_passes_aside_need_not() -> None:
    assert pace(TOUCH_M + 1.0, speed=60.0) is Pace.BEAT
    assert pace(10.0, aside_m=TOUCH_M + 1.0, speed=0.0) is Pace.BEAT


def test_who_is_out_of_sight_gets_them_seldom() -> None:
    assert pace(SIGHT_M - 0.1) is Pace.BEAT
    assert pace(SIGHT_M + 0.1) is Pace.SELDOM
    assert pace(SIGHT_M + 50.0, speed=-SPEED_MAX) is Pace.SELDOM


def test_one_in_sight_whose_place_is_out_of_date_gets_each_state() -> None:
    assert pace(SIGHT_M - 0.1, stale=True) is Pace.EACH
    assert pace(SIGHT_M + 0.1, stale=True) is Pace.SELDOM


@pytest.mark.parametrize("cars", [(5.0, 30.0, 90.0), (90.0, 30.0, 5.0)])
def test_who_drives_several_cars_gets_the_pace_of_the_nearest(cars: tuple[float, ...]) -> None:
    others = [(BEN, CarState(x=MINE.x + x, y=MINE.y, heading=0.0, vx=30.0), False) for x in cars]
    assert paces_around(MINE, others) == {BEN: Pace.EACH}
    far = CarState(x=MINE.x + 30.0, y=MINE.y, heading=0.0, vx=30.0)
    assert paces_around(MINE, [*others, (ADA, far, False)]) == {BEN: Pace.EACH, ADA: Pace.BEAT}


@pytest.mark.parametrize("stale", [False, True])
def test_in_a_dense_field_the_nearest_come_first(stale: bool) -> None:
    apart = [TOUCH_M + 1.0 + 2.0 * n for n in range(15)]
    nodes = [bytes([n]) * 16 for n in range(15)]
    cars = [CarState(x=MINE.x, y=MINE.y + y, heading=0.0, vx=30.0) for y in apart]
    paces = paces_around(MINE, [(n, car, stale) for n, car in zip(nodes, cars, strict=True)][::-1])
    assert set(paces) == set(nodes[:SIGHT_CARS_MAX])
    each = [node for node in nodes if paces.get(node) is Pace.EACH]
    assert each == (nodes[:STALE_CARS_MAX] if stale else [])
