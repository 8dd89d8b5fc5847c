"""Asks for consent before a driver becomes another one: what that is, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from racer.app.window.base.box import Box
from racer.app.window.base.palette import INK, PANEL, SOFT, WHITE
from racer.app.window.controls.control import Back, Button, Chosen
from racer.app.window.controls.focus import Focus
from racer.app.window.controls.paint import draw_page
from racer.app.window.input.actions import Scope
from racer.app.window.scene import LeavePage, TakeIdentity

if TYPE_CHECKING:
    import pygame

    from racer.app.window.base.canvas import Canvas
    from racer.app.window.controls.control import Page
    from racer.app.window.input.devices import Devices
    from racer.app.window.scene import Ask, Frame

WIDTH: Final = 700.0
SIZE: Final = 17.0
LINE: Final = 25.0
HEAD: Final = 76.0
FOOT: Final = 74.0
WORDS: Final = (
    "This machine makes itself a new key, and comes into the race as a driver whom nobody knows.",
    "Lost are your car and laps in this race, and a race that broke off and could be gone on with.",
    "Best laps driven so far stay on the board, as another driver's; whom you met is forgotten.",
    "What stays: name, settings, replays. The old key is put aside in your profile.",
)


@final
class IdentityPage:
    """Says so, until a person takes it or leaves it. The ring is on what changes nothing."""

    covers: Final = False
    front: Final = None

    def __init__(self, devices: Devices) -> None:
        self.focus = Focus()
        self.focus.move_to("never")
        self._devices = devices

    def wants_key(self, event: pygame.Event) -> bool:
        """No key is for text here."""
        return False

    def on_event(self, event: pygame.Event) -> Ask | None:
        """Take in an event of the window."""
        for what in self._devices.on_event(event, Scope.MENU, writing=True):
            match self.focus.on_input(what):
                case Back() | Chosen("never"):
                    return LeavePage()
                case Chosen("take"):
                    return TakeIdentity()
                case _:
                    pass
        return None

    def draw(self, canvas: Canvas, frame: Frame) -> None:
        """Draw it over whatever is there."""
        canvas.panel(0.0, 0.0, canvas.width, canvas.height, INK, 150, 0)
        rows = [canvas.rows(words, WIDTH - 56.0, SIZE) for words in WORDS]
        high = HEAD + sum(LINE * len(each) + 8.0 for each in rows) + FOOT
        box = Box((canvas.width - WIDTH) / 2.0, (canvas.height - high) / 2.0, WIDTH, high)
        canvas.panel(*box, PANEL, 252, 16)
        canvas.text("A NEW IDENTITY", box.x + 28.0, box.y + 20.0, 24, WHITE, bold=True)
        y = box.y + HEAD
        for each in rows:
            for row in each:
                canvas.text(row, box.x + 28.0, y, SIZE, SOFT)
                y += LINE
            y += 8.0
        page = _page_of(box)
        self.focus.show(page)
        draw_page(canvas, page, self.focus.at)


def _page_of(box: Box) -> Page:
    top = box.bottom - 62.0
    return (
        Button(id="take", box=Box(box.x + 24.0, top, 330.0, 42.0), label="Take a new identity"),
        Button(id="never", box=Box(box.right - 324.0, top, 300.0, 42.0), label="Stay who I am"),
    )
