from __future__ import annotations

import zlib
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from racer.core.circuits.track import PickupKind
from racer.core.physics.car import CarState, Controls, quantise, quantised_controls
from racer.core.recordings.car_codec import CarFrame
from racer.core.recordings.recording import (
    LAP_TICKS_MAX,
    RECORDING_BYTES_MAX,
    RUN_UP_TICKS,
    Quanta,
    Recording,
    RecordingError,
    controls_of,
    pack_recording,
    pickups_of,
    quanta_of,
    unpack_recording,
    without_pickups,
)
from racer.core.rules.laps import Progress

START = CarFrame(
    tick=0, car=quantise(CarState(x=3.0, y=-4.0, heading=1.0)), progress=Progress(1, 2, 8.0)
)
NUMBERS = st.floats(allow_nan=True, allow_infinity=True)
TICK = st.builds(
    Quanta, st.integers(0, 255), st.integers(0, 255), st.integers(0, 254), st.integers(0, 7)
)


def recording(inputs: tuple[Quanta, ...]) -> Recording:
    return Recording(1, 2, bytes(range(16)), START, inputs)


def held(ticks: int) -> tuple[Quanta, ...]:
    return (Quanta(255, 0, 127, 0),) * ticks


LAP = recording(held(RUN_UP_TICKS + 600))
TICKS = len(LAP.inputs)
COLUMNS = b"".join(bytes([value]) + bytes(TICKS - 1) for value in LAP.inputs[0])
HEAD_BYTES = len(pack_recording(LAP)) - len(zlib.compress(COLUMNS, 9))


@given(st.lists(st.tuples(st.integers(1, 400), TICK), min_size=1, max_size=20))
def test_what_is_packed_is_unpacked_as_it_was(runs: list[tuple[int, Quanta]]) -> None:
    inputs = held(RUN_UP_TICKS) + tuple(quanta for count, quanta in runs for _ in range(count))
    lap = recording(inputs)
    assert unpack_recording(pack_recording(lap)) == lap


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_are_a_recording_or_an_error(data: bytes) -> None:
    with pytest.raises(RecordingError):
        unpack_recording(data)


@given(st.integers(0, len(pack_recording(LAP)) - 1), st.integers(1, 255))
def test_a_changed_byte_leaves_a_recording_or_an_error(place: int, change: int) -> None:
    data = bytearray(pack_recording(LAP))
    data[place] ^= change
    try:
        found = unpack_recording(bytes(data))
    except RecordingError:
        return
    assert unpack_recording(pack_recording(found)) == found


@pytest.mark.parametrize("cut", [0, 1, 40, 80, -1])
def test_a_recording_that_is_cut_is_none(cut: int) -> None:
    with pytest.raises(RecordingError):
        unpack_recording(pack_recording(LAP)[:cut])


def test_a_recording_with_something_behind_it_is_none() -> None:
    with pytest.raises(RecordingError):
        unpack_recording(pack_recording(LAP) + b"x")


def test_a_bomb_is_given_up_after_the_length_that_it_names() -> None:
    bomb = pack_recording(LAP)[:HEAD_BYTES] + zlib.compress(bytes(20_000_000), 9)
    assert len(bomb) < RECORDING_BYTES_MAX
    with pytest.raises(RecordingError, match="length"):
        unpack_recording(bomb)


def test_a_lap_without_end_is_none() -> None:
    longest = recording(held(RUN_UP_TICKS + LAP_TICKS_MAX))
    assert unpack_recording(pack_recording(longest)) == longest
    with pytest.raises(RecordingError, match="no lap"):
        pack_recording(recording(held(RUN_UP_TICKS + LAP_TICKS_MAX + 1)))


def test_a_recording_that_would_be_refused_is_not_made() -> None:
    rng = Random(1)
    noise = tuple(
        Quanta(rng.randrange(200), rng.randrange(200), rng.randrange(200), 0) for _ in range(15_000)
    )
    with pytest.raises(RecordingError, match="bytes"):
        pack_recording(recording(noise))


@pytest.mark.parametrize(
    "start",
    [
        replace(START, tick=1),
        replace(START, ghost=True),
        replace(START, away=True),
        replace(START, progress=Progress(2, 2, 8.0)),
    ],
)
def test_a_lap_begins_with_a_car_under_way(start: CarFrame) -> None:
    with pytest.raises(RecordingError):
        pack_recording(replace(LAP, start=start))


@given(NUMBERS, NUMBERS, NUMBERS, st.booleans(), st.booleans())
def test_controls_are_rounded_once(
    throttle: float, brake: float, steer: float, handbrake: bool, boost: bool
) -> None:
    asked = Controls(throttle=throttle, brake=brake, steer=steer, handbrake=handbrake, boost=boost)
    driven = quantised_controls(asked)
    assert quantised_controls(driven) == driven
    assert controls_of(quanta_of(driven, [PickupKind.CANISTER])) == driven


def test_a_canister_is_noted_beside_the_controls() -> None:
    quanta = quanta_of(Controls(boost=True, handbrake=True), [PickupKind.CANISTER])
    assert pickups_of(quanta) == (PickupKind.CANISTER,)
    assert pickups_of(without_pickups(quanta)) == ()
    assert controls_of(without_pickups(quanta)) == Controls(boost=True, handbrake=True)
