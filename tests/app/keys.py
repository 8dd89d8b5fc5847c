"""Keys as a US keyboard tells of them."""

from __future__ import annotations

import pygame

PLACES = {
    getattr(pygame, f"K_{name}"): getattr(pygame, f"KSCAN_{name.upper()}")
    for name in (
        *"abcdefghijklmnopqrstuvwxyz1234567890",
        *("RETURN", "KP_ENTER", "ESCAPE", "TAB", "SPACE", "BACKSPACE", "DELETE", "HOME", "END"),
        *(
            "UP",
            "DOWN",
            "LEFT",
            "RIGHT",
            "LSHIFT",
            "RSHIFT",
            "LCTRL",
            "RCTRL",
            "PAGEUP",
            "PAGEDOWN",
        ),
        *(f"F{number}" for number in range(1, 13)),
    )
}


def key_down(key: int) -> pygame.Event:
    """Return the event of a key that goes down."""
    place = PLACES.get(key, 0)
    return pygame.Event(pygame.KEYDOWN, key=key, mod=0, unicode="", scancode=place)


def key_up(key: int) -> pygame.Event:
    """Return the event of a key that is let go."""
    return pygame.Event(pygame.KEYUP, key=key, mod=0, scancode=PLACES.get(key, 0))
