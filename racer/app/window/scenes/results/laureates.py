"""The first three on their steps: suits in the paint of their cars, cups, and champagne."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Final

import pygame

from racer.app.window.base.palette import WHITE, mixed

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.base.lettering import Colour

FINE: Final = 4  # trophies are drawn so many times larger
BOWL: Final = (
    (-0.27, 0.04), (0.27, 0.04), (0.22, 0.36), (0.1, 0.52), (-0.1, 0.52), (-0.22, 0.36),
)  # fmt: skip
SHADED: Final = ((0.08, 0.04), (0.27, 0.04), (0.22, 0.36), (0.1, 0.52), (0.04, 0.52))
SHINE: Final = ((-0.2, 0.06), (-0.12, 0.06), (-0.1, 0.42), (-0.15, 0.38))
STEM: Final = ((-0.05, 0.52), (0.05, 0.52), (0.08, 0.78), (-0.08, 0.78))
"""Of a cup, in shares of its height from its middle and its top."""
CUP_UNITS: Final = (42.0, 34.0, 30.0)
TALL: Final = 60.0  # units that a laureate is high
INK: Final[Colour] = (20, 24, 34)
SKIN: Final[tuple[Colour, ...]] = ((224, 180, 146), (176, 126, 94), (112, 78, 58))
GLASS: Final[Colour] = (36, 84, 58)
DROPS: Final = 34
SPRAY_S: Final = 0.9  # that a drop flies


@dataclass(frozen=True, slots=True)
class Laureate:
    """Who stands on a step."""

    place: int  # 0 is the first
    suit: Colour
    cup: pygame.Surface


def draw_laureate(canvas: Canvas, who: Laureate, at: tuple[float, float], age_s: float) -> None:
    """Draw one of the three, whose feet are at a place; the first leaps, the others spray."""
    x, foot = at
    beat = math.tau * age_s * (1.1 + 0.13 * who.place) + 1.9 * who.place
    leap = max(0.0, math.sin(beat)) * (9.0 if who.place == 0 else 4.0)
    sprays = who.place > 0 and age_s % 5.0 < 3.4
    foot -= leap
    _draw_body(canvas, who, x, foot, leap)
    if sprays:
        towards = 1.0 if who.place == 1 else -1.0
        cup_x = x - towards * 15.0
        _draw_arm(canvas, who.suit, (x - towards * 9.0, foot - 38.0), (cup_x, foot - 58.0))
        hand = (x + towards * 17.0, foot - 46.0)
        _draw_arm(canvas, who.suit, (x + towards * 9.0, foot - 38.0), hand)
        _draw_champagne(canvas, hand, towards, age_s, who.place)
        top = canvas.px(foot - 58.0) - who.cup.get_height()
        canvas.surface.blit(who.cup, (canvas.px(cup_x) - who.cup.get_width() // 2, top))
    else:
        for side in (-1.0, 1.0):
            hand = (x + side * 9.0, foot - TALL - 8.0)
            _draw_arm(canvas, who.suit, (x + side * 9.0, foot - 38.0), hand)
        top = canvas.px(foot - TALL - 4.0) - who.cup.get_height()
        canvas.surface.blit(who.cup, (canvas.px(x) - who.cup.get_width() // 2, top))


def _draw_body(canvas: Canvas, who: Laureate, x: float, foot: float, leap: float) -> None:
    """Draw legs, trunk with its stripes, and the head."""
    surface = canvas.surface
    dark = mixed(who.suit, INK, 0.4)
    spread = 5.0 + 0.4 * leap
    for side in (-1.0, 1.0):
        hip, boot = (x + side * 4.5, foot - 24.0), (x + side * spread, foot - 3.0)
        _draw_limb(canvas, dark if side > 0.0 else who.suit, hip, boot, 7.5)
        shoe = pygame.Rect(0, 0, canvas.px(9.0), canvas.px(5.0))
        shoe.midbottom = (canvas.px(x + side * (spread + 1.0)), canvas.px(foot))
        pygame.draw.rect(surface, INK, shoe, border_radius=max(1, canvas.px(2.0)))
    trunk = pygame.Rect(0, 0, canvas.px(20.0), canvas.px(24.0))
    trunk.midbottom = (canvas.px(x), canvas.px(foot - 19.0))
    pygame.draw.rect(surface, who.suit, trunk, border_radius=canvas.px(6.0))
    right = pygame.Rect(trunk.centerx, trunk.top, trunk.width // 2, trunk.height)
    pygame.draw.rect(
        surface,
        mixed(who.suit, INK, 0.18),
        right,
        border_top_right_radius=canvas.px(6.0),
        border_bottom_right_radius=canvas.px(6.0),
    )
    canvas.bar(x - 10.0, foot - 31.0, 20.0, 3.0, mixed(who.suit, WHITE, 0.75))
    canvas.bar(x - 10.0, foot - 22.0, 20.0, 2.4, INK)
    head = (canvas.px(x), canvas.px(foot - 50.0))
    skin = SKIN[who.place % len(SKIN)]
    pygame.draw.circle(surface, skin, head, canvas.px(7.6))
    cap = pygame.Rect(0, 0, canvas.px(15.6), canvas.px(7.0))
    cap.midbottom = (head[0], head[1] - canvas.px(1.0))
    pygame.draw.rect(
        surface,
        mixed(who.suit, WHITE, 0.15),
        cap,
        border_top_left_radius=canvas.px(7.0),
        border_top_right_radius=canvas.px(7.0),
    )
    canvas.bar(x - 9.5, foot - 52.0, 19.0, 2.2, dark)
    for side in (-1.0, 1.0):
        eye = (canvas.px(x + side * 2.8), canvas.px(foot - 48.6))
        pygame.draw.circle(surface, INK, eye, max(1, canvas.px(1.0)))
    mouth = pygame.Rect(0, 0, canvas.px(6.0), max(2, canvas.px(2.6)))
    mouth.midtop = (head[0], canvas.px(foot - 46.4))
    pygame.draw.rect(surface, (250, 250, 250), mouth, border_radius=max(1, canvas.px(1.3)))


def _draw_arm(
    canvas: Canvas, suit: Colour, shoulder: tuple[float, float], hand: tuple[float, float]
) -> None:
    _draw_limb(canvas, mixed(suit, INK, 0.12), shoulder, hand, 6.0)
    spot = (canvas.px(hand[0]), canvas.px(hand[1]))
    pygame.draw.circle(canvas.surface, WHITE, spot, max(2, canvas.px(3.4)))


def _draw_limb(
    canvas: Canvas, colour: Colour, a: tuple[float, float], b: tuple[float, float], thick: float
) -> None:
    """Draw a line with round ends."""
    first, last = ((canvas.px(px), canvas.px(py)) for px, py in (a, b))
    pygame.draw.line(canvas.surface, colour, first, last, max(2, canvas.px(thick)))
    for end in (first, last):
        pygame.draw.circle(canvas.surface, colour, end, max(1, canvas.px(thick / 2.0)))


def _draw_champagne(
    canvas: Canvas, hand: tuple[float, float], towards: float, age_s: float, seed: int
) -> None:
    """Draw a bottle that is shaken, and what flies out of it towards the winner."""
    shake = 2.5 * math.sin(31.0 * age_s)
    mouth = (hand[0] + towards * 11.0, hand[1] - 13.0 + shake)
    _draw_limb(canvas, GLASS, hand, (hand[0] + towards * 6.0, hand[1] - 7.0 + shake), 6.5)
    _draw_limb(canvas, mixed(GLASS, WHITE, 0.25), hand, mouth, 2.4)
    rng = Random(seed)
    for _ in range(DROPS):
        late, speed, lift = rng.random(), rng.uniform(70.0, 150.0), rng.uniform(60.0, 130.0)
        size = rng.uniform(1.0, 2.6)
        t = (age_s + late * SPRAY_S) % SPRAY_S
        x = mouth[0] + towards * speed * t
        y = mouth[1] - lift * t + 150.0 * t * t
        foam = mixed((252, 248, 226), (206, 190, 140), t / SPRAY_S)
        pygame.draw.circle(
            canvas.surface, foam, (canvas.px(x), canvas.px(y)), max(1, canvas.px(size))
        )


def cup_picture(metal: Colour, height: int) -> pygame.Surface:
    """Return a cup with two handles on a foot, in the light from the left."""
    tall = height * FINE
    wide = round(tall * 0.86)
    large = pygame.Surface((wide, tall), pygame.SRCALPHA)
    dark, pale = mixed(metal, (60, 40, 10), 0.42), mixed(metal, WHITE, 0.62)

    def at(x: float, y: float) -> tuple[float, float]:
        return wide / 2.0 + x * tall, y * tall

    for side in (-1.0, 1.0):
        centre = at(side * 0.27, 0.24)
        pygame.draw.circle(large, dark, centre, 0.13 * tall, max(2, round(0.045 * tall)))
    pygame.draw.polygon(large, metal, [at(x, y) for x, y in BOWL])
    pygame.draw.polygon(large, mixed(metal, dark, 0.6), [at(x, y) for x, y in SHADED])
    pygame.draw.polygon(large, pale, [at(x, y) for x, y in SHINE])
    pygame.draw.rect(large, pale, (*at(-0.29, 0.0), 0.58 * tall, 0.06 * tall))
    pygame.draw.polygon(large, dark, [at(x, y) for x, y in STEM])
    pygame.draw.rect(large, metal, (*at(-0.18, 0.76), 0.36 * tall, 0.09 * tall))
    pygame.draw.rect(large, (38, 32, 30), (*at(-0.24, 0.85), 0.48 * tall, 0.15 * tall))
    return pygame.transform.smoothscale(large, (max(1, wide // FINE), max(1, height)))
