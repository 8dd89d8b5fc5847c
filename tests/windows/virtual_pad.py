"""A pad that SDL itself makes in a window's process, played by lines from a pipe.

A line is `press a` or `hold throttle 32767`, by the names below; the numbers are SDL's.
"""

from __future__ import annotations

import ctypes
import os
import threading
from pathlib import Path
from typing import Final

from tests.waiting import every, until

MAPS: Final = Path("/proc/self/maps")
GAMEPAD, AXES, BUTTONS = 1, 6, 15
BUTTON: Final = {
    "a": 0,
    "b": 1,
    "x": 2,
    "y": 3,
    "start": 6,
    "rb": 10,
    "up": 11,
    "down": 12,
    "left": 13,
    "right": 14,
}
AXIS: Final = {"steer": 0, "brake": 4, "throttle": 5}
HELD_S: Final = 0.15  # a press of a finger
SEEN_S: Final = 30.0  # a window on a busy machine has looked at its pads by then


def sdl() -> ctypes.CDLL | None:
    """Return the very library that pygame has loaded; None: it is not to be found here."""
    lines = MAPS.read_text().splitlines() if MAPS.exists() else []
    found = [line.split()[-1] for line in lines if "libSDL2-" in line]
    if not found:
        return None
    library = ctypes.CDLL(found[0])
    library.SDL_JoystickOpen.restype = ctypes.c_void_p
    return library


def plug_in(pipe: Path) -> None:
    """Plug a pad in, and let a thread play it by what is written into a pipe."""
    library = sdl()
    assert library is not None
    index = library.SDL_JoystickAttachVirtual(GAMEPAD, AXES, BUTTONS, 0)
    stick = ctypes.c_void_p(library.SDL_JoystickOpen(index))
    os.mkfifo(pipe)
    threading.Thread(target=_play, args=(library, stick, pipe), daemon=True).start()


def _play(library: ctypes.CDLL, stick: ctypes.c_void_p, pipe: Path) -> None:
    pace = every(HELD_S)
    while True:
        for line in pipe.read_text().splitlines():
            match line.split():
                case ["press", name]:
                    for down in (1, 0):
                        _turn(library, stick, BUTTON[name], down)
                        next(pace)
                case ["hold", name, value]:
                    there = ctypes.c_int16(int(value))
                    library.SDL_JoystickSetVirtualAxis(stick, AXIS[name], there)
                case _:
                    raise ValueError(line)


def _turn(library: ctypes.CDLL, stick: ctypes.c_void_p, button: int, down: int) -> None:
    """Press a button or let it go, and wait until the window has looked: none is missed."""
    library.SDL_JoystickSetVirtualButton(stick, button, ctypes.c_uint8(down))
    until(
        lambda: library.SDL_JoystickGetButton(stick, button) == down,
        f"the window looks at button {button}",
        SEEN_S,
    )
