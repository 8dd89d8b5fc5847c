"""Sound is arithmetic; without a device there is silence and no error."""

from __future__ import annotations

from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

import pygame
import pytest

from racer.app.sound.gearbox import TOPS_MS, Gearbox
from racer.app.sound.mixer import Mixer
from racer.app.sound.synth import PEAK, RATE, engine, skid, tone, whoosh
from tests.app.fakes import FakeSeat

if TYPE_CHECKING:
    from racer.app.window.base.screen import Screen
    from racer.app.window.circuit_source import CircuitSource


@pytest.mark.parametrize("revs", [0.0, 0.3, 1.0])
def test_an_engine_loop_has_no_seam_and_does_not_clip(revs: float) -> None:
    loop = engine(revs)
    steps = [abs(loop[k] - loop[k - 1]) for k in range(1, len(loop))]
    assert abs(loop[0] - loop[-1]) <= max(steps)
    assert max(map(abs, loop)) < PEAK
    assert len(loop) >= 0.2 * RATE


def test_a_faster_engine_sounds_higher() -> None:
    def crossings(revs: float) -> float:
        loop = engine(revs)
        return sum(a < 0 <= b for a, b in pairwise(loop)) / len(loop)

    assert crossings(1.0) > 2.0 * crossings(0.0)


def test_noises_are_audible_and_within_range() -> None:
    for sound in (skid(Random(1)), whoosh(Random(1)), tone(440.0, 0.2)):
        assert 1000 < max(map(abs, sound)) <= PEAK


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


def test_a_race_is_heard_on_a_device_that_plays_nothing(
    screen: Screen, all_circuits: CircuitSource
) -> None:
    mixer = Mixer()
    handle = FakeSeat(all_circuits, cars=4)
    handle.drama = True
    handle.start()
    for _ in range(300):
        handle.step()
        view = handle.view()
        assert view is not None
        mixer.on_view(view)
    assert pygame.mixer.get_busy()
    mixer.hush()
    pygame.mixer.quit()


def test_without_a_device_there_is_silence(
    monkeypatch: pytest.MonkeyPatch, all_circuits: CircuitSource
) -> None:
    monkeypatch.setenv("SDL_AUDIODRIVER", "no-such-driver")
    mixer = Mixer()
    handle = FakeSeat(all_circuits, cars=4)
    handle.start()
    handle.step(250)
    view = handle.view()
    assert view is not None
    mixer.on_view(view)
    mixer.hush()
