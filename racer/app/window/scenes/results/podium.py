"""The results: three on a podium, and the table of all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from racer.app.window.base.box import Box
from racer.app.window.base.palette import (
    ACCENT,
    BEST,
    FAINT,
    GOOD,
    INK,
    PANEL,
    PANEL_LIGHT,
    SOFT,
    WHITE,
    mixed,
    paint,
)
from racer.app.window.controls.paint import draw_ring
from racer.core.rules.results import time_text

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.base.lettering import Colour
    from racer.app.window.scenes.results.celebration import Celebration
    from racer.app.window.world.painter import WorldPainter
    from racer.play.view import RaceView, ResultView

METALS: Final[tuple[Colour, ...]] = ((255, 204, 70), (204, 212, 224), (214, 142, 84))
STEPS: Final = ((0, 0.0, 90.0), (1, -190.0, 74.0), (2, 190.0, 60.0))  # place, x, height
ROWS_MAX: Final = 16
WIDTH: Final = 860.0
TABLE: Final = 326.0
FLOOR: Final = 308.0  # on which the steps stand


def draw_podium(
    canvas: Canvas,
    view: RaceView,
    world: WorldPainter | None,
    joy: Celebration,
    now_ns: int,
    at: str = "",
) -> None:
    """Draw the results over whatever is there, and joy about them once they are settled.

    Args:
        at: the id of the row that has the ring, if one has it.
    """
    canvas.panel(0.0, 0.0, canvas.width, canvas.height, INK, 128, 0)
    x = canvas.width / 2.0
    glad = len(view.results) > 1 and not view.qualifying
    age_s = joy.age_s(now_ns)
    if glad:
        joy.draw_behind(canvas, age_s, FLOOR)
    title = "QUALIFYING" if view.qualifying else "RESULTS"
    canvas.text(title, x, 22.0, 46, WHITE, bold=True, align=0.5, shadow=True)
    _draw_status(canvas, view, x)
    rows = view.results[:ROWS_MAX]
    for place, shift, height in STEPS:
        if place < len(rows) and len(rows) > 1:
            row = rows[place]
            kind = next((car.car for car in view.cars if car.number == row.number), 0)
            _draw_step(canvas, row, place, (x + shift, height), world, kind)
            if glad:
                feet = (x + shift, FLOOR - height)
                joy.draw_laureate(canvas, place, paint(row.number), METALS[place], feet)
    if glad:
        joy.draw_before(canvas, age_s)
    _draw_table(canvas, rows, at)
    if view.qualifying:
        y = canvas.height - 70.0
        canvas.text("the race follows by itself", x, y, 14, FAINT, align=0.5)


def _draw_status(canvas: Canvas, view: RaceView, x: float) -> None:
    """Draw whether the results are settled."""
    words = f"official · {view.digest[:8]}" if view.official else "provisional"
    colour = GOOD if view.official else ACCENT
    width = canvas.text_width(words, 16, bold=True) + 28.0
    canvas.panel(x - width / 2.0, 78.0, width, 26.0, PANEL, 235, 13)
    canvas.text(words, x, 82.0, 16, colour, bold=True, align=0.5)


def _draw_step(
    canvas: Canvas,
    row: ResultView,
    place: int,
    at: tuple[float, float],
    world: WorldPainter | None,
    kind: int,
) -> None:
    x, height = at
    floor, metal = FLOOR, METALS[place]
    canvas.panel(x - 84.0, floor - height, 168.0, height, mixed(PANEL_LIGHT, metal, 0.10), 255, 6)
    canvas.bar(x - 84.0, floor - height, 168.0, 5.0, metal)
    for k in range(6):  # the front is darker towards its foot
        y = floor - height + 5.0 + (height - 5.0) * k / 6.0
        canvas.panel(x - 84.0, y, 168.0, (height - 5.0) / 6.0 + 0.5, INK, 12 * k, 0)
    canvas.text(str(place + 1), x - 56.0, floor - height + 8.0, 30, metal, bold=True, align=0.5)
    if world is not None:
        picture = world.garage.picture(row.number, 0.0, braking=False, ghost=False, kind=kind)
        left = canvas.px(x + 22.0) - picture.get_width() // 2
        top = canvas.px(floor - height + 23.0) - picture.get_height() // 2
        canvas.surface.blit(picture, (left, top))
    colour = ACCENT if row.mine else WHITE
    name = canvas.fitted(row.name, 152.0, 15, bold=True)
    canvas.text(name, x, floor - 21.0, 15, colour, bold=True, align=0.5, shadow=True)


def row_boxes(canvas: Canvas, rows: tuple[ResultView, ...]) -> list[Box]:
    """Return where the rows of the table stand."""
    line = min(26.0, (canvas.height - TABLE - 92.0) / max(1, min(len(rows), ROWS_MAX)))
    left = (canvas.width - WIDTH) / 2.0
    return [
        Box(left, TABLE + 28.0 + k * line, WIDTH, line) for k in range(min(len(rows), ROWS_MAX))
    ]


def row_id(row: ResultView) -> str:
    """Return the id of a driver's row."""
    return f"driver {row.node.hex()}"


def _draw_table(canvas: Canvas, rows: tuple[ResultView, ...], at: str) -> None:
    boxes = row_boxes(canvas, rows)
    y, left = TABLE, (canvas.width - WIDTH) / 2.0
    canvas.panel(left, y, WIDTH, 34.0 + sum(box.height for box in boxes), PANEL, 225)
    for words, column in (("DRIVER", 84.0), ("LAPS", 420.0), ("TIME", 560.0), ("GAP", 690.0)):
        align = 0.0 if column < 100.0 else 1.0
        canvas.text(words, left + column, y + 8.0, 12, FAINT, bold=True, align=align)
    canvas.text("BEST LAP", left + 832.0, y + 8.0, 12, FAINT, bold=True, align=1.0)
    best = min((row.best_ms for row in rows if row.best_ms is not None), default=None)
    for row, box in zip(rows, boxes, strict=True):
        if at == row_id(row):
            draw_ring(canvas, Box(left + 6.0, box.y + 2.0, WIDTH - 12.0, box.height - 4.0))
            canvas.panel(left + 6.0, box.y + 1.0, WIDTH - 12.0, box.height - 2.0, PANEL, 255, 6)
        _draw_row(canvas, rows, row, best, (left, box.y, box.height))


def _draw_row(
    canvas: Canvas,
    rows: tuple[ResultView, ...],
    row: ResultView,
    best: int | None,
    box: tuple[float, float, float],
) -> None:
    left, top, line = box
    size = min(17.0, line * 0.68)
    if row.mine:
        canvas.panel(left + 6.0, top, WIDTH - 12.0, line, PANEL_LIGHT, 240, 6)
    top += (line - size * 1.25) / 2.0
    metal = METALS[row.place - 1] if 1 <= row.place <= 3 else SOFT
    canvas.text(str(row.place), left + 48.0, top, size, metal, bold=True, align=1.0)
    canvas.bar(left + 62.0, top + 2.0, 6.0, size, paint(row.number))
    name = f"{row.name}, away for a while" if row.away else row.name
    name = canvas.fitted(name, 280.0, size, bold=row.mine)
    canvas.text(name, left + 84.0, top, size, ACCENT if row.mine else WHITE, bold=row.mine)
    canvas.text(str(row.laps), left + 420.0, top, size, SOFT, align=1.0)
    canvas.text(canvas.figures.written(_time_text(row)), left + 560.0, top, size, align=1.0)
    canvas.text(
        canvas.figures.written(gap_text(rows[0], row)), left + 690.0, top, size, SOFT, align=1.0
    )
    purple = BEST if row.best_ms is not None and row.best_ms == best else SOFT
    canvas.text(
        canvas.figures.written(time_text(row.best_ms)), left + 832.0, top, size, purple, align=1.0
    )


def gap_text(first: ResultView, row: ResultView) -> str:
    """Return how far a row is behind the first: in laps, where it is laps behind."""
    if row is first:
        return ""
    laps = first.laps - row.laps
    if laps > 0 or row.ms is None or first.ms is None:
        return f"+{laps} lap{'s' if laps > 1 else ''}" if laps > 0 else ""
    return f"+{(row.ms - first.ms) / 1000.0:.3f}"


def _time_text(row: ResultView) -> str:
    """Return a finisher's time, or the lap that put a car out."""
    if row.ms is not None:
        return time_text(row.ms)
    return "-" if row.out_lap is None else f"out, lap {row.out_lap}"
