"""What of a replay is pressed: plates along its edge, for a mouse, and a menu, for a pad."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from racer.app.window.base.box import Box
from racer.app.window.base.palette import INK, PANEL, SOFT, WHITE
from racer.app.window.controls.control import Button
from racer.app.window.controls.focus import Focus
from racer.app.window.controls.paint import draw_page

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.controls.control import Outcome, Page
    from racer.app.window.input.inputs import Input

WIDTH: Final = 380.0
ROW: Final = 54.0
HEAD: Final = 98.0
FOOT: Final = 14.0
MENU: Final = (
    ("run", "Go on"),
    ("look", "Look at it as it stands"),
    ("picture", "Take a picture"),
    ("film", "Make a film"),
    ("full", "Full screen, or a window"),
    ("back", "Back to the replays"),
)


@final
class ReplayPlates:
    """The ring of a replay. On a pad all buttons are for going to and fro: Start has a menu."""

    def __init__(self) -> None:
        self._strip = Focus()
        self._menu = Focus()
        self.is_open = False  # the menu
        self.holds_bar = False  # the mouse, since it went down on the bar: not in the list before

    def open(self) -> None:
        """Show the menu, with the ring on its first."""
        self.is_open, self._menu = True, Focus()

    def on_input(self, what: Input) -> Outcome | None:
        """Take in what a person did; return what comes of it."""
        return (self._menu if self.is_open else self._strip).on_input(what)

    def draw(self, canvas: Canvas, strip: Page, area: Box, *, films: bool) -> None:
        """Draw the plates, and the menu over the world while it is open.

        Args:
            strip: the plates along the edge.
            area: what shows the world.
            films: a film is being made.
        """
        self._strip.show(strip)
        draw_page(canvas, strip, self._strip.at if self._strip.moved and not self.is_open else "")
        if not self.is_open:
            return
        high = HEAD + ROW * len(MENU) + FOOT
        canvas.panel(0.0, 0.0, canvas.width, canvas.height, INK, 120, 0)
        box = Box(area.middle - WIDTH / 2.0, (canvas.height - high) / 2.0, WIDTH, high)
        canvas.panel(*box, PANEL, 240, 16)
        canvas.text("PAUSE", box.middle, box.y + 18.0, 34, WHITE, bold=True, align=0.5)
        canvas.text("the replay waits for you", box.middle, box.y + 62.0, 15, SOFT, align=0.5)
        page = _menu_page(box, films=films)
        self._menu.show(page)
        draw_page(canvas, page, self._menu.at)


def _menu_page(box: Box, *, films: bool) -> Page:
    told = {"film": "End the film"} if films else {}
    return tuple(
        Button(
            id=name,
            box=Box(box.x + 30.0, box.y + HEAD + k * ROW, WIDTH - 60.0, ROW - 10.0),
            label=told.get(name, words),
            lit=k == 0,
        )
        for k, (name, words) in enumerate(MENU)
    )
