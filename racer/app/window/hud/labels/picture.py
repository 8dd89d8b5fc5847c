"""What labels are put on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pygame

    from racer.play.view import CarView


class Picture(NamedTuple):
    """The world as it was drawn."""

    cars: Sequence[CarView]
    places: Sequence[tuple[float, float]]  # theirs, in pixels of the canvas
    px_per_m: float  # at which they are seen: names stand clear of them
    area: pygame.Rect  # of the canvas, that shows the world
    watched: int | None = None  # number of the car in the picture: names near it come first
