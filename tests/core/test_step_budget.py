"""What the steps of a car may leave unexplained: a little, and not in every state."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from racer.core.judging.sighting import CarSighting, sighting_of
from racer.core.judging.step_budget import KNOCKS_MS, WAY_M, WAY_MS, StepBudget
from racer.core.rules.laps import Progress
from racer.core.rules.rescue import BACK_WAY_M
from racer.core.tuning import RESCUE_TICKS, TICK_HZ
from tests.core.test_guards_of_judging import frame_at, moved, standing, trail
from tests.core.test_guards_of_trails import begun
from tests.core.test_judging import raced

if TYPE_CHECKING:
    from collections.abc import Iterable

    from racer.core.recordings.car_codec import CarFrame


def car(tick: int, x: float, vx: float, vy: float = 0.0) -> CarSighting:
    return CarSighting(
        tick, x, 0.0, vx, vy, math.hypot(vx, vy), 1, 1, ghost=False, respawning=False
    )


def refused(steps: Iterable[CarSighting]) -> int:
    """Return how often a car was beyond its budget."""
    budget = StepBudget()
    return sum(not budget.covers(before, seen) for before, seen in pairwise(steps))


def going(speed: float, told: float, ticks: int = 5 * TICK_HZ) -> list[CarSighting]:
    """Return a car that goes so fast, and says how fast."""
    return [car(tick, speed * tick / TICK_HZ, told) for tick in range(0, ticks, 2)]


def test_nobody_goes_faster_than_it_says_for_long() -> None:
    assert refused(going(40.0, 40.0)) == 0
    assert refused(going(40.5 + WAY_MS, 40.0, 25 * TICK_HZ)) == 0, "so much comes back"
    assert refused(going(40.0 + WAY_MS + WAY_M, 40.0)) >= 3, "six metres of each second"


def test_a_car_may_be_shifted_by_what_touches_it() -> None:
    shifted = [replace(each, x=each.x + 5.0) for each in going(40.0, 40.0)]
    assert refused([*going(40.0, 40.0, 60), *shifted[30:]]) == 0


@pytest.mark.parametrize(("hit_ms", "times"), [(KNOCKS_MS - 5.0, 0), (KNOCKS_MS + 5.0, 1)])
def test_a_car_is_given_no_more_than_one_full_hit(hit_ms: float, times: int) -> None:
    assert refused([car(0, 0.0, 10.0), car(1, 0.5, 10.0 + hit_ms)]) == times


def turning(speed: float, lateral: float, seconds: float) -> list[CarSighting]:
    rate = lateral / speed
    angles = [(tick, rate * tick / TICK_HZ) for tick in range(round(seconds * TICK_HZ))]
    return [
        car(tick, 0.0, speed * math.cos(angle), speed * math.sin(angle)) for tick, angle in angles
    ]


def test_nobody_turns_as_no_tyre_can() -> None:
    assert refused(turning(40.0, 19.0, 10.0)) == 0
    assert refused(turning(40.0, 60.0, 3.0)) == 1


def test_who_hits_a_barrier_is_turned_by_it_at_the_cost_of_its_speed() -> None:
    """A car goes along a barrier that takes a quarter of what it gives; and one takes nothing."""
    for cost, times in ((0.3, 0), (0.0, 2)):
        steps, speed, angle = [], 70.0, 0.0
        for tick in range(2 * TICK_HZ):
            steps.append(car(tick, 0.0, speed * math.cos(angle), speed * math.sin(angle)))
            given = 100.0 / TICK_HZ
            angle, speed = angle + given / speed, max(speed - cost * given, 5.0)
        assert refused(steps) == times


def test_no_car_gains_speed_as_none_can() -> None:
    def gaining(gain: float) -> list[CarSighting]:
        return [car(tick, 0.0, 60.0 + gain * tick / TICK_HZ) for tick in range(0, 15 * TICK_HZ, 2)]

    assert refused(gaining(1.2)) == 0
    assert refused(gaining(18.0)) >= 1


def test_no_honest_car_is_out_by_much() -> None:
    gates = len(raced().track.gates)
    for frames in raced().frames:
        seen = [sighting_of(frame, gates) for frame in frames if not frame.respawning]
        budget = StepBudget()
        assert all(budget.covers(before, after) for before, after in pairwise(seen))
        assert budget.way_m < WAY_M / 2


# --- and in a trail ---------------------------------------------------------------------------


def test_a_car_that_creeps_leaps() -> None:
    crept = [moved(frame_at(200 + n), 1.5 * n) for n in range(1, 12)]
    made = trail(frame_at(200))
    assert not all(made.note(frame) for frame in crept)


def test_no_new_life_begins_with_a_new_budget() -> None:
    before = trail(frame_at(200), moved(frame_at(201), 5.0))
    assert begun(before).note(moved(frame_at(204), 5.0))
    assert not begun(before).note(moved(frame_at(204), 8.0))


def put_back(tick: int, metres: float, **changes: object) -> CarFrame:
    return standing(tick, metres, ghost=True, respawning=True, **changes)


def test_who_was_put_back_stands_until_it_may_drive() -> None:
    made = trail(frame_at(200), put_back(203, 0.0))
    assert made.note(put_back(260, 0.0))
    assert made.note(put_back(200 + RESCUE_TICKS - 1, 0.0))
    assert made.note(standing(200 + RESCUE_TICKS, 0.0, ghost=True))
    early = trail(frame_at(200), put_back(203, 0.0))
    assert not early.note(standing(200 + RESCUE_TICKS - 1, 0.0, ghost=True))


def test_who_stands_does_not_go_on() -> None:
    made = trail(frame_at(200), put_back(203, 0.0))
    on = [put_back(203 + n, 0.4 * n) for n in range(1, 30)]
    came = [made.note(replace(each, car=replace(each.car, vx=24.0))) for each in on]
    assert came.count(False) >= 1


def far_from_the_next_gate() -> CarFrame:
    def away_m(frame: CarFrame) -> float:
        x, y, wide_m = trail(frame).gate_at(frame.progress.gate)
        return math.hypot(frame.car.x - x, frame.car.y - y) - wide_m

    return max(raced().frames[0][120:500], key=away_m)


def test_who_passes_gates_as_it_is_put_back_drove_by_them_before() -> None:
    there = far_from_the_next_gate()
    on = replace(there.progress, gate=there.progress.gate + 1)
    back = replace(there, tick=there.tick + 3, ghost=True, respawning=True)
    assert trail(there).note(back)
    assert not trail(there).note(replace(back, progress=on))


def at_way(tick: int, way_m: float, progress: Progress) -> CarFrame:
    x, y = raced().track.point_at(way_m)
    frame = put_back(tick, 0.0, progress=progress)
    return replace(frame, car=replace(frame.car, x=x, y=y))


def test_nobody_is_put_back_forwards() -> None:
    track, there = raced().track, frame_at(200)
    way_m = track.project(there.car.x, there.car.y).s_m
    assert trail(there).note(at_way(203, way_m - BACK_WAY_M, there.progress))
    assert not trail(there).note(at_way(203, way_m + BACK_WAY_M, there.progress))


def test_a_ghost_that_does_not_stand_has_stood() -> None:
    soon = standing(206, 30.0, ghost=True)
    assert not trail(standing(200, 0.0)).note(soon)
    later = replace(soon, tick=201 + RESCUE_TICKS)
    assert trail(standing(200, 0.0)).note(later)
