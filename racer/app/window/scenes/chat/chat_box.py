"""The chat over the picture: the last lines, fading, or all that is kept; and what is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.base.box import Box
from racer.app.window.base.letters.bidi import reads_from_right
from racer.app.window.base.letters.cleaning import clean
from racer.app.window.base.palette import ACCENT, FAINT, PANEL, SOFT, WHITE, mixed
from racer.app.window.controls.control import Back, Card, Chosen
from racer.app.window.controls.letter_grid import (
    ERASE,
    HINT,
    SMALL,
    USUAL,
    GridSize,
    LetterGrid,
    letter_event,
    letter_hint,
)
from racer.app.window.controls.paint import draw_page
from racer.app.window.hud.layout import GAP as APART
from racer.app.window.hud.layout import Anchor
from racer.app.window.input.actions import Action
from racer.app.window.input.inputs import Pressed
from racer.app.window.input.text_field import CHAT_CHARS_MAX, Cancelled, Entered, TextField
from racer.app.window.input.text_field import TEXT_EVENTS as FIELD_EVENTS
from racer.app.window.scenes.chat.commands import (
    Misunderstood,
    Mute,
    Remove,
    ToggleAutopilot,
    read_order,
)
from racer.app.window.scenes.chat.completion import Completion, complete
from racer.app.window.scenes.chat.font_advice import advice
from racer.app.window.scenes.chat.log import ChatLog
from racer.app.window.scenes.chat.phrases import Phrases
from racer.app.window.scenes.chat.rows import GAP, INSET, LINE, SIZE, TEXT, ChatRow, ClosedRows
from racer.play.view import Say, VoteRemoval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from racer.app.window.base.canvas import Canvas
    from racer.app.window.hud.layout import Layout
    from racer.app.window.input.devices import Devices
    from racer.app.window.input.inputs import Input
    from racer.app.window.scene import Frame
    from racer.play.view import ChatView, RaceView

ROWS_CLOSED: Final = 7
ROWS_OPEN: Final = 12
ROWS_STEADY: Final = 7  # in the lobby: the grid stands above
PAGE: Final = 8  # rows that a key goes back
WHEEL: Final = 2  # and a step of the wheel
WIDTH: Final = 584.0
TEXT_WIDTH: Final = 540.0
NAME_WIDTH: Final = 300.0
ENTRY: Final = 42.0  # what the line being typed needs; kept free while there is none
WRAPPED_MAX: Final = 300
PLATE: Final = 112  # alpha, behind closed lines: white is not read on sand
PLATE_STEPS: Final = 4  # of its fading
TEXT_EVENTS: Final = (*FIELD_EVENTS, pygame.MOUSEWHEEL)  # are for the line while one writes
GRID_EDGE: Final = 14.0  # of the plate below letters on the screen …
GRID_FOOT: Final = 22.0  # … and what it has more for a line below them
ROWS_BELOW: Final = 2  # where letters stand above the box: higher up is one's car


@final
class ChatBox:
    """Shows what was said, and lets one say something.

    Args:
        muted: keys of players who are not heard, in hex.
        autopilot: whether the car is to drive itself while one writes.
    """

    def __init__(self, muted: tuple[str, ...] = (), *, autopilot: bool = False) -> None:
        self.log = ChatLog(muted)
        self.autopilot = autopilot
        self.is_open = False
        self.key = ""  # that begins a line, as it is printed; "": none does
        self.hands: Devices | None = None  # in which it is
        self.phrases = Phrases()
        self._entry = TextField(CHAT_CHARS_MAX)
        self._letters: LetterGrid | None = None  # on the screen, for who has a pad in hand
        self._completion: Completion | None = None
        self._wrapped: dict[tuple[str, str, float], list[str]] = {}
        self._closed_rows = ClosedRows()
        self._back = 0  # how many rows the open box is scrolled up
        self._names: list[tuple[str, Box, bytes]] = []  # that were drawn last: of which line, whose
        self._lacking = 0  # scripts that no font has, of which was told
        self._clock_s = 0.0

    def open(self, *, letters: bool = False) -> None:
        """Begin a line. The key that opened the box is not part of it.

        Args:
            letters: are shown at once, for who has no keyboard at hand.
        """
        self.is_open = True
        self._letters = LetterGrid() if letters else None
        self._back = 0
        self._entry.begin()

    def close(self) -> None:
        """Put the keyboard back to driving."""
        self.is_open = False
        self._letters = None
        self._entry.end()

    def on_event(self, event: pygame.Event, view: RaceView) -> Say | VoteRemoval | None:
        """Take in an event while the box is open; return what was said, or voted for."""
        if event.type == pygame.MOUSEWHEEL:
            self._back += WHEEL * event.y
        elif event.type == pygame.KEYDOWN and event.key in {pygame.K_PAGEUP, pygame.K_PAGEDOWN}:
            self._back += PAGE if event.key == pygame.K_PAGEUP else -PAGE
        elif event.type == pygame.KEYDOWN and event.key == pygame.K_TAB:
            self._complete_name(view)
        else:
            match self._entry.on_event(event):
                case Entered(text):
                    self.close()
                    return self._say_line(text, view)
                case Cancelled():
                    self.close()
                case None:
                    pass
        return None

    def on_input(self, what: Input, view: RaceView) -> Say | VoteRemoval | bool:
        """Take in what pad or mouse do while the box is open: a pad has letters on the screen.

        Returns:
            What was said, or voted for; or whether it was for the letters.
        """
        if self._letters is None:
            if not isinstance(what, Pressed) or what.action is Action.BACK:
                return False
            self._letters = LetterGrid()
            return True
        outcome = self._letters.focus.on_input(what)
        if not isinstance(outcome, Chosen | Back):
            return isinstance(what, Pressed)
        letter = self._letters.on_outcome(outcome)
        if letter == ERASE and not self._entry.text:
            self.close()
            return True
        event = letter_event(letter)
        return True if event is None else self.on_event(event, view) or True

    def draw(
        self,
        canvas: Canvas,
        view: RaceView,
        frame: Frame,
        layout: Layout,
        *,
        steady: bool = False,
        at: str = "",
    ) -> None:
        """Draw the newest rows, as many as have room; with `steady` they do not fade.

        Args:
            at: the id of the control that has the ring.
        """
        self._names = []
        self._clock_s += frame.dt
        self._tell_what_is_lacking(canvas)
        reading = steady or (self.is_open and self._back <= 0)
        fresh = self.log.on_view(view.chat, frame.dt, reading=reading)
        if fresh and self._back > 0:  # what one reads stays where it is
            self._back += sum(len(self._rows(canvas, line)) for line in self.log.lines[-fresh:])
        most = ROWS_STEADY if steady else self._most_rows(layout)
        wanted = min(most, self._count_rows(canvas, steady=steady))
        if not (wanted or self.is_open or steady):
            self._draw_unread(canvas, layout)
            return
        high = ENTRY + (INSET + LINE * wanted if wanted else 0.0)
        box = layout.take(Anchor.BOTTOM_LEFT, WIDTH, high, least=ENTRY)
        if box is None:
            return
        room = min(wanted, int((box.height - ENTRY - INSET + 1.0) / LINE))
        rows = Box(box.x, box.bottom - ENTRY - LINE * room, WIDTH, LINE * room)
        top = rows.y - INSET if room else rows.y
        if self.is_open:
            canvas.panel(box.x, top, WIDTH, box.bottom - top, PANEL, 190)
            self._draw_entry(canvas, box, rows.bottom + INSET)
            self._draw_letters(canvas, box, None if steady else layout)
        elif steady:
            hint = f"{self.key} to chat" if self.key else ""
            canvas.text(hint, box.x + 12.0, rows.bottom + 5.0 + INSET, 15, FAINT)
        self._draw_rows(canvas, view, rows, steady=steady)
        for key, name, node in self._names:
            if at == name_id(node, key):
                canvas.bar(name.x, name.bottom - 2.0, name.width, 2.0, ACCENT)

    def name_cards(self, view: RaceView) -> tuple[Card, ...]:
        """Return the names before the lines that are shown, to be pressed, of who is here yet."""
        here = {driver.node for driver in view.drivers}
        return tuple(
            Card(id=name_id(node, key), box=box, within=box)
            for key, box, node in self._names
            if node in here
        )

    # --- what is typed ------------------------------------------------------------------------

    def _say_line(self, text: str, view: RaceView) -> Say | VoteRemoval | None:
        """Say a line, unless it is for the window."""
        match read_order(text, view.drivers):
            case None:
                return Say(text) if text else None
            case Mute(node, name, on):
                (self.log.mute if on else self.log.unmute)(node)
                muted = f"You hear nothing of {name} any more: /unmute {name}"
                self.log.tell(muted if on else f"You hear {name} again.")
            case Remove(node, on):
                return VoteRemoval(node, on)
            case ToggleAutopilot():
                self.autopilot = not self.autopilot
                drives = "drives itself" if self.autopilot else "rolls out"
                self.log.tell(f"While you write, your car {drives}.")
            case Misunderstood(hint):
                self.log.tell(hint)
        return None

    def _complete_name(self, view: RaceView) -> None:
        names = [driver.name for driver in view.drivers if not driver.mine]
        self._completion = complete(self._entry.before_caret, names, self._completion)
        if self._completion is not None:
            self._entry.replace_before_caret(self._completion.text)

    def _tell_what_is_lacking(self, canvas: Canvas) -> None:
        lacking = canvas.letters.lacking
        if len(lacking) != self._lacking:
            self._lacking = len(lacking)
            for line in advice(lacking):
                self.log.tell(line)

    # --- what is drawn ------------------------------------------------------------------------

    def _draw_entry(self, canvas: Canvas, box: Box, y: float) -> None:
        """Draw the line that is typed, from this height down."""
        canvas.text("say", box.x + 12.0, y + 5.0, 16, ACCENT, bold=True)
        left, right = box.x + 50.0, box.right - 12.0
        if self._back > 0:
            unread = self.log.unread
            words = f"PgDn  {unread} new" if unread else "PgDn"
            right -= canvas.text(words, right, y + 5.0, 15, SOFT, align=1.0) + GAP
        self._entry.draw(canvas, left, y + 4.0, right - left, SIZE, self._clock_s)

    def _most_rows(self, layout: Layout) -> int:
        """Return how many rows there may be over a race."""
        if not self.is_open:
            return ROWS_CLOSED
        return ROWS_OPEN if self._letters is None or self._is_beside(layout) else ROWS_BELOW

    def _is_beside(self, layout: Layout) -> bool:
        """Whether letters stand beside the box: there is room, and the road is not there."""
        room = layout.width_at(Anchor.BOTTOM_LEFT) - WIDTH - APART
        return room >= self._plate_size(SMALL)[0] and not layout.is_moved(Anchor.BOTTOM_LEFT)

    def _plate_size(self, size: GridSize) -> tuple[float, float]:
        """Return how wide and high the plate of letters on the screen is."""
        foot = GRID_FOOT if self.hands is not None and self.hands.by_pad else 0.0
        return size.width + 2.0 * GRID_EDGE, size.height + 2.0 * GRID_EDGE + foot

    def _draw_letters(self, canvas: Canvas, box: Box, layout: Layout | None) -> None:
        """Draw letters to choose from beside the box, or above it where there is no room.

        Args:
            layout: of a race, where they are small and have a place of their own; None: the lobby.
        """
        if self._letters is None:
            return
        size = USUAL if layout is None else SMALL
        wide, high = self._plate_size(size)
        if layout is None:
            plate = Box(
                min(box.right + GRID_EDGE, canvas.width - wide), box.bottom - high, wide, high
            )
        else:
            # Who writes needs them, whatever else is there: all that is told at a start, say.
            crowded = Box(box.right - wide, box.y - APART - high, wide, high)
            moved = layout.is_moved(Anchor.BOTTOM_LEFT)
            place = Anchor.BOTTOM_LEFT if moved else Anchor.BOTTOM_RIGHT
            plate = layout.take(place, wide, high) or crowded
        canvas.panel(*plate, PANEL, 240)
        self._letters.place(plate.x + GRID_EDGE, plate.y + GRID_EDGE, size=size)
        draw_page(canvas, self._letters.page(), self._letters.focus.at)
        if self.hands is not None and self.hands.by_pad:
            words = letter_hint(canvas, self.hands, size.width)
            canvas.text(words, plate.middle, plate.bottom - 28.0, HINT, SOFT, align=0.5)

    def _draw_unread(self, canvas: Canvas, layout: Layout) -> None:
        """Draw how many lines came since one looked, once they have faded."""
        if not self.log.unread:
            return
        words = f"{self.key}  {self.log.unread} unread".lstrip()
        box = layout.take(Anchor.BOTTOM_LEFT, canvas.text_width(words, 14) + 24.0, 26.0)
        if box is not None:
            canvas.panel(*box, PANEL, PLATE, 8)
            canvas.text(words, box.x + 12.0, box.y + 4.0, 14, SOFT)

    def _draw_rows(self, canvas: Canvas, view: RaceView, box: Box, *, steady: bool) -> None:
        """Draw as many rows as fit a box, the newest lowest."""
        count = round(box.height / LINE)
        rows = [
            (line, k, row)
            for line in self._shown_lines(steady=steady)
            for k, row in enumerate(self._rows(canvas, line))
        ]
        self._back = max(0, min(self._back, len(rows) - count)) if self.is_open else 0
        end = len(rows) - self._back
        shown = rows[max(0, end - count) : end]
        whole = steady or self.is_open
        seen = [
            _row_of(canvas, view, what, 1.0 if whole else self.log.brightness(what[0]))
            for what in shown
        ]
        y = box.bottom - LINE * len(seen)
        names: Sequence[float] = ()
        if self.is_open:
            badges, x = self._closed_rows.badges, box.x + TEXT
            names = [row.draw(canvas, badges, x, y + LINE * k) for k, row in enumerate(seen)]
        elif seen:
            brightest = max(row.fade for row in seen)
            plate = PLATE * round(brightest * PLATE_STEPS) // PLATE_STEPS
            names = self._closed_rows.draw(canvas, box, seen, plate)
        for (line, _, _), row, wide in zip(shown, seen, names, strict=True):
            if wide and row.fade > 0.0 and not line.mine:
                self._names.append((line.key, Box(box.x + TEXT, y, wide, LINE), line.node))
            y += LINE

    def _shown_lines(self, *, steady: bool) -> list[ChatView]:
        if steady or self.is_open:
            return list(self.log.lines)
        return [line for line in self.log.lines if self.log.brightness(line) > 0.0]

    def _count_rows(self, canvas: Canvas, *, steady: bool) -> int:
        return sum(len(self._rows(canvas, line)) for line in self._shown_lines(steady=steady))

    def _rows(self, canvas: Canvas, line: ChatView) -> list[str]:
        """Return what a line says in rows."""
        key = (line.name, line.text, canvas.scale)
        rows = self._wrapped.get(key)
        if rows is None:
            if len(self._wrapped) >= WRAPPED_MAX:
                self._wrapped.clear()
            indent = canvas.text_width(_shown_name(canvas, line), SIZE, bold=True) + GAP
            rows = self._wrapped[key] = canvas.rows(
                clean(line.text), TEXT_WIDTH, SIZE, indent=indent
            )
        return rows


def _shown_name(canvas: Canvas, line: ChatView) -> str:
    return canvas.fitted(line.name or "?", NAME_WIDTH, SIZE, bold=True) if line.node else ""


def _row_of(
    canvas: Canvas, view: RaceView, what: tuple[ChatView, int, str], fade: float
) -> ChatRow:
    """Return a row of a line as it is seen, with the name before the first."""
    line, k, words = what
    number, name, colour = None, "", SOFT
    if k == 0 and line.node:
        number = next((d.number for d in view.drivers if d.node == line.node), None)
        # Lightened: a dark car's name must be read on a dark ground, too.
        colour = SOFT if number is None else mixed(canvas.paint(number), WHITE, 0.4)
        name = _shown_name(canvas, line)
    ink = ACCENT if not line.node else WHITE if line.index is not None else FAINT  # not yet ordered
    return ChatRow(number, name, colour, words, ink, reads_from_right(line.text), fade)


def name_id(node: bytes, key: str) -> str:
    """Return the id of a name before a line of chat; all of one person begin alike."""
    return f"driver {node.hex()} {key}"
