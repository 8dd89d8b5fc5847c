"""Bodies of cars: three kinds told apart by their outline, 24 numbers by paint and pattern.

A pattern goes with each paint, so that cars differ for whoever cannot tell the colours apart.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pygame

from racer.app.window.base.paints import Eyes, paint
from racer.app.window.base.palette import WHITE, mixed
from racer.core.tuning import CAR, CARS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from racer.app.window.base.lettering import Colour
    from racer.app.window.world.shapes import Point

FINE: Final = 48  # pixels to the metre of the picture that all others are made from
BLACK: Final[Colour] = (0, 0, 0)
GLASS: Final[Colour] = (26, 34, 46)
SKY: Final[Colour] = (92, 116, 140)  # in the windscreen
TYRE: Final[Colour] = (22, 23, 26)
WHEEL_M: Final = 0.80  # of a wheel from the middle of the car
LOCK: Final = 0.5  # rad: front wheels turned so far show beyond the body


@dataclass(frozen=True, slots=True)
class Body:
    """An outline: its right half from nose to tail, in metres from the middle, x forward."""

    hull: tuple[Point, ...]
    screen: tuple[Point, ...]  # the glass all round, right half
    roof: tuple[Point, ...]  # right half; none: an open car
    wing_x: float | None  # of a rear wing
    wheels_out: float  # m by which wheels stand out of the body


COUPE: Final = Body(
    hull=(
        (2.10, 0.22), (2.02, 0.52), (1.78, 0.76), (1.45, 0.86), (0.95, 0.84), (0.55, 0.78),
        (-0.35, 0.82), (-0.85, 0.90), (-1.55, 0.92), (-1.95, 0.84), (-2.06, 0.60),
    ),
    screen=((0.78, 0.38), (0.55, 0.60), (-0.75, 0.66), (-1.12, 0.46)),
    roof=((0.18, 0.46), (0.08, 0.50), (-0.52, 0.52), (-0.60, 0.47)),
    wing_x=-1.72,
    wheels_out=0.0,
)  # fmt: skip
ROADSTER: Final = Body(
    hull=(
        (2.10, 0.10), (1.92, 0.30), (1.50, 0.42), (0.90, 0.44), (0.55, 0.56), (0.10, 0.74),
        (-0.70, 0.76), (-1.05, 0.56), (-1.60, 0.48), (-2.00, 0.40), (-2.08, 0.22),
    ),
    screen=((0.42, 0.26), (0.30, 0.38), (-0.62, 0.40), (-0.86, 0.24)),
    roof=(),
    wing_x=-1.94,
    wheels_out=0.10,
)  # fmt: skip
MUSCLE: Final = Body(
    hull=(
        (2.08, 0.70), (2.00, 0.86), (1.40, 0.93), (0.80, 0.92), (0.10, 0.90), (-0.70, 0.93),
        (-1.70, 0.95), (-2.02, 0.90), (-2.10, 0.72),
    ),
    screen=((0.30, 0.58), (0.10, 0.72), (-1.10, 0.74), (-1.50, 0.62)),
    roof=((-0.14, 0.62), (-0.20, 0.64), (-1.00, 0.64), (-1.06, 0.58)),
    wing_x=None,
    wheels_out=0.0,
)  # fmt: skip
BODIES: Final = (COUPE, ROADSTER, MUSCLE)
"""In the order of `tuning.CARS`."""


def car_picture(number: int, kind: int = 0, *, braking: bool = False) -> pygame.Surface:
    """Return a whole car heading right, at `FINE` pixels to the metre, on nothing."""
    surface = chassis_picture(kind)
    surface.blit(body_picture(number, kind, braking=braking), (0, 0))
    return surface


def chassis_picture(kind: int = 0, steer: float = 0.0) -> pygame.Surface:
    """Return what is below a body: wheels, the front ones turned by a steering of -1..1."""
    surface = _empty_picture()
    _draw_wheels(surface, BODIES[kind % len(BODIES)], kind, steer * LOCK)
    return surface


def body_picture(
    number: int, kind: int = 0, *, braking: bool = False, eyes: Eyes = Eyes.ANY
) -> pygame.Surface:
    """Return the body of a car as `chassis_picture` does its wheels: they lie on each other."""
    surface = _empty_picture()
    body = BODIES[kind % len(BODIES)]
    colour = paint(number, eyes)
    trim = WHITE if sum(colour) < 480 else (30, 34, 44)
    _draw_hull(surface, body, colour)
    _draw_pattern(surface, body, number, trim)
    _draw_glass(surface, body, colour, number, trim)
    _draw_lamps(surface, body, braking)
    if body is MUSCLE:
        _draw_scoop(surface, colour)
    if body.wing_x is not None:
        _draw_wing(surface, colour, body.wing_x)
    return surface


def _empty_picture() -> pygame.Surface:
    size = (CAR.length_m + 0.4) * FINE, (CAR.width_m + 0.4) * FINE
    return pygame.Surface((round(size[0]), round(size[1])), pygame.SRCALPHA)


def _fill_polygon(surface: pygame.Surface, colour: Colour, points: Sequence[Point]) -> None:
    """Fill a polygon given in metres from the middle of the car, x forward, y right."""
    cx, cy = surface.get_width() / 2.0, surface.get_height() / 2.0
    pygame.draw.polygon(surface, colour, [(cx + x * FINE, cy + y * FINE) for x, y in points])


def _fill_box(surface: pygame.Surface, colour: Colour, a: Point, b: Point) -> None:
    _fill_polygon(surface, colour, (a, (b[0], a[1]), b, (a[0], b[1])))


def _mirrored_outline(points: Sequence[Point]) -> list[Point]:
    """Return an outline from its right half, front to back."""
    return [*points, *((x, -y) for x, y in reversed(points))]


def _draw_wheels(surface: pygame.Surface, body: Body, kind: int, lock: float) -> None:
    spec = CARS[kind % len(CARS)]
    for x, turn in ((-spec.rear_axle_m, 0.0), (spec.front_axle_m, lock)):
        for side in (-1.0, 1.0):
            y = side * (WHEEL_M + body.wheels_out / 2.0)
            wide = 0.15 + body.wheels_out
            if body.wheels_out:  # an axle to the free-standing wheel
                _fill_box(surface, (70, 74, 82), (x - 0.06, 0.0), (x + 0.06, y))
            c, s = math.cos(turn), -math.sin(turn)  # y points right
            corners = ((0.38, wide), (0.38, -wide), (-0.38, -wide), (-0.38, wide))
            _fill_polygon(
                surface, TYRE, [(x + a * c - b * s, y + a * s + b * c) for a, b in corners]
            )


def _draw_hull(surface: pygame.Surface, body: Body, colour: Colour) -> None:
    _fill_polygon(surface, mixed(colour, BLACK, 0.42), _mirrored_outline(body.hull))
    _fill_polygon(surface, colour, _mirrored_outline([(x * 0.965, y * 0.92) for x, y in body.hull]))
    # The bonnet catches the light, the tail lies in shade.
    front = [(x * 0.93, y * 0.62) for x, y in body.hull if x > 0.5]
    _fill_polygon(surface, mixed(colour, WHITE, 0.16), _mirrored_outline(front))
    back = [(x * 0.93, y * 0.8) for x, y in body.hull if x < -0.8]
    _fill_polygon(surface, mixed(colour, BLACK, 0.16), _mirrored_outline(back))


def _draw_pattern(surface: pygame.Surface, body: Body, number: int, trim: Colour) -> None:
    """Lay the pattern of a number over the body and nowhere else."""
    layer = pygame.Surface(surface.get_size(), pygame.SRCALPHA)
    PATTERNS[number % len(PATTERNS)](layer, trim)
    mask = pygame.Surface(surface.get_size(), pygame.SRCALPHA)
    _fill_polygon(mask, WHITE, _mirrored_outline([(x * 0.95, y * 0.88) for x, y in body.hull]))
    layer.blit(mask, (0, 0), special_flags=pygame.BLEND_RGBA_MULT)
    surface.blit(layer, (0, 0))


def _paint_two_stripes(layer: pygame.Surface, trim: Colour) -> None:
    for side in (-1.0, 1.0):
        _fill_box(layer, trim, (2.1, side * 0.09), (-2.1, side * 0.25))


def _paint_one_stripe(layer: pygame.Surface, trim: Colour) -> None:
    _fill_box(layer, trim, (2.1, -0.2), (-2.1, 0.2))


def _paint_sashes(layer: pygame.Surface, trim: Colour) -> None:
    _fill_polygon(layer, trim, [(1.7, -1.0), (1.1, -1.0), (0.3, 1.0), (0.9, 1.0)])
    _fill_polygon(layer, trim, [(-0.9, -1.0), (-1.4, -1.0), (-2.0, 1.0), (-1.5, 1.0)])


def _paint_half(layer: pygame.Surface, trim: Colour) -> None:
    _fill_box(layer, trim, (2.1, 0.0), (-2.1, 1.0))


def _paint_hoops(layer: pygame.Surface, trim: Colour) -> None:
    for x in (1.5, 0.95, -1.45):
        _fill_box(layer, trim, (x, -1.0), (x - 0.26, 1.0))


def _paint_ends(layer: pygame.Surface, trim: Colour) -> None:
    _fill_box(layer, trim, (2.1, -1.0), (1.15, 1.0))
    _fill_box(layer, trim, (-1.5, -1.0), (-2.1, 1.0))


def _paint_arrows(layer: pygame.Surface, trim: Colour) -> None:
    for x in (1.9, 1.2):
        _fill_polygon(
            layer, trim,
            [(x, 0.0), (x - 0.75, 0.9), (x - 1.1, 0.9), (x - 0.35, 0.0), (x - 1.1, -0.9),
             (x - 0.75, -0.9)],
        )  # fmt: skip


def _paint_checks(layer: pygame.Surface, trim: Colour) -> None:
    for i in range(11):
        for j in range(5):
            if (i + j) % 2:
                x, y = 2.1 - 0.4 * i, -0.9 + 0.36 * j
                _fill_box(layer, trim, (x, y), (x - 0.4, y + 0.36))


def _paint_quarters(layer: pygame.Surface, trim: Colour) -> None:
    _fill_box(layer, trim, (2.1, -1.0), (0.1, 0.0))
    _fill_box(layer, trim, (0.1, 0.0), (-2.1, 1.0))


def _paint_cross(layer: pygame.Surface, trim: Colour) -> None:
    for side in (-1.0, 1.0):
        _fill_polygon(
            layer, trim,
            [(2.1, side * 0.95), (1.65, side * 0.95), (-2.1, side * -0.95), (-1.65, side * -0.95)],
        )  # fmt: skip


def _paint_flanks(layer: pygame.Surface, trim: Colour) -> None:
    for side in (-1.0, 1.0):
        _fill_box(layer, trim, (2.1, side * 0.46), (-2.1, side))


def _paint_tail(layer: pygame.Surface, trim: Colour) -> None:
    _fill_polygon(layer, trim, [(0.0, -1.0), (0.7, 0.0), (0.0, 1.0), (-2.1, 1.0), (-2.1, -1.0)])


PATTERNS: Final[tuple[Callable[[pygame.Surface, Colour], None], ...]] = (
    _paint_two_stripes,
    _paint_half,
    _paint_hoops,
    _paint_one_stripe,
    _paint_sashes,
    _paint_ends,
    _paint_arrows,
    _paint_checks,
    _paint_quarters,
    _paint_cross,
    _paint_flanks,
    _paint_tail,
)
"""By number; the second twelve numbers have the same patterns on paints of another lightness."""


def _draw_glass(
    surface: pygame.Surface, body: Body, colour: Colour, number: int, trim: Colour
) -> None:
    _fill_polygon(surface, GLASS, _mirrored_outline(body.screen))
    (ax, ay), (bx, by) = body.screen[0], body.screen[1]
    front = [(ax - 0.06, ay - 0.02), (bx - 0.04, by - 0.06), (bx - 0.26, by - 0.07)]
    _fill_polygon(surface, SKY, _mirrored_outline([*front, (ax - 0.36, ay - 0.08)]))
    if body.roof:
        _fill_polygon(surface, colour, _mirrored_outline(body.roof))
        _draw_number_plate(surface, (body.roof[0][0] + body.roof[-1][0]) / 2.0, 0.36, number, trim)
        return
    # An open car: the driver's helmet, and the seat behind it.
    _fill_box(surface, (48, 50, 56), (-0.1, -0.26), (-0.72, 0.26))
    cx, cy = surface.get_width() / 2.0, surface.get_height() / 2.0
    pygame.draw.circle(surface, trim, (cx - 0.34 * FINE, cy), 0.24 * FINE)
    pygame.draw.circle(surface, colour, (cx - 0.34 * FINE, cy), 0.15 * FINE)
    _draw_number_plate(surface, 1.05, 0.27, number, trim)


def _draw_number_plate(
    surface: pygame.Surface, x: float, radius: float, number: int, trim: Colour
) -> None:
    """Draw a disc with the car's number, upright for who drives right."""
    light = sum(trim) > 400
    ground, ink = ((246, 248, 250), (20, 24, 32)) if light else ((24, 28, 36), (246, 248, 250))
    cx, cy = surface.get_width() / 2.0 + x * FINE, surface.get_height() / 2.0
    pygame.draw.circle(surface, ground, (cx, cy), radius * FINE)
    digits = str(number)
    size = radius * FINE * (1.15 if len(digits) == 1 else 0.86)
    wide = size * 0.62
    for k, digit in enumerate(digits):
        left = cx + (k - len(digits) / 2.0) * (wide + 2.0) + 1.0
        _draw_digit(surface, digit, (left, cy - size / 2.0, wide, size), ink)


SEGMENTS: Final = {
    "0": "abcdef", "1": "i", "2": "abged", "3": "abgcd", "4": "fgbc",
    "5": "afgcd", "6": "afgedc", "7": "abc", "8": "abcdefg", "9": "abcdfg",
}  # fmt: skip


def _draw_digit(
    surface: pygame.Surface, digit: str, box: tuple[float, float, float, float], ink: Colour
) -> None:
    x, y, w, h = box
    m, t = y + h / 2.0, max(2, math.ceil(h / 6.0))
    lines = {
        "a": ((x, y), (x + w, y)), "b": ((x + w, y), (x + w, m)), "c": ((x + w, m), (x + w, y + h)),
        "d": ((x, y + h), (x + w, y + h)), "e": ((x, m), (x, y + h)), "f": ((x, y), (x, m)),
        "g": ((x, m), (x + w, m)), "i": ((x + w / 2.0, y), (x + w / 2.0, y + h)),
    }  # fmt: skip
    for name in SEGMENTS[digit]:
        pygame.draw.line(surface, ink, *lines[name], t)


def _draw_lamps(surface: pygame.Surface, body: Body, braking: bool) -> None:
    """Draw the head lamps, and tail lamps that a brake makes bright and wide."""
    nose = max(y for x, y in body.hull if x > 1.4)
    tail = max(y for x, y in body.hull if x < -1.9)
    red = (255, 52, 34) if braking else (120, 18, 18)
    for side in (-1.0, 1.0):
        out, inner = side * nose * 0.82, side * nose * 0.45
        _fill_polygon(
            surface, (255, 250, 220), [(1.9, inner), (1.7, out), (1.52, out), (1.74, inner)]
        )
        reach = -2.10 if braking else -2.04
        edge = side * tail * (1.0 if braking else 0.9)
        _fill_box(surface, red, (-1.80 if braking else -1.88, side * tail * 0.42), (reach, edge))


def _draw_scoop(surface: pygame.Surface, colour: Colour) -> None:
    _fill_box(surface, mixed(colour, BLACK, 0.5), (1.35, -0.24), (0.62, 0.24))
    _fill_box(surface, (18, 20, 24), (1.35, -0.2), (1.22, 0.2))


def _draw_wing(surface: pygame.Surface, colour: Colour, x: float) -> None:
    _fill_box(surface, (28, 30, 36), (x + 0.12, -0.90), (x - 0.12, 0.90))
    _fill_box(surface, mixed(colour, BLACK, 0.25), (x + 0.07, -0.78), (x - 0.07, 0.78))
