"""What the land is painted with: polygons and discs in metres, in the order they are laid."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass
from enum import IntEnum
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

    from racer.app.window.base.lettering import Colour

Point: TypeAlias = tuple[float, float]
Box: TypeAlias = tuple[float, float, float, float]  # left, bottom, right, top


class Layer(IntEnum):
    """What is painted after what."""

    GROUND = 0
    SHADE = 1  # darkens the ground, softly; shades that meet are no darker
    ABOVE = 2  # stands on the ground, and is not darkened by its own shade


@dataclass(frozen=True, slots=True)
class Shape:
    """A filled polygon; or, with a radius, a disc around its only point. Track axes, metres."""

    colour: Colour
    points: tuple[Point, ...]
    radius: float = 0.0
    layer: Layer = Layer.GROUND

    def box(self) -> Box:
        """Return the bounding box."""
        xs, ys = zip(*self.points, strict=True)
        r = self.radius
        return (min(xs) - r, min(ys) - r, max(xs) + r, max(ys) + r)


@dataclass(frozen=True, slots=True)
class Packed:
    """A shape to keep: a circuit of 7 km has 60,000, and this takes a third of the room."""

    colour: Colour
    radius: float
    layer: Layer
    flat: array[float]  # x, y, x, y …, to less than a millimetre

    def pixels(self, scale: float, left: float, top: float) -> list[Point]:
        """Return the points in a picture with y down, whose corner is at this place of pixels."""
        ways = iter(self.flat)
        return [(x * scale - left, -y * scale - top) for x, y in zip(ways, ways, strict=True)]


def packed(shape: Shape) -> Packed:
    """Return a shape to keep."""
    flat = array("f", chain.from_iterable(shape.points))
    return Packed(shape.colour, shape.radius, shape.layer, flat)


def disc(colour: Colour, x: float, y: float, radius: float, layer: Layer = Layer.GROUND) -> Shape:
    """Return a disc around a place."""
    return Shape(colour, ((x, y),), radius, layer)


def hull(points: Iterable[Point]) -> tuple[Point, ...]:
    """Return the convex hull, anticlockwise (Andrew's monotone chain, 1979)."""
    ordered = sorted(set(points))
    chains = []
    for run in (ordered, ordered[::-1]):
        chain: list[Point] = []
        for point in run:
            while len(chain) > 1 and _turns_right(chain[-2], chain[-1], point):
                chain.pop()
            chain.append(point)
        chains.append(chain[:-1])
    return (*chains[0], *chains[1])


def _turns_right(a: Point, b: Point, c: Point) -> bool:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]) <= 0.0


@dataclass(frozen=True, slots=True)
class LocalFrame:
    """A place with a direction, to lay out a thing such as a stand: forward and left of it."""

    x: float
    y: float
    heading: float

    def at(self, forward: float, left: float) -> Point:
        c, s = math.cos(self.heading), math.sin(self.heading)
        return (self.x + forward * c - left * s, self.y + forward * s + left * c)

    def moved(self, dx: float, dy: float) -> LocalFrame:
        """Return the frame shifted in track axes, as a shadow is."""
        return LocalFrame(self.x + dx, self.y + dy, self.heading)

    def rectangle(
        self,
        colour: Colour,
        back: float,
        front: float,
        right: float,
        left: float,
        layer: Layer = Layer.GROUND,
    ) -> Shape:
        """Return the rectangle between these distances along and across."""
        corners = ((back, right), (front, right), (front, left), (back, left))
        return Shape(colour, tuple(self.at(f, s) for f, s in corners), layer=layer)
