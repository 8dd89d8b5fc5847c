"""A sitting: pictures that come out of one run of the game, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import pygame

from racer.app.window.circuit_source import CircuitSource
from tools.gallery.stage import SIZE, Scene, Stage


@dataclass(frozen=True, slots=True)
class Studio:
    """What pictures are made with."""

    circuits: CircuitSource
    pace: float = 1.0  # share of the time that is given to each scene; 0: a picture and no more

    def stage(
        self,
        scene: Scene,
        pass_time: Callable[[float], None] | None = None,
        size: tuple[int, int] = SIZE,
        growth: float = 1.0,
    ) -> Stage:
        """Put a scene on a stage."""
        return Stage(scene, pass_time, size, self.pace, growth)


Draw: TypeAlias = Callable[[Studio], Iterator[pygame.Surface]]


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture of the gallery."""

    name: str  # of its file, without the ending
    caption: str


@dataclass(frozen=True, slots=True)
class Sitting:
    """Yields one picture for each of its shots."""

    shots: tuple[Shot, ...]
    draw: Draw
