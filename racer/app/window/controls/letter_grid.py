"""Letters on the screen: with a pad or a mouse alone one writes a name too."""

from __future__ import annotations

from typing import Final, final

from racer.app.window.base.box import Box
from racer.app.window.controls.control import Back, Button, Chosen
from racer.app.window.controls.focus import Focus

ROWS: Final = ("1234567890", "qwertyuiop", "asdfghjkl'", "zxcvbnm.-!")
KEY: Final = 44.0  # units across
GAP: Final = 6.0
WIDTH: Final = 10.0 * (KEY + GAP) - GAP
HEIGHT: Final = 5.0 * (KEY + GAP) - GAP

ERASE: Final = "erase"
DONE: Final = "done"
SHIFT: Final = "shift"
SPACE: Final = "space"


@final
class LetterGrid:
    """A page of letters. What is pressed comes as a character, `ERASE` or `DONE`."""

    def __init__(self) -> None:
        self.focus = Focus()
        self._capitals = False
        self._left = self._top = 0.0

    def place(self, x: float, y: float) -> None:
        """Put its top left corner here."""
        self._left, self._top = x, y
        self.focus.show(self.page())

    def page(self) -> tuple[Button, ...]:
        """Return the keys, as small or capital letters."""
        keys = [
            Button(id=char, box=self._key_box(column, row, 1), label=self._in_case(char))
            for row, chars in enumerate(ROWS)
            for column, char in enumerate(chars)
        ]
        return (
            *keys,
            Button(id=SHIFT, box=self._key_box(0, 4, 2), label="ABC", on=self._capitals),
            Button(id=SPACE, box=self._key_box(2, 4, 4), label="space"),
            Button(id=ERASE, box=self._key_box(6, 4, 2), label="erase"),
            Button(id=DONE, box=self._key_box(8, 4, 2), label="done", lit=True),
        )

    def on_outcome(self, outcome: Chosen | Back) -> str:
        """Return what was written: a character, `ERASE`, `DONE`, or "" for nothing."""
        match outcome:
            case Back():
                return ERASE
            case Chosen("shift"):
                self._capitals = not self._capitals
                return ""
            case Chosen("space"):
                return " "
            case Chosen("erase" | "done" as word):
                return word
            case Chosen(char):
                return self._in_case(char)

    def _in_case(self, char: str) -> str:
        return char.upper() if self._capitals else char

    def _key_box(self, column: int, row: int, columns: int) -> Box:
        side = KEY + GAP
        left, top = self._left + column * side, self._top + row * side
        return Box(left, top, columns * side - GAP, KEY)
