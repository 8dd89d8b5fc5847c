"""The mixer keeps to its channels, and is silent without a device."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pygame
import pytest

from racer.app.sound.bank import BEEP, CHAT, GO
from racer.app.sound.desk import STEADY_CHANNELS
from racer.app.sound.ear import Balance, BalancedChannel
from racer.app.sound.hearing import Gains
from racer.app.sound.mixer import ASIDE, CHANNELS, Mixer, SecondHearing
from racer.app.sound.signals import Signals
from racer.app.window.input.devices import Devices
from racer.app.window.scene import Frame
from racer.app.window.scenes.race_scene import RaceScene
from racer.app.window.scenes.replay.replay_scene import BY_NAME, ReplayScene
from racer.app.window.scenes.world_cache import WorldCache
from racer.play.view import Phase
from tests.app.fakes import FakeSeat
from tests.app.keys import key_down
from tests.app.test_desk import FakeChannel
from tests.app.test_replays import tape_on
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racer.app.window.base.canvas import Canvas
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


def test_what_is_over_by_itself_takes_no_channel_of_what_goes_on(mixer: Mixer) -> None:
    for _ in range(20):
        mixer._play_shot(BEEP, Gains(1.0, 1.0))
    busy = [k for k in range(CHANNELS) if pygame.mixer.Channel(k).get_busy()]
    assert busy == list(range(2 * STEADY_CHANNELS, CHANNELS))


def test_who_is_away_hears_nothing_until_they_are_back(mixer: Mixer, seat: FakeSeat) -> None:
    drive(mixer, seat, 20)
    mixer.away = True
    steady = [pygame.mixer.Channel(k) for k in range(2 * STEADY_CHANNELS)]
    assert not any(channel.get_busy() for channel in steady), "at once"
    drive(mixer, seat, 5)
    assert not any(channel.get_busy() for channel in steady), "the race goes on"
    mixer.away = False
    drive(mixer, seat, 5)
    assert any(channel.get_busy() for channel in steady)


def test_two_at_one_machine_have_a_side_each_until_one_has_gone(
    mixer: Mixer, seat: FakeSeat
) -> None:
    second, track = SecondHearing(mixer), seat.demo.heat.track
    for _ in range(30):
        drive(mixer, seat, 1)
        view = seat.view()
        assert view is not None
        second.on_view(view, track)
    first_ear, second_ear = mixer._ears
    assert first_ear.balance.left == second_ear.balance.right == 1.0
    assert first_ear.balance.right == second_ear.balance.left == ASIDE
    busy = range(STEADY_CHANNELS, 2 * STEADY_CHANNELS)
    assert any(pygame.mixer.Channel(k).get_busy() for k in busy), "the second car's engine"
    second.hush()
    assert not any(pygame.mixer.Channel(k).get_busy() for k in busy)
    assert not first_ear.balance.one_sided


def test_what_is_heard_on_one_side_is_all_there_wherever_it_comes_from() -> None:
    channel, balance = FakeChannel(), Balance()
    balanced = BalancedChannel(channel, balance)
    balanced.set_volume(0.1, 0.7)
    assert channel.gains == Gains(0.1, 0.7)
    balance.right = ASIDE
    balanced.set_volume(0.1, 0.7)
    assert channel.gains.left == pytest.approx(0.4)
    assert channel.gains.right == pytest.approx(0.4 * ASIDE)


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


def test_a_replay_is_heard_and_a_leap_or_a_pause_is_not(
    mixer: Mixer, all_circuits: CircuitSource, shared_worlds: None, canvas: Canvas
) -> None:
    scene = ReplayScene(tape_on(all_circuits), WorldCache(all_circuits), Devices(), BY_NAME, mixer)
    scene.screening.seek(10_000.0)

    def play(frames: int) -> bool:
        for _ in range(frames):
            scene.draw(canvas, Frame(1 / 60, 0))
        steady = [pygame.mixer.Channel(k) for k in range(STEADY_CHANNELS)]
        return any(channel.get_busy() for channel in steady)

    assert play(20)
    scene.screening.paused = True
    assert not play(2)
    scene.screening.paused = False
    assert play(20)
    scene.screening.faster(1)
    assert not play(2), "twice as fast"
    scene.screening.faster(-1)
    assert play(20)
    scene.on_event(key_down(pygame.K_ESCAPE))
    assert not any(pygame.mixer.Channel(k).get_busy() for k in range(STEADY_CHANNELS))


def test_who_is_shut_out_in_mid_race_hears_no_engine(
    mixer: Mixer, all_circuits: CircuitSource, shared_worlds: None, canvas: Canvas, seat: FakeSeat
) -> None:
    scene = RaceScene(seat, WorldCache(all_circuits), Devices(), mixer)
    for k in range(260):
        seat.step()
        scene.draw(canvas, Frame(1 / 60, k * 16_666_667)) if k > 240 else None
    steady = [pygame.mixer.Channel(k) for k in range(STEADY_CHANNELS)]
    assert any(channel.get_busy() for channel in steady)
    seat.trouble = "its disk is full"
    scene.draw(canvas, Frame(1 / 60, 261 * 16_666_667))
    assert not any(channel.get_busy() for channel in steady)
