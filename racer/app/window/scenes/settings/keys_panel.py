"""Which key is for what: a list to look through, and to bind anew by pressing a key or a button."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.base.box import Box
from racer.app.window.base.palette import ACCENT, BAD, FAINT, INK, PANEL, SOFT, WHITE
from racer.app.window.controls.control import Button
from racer.app.window.controls.focus import Focus
from racer.app.window.controls.paint import draw_control
from racer.app.window.controls.scroll import Scroll
from racer.app.window.input.actions import ACTIONS, EVERYWHERE, Action
from racer.app.window.input.places import BUTTON_NAMES, NAMES

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.controls.control import Page
    from racer.app.window.input.bindings import Bindings
    from racer.app.window.input.devices import Devices

WIDTH: Final = 860.0
HIGH: Final = 600.0
ROW: Final = 40.0
COLUMNS: Final = (("key 0", 300.0), ("key 1", 480.0), ("pad 0", 660.0))
HEADS: Final = (("key", 300.0), ("another key", 480.0), ("button of a pad", 660.0))
UNKNOWN_KEY: Final = "That key cannot be bound: press another, or Esc."
UNKNOWN_BUTTON: Final = "That button cannot be bound: press another, or Esc on the keyboard."
USUAL: Final = "usual"
DONE: Final = "done"


@final
class KeysPanel:
    """Lists all actions; one of their keys or buttons may wait for what is pressed next."""

    def __init__(self) -> None:
        self.focus = Focus()
        self.words = ""  # what the last change did beside itself
        self._scroll = Scroll()
        self._asked: tuple[Action, str] | None = None  # an action and its column

    @property
    def is_listening(self) -> bool:
        """Whether the next key or button is to be bound, whatever it is for."""
        return self._asked is not None

    def ask(self, chosen: str) -> None:
        """Wait for a key, or a button, for the control that was pressed."""
        name, _, column = chosen.partition(" ")
        self._asked, self.words = (Action(name), column), ""

    def scroll(self, steps: int) -> None:
        """Move the list by steps of the wheel: + is up."""
        self._scroll.roll(-steps * ROW)

    def on_event(self, event: pygame.Event, bindings: Bindings) -> Bindings | None:
        """Take in an event while one is listening; return the bindings once they are changed.

        What cannot be bound is told in `words`. Escape gives up, and so is never bound here.
        """
        assert self._asked is not None, "somebody asked"
        action, column = self._asked
        if event.type == pygame.KEYDOWN and event.scancode == pygame.KSCAN_ESCAPE:
            self._asked, self.words = None, ""
            return None
        self.words = _why_refused(event, column) or self.words
        if _why_refused(event, column) != "":
            return None
        slot = int(column[-1])
        if event.type == pygame.KEYDOWN:
            changed, other = bindings.with_key(action, slot, event.scancode)
        else:
            changed, other = bindings.with_button(action, slot, event.button)
        self._asked, self.words = None, ""
        if other is not None:
            self.words = f"“{ACTIONS[other].label}” had it, and has another now or none."
        return changed

    def draw(self, canvas: Canvas, devices: Devices) -> None:
        """Draw it over whatever is there."""
        canvas.panel(0.0, 0.0, canvas.width, canvas.height, INK, 150, 0)
        left, top = (canvas.width - WIDTH) / 2.0, (canvas.height - HIGH) / 2.0
        box = Box(left, top, WIDTH, HIGH)
        canvas.panel(*box, PANEL, 252, 16)
        canvas.text("KEYS AND BUTTONS", left + 28.0, top + 18.0, 24, WHITE, bold=True)
        for words, x in HEADS:
            canvas.text(words, left + x + 84.0, top + 52.0, 14, FAINT, align=0.5)
        window = Box(left + 10.0, top + 74.0, WIDTH - 20.0, HIGH - 74.0 - 62.0)
        page = self._page_of(devices, window, box)
        self.focus.show(page)
        self._draw_rows(canvas, devices, page, window)
        line = self.words or _told_clash(devices.bindings)
        if self._asked is not None:
            asked = f"Press what is to be for “{ACTIONS[self._asked[0]].label}”; Esc never mind."
            line = self.words or asked
        canvas.text(line, left + 28.0, box.bottom - 42.0, 16, ACCENT if self._asked else SOFT)

    def _page_of(self, devices: Devices, window: Box, box: Box) -> Page:
        rows = {action: k for k, action in enumerate(ACTIONS)}
        at = self.focus.at.partition(" ")[0]
        here = next((k for action, k in rows.items() if action.value == at), None)
        span = None if here is None else (here * ROW, (here + 1) * ROW)
        offset = self._scroll.offset(len(rows) * ROW, window.height, self.focus.at, span)
        buttons = [
            Button(
                id=f"{action.value} {column}",
                box=Box(box.x + x, window.y + k * ROW - offset + 3.0, 168.0, ROW - 6.0),
                label=_name_of(devices, action, column),
                on=self._asked == (action, column),
                within=window,
            )
            for action, k in rows.items()
            for column, x in COLUMNS
        ]
        y = box.bottom - 52.0
        return (
            *buttons,
            Button(id=USUAL, box=Box(box.right - 372.0, y, 190.0, 38.0), label="all as usual"),
            Button(id=DONE, box=Box(box.right - 172.0, y, 150.0, 38.0), label="Done", lit=True),
        )

    def _draw_rows(self, canvas: Canvas, devices: Devices, page: Page, window: Box) -> None:
        clashing = {each for c in devices.bindings.clashes() for each in (c.first, c.second)}
        for control in page:
            ringed = control.id == self.focus.at
            if control.id in {USUAL, DONE}:
                draw_control(canvas, control, ringed=ringed)
                continue
            if control.box.bottom < window.y or control.box.y > window.bottom:
                continue
            with canvas.clipped(*window):
                if control.id.endswith("key 0"):
                    action = Action(control.id.partition(" ")[0])
                    row = ACTIONS[action]
                    scopes = ", ".join(sorted(scope.value for scope in row.scopes))
                    where = "" if row.scopes == EVERYWHERE else scopes
                    colour = BAD if action in clashing else WHITE
                    y = control.box.y
                    wide = canvas.text(row.label, window.x + 18.0, y + 6.0, 17, colour)
                    canvas.text(where, window.x + 28.0 + wide, y + 9.0, 13, FAINT)
                draw_control(canvas, control, ringed=ringed)


def _why_refused(event: pygame.Event, column: str) -> str | None:
    """Return why an event cannot be bound: "" if it can, None if it is neither key nor button."""
    match event.type, column.startswith("key"):
        case pygame.KEYDOWN, True:
            return "" if event.scancode in NAMES else UNKNOWN_KEY
        case pygame.CONTROLLERBUTTONDOWN, False:
            return "" if event.button < len(BUTTON_NAMES) else UNKNOWN_BUTTON
        case pygame.KEYDOWN, False:
            return "That is a key: here a button of a pad is bound. Press one, or Esc."
        case pygame.CONTROLLERBUTTONDOWN, True:
            return "That is a button: here a key is bound. Press one, or Esc."
        case _:
            return None


def _name_of(devices: Devices, action: Action, column: str) -> str:
    slot, bindings = int(column[-1]), devices.bindings
    if column.startswith("pad"):
        buttons = bindings.buttons[action]
        return BUTTON_NAMES[buttons[slot]] if slot < len(buttons) else "·"
    places = bindings.keys[action]
    return devices.names.name(places[slot]) if slot < len(places) else "·"


def _told_clash(bindings: Bindings) -> str:
    """Return what one key is for twice, as a file may have it."""
    for clash in bindings.clashes():
        first, second = ACTIONS[clash.first].label, ACTIONS[clash.second].label
        return f"One key is for “{first}” and for “{second}”: the first counts."
    return ""
