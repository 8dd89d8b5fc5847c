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
BEYOND: Final = (1.2, 3.0)  # of its thickness, and pixels: the starting line juts out so far


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
        self._brush = (0.0, 0.0)  # its scale, and how thick it is
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
        if panel:
            canvas.panel(x, y, width, height, PANEL, 150)
        pad = BEYOND[0] * thick * canvas.scale + BEYOND[1]
        at = (left * canvas.scale - pad, top * canvas.scale - pad)
        corner = (math.floor(at[0]), math.floor(at[1]))
        brush = per_m * canvas.scale, thick * canvas.scale
        if self._outline is None or self._brush != brush:
            self._brush = brush
            within = (at[0] - corner[0] + pad, at[1] - corner[1] + pad)
            self._outline = self._paint_outline(within, *brush)
        canvas.surface.blit(self._outline, corner)
        for car in sorted(cars, key=lambda car: (car.mine, -car.place)):
            px = left + (car.pose.x - self._left) * per_m
            py = top + (self._top - car.pose.y) * per_m
            self._badges.draw(canvas, car.number, px, py, 8.0 if car.mine else 6.5, mine=car.mine)

    def _paint_outline(
        self, corner: tuple[float, float], per_m: float, thick: float
    ) -> pygame.Surface:
        """Return the outline alone, its top left place so many pixels from the picture's corner."""
        sides = (self._width, self._height)
        size = tuple(
            math.ceil(2.0 * start + side * per_m) for start, side in zip(corner, sides, strict=True)
        )
        large = pygame.Surface((size[0] * FINE, size[1] * FINE), pygame.SRCALPHA)
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
                # A round brush, moved by a quarter of itself: wide lines have notches at bends.
                for place in _even_places(points, width * FINE / 4.0, self.track, level):
                    pygame.draw.circle(large, colour, place, width * FINE / 2.0)
        first = self.track.centre[0]
        across = thick * 1.1 * FINE
        a = (points[0][0] - first.ty * across, points[0][1] - first.tx * across)
        b = (points[0][0] + first.ty * across, points[0][1] + first.tx * across)
        pygame.draw.line(large, (255, 80, 70, 255), a, b, max(2, round(2.4 * FINE)))
        return pygame.transform.smoothscale(large, size)


def _even_places(
    points: list[tuple[float, float]], step: float, track: Track, level: int
) -> Iterator[tuple[float, float]]:
    """Yield places of a closed loop `step` apart, on level 1 only those of bridges."""
    due = 0.0  # along the way, to the next place
    pairs = zip(points, [*points[1:], points[0]], strict=True)
    for point, (a, b) in zip(track.centre, pairs, strict=True):
        if point.level < level:
            due = 0.0
            continue
        length = math.dist(a, b)
        while due < length:
            share = due / length
            yield a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share
            due += max(step, 1.0)
        due -= length
