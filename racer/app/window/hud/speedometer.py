"""Our speed with its bar, and the boost tank."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.base.palette import ACCENT, BAD, BOOST, FAINT, UNLIT, WHITE
from racer.app.window.hud.columns import INNER

if TYPE_CHECKING:
    from racer.app.window.base.box import Box
    from racer.app.window.base.canvas import Canvas
    from racer.play.view import CarView, RaceView

    Gauge = tuple[pygame.Surface, pygame.Surface]

SPEED_FULL_MS: Final = 62.0  # the speed at which the bar is full: top speed with a little boost
SEGMENTS: Final = 26
HEIGHT: Final = 92.0


@final
class Speedometer:
    """Keeps the bar's pictures; they are painted once for each size."""

    def __init__(self) -> None:
        self._gauge: Gauge | None = None
        self._scale = 0.0

    def draw(self, canvas: Canvas, view: RaceView, car: CarView, box: Box) -> None:
        """Draw both into a box."""
        x, y = box.x, box.y
        speed, unit = canvas.figures.speed(car.speed_ms)
        width = canvas.text(speed, x, y - 8.0, 54, WHITE, bold=True)
        canvas.text(unit, x + width + 8.0, y + 26.0, 16, FAINT)
        dark, bright = self._pictures(canvas.scale)
        at = (canvas.px(x), canvas.px(y + 54.0))
        canvas.surface.blit(dark, at)
        lit = round(SEGMENTS * min(1.0, car.speed_ms / SPEED_FULL_MS)) / SEGMENTS
        part = (0, 0, round(bright.get_width() * lit), bright.get_height())
        canvas.surface.blit(bright, at, part)
        named = canvas.text("BOOST", x, y + 72.0, 12, FAINT, bold=True) + 10.0
        tank = (x + named, y + 76.0, INNER - named, 9.0)
        canvas.bar(*tank, UNLIT)
        glow = WHITE if car.boosting and int(view.now_ns / 6e7) % 2 else BOOST
        canvas.bar(*tank, glow, view.boost)

    def _pictures(self, scale: float) -> Gauge:
        if self._gauge is None or self._scale != scale:
            self._gauge, self._scale = _gauge(scale), scale
        return self._gauge


def _gauge(scale: float) -> Gauge:
    """Return the bar of the speed with no segment lit, and with all."""
    width, height = round(INNER * scale), max(1, round(10.0 * scale))
    pictures = []
    for lit in (False, True):
        picture = pygame.Surface((width, height), pygame.SRCALPHA)
        for k in range(SEGMENTS):
            hot = ACCENT if k < SEGMENTS * 0.65 else (255, 138, 40) if k < SEGMENTS * 0.85 else BAD
            left = round(k * width / SEGMENTS)
            segment = (left, 0, max(1, round(width / SEGMENTS - 2.5 * scale)), height)
            picture.fill(hot if lit else UNLIT, segment)
        pictures.append(picture)
    return pictures[0], pictures[1]
