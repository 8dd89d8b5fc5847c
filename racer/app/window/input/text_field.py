"""A line being typed: a name, a race, a word in the chat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.base.letters.cleaning import clean
from racer.app.window.base.palette import ACCENT, FAINT, WHITE

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas

# Lengths that the race takes; the window knows nothing of the network, so a test compares them.
NAME_CHARS_MAX: Final = 20
RACE_CHARS_MAX: Final = 24
CHAT_CHARS_MAX: Final = 160
HISTORY_MAX: Final = 30
CARET: Final = 12.0  # units that the caret needs, and something behind it


@dataclass(frozen=True, slots=True)
class Entered:
    """The line is done; `text` is clean and may be empty."""

    text: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The line was given up."""


@final
class TextField:
    """Takes typed characters, as the keyboard or an input method gives them."""

    def __init__(self, limit: int, text: str = "") -> None:
        self._limit = limit
        self._text = text[:limit]
        self._caret = len(self._text)
        self._composing = ""  # what an input method shows before it is chosen
        self._history: list[str] = []
        self._back = 0  # how many lines back in the history we are

    @property
    def text(self) -> str:
        """What stands there now."""
        return self._text

    def begin(self, text: str = "") -> None:
        """Start a line and let the keyboard yield text."""
        self._text, self._composing, self._back = text[: self._limit], "", 0
        self._caret = len(self._text)
        pygame.key.start_text_input()

    def end(self) -> None:
        """Let keys be keys again."""
        self._composing = ""
        pygame.key.stop_text_input()

    def on_event(self, event: pygame.Event) -> Entered | Cancelled | None:
        """Take in a keyboard event; tell when the line is done or given up."""
        if event.type == pygame.TEXTEDITING:
            self._composing = clean(event.text)
        elif event.type == pygame.TEXTINPUT:
            self._composing = ""
            self._insert_text(event.text)
        elif event.type == pygame.KEYDOWN:
            return self._on_key(event)
        return None

    def draw(
        self, canvas: Canvas, x: float, y: float, width: float, size: float, blink_s: float
    ) -> None:
        """Draw the line with its caret, and dimmed what is being composed.

        What is wider than `width` is cut where the caret is not.
        """
        before, after = self._text[: self._caret], self._text[self._caret :]
        wide = canvas.text_width(before, size)
        if before.endswith(" "):
            wide += size * 0.25  # the font's own space; cleaning cuts it at the end
        composed = 4.0 + canvas.text_width(self._composing, size) if self._composing else 0.0
        with canvas.clipped(x, y - 2.0, width, size * 1.5):
            x -= max(0.0, wide + composed + CARET - width)  # so that the caret is seen
            canvas.text(before, x, y, size)
            x += wide
            if blink_s % 1.0 < 0.6:
                canvas.bar(x + 1.0, y + 1.0, 2.0, size * 1.15, ACCENT)
            if self._composing:
                canvas.text(self._composing, x + 4.0, y, size, FAINT)
            canvas.text(after, x + composed + 4.0, y, size, WHITE)

    def _insert_text(self, text: str) -> None:
        kept = "".join(char if char == " " else clean(char) for char in text)
        kept = kept[: self._limit - len(self._text)]
        self._text = self._text[: self._caret] + kept + self._text[self._caret :]
        self._caret += len(kept)

    def _on_key(self, event: pygame.Event) -> Entered | Cancelled | None:
        if self._composing:
            return None  # these keys belong to the input method
        match event.key:
            case pygame.K_RETURN | pygame.K_KP_ENTER:
                return self._finish_line()
            case pygame.K_ESCAPE:
                return Cancelled()
            case pygame.K_BACKSPACE:
                self._delete_char(self._caret - 1)
            case pygame.K_DELETE:
                self._delete_char(self._caret)
            case pygame.K_UP:
                self._recall_line(self._back + 1)
            case pygame.K_DOWN:
                self._recall_line(self._back - 1)
            case pygame.K_v if event.mod & (pygame.KMOD_CTRL | pygame.KMOD_META):
                self._paste_clipboard()
            case _:
                self._move_caret(event.key)
        return None

    def _move_caret(self, key: int) -> None:
        match key:
            case pygame.K_LEFT:
                self._caret = max(0, self._caret - 1)
            case pygame.K_RIGHT:
                self._caret = min(len(self._text), self._caret + 1)
            case pygame.K_HOME:
                self._caret = 0
            case pygame.K_END:
                self._caret = len(self._text)
            case _:
                pass

    def _finish_line(self) -> Entered:
        text = clean(self._text, self._limit)
        if text and text not in self._history[-1:]:
            self._history = [*self._history, text][-HISTORY_MAX:]
        return Entered(text)

    def _delete_char(self, at: int) -> None:
        if 0 <= at < len(self._text):
            self._text = self._text[:at] + self._text[at + 1 :]
            self._caret = at

    def _recall_line(self, back: int) -> None:
        self._back = max(0, min(back, len(self._history)))
        self._text = self._history[-self._back] if self._back else ""
        self._caret = len(self._text)

    def _paste_clipboard(self) -> None:
        try:
            text = pygame.scrap.get_text()
        except pygame.error:
            return
        self._insert_text(text[: 4 * self._limit])
