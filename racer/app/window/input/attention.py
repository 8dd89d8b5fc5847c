"""Whether hands and ears are with the window, by what the system tells of it."""

from __future__ import annotations

from typing import Final, final

import pygame

HIDING: Final = frozenset({pygame.WINDOWMINIMIZED, pygame.WINDOWHIDDEN})
SHOWING: Final = frozenset({pygame.WINDOWRESTORED, pygame.WINDOWSHOWN, pygame.WINDOWEXPOSED})


@final
class Attention:
    """A window begins seen and in focus: where nothing manages windows none is told of either."""

    def __init__(self) -> None:
        self.hidden = False  # nobody sees it
        self._focused = True

    @property
    def away(self) -> bool:
        """Whether keys, pads and ears are somewhere else."""
        return self.hidden or not self._focused

    def on_event(self, event: pygame.Event) -> bool:
        """Take in any event; return whether it may have changed anything."""
        if event.type in HIDING | SHOWING:
            self.hidden = event.type in HIDING
            return True
        if event.type in {pygame.WINDOWFOCUSLOST, pygame.WINDOWFOCUSGAINED}:
            self._focused = event.type == pygame.WINDOWFOCUSGAINED
            return True
        return False
