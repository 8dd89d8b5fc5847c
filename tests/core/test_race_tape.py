"""A tape holds a race as it was seen, as far as a crash let it, and nothing but that."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from racer.core.recordings.race_tape import (
    BATCH_SAMPLES,
    SAMPLE_S,
    CarSample,
    TapeCar,
    TapeEvent,
    TapeHead,
    TapeRow,
    TapeTable,
    pack_part,
    pack_samples,
    read_head,
    read_tape,
    whole_bytes,
)

HEAD = TapeHead(
    "friday", b"12345678", "dockyard", None, 3, "race", (TapeCar(1, "Ada", False, 0, True),)
)
CAR = CarSample(1.5, -2.25, 1.0, 30.0, -0.5, True, False, True, False, False, 2, 1, 40.0)


def moving(k: int) -> CarSample:
    """Return a car that goes 30 m/s to the right."""
    return replace(CAR, x=30.0 * SAMPLE_S * k, heading=0.0, way_m=30.0 * SAMPLE_S * k)


def tape_bytes(batches: int = 2) -> bytes:
    step = round(1000 * SAMPLE_S * BATCH_SAMPLES)
    samples = [
        pack_samples(b * step, [{1: moving(b * BATCH_SAMPLES + k)} for k in range(BATCH_SAMPLES)])
        for b in range(batches)
    ]
    event = TapeEvent(500, "lap", 1, "Ada: lap 1 in 0:20.0")
    table = TapeTable((TapeRow(1, 1, "Ada", 3, 60_000, 19_000),))
    return pack_part(HEAD) + b"".join(samples) + pack_part(event) + pack_part(table)


def test_what_is_packed_is_read_again() -> None:
    tape = read_tape(pack_part(HEAD) + pack_samples(0, [{1: CAR}]))
    assert tape is not None
    assert tape.head == HEAD
    seen = tape.moments[0][1]
    assert seen.x == pytest.approx(CAR.x, abs=0.001)
    assert seen.heading == pytest.approx(CAR.heading, abs=0.001)
    assert replace(seen, x=CAR.x, y=CAR.y, heading=CAR.heading, steer=CAR.steer) == CAR


def test_between_samples_a_car_goes_on_evenly() -> None:
    tape = read_tape(tape_bytes())
    assert tape is not None
    for ms in range(0, tape.length_ms - 100, 13):
        assert tape.at(ms)[1].x == pytest.approx(0.03 * ms, abs=0.1)
    assert tape.at(-5)[1].x == 0.0
    assert tape.at(10**9)[1] == tape.moments[-1][1]


def test_a_car_that_is_put_elsewhere_does_not_fly_there() -> None:
    there = replace(CAR, x=400.0)
    tape = read_tape(pack_part(HEAD) + pack_samples(0, [{1: CAR}, {1: there}]))
    assert tape is not None
    assert tape.at(30)[1].x == pytest.approx(CAR.x, abs=0.001)


def test_a_heading_turns_the_short_way() -> None:
    before, after = (replace(CAR, heading=turn) for turn in (0.1, 2.0 * math.pi - 0.1))
    tape = read_tape(pack_part(HEAD) + pack_samples(0, [{1: before}, {1: after}]))
    assert tape is not None
    middle = tape.at(1000 * SAMPLE_S / 2.0)[1].heading
    assert math.cos(middle) == pytest.approx(1.0, abs=0.001)


@given(cut=st.integers(0, len(tape_bytes())))
def test_a_tape_that_a_crash_cut_is_read_up_to_there_and_can_go_on(cut: int) -> None:
    data = tape_bytes()[:cut]
    whole = data[: whole_bytes(data)]
    assert tape_bytes().startswith(whole)
    tape = read_tape(data)
    assert (tape is None) == (whole_bytes(data) < len(pack_part(HEAD)) + 10)
    longer = read_tape(whole + tape_bytes(3))
    assert longer is not None
    assert longer.table is not None
    assert len(longer.events) == 1


@given(data=st.binary(max_size=200))
def test_bytes_that_are_no_tape_are_none(data: bytes) -> None:
    assert read_tape(data) is None
    assert read_head(data) is None


def test_samples_that_would_fill_the_memory_are_left_out() -> None:
    many = pack_samples(0, [{1: CAR}] * (BATCH_SAMPLES + 1))
    assert read_tape(pack_part(HEAD) + many) is None
