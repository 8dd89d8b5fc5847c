"""Asks once before something is lost: the ring is on what loses nothing, and so is the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Generic, TypeVar, final

from racer.app.window.base.box import Box
from racer.app.window.base.palette import INK, PANEL, SOFT, WHITE
from racer.app.window.controls.control import Back, Button, Chosen
from racer.app.window.controls.focus import Focus
from racer.app.window.controls.paint import draw_page

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.controls.control import Page
    from racer.app.window.input.inputs import Input

WIDTH: Final = 520.0
SIZE: Final = 16.0
LINE: Final = 24.0
HEAD: Final = 64.0
FOOT: Final = 76.0
STAY: Final = "stay"
GO: Final = "go"

Wish = TypeVar("Wish")


@final
class Consent(Generic[Wish]):
    """One question over a scene, until it is answered.

    Args:
        wish: what is done once a person has said so.
        words: what is asked.
        go, stay: both answers.
        note: what comes of it.
    """

    def __init__(self, wish: Wish, words: str, go: str, stay: str, note: str = "") -> None:
        self.wish = wish
        self.focus = Focus()
        self._words = words
        self._labels = (stay, go)
        self._note = note

    def on_input(self, what: Input) -> bool | None:
        """Take in what a person did; return whether it is wanted, None while that is open."""
        match self.focus.on_input(what):
            case Chosen("go"):
                return True
            case Chosen("stay") | Back():
                return False
            case _:
                return None

    def draw(self, canvas: Canvas) -> None:
        """Draw it in the middle, over whatever is there."""
        canvas.panel(0.0, 0.0, canvas.width, canvas.height, INK, 150, 0)
        rows = canvas.rows(self._note, WIDTH - 56.0, SIZE) if self._note else []
        high = HEAD + LINE * len(rows) + FOOT
        box = Box((canvas.width - WIDTH) / 2.0, (canvas.height - high) / 2.0, WIDTH, high)
        canvas.panel(*box, PANEL, 252, 16)
        words = canvas.fitted(self._words, WIDTH - 56.0, 24, bold=True)
        canvas.text(words, box.x + 28.0, box.y + 20.0, 24, WHITE, bold=True)
        for k, row in enumerate(rows):
            canvas.text(row, box.x + 28.0, box.y + HEAD + LINE * k, SIZE, SOFT)
        page = self._page_in(box)
        self.focus.show(page)
        draw_page(canvas, page, self.focus.at)

    def _page_in(self, box: Box) -> Page:
        wide = (WIDTH - 48.0 - 12.0) / 2.0
        stay, go = self._labels
        top = box.bottom - 62.0
        return (
            Button(id=STAY, box=Box(box.x + 24.0, top, wide, 42.0), label=stay, lit=True),
            Button(id=GO, box=Box(box.x + 36.0 + wide, top, wide, 42.0), label=go),
        )
