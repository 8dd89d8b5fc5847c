"""What stands about the cars: one decision for their names and for the arrows at the edge.

Panels have their places first, then the arrows, then the names: none covers another.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.hud.labels.arrow_places import ArrowPlaces, UnseenCar
from racer.app.window.hud.labels.edge_arrows import EdgeArrows
from racer.app.window.hud.labels.name_tags import NameTags

if TYPE_CHECKING:
    from collections.abc import Sequence

    from racer.app.window.base.box import Box
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.hud.labels.picture import Picture
    from racer.play.view import CarView

HALF_CAR_M: Final = 1.3  # between half of its length and half of its width


@final
class Labels:
    """Keeps pictures of names and badges, and where they stood."""

    def __init__(self) -> None:
        self._arrow_places = ArrowPlaces()
        self._edge_arrows = EdgeArrows()
        self._name_tags = NameTags()

    def draw(self, canvas: Canvas, picture: Picture, panels: Sequence[Box]) -> None:
        """Draw names about the cars that are seen, and arrows to those near ours that are not."""
        taken = [canvas.rect(*box).inflate(2, 2) for box in panels]
        cars = _cars_beyond(picture)
        seen = [*taken, *_cars_in(picture)] if cars else taken
        arrows = self._arrow_places.place(cars, picture.area, seen, canvas.scale)
        self._name_tags.draw(canvas, picture, [*taken, *(arrow.rect for arrow in arrows)])
        for arrow in arrows:
            self._edge_arrows.draw(canvas, arrow)

    def prepare(self, canvas: Canvas, car: CarView) -> None:
        """Make what stands about a car that will be seen soon."""
        self._name_tags.prepare(canvas, car)


def _cars_beyond(picture: Picture) -> list[UnseenCar]:
    """Return the others that are not in the picture; none where we drive no car."""
    mine = next((car for car in picture.cars if car.mine), None)
    if mine is None:
        return []
    return [
        UnseenCar(math.dist((car.pose.x, car.pose.y), (mine.pose.x, mine.pose.y)), car.number, x, y)
        for car, (x, y) in zip(picture.cars, picture.places, strict=True)
        if not (car.mine or car.ghost or picture.area.collidepoint(x, y))
    ]


def _cars_in(picture: Picture) -> list[pygame.Rect]:
    """Return what the cars cover that are seen, whichever way they point."""
    half = HALF_CAR_M * picture.px_per_m
    return [
        pygame.Rect(round(x - half), round(y - half), round(2.0 * half), round(2.0 * half))
        for x, y in picture.places
        if picture.area.collidepoint(x, y)
    ]
