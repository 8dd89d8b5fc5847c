"""The one window of the process."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Final, TypeAlias, final

import pygame

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

TITLE: Final = "racer"
SIZE: Final = (1280, 720)
SIZE_MIN: Final = (640, 360)
INVISIBLE: Final = ("offscreen", "dummy", "evdev")
DESKTOPS: Final = ("XDG_CURRENT_DESKTOP", "DESKTOP_SESSION")  # variables that name the desktop
_Place: TypeAlias = tuple[tuple[int, int], tuple[int, int]]  # size and position


class DisplayError(Exception):
    """There is no screen to draw on; the text says why in one line."""


@final
class Screen:
    """A resizable window, drawn by the processor. Made by `open_display`."""

    def __init__(self, window: pygame.Window) -> None:
        self._window = window
        self.full = False  # whether it fills the screen
        self.is_to_shoot = False  # a picture is to be kept of what is drawn next
        self.display = 0  # which of the desktop's screens it is on; a new window is on the first
        self._before: _Place | None = None  # where it was, if it is we who have to put it back

    def surface(self) -> pygame.Surface:
        """Return what to draw on now; its size follows the window's."""
        return self._window.get_surface()

    def flip(self) -> None:
        """Show what was drawn."""
        self._window.flip()

    def rate_hz(self) -> float:
        """Return how often its screen shows a picture, as that tells; 0 where it does not."""
        try:
            rates = pygame.display.get_desktop_refresh_rates()
        except pygame.error:
            return 0.0
        return float(rates[self.display] if self.display < len(rates) else max(rates, default=0))

    def toggle_fullscreen(self) -> None:
        """Fill the screen, or go back to the window's size before."""
        window = self._window
        try:
            if self.full:
                window.set_windowed()
                if self._before is not None:
                    window.size, window.position = self._before
            else:
                self._before = _fill_unmanaged(window)
                window.set_fullscreen(desktop=True)
            self.full = not self.full
        except pygame.error:
            return  # a display without full screen keeps its window

    def shoot(self, folder: Path) -> Path | None:
        """Save a picture of the screen; return its path, or None where that failed."""
        path = folder / time.strftime("racer-%Y%m%d-%H%M%S.png")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            pygame.image.save(self.surface(), path)
        except (OSError, pygame.error):
            return None
        return path

    def close(self) -> None:
        """Give the window back."""
        self._window.destroy()
        pygame.quit()


def _fill_unmanaged(window: pygame.Window) -> _Place | None:
    """Lay a window over the screen where no desktop does it; return where it was, else None.

    SDL leaves it to the window manager of an X display, and where there is none draws the full
    screen into a window that has stayed as it was. Under one that names no desktop this does no
    harm but to have the window come back lower by its title.
    """
    named = any(os.environ.get(name) for name in DESKTOPS)
    if named or pygame.display.get_driver() != "x11":
        return None
    before = window.size, window.position
    window.position, window.size = (0, 0), pygame.display.get_desktop_sizes()[0]
    return before


def size_on(desktops: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Return how large a new window is: whole on the first screen, and of the usual shape."""
    wide, high = desktops[0] if desktops else SIZE
    share = min(1.0, wide / SIZE[0], high / SIZE[1])
    return max(SIZE_MIN[0], round(SIZE[0] * share)), max(SIZE_MIN[1], round(SIZE[1] * share))


def open_display(*, hidden: bool = False) -> Screen:
    """Open the window.

    Args:
        hidden: allow a display that nobody sees, as tests do.

    Raises:
        DisplayError: there is no display, or none that shows anything.
    """
    os.environ.setdefault("SDL_VIDEO_X11_WMCLASS", TITLE)
    os.environ.setdefault("SDL_IME_SHOW_UI", "1")
    if sys.platform == "linux":
        # Our frames are made by the processor: through a software OpenGL a flip costs 9 ms,
        # as shared memory 0.2 ms. Displays that have no such way ignore this.
        os.environ.setdefault("SDL_FRAMEBUFFER_ACCELERATION", "0")
        shown = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
        if not (shown or os.environ.get("SDL_VIDEODRIVER")):
            raise DisplayError("no display: neither DISPLAY nor WAYLAND_DISPLAY is set")
    try:
        pygame.display.init()
        pygame.font.init()
        driver = pygame.display.get_driver()
        if driver in INVISIBLE and not hidden:
            pygame.quit()
            raise DisplayError("no display: neither X11 nor Wayland answers")
        size = SIZE if hidden else size_on(pygame.display.get_desktop_sizes())
        window = pygame.Window(TITLE, size, resizable=True)
        window.minimum_size = SIZE_MIN
        window.get_surface()
    except pygame.error as error:
        pygame.quit()
        raise DisplayError(f"no display: {error}") from error
    return Screen(window)
