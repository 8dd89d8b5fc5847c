"""Draws a sitting and keeps its pictures, in whatever process."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pygame

from racer.app.window.base.screen import open_display
from racer.app.window.circuit_source import CircuitSource
from tools.gallery.catalogue import SITTINGS
from tools.gallery.sitting import Studio

if TYPE_CHECKING:
    from pathlib import Path


def draw_sitting(number: int, out: Path) -> None:
    """Draw the pictures of a sitting, by its index, into a folder."""
    os.environ["SDL_VIDEODRIVER"] = os.environ["SDL_AUDIODRIVER"] = "dummy"
    sitting = SITTINGS[number]
    screen = open_display(hidden=True)
    for shot, picture in zip(sitting.shots, sitting.draw(Studio(CircuitSource())), strict=True):
        pygame.image.save(picture, out / f"{shot.name}.jpg")
    screen.close()
