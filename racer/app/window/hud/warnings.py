"""What a driver must know now: flags, the race closes, wrong way, it is over, one is stuck."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import pygame

from racer.app.window.base.palette import ACCENT, BAD, GOOD, PANEL, WHITE
from racer.app.window.hud.layout import Anchor
from racer.app.window.world.marshals.duty import Flag

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.base.lettering import Colour
    from racer.app.window.hud.layout import Layout
    from racer.app.window.hud.reckoning.flags import ShownFlag
    from racer.play.view import CarView, RaceView

CLOSING: Final[Colour] = (70, 20, 24)
WRONG: Final[Colour] = (120, 16, 20)
FLAGS: Final[dict[Flag, Colour]] = {
    Flag.GREEN: (52, 190, 96),
    Flag.YELLOW: (255, 212, 40),
    Flag.BLUE: (58, 120, 246),
    Flag.CHEQUERED: WHITE,
}
CHEQUER: Final[Colour] = (18, 20, 26)
FLAG_HIGH: Final = 40.0
CLOTH: Final = (46.0, 28.0)
STRIPS: Final = 8  # of cloth, each a little higher or lower than the one before
WAVE: Final = 3.0  # units up and down
HERTZ: Final = 1.6


def draw_closing(canvas: Canvas, seconds: int, layout: Layout) -> None:
    """Tell how long the others may still finish."""
    box = layout.take(Anchor.TOP, 260.0, 34.0)
    if box is not None:
        canvas.panel(*box, CLOSING, 215)
        words = f"race closes in {seconds} s"
        canvas.text(words, box.middle, box.y + 7.0, 18, WHITE, bold=True, align=0.5)


def draw_finished(canvas: Canvas, view: RaceView, car: CarView, layout: Layout) -> None:
    """Tell that our race is over, before the results are official."""
    box = layout.take(Anchor.TOP, 320.0, 80.0)
    if box is not None:
        x, y = box.middle, box.y
        canvas.text("FINISHED", x, y, 44, GOOD, bold=True, align=0.5, shadow=True)
        words = f"place {car.place} of {len(view.cars)}, provisional"
        canvas.text(words, x, y + 50.0, 20, WHITE, align=0.5, shadow=True)


def draw_stuck_hint(canvas: Canvas, words: str, layout: Layout) -> None:
    """Tell when help comes."""
    width = canvas.text_width(words, 18, bold=True) + 40.0
    box = layout.take(Anchor.OVER_CAR, width, 36.0)
    if box is not None:
        canvas.panel(*box, PANEL, 225, 12)
        canvas.text(words, box.middle, box.y + 7.0, 18, ACCENT, bold=True, align=0.5)


def draw_wrong_way(canvas: Canvas, layout: Layout, *, lit: bool) -> None:
    """Draw the sign; it keeps its place while it is not `lit`."""
    box = layout.take(Anchor.OVER_CAR, 300.0, 66.0)
    if box is None or not lit:
        return
    canvas.panel(*box, WRONG, 225, 14)
    for x in (box.x + 28.0, box.right - 28.0):
        middle = (canvas.px(x), canvas.px(box.y + 33.0))
        pygame.draw.aacircle(canvas.surface, BAD, middle, canvas.px(16))
        canvas.bar(x - 10.0, box.y + 30.0, 20.0, 6.0, WHITE)
    canvas.text("WRONG WAY", box.middle, box.y + 17.0, 28, WHITE, bold=True, align=0.5)


def draw_flag(canvas: Canvas, shown: ShownFlag, now_ns: int, layout: Layout) -> None:
    """Draw the flag with its words on a plate at the upper edge of the road."""
    wide = canvas.text_width(shown.words, 17, bold=True) + CLOTH[0] + 54.0
    box = layout.take(Anchor.TOP, min(wide, layout.width_at(Anchor.TOP)), FLAG_HIGH)
    if box is None:
        return
    canvas.panel(*box, PANEL, 226, 12)
    _draw_cloth(canvas, shown.flag, box.x + 16.0, box.y + 6.0, now_ns)
    left = box.x + CLOTH[0] + 30.0
    words = canvas.fitted(shown.words, box.right - left - 12.0, 17, bold=True)
    canvas.text(words, left, box.y + 9.0, 17, WHITE, bold=True)


def _draw_cloth(canvas: Canvas, flag: Flag, x: float, y: float, now_ns: int) -> None:
    """Draw a waving flag on its stick; the chequers say it without a colour."""
    canvas.bar(x - 3.0, y - 2.0, 3.0, CLOTH[1] + 8.0, (150, 156, 168))
    wide, high = CLOTH[0] / STRIPS, CLOTH[1]
    for k in range(STRIPS):
        phase = math.tau * (HERTZ * now_ns / 1e9 - k / STRIPS)
        up = WAVE * math.sin(phase) * k / STRIPS
        light = 0.82 + 0.18 * math.cos(phase)
        left = x + k * wide
        for row in range(4):
            colour = FLAGS[flag]
            if flag is Flag.CHEQUERED and (k // 2 + row) % 2:
                colour = CHEQUER
            shaded = tuple(round(light * part) for part in colour)
            strip = canvas.rect(left, y + up + row * high / 4.0, wide + 0.8, high / 4.0 + 0.8)
            pygame.draw.rect(canvas.surface, shaded, strip)
