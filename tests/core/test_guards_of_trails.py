"""Where a car can be as somebody begins to drive it anew: in another life, or in other hands."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from racer.core.judging.trail import DOUBTED_TICKS, CarTrail
from racer.core.judging.verdict import Contradiction, LapTold, Plausibility, judge_lap
from racer.core.own_car import grid_frame, resumed_frame
from racer.core.rules.rescue import rescue
from racer.core.tuning import RESCUE_TICKS, TICK_HZ
from tests.core.test_guards_of_judging import frame_at, moved, standing, trail
from tests.core.test_judging import ALWAYS, raced

if TYPE_CHECKING:
    from racer.core.recordings.car_codec import CarFrame

GRID = grid_frame(raced().track, 0)


def begun(*origins: CarTrail) -> CarTrail:
    return CarTrail(raced().track, origins, GRID)


def test_a_trail_of_which_nothing_was_seen_before_may_begin_anywhere() -> None:
    assert CarTrail(raced().track).note(frame_at(600))
    assert begun(CarTrail(raced().track)).note(frame_at(600))


@pytest.mark.parametrize(("tick", "comes"), [(0, False), (60, False), (600, True)])
def test_the_first_state_of_all_is_as_far_from_the_grid_as_a_car_comes(
    tick: int, comes: bool
) -> None:
    assert begun(trail(GRID)).note(frame_at(0))
    assert begun(trail(GRID)).note(replace(frame_at(600), tick=tick)) == comes


def test_no_car_is_in_its_second_lap_as_the_race_begins() -> None:
    """And both laps, the one that it left out too, are no laps."""
    lap, second = raced().laps[0], replace(frame_at(0).progress, lap=2, gate=1)
    made = begun(trail(GRID))
    assert not made.note(frame_at(0, progress=second))
    assert made.note(frame_at(6, progress=second)), "it goes on from there"
    for number in (1, 2):
        told = LapTold(number, number * lap.race_ms)
        assert judge_lap(told, [made], raced().least_ms, ALWAYS) is Contradiction.LEAPT


def test_no_new_life_begins_where_no_car_can_be() -> None:
    before = trail(frame_at(294), frame_at(300))
    assert begun(before).note(frame_at(303))
    made = begun(before)
    assert not made.note(moved(frame_at(303), 41.0))
    assert made.is_doubted(303 + DOUBTED_TICKS - 1)
    gate = frame_at(303).progress.gate + 2
    ahead = replace(frame_at(303).progress, gate=gate)
    assert not begun(before).note(frame_at(303, progress=ahead))
    assert not begun(before).note(frame_at(303, progress=ahead, ghost=True))
    astray = replace(frame_at(303, ghost=True), car=frame_at(600).car)
    assert not begun(before).note(astray), "nor is a ghost just anywhere"


def test_who_leapt_in_one_life_is_doubted_in_the_next() -> None:
    before = trail(frame_at(294), moved(frame_at(300), 60.0))
    made = begun(before)
    assert made.note(moved(frame_at(303), 60.0))
    assert made.is_doubted(300 + DOUBTED_TICKS - 1)


def straight(tick: int, **changes: Any) -> CarFrame:
    """Return a car that has gone straight on from tick 300, at 60 m/s, off every road."""
    frame = moved(frame_at(300, **changes), tick - 300)
    return replace(frame, tick=tick, car=replace(frame.car, vx=60.0, vy=0.0))


def back(tick: int, frame: CarFrame, laps: int = 0) -> CarFrame:
    """Return the car of who comes back to where others saw it last."""
    resumed = resumed_frame(raced().track, frame, laps, 0)
    return replace(resumed, tick=tick, ghost=True)


def test_who_comes_back_is_where_others_saw_it_though_we_saw_it_later() -> None:
    there = back(606, straight(400))
    seen = trail(*map(straight, range(300, 600, 3)))
    assert begun(seen).note(there)
    assert not begun(seen).note(replace(there, ghost=False)), "but touches nobody"
    with_a_gap = trail(straight(300), straight(460), straight(597))
    assert begun(with_a_gap).note(there)
    assert not begun(trail(straight(594), straight(597))).note(there)
    ahead = replace(there, progress=replace(there.progress, gate=7))
    assert not begun(seen).note(ahead)


def test_who_comes_back_by_its_laps_alone_begins_at_the_line() -> None:
    lap = next(fact for fact in raced().laps if (fact.car, fact.lap) == (0, 1))
    ends = lap.race_ms * TICK_HZ // 1000
    before = trail(frame_at(ends - 60), frame_at(ends - 57))
    assert begun(before).note(back(ends + 60, frame_at(ends - 60), laps=1))


def test_who_comes_back_and_is_known_to_nobody_begins_where_it_started() -> None:
    before, there = trail(straight(594), straight(597)), back(606, moved(frame_at(300), -90.0))
    for start, comes in ((moved(frame_at(300), -91.0), True), (GRID, False)):
        assert CarTrail(raced().track, [before], start).note(there) == comes
    assert not CarTrail(raced().track, [before]).note(there)


def test_who_was_put_back_in_one_life_is_not_at_once_in_the_next() -> None:
    before = trail(standing(200, 0.0), standing(206, 30.0, respawning=True))
    for tick, comes in ((199 + RESCUE_TICKS, False), (200 + RESCUE_TICKS, True)):
        made = begun(before)
        assert made.note(standing(210, 30.0))
        assert made.note(standing(tick, 68.0, respawning=True)) == comes
    elsewhere, unmoved = standing(209, 68.0, ghost=True), standing(206, 38.0)
    assert not begun(before).note(elsewhere)
    made = begun(trail(unmoved))
    assert made.note(elsewhere)
    assert not made.note(standing(212, 98.0, respawning=True)), "nor as it begins"


def test_other_hands_begin_where_any_of_those_before_it_left_it() -> None:
    elsewhere = trail(frame_at(894), frame_at(897))
    assert begun(elsewhere, trail(frame_at(897))).note(frame_at(900))
    assert not begun(trail(moved(frame_at(897), 60.0)), trail(moved(GRID, 4e3))).note(frame_at(900))


def test_a_car_that_was_put_beside_the_road_is_near_where_the_rules_put_it() -> None:
    for tick in range(0, 1200, 60):
        frame = frame_at(tick)
        there = rescue(frame.car, frame.progress, raced().track)
        assert trail(frame).note(replace(frame, tick=tick + 1, car=there, respawning=True))


@pytest.mark.parametrize(("late_ms", "why"), [(20, None), (300, Contradiction.AHEAD)])
def test_no_lap_ends_after_its_own_driver_showed_the_car_beyond_it(
    late_ms: int, why: Contradiction | None
) -> None:
    """Else the next one would be told as so much shorter."""
    lap = next(fact for fact in raced().laps if (fact.car, fact.lap) == (0, 1))
    seen = trail(*raced().frames[0])
    told = LapTold(1, lap.race_ms + late_ms)
    verdict = judge_lap(told, [seen], raced().least_ms, ALWAYS, seen)
    assert verdict is (why or Plausibility.SEEN)
    came_back = judge_lap(told, [seen], raced().least_ms, ALWAYS)
    assert came_back is Plausibility.SEEN, "who came back knows no better"
