"""Which part of the world the screen shows, and where in the picture a place of it lies."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.world.camera import Sight

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas

PX_PER_M: Final = 10.0  # of a canvas at scale 1: 128 m of the circuit are seen across
PX_PER_M_MAX: Final = 20.0  # on larger screens the land is magnified: memory grows as the square


@final
class Viewport:
    """Turns metres into pixels, in the picture that is painted and on the screen that shows it.

    The two differ where the screen is large, or was dragged to another size a moment ago: then
    `show` magnifies the picture.
    """

    def __init__(self, scale: float) -> None:
        self.px_per_m = min(PX_PER_M * scale, PX_PER_M_MAX)  # of the picture
        self.left = 0.0  # the picture's corner [m] …
        self.top = 0.0
        self.corner = (0, 0)  # … and in pixels of the whole land
        self._picture: pygame.Surface | None = None
        self._sight = Sight(0.0, 0.0)
        self._middle = (0.0, 0.0)  # of the screen, in its pixels
        self._shown_px_per_m = self.px_per_m

    def look(self, canvas: Canvas, sight: Sight) -> pygame.Surface:
        """Turn to what the camera sees; return what to paint it into."""
        target = canvas.surface
        self._sight = sight
        self._middle = (target.get_width() / 2.0, target.get_height() / 2.0)
        self._shown_px_per_m = PX_PER_M * canvas.scale
        picture = self._picture_for(target)
        width, height = picture.get_size()
        self.left = sight.x - width / 2.0 / self.px_per_m
        self.top = sight.y + height / 2.0 / self.px_per_m
        x, y = self.left * self.px_per_m, -self.top * self.px_per_m
        self.corner = math.floor(x), math.floor(y)
        return picture

    def show(self, canvas: Canvas, picture: pygame.Surface) -> None:
        """Bring the painted picture onto the screen, where it is not there already."""
        if picture is not canvas.surface:
            pygame.transform.smoothscale(picture, canvas.surface.get_size(), canvas.surface)

    def place(self, x: float, y: float) -> tuple[int, int]:
        """Return where a place [m] lies in the picture that is painted."""
        left, top = self.corner
        return round(x * self.px_per_m) - left, round(-y * self.px_per_m) - top

    def on_screen(self, x: float, y: float) -> tuple[float, float]:
        """Return where a place [m] was shown last, in pixels of the screen."""
        px_per_m = self._shown_px_per_m
        return (
            self._middle[0] + (x - self._sight.x) * px_per_m,
            self._middle[1] - (y - self._sight.y) * px_per_m,
        )

    def _picture_for(self, target: pygame.Surface) -> pygame.Surface:
        """Return what to paint into: the screen itself, or a picture that is then magnified."""
        ratio = self.px_per_m / self._shown_px_per_m
        if ratio == 1.0:
            return target
        size = (round(target.get_width() * ratio), round(target.get_height() * ratio))
        if self._picture is None or self._picture.get_size() != size:
            self._picture = pygame.Surface(size).convert()
        return self._picture
