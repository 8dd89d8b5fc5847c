"""The chat over the picture: last lines that fade, and the line being typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from racer.app.window.base.letters.cleaning import clean
from racer.app.window.base.palette import ACCENT, FAINT, PANEL, SOFT, WHITE, mixed, paint
from racer.app.window.hud.layout import Anchor
from racer.app.window.input.text_field import CHAT_CHARS_MAX, Cancelled, Entered, TextField
from racer.play.view import Say

if TYPE_CHECKING:
    import pygame

    from racer.app.window.base.box import Box
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.hud.layout import Layout
    from racer.app.window.scene import Frame
    from racer.play.view import ChatView, RaceView

SHOWN_S: Final = 12.0  # a line stays so long once it was seen, while the box is closed
FADE_S: Final = 2.0
LINES_CLOSED: Final = 6
LINES_OPEN: Final = 12
LINES_STEADY: Final = 7  # in the lobby: the grid stands above
ROWS_MAX: Final = 4  # of one line: what is longer is cut
SIZE: Final = 17.0
LINE: Final = 22.0  # units from line to line
WIDTH: Final = 584.0
TEXT: Final = 20.0  # where lines begin
TEXT_WIDTH: Final = 540.0
NAME_WIDTH: Final = 300.0
INSET: Final = 6.0  # over the first line
ENTRY: Final = 42.0  # what the line being typed needs; kept free while there is none
GAP: Final = 8.0  # between the name and what it said
WRAPPED_MAX: Final = 200


@final
class ChatBox:
    """Shows what was said, and lets one say something."""

    def __init__(self) -> None:
        self._entry = TextField(CHAT_CHARS_MAX)
        self._seen: dict[str, float] = {}  # by key of the line: for how long it was shown
        self._wrapped: dict[tuple[str, str, float], list[str]] = {}
        self._clock_s = 0.0
        self.is_open = False

    def open(self) -> None:
        """Begin a line. The key that opened the box is not part of it."""
        self.is_open = True
        self._entry.begin()

    def close(self) -> None:
        """Put the keyboard back to driving."""
        self.is_open = False
        self._entry.end()

    def on_event(self, event: pygame.Event) -> Say | None:
        """Take in an event while the box is open; return what was said."""
        match self._entry.on_event(event):
            case Entered(text):
                self.close()
                return Say(text) if text else None
            case Cancelled():
                self.close()
            case None:
                pass
        return None

    def draw(
        self, canvas: Canvas, view: RaceView, frame: Frame, layout: Layout, *, steady: bool = False
    ) -> None:
        """Draw the newest lines, as many as have room; with `steady` they do not fade."""
        self._clock_s += frame.dt
        self._age_lines(view.chat, frame.dt)
        most = LINES_STEADY if steady else LINES_OPEN if self.is_open else LINES_CLOSED
        shown = self._newest_lines(canvas, view.chat, most)
        if not shown and not self.is_open and not steady:
            return
        wanted = ENTRY + LINE * _count_rows(shown)
        box = layout.take(Anchor.BOTTOM_LEFT, WIDTH, wanted, least=ENTRY)
        if box is None:
            return
        if box.height < wanted - LINE / 2.0:
            shown = self._newest_lines(canvas, view.chat, int((box.height - ENTRY) / LINE))
        y = box.bottom - ENTRY + INSET
        if self.is_open:
            top = y - INSET - LINE * _count_rows(shown)
            canvas.panel(box.x, top, WIDTH, box.bottom - top, PANEL, 190)
            self._draw_entry(canvas, box, y)
        elif steady:
            canvas.text("T to chat", box.x + 12.0, y + 5.0, 15, FAINT)
        for line, rows in shown:
            y -= LINE * len(rows)
            left_s = SHOWN_S - self._seen.get(line.key, 0.0)
            fade = 1.0 if steady or self.is_open else min(1.0, left_s / FADE_S)
            _draw_line(canvas, view, line, rows, (box.x + TEXT, y, fade))

    def _draw_entry(self, canvas: Canvas, box: Box, y: float) -> None:
        """Draw the line that is typed, from this height down."""
        canvas.text("say", box.x + 12.0, y + 5.0, 16, ACCENT, bold=True)
        left = box.x + 50.0
        self._entry.draw(canvas, left, y + 4.0, box.right - left - 12.0, SIZE, self._clock_s)

    def _age_lines(self, lines: tuple[ChatView, ...], dt: float) -> None:
        self._seen = {line.key: self._seen.get(line.key, -dt) + dt for line in lines}

    def _newest_lines(
        self, canvas: Canvas, lines: tuple[ChatView, ...], count: int
    ) -> list[tuple[ChatView, list[str]]]:
        """Return the newest lines with their rows, newest first, `count` rows in all at most."""
        shown: list[tuple[ChatView, list[str]]] = []
        for line in reversed(lines):
            rows = self._wrapped_rows(canvas, line)
            count -= len(rows)
            if count < 0:
                break
            shown.append((line, rows))
        return shown

    def _wrapped_rows(self, canvas: Canvas, line: ChatView) -> list[str]:
        key = (line.name, line.text, canvas.scale)
        rows = self._wrapped.get(key)
        if rows is None:
            if len(self._wrapped) >= WRAPPED_MAX:
                self._wrapped.clear()
            indent = canvas.text_width(_shown_name(canvas, line), SIZE, bold=True) + GAP
            rows = self._wrapped[key] = wrapped(canvas, clean(line.text), TEXT_WIDTH, indent)
        return rows


def _count_rows(shown: list[tuple[ChatView, list[str]]]) -> int:
    return sum(len(rows) for _, rows in shown)


def wrapped(canvas: Canvas, text: str, width: float, indent: float) -> list[str]:
    """Return a text in rows that fit a width [units], the first shorter by `indent`."""
    rows: list[str] = []
    row = ""
    for word in text.split(" "):
        room = width - (indent if not rows else 0.0)
        longer = f"{row} {word}" if row else word
        if canvas.text_width(longer, SIZE) <= room:
            row = longer
            continue
        if row:
            rows.append(row)
            room = width
        row = word
        while canvas.text_width(row, SIZE) > room:  # a word longer than the row is cut anywhere
            fits = max(1, int(len(row) * room / canvas.text_width(row, SIZE)))
            while fits > 1 and canvas.text_width(row[:fits], SIZE) > room:
                fits -= 1
            rows.append(row[:fits])
            row, room = row[fits:], width
    rows.append(row)
    if len(rows) > ROWS_MAX:
        rows[ROWS_MAX - 1] = canvas.fitted(f"{rows[ROWS_MAX - 1]} …", width, SIZE)
    return rows[:ROWS_MAX]


def _shown_name(canvas: Canvas, line: ChatView) -> str:
    return canvas.fitted(line.name or "?", NAME_WIDTH, SIZE, bold=True)


def _draw_line(
    canvas: Canvas,
    view: RaceView,
    line: ChatView,
    rows: list[str],
    at: tuple[float, float, float],
) -> None:
    """Draw one line of the chat at a place, faded."""
    x, y, fade = at
    number = next((d.number for d in view.drivers if d.node == line.node), None)
    # Lightened: a dark car's name must be read on a dark ground, too.
    colour = SOFT if number is None else mixed(paint(number), WHITE, 0.4)
    words = WHITE if line.index is not None else FAINT  # said, and not yet ordered
    name = _shown_name(canvas, line)
    wide = canvas.text(name, x, y, SIZE, colour, bold=True, fade=fade, shadow=True)
    for k, row in enumerate(rows):
        left = x + wide + GAP if k == 0 else x
        canvas.text(row, left, y + k * LINE, SIZE, words, fade=fade, shadow=True)
