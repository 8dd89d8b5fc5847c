"""Which part of the world a picture shows, and where in it a place of the world lies."""

from __future__ import annotations

import math
from typing import Final, final

import pygame

from racer.app.window.world.camera import Sight

HOLD: Final = 0.0006  # share of the scale that nobody sees: a third of a pixel at the edge


@final
class Viewport:
    """Turns metres into pixels of the picture of the world, and of the screen that shows it.

    Args:
        shrink: pixels of the screen, each way, that one of the picture fills.
    """

    def __init__(self, shrink: int = 1) -> None:
        self.shrink = shrink
        self.px_per_m = 1.0
        self.left = 0.0  # the picture's corner [m] …
        self.top = 0.0
        self.corner = (0, 0)  # … and in pixels of the whole land at this scale
        self.size = (1, 1)  # of the picture
        self._offset = (0, 0)  # of the picture, on the screen
        self._small: pygame.Surface | None = None

    def picture(self, shown: pygame.Surface) -> pygame.Surface:
        """Return what to draw the world into: what shows it itself, or a smaller picture."""
        self._offset = shown.get_offset()
        if self.shrink == 1:
            return shown
        size = tuple(-(-side // self.shrink) for side in shown.get_size())
        if self._small is None or self._small.get_size() != size:
            self._small = pygame.Surface(size, 0, shown)
        return self._small

    def show(self, shown: pygame.Surface) -> None:
        """Magnify what was drawn into a smaller picture."""
        if self._small is not None and self.shrink > 1:
            pygame.transform.scale(self._small, shown.get_size(), shown)

    @property
    def screen_px_per_m(self) -> float:
        """The scale on the screen."""
        return self.px_per_m * self.shrink

    def look(self, picture: pygame.Surface, sight: Sight, scale: float) -> None:
        """Turn to what the camera sees; `scale` is that of the picture."""
        px_per_m = sight.units_per_m * scale
        if abs(px_per_m / self.px_per_m - 1.0) > HOLD:
            self.px_per_m = px_per_m
        self.size = width, height = picture.get_size()
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
        return px * self.shrink + self._offset[0], py * self.shrink + self._offset[1]

    def shows(self, x: float, y: float, margin_m: float = 0.0) -> bool:
        """Whether a place [m] lies in the picture, or so near to it."""
        px, py = self.exact(x, y)
        margin = margin_m * self.px_per_m
        return -margin <= px < self.size[0] + margin and -margin <= py < self.size[1] + margin
