"""What is pressed in one scene is not obeyed in the next; what is held to drive is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pygame
import pytest

from racer.app.window.input.actions import Action, Scope
from racer.app.window.input.devices import Devices
from racer.app.window.input.inputs import Pressed
from racer.app.window.input.repeats import REPEATED
from racer.app.window.scene import Frame, OpenRace
from racer.app.window.scenes.replay.time_bar import bar_of
from racer.core.physics.car import Controls
from racer.play.view import Drive, Phase
from tests.app.fakes import GREEN_TICKS
from tests.app.keys import key_down, key_up
from tests.app.test_gamepad import LEFT_X, LEFT_Y, THROTTLE, moved, pressed
from tests.app.test_pictures_by_pad import replay_of
from tests.app.test_scenes import Play, racing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from racer.app.window.base.screen import Screen
    from racer.app.window.circuit_source import CircuitSource

A, START = pygame.CONTROLLER_BUTTON_A, pygame.CONTROLLER_BUTTON_START
SHOULDER = pygame.CONTROLLER_BUTTON_LEFTSHOULDER
BACK = pygame.CONTROLLER_BUTTON_BACK


@pytest.fixture
def play(screen: Screen, all_circuits: CircuitSource, shared_worlds: None) -> Play:
    return Play(screen, all_circuits)


def driven(play: Play) -> Controls:
    """Return what the race holds to be the controls now."""
    sent = [intent for intent in play.handle.sent if isinstance(intent, Drive)]
    return sent[-1].controls if sent else Controls()


def start(play: Play, events: Sequence[pygame.Event]) -> None:
    """Do something in the lobby, and be on the track a moment after the green light."""
    play.game.perform_ask(OpenRace("friday"))
    play.rest(1.0)
    for event in events:
        play.game.on_event(event)
        play.frames(1)
    if play.handle.phase is Phase.LOBBY:
        play.handle.start()
    play.frames(1)
    play.handle.step(GREEN_TICKS + 30)
    play.rest(0.5)
    assert play.handle.phase is Phase.RACING


def test_a_button_that_started_the_race_is_no_handbrake_until_it_is_pressed_anew(
    play: Play,
) -> None:
    start(play, [pressed(1, A)])
    assert not driven(play).handbrake
    play.game.on_event(moved(1, THROTTLE, 1.0))
    play.frames(2)
    assert driven(play).throttle == 1.0
    for up in (True, False):
        play.game.on_event(pressed(1, A, up=up))
    play.frames(2)
    assert driven(play).handbrake


@pytest.mark.parametrize("key", [pygame.K_DOWN, pygame.K_UP, pygame.K_LEFT, pygame.K_s])
def test_a_key_that_chose_in_the_lobby_drives_nothing(play: Play, key: int) -> None:
    start(play, [key_down(key)])
    assert driven(play) == Controls()


@pytest.mark.parametrize(
    "event", [key_down(pygame.K_w), key_down(pygame.K_SPACE), moved(1, THROTTLE, 1.0)]
)
def test_what_means_nothing_in_the_lobby_is_held_to_drive(play: Play, event: pygame.Event) -> None:
    start(play, [event])
    assert driven(play) != Controls()


def test_what_is_held_over_the_countdown_drives_from_the_green_light_on(play: Play) -> None:
    play.game.perform_ask(OpenRace("friday"))
    play.rest(1.0)
    play.handle.start()
    play.rest(1.0)
    assert play.handle.phase is Phase.COUNTDOWN
    play.press(pygame.K_UP)
    play.handle.step(GREEN_TICKS)
    play.rest(0.5)
    assert driven(play).throttle == 1.0


def test_a_stick_that_chose_in_a_menu_steers_once_it_has_been_back(play: Play) -> None:
    start(play, [moved(1, LEFT_X, 1.0)])
    play.game.on_event(moved(1, LEFT_X, 0.9))
    play.frames(2)
    assert driven(play).steer == 0.0
    for part in (0.1, 0.9):
        play.game.on_event(moved(1, LEFT_X, part))
    play.frames(2)
    assert driven(play).steer < 0.0


def test_a_stick_that_goes_over_to_the_other_side_at_once_steers(play: Play) -> None:
    start(play, [moved(1, LEFT_X, 1.0)])
    play.game.on_event(moved(1, LEFT_X, -1.0))
    play.frames(2)
    assert driven(play).steer > 0.0


def test_who_goes_on_from_the_pause_has_its_answer_on_no_pedal(play: Play) -> None:
    racing(play)
    play.game.on_event(moved(1, THROTTLE, 1.0))
    for event in (pressed(1, START), moved(1, LEFT_Y, 1.0), moved(1, LEFT_Y, 0.0)):
        play.game.on_event(event)
        play.frames(1)
    play.game.on_event(moved(1, LEFT_Y, -1.0))
    play.game.on_event(pressed(1, A))
    play.frames(3)
    assert driven(play) == Controls(throttle=1.0), "the trigger was held all along"


def test_a_key_for_the_same_in_both_scenes_is_held_in_both() -> None:
    devices = Devices()
    devices.on_event(key_down(pygame.K_TAB), Scope.WATCHING)
    assert devices.held == {Action.STANDINGS}
    devices.on_event(key_up(pygame.K_TAB), Scope.WATCHING)
    for event in (key_down(pygame.K_TAB), pressed(1, SHOULDER), pressed(1, BACK)):
        devices.on_event(event, Scope.MENU)
    assert devices.held == frozenset(), "there they are for the ring, a race to watch, a name"


def test_an_arrow_that_is_held_does_not_go_on_in_what_comes_after(play: Play) -> None:
    play.game.perform_ask(OpenRace("friday"))
    play.rest(1.0)
    devices, again = play.game._devices, pygame.Event(REPEATED, again=key_down(pygame.K_DOWN))
    devices.on_event(key_down(pygame.K_DOWN), Scope.LOBBY)
    assert devices.on_event(again, Scope.LOBBY) == (Pressed(Action.DOWN),)
    play.handle.start()
    play.handle.phase = Phase.FINISHED  # whose plates have the lobby's scope
    play.frames(1)
    assert devices.on_event(again, Scope.LOBBY) == ()


def test_a_mouse_that_chose_a_replay_moves_its_bar_only_after_a_click_there(
    play: Play, all_circuits: CircuitSource
) -> None:
    replay = replay_of(play, all_circuits)
    play.game.draw(Frame(0.0, 1))
    bar = bar_of(replay._area)
    scale = play.game._devices.scale
    at = (round(bar.middle * scale), round((bar.y + 4.0) * scale))
    held = pygame.Event(pygame.MOUSEMOTION, pos=at, rel=(1, 1), buttons=(1, 0, 0))
    free = pygame.Event(pygame.MOUSEMOTION, pos=at, rel=(1, 1), buttons=(0, 0, 0))
    replay.screening.paused = True
    before = replay.screening.ms
    play.game.on_event(held)
    assert replay.screening.ms == before, "it went down in the list"
    play.game.on_event(pygame.Event(pygame.MOUSEBUTTONDOWN, button=1, pos=at))
    middle = replay.screening.ms
    assert middle > before
    aside = pygame.Event(pygame.MOUSEMOTION, **{**held.dict, "pos": (at[0] // 2, at[1])})
    play.game.on_event(aside)
    assert replay.screening.ms < middle
    play.game.on_event(free)
    replay.screening.seek(0.0)
    play.game.on_event(held)
    assert replay.screening.ms == 0.0
