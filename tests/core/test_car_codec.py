import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from racer.core.physics.car import CarState, quantise
from racer.core.physics.contact import Hit
from racer.core.recordings.car_codec import (
    FRAME_SIZE,
    FRAME_SIZE_MAX,
    CarCodecError,
    CarFrame,
    pack_car,
    unpack_car,
)
from racer.core.rules.laps import Progress
from racer.core.tuning import GRID_MAX, HIT_TOLD_TICKS, QUANTA_SPEED, QUANTA_YAW

CARS = st.builds(
    CarState,
    x=st.floats(-20_000, 20_000),
    y=st.floats(-20_000, 20_000),
    heading=st.floats(-math.pi, math.pi),
    vx=st.floats(-80, 80),
    vy=st.floats(-80, 80),
    yaw_rate=st.floats(-7, 7),
    steer=st.floats(-1, 1),
    throttle=st.floats(0, 1),
    brake=st.floats(0, 1),
    boost_ticks=st.integers(0, 240),
    rest_ticks=st.integers(0, 24),
    handbrake=st.booleans(),
    boosting=st.booleans(),
    reversing=st.booleans(),
)
PROGRESS = st.builds(
    Progress,
    lap=st.integers(0, 100),
    gate=st.integers(0, 255),
    s_m=st.integers(0, 65_535).map(lambda quarters: quarters / 4),
)
FRAMES = st.builds(
    CarFrame,
    tick=st.integers(0, 2**32 - 1),
    car=CARS.map(quantise),
    progress=PROGRESS,
    ghost=st.booleans(),
    respawning=st.booleans(),
    finished=st.booleans(),
    away=st.booleans(),
)


@given(frame=FRAMES)
def test_a_quantised_car_comes_back_as_it_was(frame: CarFrame) -> None:
    data = pack_car(frame)
    assert len(data) == FRAME_SIZE
    assert unpack_car(data) == frame


@given(
    frame=FRAMES,
    age=st.integers(0, HIT_TOLD_TICKS),
    other=st.integers(1, GRID_MAX),
    vx=st.integers(-24_000, 24_000),
    vy=st.integers(-24_000, 24_000),
    turn=st.integers(-28_672, 28_672),
)
def test_a_hit_rides_along_and_comes_back_as_it_was(
    frame: CarFrame, age: int, other: int, vx: int, vy: int, turn: int
) -> None:
    tick = max(frame.tick, age)
    hit = Hit(other, tick - age, vx / QUANTA_SPEED, vy / QUANTA_SPEED, turn / QUANTA_YAW)
    frame = replace(frame, tick=tick, hit=hit)
    data = pack_car(frame)
    assert len(data) == FRAME_SIZE_MAX
    assert unpack_car(data) == frame
    with pytest.raises(CarCodecError):
        unpack_car(data[:FRAME_SIZE])


@pytest.mark.parametrize(
    "wrong",
    [
        Hit(GRID_MAX + 1, 100, 1.0, 0.0, 0.0),
        Hit(1, 100 - HIT_TOLD_TICKS - 1, 1.0, 0.0, 0.0),
        Hit(1, 101, 1.0, 0.0, 0.0),
        Hit(1, 100, 61.0, 0.0, 0.0),
        Hit(1, 100, 0.0, math.nan, 0.0),
        Hit(1, 100, 0.0, 0.0, 7.5),
    ],
)
def test_a_hit_beyond_its_bounds_is_not_told(wrong: Hit) -> None:
    car = CarState(x=0.0, y=0.0, heading=0.0)
    with pytest.raises(CarCodecError):
        pack_car(CarFrame(tick=100, car=car, progress=Progress(0, 0, 0.0), hit=wrong))


@given(
    data=st.binary(max_size=FRAME_SIZE + 2)
    | st.binary(min_size=FRAME_SIZE, max_size=FRAME_SIZE)
    | st.binary(min_size=FRAME_SIZE_MAX, max_size=FRAME_SIZE_MAX)
)
def test_any_bytes_either_decode_to_their_only_encoding_or_raise(data: bytes) -> None:
    try:
        frame = unpack_car(data)
    except CarCodecError:
        return
    assert pack_car(frame) == data


@given(frame=FRAMES, place=st.integers(0, FRAME_SIZE - 1), value=st.integers(0, 255))
def test_a_damaged_frame_never_gives_a_number_out_of_range(
    frame: CarFrame, place: int, value: int
) -> None:
    data = bytearray(pack_car(frame))
    data[place] = value
    try:
        car = unpack_car(bytes(data)).car
    except CarCodecError:
        return
    assert quantise(car) == car


def test_a_car_beyond_its_range_is_refused_before_it_is_sent() -> None:
    progress = Progress(0, 0, 0.0)
    for car in (
        CarState(x=1e12, y=0.0, heading=0.0),
        CarState(x=math.nan, y=0.0, heading=0.0),
        CarState(x=math.inf, y=0.0, heading=0.0),
        CarState(x=0.0, y=0.0, heading=0.0, vx=81.0),
    ):
        with pytest.raises(CarCodecError):
            pack_car(CarFrame(tick=0, car=car, progress=progress))
