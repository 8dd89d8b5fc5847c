from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from racer.core.physics.car import CarState, quantise
from racer.core.recordings.car_codec import FRAME_SIZE, CarCodecError, CarFrame, unpack_car
from racer.core.rules.laps import Progress, start_progress
from racer.core.tuning import AHEAD_TICKS_MAX, NEAR_M, SPEED_MAX, TICK_HZ
from racer.play.cars.remote_cars import RemoteCar, RemoteCars
from racer.play.limits import (
    BLEND_PER_TICK,
    PROJECT_TICKS_MAX,
    SNAP_M,
    STALE_TICKS,
)
from tests.play.field import Field
from tests.play.rooms import ADA, BEN, CLEO, DAN

if TYPE_CHECKING:
    from racer.core.circuits.track import Track
    from racer.core.drivers.line import RacingLine
    from racer.play.view import Pose

CONTACT_M = 6.0  # between centres: a car's length and a little


def rolling(track: Track, tick: int = 100, speed: float = 20.0) -> CarFrame:
    """Return a car that rolls down the grid's straight."""
    place = track.grid[-1]
    vx, vy = speed * math.cos(place.heading), speed * math.sin(place.heading)
    car = quantise(CarState(x=place.x, y=place.y, heading=place.heading, vx=vx, vy=vy))
    return CarFrame(tick=tick, car=car, progress=start_progress(car, track))


def moved(frame: CarFrame, metres: float) -> CarFrame:
    """Return the same car so far ahead."""
    car = frame.car
    x, y = car.x + metres * math.cos(car.heading), car.y + metres * math.sin(car.heading)
    return replace(frame, car=quantise(replace(car, x=x, y=y)))


def seen(others: RemoteCars, number: int = 1) -> RemoteCar:
    remote = others.get(number)
    assert remote is not None
    return remote


def gap(one: Pose | CarState, other: Pose | CarState) -> float:
    return math.hypot(one.x - other.x, one.y - other.y)


# --- how right --------------------------------------------------------------------------------


DESIGN: Final = [(0.0, 0.05), (0.2, 0.15)]
"""How wrong 99 of 100 cars at contact are seen at most [m], by the share of states that is lost."""


@pytest.mark.sim
@pytest.mark.parametrize(("loss", "most_m"), DESIGN)
def test_cars_that_touch_are_seen_where_they_are(
    kart: Track, kart_line: RacingLine, loss: float, most_m: float
) -> None:
    skills = (0.4, 0.6, 0.8, 1.0)  # who starts last is the fastest, and every other one is blind
    nodes = [ADA, BEN, CLEO, DAN]
    field = Field(kart, kart_line, nodes, delay=2, loss=loss, skills=skills, heedless=True)
    errors: list[float] = []
    for _ in range(20 * TICK_HZ):
        field.step()
        errors.extend(touch.error_m for touch in field.touches() if touch.begins)
    assert len(errors) > 10
    assert sorted(errors)[len(errors) * 99 // 100] < most_m


@pytest.mark.sim
@pytest.mark.parametrize(("loss", "most_m"), DESIGN)
def test_cars_near_enough_to_touch_are_seen_where_they_are(
    kart: Track, kart_line: RacingLine, loss: float, most_m: float
) -> None:
    skills = (0.4, 0.7, 1.0)  # who starts last is the fastest, so they stay together
    field = Field(kart, kart_line, [ADA, BEN, CLEO], delay=2, loss=loss, skills=skills)
    near: list[float] = []
    for _ in range(18 * TICK_HZ):
        field.step()
        near.extend(error for distance, error in field.errors() if distance < CONTACT_M)
    assert len(near) > 400
    assert sorted(near)[len(near) * 99 // 100] < most_m


def test_a_car_that_holds_its_controls_is_foreseen_exactly(kart: Track) -> None:
    one, other = RemoteCars(kart), RemoteCars(kart)
    frame = rolling(kart)
    one.on_frame(1, frame, 100)
    one.advance(108, None)
    other.on_frame(1, frame, 100)
    for tick in range(101, 109):
        other.advance(tick, None)
    assert seen(one).car == seen(other).car
    assert gap(seen(one).car, frame.car) == pytest.approx(20.0 * 8 / TICK_HZ, rel=0.05)


def test_a_rescued_car_is_foreseen_standing(kart: Track) -> None:
    others = RemoteCars(kart)
    frame = replace(rolling(kart, speed=0.0), respawning=True)
    others.on_frame(1, replace(frame, car=replace(frame.car, throttle=1.0)), 100)
    others.advance(110, None)
    assert gap(seen(others).car, frame.car) < 0.01


# --- how long ---------------------------------------------------------------------------------


def test_a_car_of_stale_states_stops_and_touches_nobody(kart: Track) -> None:
    others = RemoteCars(kart)
    others.on_frame(1, rolling(kart), 100)
    others.advance(100 + STALE_TICKS, None)
    assert len(others.solid(100 + STALE_TICKS)) == 1
    held = seen(others).car
    others.advance(101 + STALE_TICKS, None)
    assert others.solid(101 + STALE_TICKS) == {}
    assert seen(others).car == held
    others.on_frame(1, rolling(kart, 100 + STALE_TICKS), 101 + STALE_TICKS)
    others.advance(102 + STALE_TICKS, None)
    assert len(others.solid(102 + STALE_TICKS)) == 1


def test_a_car_that_says_so_touches_nobody(kart: Track) -> None:
    others, car = RemoteCars(kart), rolling(kart)
    ghosts = (
        replace(car, ghost=True),
        replace(car, respawning=True),
        replace(car, finished=True),
    )
    for number, frame in enumerate((*ghosts, car), start=1):
        others.on_frame(number, frame, 100)
    others.advance(101, None)
    assert [remote.is_solid(101) for _, remote in others.items()] == [False] * 3 + [True]
    assert others.solid(101) == {4: seen(others, 4).car}


def test_a_state_from_the_future_is_not_believed(kart: Track) -> None:
    others = RemoteCars(kart)
    others.on_frame(1, rolling(kart, 101 + AHEAD_TICKS_MAX), 100)
    assert 1 not in others
    others.on_frame(1, rolling(kart, 100 + AHEAD_TICKS_MAX), 100)
    assert 1 in others


# --- how smooth -------------------------------------------------------------------------------


def drawn(others: RemoteCars, ticks: range) -> list[Pose]:
    poses: list[Pose] = []
    for tick in ticks:
        others.advance(tick, None)
        poses.append(seen(others).pose)
    return poses


@pytest.mark.parametrize("metres", [0.5, 3.0, SNAP_M - 0.5])
def test_a_correction_shows_as_no_jump_and_is_soon_gone(kart: Track, metres: float) -> None:
    others = RemoteCars(kart)
    others.on_frame(1, rolling(kart), 100)
    before = drawn(others, range(100, 103))[-1]
    others.on_frame(1, moved(rolling(kart, 101, speed=20.0), metres), 102)
    poses = [before, *drawn(others, range(103, 140))]
    rolled = 20.0 / TICK_HZ
    assert gap(seen(others).pose, before) > 0.9 * metres
    for one, other in pairwise(poses):
        assert gap(one, other) < 1.1 * rolled + (1.0 - BLEND_PER_TICK) * (metres + 0.5)
    assert gap(seen(others).pose, seen(others).car) < 0.02 * metres


def test_a_car_put_elsewhere_is_drawn_there_at_once(kart: Track) -> None:
    others = RemoteCars(kart)
    others.on_frame(1, rolling(kart), 100)
    drawn(others, range(100, 103))
    others.on_frame(1, moved(rolling(kart, 102), SNAP_M + 2.0), 102)
    others.advance(103, None)
    assert gap(seen(others).pose, seen(others).car) == 0.0


def test_a_heading_is_corrected_the_short_way_round(kart: Track) -> None:
    others = RemoteCars(kart)
    standing = rolling(kart, speed=0.0)
    left = replace(standing, car=quantise(replace(standing.car, heading=math.pi - 0.05)))
    right = replace(standing, tick=101, car=quantise(replace(standing.car, heading=0.05 - math.pi)))
    others.on_frame(1, left, 100)
    others.advance(101, None)
    others.on_frame(1, right, 101)
    others.advance(102, None)
    turned = math.remainder(seen(others).pose.heading - (math.pi - 0.05), math.tau)
    assert abs(turned) < 0.02


def test_a_lossy_race_is_drawn_without_jumps(kart: Track, kart_line: RacingLine) -> None:
    field = Field(kart, kart_line, [ADA, BEN], delay=2, loss=0.3, seed=5)
    before: Pose | None = None
    for _ in range(15 * TICK_HZ):
        field.step()
        remote = field.races[ADA].others.get(2)
        if remote is None:
            continue
        if before is not None:
            assert gap(before, remote.pose) < SPEED_MAX / TICK_HZ
            assert gap(before, remote.before) == 0.0
        before = remote.pose


def test_states_that_come_back_after_a_gap_show_as_no_jump(kart: Track) -> None:
    """A car is held where its last projection ended; it does not leap what it drove meanwhile."""
    others, speed = RemoteCars(kart), 20.0
    others.on_frame(1, rolling(kart), 100)
    poses = drawn(others, range(100, 100 + PROJECT_TICKS_MAX + 9))
    tick = 100 + PROJECT_TICKS_MAX + 8
    way_m = speed * (tick - 100) / TICK_HZ
    others.on_frame(1, moved(rolling(kart, tick), way_m), tick)
    poses.extend(drawn(others, range(tick + 1, tick + 40)))
    assert max(gap(one, other) for one, other in pairwise(poses)) < 2.5 * speed / TICK_HZ
    assert gap(seen(others).pose, seen(others).car) < 0.05


def test_a_far_car_goes_straight_on_and_is_right_again_when_near(kart: Track) -> None:
    one, other = RemoteCars(kart), RemoteCars(kart)
    car = rolling(kart).car
    far = replace(car, x=car.x + NEAR_M + 20.0)
    frame = replace(rolling(kart), car=quantise(replace(car, throttle=1.0, yaw_rate=0.2)))
    one.on_frame(1, frame, 100)
    one.advance(106, far)
    assert gap(seen(one).car, car) == pytest.approx(20.0 * 6 / TICK_HZ, rel=0.001)
    for others in (one, other):
        others.on_frame(1, replace(frame, tick=106), 106)
        others.advance(108, car)
    assert seen(one).car == seen(other).car


def test_after_a_long_pause_of_ours_a_car_is_not_stepped_through_it_all(kart: Track) -> None:
    others = RemoteCars(kart)
    others.on_frame(1, rolling(kart), 100)
    others.advance(101, None)
    others.on_frame(1, rolling(kart, 90_000), 90_000)
    others.advance(90_001, None)
    remote = seen(others)
    assert remote.tick == 90_001
    assert gap(remote.pose, remote.car) <= SNAP_M


# --- hostile ----------------------------------------------------------------------------------


def test_a_gate_that_the_circuit_does_not_have_is_not_believed(kart: Track) -> None:
    others = RemoteCars(kart)
    frame = replace(rolling(kart), progress=Progress(1, len(kart.gates), 0.0))
    others.on_frame(1, frame, 100)
    assert 1 not in others


@settings(max_examples=60)
@given(
    states=st.lists(st.binary(min_size=FRAME_SIZE, max_size=FRAME_SIZE), max_size=4),
    tick=st.integers(0, 2**20),
)
def test_no_frame_that_decodes_makes_trouble(kart: Track, states: list[bytes], tick: int) -> None:
    others = RemoteCars(kart)
    for data in states:
        try:
            frame = unpack_car(data)
        except CarCodecError:
            continue
        others.on_frame(1, replace(frame, tick=tick), tick)
        others.advance(tick + 3, None)
    for remote in [] if 1 not in others else [seen(others)]:
        assert math.isfinite(remote.pose.x + remote.pose.y + remote.pose.heading)


FINITE = st.floats(-1.0, 1.0)


@given(
    x=FINITE,
    y=FINITE,
    vx=FINITE,
    vy=FINITE,
    yaw=FINITE,
    gate=st.integers(0, 7),
    way=st.floats(0.0, 16_000.0),
    lap=st.integers(0, 100),
    ticks=st.integers(-2000, 15),
)
def test_cars_anywhere_at_any_speed_make_no_trouble(
    kart: Track,
    x: float,
    y: float,
    vx: float,
    vy: float,
    yaw: float,
    gate: int,
    way: float,
    lap: int,
    ticks: int,
) -> None:
    car = CarState(
        x=20_000 * x,
        y=20_000 * y,
        heading=3 * yaw,
        vx=SPEED_MAX * vx,
        vy=SPEED_MAX * vy,
        yaw_rate=7 * yaw,
        steer=x,
        throttle=abs(y),
        brake=abs(vx),
        boost_ticks=9,
        boosting=True,
    )
    others = RemoteCars(kart)
    others.on_frame(1, rolling(kart, 1999), 2000)
    others.advance(2000, None)
    frame = CarFrame(tick=2000 + ticks, car=quantise(car), progress=Progress(lap, gate, way))
    others.on_frame(1, frame, 2000)
    for tick in range(2001, 2005):
        others.advance(tick, None)
    remote = seen(others)
    assert math.isfinite(remote.pose.x + remote.pose.y + remote.pose.heading)
