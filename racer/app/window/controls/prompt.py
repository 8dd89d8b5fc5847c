"""Asks for one line: typed at the keyboard, or letter by letter with pad or mouse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.base.box import Box
from racer.app.window.base.palette import FAINT, INK, PANEL, PANEL_LIGHT, SOFT, WHITE
from racer.app.window.controls.control import Back, Button, Chosen
from racer.app.window.controls.focus import Focus
from racer.app.window.controls.letter_grid import (
    CANCEL,
    DONE,
    ERASE,
    HEIGHT,
    HINT,
    OPTION,
    WIDTH,
    LetterGrid,
    letter_event,
    letter_hint,
)
from racer.app.window.controls.paint import draw_page
from racer.app.window.input.inputs import Pressed
from racer.app.window.input.text_field import TEXT_EVENTS, Cancelled, Entered, TextField

if TYPE_CHECKING:
    from collections.abc import Sequence

    from racer.app.window.base.canvas import Canvas
    from racer.app.window.controls.control import Outcome
    from racer.app.window.input.devices import Devices
    from racer.app.window.input.inputs import Input

ROOM: Final = 560.0  # units across
WAY_OUT: Final = 150.0


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for."""

    about: str  # names it to who asks
    words: str  # for whoever answers
    limit: int  # characters
    hint: str = ""  # what an empty line stands for
    note: str = ""  # a second line of words
    secret: bool = False  # shown as dots
    option: str = ""  # something that one may want besides; off until it is pressed


@final
class Prompt:
    """One question over a scene, until it is answered or given up.

    Args:
        question: what is asked for.
        text: what stands there first.
        letters: letters are shown at once, for who has no keyboard at hand.
        earlier: answers of before, the last one last: the arrow up calls them back.
    """

    def __init__(
        self,
        question: Question,
        text: str = "",
        *,
        letters: bool = False,
        earlier: Sequence[str] = (),
    ) -> None:
        self.question = question
        self._field = TextField(question.limit, earlier=earlier)
        self._field.begin(text)
        self._grid: LetterGrid | None = LetterGrid() if letters else None
        self._buttons = Focus()
        self.option = False  # whether the question's option is wanted
        self._clock_s = 0.0

    def takes(self, event: pygame.Event) -> bool:
        """Whether an event is a key or text for the line, and not a command."""
        return event.type in TEXT_EVENTS

    def writes(self, event: pygame.Event) -> bool:
        """Whether a key that goes down is a letter for the line."""
        return bool(event.unicode) and event.unicode.isprintable()

    def on_event(self, event: pygame.Event) -> Entered | Cancelled | None:
        """Take in a key or text; tell when the line is done or given up."""
        if event.type == pygame.KEYDOWN and event.scancode == pygame.KSCAN_TAB:
            self.option = not self.option and bool(self.question.option)
            return None
        return self._end_with(self._field.on_event(event))

    def on_input(self, what: Input) -> Entered | Cancelled | None:
        """Take in what was done with pad or mouse."""
        if self._grid is None and isinstance(what, Pressed):
            self._grid = LetterGrid()
        if self._grid is not None:
            outcome = self._grid.focus.on_input(what)
            if isinstance(outcome, Chosen | Back):
                return self._write_letter(self._grid.on_outcome(outcome))
        return self._on_button(None if isinstance(what, Pressed) else self._buttons.on_input(what))

    def close(self) -> None:
        """Give the keyboard back."""
        self._field.end()

    def draw(self, canvas: Canvas, dt: float, devices: Devices) -> None:
        """Draw it in the middle, over whatever is there; for what one has in hand."""
        self._clock_s += dt
        canvas.panel(0.0, 0.0, canvas.width, canvas.height, INK, 150, 0)
        box = self._outer_box(canvas)
        canvas.panel(*box, PANEL, 250, 16)
        x, y = box.x + 28.0, box.y
        canvas.text(self.question.words, x, y + 18.0, 20, SOFT)
        line = Box(x - 4.0, y + 54.0, box.width - 48.0, 48.0)
        canvas.panel(*line, PANEL_LIGHT, 255, 8)
        self._draw_line(canvas, line)
        if self.question.note:
            canvas.text(self.question.note, x, y + 108.0, 15, FAINT)
        by_pad = self._grid is not None and devices.by_pad
        option = self._option_row(box, "" if by_pad else "Tab")
        row = self._way_out(box) if by_pad else self._button_row(box)
        if self._grid is not None:
            more = (*option, *row) if by_pad else option
            self._grid.place(box.middle - WIDTH / 2.0, y + 138.0, more)
            draw_page(canvas, self._grid.page(), self._grid.focus.at)
        if by_pad:
            words = letter_hint(canvas, devices, box.width - WAY_OUT - 64.0)
            canvas.text(words, x, row[0].box.y + 7.0, HINT, SOFT)
        page = row if self._grid is not None else (*row, *option)
        self._buttons.show(page)
        if not by_pad:
            draw_page(canvas, page, "")

    def _draw_line(self, canvas: Canvas, line: Box) -> None:
        x, y = line.x + 14.0, line.y + 9.0
        text = self._field.text
        if not text and self.question.hint:
            canvas.text(self.question.hint, x + 4.0, y, 24, FAINT)
        if not self.question.secret:
            self._field.draw(canvas, x, y, line.width - 22.0, 24, self._clock_s)
            return
        caret = "|" if self._clock_s % 1.0 < 0.6 else ""
        canvas.text("•" * min(32, len(text)) + caret, x, y, 24, WHITE)

    def _outer_box(self, canvas: Canvas) -> Box:
        high = 184.0 if self._grid is None else 194.0 + HEIGHT
        high += 42.0 if self.question.option else 0.0
        return Box((canvas.width - ROOM) / 2.0, (canvas.height - high) / 2.0, ROOM, high)

    def _button_row(self, box: Box) -> tuple[Button, ...]:
        top = box.bottom - 46.0
        letters = Button(
            id="letters",
            box=Box(box.x + 24.0, top, 116.0, 34.0),
            label="letters",
            on=self._grid is not None,
        )
        done = Button(
            id=DONE, box=Box(box.right - 152.0, top, 128.0, 34.0), label="done", key="Enter"
        )
        never = Button(
            id=CANCEL, box=Box(box.right - 322.0, top, 160.0, 34.0), label="never mind", key="Esc"
        )
        return (letters, never, done)

    def _way_out(self, box: Box) -> tuple[Button, ...]:
        """Return what the ring of the letters goes to as well: B erases, and leads out later."""
        out = Box(box.right - WAY_OUT - 24.0, box.bottom - 46.0, WAY_OUT, 34.0)
        return (Button(id=CANCEL, box=out, label="never mind"),)

    def _option_row(self, box: Box, key: str) -> tuple[Button, ...]:
        """Return what one may want besides; the ring of the letters goes to it too."""
        if not self.question.option:
            return ()
        option = Button(
            id=OPTION,
            box=Box(box.x + 24.0, box.bottom - 88.0, box.width - 48.0, 32.0),
            label=f"{self.question.option}: {'yes' if self.option else 'no'}",
            key=key,
            on=self.option,
        )
        return (option,)

    def _on_button(self, outcome: Outcome | None) -> Entered | Cancelled | None:
        match outcome:
            case Chosen("letters"):
                self._grid = LetterGrid() if self._grid is None else None
            case Chosen("option"):
                self.option = not self.option
            case Chosen("cancel"):
                return self._end_with(Cancelled())
            case Chosen("done"):
                return self._write_letter(DONE)
            case _:
                pass
        return None

    def _write_letter(self, what: str) -> Entered | Cancelled | None:
        """Take in a letter of the screen, as if it had been typed."""
        if what == CANCEL:
            return self._end_with(Cancelled())
        if what == OPTION:
            self.option = not self.option
        if what == ERASE and not self._field.text:
            return self._end_with(Cancelled())
        event = letter_event(what)
        return None if event is None else self.on_event(event)

    def _end_with(self, how: Entered | Cancelled | None) -> Entered | Cancelled | None:
        if how is not None:
            self.close()
        return how
