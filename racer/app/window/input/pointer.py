"""The mouse's pointer: seen while the mouse is in use, and not over a road that keys drive on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

import pygame

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOUSE: Final = frozenset({pygame.MOUSEMOTION, pygame.MOUSEBUTTONDOWN, pygame.MOUSEWHEEL})
_OTHERS: Final = frozenset({pygame.KEYDOWN, pygame.CONTROLLERBUTTONDOWN})


@final
class Pointer:
    """Hides the pointer as keys or a pad are used, until the mouse moves."""

    def __init__(self) -> None:
        self.shown = True

    def follow(self, events: Iterable[pygame.Event]) -> None:
        """Take in what came since the last picture: what came last counts."""
        shown = self.shown
        for event in events:
            if event.type in _MOUSE:
                shown = True
            elif event.type in _OTHERS:
                shown = False
        if shown != self.shown:
            self.shown = shown
            pygame.mouse.set_visible(shown)
