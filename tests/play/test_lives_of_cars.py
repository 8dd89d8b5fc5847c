"""A car in several lives of its driver, and in several hands, as one node sees it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from net import Member
from racer.core.judging.verdict import Contradiction
from racer.core.own_car import grid_frame
from racer.core.recordings.car_codec import pack_car
from racer.core.tuning import tick_ms
from racer.play.cars.local_race import StateSeen
from racer.play.cars.witness import Witness
from racer.play.limits import TRAILS_OF_ONE_MAX
from racer.play.room.facts import Facts
from racer.play.room.messages import LapTime, Lease
from tests.core.test_guards_of_judging import frame_at, moved, standing
from tests.core.test_judging import raced
from tests.play.rooms import BEN, CLEO, operation
from tests.play.test_guards_of_witnesses import RACE, TERM, adas_race

if TYPE_CHECKING:
    from racer.core.recordings.car_codec import CarFrame
    from racer.play.cars.local_race import LocalRace

GRID = grid_frame(raced().track, 0)
BACK = b"back"


def ben(life: int) -> tuple[int, Member]:
    return 1, Member(BEN, life)


@pytest.mark.parametrize("lives", [1, 11])
def test_a_new_life_hides_no_leap(lives: int) -> None:
    seen = Witness(raced().track)
    assert seen.see(ben(1), TERM, standing(200, 0.0), GRID)
    for n in range(1, 12):
        assert not seen.see(ben(min(n + 1, lives)), TERM, standing(200 + 3 * n, 41.0 * n), GRID)
    refused = seen.judge({}, tick_ms(240))
    assert [(each.author, each.why) for each in refused] == [(BEN, Contradiction.LEAPT)] * 11


def test_nobody_begins_in_a_lap_that_it_has_not_driven_to() -> None:
    seen = Witness(raced().track)
    second = replace(frame_at(0).progress, lap=2, gate=1)
    assert not seen.see(ben(1), TERM, frame_at(0, progress=second), GRID)
    seen.judge({}, 0)
    lap = raced().laps[0]
    seen.hear(ben(1)[1], 1, LapTime(RACE, 1, lap.race_ms, lap.lap_ms))
    assert [each.why for each in seen.judge({}, lap.race_ms)] == [Contradiction.LEAPT]


def test_an_end_of_a_lap_is_held_against_the_states_of_the_life_that_tells_it() -> None:
    lap = next(fact for fact in raced().laps if (fact.car, fact.lap) == (0, 1))
    late = LapTime(RACE, 1, lap.race_ms + 2000, lap.lap_ms + 2000)
    for life, refused in ((1, [Contradiction.AHEAD]), (2, [])):
        seen = Witness(raced().track)
        for frame in raced().frames[0]:
            seen.see(ben(1), TERM, frame, GRID)
        seen.judge({}, 0)
        seen.hear(ben(life)[1], 1, late)
        assert [each.why for each in seen.judge({}, late.race_ms)] == refused


def test_a_lap_takes_no_less_than_since_the_one_before_ended() -> None:
    """Whose driver told that end twice: the witness holds it against the newer one."""
    facts, ends = Facts(), ((1, 30_000, 30_000), (1, 35_000, 35_000), (2, 60_000, 25_000))
    for n, (lap, race_ms, lap_ms) in enumerate(ends, start=1):
        facts.add(operation(BEN, n, LapTime(RACE, lap, race_ms, lap_ms)))
    for run in (facts.cars.laps_of(RACE, BEN), facts.cars.told_laps(RACE, BEN)):
        assert [(lap.race_ms, lap.lap_ms) for lap in run] == [(30_000, 30_000), (60_000, 30_000)]
    facts.add(operation(BEN, 4, LapTime(RACE, 3, 95_000, 36_000)))
    assert facts.cars.laps_of(RACE, BEN)[-1].lap_ms == 36_000, "a longer one stands"


def test_hands_change_where_the_decree_has_the_car_or_anybody_saw_it() -> None:
    cleo = (1, Member(CLEO, 1))
    for start in (frame_at(894), GRID):
        seen = Witness(raced().track)
        assert seen.see(ben(1), TERM, frame_at(300), GRID)
        assert seen.see(cleo, BACK, frame_at(900), start), "it was driven on where we did not see"
    seen = Witness(raced().track)
    assert seen.see(ben(1), TERM, frame_at(300), GRID)
    assert seen.see(cleo, BACK, frame_at(303), moved(frame_at(297), -60.0)), "as we saw it"
    seen = Witness(raced().track)
    assert seen.see(ben(1), TERM, frame_at(300), GRID)
    assert not seen.see(cleo, BACK, moved(frame_at(303), 60.0), moved(frame_at(297), -60.0))
    assert seen.see(ben(1), b"again", frame_at(306), moved(frame_at(303), -60.0)), "as it drove"
    assert not seen.see((1, Member(CLEO, 2)), b"once", moved(frame_at(309), 60.0), GRID)
    assert len(seen.judge({}, 0)) == 1, "it is doubted still, and leapt no more"


def test_the_other_lives_of_one_driver_push_nobody_elses_car_out_of_sight() -> None:
    seen = Witness(raced().track)
    assert seen.see((2, Member(CLEO, 1)), TERM, frame_at(300))
    for life in range(1, 9 * TRAILS_OF_ONE_MAX):
        seen.see(ben(life), TERM, frame_at(300))
    assert seen.sees((2, Member(CLEO, 1)), TERM)
    assert len(seen._trails) == TRAILS_OF_ONE_MAX + 1
    assert not seen.see(ben(10_000), TERM, moved(frame_at(303), 60.0)), "and its last is known"


def tells(race: LocalRace, frame: CarFrame, lease: int = 0) -> bool:
    """Have Ben tell of its car; return whether Ada believes that it came there."""
    payload = race.race.term_of(2)[:4] + pack_car(frame)
    race.tick = frame.tick
    assert race.on_state(BEN, StateSeen(1, payload, BEN, lease))
    remote = race.others.get(2)
    assert remote is not None
    return not remote.doubted


def test_a_race_begins_on_its_grid_and_goes_on_where_a_decree_has_a_car() -> None:
    race = adas_race()
    slot = grid_frame(race.track, race.race.slot_of(2))
    assert tells(race, slot)
    assert not tells(adas_race(), moved(slot, 41.0))
    place = pack_car(frame_at(900))
    assert tells(adas_race(Lease(bytes(8), 2, 1, BEN, place)), frame_at(903), lease=1)
    assert not tells(
        adas_race(Lease(bytes(8), 2, 1, BEN, place)), moved(frame_at(903), 60.0), lease=1
    )
