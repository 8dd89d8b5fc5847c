"""Our place, our lap, and what is driven for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from racer.app.window.base.palette import ACCENT, FAINT, PANEL_LIGHT, SOFT, WHITE
from racer.app.window.hud.columns import INNER

if TYPE_CHECKING:
    from racer.app.window.base.box import Box
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.base.lettering import Colour
    from racer.app.window.hud.reckoning.danger import Danger
    from racer.play.view import CarView, RaceView

HEIGHT: Final = 72.0
STRIP: Final = 24.0  # height of a line that tells what is driven for
ALARM: Final[Colour] = (128, 22, 26)


def draw_position(canvas: Canvas, view: RaceView, car: CarView, box: Box) -> None:
    """Draw the place and the lap, each of how many."""
    x, y = box.x, box.y
    size, top = (70.0, y - 8.0) if car.place < 10 else (54.0, y + 5.0)
    width = canvas.text(str(car.place), x, top, size, WHITE, bold=True)
    canvas.text(f"/{len(view.cars)}", x + 4.0 + width, y + 30.0, 28, SOFT)
    canvas.text("LAP", box.right, y + 2.0, 13, FAINT, bold=True, align=1.0)
    lap = min(max(car.lap, 1), max(view.setup.laps, 1))
    of = canvas.text(f"/{view.setup.laps}", box.right, y + 35.0, 20, SOFT, align=1.0)
    canvas.text(str(lap), box.right - of - 2.0, y + 16.0, 38, ACCENT, bold=True, align=1.0)


def draw_qualifying(canvas: Canvas, box: Box) -> None:
    """Tell that this is not yet the race."""
    canvas.panel(*box, PANEL_LIGHT, 255, 6)
    canvas.text("QUALIFYING", box.middle, box.y + 4.0, 14, ACCENT, bold=True, align=0.5)


def draw_danger(canvas: Canvas, danger: Danger, box: Box) -> None:
    """Tell in an elimination how many are still in, and whether we go out next."""
    canvas.panel(*box, ALARM if danger.mine else PANEL_LIGHT, 255, 6)
    colour = WHITE if danger.mine else SOFT
    words = canvas.fitted(danger.words, INNER - 16.0, 14, bold=True)
    canvas.text(words, box.middle, box.y + 4.0, 14, colour, bold=True, align=0.5)
