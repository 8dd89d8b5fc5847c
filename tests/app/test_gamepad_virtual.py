"""Two pads of one name that SDL itself makes: plugged in, moved, and pulled out."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

import pygame
import pytest

from racer.app.window.input.gamepad import Axes, Gamepads, open_pads
from tests.windows.virtual_pad import AXES, BUTTONS, GAMEPAD, sdl

if TYPE_CHECKING:
    from racer.app.window.base.screen import Screen


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
