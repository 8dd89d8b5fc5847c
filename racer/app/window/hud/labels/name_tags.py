"""The names over the cars, and a mark over ours: they go where the cars go, and are no panels."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, TypeAlias, final

import pygame

from racer.app.window.base.letters.cleaning import shortened
from racer.app.window.base.palette import ACCENT, INK, SOFT, WHITE
from racer.app.window.hud.labels.name_places import NamePlaces, Spacing, Tagged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from racer.app.window.base.canvas import Canvas
    from racer.app.window.hud.labels.picture import Picture
    from racer.play.view import CarView

NAME_CHARS: Final = 13  # longer names would cover the cars around
SIZE: Final = 13.0
DARK: Final = (8, 10, 16)
OVER: Final = 24.0  # units over the middle of a car, and half its length as it is seen
HALF_CAR_M: Final = 1.3
KEPT_MAX: Final = 64
HALF_ROOF_M: Final = 0.7  # of a car, about the number on it
GAP: Final = 3.0  # units
PLACE_M: Final = 4.0  # who is a place ahead or behind is as near as who is so far away

_Key: TypeAlias = tuple[str, bool, int]


@final
class NameTags:
    """Pictures of names with their shadows, made once, and where they stand."""

    def __init__(self) -> None:
        self._name_places = NamePlaces()
        self._pictures: dict[_Key, pygame.Surface] = {}

    def draw(self, canvas: Canvas, picture: Picture, taken: Sequence[pygame.Rect]) -> None:
        """Draw the names of the others about their cars, and a mark over ours.

        In a pack only those names are drawn that have a place of their own.

        Args:
            taken: what they may not cover.
        """
        surface, area = canvas.surface, picture.area
        whole = surface.get_clip()
        surface.set_clip(area)
        over = canvas.px(OVER) + round(HALF_CAR_M * picture.px_per_m)
        spacing = Spacing(over, round(HALF_ROOF_M * picture.px_per_m), canvas.px(GAP))
        middle = next((car for car in picture.cars if car.number == picture.watched), None)
        own = [*taken]
        pictures: dict[int, pygame.Surface] = {}
        tagged: list[Tagged] = []
        for car, (x, y) in zip(picture.cars, picture.places, strict=True):
            if car.mine:
                own.append(_draw_own_mark(canvas, x, y + canvas.px(10.0) - over))
                own.append(pygame.Rect(0, 0, 2 * spacing.roof, 2 * spacing.roof))
                own[-1].center = round(x), round(y)
            elif area.collidepoint(x, y):  # the edge's arrows tell of who is beyond
                name = pictures[car.number] = self._picture_of(canvas, car)
                away_m = 0.0 if middle is None else _way_between(car, middle)
                tagged.append(Tagged(car.number, round(x), round(y), name.get_size(), away_m))
        placed = self._name_places.place(tagged, spacing, area, own)
        surface.fblits([(pictures[number], rect) for number, rect in placed.items()])
        surface.set_clip(whole)

    def prepare(self, canvas: Canvas, car: CarView) -> None:
        """Make the name of a car, which will be seen soon."""
        self._picture_of(canvas, car)

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


def _way_between(car: CarView, middle: CarView) -> float:
    """Return how far a car is from another, on the ground as in the race."""
    apart_m = math.dist((car.pose.x, car.pose.y), (middle.pose.x, middle.pose.y))
    return apart_m + PLACE_M * abs(car.place - middle.place)


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


def _draw_own_mark(canvas: Canvas, x: float, y: float) -> pygame.Rect:
    """Draw a small arrow over our own car; return where."""
    s = canvas.scale
    outer = [(x - 9.0 * s, y - 7.0 * s), (x + 9.0 * s, y - 7.0 * s), (x, y + 6.0 * s)]
    inner = [(x - 6.0 * s, y - 5.5 * s), (x + 6.0 * s, y - 5.5 * s), (x, y + 3.0 * s)]
    where = pygame.draw.polygon(canvas.surface, INK, outer)
    pygame.draw.polygon(canvas.surface, ACCENT, inner)
    return where
