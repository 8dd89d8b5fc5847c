"""What is printed on a key: the drawing library's window system knows the person's layout."""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Final, Protocol, final

import pygame

from racer.app.window.input.places import ELSEWHERE, NAMES, PLACES

LIBRARIES: Final = (
    "../pygame_ce.libs/libSDL2-2*.so*",  # Linux, as the wheel has it
    ".dylibs/libSDL2-2*.dylib",
    "SDL2.dll",
)
SYSTEM: Final = ("libSDL2-2.0.so.0", "libSDL2-2.0.0.dylib")
VIDEO: Final = 0x20  # SDL_INIT_VIDEO
SHORT: Final = {"Return": "Enter", "Escape": "Esc", "Keypad Enter": "Num Enter"}


class KeyNames(Protocol):
    """A keyboard layout."""

    def name(self, place: int) -> str:
        """Return what is printed on the key in a place."""
        ...

    def place(self, name: str) -> int | None:
        """Return where a key lies on which this is printed; None where there is none."""
        ...


@final
class UsNames:
    """A keyboard as it is in the US."""

    def name(self, place: int) -> str:
        return NAMES.get(place, f"key {place}")

    def place(self, name: str) -> int | None:
        return PLACES.get(name)


@final
class LayoutNames:
    """The layout that is in use. Names may be other ones after the layout was changed."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self._library = library

    def name(self, place: int) -> str:
        """Letters and signs are the layout's; what has a name keeps that of `places`."""
        known = NAMES.get(place, f"key {place}")
        if len(known) > 1 and known in PLACES and place not in ELSEWHERE:
            return known
        key = int(self._library.SDL_GetKeyFromScancode(place))
        name = pygame.key.name(key, use_compat=False)
        capital = name.upper()
        name = capital if len(capital) == 1 else name
        return SHORT.get(name, name) or known

    def place(self, name: str) -> int | None:
        if len(name) > 1:
            return PLACES.get(name)
        return int(self._library.SDL_GetScancodeFromKey(ord(name.lower()))) or None


def layout_names() -> KeyNames:
    """Return the layout's names; those of the US where the layout cannot be asked for."""
    home = Path(pygame.__file__).parent
    beside = [str(path) for pattern in LIBRARIES for path in sorted(home.glob(pattern))]
    for path in (*beside, *SYSTEM):
        try:
            library = ctypes.CDLL(path)
            # A second copy of the library would be one without a window.
            if library.SDL_WasInit(VIDEO):
                return LayoutNames(library)
        except (OSError, AttributeError):
            continue
    return UsNames()
