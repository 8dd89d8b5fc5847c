"""What the keys do, in a panel while one waits to drive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from racer.app.window.base.palette import ACCENT, PANEL, PANEL_LIGHT, SOFT
from racer.app.window.hud.layout import Anchor

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.hud.layout import Layout

KeyHint: TypeAlias = tuple[str, str]
"""A key, and what it does."""


@dataclass(frozen=True, slots=True)
class DrivingKeys:
    """What a driver is told of the keys in its hands, as they are printed."""

    hints: tuple[KeyHint, ...] = ()  # all of them, shown until its car has moved
    rescue: str = ""  # what puts one back
    throttle: str = ""  # what one holds to go
    line: str = ""  # what shows the racing line; "" where it is shown


SIZE: Final = 15.0
APART: Final = 24.0  # units between two hints
ROW: Final = 31.0
IN_ROW: Final = 4  # hints of the panel, where that fits: some 660 units
INSET: Final = 14.0


def draw_key_panel(canvas: Canvas, keys: tuple[KeyHint, ...], layout: Layout) -> None:
    """Draw what the keys do in a panel of its own: in a half of the window in more rows."""
    room = layout.width_at(Anchor.BOTTOM_LEFT) - 2.0 * INSET
    rows, width = _in_rows(canvas, keys, IN_ROW)
    for count in range(IN_ROW - 1, 0, -1):
        if width <= room:
            break
        rows, width = _in_rows(canvas, keys, count)
    height = ROW * len(rows) + INSET
    box = layout.take(Anchor.BOTTOM_LEFT, width + 2.0 * INSET, height)
    if box is None:
        return
    canvas.panel(*box, PANEL)
    for k, row in enumerate(rows):
        _draw_row(canvas, row, box.x + INSET, box.y + INSET - 4.0 + k * ROW)


def _in_rows(
    canvas: Canvas, keys: tuple[KeyHint, ...], count: int
) -> tuple[list[tuple[KeyHint, ...]], float]:
    """Return hints in rows of so many, and how wide the widest is."""
    rows = [keys[k : k + count] for k in range(0, len(keys), count)]
    return rows, max(sum(_width(canvas, hint) for hint in row) for row in rows) - APART


def _width(canvas: Canvas, hint: KeyHint) -> float:
    key, words = hint
    plate = canvas.text_width(key, SIZE, bold=True) + 16.0
    return plate + 8.0 + canvas.text_width(words, SIZE) + APART


def _draw_row(canvas: Canvas, keys: tuple[KeyHint, ...], x: float, y: float) -> None:
    for hint in keys:
        key, words = hint
        plate = canvas.text_width(key, SIZE, bold=True) + 16.0
        canvas.panel(x, y - 2.0, plate, 25.0, PANEL_LIGHT, 255, 5)
        canvas.text(key, x + 8.0, y + 1.0, SIZE, ACCENT, bold=True)
        canvas.text(words, x + plate + 8.0, y + 1.0, SIZE, SOFT)
        x += _width(canvas, hint)
