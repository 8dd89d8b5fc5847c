"""The running lap, our last and best, and who is how far ahead and behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from racer.app.window.base.palette import BEST, FAINT, SOFT, WHITE
from racer.app.window.hud.layout import Anchor
from racer.core.rules.results import time_text

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.hud.layout import Layout
    from racer.app.window.hud.timing import Gaps
    from racer.play.view import CarView, RaceView

WIDTH: Final = 430.0
HEIGHT: Final = 62.0
INSET: Final = 15.0


def draw_lap_times(
    canvas: Canvas,
    view: RaceView,
    car: CarView,
    running_ms: float | None,
    gaps: Gaps,
    layout: Layout,
) -> None:
    """Draw the times of our car; `running_ms` is how long its lap has lasted."""
    box = layout.take(Anchor.TOP, WIDTH, HEIGHT)
    if box is None:
        return
    y, left, right = box.y, box.x + INSET, box.right - INSET
    canvas.panel(*box)
    running = car.finished_ms if car.finished_ms is not None else running_ms
    words = time_text(running, hundredths=True)
    canvas.text(words, box.middle, y + 4.0, 36, WHITE, bold=True, align=0.5)
    canvas.text("LAST", left, y + 8.0, 12, FAINT, bold=True)
    canvas.text(time_text(car.last_ms), left, y + 22.0, 18, SOFT)
    canvas.text("BEST", right, y + 8.0, 12, FAINT, bold=True, align=1.0)
    canvas.text(time_text(car.best_ms), right, y + 22.0, 18, BEST, align=1.0)
    words = canvas.fitted(_neighbours(view, car, gaps), right - left, 14)
    canvas.text(words, box.middle, y + 42.0, 14, SOFT, align=0.5)


def _neighbours(view: RaceView, car: CarView, gaps: Gaps) -> str:
    """Return how far the cars before and behind us are."""
    words: list[str] = []
    for other in view.cars:
        if other.place == car.place - 1:
            gap = gaps.behind_s(car, other)
            words.insert(0, "" if gap is None else f"+{abs(gap):.1f}  {other.name}")
        elif other.place == car.place + 1:
            gap = gaps.behind_s(other, car)
            words.append("" if gap is None else f"-{abs(gap):.1f}  {other.name}")
    return " · ".join(word for word in words if word)
