"""Our place, our lap, and what is driven for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from racer.app.window.base.palette import ACCENT, FAINT, SOFT, WHITE
from racer.app.window.hud.layout import Anchor

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.hud.layout import Layout
    from racer.play.view import CarView, RaceView

WIDTH: Final = 222.0


def draw_position(canvas: Canvas, view: RaceView, car: CarView, layout: Layout) -> None:
    """Draw the place and the lap, each of how many."""
    box = layout.take(Anchor.TOP_LEFT, WIDTH, 92.0)
    if box is None:
        return
    x, y = box.x, box.y
    canvas.panel(*box)
    size, top = (74.0, y - 2.0) if car.place < 10 else (46.0, y + 21.0)
    width = canvas.text(str(car.place), x + 16.0, top, size, WHITE, bold=True)
    canvas.text(f"/{len(view.cars)}", x + 20.0 + width, y + 38.0, 30, SOFT)
    canvas.text("LAP", x + 132.0, y + 12.0, 14, FAINT, bold=True)
    lap = min(max(car.lap, 1), max(view.setup.laps, 1))
    width = canvas.text(str(lap), x + 132.0, y + 28.0, 40, ACCENT, bold=True)
    canvas.text(f"/{view.setup.laps}", x + 134.0 + width, y + 48.0, 20, SOFT)


def draw_qualifying(canvas: Canvas, layout: Layout) -> None:
    """Tell that this is not yet the race."""
    box = layout.take(Anchor.TOP_LEFT, WIDTH, 28.0)
    if box is not None:
        canvas.panel(*box)
        canvas.text("QUALIFYING", box.x + 16.0, box.y + 6.0, 14, ACCENT, bold=True)
