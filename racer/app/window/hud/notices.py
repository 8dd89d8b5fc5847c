"""The passing lines of news."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from racer.app.window.base.palette import ACCENT, BAD, PANEL, SOFT, WHITE
from racer.app.window.base.window_words import in_window
from racer.app.window.hud.layout import Anchor

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.hud.layout import Layout
    from racer.play.view import RaceView

SECOND_NS: Final = 1_000_000_000
NOTICE_S: Final = 5.5
FADE_S: Final = 1.0
NOTICES_MAX: Final = 4
WIDTH_MAX: Final = 520.0
TROUBLE_MAX: Final = 684.0  # units across: as wide as the grid in the lobby
NARROW: Final = 500.0  # beside the title of the results
ROW: Final = 22.0


def draw_trouble(canvas: Canvas, words: str, layout: Layout, widest: float = TROUBLE_MAX) -> None:
    """Draw what does not work, in as many rows as it takes; nothing where there are no words."""
    if not words:
        return
    most = min(widest, layout.width_at(Anchor.TOP_LEFT)) - 44.0
    rows = canvas.rows(words, most, 17)
    width = max(canvas.text_width(row, 17) for row in rows)
    box = layout.take(Anchor.TOP_LEFT, width + 44.0, 7.0 + ROW * len(rows))
    if box is None:
        return
    canvas.panel(*box, PANEL, 224, 13)
    canvas.bar(box.x + 14.0, box.y + 10.0, 6.0, 6.0, BAD)
    for k, row in enumerate(rows):
        canvas.text(row, box.x + 28.0, box.y + 4.0 + ROW * k, 17, WHITE)


def draw_notices(
    canvas: Canvas,
    view: RaceView,
    layout: Layout,
    most: int = NOTICES_MAX,
    widest: float = WIDTH_MAX,
) -> None:
    """Draw the last lines of news, newest first, each fading when its time is over.

    Each is whole, in as many rows as it takes; what comes after the first sentence is smaller.
    """
    width_max = min(WIDTH_MAX, widest, layout.width_at(Anchor.TOP_LEFT)) - 44.0
    for notice in reversed(view.notices[-most:]):
        age_s = (view.now_ns - notice.at_ns) / SECOND_NS
        if not 0.0 <= age_s < NOTICE_S:
            continue
        fade = min(1.0, (NOTICE_S - age_s) / FADE_S)
        first, stop, second = in_window(notice.text).partition(". ")
        rows = [*_sized_rows(canvas, first + stop.rstrip(), 17, width_max)]
        rows += _sized_rows(canvas, second, 15, width_max)
        width = max(canvas.text_width(words, size) for words, size in rows)
        box = layout.take(Anchor.TOP_LEFT, width + 44.0, 7.0 + sum(map(_row_high, rows)))
        if box is None:
            continue
        canvas.panel(*box, PANEL, round(15 * fade) * 16, 13)
        if fade > 0.5:
            canvas.bar(box.x + 14.0, box.y + 10.0, 6.0, 6.0, ACCENT)
        y = box.y + 4.0
        for words, size in rows:
            canvas.text(words, box.x + 28.0, y, size, WHITE if size == 17 else SOFT, fade=fade)
            y += _row_high((words, size))


def _sized_rows(canvas: Canvas, words: str, size: int, width: float) -> list[tuple[str, int]]:
    """Return words in rows, each with its size; none where there are no words."""
    if not words:
        return []
    return [(row, size) for row in canvas.rows(words, width, size)]


def _row_high(row: tuple[str, int]) -> float:
    return row[1] + 3.0
