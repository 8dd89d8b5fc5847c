"""The names over the cars, and a mark over ours: they go where the cars go, and are no panels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pygame

from racer.app.window.base.letters.cleaning import shortened
from racer.app.window.base.palette import ACCENT, INK, SOFT, WHITE

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.play.view import CarView

NAME_CHARS: Final = 13  # longer names would cover the cars around


def draw_name_tags(
    canvas: Canvas, cars: tuple[CarView, ...], places: list[tuple[float, float]]
) -> None:
    """Draw the names of the others over their cars, at these pixels, and a mark over ours."""
    surface = canvas.surface
    for car, (x, y) in zip(cars, places, strict=True):
        if car.mine:
            _draw_own_mark(canvas, x, y)
            continue
        if not -40.0 < x < surface.get_width() + 40.0:
            continue
        if not -40.0 < y < surface.get_height() + 40.0:
            continue
        name = f"{car.number + 1} {shortened(car.name, NAME_CHARS)}" + (
            "  (away)" if car.away else ""
        )
        colour = SOFT if car.ghost or car.away else WHITE
        at = (x / canvas.scale, y / canvas.scale - 37.0)
        canvas.text(name, at[0], at[1], 13, colour, align=0.5, shadow=True, bold=True)


def _draw_own_mark(canvas: Canvas, x: float, y: float) -> None:
    """Draw a small arrow over our own car."""
    s = canvas.scale
    y -= 30.0 * s
    outer = [(x - 9.0 * s, y - 7.0 * s), (x + 9.0 * s, y - 7.0 * s), (x, y + 6.0 * s)]
    inner = [(x - 6.0 * s, y - 5.5 * s), (x + 6.0 * s, y - 5.5 * s), (x, y + 3.0 * s)]
    pygame.draw.polygon(canvas.surface, INK, outer)
    pygame.draw.polygon(canvas.surface, ACCENT, inner)
