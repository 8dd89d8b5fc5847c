"""Arrows at the edge of the picture: who is close behind or beside us and not seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

import pygame

from racer.app.window.base.palette import INK
from racer.app.window.hud.badge import Badges
from racer.app.window.hud.labels.arrow_places import RADIUS, RIM

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.hud.labels.arrow_places import Arrow


@final
class EdgeArrows:
    """Keeps its badges."""

    def __init__(self) -> None:
        self._badges = Badges()

    def draw(self, canvas: Canvas, arrow: Arrow) -> None:
        """Draw an arrow where it has its place."""
        for colour, grown in ((INK, RIM), (canvas.paint(arrow.number), 0.0)):
            pygame.draw.polygon(canvas.surface, colour, arrow.points(grown))
        x, y = arrow.at[0] / canvas.scale, arrow.at[1] / canvas.scale
        radius = RADIUS * arrow.scale / canvas.scale
        self._badges.draw(canvas, arrow.number, x, y, radius)
