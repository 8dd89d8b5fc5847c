"""Sound is arithmetic: what is made is measured, since a test hears nothing."""

from __future__ import annotations

import cmath
import math
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

import pytest

from racer.app.sound import noises
from racer.app.sound.bank import NOISES, PLACES, SIGNALS, loop_at
from racer.app.sound.engine import ENGINES, FLAT_SIX, PLACE_MAX, engine_loop
from racer.app.sound.gearbox import IDLE, TOPS_MS, Gearbox
from racer.app.sound.soundscape import Loop
from racer.app.sound.synth import PEAK, RATE, stereo

if TYPE_CHECKING:
    from array import array


def power_below(samples: array[int], hertz: float) -> float:
    """Return the share of a sound's power that lies below a frequency."""
    count = 2048
    part = [samples[i % len(samples)] for i in range(count)]
    spectrum = [abs(each) ** 2 for each in fourier([complex(value) for value in part])]
    half = spectrum[1 : count // 2]
    return sum(half[: round(hertz * count / RATE)]) / sum(half)


def fourier(values: list[complex]) -> list[complex]:
    """Return the discrete Fourier transform of 2ⁿ values (Cooley and Tukey 1965)."""
    count = len(values)
    if count == 1:
        return values
    even, odd = fourier(values[0::2]), fourier(values[1::2])
    turned = [cmath.exp(-2j * math.pi * k / count) * odd[k] for k in range(count // 2)]
    pairs = list(zip(even, turned, strict=True))
    return [a + b for a, b in pairs] + [a - b for a, b in pairs]


def level(samples: array[int]) -> float:
    return math.sqrt(sum(value * value for value in samples) / len(samples)) / PEAK


def largest_step(samples: array[int]) -> int:
    return max(abs(b - a) for a, b in pairwise(samples))


@pytest.mark.parametrize("kind", range(len(ENGINES)))
@pytest.mark.parametrize("load", [True, False])
def test_an_engine_loop_has_no_seam_and_does_not_clip(kind: int, load: bool) -> None:
    for place in (0.0, 0.5, 1.0, PLACE_MAX):
        loop = engine_loop(ENGINES[kind], place, load=load)
        assert abs(loop[0] - loop[-1]) <= largest_step(loop)
        assert max(map(abs, loop)) < PEAK
        assert len(loop) >= 0.1 * RATE
        assert 0.1 < level(loop) < 0.3, "all are about as loud: how loud is for the mixer"


def test_a_faster_engine_sounds_higher() -> None:
    slow, fast = (engine_loop(FLAT_SIX, place, load=True) for place in (0.2, 1.0))
    assert power_below(slow, 250.0) > power_below(fast, 250.0) + 0.3


@pytest.mark.parametrize("kind", range(len(ENGINES)))
def test_an_engine_on_the_throttle_is_brighter_than_off_it(kind: int) -> None:
    on, off = (engine_loop(ENGINES[kind], 0.8, load=load) for load in (True, False))
    assert 1.0 - power_below(on, 900.0) > 1.5 * (1.0 - power_below(off, 900.0))


def test_neighbouring_loops_of_an_engine_lie_half_a_semitone_apart_where_one_drives() -> None:
    octaves = math.log2(FLAT_SIX.top_hz / FLAT_SIX.idle_hz)
    steps = [12.0 * octaves * (b - a) for a, b in pairwise(PLACES)]
    driven = [step for step, place in zip(steps, PLACES, strict=False) if place >= 0.6]
    assert max(driven) < 0.6
    assert all(step > 0.0 for step in steps)


def test_the_loop_of_an_engine_follows_its_revs_and_the_doppler_shift() -> None:
    loops = [loop_at(0.05 * k, 1.0, 0) for k in range(21)]
    assert loops == sorted(loops)
    assert loops[0] == 0
    assert loop_at(0.9, 1.1, 0) > loop_at(0.9, 1.0, 0) > loop_at(0.9, 0.9, 0)
    assert loop_at(1.0, 1.5, 0) == len(PLACES) - 1


@pytest.mark.parametrize("name", sorted(NOISES))
def test_a_noise_is_audible_within_range_and_begins_and_ends_without_a_click(name: str) -> None:
    sound = NOISES[name](Random(name))
    assert 0.1 < level(sound) < 0.3
    assert max(map(abs, sound)) <= PEAK
    if name in set(Loop):
        assert abs(sound[0] - sound[-1]) <= largest_step(sound)
    else:
        assert max(abs(sound[0]), abs(sound[-1])) < 0.02 * PEAK


@pytest.mark.parametrize("name", sorted(SIGNALS))
def test_a_signal_is_heard_over_a_race_and_ends_in_silence(name: str) -> None:
    sound = SIGNALS[name]()
    assert 0.2 * PEAK < max(map(abs, sound)) < PEAK
    assert abs(sound[-1]) < 0.01 * PEAK


def test_gravel_grass_and_asphalt_sound_unlike() -> None:
    low = {
        each: power_below(NOISES[each](Random(1)), 400.0) for each in ("road", "grass", "gravel")
    }
    assert low["gravel"] < low["grass"] < 0.95
    assert power_below(noises.skid(Random(1)), 400.0) < 0.05, "a squeal has no rumble"


def test_a_kerb_rattles_faster_for_a_faster_car() -> None:
    def strikes(name: Loop) -> int:
        loud = [abs(value) > 0.35 * PEAK for value in NOISES[name](Random(1))]
        return sum(any(loud[k : k + 150]) for k in range(0, len(loud), 150))

    assert strikes(Loop.KERB_SLOW) < strikes(Loop.KERB_FAST)


def test_two_channels_of_a_sound_are_alike() -> None:
    mono = engine_loop(FLAT_SIX, 0.5, load=True)
    both = stereo(mono)
    assert both[0::2] == mono == both[1::2]


def test_the_gearbox_climbs_through_all_gears_and_comes_down_again() -> None:
    box = Gearbox()
    gears = []
    for speed in [k * 0.1 for k in range(600)] + [60.0 - k * 0.1 for k in range(600)]:
        assert 0.0 < box.revs(speed) <= 1.0
        gears.append(box.gear)
    assert max(gears) == len(TOPS_MS) - 1
    assert gears[-1] == 0
    changes = sum(a != b for a, b in pairwise(gears))
    assert changes == 2 * (len(TOPS_MS) - 1), "no hunting between two gears"


def test_on_the_grid_the_throttle_alone_makes_the_engine_turn() -> None:
    box = Gearbox()
    assert box.revs(0.0) == IDLE
    assert box.revs(0.0, throttle=1.0) > 0.5
