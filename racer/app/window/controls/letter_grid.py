"""Letters on the screen: with a pad or a mouse alone one writes a name too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.base.box import Box
from racer.app.window.controls.control import Back, Button, Chosen
from racer.app.window.controls.focus import Focus
from racer.app.window.input.actions import Action

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.input.devices import Devices

PAGES: Final = (
    ("abc", ("1234567890", "qwertyuiop", "asdfghjkl'", "zxcvbnm.-!")),
    ("#:_", (":;,.?!_-/\\", "#@&*+=%$€£", "()[]{}<>|~", "\"'`^°§…“”¿")),
    ("äéø", ("äöüßàáâãåæ", "çèéêëìíîïñ", "òóôõøùúûÿœ", "ąćęłńśźżčš")),
    ("ěșğ", ("ďěňřťůýžőű", "ăşșțğıđþðľ", "āēīūģķļņėį", "ųŕĉĝĥĵŝŭħŋ")),
    ("αβγ", ("ςερτυθιοπα", "σδφγηξκλζχ", "ψωβνμάέήίό", "ύώϊϋ")),
    ("абв", ("йцукенгшщз", "хъфывапрол", "джэячсмить", "бюёїієґў'.")),
    ("ђњќ", ("љњертзуиоп", "шђасдфгхјк", "лчћжѕџцвбн", "мѓќ")),
    ("אבג", ("קראטוןםפשד", "גכעיחלךזסב", "המנצתץף")),
    ("ابت", ("ضصثقفغعهخح", "جچشسيبلاتن", "مكگطظزرذدو", "ةىءأإآؤئپک")),
)
"""A name and four rows of each. All of ASCII is there: addresses and passphrases have it."""
ROWS: Final = PAGES[0][1]
CAPITALS: Final = {"ß": "ẞ"}  # that are not one character otherwise


@dataclass(frozen=True, slots=True)
class GridSize:
    """How large letters on the screen are [units]."""

    key: float  # across
    gap: float  # between two keys

    @property
    def width(self) -> float:
        return 10.0 * (self.key + self.gap) - self.gap

    @property
    def height(self) -> float:
        return 5.0 * (self.key + self.gap) - self.gap


USUAL: Final = GridSize(44.0, 6.0)
SMALL: Final = GridSize(34.0, 4.0)  # over a race: road, speed and map are yet to be seen
WIDTH: Final = USUAL.width
HEIGHT: Final = USUAL.height

ERASE: Final = "erase"
DONE: Final = "done"
SHIFT: Final = "shift"
SPACE: Final = "space"
TURN: Final = "turn"
OPTION: Final = "option"  # of the question, where it has one
CANCEL: Final = "cancel"  # the question, where it has a way out

HINTED: Final = (
    (Action.CAPITALS, "capitals"),
    (Action.BLANK, "space"),
    (Action.BACK, "erase"),
    (Action.END_LINE, "done"),
)
"""What is told of buttons; what is farthest from the end of a line gives way first."""
HINT: Final = 15.0  # height of its letters


def letter_hint(canvas: Canvas, devices: Devices, width: float) -> str:
    """Return which buttons of a pad write, as many as there is room for."""
    told = [f"{key} {what}" for action, what in HINTED if (key := devices.key(action))]
    while told and canvas.text_width("  ·  ".join(told), HINT) > width:
        told.pop(0)
    return "  ·  ".join(told)


def letter_event(what: str) -> pygame.Event | None:
    """Return what a keyboard would have given for a letter, `ERASE` or `DONE`; else None."""
    match what:
        case "" | "option" | "cancel":
            return None
        case "erase":
            return _key_event(pygame.K_BACKSPACE)
        case "done":
            return _key_event(pygame.K_RETURN)
        case _:
            return pygame.Event(pygame.TEXTINPUT, text=what)


def _key_event(key: int) -> pygame.Event:
    return pygame.Event(pygame.KEYDOWN, key=key, mod=0, unicode="", scancode=0)


@final
class LetterGrid:
    """Pages of letters. What is pressed comes as a character, or as a word in capitals above."""

    def __init__(self) -> None:
        self.focus = Focus()
        self._capitals = False
        self._at = 0  # which page is seen
        self._left = self._top = 0.0
        self._size = USUAL
        self._more: tuple[Button, ...] = ()

    def place(
        self, x: float, y: float, more: tuple[Button, ...] = (), size: GridSize = USUAL
    ) -> None:
        """Put its top left corner here, and let the ring go to more buttons below it."""
        self._left, self._top, self._more, self._size = x, y, more, size
        self.focus.show(self.page())

    def page(self) -> tuple[Button, ...]:
        """Return the keys, as small or capital letters, and what lies below them."""
        following = PAGES[(self._at + 1) % len(PAGES)][0]
        keys = [
            Button(id=char, box=self._key_box(column, row, 1), label=self._in_case(char))
            for row, chars in enumerate(PAGES[self._at][1])
            for column, char in enumerate(chars)
        ]
        return (
            *keys,
            Button(
                id=SHIFT,
                box=self._key_box(0, 4, 2),
                label="ABC",
                on=self._capitals,
                shortcut=Action.CAPITALS,
            ),
            Button(
                id=TURN,
                box=self._key_box(2, 4, 2),
                label=following,
                shortcut=Action.MORE_LETTERS,
            ),
            Button(
                id=SPACE,
                box=self._key_box(4, 4, 2),
                label="space",
                shortcut=Action.BLANK,
            ),
            Button(id=ERASE, box=self._key_box(6, 4, 2), label="erase"),
            Button(
                id=DONE,
                box=self._key_box(8, 4, 2),
                label="done",
                lit=True,
                shortcut=Action.END_LINE,
            ),
            *self._more,
        )

    def on_outcome(self, outcome: Chosen | Back) -> str:
        """Return what was written: a character, or what else was chosen; "" for nothing."""
        match outcome:
            case Back():
                return ERASE
            case Chosen("shift"):
                self._capitals = not self._capitals
                return ""
            case Chosen("turn"):
                self._at = (self._at + 1) % len(PAGES)
                return ""
            case Chosen("space"):
                return " "
            case Chosen("erase" | "done" | "option" | "cancel" as word):
                return word
            case Chosen(char):
                return self._in_case(char)

    def _in_case(self, char: str) -> str:
        capital = CAPITALS.get(char, char.upper())
        return capital if self._capitals and len(capital) == 1 else char

    def _key_box(self, column: int, row: int, columns: int) -> Box:
        key, gap = self._size.key, self._size.gap
        left, top = self._left + column * (key + gap), self._top + row * (key + gap)
        return Box(left, top, columns * (key + gap) - gap, key)
