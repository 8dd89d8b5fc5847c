"""A direction that is held in a menu goes on: key, cross or stick, as keys do in a line of text.

Here it is only known what is held, and for how long. Whether it is a direction, and of a menu,
know `Devices`: they are given what went down once more, and take no other thing for a repeat.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.input.gamepad import FULL, MENU_OFF, MENU_ON

if TYPE_CHECKING:
    from collections.abc import Sequence

FIRST_NS: Final = 400_000_000  # held so long it is meant to go on, as a key of text is …
EVERY_NS: Final = 100_000_000  # … but rows are read as they pass
REPEATED: Final = pygame.event.custom_type()
"""An event: `again` went down, and is held still."""

_DOWN: Final = frozenset({pygame.KEYDOWN, pygame.CONTROLLERBUTTONDOWN})
_UP: Final = {pygame.KEYUP: pygame.KEYDOWN, pygame.CONTROLLERBUTTONUP: pygame.CONTROLLERBUTTONDOWN}
_ENDS: Final = frozenset(
    {
        pygame.WINDOWFOCUSLOST,
        pygame.WINDOWMINIMIZED,
        pygame.MOUSEBUTTONDOWN,
        pygame.CONTROLLERDEVICEREMOVED,
    }
)


@final
class Repeats:
    """Remembers what went down last, until it is up again."""

    def __init__(self) -> None:
        self._held: pygame.Event | None = None
        self._due_ns = 0

    def follow(self, events: Sequence[pygame.Event], now_ns: int) -> list[pygame.Event]:
        """Take in what came since the last picture; return it, with a repeat if one is due.

        What went down and up while a picture was late is held no more: it is never repeated.
        """
        for event in events:
            self._on_event(event, now_ns)
        if self._held is None or now_ns < self._due_ns:
            return list(events)
        self._due_ns = now_ns + EVERY_NS
        return [*events, pygame.Event(REPEATED, again=self._held)]

    def _on_event(self, event: pygame.Event, now_ns: int) -> None:
        held = self._held
        if event.type in _DOWN:
            self._held, self._due_ns = event, now_ns + FIRST_NS
        elif event.type == pygame.CONTROLLERAXISMOTION:
            self._on_axis(event, now_ns)
        elif event.type in _ENDS or (held is not None and _is_release(event, held)):
            self._held = None

    def _on_axis(self, event: pygame.Event, now_ns: int) -> None:
        """Take in a stick: pushed it is held, until it is back."""
        held, part = self._held, event.value / FULL
        same = held is not None and held.type == event.type and _place(held) == _place(event)
        if same and abs(part) < MENU_OFF:
            self._held = None
        elif abs(part) > MENU_ON and not same:
            self._held, self._due_ns = event, now_ns + FIRST_NS


def _is_release(event: pygame.Event, held: pygame.Event) -> bool:
    return _UP.get(event.type) == held.type and _place(event) == _place(held)


def _place(event: pygame.Event) -> tuple[int, int]:
    """Return which key, button or axis an event is of."""
    match event.type:
        case pygame.KEYDOWN | pygame.KEYUP:
            return -1, event.scancode
        case pygame.CONTROLLERAXISMOTION:
            return event.instance_id, event.axis
        case _:
            return event.instance_id, event.button
