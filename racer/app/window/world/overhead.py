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
        self._left, self._top, self._size_m = left, top, size_m
        self._shown: tuple[float, pygame.Surface] | None = None

    def sprite(self, viewport: Viewport) -> Sprite | None:
        """Return what to draw and where; None where it is not seen."""
        scale = viewport.px_per_m
        x, y = viewport.place(self._left, self._top)
        size = (round(self._size_m[0] * scale), round(self._size_m[1] * scale))
        if x + size[0] < 0 or y + size[1] < 0 or x > viewport.size[0] or y > viewport.size[1]:
            return None
        if self._shown is None or self._shown[0] != scale:
            self._shown = scale, pygame.transform.scale(self.picture, size)
        return self._shown[1], (x, y)

    def repaint(self) -> None:
        """Have the picture shown as it is now: something was drawn onto it."""
        self._shown = None
