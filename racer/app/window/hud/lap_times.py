"""The running lap, our last and best, and who is how far ahead and behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from racer.app.window.base.box import Box
from racer.app.window.base.palette import BAD, BEST, FAINT, GOOD, SOFT, UNLIT, WHITE, mixed
from racer.app.window.hud.columns import GROUND, INNER
from racer.app.window.hud.reckoning.lap_delta import SECTORS
from racer.core.rules.results import time_text

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.base.lettering import Colour
    from racer.app.window.hud.reckoning.lap_delta import LapDelta, Sector
    from racer.app.window.hud.reckoning.timing import Gaps
    from racer.play.view import CarView, RaceView

HEIGHT: Final = 128.0
LAST: Final = "LAST"
BEST_LAP: Final = "BEST"
CELL: Final = 18.0  # height of a sector


def draw_lap_times(
    canvas: Canvas,
    view: RaceView,
    car: CarView,
    running_ms: float | None,
    delta: LapDelta,
    gaps: Gaps,
    box: Box,
) -> None:
    """Draw the times of our car; `running_ms` is how long its lap has lasted."""
    x, y, written = box.x, box.y, canvas.figures.written
    running = car.finished_ms if car.finished_ms is not None else running_ms
    canvas.text(written(time_text(running, hundredths=True)), x, y - 4.0, 34, WHITE, bold=True)
    if delta.delta_s is not None:
        words, colour = _signed(delta.delta_s)
        canvas.text(written(words), box.right, y + 8.0, 20, colour, bold=True, align=1.0)
    canvas.text(LAST, x, y + 39.0, 11, FAINT, bold=True)
    canvas.text(written(time_text(car.last_ms)), x, y + 51.0, 18, SOFT)
    canvas.text(BEST_LAP, box.right, y + 39.0, 11, FAINT, bold=True, align=1.0)
    canvas.text(written(time_text(car.best_ms)), box.right, y + 51.0, 18, BEST, align=1.0)
    width = (INNER - 8.0) / SECTORS
    for k, sector in enumerate(delta.sectors):
        _draw_sector(canvas, k, sector, Box(x + k * (width + 4.0), y + 79.0, width, CELL))
    ahead, behind = (written(words) for words in _neighbours(view, car, gaps))
    canvas.text(ahead, x, y + 106.0, 13, SOFT)
    canvas.text(behind, box.right, y + 106.0, 13, SOFT, align=1.0)


def _draw_sector(canvas: Canvas, k: int, sector: Sector | None, box: Box) -> None:
    """Draw a third of the lap: empty, or how far off our best it was."""
    if sector is None:
        canvas.bar(*box, UNLIT)
        canvas.text(f"S{k + 1}", box.middle, box.y + 2.0, 12, FAINT, align=0.5)
        return
    if sector.off_ms is None:
        words, colour = f"{sector.ms / 1000.0:.2f}", SOFT
    else:
        words, colour = _signed(sector.off_ms / 1000.0)
        colour = BEST if sector.off_ms < 0.0 else colour
    canvas.bar(*box, mixed(GROUND, colour, 0.22))
    words = canvas.figures.written(words)
    canvas.text(words, box.middle, box.y + 1.0, 14, colour, bold=True, align=0.5)


def _signed(seconds: float) -> tuple[str, Colour]:
    """Return a difference as it is read, and its colour: the sign says it too."""
    seconds = max(-99.99, min(99.99, seconds))
    return (f"-{-seconds:.2f}", GOOD) if seconds < 0.0 else (f"+{seconds:.2f}", BAD)


def _neighbours(view: RaceView, car: CarView, gaps: Gaps) -> tuple[str, str]:
    """Return how far the cars before and behind us are, each where there is one."""
    ahead = behind = ""
    for other in view.cars:
        if other.place == car.place - 1:
            gap = gaps.behind_s(car, other)
            ahead = "" if gap is None else f"ahead {gap:.1f}"
        elif other.place == car.place + 1:
            gap = gaps.behind_s(other, car)
            behind = "" if gap is None else f"behind {gap:.1f}"
    return ahead, behind
