"""Which part of the world a picture shows, and where in it a place of the world lies."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, final

from racer.app.window.world.camera import Sight

if TYPE_CHECKING:
    import pygame


HOLD: Final = 0.0006  # share of the scale that nobody sees: a third of a pixel at the edge


@final
class Viewport:
    """Turns metres into pixels of the part of the screen that shows the world."""

    def __init__(self) -> None:
        self.px_per_m = 1.0
        self.left = 0.0  # the picture's corner [m] …
        self.top = 0.0
        self.corner = (0, 0)  # … and in pixels of the whole land at this scale
        self.size = (1, 1)  # of the picture
        self._offset = (0, 0)  # of the picture, on the screen

    def look(self, picture: pygame.Surface, sight: Sight, scale: float) -> None:
        """Turn to what the camera sees; `scale` is that of the canvas."""
        px_per_m = sight.units_per_m * scale
        if abs(px_per_m / self.px_per_m - 1.0) > HOLD:
            self.px_per_m = px_per_m
        self.size = width, height = picture.get_size()
        self._offset = picture.get_offset()
        self.left = sight.x - width / 2.0 / self.px_per_m
        self.top = sight.y + height / 2.0 / self.px_per_m
        x, y = self.left * self.px_per_m, -self.top * self.px_per_m
        self.corner = math.floor(x), math.floor(y)

    def place(self, x: float, y: float) -> tuple[int, int]:
        """Return where a place [m] lies in the picture."""
        left, top = self.corner
        return round(x * self.px_per_m) - left, round(-y * self.px_per_m) - top

    def exact(self, x: float, y: float) -> tuple[float, float]:
        """Return where a place [m] lies in the picture, between its pixels."""
        return x * self.px_per_m - self.corner[0], -y * self.px_per_m - self.corner[1]

    def on_screen(self, x: float, y: float) -> tuple[float, float]:
        """Return where a place [m] was shown last, in pixels of the screen."""
        px, py = self.exact(x, y)
        return px + self._offset[0], py + self._offset[1]

    def shows(self, x: float, y: float, margin_m: float = 0.0) -> bool:
        """Whether a place [m] lies in the picture, or so near to it."""
        px, py = self.exact(x, y)
        margin = margin_m * self.px_per_m
        return -margin <= px < self.size[0] + margin and -margin <= py < self.size[1] + margin
