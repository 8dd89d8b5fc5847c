"""Pick-ups on the road: pictures that glow and fade."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, assert_never, final

import pygame

from racer.app.window.base.palette import BOOST, WHITE
from racer.app.window.world.effects import soft_disc
from racer.core.circuits.track import PickupKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from racer.app.window.world.effects import Sprite
    from racer.app.window.world.viewport import Viewport
    from racer.core.circuits.track import PlacedPickup

PICKUP_PX: Final = 11.0  # to the metre, that they are shrunk from
PICKUP_M: Final = 2.0  # beyond the picture's edge one still reaches into it
PULSE: Final = 24  # pictures of one


@final
class PickupSprites:
    """Shows the pick-ups of a circuit, at one scale of the canvas."""

    def __init__(self, scale: float) -> None:
        self._fine = PICKUP_PX * scale
        self._pictures = {
            kind: [_pickup_picture(kind, self._fine, k / PULSE) for k in range(PULSE)]
            for kind in PickupKind
        }
        self._clock_s = 0.0

    def draw(
        self, viewport: Viewport, pickups: Sequence[PlacedPickup], taken: Sequence[bool], dt: float
    ) -> list[Sprite]:
        """Return what to draw and where, after `dt` more seconds.

        Args:
            viewport: what is shown.
            pickups: of the circuit.
            taken: by number, which are gone; missing ones are there.
            dt: since the last frame.
        """
        self._clock_s += dt
        sprites = []
        ratio = viewport.px_per_m / self._fine
        for k, pickup in enumerate(pickups):
            gone = k < len(taken) and taken[k]
            if gone or not viewport.shows(pickup.x, pickup.y, PICKUP_M):
                continue
            picture = self._pictures[pickup.kind][int(self._clock_s * 20.0 + 5 * k) % PULSE]
            picture = pygame.transform.smoothscale_by(picture, ratio)
            x, y = viewport.place(pickup.x, pickup.y)
            width, height = picture.get_size()
            sprites.append((picture, (x - width // 2, y - height // 2)))
        return sprites


def _pickup_picture(kind: PickupKind, px_per_m: float, phase: float) -> pygame.Surface:
    """Return a pick-up, at a phase 0..1 of its pulse."""
    match kind:
        case PickupKind.CANISTER:
            return _canister_picture(px_per_m, phase)
        case _:
            assert_never(kind)


def _canister_picture(px_per_m: float, phase: float) -> pygame.Surface:
    """Return a boost canister in its glow."""
    glow = 0.5 - 0.5 * math.cos(phase * math.tau)
    picture = soft_disc(BOOST, px_per_m * (1.5 + 0.35 * glow), round(150 + 90 * glow))
    side = 96
    can = pygame.Surface((side, side), pygame.SRCALPHA)
    pygame.draw.rect(can, (18, 60, 92), (26, 12, 44, 76), border_radius=14)
    pygame.draw.rect(can, BOOST, (31, 17, 34, 66), border_radius=11)
    pygame.draw.rect(can, (210, 240, 255), (36, 21, 9, 58), border_radius=5)
    pygame.draw.rect(can, WHITE, (40, 4, 16, 12), border_radius=4)
    pygame.draw.polygon(can, WHITE, [(52, 28), (40, 52), (49, 52), (44, 72), (58, 46), (49, 46)])
    size = round(1.7 * px_per_m)
    can = pygame.transform.smoothscale(can, (size, size))
    half = picture.get_width() // 2
    picture.blit(can, (half - size // 2, half - size // 2))
    return picture
