"""The start: three lights, and GO; and the passing lines of news."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pygame

from racer.app.window.base.palette import ACCENT, GOOD, INK, PANEL, SOFT, WHITE, mixed

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.base.lettering import Colour
    from racer.play.view import RaceView

SECOND_NS: Final = 1_000_000_000
GO_NS: Final = 1_300_000_000  # how long GO stays
EARLY: Final = "wait for the green light"
HELD: Final = "held for a second"
NOTICE_S: Final = 4.0
NOTICE_FADE_S: Final = 1.0
NOTICES_MAX: Final = 4
RED: Final[Colour] = (255, 44, 36)
GREEN: Final[Colour] = (60, 232, 96)


def draw_start(canvas: Canvas, view: RaceView) -> None:
    """Draw the lights before the green, and GO after it."""
    if view.green_ns is None:
        return
    left_ns = view.green_ns - view.now_ns
    if left_ns < -GO_NS:
        return
    count = -(-left_ns // SECOND_NS)  # seconds left, begun ones whole
    lit = min(3, max(0, 4 - count))
    x, y = canvas.width / 2.0, 92.0
    canvas.panel(x - 150.0, y, 300.0, 104.0 if left_ns <= 0 else 128.0, INK, 236, 18)
    for k in range(3):
        colour = GREEN if left_ns <= 0 else RED if k < lit else (46, 26, 28)
        _draw_lamp(canvas, x + (k - 1) * 92.0, y + 52.0, colour, on=left_ns <= 0 or k < lit)
    if view.held:
        canvas.text("JUMP START", x, 228.0, 72, RED, bold=True, align=0.5, shadow=True)
        canvas.text(HELD, x, 308.0, 26, WHITE, bold=True, align=0.5, shadow=True)
        return
    if left_ns > 0:
        canvas.text(EARLY, x, y + 100.0, 17, SOFT, align=0.5)
    if left_ns <= 0:
        fade = min(1.0, 2.0 * (1.0 + left_ns / GO_NS))
        canvas.text("GO!", x, 204.0, 120, GOOD, bold=True, align=0.5, shadow=True, fade=fade)
    elif count <= 3:
        part = 1.0 - (left_ns % SECOND_NS) / SECOND_NS
        size = 128 - 8 * int(part * 4.0)
        canvas.text(str(count), x, 218.0, size, WHITE, bold=True, align=0.5, shadow=True)
    else:
        canvas.text(f"start in {count}", x, 230.0, 34, WHITE, bold=True, align=0.5, shadow=True)


def _draw_lamp(canvas: Canvas, x: float, y: float, colour: Colour, *, on: bool) -> None:
    middle = (canvas.px(x), canvas.px(y))
    pygame.draw.aacircle(canvas.surface, (30, 34, 44), middle, canvas.px(39))
    pygame.draw.aacircle(canvas.surface, mixed(colour, (0, 0, 0), 0.35), middle, canvas.px(34))
    pygame.draw.aacircle(canvas.surface, colour, middle, canvas.px(30))
    if on:
        shine = (canvas.px(x - 9.0), canvas.px(y - 10.0))
        pygame.draw.aacircle(canvas.surface, mixed(colour, WHITE, 0.55), shine, canvas.px(8))


def draw_notices(
    canvas: Canvas, view: RaceView, x: float, y: float, most: int = NOTICES_MAX
) -> None:
    """Draw the last lines of news from this corner down, each fading when its time is over."""
    shown = 0
    for notice in reversed(view.notices[-most:]):
        age_s = (view.now_ns - notice.at_ns) / SECOND_NS
        if not 0.0 <= age_s < NOTICE_S:
            continue
        fade = min(1.0, (NOTICE_S - age_s) / NOTICE_FADE_S)
        width = min(520.0, canvas.text_width(notice.text, 17) + 44.0)
        top = y + 32.0 * shown
        canvas.panel(x, top, width, 27.0, PANEL, round(13 * fade) * 16, 13)
        if fade > 0.5:
            canvas.bar(x + 14.0, top + 10.0, 6.0, 6.0, ACCENT)
        canvas.text(notice.text, x + 28.0, top + 4.0, 17, WHITE, fade=fade)
        shown += 1
