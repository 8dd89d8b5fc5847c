"""The start: three lights, and GO."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pygame

from racer.app.window.base.palette import GOOD, INK, SOFT, WHITE, mixed
from racer.app.window.hud.layout import Anchor

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.base.lettering import Colour
    from racer.app.window.hud.layout import Layout
    from racer.play.view import RaceView

SECOND_NS: Final = 1_000_000_000
GO_NS: Final = 1_300_000_000  # how long GO stays
EARLY: Final = "wait for the green light"
JUMPED: Final = "JUMP START"
HELD: Final = "held for a second"
WIDTH: Final = 300.0
COUNT_RADIUS: Final = 66.0  # of the plate below the last three seconds
LAMPS: Final = 128.0  # high, with a line below the lamps …
LAMPS_GREEN: Final = 104.0  # … and without
HEIGHT: Final = 276.0  # with what is written below
RED: Final[Colour] = (255, 44, 36)
GREEN: Final[Colour] = (60, 232, 96)


def draw_start(canvas: Canvas, view: RaceView, layout: Layout) -> bool:
    """Draw the lights before the green, and GO after it; return whether there were any."""
    if view.green_ns is None:
        return False
    left_ns = view.green_ns - view.now_ns
    if left_ns < -GO_NS:
        return False
    width = WIDTH
    if view.held:
        width = max(width, canvas.text_width(JUMPED, 72, bold=True) + 8.0)
    box = layout.take(Anchor.TOP, width, HEIGHT)
    if box is None:
        return False
    count = -(-left_ns // SECOND_NS)  # seconds left, begun ones whole
    _draw_lamps(canvas, box.middle, box.y, count)
    if view.held:
        y = box.y + LAMPS + 8.0
        canvas.text(JUMPED, box.middle, y, 72, RED, bold=True, align=0.5, shadow=True)
        canvas.text(HELD, box.middle, y + 80.0, 26, WHITE, bold=True, align=0.5, shadow=True)
    elif left_ns <= 0:
        fade = min(1.0, 2.0 * (1.0 + left_ns / GO_NS))
        y = box.y + LAMPS - 16.0
        canvas.text("GO!", box.middle, y, 120, GOOD, bold=True, align=0.5, shadow=True, fade=fade)
    else:
        canvas.text(EARLY, box.middle, box.y + 100.0, 17, SOFT, align=0.5)
        _draw_count(canvas, box.middle, box.y + LAMPS, count, left_ns)
    return True


def _draw_lamps(canvas: Canvas, x: float, y: float, count: int) -> None:
    """Draw the three lamps: red ones as the seconds go, all green when none is left."""
    canvas.panel(x - WIDTH / 2.0, y, WIDTH, LAMPS if count > 0 else LAMPS_GREEN, INK, 236, 18)
    lit = 3 if count <= 0 else min(3, max(0, 4 - count))
    for k in range(3):
        colour = GREEN if count <= 0 else RED if k < lit else (46, 26, 28)
        _draw_lamp(canvas, x + (k - 1) * 92.0, y + 52.0, colour, on=k < lit)


def _draw_count(canvas: Canvas, x: float, y: float, count: int, left_ns: int) -> None:
    if count <= 3:
        part = 1.0 - (left_ns % SECOND_NS) / SECOND_NS
        size = 128 - 8 * int(part * 4.0)
        plate = 2.0 * COUNT_RADIUS
        canvas.panel(x - COUNT_RADIUS, y + 12.0, plate, plate, INK, 200, COUNT_RADIUS)
        canvas.text(str(count), x, y - 2.0, size, WHITE, bold=True, align=0.5, shadow=True)
    else:
        words = f"start in {count}"
        wide = canvas.text_width(words, 34, bold=True) + 40.0
        canvas.panel(x - wide / 2.0, y + 8.0, wide, 50.0, INK, 200, 25)
        canvas.text(words, x, y + 10.0, 34, WHITE, bold=True, align=0.5, shadow=True)


def _draw_lamp(canvas: Canvas, x: float, y: float, colour: Colour, *, on: bool) -> None:
    middle = (canvas.px(x), canvas.px(y))
    pygame.draw.aacircle(canvas.surface, (30, 34, 44), middle, canvas.px(39))
    pygame.draw.aacircle(canvas.surface, mixed(colour, (0, 0, 0), 0.35), middle, canvas.px(34))
    pygame.draw.aacircle(canvas.surface, colour, middle, canvas.px(30))
    if on:
        shine = (canvas.px(x - 9.0), canvas.px(y - 10.0))
        pygame.draw.aacircle(canvas.surface, mixed(colour, WHITE, 0.55), shine, canvas.px(8))
