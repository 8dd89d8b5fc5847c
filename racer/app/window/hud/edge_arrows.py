"""Arrows at the edge of the picture: who is close behind or beside us and not seen."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.base.palette import INK
from racer.app.window.hud.badge import Badges

if TYPE_CHECKING:
    from collections.abc import Sequence

    from racer.app.window.base.canvas import Canvas
    from racer.play.view import CarView

CLOSE_M: Final = 60.0  # a second at speed: who is farther away is no concern yet
INSET: Final = 26.0  # units from the edge to a badge
RADIUS: Final = 9.0
TIP: Final = 22.0  # from the middle of a badge to the tip of its arrow
APART: Final = 27.0  # between two badges
SHOWN_MAX: Final = 4


@final
class EdgeArrows:
    """Keeps its badges."""

    def __init__(self) -> None:
        self._badges = Badges()

    def draw(
        self,
        canvas: Canvas,
        cars: Sequence[CarView],
        places: Sequence[tuple[float, float]],
        area: pygame.Rect,
    ) -> None:
        """Draw an arrow towards each car near ours that lies beyond a part of the canvas.

        Args:
            places: of the cars, in pixels of the canvas.
            area: what shows the world.
        """
        mine = next((car for car in cars if car.mine), None)
        if mine is None:
            return
        near = []
        for car, (x, y) in zip(cars, places, strict=True):
            away_m = math.dist((car.pose.x, car.pose.y), (mine.pose.x, mine.pose.y))
            if not (car.mine or car.ghost or area.collidepoint(x, y)) and away_m < CLOSE_M:
                near.append((away_m, car.number, x, y))
        margin = canvas.px(INSET)
        inner = area.inflate(-2 * margin, -2 * margin)
        taken: list[tuple[float, float]] = []
        for away_m, number, x, y in sorted(near)[:SHOWN_MAX]:
            at = clear_place(_clamp_into(inner, x, y), taken, inner, canvas.px(APART))
            if at is None:
                continue
            taken.append(at)
            self._draw_arrow(canvas, number, at, math.atan2(y - at[1], x - at[0]), away_m)

    def _draw_arrow(
        self, canvas: Canvas, number: int, at: tuple[float, float], turn: float, away_m: float
    ) -> None:
        """Draw it the larger the closer the car is."""
        size = 1.0 + 0.35 * (1.0 - away_m / CLOSE_M)
        s = canvas.scale * size
        for colour, grown in ((INK, 2.0), (canvas.paint(number), 0.0)):
            points = [
                (
                    at[0] + s * (forward * math.cos(turn) - side * math.sin(turn)),
                    at[1] + s * (forward * math.sin(turn) + side * math.cos(turn)),
                )
                for forward, side in (
                    (TIP + grown, 0.0),
                    (8.0 - grown, 10.0 + grown),
                    (8.0 - grown, -10.0 - grown),
                )
            ]
            pygame.draw.polygon(canvas.surface, colour, points)
        place = at[0] / canvas.scale, at[1] / canvas.scale
        self._badges.draw(canvas, number, *place, RADIUS * size)


def _clamp_into(rect: pygame.Rect, x: float, y: float) -> tuple[float, float]:
    return min(max(x, rect.left), rect.right), min(max(y, rect.top), rect.bottom)


def clear_place(
    at: tuple[float, float], taken: Sequence[tuple[float, float]], inner: pygame.Rect, apart: float
) -> tuple[float, float] | None:
    """Return the nearest place along its edge that is so far from all that are taken.

    None where there is none near: three in a corner are enough.
    """
    upright = at[0] in {inner.left, inner.right}
    for step in (0, 1, -1, 2, -2):
        x, y = at
        moved = (x, y + step * apart) if upright else (x + step * apart, y)
        moved = _clamp_into(inner, *moved)
        if all(math.dist(moved, other) >= apart - 1.0 for other in taken):
            return moved
    return None
