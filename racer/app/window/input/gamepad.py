"""Gamepads: a stick that steers by degrees, and buttons that are keys elsewhere.

SDL knows some hundred kinds of pads by their ids and gives all the same names for axes and
buttons; what it does not know stays unused. Pads are told apart by instance, never by name: two
of the same name are two. The one that was touched last drives.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, final

import pygame

if TYPE_CHECKING:
    from pygame._sdl2.controller import Controller

FULL: Final = 32_767.0  # of an axis, as SDL counts
DEAD: Final = 0.14  # of a stick: worn ones rest at up to a tenth
TRIGGER_DEAD: Final = 0.05
CURVE: Final = 1.6  # power: the middle of the stick is fine, its end is all
MENU_ON: Final = 0.6  # a stick beyond this is an arrow key …
MENU_OFF: Final = 0.35  # … until it is back here
PADS_MAX: Final = 8
RUMBLE_STEPS: Final = 16  # finer ones are not felt, and each is a message to the pad
RUMBLE_MS: Final = 200  # after which a pad that hears nothing more is still

DRIVING: Final[dict[int, int]] = {
    pygame.CONTROLLER_BUTTON_A: pygame.K_SPACE,
    pygame.CONTROLLER_BUTTON_X: pygame.K_LSHIFT,
    pygame.CONTROLLER_BUTTON_RIGHTSHOULDER: pygame.K_LSHIFT,
    pygame.CONTROLLER_BUTTON_LEFTSHOULDER: pygame.K_SPACE,
    pygame.CONTROLLER_BUTTON_Y: pygame.K_r,
    pygame.CONTROLLER_BUTTON_B: pygame.K_l,
    pygame.CONTROLLER_BUTTON_BACK: pygame.K_TAB,
    pygame.CONTROLLER_BUTTON_START: pygame.K_ESCAPE,
    pygame.CONTROLLER_BUTTON_RIGHTSTICK: pygame.K_q,
    pygame.CONTROLLER_BUTTON_DPAD_UP: pygame.K_UP,
    pygame.CONTROLLER_BUTTON_DPAD_DOWN: pygame.K_DOWN,
}
"""What a button is on the track; the same keys as on a keyboard."""

MENUS: Final[dict[int, int]] = {
    pygame.CONTROLLER_BUTTON_A: pygame.K_RETURN,
    pygame.CONTROLLER_BUTTON_START: pygame.K_RETURN,
    pygame.CONTROLLER_BUTTON_B: pygame.K_ESCAPE,
    pygame.CONTROLLER_BUTTON_X: pygame.K_b,
    pygame.CONTROLLER_BUTTON_Y: pygame.K_c,
    pygame.CONTROLLER_BUTTON_LEFTSHOULDER: pygame.K_f,
    pygame.CONTROLLER_BUTTON_RIGHTSHOULDER: pygame.K_g,
    pygame.CONTROLLER_BUTTON_DPAD_UP: pygame.K_UP,
    pygame.CONTROLLER_BUTTON_DPAD_DOWN: pygame.K_DOWN,
    pygame.CONTROLLER_BUTTON_DPAD_LEFT: pygame.K_LEFT,
    pygame.CONTROLLER_BUTTON_DPAD_RIGHT: pygame.K_RIGHT,
    pygame.CONTROLLER_BUTTON_RIGHTSTICK: pygame.K_q,
}
"""What a button is elsewhere."""


PLACES: Final[dict[int, int]] = {
    pygame.K_SPACE: pygame.KSCAN_SPACE,
    pygame.K_LSHIFT: pygame.KSCAN_LSHIFT,
    pygame.K_r: pygame.KSCAN_R,
    pygame.K_l: pygame.KSCAN_L,
    pygame.K_TAB: pygame.KSCAN_TAB,
    pygame.K_ESCAPE: pygame.KSCAN_ESCAPE,
    pygame.K_RETURN: pygame.KSCAN_RETURN,
    pygame.K_b: pygame.KSCAN_B,
    pygame.K_c: pygame.KSCAN_C,
    pygame.K_f: pygame.KSCAN_F,
    pygame.K_g: pygame.KSCAN_G,
    pygame.K_q: pygame.KSCAN_Q,
    pygame.K_UP: pygame.KSCAN_UP,
    pygame.K_DOWN: pygame.KSCAN_DOWN,
    pygame.K_LEFT: pygame.KSCAN_LEFT,
    pygame.K_RIGHT: pygame.KSCAN_RIGHT,
}
"""Where each of these keys lies."""


@dataclass(frozen=True, slots=True)
class Axes:
    """What a pad holds: + steers left, pedals 0..1."""

    steer: float = 0.0
    throttle: float = 0.0
    brake: float = 0.0


@final
class Gamepads:
    """All pads of this machine."""

    def __init__(self) -> None:
        self._open: dict[int, Controller] = {}
        self._axes: dict[int, Axes] = {}
        self._last: int | None = None
        self._arrows: dict[tuple[int, int], int] = {}  # pad and axis: arrow key that is down
        self._keys: dict[tuple[int, int], int] = {}  # pad and button: key that is down
        self._motors = (0, 0)  # what the pad was told last, in steps
        self._rumbled_ns = 0

    @property
    def axes(self) -> Axes:
        """What the pad that was touched last holds; nothing without one."""
        return Axes() if self._last is None else self._axes.get(self._last, Axes())

    def on_event(self, event: pygame.Event, *, driving: bool) -> list[pygame.Event] | None:
        """Take in an event of a pad.

        Args:
            event: any event.
            driving: on the track sticks steer; elsewhere they are arrow keys.

        Returns:
            The keyboard events that it means, or None where it is not a pad's.
        """
        match event.type:
            case pygame.CONTROLLERDEVICEADDED:
                self._add_pad(event.device_index)
            case pygame.CONTROLLERDEVICEREMOVED:
                return self._remove_pad(event.instance_id)
            case pygame.CONTROLLERAXISMOTION:
                return self._on_axis(event.instance_id, event.axis, event.value, driving)
            case pygame.CONTROLLERBUTTONDOWN:
                return self._on_button(event.instance_id, event.button, driving)
            case pygame.CONTROLLERBUTTONUP:
                key = self._keys.pop((event.instance_id, event.button), None)
                return [] if key is None else [_key_event(pygame.KEYUP, key)]
            case _:
                return None
        return []

    def rumble(self, coarse: float, fine: float, now_ns: int) -> None:
        """Let the pad that was touched last tremble, each motor this much 0..1, until told anew."""
        pad = None if self._last is None else self._open.get(self._last)
        motors = (round(coarse * RUMBLE_STEPS), round(fine * RUMBLE_STEPS))
        stale = now_ns - self._rumbled_ns > RUMBLE_MS * 500_000
        if pad is None or (motors == self._motors and not (stale and motors != (0, 0))):
            return
        self._motors, self._rumbled_ns = motors, now_ns
        pad.rumble(motors[0] / RUMBLE_STEPS, motors[1] / RUMBLE_STEPS, RUMBLE_MS)

    def _add_pad(self, index: int) -> None:
        """Open a pad that was plugged in; without that it tells nothing."""
        from pygame._sdl2 import controller  # noqa: PLC0415  the module is only there with pads

        if len(self._open) >= PADS_MAX:
            return
        try:
            pad = controller.Controller(index)
            # Its `id` is the index, which another pad has once this one is gone.
            self._open[pad.as_joystick().get_instance_id()] = pad
        except (pygame.error, AttributeError):
            return  # it was pulled out at once

    def _remove_pad(self, pad: int) -> list[pygame.Event]:
        """Let go of all that a pad held which was pulled out."""
        self._open.pop(pad, None)
        self._axes.pop(pad, None)
        if self._last == pad:
            self._last = None
        return [
            _key_event(pygame.KEYUP, held.pop(place))
            for held in (self._arrows, self._keys)
            for place in sorted(held)
            if place[0] == pad
        ]

    def _on_axis(self, pad: int, axis: int, value: int, driving: bool) -> list[pygame.Event]:
        held = self._axes.get(pad, Axes())
        part = max(-1.0, min(1.0, value / FULL))
        match axis:
            case pygame.CONTROLLER_AXIS_LEFTX:
                held = replace(held, steer=-curved(part))
            case pygame.CONTROLLER_AXIS_TRIGGERRIGHT:
                held = replace(held, throttle=pedal(part))
            case pygame.CONTROLLER_AXIS_TRIGGERLEFT:
                held = replace(held, brake=pedal(part))
            case _:
                pass
        if len(self._axes) < PADS_MAX or pad in self._axes:
            self._axes[pad] = held
        if held != Axes():
            self._last = pad
        if driving or axis not in {pygame.CONTROLLER_AXIS_LEFTX, pygame.CONTROLLER_AXIS_LEFTY}:
            return []
        return self._on_arrow((pad, axis), part)

    def _on_arrow(self, place: tuple[int, int], part: float) -> list[pygame.Event]:
        """Make an arrow key of a stick: once for each push."""
        keys = []
        if place in self._arrows and abs(part) < MENU_OFF:
            keys.append(_key_event(pygame.KEYUP, self._arrows.pop(place)))
        if place not in self._arrows and abs(part) > MENU_ON:
            sideways = place[1] == pygame.CONTROLLER_AXIS_LEFTX
            pair = (pygame.K_LEFT, pygame.K_RIGHT) if sideways else (pygame.K_UP, pygame.K_DOWN)
            key = self._arrows[place] = pair[part > 0.0]
            keys.append(_key_event(pygame.KEYDOWN, key))
        return keys

    def _on_button(self, pad: int, button: int, driving: bool) -> list[pygame.Event]:
        self._last = pad
        key = (DRIVING if driving else MENUS).get(button)
        if key is None:
            return []
        self._keys[pad, button] = key
        return [_key_event(pygame.KEYDOWN, key)]


def curved(part: float) -> float:
    """Return what a stick at -1..1 steers: nothing about the middle, then finely, then all."""
    beyond = (abs(part) - DEAD) / (1.0 - DEAD)
    return 0.0 if beyond <= 0.0 else math.copysign(min(1.0, beyond) ** CURVE, part)


def pedal(part: float) -> float:
    """Return how far a trigger at 0..1 is pressed."""
    return max(0.0, (part - TRIGGER_DEAD) / (1.0 - TRIGGER_DEAD))


def open_pads() -> None:
    """Let pads tell what they do, those that are plugged in later too. Needs a display."""
    from pygame._sdl2 import controller  # noqa: PLC0415

    try:
        controller.init()
    except pygame.error:
        return  # no way to pads here: keys remain


def _key_event(kind: int, key: int) -> pygame.Event:
    return pygame.Event(kind, key=key, mod=0, unicode="", scancode=PLACES[key], pad=True)
