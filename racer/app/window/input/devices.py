"""From events of the window to what a person does: keys by their place, pad and mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pygame

from racer.app.window.input.actions import Action
from racer.app.window.input.inputs import Clicked, Pointed, Pressed, Rolled

if TYPE_CHECKING:
    from racer.app.window.input.inputs import Input

KEYS: Final[dict[int, Action]] = {
    pygame.KSCAN_UP: Action.UP,
    pygame.KSCAN_DOWN: Action.DOWN,
    pygame.KSCAN_LEFT: Action.LEFT,
    pygame.KSCAN_RIGHT: Action.RIGHT,
    pygame.KSCAN_RETURN: Action.CONFIRM,
    pygame.KSCAN_KP_ENTER: Action.CONFIRM,
    pygame.KSCAN_ESCAPE: Action.BACK,
    pygame.KSCAN_TAB: Action.NEXT,
    pygame.KSCAN_N: Action.NEW_RACE,
    pygame.KSCAN_B: Action.PRACTICE,
    pygame.KSCAN_F2: Action.NAME,
}
"""Which action a key is for, by its place on the keyboard: letters differ from layout to layout."""


def to_input(event: pygame.Event, scale: float) -> Input | None:
    """Return what a person did, or None where the event is nothing of that.

    Args:
        event: any event of the window; of a pad the keys that stand for its buttons.
        scale: pixels in a unit of the canvas.
    """
    match event.type:
        case pygame.KEYDOWN:
            action = KEYS.get(event.scancode)
            return None if action is None else Pressed(action, pad=getattr(event, "pad", False))
        case pygame.MOUSEMOTION:
            x, y = event.pos
            return Pointed(x / scale, y / scale, held=bool(event.buttons[0]))
        case pygame.MOUSEBUTTONDOWN if event.button == pygame.BUTTON_LEFT:
            x, y = event.pos
            return Clicked(x / scale, y / scale)
        case pygame.MOUSEWHEEL if event.y:
            return Rolled(event.y)
        case _:
            return None
