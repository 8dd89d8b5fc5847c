"""The circuit's outline, small: on the HUD with the cars on it, and in the lobby."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.base.palette import PANEL
from racer.app.window.hud.badge import Badges

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racer.app.window.base.canvas import Canvas
    from racer.core.circuits.track import Track
    from racer.play.view import CarView

FINE: Final = 3


@final
class Minimap:
    """Fits one circuit into a box; the outline is painted once for each size."""

    def __init__(self, track: Track) -> None:
        self.track = track
        xs = [point.x_m for point in track.centre]
        ys = [point.y_m for point in track.centre]
        self._left, self._top = min(xs), max(ys)
        self._width, self._height = max(xs) - min(xs), max(ys) - min(ys)
        self._outline: pygame.Surface | None = None
        self._size = (0, 0)
        self._badges = Badges()

    def draw(
        self,
        canvas: Canvas,
        box: tuple[float, float, float, float],
        cars: tuple[CarView, ...],
        *,
        thick: float = 5.0,
        panel: bool = True,
    ) -> None:
        """Draw the circuit into a box of x, y, width, height, and a badge for each car."""
        x, y, width, height = box
        margin = 14.0
        per_m = min((width - 2 * margin) / self._width, (height - 2 * margin) / self._height)
        left = x + (width - self._width * per_m) / 2.0
        top = y + (height - self._height * per_m) / 2.0
        size = (canvas.px(width), canvas.px(height))
        if self._outline is None or self._size != size:
            self._size = size
            corner = ((left - x) * canvas.scale, (top - y) * canvas.scale)
            self._outline = self._paint_outline(
                size, corner, per_m * canvas.scale, thick * canvas.scale, panel=panel
            )
        canvas.surface.blit(self._outline, (canvas.px(x), canvas.px(y)))
        for car in sorted(cars, key=lambda car: (car.mine, -car.place)):
            px = left + (car.pose.x - self._left) * per_m
            py = top + (self._top - car.pose.y) * per_m
            self._badges.draw(canvas, car.number, px, py, 8.0 if car.mine else 6.5, mine=car.mine)

    def _paint_outline(
        self,
        size: tuple[int, int],
        corner: tuple[float, float],
        per_m: float,
        thick: float,
        *,
        panel: bool,
    ) -> pygame.Surface:
        large = pygame.Surface((size[0] * FINE, size[1] * FINE), pygame.SRCALPHA)
        if panel:
            pygame.draw.rect(large, (*PANEL, 150), large.get_rect(), border_radius=10 * FINE)
        points = [
            (
                (corner[0] + (p.x_m - self._left) * per_m) * FINE,
                (corner[1] + (self._top - p.y_m) * per_m) * FINE,
            )
            for p in self.track.centre
        ]
        brushes = (((10, 13, 20, 255), thick + 3.0), ((232, 236, 242, 255), thick))
        for level in (0, 1):  # a bridge is drawn over what passes below it
            for colour, width in brushes:
                # A round brush, moved by a third of itself: wide lines have notches at bends.
                for place in _dense_places(points, width * FINE / 6.0, self.track, level):
                    pygame.draw.circle(large, colour, place, width * FINE / 2.0)
        first = self.track.centre[0]
        across = thick * 1.1 * FINE
        a = (points[0][0] - first.ty * across, points[0][1] - first.tx * across)
        b = (points[0][0] + first.ty * across, points[0][1] + first.tx * across)
        pygame.draw.line(large, (255, 80, 70, 255), a, b, max(2, round(2.4 * FINE)))
        return pygame.transform.smoothscale(large, size)


def _dense_places(
    points: list[tuple[float, float]], step: float, track: Track, level: int
) -> Iterator[tuple[float, float]]:
    """Yield places of a closed loop at most `step` apart, on level 1 only those of bridges."""
    pairs = zip(points, [*points[1:], points[0]], strict=True)
    for point, ((ax, ay), (bx, by)) in zip(track.centre, pairs, strict=True):
        if point.level < level:
            continue
        count = max(1, math.ceil(math.dist((ax, ay), (bx, by)) / max(step, 1.0)))
        for k in range(count):
            yield ax + (bx - ax) * k / count, ay + (by - ay) * k / count
