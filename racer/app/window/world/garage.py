"""Pictures of cars, one for each direction, painted once."""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import Final, TypeAlias, final

import pygame

from racer.app.window.world.bodies import FINE, car_picture

DIRECTIONS: Final = 120  # 3° apart: the nose of a car moves by one pixel from one to the next
BOX_M: Final = 5.2  # side of the picture: the car in any direction, and its shadow
BYTES_MAX: Final = 80_000_000  # 16 cars in all directions, braking or not, at a common size: 42 MB
GHOST_ALPHA: Final = 105

Key: TypeAlias = tuple[int, int, int, bool, bool]  # number, kind, direction, braking, ghost


@final
class Garage:
    """Cars by number and direction at one scale."""

    def __init__(self, px_per_m: float) -> None:
        self._px_per_m = px_per_m
        self._side = round(BOX_M * px_per_m)
        self._pictures_max = BYTES_MAX // (4 * self._side * self._side)
        self._pictures: OrderedDict[Key, pygame.Surface] = OrderedDict()
        self._models: dict[tuple[int, int, bool], pygame.Surface] = {}
        self._to_warm: list[Key] = []
        self._expected: list[tuple[int, int]] = []

    def picture(
        self, number: int, heading: float, *, braking: bool, ghost: bool, kind: int = 0
    ) -> pygame.Surface:
        """Return a square picture of a car, to be centred on its place.

        Args:
            number: chooses paint and pattern.
            heading: rad; rounded to one of `DIRECTIONS`.
            braking: its brake lights are on.
            ghost: translucent, without a shadow.
            kind: chooses the body; index into `tuning.CARS`.
        """
        direction = round(heading / math.tau * DIRECTIONS) % DIRECTIONS
        key = (number, kind, direction, braking, ghost)
        picture = self._pictures.get(key)
        if picture is None:
            picture = self._pictures[key] = self._turned_picture(*key)
            if len(self._pictures) > self._pictures_max:
                self._pictures.popitem(last=False)
        else:
            self._pictures.move_to_end(key)
        return picture

    def expect(self, cars: list[tuple[int, int]]) -> None:
        """Prepare for cars of these numbers and kinds: `warm` paints them ahead of time."""
        if cars == self._expected:
            return
        self._expected = cars
        self._to_warm = [
            (number, kind, direction, braking, False)
            for braking in (True, False)
            for number, kind in sorted(cars, reverse=True)
            for direction in range(DIRECTIONS)
        ][-self._pictures_max :]

    def warm(self) -> bool:
        """Paint one more expected picture; False once there are none."""
        while self._to_warm:
            key = self._to_warm.pop()
            if key not in self._pictures:
                self._pictures[key] = self._turned_picture(*key)
                return True
        return False

    def _turned_picture(
        self, number: int, kind: int, direction: int, braking: bool, ghost: bool
    ) -> pygame.Surface:
        model = self._car_model(number, kind, braking)
        side = self._side
        turned = _centred_picture(
            pygame.transform.rotate(model, direction * 360.0 / DIRECTIONS), 2 * side
        )
        car = pygame.transform.smoothscale(turned, (side, side))
        if ghost:
            car.set_alpha(GHOST_ALPHA)
            return car
        shadow = pygame.Surface((side, side), pygame.SRCALPHA)
        shade = car.copy()
        shade.fill((0, 0, 0, 110), special_flags=pygame.BLEND_RGBA_MULT)
        offset = round(0.32 * self._px_per_m)
        shadow.blit(shade, (offset, offset))
        shadow.blit(car, (0, 0))
        return shadow.convert_alpha()

    def _car_model(self, number: int, kind: int, braking: bool) -> pygame.Surface:
        """Return the car heading right, twice as large as it is shown."""
        model = self._models.get((number, kind, braking))
        if model is None:
            fine = car_picture(number, kind, braking=braking)
            scale = 2.0 * self._px_per_m / FINE
            size = (round(fine.get_width() * scale), round(fine.get_height() * scale))
            model = pygame.transform.smoothscale(fine, size)
            self._models[number, kind, braking] = model
        return model


def _centred_picture(picture: pygame.Surface, side: int) -> pygame.Surface:
    result = pygame.Surface((side, side), pygame.SRCALPHA)
    result.blit(picture, ((side - picture.get_width()) // 2, (side - picture.get_height()) // 2))
    return result
