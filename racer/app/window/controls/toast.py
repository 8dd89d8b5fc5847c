"""A line over the picture for a moment: what a key has done that shows nothing by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from racer.app.window.base.palette import PANEL, WHITE

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas

SHOWN_S: Final = 4.0
SIZE: Final = 17.0


@final
class Toast:
    """Holds one line; a later one takes its place."""

    def __init__(self) -> None:
        self._words = ""
        self._left_s = 0.0

    def say(self, words: str) -> None:
        """Show a line from now on."""
        self._words, self._left_s = words, SHOWN_S

    def draw(self, canvas: Canvas, dt: float) -> None:
        """Draw the line while it is new, in the middle over whatever is there."""
        if self._left_s <= 0.0:
            return
        self._left_s -= dt
        words = canvas.fitted(self._words, canvas.width - 120.0, SIZE, bold=True)
        wide = canvas.text_width(words, SIZE, bold=True) + 36.0
        x, y = canvas.width / 2.0, canvas.height - 172.0  # above the plates of a replay
        canvas.panel(x - wide / 2.0, y, wide, 36.0, PANEL, 240, 10)
        canvas.text(words, x, y + 8.0, SIZE, WHITE, bold=True, align=0.5)
