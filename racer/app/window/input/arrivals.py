"""What hands did, in its order: what came before the page that it is for waits for that page.

On a machine that stutters several keys come between two pictures. A page takes keys once it has
been shown, so the rest of what came with the key that opened it waits for its first picture.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, Protocol, final

import pygame

if TYPE_CHECKING:
    from collections.abc import Iterable

# With these a key writes nothing, or what only the layout knows (KMOD_MODE: AltGr).
NO_LETTER: Final = pygame.KMOD_CTRL | pygame.KMOD_ALT | pygame.KMOD_META | pygame.KMOD_MODE


class Taker(Protocol):
    """Who is given events."""

    @property
    def front(self) -> object:
        """What takes what hands do now; it is another once a person has opened or closed it."""
        ...

    def on_event(self, event: pygame.Event) -> None:
        """Take in one event."""
        ...

    def wants_key(self, event: pygame.Event) -> bool:
        """Whether a key is for a line of text."""
        ...


@final
class Arrivals:
    """Keeps events until they can be given to whom they are for."""

    def __init__(self) -> None:
        self._events: deque[pygame.Event] = deque()
        self._early = 0  # so many of them came before what they are for was there

    def give(self, events: Iterable[pygame.Event], taker: Taker) -> None:
        """Take in what came since the last picture, and give on all that is not to wait."""
        self._events.extend(events)
        front = taker.front
        while self._events:
            event = self._events.popleft()
            is_early, self._early = self._early > 0, max(0, self._early - 1)
            if is_early and event.type == pygame.MOUSEBUTTONDOWN:
                continue  # a hand aims at what it sees
            writes = is_early and self._is_letter(event) and taker.wants_key(event)
            taker.on_event(event)
            if writes:
                taker.on_event(pygame.Event(pygame.TEXTINPUT, text=event.unicode))
            if taker.front != front:
                self._early = len(self._events)
                return

    def _is_letter(self, event: pygame.Event) -> bool:
        """Whether an early key wrote something that the system tells of by no event of its own.

        It tells what is written only while a line is open. What Shift makes of a key that is no
        letter, only the layout knows: that is left out rather than guessed.
        """
        if event.type != pygame.KEYDOWN or event.mod & NO_LETTER:
            return False
        told = bool(self._events) and self._events[0].type == pygame.TEXTINPUT
        known = event.unicode.isalpha() or not event.mod & pygame.KMOD_SHIFT
        return known and not told and event.unicode.isprintable() and event.unicode != ""
