"""The chat over the picture: last lines that fade, and the line being typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from racer.app.window.entry import CHAT_CHARS_MAX, Cancelled, Entered, Entry
from racer.app.window.palette import ACCENT, FAINT, PANEL, SOFT, WHITE, mixed, paint
from racer.play.view import Say

if TYPE_CHECKING:
    import pygame

    from racer.app.window.canvas import Canvas
    from racer.app.window.scene import Frame
    from racer.play.view import ChatView, RaceView

SHOWN_S: Final = 12.0  # a line stays so long once it was seen, while the box is closed
FADE_S: Final = 2.0
LINES_CLOSED: Final = 6
LINES_OPEN: Final = 12
LINE: Final = 22.0  # units from line to line
WIDTH: Final = 560.0


@final
class ChatBox:
    """Shows what was said, and lets one say something."""

    def __init__(self) -> None:
        self._entry = Entry(CHAT_CHARS_MAX)
        self._seen: dict[str, float] = {}  # by key of the line: for how long it was shown
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
        self, canvas: Canvas, view: RaceView, frame: Frame, y: float, *, steady: bool = False
    ) -> None:
        """Draw the lines upwards from `y`; with `steady` they do not fade, as in the lobby."""
        self._clock_s += frame.dt
        self._age(view.chat, frame.dt)
        count = LINES_OPEN if self.is_open or steady else LINES_CLOSED
        lines = view.chat[-count:]
        if self.is_open:
            top = y - 6.0 - LINE * len(lines)
            canvas.panel(16.0, top, WIDTH + 24.0, y - top + 36.0, PANEL, 190)
            canvas.text("say", 28.0, y + 5.0, 16, ACCENT, bold=True)
            self._entry.draw(canvas, 66.0, y + 4.0, 17, self._clock_s)
        elif steady:
            canvas.text("T to chat", 28.0, y + 5.0, 15, FAINT)
        for k, line in enumerate(reversed(lines)):
            whole = self.is_open or steady
            left_s = SHOWN_S - self._seen.get(line.key, 0.0)
            fade = 1.0 if whole else min(1.0, left_s / FADE_S)
            self._line(canvas, view, line, y - LINE * (k + 1), fade)

    def _age(self, lines: tuple[ChatView, ...], dt: float) -> None:
        self._seen = {line.key: self._seen.get(line.key, -dt) + dt for line in lines}

    def _line(self, canvas: Canvas, view: RaceView, line: ChatView, y: float, fade: float) -> None:
        number = next((d.number for d in view.drivers if d.node == line.node), None)
        # Lightened: a dark car's name must be read on a dark ground, too.
        colour = SOFT if number is None else mixed(paint(number), WHITE, 0.4)
        name = line.name or "?"
        x = 28.0 + 8.0
        x += canvas.text(name, x, y, 17, colour, bold=True, fade=fade, shadow=True)
        words = WHITE if line.index is not None else FAINT  # said, and not yet ordered
        room = max(80.0, WIDTH - x)
        text = line.text
        if canvas.text_width(text, 17) > room:
            per_unit = len(text) / max(1.0, canvas.text_width(text, 17))
            text = text[: max(1, int(room * per_unit) - 1)] + "…"
        canvas.text(text, x + 8.0, y, 17, words, fade=fade, shadow=True)
