from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from racer.core.own_car import LapDone
from racer.core.physics.car import Controls
from racer.core.recordings.lap_replay import Replay
from racer.core.recordings.recording import (
    RUN_UP_TICKS,
    pack_recording,
    quanta_of,
    unpack_recording,
)
from racer.core.rules.laps import Progress
from tests.play.laps import CIRCUIT, Recorded

if TYPE_CHECKING:
    from racer.core.circuits.track import Track
    from racer.core.drivers.line import RacingLine
    from racer.core.recordings.lap_recorder import DrivenLap
    from racer.core.recordings.recording import Quanta, Recording


def drive(car: Recorded, laps: int) -> None:
    deque(car.until_lap(laps + 1), maxlen=0)


def replayed(recording: Recording, track: Track) -> Replay:
    replay = Replay(recording, track)
    while not replay.done:
        replay.advance(100)
    return replay


@pytest.fixture(scope="module")
def laps(kart: Track, kart_line: RacingLine) -> list[DrivenLap]:
    car = Recorded(kart, kart_line, 4, skill=0.6)  # one that passes over a canister
    drive(car, 4)
    assert car.canisters > 0
    return car.laps


@pytest.fixture
def lap(laps: list[DrivenLap]) -> DrivenLap:
    return laps[0]


def changed(lap: DrivenLap, tick: int, **quanta: int) -> Recording:
    inputs: list[Quanta] = list(lap.recording.inputs)
    inputs[tick] = inputs[tick]._replace(**quanta)
    return replace(lap.recording, inputs=tuple(inputs))


# --- what is recorded -------------------------------------------------------------------------


def test_every_lap_but_the_first_is_driven_again_to_the_millisecond(
    laps: list[DrivenLap], kart: Track
) -> None:
    assert len(laps) == 3
    for lap in laps:
        assert lap.recording.circuit == CIRCUIT
        again = replayed(unpack_recording(pack_recording(lap.recording)), kart)
        assert again.fault is None
        assert again.lap_ms == lap.lap_ms
        assert len(again.trail) == len(lap.trail)
        for ticks in (0.0, 0.5, 100.25, 600.0):
            assert again.trail.pose_at(ticks) == lap.trail.pose_at(ticks)


def test_a_lap_with_boost_from_canisters_on_the_way_is_driven_again(
    laps: list[DrivenLap], kart: Track
) -> None:
    given = [quanta for lap in laps for quanta in lap.recording.inputs if quanta.flags & 4]
    assert given
    assert all(replayed(lap.recording, kart).fault is None for lap in laps)


def test_the_recorded_time_is_the_one_that_the_race_counts(
    kart: Track, kart_line: RacingLine
) -> None:
    car = Recorded(kart, kart_line, 3)
    told: list[LapDone] = []
    while not car.own_car.finished:
        told.extend(event for event in car.step() if isinstance(event, LapDone))
    for lap, fact in zip(car.laps, told[1:], strict=True):
        assert abs(lap.lap_ms - fact.lap_ms) <= 1  # the race's is a difference of rounded times


def test_a_minute_takes_less_than_six_kilobytes(laps: list[DrivenLap]) -> None:
    for lap in laps:
        a_second = len(pack_recording(lap.recording)) * 60 / len(lap.recording.inputs)
        assert 60 * a_second < 6000


def test_a_lap_on_which_another_car_was_touched_is_no_record(
    kart: Track, kart_line: RacingLine
) -> None:
    car = Recorded(kart, kart_line, 3)
    drive(car, 1)
    for _ in range(200):
        car.step()
    car.step([replace(car.own_car.frame.car, y=car.own_car.frame.car.y + 1.0)])
    drive(car, 2)
    assert car.laps == []
    drive(car, 3)
    assert len(car.laps) == 1  # the run-up began after the touch


def test_a_lap_on_which_a_hit_was_told_is_no_record(kart: Track, kart_line: RacingLine) -> None:
    car = Recorded(kart, kart_line, 3)
    drive(car, 1)
    for _ in range(200):
        car.step()
    frame = car.own_car.frame
    car.own_car.frame = replace(frame, car=replace(frame.car, vx=frame.car.vx + 0.5))
    drive(car, 2)
    assert car.laps == []


def test_a_lap_with_a_rescue_is_no_record(kart: Track, kart_line: RacingLine) -> None:
    car = Recorded(kart, kart_line, 3)
    drive(car, 1)
    for _ in range(200):
        car.step()
    car.own_car.rescue()
    drive(car, 2)
    assert car.laps == []


def test_a_lap_during_which_the_node_was_away_is_no_record(
    kart: Track, kart_line: RacingLine
) -> None:
    car = Recorded(kart, kart_line, 3)
    drive(car, 1)
    car.own_car.skip_to(car.own_car.tick + 100)
    drive(car, 2)
    assert car.laps == []


def test_the_moment_of_the_line_is_told_whatever_happens(
    kart: Track, kart_line: RacingLine
) -> None:
    car = Recorded(kart, kart_line, 3)
    crossings = [car.log.crossed]
    drive(car, 0)
    crossings.append(car.log.crossed)
    none, begun = crossings
    assert none is None
    assert begun is not None
    assert car.own_car.tick - 1 <= begun <= car.own_car.tick
    car.log.spoil()
    assert car.log.crossed == begun


# --- what is refused --------------------------------------------------------------------------


def test_tampered_controls_give_another_lap_or_none(lap: DrivenLap, kart: Track) -> None:
    others = [
        replayed(changed(lap, RUN_UP_TICKS + tick, steer=steer), kart)
        for tick in (1, 200, 500)
        for steer in (0, 254)
    ]
    for tick in range(RUN_UP_TICKS + 60, RUN_UP_TICKS + 72, 2):
        pedal = 255 - lap.recording.inputs[tick].throttle
        others.append(replayed(changed(lap, tick, throttle=pedal), kart))
    assert any(again.fault for again in others)
    assert sum(again.lap_ms == lap.lap_ms for again in others) < len(others) / 4


def test_a_canister_that_was_never_touched_is_no_lap(lap: DrivenLap, kart: Track) -> None:
    inputs = tuple(quanta._replace(flags=quanta.flags | 4) for quanta in lap.recording.inputs)
    again = replayed(replace(lap.recording, inputs=inputs), kart)
    assert again.fault is not None
    assert "canister" in again.fault


def test_a_lap_that_begins_or_ends_elsewhere_is_none(lap: DrivenLap, kart: Track) -> None:
    recording = lap.recording
    late = replace(recording, inputs=recording.inputs[1:])
    cut = replace(recording, inputs=recording.inputs[:-1])
    longer = replace(recording, inputs=(*recording.inputs, recording.inputs[-1]))
    assert "begin at the line" in (replayed(late, kart).fault or "")
    assert "come back" in (replayed(cut, kart).fault or "")
    assert "goes on" in (replayed(longer, kart).fault or "")


def test_a_start_beyond_the_barriers_or_of_another_place_is_none(
    lap: DrivenLap, kart: Track
) -> None:
    start = lap.recording.start
    beyond = replace(start, car=replace(start.car, x=start.car.x + 500.0))
    elsewhere = replace(start, progress=Progress(1, 0, start.progress.s_m + 5.0))
    for frame in (beyond, elsewhere):
        assert "barriers" in (replayed(replace(lap.recording, start=frame), kart).fault or "")


def test_a_car_a_gate_or_physics_that_are_not_there_are_none(lap: DrivenLap, kart: Track) -> None:
    start = lap.recording.start
    no_gate = replace(start, progress=Progress(1, 255, start.progress.s_m))
    wrong = [
        replace(lap.recording, car=99),
        replace(lap.recording, physics=lap.recording.physics + 1),
        replace(lap.recording, start=no_gate),
    ]
    assert all(replayed(each, kart).fault for each in wrong)


def test_another_circuit_gives_no_lap(lap: DrivenLap, ring: Track) -> None:
    assert replayed(lap.recording, ring).fault is not None


def test_standing_still_is_no_lap(lap: DrivenLap, kart: Track) -> None:
    still = (quanta_of(Controls(brake=1.0)),) * len(lap.recording.inputs)
    assert replayed(replace(lap.recording, inputs=still), kart).fault is not None


# --- the trail --------------------------------------------------------------------------------


def test_a_trail_begins_at_the_line_and_ends_with_the_lap(lap: DrivenLap, kart: Track) -> None:
    line = kart.centre[0]
    at_line = lap.trail.pose_at(0.0)
    assert at_line is not None
    x, y, _ = at_line
    assert abs((x - line.x_m) * line.tx + (y - line.y_m) * line.ty) < 1e-6
    end = lap.lap_ms * 60 / 1000
    assert lap.trail.pose_at(end - 1.0) is not None
    assert lap.trail.pose_at(end + 1.1) is None
    assert lap.trail.pose_at(-1.0) is None
