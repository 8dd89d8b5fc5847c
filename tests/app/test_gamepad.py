"""Pads steer by degrees on the track and are keys elsewhere. Their events are posted, not felt."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pygame
import pytest

from racer.app.window.game import Game
from racer.app.window.input.actions import Action, Scope
from racer.app.window.input.devices import Devices
from racer.app.window.input.gamepad import DEAD, Axes, Gamepads, curved, pedal
from racer.app.window.input.inputs import Pressed, Released
from racer.app.window.scene import Frame
from racer.app.window.scenes.driving import with_pad
from racer.app.window.scenes.menu import SETTLING_S
from racer.app.window.scenes.race_scene import RaceScene
from racer.core.physics.car import Controls
from racer.play.view import Drive, Phase, Rescue, Say
from tests.app.fakes import GREEN_TICKS, FakeLounge

if TYPE_CHECKING:
    from racer.app.window.base.screen import Screen
    from racer.app.window.circuit_source import CircuitSource

LEFT_X, LEFT_Y = pygame.CONTROLLER_AXIS_LEFTX, pygame.CONTROLLER_AXIS_LEFTY
THROTTLE = pygame.CONTROLLER_AXIS_TRIGGERRIGHT


def moved(pad: int, axis: int, part: float) -> pygame.Event:
    return pygame.Event(
        pygame.CONTROLLERAXISMOTION, instance_id=pad, axis=axis, value=round(part * 32767)
    )


def pressed(pad: int, button: int, *, up: bool = False) -> pygame.Event:
    kind = pygame.CONTROLLERBUTTONUP if up else pygame.CONTROLLERBUTTONDOWN
    return pygame.Event(kind, instance_id=pad, button=button)


def test_a_worn_stick_at_rest_steers_nothing_and_a_full_one_all() -> None:
    assert curved(DEAD) == curved(-DEAD) == curved(0.0) == 0.0
    assert curved(1.0) == 1.0
    assert curved(-1.0) == -1.0
    assert 0.0 < curved(0.5) < 0.5
    assert pedal(0.03) == 0.0
    assert pedal(1.0) == 1.0


def test_left_on_the_stick_is_left_on_the_track() -> None:
    pads = Gamepads()
    assert pads.on_event(moved(1, LEFT_X, -1.0)) == (Action.LEFT,)
    assert pads.axes.steer == 1.0


def test_two_pads_of_one_name_are_two_and_the_last_touched_drives() -> None:
    pads = Gamepads()
    pads.on_event(moved(1, THROTTLE, 1.0))
    pads.on_event(moved(2, LEFT_X, 1.0))
    assert pads.axes == Axes(steer=-1.0)
    pads.on_event(moved(1, THROTTLE, 0.9))
    assert pads.axes.throttle == pytest.approx(0.9, abs=0.02)


def test_a_pad_that_is_pulled_out_lets_go_of_all() -> None:
    devices = Devices()
    devices.on_event(moved(1, THROTTLE, 1.0), Scope.TRACK)
    devices.on_event(pressed(1, pygame.CONTROLLER_BUTTON_A), Scope.TRACK)
    assert devices.held == {Action.HANDBRAKE}
    gone = pygame.Event(pygame.CONTROLLERDEVICEREMOVED, instance_id=1)
    assert devices.on_event(gone, Scope.TRACK) == (Released(Action.HANDBRAKE),)
    assert devices.held == frozenset()
    assert devices.pads.axes == Axes()


def test_a_pad_that_was_gone_before_it_could_be_opened_is_no_trouble() -> None:
    event = pygame.Event(pygame.CONTROLLERDEVICEADDED, device_index=7)
    assert Gamepads().on_event(event) == ()


def test_in_a_menu_one_push_of_the_stick_is_one_arrow() -> None:
    devices = Devices()
    pushes = [
        what
        for part in (0.3, 0.7, 1.0, 0.5, 0.9, 0.1, 0.8)
        for what in devices.on_event(moved(1, LEFT_Y, part), Scope.MENU)
    ]
    assert pushes == [Pressed(Action.DOWN, pad=True)] * 2
    assert devices.on_event(moved(2, LEFT_X, 1.0), Scope.TRACK) == ()


def test_a_key_wins_over_a_resting_stick_and_the_deeper_pedal_counts() -> None:
    keys = Controls(steer=-0.4, throttle=0.2)
    assert with_pad(keys, Axes(steer=0.9, throttle=1.0)) == Controls(steer=-0.4, throttle=1.0)
    assert with_pad(Controls(), Axes(steer=0.5)) == Controls(steer=0.5)


def test_the_game_is_played_by_a_pad_from_the_menu_to_the_track(
    screen: Screen, all_circuits: CircuitSource
) -> None:
    directory = FakeLounge(all_circuits)
    game = Game(directory, screen, all_circuits)
    game.draw(Frame(1 / 60, 0))
    game.on_event(pressed(4, pygame.CONTROLLER_BUTTON_A))
    assert directory.opened == ["practice"], "A is Enter"
    handle = directory.handle
    assert handle is not None
    game.draw(Frame(1 / 60, 1))
    game.on_event(pressed(4, pygame.CONTROLLER_BUTTON_A))
    handle.step(GREEN_TICKS + 30)
    game.draw(Frame(1 / 60, 2))
    assert handle.phase is Phase.RACING
    handle.sent.clear()
    game.on_event(moved(4, THROTTLE, 1.0))
    game.on_event(moved(4, LEFT_X, 0.6))
    game.on_event(pressed(4, pygame.CONTROLLER_BUTTON_A))
    game.draw(Frame(1 / 60, 10**9))
    drive = handle.sent.pop()
    assert isinstance(drive, Drive)
    assert drive.controls.throttle == 1.0
    assert -0.6 < drive.controls.steer < -0.2
    assert drive.controls.handbrake
    game.on_event(pressed(4, pygame.CONTROLLER_BUTTON_A, up=True))
    game.draw(Frame(1 / 60, 2 * 10**9))
    drive = handle.sent.pop()
    assert isinstance(drive, Drive)
    assert not drive.controls.handbrake
    game.on_event(pressed(4, pygame.CONTROLLER_BUTTON_Y))
    assert handle.sent[-1] == Rescue()


def test_a_named_race_is_opened_with_a_pad_alone(
    screen: Screen, all_circuits: CircuitSource
) -> None:
    directory = FakeLounge(all_circuits)
    game = Game(directory, screen, all_circuits)

    def push(*buttons: int) -> None:
        for button in buttons:
            game.draw(Frame(1 / 60, 0))
            game.on_event(pressed(4, button))
            game.on_event(pressed(4, button, up=True))

    a, b = pygame.CONTROLLER_BUTTON_A, pygame.CONTROLLER_BUTTON_B
    up, down = pygame.CONTROLLER_BUTTON_DPAD_UP, pygame.CONTROLLER_BUTTON_DPAD_DOWN
    right = pygame.CONTROLLER_BUTTON_DPAD_RIGHT
    push(down, down, a, *[up] * 12, a)  # "Open a race", its name; the ring is on the letters' first
    push(down, a, right, a, a, b)  # "qw"
    push(down, down, down, right, right, right, right, a)  # to "done"
    push(a)  # the ring has gone on to "Open the race"
    assert directory.opened == ["qw"]
    assert directory.handle is not None
    push(b, right, a)
    assert directory.handle.left, "B leads out of the lobby"
    game.draw(Frame(SETTLING_S, 0))
    push(b, right, a)
    assert not game.running, "and out of the game"


@pytest.mark.parametrize("place", ["on the track", "in the lobby"])
def test_a_line_is_written_with_a_pad_alone(
    screen: Screen, all_circuits: CircuitSource, place: str
) -> None:
    directory, pictures = FakeLounge(all_circuits), count()
    game = Game(directory, screen, all_circuits)

    def push(*buttons: int) -> None:
        for button in buttons:
            game.draw(Frame(1 / 60, next(pictures) * 10**9))
            game.on_event(pressed(4, button))
            game.on_event(pressed(4, button, up=True))
        game.draw(Frame(1 / 60, next(pictures) * 10**9))

    a, b = pygame.CONTROLLER_BUTTON_A, pygame.CONTROLLER_BUTTON_B
    up, down = pygame.CONTROLLER_BUTTON_DPAD_UP, pygame.CONTROLLER_BUTTON_DPAD_DOWN
    right = pygame.CONTROLLER_BUTTON_DPAD_RIGHT
    push(a)
    handle, room = directory.handle, game._room
    assert handle is not None
    assert isinstance(room, RaceScene)
    if place == "on the track":
        handle.start()
        handle.step(GREEN_TICKS + 30)
        push()
        push(up, up, a)  # the list of phrases, and its last row from behind
    else:
        room._focus.move_to("chat")
        push(a)
    push(down, a, right, a)  # "qw"
    push(a, b, down, down, down, *[right] * 4, a)  # one letter more, back; "done"
    assert handle.sent[-1] == Say("qw")
    chat = room.chat
    assert not chat.is_open
    assert handle.phase is (Phase.RACING if place == "on the track" else Phase.LOBBY)


def test_a_pad_is_told_to_tremble_when_that_changes_and_again_before_it_forgets() -> None:
    pads, pad = Gamepads(), TremblingPad()
    pads._open[7] = pad  # type: ignore[assignment]
    pads._last = 7
    for tick in range(30):
        pads.rumble(0.5, 0.25, tick * 16_666_667)
    assert 3 <= len(pad.told) <= 6, "half a second, of which each message holds a fifth"
    assert pad.told[0] == (0.5, 0.25)
    pads.rumble(0.0, 0.0, 10**9)
    pads.rumble(0.0, 0.0, 2 * 10**9)
    assert pad.told[-1] == (0.0, 0.0)
    assert pad.told.count((0.0, 0.0)) == 1


def test_without_a_pad_nothing_trembles() -> None:
    Gamepads().rumble(1.0, 1.0, 0)


class TremblingPad:
    """A pad that remembers what its motors were told."""

    def __init__(self) -> None:
        self.told: list[tuple[float, float]] = []

    def rumble(self, coarse: float, fine: float, _ms: int) -> bool:
        self.told.append((coarse, fine))
        return True
