"""A pad alone: opens a race by name, joins another, writes to all, and leaves all again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from racer.app.window.controls.letter_grid import PAGES, SPACE
from tests.windows.stage import OPENS_S, SOON_S, Stage, Window

if TYPE_CHECKING:
    from pathlib import Path

PLATES: Final = ("shift", "turn", "space", "erase", "done")  # below the letters, each two wide
PLACES: Final = {
    **{sign: (k, at) for k, signs in enumerate(PAGES[0][1]) for at, sign in enumerate(signs)},
    **{plate: (4, 2 * k) for k, plate in enumerate(PLATES)},
}
"""Row and column of each key of the letters."""
PAGES_OF_MENU: Final = {
    "settings": "SettingsPages",
    "records": "RecordsPage",
    "trial": "TrialForm",
    "replays": "Theatre",
}
LEAVES_S: Final = 20.0
# Without a window manager no window has the focus for certain, and a pad would not be heard.
HEARD: Final = {"SDL_JOYSTICK_ALLOW_BACKGROUND_EVENTS": "1"}


class Pad:
    """The pad of a window, which is pushed until the ring is where its user wants it."""

    def __init__(self, window: Window, pipe: Path) -> None:
        self._window = window
        self._pipe = pipe

    def press(self, *buttons: str) -> None:
        self._pipe.write_text("".join(f"press {button}\n" for button in buttons))

    def walk(self, control: str, button: str) -> None:
        """Push one way until the ring is on a control."""
        self._window.walk(control, button, self.press)

    def write(self, words: str) -> None:
        """Choose letters, and end the line."""
        for key in (*(SPACE if sign == " " else sign for sign in words), "done"):
            while (here := str(self._window.place["ring"])) != key:
                self._window.step(_way(here, key), self.press)
            self.press("a")
        self._window.until(SOON_S, lambda line: line.get("ring") != "done")


def _way(here: str, there: str) -> str:
    """Return which way a key of the letters lies from another."""
    (row, column), (to_row, to_column) = PLACES[here], PLACES[there]
    if row != to_row:
        return "down" if to_row > row else "up"
    return "right" if to_column > column else "left"


def pad_alone(stage: Stage) -> None:
    """A pad opens a race by name, joins another, writes in both, and leaves every scene."""
    one, two = stage.lan.boxes
    stage.bot(one, "max", "--players", "16")
    pipe = stage.folder / "pad"
    window = stage.window(two, "wendy", PAD=str(pipe), **HEARD)
    window.until(OPENS_S, nearby=["Demo"])
    pad = Pad(window, pipe)
    pad.press("y")
    window.until(SOON_S, ring="open")
    pad.walk("name", "up")
    pad.press("a")
    window.until(SOON_S, asked="Name of the race", ring="1")
    window.keep("a name by letters")
    pad.write("cup")
    window.until(SOON_S, ring="open")
    pad.press("a")
    window.until(OPENS_S, race="cup", phase="lobby")
    window.rest(1.0)
    _say(window, pad, "hello")
    _leave(window, pad, asked=True)
    pad.walk("race Demo", "rb")
    pad.press("a")
    window.until(OPENS_S, race="Demo", drivers=2)
    window.rest(1.0)
    _say(window, pad, "hi max")
    _leave(window, pad, asked=True)
    for plate, scene in PAGES_OF_MENU.items():
        pad.walk(plate, "rb")
        pad.press("a")
        window.until(SOON_S, scene=scene)
        _leave(window, pad)
    pad.walk("quit", "rb")
    pad.press("a")
    _mean_it(window, pad)
    assert window.run.finish(LEAVES_S) == 0


def _say(window: Window, pad: Pad, words: str) -> None:
    """Write a line from the lobby's plate."""
    pad.walk("chat", "rb")
    pad.press("a")
    window.until(SOON_S, typing=True)
    window.until(SOON_S, ring="1")
    window.keep(f"chat by pad, {words}")
    pad.write(words)
    window.until(SOON_S, lambda line: words in line.get("said", ()), typing=False)


def _mean_it(window: Window, pad: Pad) -> None:
    """Say of what is asked before it is done that it is meant."""
    window.until(SOON_S, ring="stay")
    pad.walk("go", "right")
    pad.press("a")


def _leave(window: Window, pad: Pad, *, asked: bool = False) -> None:
    """Go back with B; pressed at once as a phase changes, it would be taken for a slip."""
    window.rest(1.5)
    pad.press("b")
    if asked:
        _mean_it(window, pad)
    window.until(SOON_S, scene="MenuScene")
    window.rest(1.5)
