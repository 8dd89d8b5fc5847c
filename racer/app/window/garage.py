"""Pictures of cars, one for each direction, painted once."""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import TYPE_CHECKING, Final, TypeAlias, final

import pygame

from racer.app.window.palette import WHITE, mixed, paint
from racer.core.tuning import CAR

if TYPE_CHECKING:
    from racer.app.window.text import Colour

DIRECTIONS: Final = 120  # 3° apart: the nose of a car moves by one pixel from one to the next
FINE: Final = 48  # pixels to the metre of the picture that all others are made from
BOX_M: Final = 5.2  # side of the picture: the car in any direction, and its shadow
BYTES_MAX: Final = 80_000_000  # 16 cars in all directions, braking or not, at a common size: 42 MB
GHOST_ALPHA: Final = 105
BLACK: Final[Colour] = (0, 0, 0)

Key: TypeAlias = tuple[int, int, bool, bool]


@final
class Garage:
    """Cars by number and direction at one scale."""

    def __init__(self, px_per_m: float) -> None:
        self._px_per_m = px_per_m
        self._side = round(BOX_M * px_per_m)
        self._pictures_max = BYTES_MAX // (4 * self._side * self._side)
        self._pictures: OrderedDict[Key, pygame.Surface] = OrderedDict()
        self._models: dict[tuple[int, bool], pygame.Surface] = {}
        self._to_warm: list[Key] = []
        self._expected: list[int] = []

    def picture(self, number: int, heading: float, *, braking: bool, ghost: bool) -> pygame.Surface:
        """Return a square picture of a car, to be centred on its place.

        Args:
            number: chooses the paint.
            heading: rad; rounded to one of `DIRECTIONS`.
            braking: its brake lights are on.
            ghost: translucent, without a shadow.
        """
        direction = round(heading / math.tau * DIRECTIONS) % DIRECTIONS
        key = (number, direction, braking, ghost)
        picture = self._pictures.get(key)
        if picture is None:
            picture = self._pictures[key] = self._turned(*key)
            if len(self._pictures) > self._pictures_max:
                self._pictures.popitem(last=False)
        else:
            self._pictures.move_to_end(key)
        return picture

    def expect(self, numbers: list[int]) -> None:
        """Prepare for cars with these numbers: `warm` paints them ahead of time."""
        if numbers == self._expected:
            return
        self._expected = numbers
        self._to_warm = [
            (number, direction, braking, False)
            for braking in (True, False)
            for number in sorted(numbers, reverse=True)
            for direction in range(DIRECTIONS)
        ][-self._pictures_max :]

    def warm(self) -> bool:
        """Paint one more expected picture; False once there are none."""
        while self._to_warm:
            key = self._to_warm.pop()
            if key not in self._pictures:
                self._pictures[key] = self._turned(*key)
                return True
        return False

    def _turned(self, number: int, direction: int, braking: bool, ghost: bool) -> pygame.Surface:
        model = self._model(number, braking)
        side = self._side
        turned = _centred(pygame.transform.rotate(model, direction * 360.0 / DIRECTIONS), 2 * side)
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

    def _model(self, number: int, braking: bool) -> pygame.Surface:
        """Return the car heading right, twice as large as it is shown."""
        model = self._models.get((number, braking))
        if model is None:
            fine = car_picture(number, braking=braking)
            scale = 2.0 * self._px_per_m / FINE
            size = (round(fine.get_width() * scale), round(fine.get_height() * scale))
            model = self._models[number, braking] = pygame.transform.smoothscale(fine, size)
        return model


def _centred(picture: pygame.Surface, side: int) -> pygame.Surface:
    result = pygame.Surface((side, side), pygame.SRCALPHA)
    result.blit(picture, ((side - picture.get_width()) // 2, (side - picture.get_height()) // 2))
    return result


def car_picture(number: int, *, braking: bool = False) -> pygame.Surface:
    """Return a car heading right, at `FINE` pixels to the metre, on nothing."""
    length, width = CAR.length_m, CAR.width_m
    surface = pygame.Surface(
        (round((length + 0.4) * FINE), round((width + 0.4) * FINE)), pygame.SRCALPHA
    )
    body = paint(number)
    trim = WHITE if sum(body) < 480 else (30, 34, 44)
    _wheels(surface)
    _body(surface, body)
    _stripes(surface, trim)
    _glass(surface, body)
    _lamps(surface, braking)
    _wing(surface, body)
    return surface


def _polygon(surface: pygame.Surface, colour: Colour, points: list[tuple[float, float]]) -> None:
    """Fill a polygon given in metres from the middle of the car, x forward, y right."""
    cx, cy = surface.get_width() / 2.0, surface.get_height() / 2.0
    pygame.draw.polygon(surface, colour, [(cx + x * FINE, cy + y * FINE) for x, y in points])


def _mirrored(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return an outline from its right half, front to back."""
    return points + [(x, -y) for x, y in reversed(points)]


def _wheels(surface: pygame.Surface) -> None:
    for x in (-CAR.rear_axle_m, CAR.front_axle_m):
        for y in (-0.86, 0.86):
            corners = [(x - 0.36, y - 0.15), (x + 0.36, y - 0.15), (x + 0.36, y + 0.15)]
            _polygon(surface, (22, 23, 26), [*corners, (x - 0.36, y + 0.15)])


HULL: Final = [
    (2.10, 0.22),
    (2.02, 0.52),
    (1.78, 0.76),
    (1.45, 0.86),
    (0.95, 0.84),
    (0.55, 0.78),
    (-0.35, 0.82),
    (-0.85, 0.90),
    (-1.55, 0.92),
    (-1.95, 0.84),
    (-2.06, 0.60),
]


def _body(surface: pygame.Surface, body: Colour) -> None:
    _polygon(surface, mixed(body, BLACK, 0.42), _mirrored(HULL))
    inner = [(x * 0.965, y * 0.93) for x, y in HULL]
    _polygon(surface, body, _mirrored(inner))
    # The bonnet and the flanks catch the light.
    _polygon(surface, mixed(body, WHITE, 0.16), _mirrored([(1.92, 0.16), (1.7, 0.46), (0.8, 0.5)]))
    _polygon(surface, mixed(body, BLACK, 0.18), _mirrored([(-0.9, 0.74), (-1.9, 0.66)]))


def _stripes(surface: pygame.Surface, trim: Colour) -> None:
    for side in (-1.0, 1.0):
        a, b = side * 0.09, side * 0.25
        _polygon(surface, trim, [(1.98, a), (1.96, b), (-1.96, b), (-1.96, a)])


def _glass(surface: pygame.Surface, body: Colour) -> None:
    glass = (26, 34, 46)
    _polygon(surface, glass, _mirrored([(0.78, 0.38), (0.55, 0.60), (-0.75, 0.66), (-1.12, 0.46)]))
    _polygon(
        surface, (92, 116, 140), _mirrored([(0.72, 0.36), (0.52, 0.54), (0.30, 0.53), (0.42, 0.3)])
    )
    _polygon(surface, body, _mirrored([(0.18, 0.46), (0.08, 0.50), (-0.52, 0.52), (-0.60, 0.47)]))
    _polygon(
        surface, mixed(body, WHITE, 0.25), [(0.1, -0.46), (0.1, -0.3), (-0.5, -0.3), (-0.5, -0.48)]
    )


def _lamps(surface: pygame.Surface, braking: bool) -> None:
    for side in (-1.0, 1.0):
        front = [(1.94, side * 0.50), (1.74, side * 0.70), (1.58, side * 0.70), (1.78, side * 0.46)]
        _polygon(surface, (255, 250, 220), front)
        rear = [
            (-1.84, side * 0.82),
            (-1.84, side * 0.48),
            (-2.04, side * 0.48),
            (-2.04, side * 0.74),
        ]
        _polygon(surface, (255, 44, 30) if braking else (120, 18, 18), rear)


def _wing(surface: pygame.Surface, body: Colour) -> None:
    _polygon(surface, (28, 30, 36), [(-1.62, -0.90), (-1.62, 0.90), (-1.84, 0.90), (-1.84, -0.90)])
    _polygon(
        surface,
        mixed(body, BLACK, 0.25),
        [(-1.66, -0.78), (-1.66, 0.78), (-1.78, 0.78), (-1.78, -0.78)],
    )
