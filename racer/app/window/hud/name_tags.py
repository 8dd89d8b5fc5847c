"""The names over the cars, and a mark over ours: they go where the cars go, and are no panels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias, final

import pygame

from racer.app.window.base.letters.cleaning import shortened
from racer.app.window.base.palette import ACCENT, INK, SOFT, WHITE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from racer.app.window.base.canvas import Canvas
    from racer.play.view import CarView

NAME_CHARS: Final = 13  # longer names would cover the cars around
SIZE: Final = 13.0
DARK: Final = (8, 10, 16)
OVER: Final = 24.0  # units over the middle of a car, and half its length as it is seen
HALF_CAR_M: Final = 1.3
KEPT_MAX: Final = 64
STACKED_MAX: Final = 3  # names over each other; in a denser crowd they may touch

_Key: TypeAlias = tuple[str, bool, int]


@final
class NameTags:
    """Pictures of names with their shadows, made once."""

    def __init__(self) -> None:
        self._pictures: dict[_Key, pygame.Surface] = {}

    def draw(
        self,
        canvas: Canvas,
        cars: tuple[CarView, ...],
        places: list[tuple[float, float]],
        px_per_m: float,
        area: pygame.Rect,
    ) -> None:
        """Draw the names of the others over their cars, at these pixels, and a mark over ours.

        Args:
            px_per_m: the scale at which cars are seen: names stand clear of them.
            area: of the canvas, that shows the world.
        """
        surface = canvas.surface
        whole = surface.get_clip()
        surface.set_clip(area)
        over = canvas.px(OVER) + round(HALF_CAR_M * px_per_m)
        tags: list[tuple[pygame.Surface, pygame.Rect]] = []
        taken: list[pygame.Rect] = []
        for car, (x, y) in sorted(zip(cars, places, strict=True), key=_by_number):
            if car.mine:
                _draw_own_mark(canvas, x, y + canvas.px(10.0) - over)
            elif area.collidepoint(x, y):  # the edge's arrows tell of who is beyond
                picture = self._picture_of(canvas, car)
                rect = picture.get_rect(midtop=(round(x), round(y) - over)).clamp(area)
                tags.append((picture, clear_of(taken, rect)))
                taken.append(tags[-1][1])
        surface.fblits(tags)
        surface.set_clip(whole)

    def _picture_of(self, canvas: Canvas, car: CarView) -> pygame.Surface:
        away = "  (away)" if car.away else ""
        name = f"{car.number} {shortened(car.name, NAME_CHARS)}{away}"
        key = (name, car.ghost or car.away, canvas.px(SIZE))
        picture = self._pictures.get(key)
        if picture is None:
            if len(self._pictures) >= KEPT_MAX:
                self._pictures.clear()
            picture = self._pictures[key] = _tag_picture(canvas, *key)
        return picture


def _by_number(placed: tuple[CarView, tuple[float, float]]) -> int:
    """Order cars as they stay: a name that gives way now does so in the next picture too."""
    return placed[0].number


def clear_of(taken: Sequence[pygame.Rect], rect: pygame.Rect) -> pygame.Rect:
    """Return a rectangle, moved up over those of the names that it would cover."""
    for _ in range(STACKED_MAX):
        below = rect.inflate(-4, -2).collidelist(taken)
        if below < 0:
            break
        rect = rect.move(0, taken[below].top - rect.bottom)
    return rect


def _tag_picture(canvas: Canvas, name: str, pale: bool, size: int) -> pygame.Surface:
    """Return a name over its shadow."""
    dark, bright = (
        canvas.letters.picture(name, size, colour, bold=True)
        for colour in (DARK, SOFT if pale else WHITE)
    )
    away = max(1, size // 13)
    width, height = bright.get_size()
    picture = pygame.Surface((width + 2 * away, height + 2 * away), pygame.SRCALPHA)
    for at in ((0, away), (2 * away, away), (away, 2 * away), (away, 0)):
        picture.blit(dark, at)
    picture.blit(bright, (away, away))
    return picture


def _draw_own_mark(canvas: Canvas, x: float, y: float) -> None:
    """Draw a small arrow over our own car."""
    s = canvas.scale
    outer = [(x - 9.0 * s, y - 7.0 * s), (x + 9.0 * s, y - 7.0 * s), (x, y + 6.0 * s)]
    inner = [(x - 6.0 * s, y - 5.5 * s), (x + 6.0 * s, y - 5.5 * s), (x, y + 3.0 * s)]
    pygame.draw.polygon(canvas.surface, INK, outer)
    pygame.draw.polygon(canvas.surface, ACCENT, inner)
