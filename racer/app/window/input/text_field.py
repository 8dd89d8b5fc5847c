"""A line being typed: a name, a race, a word in the chat. It is edited by graphemes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.base.letters.bidi import reads_from_right
from racer.app.window.base.letters.cleaning import clean, graphemes
from racer.app.window.base.palette import ACCENT, FAINT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from racer.app.window.base.canvas import Canvas

# Lengths that the race takes; the window knows nothing of the network, so a test compares them.
NAME_CHARS_MAX: Final = 20
RACE_CHARS_MAX: Final = 24
CHAT_CHARS_MAX: Final = 160
HISTORY_MAX: Final = 30
CARET: Final = 12.0  # units that the caret needs, and something behind it
JOINERS: Final = "\u200c\u200d"  # typed before the letter that they are for
LATIN_KEYS: Final = range(pygame.K_a, pygame.K_z + 1)
REPEAT_MS: Final = (400, 35)  # a key that is held edits on
TEXT_EVENTS: Final = (
    pygame.KEYDOWN,
    pygame.TEXTINPUT,
    pygame.TEXTEDITING,
    pygame.WINDOWFOCUSLOST,
    pygame.WINDOWFOCUSGAINED,
)
"""What a line being typed wants to know of."""


@dataclass(frozen=True, slots=True)
class Entered:
    """The line is done; `text` is clean and may be empty."""

    text: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The line was given up."""


@final
class TextField:
    """Takes typed characters, as the keyboard or an input method gives them.

    Args:
        limit: how many there may be.
        text: what stands there first.
        earlier: lines that may be called back, the last one first to come.
    """

    def __init__(self, limit: int, text: str = "", earlier: Sequence[str] = ()) -> None:
        self._limit = limit
        self._text = _typed(text, limit)
        self._caret = len(self._text)  # characters before it; never within a grapheme
        self._composing = ""  # what an input method shows before it is chosen
        self._composing_caret = 0
        self._history: list[str] = [*earlier][-HISTORY_MAX:]
        self._back = 0  # how many lines back in the history we are
        self._place: pygame.Rect | None = None  # where the input method was told to be
        self._commanded = False  # the key that went down in this picture was a command

    @property
    def text(self) -> str:
        """What stands there now."""
        return self._text

    @property
    def before_caret(self) -> str:
        """What stands before the caret."""
        return self._text[: self._caret]

    def begin(self, text: str = "") -> None:
        """Start a line and let the keyboard yield text."""
        self._back = 0
        self._composing = ""
        self._place = None
        self._write_parts(text, "")
        pygame.key.set_repeat(*REPEAT_MS)
        pygame.key.start_text_input()

    def end(self) -> None:
        """Let keys be keys again."""
        self._composing = ""
        pygame.key.stop_text_input()
        pygame.key.set_repeat()

    def replace_before_caret(self, text: str) -> None:
        """Let this stand before the caret instead of what does."""
        self._write_parts(text, self._text[self._caret :])

    def on_event(self, event: pygame.Event) -> Entered | Cancelled | None:
        """Take in one of `TEXT_EVENTS`; tell when the line is done or given up."""
        match event.type:
            case pygame.TEXTEDITING:
                self._composing = clean(event.text)
                self._composing_caret = min(event.start, len(self._composing))
            case pygame.TEXTINPUT:
                self._composing = ""
                # With Ctrl a key writes nothing on a Latin layout, and its letter on all others.
                if not self._commanded:
                    self._insert_text(event.text)
            case pygame.KEYDOWN:
                self._commanded = _is_command(event)
                return self._on_key(event)
            case pygame.WINDOWFOCUSLOST:
                self._composing = ""  # the input method keeps it or drops it, and tells nobody
            case pygame.WINDOWFOCUSGAINED:
                self._place = None
                pygame.key.start_text_input()
            case _:
                pass
        return None

    def draw(
        self, canvas: Canvas, x: float, y: float, width: float, size: float, blink_s: float
    ) -> None:
        """Draw the line with its caret, and underlined what is being composed.

        What is wider than `width` is cut where the caret is not.
        """
        self._commanded = False
        start, end = self._caret, self._caret + len(self._composing)
        whole = self._text[:start] + self._composing + self._text[start:]
        caret = canvas.caret_x(
            whole, start + self._composing_caret if self._composing else start, size
        )
        with canvas.clipped(x, y - 2.0, width, size * 1.5):
            x -= max(0.0, caret + CARET - width)  # so that the caret is seen
            canvas.text(whole, x, y, size, own_way=True)
            if self._composing:
                ends = canvas.caret_x(whole, start, size), canvas.caret_x(whole, end, size)
                canvas.bar(x + min(ends), y + size * 1.25, max(ends) - min(ends), 1.5, FAINT)
            if blink_s % 1.0 < 0.6:
                canvas.bar(x + caret + 1.0, y + 1.0, 2.0, size * 1.15, ACCENT)
        self._place_candidates(canvas.rect(x + caret, y, 2.0, size * 1.3))

    def _place_candidates(self, place: pygame.Rect) -> None:
        """Let the input method show what there is to choose from beside the caret."""
        if place != self._place:
            self._place = place
            pygame.key.set_text_input_rect(place)

    def _insert_text(self, text: str) -> None:
        self._write_parts(self.before_caret + text, self._text[self._caret :])

    def _write_parts(self, before: str, after: str) -> None:
        """Let these stand before and after the caret, as clean as they are together.

        Where they are too long, `before` loses its end.
        """
        head = _typed(before, self._limit - len(after))
        self._text = _typed(head + after, self._limit)
        self._caret = max(at for at in _edges(self._text) if at <= len(head))

    def _on_key(self, event: pygame.Event) -> Entered | Cancelled | None:
        if self._composing:
            return None  # these keys belong to the input method
        match event.key:
            case pygame.K_RETURN | pygame.K_KP_ENTER:
                return self._finish_line()
            case pygame.K_ESCAPE:
                return Cancelled()
            case pygame.K_BACKSPACE:
                before = graphemes(self.before_caret)[:-1]
                self._write_parts("".join(before), self._text[self._caret :])
            case pygame.K_DELETE:
                after = graphemes(self._text[self._caret :])[1:]
                self._write_parts(self.before_caret, "".join(after))
            case pygame.K_UP:
                self._recall_line(self._back + 1)
            case pygame.K_DOWN:
                self._recall_line(self._back - 1)
            case _ if _is_paste(event):
                self._paste_clipboard()
            case _:
                self._move_caret(event.key)
        return None

    def _move_caret(self, key: int) -> None:
        edges = _edges(self._text)
        here = edges.index(self._caret)
        ahead = -1 if reads_from_right(self._text) else 1  # by what an arrow to the right does
        match key:
            case pygame.K_LEFT:
                here -= ahead
            case pygame.K_RIGHT:
                here += ahead
            case pygame.K_HOME:
                here = 0
            case pygame.K_END:
                here = len(edges) - 1
            case _:
                pass
        self._caret = edges[max(0, min(here, len(edges) - 1))]

    def _finish_line(self) -> Entered:
        text = clean(self._text, self._limit)
        if text and text not in self._history[-1:]:
            self._history = [*self._history, text][-HISTORY_MAX:]
        return Entered(text)

    def _recall_line(self, back: int) -> None:
        self._back = max(0, min(back, len(self._history)))
        self._write_parts(self._history[-self._back] if self._back else "", "")

    def _paste_clipboard(self) -> None:
        try:
            text = pygame.scrap.get_text()
        except pygame.error:
            return
        self._insert_text(text[: 4 * self._limit])


def _is_paste(event: pygame.Event) -> bool:
    """Tell whether a key pastes: Ctrl and V, or Shift and Insert.

    V is where it is printed; on a layout that prints no Latin letters, where a US keyboard has it.
    """
    if event.key == pygame.K_INSERT:
        return bool(event.mod & pygame.KMOD_SHIFT)
    by_place = event.scancode == pygame.KSCAN_V and event.key not in LATIN_KEYS
    return _is_command(event) and (event.key == pygame.K_v or by_place)


def _is_command(event: pygame.Event) -> bool:
    """Tell whether a key goes down with Ctrl or Meta, and not with AltGr: some have both."""
    letters = event.mod & (pygame.KMOD_RALT | pygame.KMOD_MODE)
    return bool(event.mod & (pygame.KMOD_CTRL | pygame.KMOD_META)) and not letters


def _typed(text: str, limit: int) -> str:
    """Return what of a text may stand in a line that is not done: clean, but for its end.

    A blank or a joiner there waits for what it stands before.
    """
    cleaned = clean(text, limit)
    last = text[-1:]
    if not cleaned or not (last.isspace() or last in JOINERS) or len(cleaned) >= limit:
        return cleaned
    return cleaned + (" " if last.isspace() else last if cleaned[-1] != last else "")


def _edges(text: str) -> list[int]:
    """Return where a caret may stand: before each grapheme, and at the end."""
    return list(accumulate(map(len, graphemes(text)), initial=0))
