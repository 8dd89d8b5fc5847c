"""The table of the results; a large field stands in two columns, and below it who was put out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from racer.app.window.base.box import Box
from racer.app.window.base.palette import ACCENT, BAD, BEST, FAINT, PANEL, PANEL_LIGHT, SOFT, WHITE
from racer.app.window.controls.paint import draw_ring
from racer.core.rules.results import time_text

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.base.lettering import Colour
    from racer.play.view import DisqualifiedView, ResultView

METALS: Final[tuple[Colour, ...]] = ((255, 204, 70), (204, 212, 224), (214, 142, 84))
TOP: Final = 326.0
FOOT: Final = 92.0  # of the canvas, below the table
HEAD: Final = 28.0
LINE: Final = 26.0
BETWEEN: Final = 12.0  # two columns
GAP: Final = 22.0  # between the last row and the first line of who was put out


@dataclass(frozen=True, slots=True)
class TableForm:
    """How a table is laid out: where what stands in a row, from its left [units]."""

    columns: int
    width: float  # of a column
    place: float  # ends there, as do all but the paint and the name
    paint: float
    name: float
    name_width: float
    laps: float
    time: float
    gap: float
    best: float


WIDE: Final = TableForm(1, 860.0, 48.0, 62.0, 84.0, 280.0, 420.0, 560.0, 690.0, 832.0)
NARROW: Final = TableForm(2, 600.0, 34.0, 44.0, 60.0, 190.0, 290.0, 390.0, 480.0, 584.0)
ROWS_WIDE: Final = 12  # more than so many stand in two columns
OUT_WIDE: Final = 4  # more than so many who were put out do so, too


def form_of(rows: int) -> TableForm:
    """Return how a table of so many rows is laid out."""
    return WIDE if rows <= ROWS_WIDE else NARROW


def _form_of_out(out: int) -> TableForm:
    return WIDE if out <= OUT_WIDE else NARROW


def row_boxes(canvas: Canvas, rows: tuple[ResultView, ...], out: int = 0) -> list[Box]:
    """Return where the rows of the table stand, over so many who were put out."""
    form, line = form_of(len(rows)), _line_of(canvas, len(rows), out)
    return _boxes_below(canvas, form, len(rows), TOP + HEAD, line)


def out_boxes(canvas: Canvas, rows: int, out: int) -> list[Box]:
    """Return where the lines of who was put out stand, below so many rows."""
    line = _line_of(canvas, rows, out)
    top = TOP + HEAD + _per_column(rows, form_of(rows)) * line + GAP
    return _boxes_below(canvas, _form_of_out(out), out, top, line)


def _line_of(canvas: Canvas, rows: int, out: int) -> float:
    """Return how high a line may be for all to have room."""
    lines = _per_column(rows, form_of(rows))
    room = canvas.height - TOP - FOOT
    if out:
        lines += _per_column(out, _form_of_out(out))
        room -= GAP
    return min(LINE, room / lines)


def _per_column(count: int, form: TableForm) -> int:
    return -(-max(1, count) // form.columns)


def _boxes_below(canvas: Canvas, form: TableForm, count: int, top: float, line: float) -> list[Box]:
    per_column = _per_column(count, form)
    return [
        Box(
            _left_of(canvas, form, k // per_column),
            top + (k % per_column) * line,
            form.width,
            line,
        )
        for k in range(count)
    ]


def row_id(row: ResultView) -> str:
    """Return the id of a driver's row."""
    return f"driver {row.node.hex()}"


def draw_table(
    canvas: Canvas, rows: tuple[ResultView, ...], out: tuple[DisqualifiedView, ...], at: str
) -> None:
    """Draw the table, with the ring around the row of the id `at`, and below it who was put out."""
    form, boxes = form_of(len(rows)), row_boxes(canvas, rows, len(out))
    high = max((box.bottom for box in boxes), default=TOP + HEAD) - TOP
    for column in range(form.columns):
        _draw_head(canvas, form, _left_of(canvas, form, column), high + 6.0)
    best = min((row.best_ms for row in rows if row.best_ms is not None), default=None)
    for row, box in zip(rows, boxes, strict=True):
        if at == row_id(row):
            draw_ring(canvas, Box(box.x + 6.0, box.y + 2.0, box.width - 12.0, box.height - 4.0))
            canvas.panel(
                box.x + 6.0, box.y + 1.0, box.width - 12.0, box.height - 2.0, PANEL, 255, 6
            )
        _draw_row(canvas, form, rows[0], row, best, box)
    _draw_out(canvas, len(rows), out)


def _left_of(canvas: Canvas, form: TableForm, column: int) -> float:
    whole = form.columns * form.width + (form.columns - 1) * BETWEEN
    return (canvas.width - whole) / 2.0 + column * (form.width + BETWEEN)


def _draw_head(canvas: Canvas, form: TableForm, left: float, high: float) -> None:
    canvas.panel(left, TOP, form.width, high, PANEL, 225)
    y = TOP + 8.0
    canvas.text("DRIVER", left + form.name, y, 12, FAINT, bold=True)
    for words, column in (
        ("LAPS", form.laps),
        ("TIME", form.time),
        ("GAP", form.gap),
        ("BEST LAP", form.best),
    ):
        canvas.text(words, left + column, y, 12, FAINT, bold=True, align=1.0)


def _draw_row(
    canvas: Canvas, form: TableForm, first: ResultView, row: ResultView, best: int | None, box: Box
) -> None:
    left, top, line = box.x, box.y, box.height
    size = min(17.0, line * 0.68)
    if row.mine:
        canvas.panel(left + 6.0, top, form.width - 12.0, line, PANEL_LIGHT, 240, 6)
    top += (line - size * 1.25) / 2.0
    metal = METALS[row.place - 1] if 1 <= row.place <= 3 else SOFT
    canvas.text(str(row.place), left + form.place, top, size, metal, bold=True, align=1.0)
    canvas.bar(left + form.paint, top + 2.0, 6.0, size, canvas.paint(row.number))
    name = f"{row.name}, away for a while" if row.away else row.name
    name = canvas.fitted(name, form.name_width, size, bold=row.mine)
    canvas.text(name, left + form.name, top, size, ACCENT if row.mine else WHITE, bold=row.mine)
    written = canvas.figures.written
    purple = BEST if row.best_ms is not None and row.best_ms == best else SOFT
    for words, column, colour in (
        (str(row.laps), form.laps, SOFT),
        (written(_time_text(row)), form.time, WHITE),
        (written(gap_text(first, row)), form.gap, SOFT),
        (written(time_text(row.best_ms)), form.best, purple),
    ):
        canvas.text(words, left + column, top, size, colour, align=1.0)


def _draw_out(canvas: Canvas, rows: int, out: tuple[DisqualifiedView, ...]) -> None:
    """Draw a line for each who was put out: whose car left the track, and why."""
    form, boxes = _form_of_out(len(out)), out_boxes(canvas, rows, len(out))
    for left in sorted({box.x for box in boxes}):
        high = boxes[-1].height * _per_column(len(out), form)
        canvas.panel(left, boxes[0].y - 5.0, form.width, high + 10.0, PANEL, 225)
    for each, box in zip(out, boxes, strict=True):
        size = min(16.0, box.height * 0.66)
        top = box.y + (box.height - size * 1.25) / 2.0
        canvas.text("out", box.x + form.place, top, size, BAD, bold=True, align=1.0)
        canvas.bar(box.x + form.paint, top + 2.0, 6.0, size, canvas.paint(each.number))
        name = canvas.fitted(each.name, form.name_width * 0.7, size)
        canvas.text(name, box.x + form.name, top, size, SOFT)
        words = box.x + form.name + form.name_width * 0.7 + 14.0
        why = canvas.fitted(each.why, box.right - 14.0 - words, size)
        canvas.text(why, words, top, size, WHITE)


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
