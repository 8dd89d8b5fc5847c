"""Two pads of one name that SDL itself makes: plugged in, moved, and pulled out."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

import pygame
import pytest

from racer.app.window.game import UNKNOWN_PAD, Game
from racer.app.window.input.gamepad import Axes, Gamepads, open_pads
from tests.app.fakes import FakeLounge
from tests.windows.virtual_pad import AXES, BUTTONS, GAMEPAD, sdl

if TYPE_CHECKING:
    from racer.app.window.base.screen import Screen
    from racer.app.window.circuit_source import CircuitSource


def test_two_pads_of_one_name_drive_and_one_is_pulled_out(
    screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SDL_JOYSTICK_ALLOW_BACKGROUND_EVENTS", "1")
    library, pads = sdl(), Gamepads()
    if library is None:
        pytest.skip("SDL is not to be found in this process")
    open_pads()

    def pump() -> None:
        for event in pygame.event.get():
            pads.on_event(event)

    indices = [library.SDL_JoystickAttachVirtual(GAMEPAD, AXES, BUTTONS, 0) for _ in range(2)]
    pump()
    assert len(pads._open) == 2
    for index, value in zip(indices, (32767, -32768), strict=True):
        stick = ctypes.c_void_p(library.SDL_JoystickOpen(index))
        library.SDL_JoystickSetVirtualAxis(stick, 0, ctypes.c_int16(value))
        pump()
        assert pads.axes == Axes(steer=-1.0 if value > 0 else 1.0)
    library.SDL_JoystickDetachVirtual(indices[1])
    pump()
    assert pads.axes.steer == 0.0
    assert len(pads._open) == 1
    library.SDL_JoystickDetachVirtual(indices[0])
    pump()
    assert not pads._open


@pytest.mark.parametrize(("kind", "told"), [(GAMEPAD, ""), (0, UNKNOWN_PAD)])
def test_a_pad_whose_layout_nobody_knows_is_told_and_not_just_dead(
    screen: Screen, all_circuits: CircuitSource, kind: int, told: str
) -> None:
    library = sdl()
    if library is None:
        pytest.skip("SDL is not to be found in this process")
    open_pads()
    game = Game(FakeLounge(all_circuits), screen, all_circuits)
    index = library.SDL_JoystickAttachVirtual(kind, AXES, BUTTONS, 0)
    try:
        for event in pygame.event.get():
            game.on_event(event)
        assert game._toast._words == told
    finally:
        library.SDL_JoystickDetachVirtual(index)
        pygame.event.clear()
