"""Which key is for what: a list to look through, and to bind anew by pressing a key or a button."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.base.box import Box
from racer.app.window.base.palette import ACCENT, BAD, FAINT, INK, PANEL, SOFT, WHITE
from racer.app.window.controls.control import Button
from racer.app.window.controls.focus import Focus
from racer.app.window.controls.paint import draw_control, draw_thumb
from racer.app.window.controls.scroll import Scroll
from racer.app.window.input.actions import ACTIONS, EVERYWHERE, Action
from racer.app.window.input.bindings import KEYS_MAX
from racer.app.window.input.places import BUTTON_LABELS, BUTTON_NAMES, NAMES
from racer.app.window.input.two_drivers import SECOND_KEYS, bereft

if TYPE_CHECKING:
    from collections.abc import Mapping

    from racer.app.window.base.canvas import Canvas
    from racer.app.window.controls.control import Page
    from racer.app.window.input.bindings import Bindings, Clash
    from racer.app.window.input.devices import Devices
    from racer.app.window.input.key_names import KeyNames

WIDTH: Final = 850.0
HIGH: Final = 630.0
ROW: Final = 40.0
FOOT: Final = 88.0  # below the list: a line of words, and buttons
COLUMN: Final = 136.0
FIRST_COLUMN: Final = WIDTH - 22.0 - KEYS_MAX * COLUMN
TABLES: Final = {"key": "keys", "pad": "buttons of a pad", "second": "a second driver"}
FIXED: Final = "The left stick steers, the right trigger accelerates, the left one brakes."
BESIDE: Final = "While two drive at this machine these keys are the second driver's alone."
NEEDED: Final = frozenset(
    {Action.UP, Action.DOWN, Action.LEFT, Action.RIGHT, Action.CONFIRM, Action.BACK}
)
"""Without a key or a button for these nobody finds the way back to this panel."""
WAITS_S: Final = 8.0  # for a key or a button
CLEAR: Final = "clear"
UNKNOWN_KEY: Final = "That key cannot be bound: press another, or Esc."
UNKNOWN_BUTTON: Final = "That button cannot be bound: press another, or wait."
USUAL: Final = "usual"
DONE: Final = "done"


@final
class KeysPanel:
    """Lists all actions; one of their keys or buttons may wait for what is pressed next.

    Args:
        table: the one of `TABLES` that is seen first.
    """

    def __init__(self, table: str = "key") -> None:
        self.focus = Focus()
        self.words = ""  # what the last change did beside itself
        self.table = table  # one of `TABLES`
        self._scroll = Scroll()
        self._asked: tuple[Action, str] | None = None  # an action and its column
        self._waits_s = 0.0  # so long yet
        self._clears = False  # what is chosen next is unbound

    @property
    def is_listening(self) -> bool:
        """Whether the next key or button is to be bound, whatever it is for."""
        return self._asked is not None

    def ask(self, chosen: str) -> None:
        """Wait for a key, or a button, for the control that was pressed."""
        name, _, column = chosen.partition(" ")
        self._asked, self.words, self._waits_s = (Action(name), column), "", WAITS_S

    def choose(self, chosen: str, bindings: Bindings) -> Bindings | None:
        """Take in what was pressed; return the bindings if that has changed them."""
        if chosen == CLEAR:
            self._clears, self.words = not self._clears, ""
        elif chosen.startswith("table "):
            self.table, self._clears, self.words = chosen.removeprefix("table "), False, ""
        elif self._clears:
            self._clears = False
            return self.unbind(chosen, bindings)
        else:
            self.ask(chosen)
        return None

    def unbind(self, chosen: str, bindings: Bindings) -> Bindings | None:
        """Return the bindings without the key, or the button, of a control; None: they stay."""
        name, _, column = chosen.partition(" ")
        self.words = ""
        if not column.startswith(tuple(TABLES)):
            return None
        action, slot, by_key = Action(name), int(column[-1]), not column.startswith("pad")
        bound = (bindings.keys if by_key else bindings.buttons)[action]
        if slot >= len(bound):
            return None
        if action in NEEDED and self.table != "second" and len(bound) == 1:
            self.words = f"“{ACTIONS[action].label}” needs one: bind another first."
            return None
        return bindings.without(action, slot, pad=not by_key)

    def scroll(self, steps: int) -> None:
        """Move the list by steps of the wheel: + is up."""
        self._scroll.roll(-steps * ROW)

    def on_event(self, event: pygame.Event, bindings: Bindings) -> Bindings | None:
        """Take in an event while one is listening; return the bindings once they are changed.

        What cannot be bound is told in `words`. Escape gives up, and so is never bound here; where
        a key is asked for, so does the button that leads back.
        """
        assert self._asked is not None, "somebody asked"
        action, column = self._asked
        if _gives_up(event, column, bindings):
            self._asked, self.words = None, ""
            return None
        refused = _why_refused(event, column)
        self.words = refused or self.words
        if refused != "":
            return None
        slot = int(column[-1])
        if event.type == pygame.KEYDOWN:
            changed, others = bindings.with_key(action, slot, event.scancode)
        else:
            changed, others = bindings.with_button(action, slot, event.button)
        self._asked, self.words = None, ""
        if others:
            names = " and ".join(f"“{ACTIONS[other].label}”" for other in others)
            self.words = f"{names} had it: look what is for that now."
        return changed

    def wait(self, dt: float) -> None:
        """Let time pass: who has a pad alone gives up by pressing nothing."""
        self._waits_s = max(0.0, self._waits_s - dt)
        if self._asked is not None and self._waits_s == 0.0:
            self._asked, self.words = None, ""

    def draw(
        self, canvas: Canvas, devices: Devices, bindings: Bindings, faults: Mapping[str, str]
    ) -> None:
        """Draw it over whatever is there.

        Args:
            canvas: where.
            devices: name keys.
            bindings: of the table that is open.
            faults: what is wrong in which table, as `table_faults` tells it.
        """
        canvas.panel(0.0, 0.0, canvas.width, canvas.height, INK, 150, 0)
        left, top = (canvas.width - WIDTH) / 2.0, (canvas.height - HIGH) / 2.0
        box = Box(left, top, WIDTH, HIGH)
        canvas.panel(*box, PANEL, 252, 16)
        canvas.text("KEYS AND BUTTONS", left + 28.0, top + 18.0, 24, WHITE, bold=True)
        window = Box(left + 10.0, top + 74.0, WIDTH - 20.0, HIGH - 74.0 - FOOT)
        page = self._page_of(devices.names, bindings, window, box, faults)
        self.focus.show(page)
        self._draw_rows(canvas, bindings, page, window)
        draw_thumb(canvas, self._scroll, window)
        told = canvas.fitted(self._told_line(faults, devices), WIDTH - 56.0, 16)
        canvas.text(told, left + 28.0, window.bottom + 10.0, 16, ACCENT if self._asked else SOFT)

    def _told_line(self, faults: Mapping[str, str], devices: Devices) -> str:
        """Return the line of words below the list."""
        if self._asked is not None:
            never = f"or nothing for {math.ceil(self._waits_s)} s" if devices.by_pad else "or Esc"
            asked = f"Press what is to be for “{ACTIONS[self._asked[0]].label}”, {never}."
            return self.words or asked
        if self._clears:
            return "Choose what is to be unbound."
        binds = f"{devices.key(Action.CONFIRM)} binds anew"
        binds += "." if devices.by_pad else ", Delete unbinds."
        usual = {"pad": FIXED, "second": BESIDE}.get(self.table, binds)
        return self.words or faults.get(self.table, "") or usual

    def _page_of(
        self,
        names: KeyNames,
        bindings: Bindings,
        window: Box,
        box: Box,
        faults: Mapping[str, str],
    ) -> Page:
        listed = SECOND_KEYS if self.table == "second" else ACTIONS
        rows = {action: k for k, action in enumerate(listed)}
        at = self.focus.at.partition(" ")[0]
        here = next((k for action, k in rows.items() if action.value == at), None)
        span = None if here is None else (here * ROW, (here + 1) * ROW)
        offset = self._scroll.offset(len(rows) * ROW, window.height, self.focus.at, span)
        buttons = [
            Button(
                id=f"{action.value} {self.table} {slot}",
                box=Box(
                    box.x + FIRST_COLUMN + slot * COLUMN,
                    window.y + k * ROW - offset + 3.0,
                    COLUMN - 8.0,
                    ROW - 6.0,
                ),
                label=_name_of(names, bindings, action, f"{self.table} {slot}"),
                on=self._asked == (action, f"{self.table} {slot}"),
                within=window,
            )
            for action, k in rows.items()
            for slot in range(KEYS_MAX)
        ]
        tables = [
            Button(
                id=f"table {table}",
                box=Box(box.right - 172.0 * (len(TABLES) - k) - 14.0, box.y + 18.0, 166.0, 36.0),
                label=f"{label} !" if table in faults else label,
                on=table == self.table,
            )
            for k, (table, label) in enumerate(TABLES.items())
        ]
        y = box.bottom - 50.0
        return (
            *buttons,
            *tables,
            Button(
                id=CLEAR, box=Box(box.x + 22.0, y, 150.0, 38.0), label="unbind", on=self._clears
            ),
            Button(id=USUAL, box=Box(box.right - 372.0, y, 190.0, 38.0), label="all as usual"),
            Button(id=DONE, box=Box(box.right - 172.0, y, 150.0, 38.0), label="Done", lit=True),
        )

    def _draw_rows(self, canvas: Canvas, bindings: Bindings, page: Page, window: Box) -> None:
        clashes = bindings.button_clashes() if self.table == "pad" else bindings.clashes()
        clashing = {each for clash in clashes for each in (clash.first, clash.second)}
        for control in page:
            ringed = control.id == self.focus.at
            if control.id in {USUAL, DONE, CLEAR} or control.id.startswith("table "):
                draw_control(canvas, control, ringed=ringed)
                continue
            if control.box.bottom < window.y or control.box.y > window.bottom:
                continue
            with canvas.clipped(*window):
                if control.id.endswith(" 0"):
                    action = Action(control.id.partition(" ")[0])
                    row = ACTIONS[action]
                    scopes = ", ".join(sorted(scope.value for scope in row.scopes))
                    where = "" if row.scopes == EVERYWHERE else scopes
                    colour = BAD if action in clashing else WHITE
                    y = control.box.y
                    wide = canvas.text(row.label, window.x + 18.0, y + 6.0, 17, colour)
                    where = canvas.fitted(where, FIRST_COLUMN - 46.0 - wide, 13)
                    canvas.text(where, window.x + 28.0 + wide, y + 9.0, 13, FAINT)
                draw_control(canvas, control, ringed=ringed)


def _gives_up(event: pygame.Event, column: str, bindings: Bindings) -> bool:
    """Whether who is asked for a key, or a button, wants neither."""
    if event.type == pygame.KEYDOWN:
        return bool(event.scancode == pygame.KSCAN_ESCAPE)
    if event.type != pygame.CONTROLLERBUTTONDOWN or column.startswith("pad"):
        return False
    return event.button in bindings.buttons[Action.BACK]


def _why_refused(event: pygame.Event, column: str) -> str | None:
    """Return why an event cannot be bound: "" if it can, None if it is neither key nor button."""
    match event.type, not column.startswith("pad"):
        case pygame.KEYDOWN, True:
            return "" if event.scancode in NAMES else UNKNOWN_KEY
        case pygame.CONTROLLERBUTTONDOWN, False:
            return "" if event.button < len(BUTTON_NAMES) else UNKNOWN_BUTTON
        case pygame.KEYDOWN, False:
            return "That is a key: here a button of a pad is bound. Press one, or Esc."
        case pygame.CONTROLLERBUTTONDOWN, True:
            return "That is a button: here a key is bound. Press one, or go back."
        case _:
            return None


def _name_of(names: KeyNames, bindings: Bindings, action: Action, column: str) -> str:
    slot = int(column[-1])
    if column.startswith("pad"):
        buttons = bindings.buttons[action]
        return BUTTON_LABELS[buttons[slot]] if slot < len(buttons) else "·"
    places = bindings.keys[action]
    return names.name(places[slot]) if slot < len(places) else "·"


def table_faults(first: Bindings, second: Bindings) -> Mapping[str, str]:
    """Return what is wrong in which of `TABLES`, a sentence each, as a file may have it.

    Args:
        first: whose keys and buttons these are.
        second: those of who drives beside.
    """
    lost = bereft(first, second)
    words = " and ".join(f"“{ACTIONS[action].label}”" for action in lost)
    told = {
        "key": _told_clash("key", first.clashes()),
        "pad": _told_clash("button", first.button_clashes()),
        "second": _told_clash("key", second.clashes())
        or (f"The first driver has no key left for {words}: all are the second's." if lost else ""),
    }
    return {table: fault for table, fault in told.items() if fault}


def _told_clash(what: str, clashes: tuple[Clash, ...]) -> str:
    """Return what one key or one button is for twice."""
    for clash in clashes:
        first, second = ACTIONS[clash.first].label, ACTIONS[clash.second].label
        return f"One {what} is for “{first}” and for “{second}”: the first counts."
    return ""
