"""A car in small: its number on its paint, in a shape that goes with the number.

Six shapes, 24 numbers: who cannot tell two paints apart reads the number, and who has no
time to read sees the shape.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.base.palette import INK, WHITE

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.base.lettering import Colour

FINE: Final = 4
KEPT_MAX: Final = 300
CORNERS: Final = (0, 4, 6, 3, 4, 3)  # of the shapes by number; 0: a disc
TURNS: Final = (0.0, math.pi / 4.0, 0.0, -math.pi / 2.0, 0.0, math.pi / 2.0)
REACH: Final = (1.0, 1.22, 1.08, 1.32, 1.16, 1.32)  # to a corner: all look alike in size


@final
class Badges:
    """Pictures of badges, painted once for each size."""

    def __init__(self) -> None:
        self._pictures: dict[tuple[int, int, bool, Colour], pygame.Surface] = {}

    def draw(
        self,
        canvas: Canvas,
        number: int,
        x: float,
        y: float,
        radius: float,
        *,
        mine: bool = False,
        fade: float = 1.0,
    ) -> None:
        """Draw the badge of a car around a place [units]; our own has a bright rim."""
        picture = self._picture_of(canvas, number, max(4, canvas.px(radius)), mine)
        left = canvas.px(x) - picture.get_width() // 2
        canvas.lay(picture, left, canvas.px(y) - picture.get_height() // 2, fade)

    def _picture_of(self, canvas: Canvas, number: int, radius: int, mine: bool) -> pygame.Surface:
        key = (number, radius, mine, canvas.paint(number))
        picture = self._pictures.get(key)
        if picture is None:
            if len(self._pictures) >= KEPT_MAX:
                self._pictures.clear()
            picture = self._pictures[key] = _badge_picture(canvas, number, radius, mine)
        return picture


def _badge_picture(canvas: Canvas, number: int, radius: int, mine: bool) -> pygame.Surface:
    colour = canvas.paint(number)
    light = 0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2] > 125.0
    side = 3 * radius
    large = pygame.Surface((side * FINE, side * FINE), pygame.SRCALPHA)
    middle, rim = side * FINE / 2.0, 0.16 * radius
    # The rim of a dark car is light: else it would be lost on dark ground.
    edge = WHITE if mine else (150, 160, 178) if sum(colour) < 210 else INK
    for reach, shade in ((radius + rim * (1.8 if mine else 1.0), edge), (float(radius), colour)):
        _fill_shape(large, shade, number % len(CORNERS), middle, reach * FINE)
    badge = pygame.transform.smoothscale(large, (side, side))
    size = max(5, round(radius * (1.5 if number < 10 else 1.25)))
    digits = canvas.letters.picture(str(number), size, INK if light else WHITE, bold=True)
    left, top = (side - digits.get_width()) / 2.0, (side - digits.get_height()) / 2.0
    badge.blit(digits, (round(left), round(top)))
    return badge


def _fill_shape(
    surface: pygame.Surface, colour: Colour, shape: int, middle: float, reach: float
) -> None:
    count = CORNERS[shape]
    if count == 0:
        pygame.draw.circle(surface, colour, (middle, middle), reach)
        return
    reach *= REACH[shape]
    drop = -0.12 * reach * math.sin(TURNS[shape]) if count == 3 else 0.0
    turns = [TURNS[shape] + k * math.tau / count for k in range(count)]
    pygame.draw.polygon(
        surface,
        colour,
        [(middle + reach * math.cos(a), middle + drop + reach * math.sin(a)) for a in turns],
    )
