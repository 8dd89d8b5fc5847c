"""What one says most, for who has a pad or a mouse in hand: a list to choose from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.base.palette import ACCENT, INK, PANEL, SOFT, WHITE
from racer.app.window.hud.layout import Anchor
from racer.app.window.input.actions import Action
from racer.play.view import Say

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.hud.layout import Layout

PHRASES: Final = (
    "Hello!",
    "Good luck!",
    "Well driven!",
    "Sorry!",
    "Thank you!",
    "After you.",
    "One more race?",
    "See you!",
)
WRITE: Final = "write a line …"
ROWS: Final = (*PHRASES, WRITE)
OPEN_S: Final = 8.0  # without a choice it closes: one is driving
ROW: Final = 25.0
WIDTH: Final = 210.0
SIZE: Final = 16.0


@dataclass(frozen=True, slots=True)
class BeginLine:
    """None of the phrases is meant: a line is to be written."""


@final
class Phrases:
    """A list that the cross of a pad goes through, and digits and the mouse choose from."""

    def __init__(self) -> None:
        self._at = 0
        self._left_s = 0.0
        self._rows: list[pygame.Rect] = []  # where they were drawn

    @property
    def is_open(self) -> bool:
        """Whether it is shown, and takes keys."""
        return self._left_s > 0.0

    def open(self) -> None:
        """Show the list, where one was the last time."""
        self._left_s = OPEN_S

    def on_event(self, event: pygame.Event) -> Say | BeginLine | bool:
        """Take in an event while the list is open: digits choose, wherever they are printed.

        Returns:
            What is said, or that a line is to be written; or whether the event was for the list.
            All other keys go on driving.
        """
        if event.type in {pygame.MOUSEMOTION, pygame.MOUSEBUTTONDOWN}:
            return self._on_mouse(event)
        if event.type != pygame.KEYDOWN:
            return False
        digit = event.scancode - pygame.KSCAN_1
        if 0 <= digit < len(ROWS):
            return self._choose_row(digit)
        if event.scancode == pygame.KSCAN_ESCAPE:
            self._left_s = 0.0
            return True
        return False

    def on_action(self, action: Action) -> Say | BeginLine | bool:
        """Take in what was pressed on a pad while the list is open; as `on_key`."""
        self._left_s = OPEN_S
        match action:
            case Action.CONFIRM:
                return self._choose_row(self._at)
            case Action.BACK:
                self._left_s = 0.0
            case Action.UP:
                self._at = (self._at - 1) % len(ROWS)
            case Action.DOWN:
                self._at = (self._at + 1) % len(ROWS)
            case _:
                return False
        return True

    def draw(self, canvas: Canvas, layout: Layout, dt: float) -> None:
        """Draw the list while it is open."""
        self._left_s = max(0.0, self._left_s - dt)
        if not self.is_open:
            return
        box = layout.take(Anchor.BOTTOM_LEFT, WIDTH, ROW * len(ROWS) + 12.0)
        if box is None:
            return
        canvas.panel(*box, PANEL, 224)
        rows = [box.y + 6.0 + k * ROW for k in range(len(ROWS))]
        self._rows = [canvas.rect(box.x + 6.0, y, WIDTH - 12.0, ROW) for y in rows]
        for k, (words, y) in enumerate(zip(ROWS, rows, strict=True)):
            chosen = k == self._at
            if chosen:
                canvas.panel(box.x + 6.0, y, WIDTH - 12.0, ROW, ACCENT, 255, 6)
            canvas.text(f"{k + 1}", box.x + 14.0, y + 4.0, 14, INK if chosen else SOFT)
            canvas.text(words, box.x + 34.0, y + 2.0, SIZE, INK if chosen else WHITE)

    def _on_mouse(self, event: pygame.Event) -> Say | BeginLine | bool:
        at = next((k for k, row in enumerate(self._rows) if row.collidepoint(event.pos)), None)
        if at is None:
            return False
        self._at, self._left_s = at, OPEN_S
        pressed = event.type == pygame.MOUSEBUTTONDOWN and event.button == pygame.BUTTON_LEFT
        return self._choose_row(at) if pressed else True

    def _choose_row(self, at: int) -> Say | BeginLine:
        self._at = at
        self._left_s = 0.0
        return BeginLine() if ROWS[at] == WRITE else Say(ROWS[at])
