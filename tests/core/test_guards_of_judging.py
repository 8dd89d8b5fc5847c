"""What the states of a car say against its driver, and what they do not, condition by condition."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from racer.core.judging.trail import STEADY_TICKS, CarTrail
from racer.core.judging.verdict import (
    SEEN_NEAR_TICKS,
    TOUCHED_M,
    Contradiction,
    LapTold,
    Plausibility,
    judge_hit,
    judge_lap,
    judge_seen_hit,
    judge_touch,
)
from racer.core.physics.contact import Hit
from racer.core.tuning import RESCUE_TICKS, tick_ms
from tests.core.test_judging import ALWAYS, raced, trail_of

if TYPE_CHECKING:
    from racer.core.recordings.car_codec import CarFrame


def frame_at(tick: int, **changes: Any) -> CarFrame:
    """Return the state of the first car at a tick, with something else in it."""
    frame = raced().frames[0][tick]
    assert frame.tick == tick
    return replace(frame, **changes)


def moved(frame: CarFrame, metres: float) -> CarFrame:
    return replace(frame, car=replace(frame.car, x=frame.car.x + metres))


def trail(*frames: CarFrame) -> CarTrail:
    made = CarTrail(raced().track)
    for frame in frames:
        made.note(frame)
    return made


# --- from one state to the next -----------------------------------------------------------------


def test_who_is_put_back_is_beside_where_it_was_and_passes_no_gates_by_it() -> None:
    back = moved(frame_at(206, respawning=True), 30.0)
    assert trail(frame_at(200)).note(back)
    assert not trail(frame_at(200)).note(moved(back, 60.0))
    progress = replace(back.progress, gate=back.progress.gate + 5)
    assert not trail(frame_at(200)).note(replace(back, progress=progress))


def standing(tick: int, metres: float, **changes: Any) -> CarFrame:
    """Return the car of tick 200 as it stands so far from where it was then."""
    frame = frame_at(200, **changes)
    return moved(replace(frame, tick=tick, car=replace(frame.car, vx=0.0, vy=0.0)), metres)


def test_who_was_put_back_is_put_back_once() -> None:
    made = trail(standing(200, 0.0), standing(206, 30.0, ghost=True))
    assert made.note(standing(280, 30.0, ghost=True))
    assert not made.note(standing(283, 60.0, ghost=True)), "a ghost drives as others do"


@pytest.mark.parametrize("ticks", [RESCUE_TICKS - 1, RESCUE_TICKS])
def test_who_was_put_back_stands_before_it_is_put_back_again(ticks: int) -> None:
    made = trail(standing(200, 0.0))
    assert made.note(standing(206, 30.0, respawning=True))
    assert made.note(standing(260, 30.0, respawning=True))
    again = standing(200 + ticks, 68.0, respawning=True)
    assert made.note(again) == (ticks == RESCUE_TICKS)


def test_who_left_out_a_gate_is_put_back_to_it_however_far_it_is() -> None:
    there = frame_at(500)
    astray = replace(frame_at(300), tick=500, car=there.car)
    missed = frame_at(300).car
    back = replace(astray, tick=506, respawning=True, car=replace(missed, vx=0.0, vy=0.0))
    assert trail(astray).note(back)
    far = replace(back, progress=replace(back.progress, gate=7))
    assert not trail(replace(astray, progress=far.progress)).note(far)


def test_a_state_that_comes_late_says_nothing_any_more() -> None:
    made = trail(frame_at(300))
    assert made.note(moved(frame_at(290), 500.0))
    assert made.newest is not None
    assert made.newest.tick == 300


def test_seconds_of_states_are_at_hand_however_many_come() -> None:
    made = trail(*raced().frames[0][:300])
    before, after = made.around(40)
    assert before is not None
    assert after is not None
    assert before.tick <= 40 < after.tick


def test_a_car_is_seen_all_the_time_without_a_gap_from_the_beginning() -> None:
    def steady(*ticks: range) -> bool:
        return trail(*(frame_at(t) for each in ticks for t in each)).is_steady(200, 120)

    assert steady(range(50, 201))
    assert steady(range(50, 150), range(149 + STEADY_TICKS, 201))
    assert not steady(range(50, 150), range(151 + STEADY_TICKS, 201))
    assert not steady(range(100, 201)), "it may have come just then"


# --- laps and canisters -------------------------------------------------------------------------


def test_a_later_life_says_nothing_of_a_lap_that_was_before_it() -> None:
    """It may begin where its states were lost, in a lap that it has behind it."""
    later = trail(*(frame_at(t) for t in range(200, 260)))
    told = LapTold(1, tick_ms(100))
    assert isinstance(judge_lap(told, [later], 0.0, ALWAYS), Plausibility)


def test_a_lap_is_borne_out_by_who_saw_the_car_in_it() -> None:
    lap = next(fact for fact in raced().laps if (fact.car, fact.lap) == (0, 1))
    told = LapTold(1, lap.race_ms)
    after = trail_of(0, lambda tick: tick_ms(tick) > lap.race_ms + 1000)
    assert judge_lap(told, [after], raced().least_ms, ALWAYS) is Plausibility.UNKNOWN
    assert judge_lap(told, [trail_of(0)], raced().least_ms, ALWAYS) is Plausibility.SEEN


def test_no_canister_is_touched_in_the_future_nor_by_a_leap() -> None:
    track = raced().track
    assert judge_touch(0, 2_000_000, track, [trail_of(0)], ALWAYS) is Contradiction.FUTURE
    can = track.pickups[0]
    there = frame_at(300)
    leapt = trail(frame_at(297), replace(there, car=replace(there.car, x=can.x, y=can.y)))
    assert leapt.is_doubted(301)
    assert judge_touch(0, tick_ms(301), track, [leapt], ALWAYS) is Contradiction.LEAPT


def test_who_touched_a_canister_and_was_put_back_then_may_have_touched_it() -> None:
    track = raced().track
    can, before = track.pickups[0], frame_at(300)
    at_can = replace(before, car=replace(before.car, x=can.x, y=can.y))
    back = moved(frame_at(306, respawning=True, car=at_can.car), 30.0)
    seen = trail(at_can, back)
    assert judge_touch(0, tick_ms(301), track, [seen], ALWAYS) is Plausibility.UNKNOWN


def test_who_comes_back_where_others_had_its_car_touched_what_it_did_elsewhere() -> None:
    """It was cut off, drove on alone, and goes on from where somebody drove its car for it."""
    track = raced().track
    can = track.pickups[0]
    for ghost, verdict in ((True, Plausibility.UNKNOWN), (False, Contradiction.ELSEWHERE)):
        there = standing(374, 0.0, ghost=ghost)
        there = replace(there, car=replace(there.car, x=can.x + 40.0, y=can.y))
        assert judge_touch(0, tick_ms(340), track, [trail(there)], ALWAYS) is verdict


# --- hits ---------------------------------------------------------------------------------------


def hit_at(tick: int) -> Hit:
    return Hit(1, tick, 8.0, 0.0, 0.0)


def test_a_car_is_hit_by_who_is_beside_it() -> None:
    ours = frame_at(300)
    for metres, verdict in ((4.0, Plausibility.SEEN), (40.0, Contradiction.ELSEWHERE)):
        assert judge_hit(hit_at(300), moved(ours, metres), ours) is verdict


def seen_hit(theirs: CarTrail, hurt: CarTrail, tick: int = 300) -> object:
    return judge_seen_hit(hit_at(tick), theirs, hurt)


def test_a_hit_between_others_is_judged_by_where_both_were_seen_next_to_it() -> None:
    hurt = trail(frame_at(300))
    assert seen_hit(trail(moved(frame_at(300), 4.0)), hurt) is Plausibility.SEEN
    assert seen_hit(trail(moved(frame_at(300), 40.0)), hurt) is Contradiction.ELSEWHERE
    assert seen_hit(CarTrail(raced().track), hurt) is Plausibility.UNKNOWN


def test_a_car_may_have_gone_otherwise_than_straight_on_until_the_hit() -> None:
    soon = 300 + SEEN_NEAR_TICKS
    beside = trail(moved(frame_at(300), TOUCHED_M + 2.0))
    assert seen_hit(beside, trail(frame_at(300)), soon) is Plausibility.SEEN
    far = trail(moved(frame_at(300), TOUCHED_M + 40.0))
    assert seen_hit(far, trail(frame_at(300)), soon) is Contradiction.ELSEWHERE
    assert seen_hit(far, trail(frame_at(300)), soon + 1) is Plausibility.UNKNOWN, "too long ago"


def test_of_who_leapt_or_was_put_back_nobody_can_say_whom_it_hit() -> None:
    hurt = trail(frame_at(300))
    ghost = trail(moved(frame_at(300, ghost=True), 40.0))
    assert seen_hit(ghost, hurt) is Plausibility.UNKNOWN
    leapt = trail(frame_at(297), moved(frame_at(300), 40.0))
    assert leapt.is_doubted(300)
    assert seen_hit(leapt, hurt) is Plausibility.UNKNOWN
