"""Rain: drops that fall past the camera and rings where they land. Nothing here is remembered."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final, final

import pygame

if TYPE_CHECKING:
    from racer.app.window.world.effects import Sprite
    from racer.app.window.world.viewport import Viewport

DROPS: Final = 70  # a square of 400 by 400 pixels: seen, and yet the road stays readable
RINGS: Final = 46
RING_FRAMES: Final = 6
RING_S: Final = 0.05  # of each picture of a ring
PER_PIXELS: Final = 1280 * 720


@final
class Rain:
    """What falls on one scene."""

    def __init__(self, scale: float) -> None:
        self._rng = Random(5)
        unit = scale
        self._drops = [_drop_picture(unit * size) for size in (0.7, 1.0, 1.4)]
        self._rings = [_ring_picture(unit, k / (RING_FRAMES - 1)) for k in range(RING_FRAMES)]
        self._fallen: list[tuple[float, float, float]] = []  # place [m], age

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
        large, (206, 222, 240, 120), (size[0] * 3 - 3, 2), end, max(2, round(3 * unit))
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
