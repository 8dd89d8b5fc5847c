"""Where the light comes from, and the soft shadows that things cast."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from racer.app.window.world.shapes import Layer, Shape, hull
from racer.core.circuits.track import Light, Weather

if TYPE_CHECKING:
    from collections.abc import Iterable

    from racer.app.window.base.lettering import Colour
    from racer.app.window.world.shapes import Point
    from racer.core.circuits.track import Track

CORNERS: Final = 8  # of the polygon that stands for a round shadow: it is soft anyway


@dataclass(frozen=True, slots=True)
class Sun:
    """Light from the north-west, as on maps. Under clouds only what is below a thing is dim."""

    dx: float  # m that the shadow of a metre of height reaches
    dy: float
    shade: Colour  # what is left of each colour in the shadow, of 255

    def shadow(self, footprint: Iterable[Point], height: float) -> Shape:
        """Return the shadow of something with a convex footprint and a flat top."""
        points = list(footprint)
        dx, dy = self.dx * height, self.dy * height
        return Shape(
            self.shade, hull([*points, *((x + dx, y + dy) for x, y in points)]), 0.0, Layer.SHADE
        )

    def round_shadow(self, x: float, y: float, radius: float, height: float) -> Shape:
        """Return the shadow of something round, such as a tree's crown."""
        dx, dy = self.dx * height, self.dy * height
        turns = [math.tau * k / CORNERS for k in range(CORNERS)]
        low = [(x + 0.5 * radius * math.cos(a), y + 0.5 * radius * math.sin(a)) for a in turns]
        high = [(x + dx + radius * math.cos(a), y + dy + radius * math.sin(a)) for a in turns]
        return Shape(self.shade, hull([*low, *high]), 0.0, Layer.SHADE)


def sun_of(track: Track) -> Sun:
    """Return the light of a circuit."""
    if track.weather is Weather.RAIN:
        return Sun(0.10, -0.10, (178, 184, 196))
    match track.light:
        case Light.NIGHT:
            return Sun(0.10, -0.10, (170, 174, 190))
        case Light.DUSK:
            return Sun(1.35, -0.75, (128, 116, 146))
        case Light.DAY:
            return Sun(0.62, -0.62, (124, 134, 160))
