"""Rain: drops that fall past the camera and rings where they land. Nothing here is remembered."""

from __future__ import annotations

import math
from random import Random
from typing import TYPE_CHECKING, Final, TypeAlias, final

import pygame

if TYPE_CHECKING:
    from collections.abc import Iterable

    from racer.app.window.world.effects import Sprite
    from racer.app.window.world.viewport import Viewport

DROPS: Final = 70  # a square of 400 by 400 pixels: seen, and yet the road stays readable
RINGS: Final = 46
RING_FRAMES: Final = 6
RING_S: Final = 0.05  # of each picture of a ring
PER_PIXELS: Final = 1280 * 720


_Glow: TypeAlias = tuple[tuple[int, int, int], float]  # colour that is added, reach [m]
_HEAD: Final[_Glow] = ((70, 72, 66), 3.6)
_GLOWS: Final[dict[bool, _Glow]] = {True: ((150, 26, 18), 3.0), False: ((64, 10, 8), 2.2)}
"""Of tail lamps, by whether the car brakes."""


@final
class Rain:
    """What falls on one scene."""

    def __init__(self, scale: float) -> None:
        self._rng = Random(5)
        unit = scale
        self._drops = [_drop_picture(unit * size) for size in (0.7, 1.0, 1.4)]
        self._rings = [_ring_picture(unit, k / (RING_FRAMES - 1)) for k in range(RING_FRAMES)]
        self._glows: dict[tuple[_Glow, int], pygame.Surface] = {}
        self._fallen: list[tuple[float, float, float]] = []  # place [m], age

    def reflections(
        self, viewport: Viewport, cars: Iterable[tuple[float, float, float, bool]]
    ) -> list[Sprite]:
        """Return the light of lamps in the wet road, to be added below the cars.

        Args:
            viewport: what is shown.
            cars: place [m], heading, and whether it brakes, of each.
        """
        sprites: list[Sprite] = []
        for x, y, heading, brakes in cars:
            c, s = math.cos(heading), math.sin(heading)
            for glow, forward in ((_GLOWS[brakes], -3.4), (_HEAD, 4.4)):
                picture = self._glow_picture(glow, viewport.px_per_m)
                px, py = viewport.place(x + forward * c, y + forward * s)
                half = picture.get_width() // 2
                sprites.append((picture, (px - half, py - half)))
        return sprites

    def _glow_picture(self, glow: _Glow, px_per_m: float) -> pygame.Surface:
        """Return a pool of light; it is soft, and so does for scales near by."""
        step = round(3.0 * math.log2(px_per_m))
        picture = self._glows.get((glow, step))
        if picture is None:
            radius = max(3, round(glow[1] * 2.0 ** (step / 3.0)))
            picture = self._glows[glow, step] = pygame.Surface((2 * radius, 2 * radius)).convert()
            for ring in range(radius, 0, -1):
                share = (1.0 - ring / radius) ** 1.6
                colour = [round(part * share) for part in glow[0]]
                pygame.draw.circle(picture, colour, (radius, radius), ring)
        return picture

    def draw(self, viewport: Viewport, dt: float) -> list[Sprite]:
        """Return the pictures of one frame."""
        rng, place = self._rng, viewport.place
        width, height = viewport.size
        share = min(2.0, width * height / PER_PIXELS)
        sprites: list[Sprite] = []
        kept = []
        for x, y, age in self._fallen:
            older = age + dt
            if older < RING_S * RING_FRAMES:
                kept.append((x, y, older))
                sprites.append((self._rings[int(older / RING_S)], place(x, y)))
        for _ in range(min(6, int(RINGS * share) - len(kept))):
            x = viewport.left + rng.random() * width / viewport.px_per_m
            y = viewport.top - rng.random() * height / viewport.px_per_m
            kept.append((x, y, 0.0))
        self._fallen = kept
        for _ in range(int(DROPS * share)):
            drop = self._drops[rng.randrange(3)]
            sprites.append((drop, (rng.randrange(width), rng.randrange(height))))
        return sprites


def _drop_picture(unit: float) -> pygame.Surface:
    """Return a slanting streak."""
    size = (max(2, round(5 * unit)), max(4, round(20 * unit)))
    large = pygame.Surface((size[0] * 3, size[1] * 3), pygame.SRCALPHA)
    large.fill((206, 222, 240, 0))
    end = (2, size[1] * 3 - 2)
    pygame.draw.line(
        large, (214, 228, 244, 150), (size[0] * 3 - 3, 2), end, max(2, round(3 * unit))
    )
    return pygame.transform.smoothscale(large, size).convert_alpha()


def _ring_picture(unit: float, part: float) -> pygame.Surface:
    radius = max(1.5, unit * (1.0 + 6.0 * part))
    size = 2 * round(radius) + 4
    large = pygame.Surface((size * 3, size * 3), pygame.SRCALPHA)
    large.fill((214, 228, 244, 0))
    alpha = round(150 * (1.0 - part) + 10)
    pygame.draw.circle(
        large,
        (214, 228, 244, alpha),
        (size * 1.5, size * 1.5),
        radius * 3,
        max(2, round(2.6 * unit)),
    )
    return pygame.transform.smoothscale(large, (size, size)).convert_alpha()
