"""Best laps as a table: of one circuit, a block for each kind of car."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from racer.app.window.base.palette import ACCENT, BEST, FAINT, SOFT, WHITE
from racer.core.rules.results import time_text
from racer.core.tuning import CARS

if TYPE_CHECKING:
    from racer.app.window.base.box import Box
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.ports import RecordRow

ROW: Final = 23.0
HEAD: Final = 24.0
GAP: Final = 8.0
DAY: Final = 96.0
TIME: Final = 92.0


def draw_laps(canvas: Canvas, rows: tuple[RecordRow, ...], box: Box) -> None:
    """Draw rows of one circuit into a box, as many as it has room for."""
    y = box.y
    for car in sorted({row.car for row in rows}):
        if y + HEAD + ROW > box.bottom:
            return
        title = CARS[car].title if car < len(CARS) else f"car {car}"
        canvas.text(title.upper(), box.x, y, 14, FAINT, bold=True)
        y += HEAD
        for row in (row for row in rows if row.car == car):
            if y + ROW > box.bottom:
                return
            _draw_row(canvas, row, box, y)
            y += ROW
        y += GAP


def _draw_row(canvas: Canvas, row: RecordRow, box: Box, y: float) -> None:
    colour = ACCENT if row.mine else WHITE
    canvas.text(f"{row.place}.", box.x, y, 16, FAINT)
    name = canvas.fitted(row.name, box.width - 28.0 - DAY - TIME - 24.0, 16, bold=row.mine)
    canvas.text(name, box.x + 28.0, y, 16, colour, bold=row.mine)
    right = box.right - canvas.text_width(row.day, 14) - 16.0
    first = BEST if row.place == 1 else SOFT
    canvas.text(
        canvas.figures.written(time_text(row.ms)),
        right,
        y,
        16,
        first,
        bold=row.place == 1,
        align=1.0,
    )
    canvas.text(row.day, box.right, y + 2.0, 14, FAINT, align=1.0)
