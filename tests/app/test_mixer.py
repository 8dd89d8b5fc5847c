"""The mixer keeps to its channels, and is silent without a device."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pygame
import pytest

from racer.app.sound.bank import BEEP, CHAT, GO
from racer.app.sound.mixer import CHANNELS, Mixer
from racer.app.sound.signals import Signals
from racer.play.view import Phase
from tests.app.fakes import FakeSeat
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racer.app.window.base.screen import Screen
    from racer.app.window.circuit_source import CircuitSource
    from racer.core.circuits.track import Track


@pytest.fixture
def mixer(screen: Screen) -> Iterator[Mixer]:
    """A mixer whose first engine is made."""
    mixer = Mixer()
    until(lambda: mixer.is_ready, "the engine and the signals are made")
    yield mixer
    mixer.close()


def drive(mixer: Mixer, seat: FakeSeat, ticks: int) -> None:
    track: Track = seat.demo.heat.track
    for _ in range(ticks):
        seat.step()
        view = seat.view()
        assert view is not None
        mixer.on_view(view, track)


@pytest.fixture
def seat(all_circuits: CircuitSource) -> FakeSeat:
    seat = FakeSeat(all_circuits, cars=6)
    seat.drama = True
    seat.start()
    return seat


def test_a_race_is_heard_on_a_device_that_plays_nothing(mixer: Mixer, seat: FakeSeat) -> None:
    drive(mixer, seat, 260)
    assert pygame.mixer.get_num_channels() == CHANNELS
    assert pygame.mixer.get_busy()
    busy = sum(pygame.mixer.Channel(k).get_busy() for k in range(CHANNELS))
    assert busy >= 4, "our engine, the road, the wind"


def test_a_hushed_mixer_plays_on_from_the_next_tick(mixer: Mixer, seat: FakeSeat) -> None:
    drive(mixer, seat, 20)
    mixer.hush()
    pygame.mixer.stop()
    assert not pygame.mixer.get_busy()
    drive(mixer, seat, 5)
    assert pygame.mixer.get_busy()


def test_the_lights_and_the_chat_are_told_once(all_circuits: CircuitSource) -> None:
    signals = Signals()
    seat = FakeSeat(all_circuits, cars=4)
    heard: list[str] = []
    seat.start()
    for tick in range(260):
        seat.step()
        if tick == 100:
            seat.hear("Grace", "see you at the first corner")
        if (view := seat.view()) is not None:
            heard += signals.on_view(view)
    assert heard.count(BEEP) == 3
    assert heard.count(GO) == 1
    assert heard.count(CHAT) == 1
    assert seat.phase is Phase.RACING


def test_our_own_lines_make_no_sound(all_circuits: CircuitSource) -> None:
    signals = Signals()
    seat = FakeSeat(all_circuits, cars=4)
    view = seat.view()
    assert view is not None
    signals.on_view(view)
    seat.hear("Ada", "hello")
    spoken = seat.view()
    assert spoken is not None
    ours = replace(spoken, chat=tuple(replace(line, mine=True) for line in spoken.chat))
    assert signals.on_view(ours) == []


def test_without_a_device_there_is_silence(monkeypatch: pytest.MonkeyPatch, seat: FakeSeat) -> None:
    monkeypatch.setenv("SDL_AUDIODRIVER", "no-such-driver")
    mixer = Mixer()
    drive(mixer, seat, 20)
    mixer.hush()
    assert not mixer.is_ready
    mixer.close()
