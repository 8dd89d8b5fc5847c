"""Pictures of what cars pass below: shown at any scale, over them."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

import pygame

if TYPE_CHECKING:
    from racer.app.window.world.effects import Sprite
    from racer.app.window.world.viewport import Viewport


@final
class Overhead:
    """A picture at its place over the track.

    Args:
        picture: north up.
        left, top: the place [m] of its top left corner.
        size_m: its width and height.
    """

    def __init__(
        self, picture: pygame.Surface, left: float, top: float, size_m: tuple[float, float]
    ) -> None:
        self.picture = picture
        self._left, self._top, self.size_m = left, top, size_m
        self._shown: tuple[float, pygame.Surface] | None = None

    def is_seen(self, viewport: Viewport) -> bool:
        """Whether any of it lies in the picture of the world."""
        (x, y), (width, height) = self._shown_at(viewport)
        return -width <= x <= viewport.size[0] and -height <= y <= viewport.size[1]

    def sprite(self, viewport: Viewport) -> Sprite | None:
        """Return what to draw and where; None where it is not seen."""
        if not self.is_seen(viewport):
            return None
        scale = viewport.px_per_m
        place, size = self._shown_at(viewport)
        if self._shown is None or self._shown[0] != scale:
            self._shown = scale, pygame.transform.scale(self.picture, size)
        return self._shown[1], place

    def repaint(self) -> None:
        """Have the picture shown as it is now: something was drawn onto it."""
        self._shown = None

    def _shown_at(self, viewport: Viewport) -> tuple[tuple[int, int], tuple[int, int]]:
        """Return its corner and its size in the picture of the world."""
        width, height = (round(side * viewport.px_per_m) for side in self.size_m)
        return viewport.place(self._left, self._top), (width, height)
