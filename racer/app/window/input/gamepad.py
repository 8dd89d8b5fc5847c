"""Gamepads: a stick that steers by degrees, and is arrows in menus.

SDL knows some hundred kinds of pads by their ids and gives all the same names for axes and
buttons; what it does not know stays unused. Pads are told apart by instance, never by name: two
of the same name are two. The one that was touched last drives.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.input.actions import Action

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
        self._arrows: dict[tuple[int, int], bool] = {}  # pad and axis that is pushed: which way
        self._held_back: set[int] = set()  # pads whose stick has answered a menu, and is out yet
        self._motors = (0, 0)  # what the pad was told last, in steps
        self._rumbled_ns = 0

    def share(self, other: Gamepads) -> None:
        """Have the same pads as another, which opens those that are plugged in later."""
        self._open = other._open

    @property
    def are_there(self) -> bool:
        """Whether any pad is plugged in."""
        return bool(self._open)

    @property
    def axes(self) -> Axes:
        """What the pad that was touched last holds; nothing without one."""
        return Axes() if self._last is None else self._axes.get(self._last, Axes())

    def touch(self, pad: int) -> None:
        """Take note that a pad is in somebody's hands."""
        self._last = pad

    def let_go(self) -> None:
        """Hold nothing any more, until something of a pad is moved."""
        self._axes.clear()
        self._last = None

    def hold_back(self, pad: int) -> None:
        """Let a stick that was pushed in a menu steer nothing before it has been back."""
        self._held_back.add(pad)
        self._axes[pad] = replace(self._axes.get(pad, Axes()), steer=0.0)

    def on_event(self, event: pygame.Event) -> tuple[Action, ...]:
        """Take in an event of a pad; return what a stick was pushed to, once for each push."""
        match event.type:
            case pygame.CONTROLLERDEVICEADDED:
                self._add_pad(event.device_index)
            case pygame.CONTROLLERDEVICEREMOVED:
                self._remove_pad(event.instance_id)
            case pygame.CONTROLLERAXISMOTION:
                return self._on_axis(event.instance_id, event.axis, event.value)
            case _:
                pass
        return ()

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

    def _remove_pad(self, pad: int) -> None:
        """Let go of all that a pad held which was pulled out."""
        self._open.pop(pad, None)
        self._axes.pop(pad, None)
        self._held_back.discard(pad)
        self._arrows = {place: way for place, way in self._arrows.items() if place[0] != pad}
        if self._last == pad:
            self._last = None

    def _on_axis(self, pad: int, axis: int, value: int) -> tuple[Action, ...]:
        held = self._axes.get(pad, Axes())
        part = max(-1.0, min(1.0, value / FULL))
        match axis:
            case pygame.CONTROLLER_AXIS_LEFTX:
                if abs(part) < MENU_OFF or self._is_across((pad, axis), part):
                    self._held_back.discard(pad)
                held = replace(held, steer=0.0 if pad in self._held_back else -curved(part))
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
        if axis not in {pygame.CONTROLLER_AXIS_LEFTX, pygame.CONTROLLER_AXIS_LEFTY}:
            return ()
        return self._on_push((pad, axis), part)

    def _is_across(self, place: tuple[int, int], part: float) -> bool:
        """Whether a stick that was pushed is beyond the middle now: fast hands skip that."""
        return place in self._arrows and self._arrows[place] is not (part > 0.0)

    def _on_push(self, place: tuple[int, int], part: float) -> tuple[Action, ...]:
        """Make an arrow of a stick: once for each push."""
        if place in self._arrows and abs(part) < MENU_OFF:
            del self._arrows[place]
        if place in self._arrows or abs(part) <= MENU_ON:
            return ()
        beyond = self._arrows[place] = part > 0.0
        if place[1] == pygame.CONTROLLER_AXIS_LEFTX:
            return (Action.RIGHT if beyond else Action.LEFT,)
        return (Action.DOWN if beyond else Action.UP,)


def curved(part: float) -> float:
    """Return what a stick at -1..1 steers: nothing about the middle, then finely, then all."""
    beyond = (abs(part) - DEAD) / (1.0 - DEAD)
    return 0.0 if beyond <= 0.0 else math.copysign(min(1.0, beyond) ** CURVE, part)


def pedal(part: float) -> float:
    """Return how far a trigger at 0..1 is pressed."""
    return max(0.0, (part - TRIGGER_DEAD) / (1.0 - TRIGGER_DEAD))


def is_unknown(index: int) -> bool:
    """Whether what was plugged in is no pad whose buttons SDL can name, and so stays unused."""
    from pygame._sdl2 import controller  # noqa: PLC0415

    try:
        return not controller.is_controller(index)
    except pygame.error:
        return False  # nothing is known of any


def open_pads() -> None:
    """Let pads tell what they do, those that are plugged in later too. Needs a display."""
    from pygame._sdl2 import controller  # noqa: PLC0415

    try:
        controller.init()
    except pygame.error:
        return  # no way to pads here: keys remain
