"""The ground's own colours: dry and lush patches, or on mountains meadow, rock and snow.

A small picture of the whole land, magnified below each tile: soft, as patches of grass are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Final

import pygame

from racer.app.window.base.palette import mixed

if TYPE_CHECKING:
    from racer.app.window.base.lettering import Colour
    from racer.app.window.base.palette import Land
    from racer.app.window.world.land.character import Character
    from racer.app.window.world.shapes import Box

CELL_M: Final = 3.0
OCTAVES: Final = ((90.0, 0.55), (34.0, 0.28), (13.0, 0.17))  # size of the patches [m], strength
STEPS: Final = 256


@dataclass(frozen=True, slots=True)
class Tones:
    """The colours of the bare ground, north up, within a box [m]."""

    picture: pygame.Surface
    box: Box


def tones_of(land: Land, character: Character, box: Box, name: str) -> Tones:
    """Return patches of dry and of lush ground, the same each time."""
    width = math.ceil((box[2] - box[0]) / CELL_M)
    height = math.ceil((box[3] - box[1]) / CELL_M)
    grey = _noise_bytes(width, height, Random(f"tones {name}"))
    picture = pygame.image.frombytes(grey, (width, height), "P")
    picture.set_palette([_ground_ramp(land, character, k / (STEPS - 1)) for k in range(STEPS)])
    return Tones(picture.convert(), box)


def _ground_ramp(land: Land, character: Character, share: float) -> Colour:
    """Return the ground from its driest, 0, to its lushest, 1; plain about the middle."""
    far = min(1.0, abs(share - 0.5) * 2.6)
    towards = character.dry if share < 0.5 else character.lush
    return mixed(land.ground, towards, 0.62 * far * far * (3.0 - 2.0 * far))


def _noise_bytes(width: int, height: int, rng: Random) -> bytes:
    """Return a byte a cell: noise of several sizes, smoothed, around the middle."""
    total = pygame.Surface((width, height)).convert()
    total.fill((0, 0, 0))
    for size_m, strength in OCTAVES:
        columns = max(2, round(width * CELL_M / size_m)) + 1
        rows = max(2, round(height * CELL_M / size_m)) + 1
        level = pygame.image.frombytes(rng.randbytes(columns * rows), (columns, rows), "P")
        level.set_palette([(round(v * strength),) * 3 for v in range(STEPS)])
        smooth = pygame.transform.smoothscale(level.convert(), (width, height))
        total.blit(smooth, (0, 0), special_flags=pygame.BLEND_RGB_ADD)
    return pygame.image.tobytes(total, "RGB")[::3]
