"""What a driver must know now: the race closes, the way is wrong, it is over, one is stuck."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pygame

from racer.app.window.base.palette import ACCENT, BAD, GOOD, PANEL, WHITE
from racer.app.window.hud.layout import Anchor

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.base.lettering import Colour
    from racer.app.window.hud.layout import Layout
    from racer.play.view import CarView, RaceView

CLOSING: Final[Colour] = (70, 20, 24)
WRONG: Final[Colour] = (120, 16, 20)


def draw_closing(canvas: Canvas, seconds: int, layout: Layout) -> None:
    """Tell how long the others may still finish."""
    box = layout.take(Anchor.TOP, 260.0, 34.0)
    if box is not None:
        canvas.panel(*box, CLOSING, 215)
        words = f"race closes in {seconds} s"
        canvas.text(words, box.middle, box.y + 7.0, 18, WHITE, bold=True, align=0.5)


def draw_finished(canvas: Canvas, view: RaceView, car: CarView, layout: Layout) -> None:
    """Tell that our race is over, before the results are official."""
    box = layout.take(Anchor.TOP, 320.0, 80.0)
    if box is not None:
        x, y = box.middle, box.y
        canvas.text("FINISHED", x, y, 44, GOOD, bold=True, align=0.5, shadow=True)
        words = f"place {car.place} of {len(view.cars)}, provisional"
        canvas.text(words, x, y + 50.0, 20, WHITE, align=0.5, shadow=True)


def draw_stuck_hint(canvas: Canvas, words: str, layout: Layout) -> None:
    """Tell when help comes."""
    width = canvas.text_width(words, 18, bold=True) + 40.0
    box = layout.take(Anchor.OVER_CAR, width, 36.0)
    if box is not None:
        canvas.panel(*box, PANEL, 225, 12)
        canvas.text(words, box.middle, box.y + 7.0, 18, ACCENT, bold=True, align=0.5)


def draw_wrong_way(canvas: Canvas, layout: Layout, *, lit: bool) -> None:
    """Draw the sign; it keeps its place while it is not `lit`."""
    box = layout.take(Anchor.OVER_CAR, 300.0, 66.0)
    if box is None or not lit:
        return
    canvas.panel(*box, WRONG, 225, 14)
    for x in (box.x + 28.0, box.right - 28.0):
        middle = (canvas.px(x), canvas.px(box.y + 33.0))
        pygame.draw.aacircle(canvas.surface, BAD, middle, canvas.px(16))
        canvas.bar(x - 10.0, box.y + 30.0, 20.0, 6.0, WHITE)
    canvas.text("WRONG WAY", box.middle, box.y + 17.0, 28, WHITE, bold=True, align=0.5)
