"""Whether our car is in the wake of another, and how deep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.motion import wake
from racer.app.window.base.palette import BOOST, UNLIT

if TYPE_CHECKING:
    from racer.app.window.base.box import Box
    from racer.app.window.base.canvas import Canvas
    from racer.play.view import RaceView

EASE: Final = 0.12  # a tick: a car that passes by is no slipstream
SHOWN: Final = 0.12
ARROW: Final = ((0, 0), (5, 0), (11, 6), (5, 12), (0, 12), (6, 6))


@final
class SlipstreamGauge:
    """Follows the wake that our car is in, from tick to tick."""

    def __init__(self) -> None:
        self.depth = 0.0  # 0..1, eased

    def on_view(self, view: RaceView) -> None:
        """Take in one tick."""
        self.depth += EASE * (wake(view) - self.depth)

    def draw(self, canvas: Canvas, box: Box) -> None:
        """Tell beside the speed that the car ahead draws us along, and how much."""
        if self.depth <= SHOWN:
            return
        canvas.text("DRAFT", box.right, box.y + 4.0, 12, BOOST, bold=True, align=1.0)
        for k in range(3):
            colour = BOOST if self.depth > (k + 0.5) / 3.5 else UNLIT
            left, top, s = box.right - 43.0 + 14.0 * k, box.y + 26.0, canvas.scale
            points = [((left + a) * s, (top + b) * s) for a, b in ARROW]
            pygame.draw.polygon(canvas.surface, colour, points)
