"""The tower: who runs where, and how far behind the leader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from racer.app.window.base.palette import ACCENT, FAINT, GOOD, PANEL_LIGHT, SOFT, WHITE, paint
from racer.app.window.hud.layout import Anchor
from racer.core.rules.results import time_text

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.base.lettering import Colour
    from racer.app.window.hud.layout import Layout
    from racer.app.window.hud.timing import Gaps
    from racer.play.view import CarView, RaceView

ROWS_MAX: Final = 16
ROWS_ABOUT_US: Final = 10
WIDTH: Final = 230.0
LINE: Final = 25.0  # units from row to row …
LINE_MIN: Final = 19.0  # … and where there are many, and little room
INSET: Final = 6.0  # above the first row and below the last
NAME: Final = 50.0  # where names begin
GAP: Final = 12.0  # where times end, from the right
BETWEEN: Final = 8.0  # a name and a time


def draw_standings(
    canvas: Canvas, view: RaceView, gaps: Gaps, layout: Layout, *, whole: bool
) -> None:
    """Draw the tower; `whole` shows all, not only those about us."""
    ranked = sorted(view.cars, key=lambda car: (car.place, car.number))
    rows = ranked[:ROWS_MAX] if whole else _rows_around_us(ranked, ROWS_ABOUT_US)
    if not rows:
        return
    wanted, least = (2.0 * INSET + line * len(rows) for line in (LINE, LINE_MIN))
    box = layout.take(Anchor.TOP_RIGHT, WIDTH, wanted, least=least)
    if box is None:
        return
    canvas.panel(*box)
    line = (box.height - 2.0 * INSET) / len(rows)
    for k, car in enumerate(rows):
        top = box.y + INSET + k * line
        if car.mine:
            canvas.panel(box.x + 4.0, top, WIDTH - 8.0, line, PANEL_LIGHT, 235, 6)
        _draw_row(canvas, car, _time_of(car, ranked[0], gaps), (box.x, top, line))


def _draw_row(
    canvas: Canvas, car: CarView, time: tuple[str, Colour], at: tuple[float, float, float]
) -> None:
    x, top, line = at
    y = top + (line - 19.0) / 2.0  # a name's letters are so high
    canvas.text(str(car.place), x + 30.0, y, 16, SOFT, bold=True, align=1.0)
    canvas.bar(x + 37.0, top + 4.0, 5.0, line - 8.0, paint(car.number))
    words, colour = time
    right = x + WIDTH - GAP
    right -= canvas.text(words, right, y + 1.0, 14, colour, align=1.0) + BETWEEN
    colour = FAINT if car.away else ACCENT if car.mine else WHITE
    name = canvas.fitted(car.name, right - x - NAME, 16, bold=car.mine)
    canvas.text(name, x + NAME, y, 16, colour, bold=car.mine)


def _time_of(car: CarView, leader: CarView, gaps: Gaps) -> tuple[str, Colour]:
    """Return what stands behind a name, and its colour."""
    if car.finished_ms is not None:
        return time_text(car.finished_ms, hundredths=True), GOOD
    if car.away:
        return "away", FAINT
    if car is leader:
        return "leader", FAINT
    gap = gaps.behind_s(car, leader)
    return "" if gap is None else f"+{abs(gap):.1f}", SOFT


def _rows_around_us(ranked: list[CarView], count: int) -> list[CarView]:
    """Return the leader and those about us, where all would be too many."""
    if len(ranked) <= count:
        return ranked
    ours = next((k for k, car in enumerate(ranked) if car.mine), 0)
    first = min(max(1, ours - count // 2 + 1), len(ranked) - count + 1)
    return [ranked[0], *ranked[first : first + count - 1]]
