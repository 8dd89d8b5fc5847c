"""Where panels stand: each asks for a size in a named place and gets a rectangle of its own.

A panel that knows only its size cannot run into another one, whatever the window's size, and
whoever adds one looks at no other.
"""

from __future__ import annotations

from bisect import insort
from enum import Enum, IntEnum
from typing import TYPE_CHECKING, Final, TypeAlias, final

from racer.app.window.base.box import Box
from racer.app.window.hud.columns import INSET

if TYPE_CHECKING:
    from collections.abc import Mapping

    from racer.app.window.hud.columns import Columns

MARGIN: Final = 16.0  # units between a panel and the edge
GAP: Final = 8.0  # between two panels
OVER_CAR: Final = 0.236  # of the height: a driver's eye is there, and the car is below
_DUST: Final = 1e-6  # sums of floats are off by less; it is no lack of room


class Way(IntEnum):
    """Where the next panel of a place stands from the last one."""

    DOWN = 0
    UP = 1
    LEFT = 2


WAYS: Final = tuple(Way)


class Part(IntEnum):
    """A part of the picture."""

    WORLD = 0
    FIRST = 1  # column of the board
    SECOND = 2


class Anchor(Enum):
    """Where panels gather: a share of the way across, a share of the way down, where it grows."""

    TOP_LEFT = (0.0, 0.0, Way.DOWN, Part.WORLD)
    TOP = (0.5, 0.0, Way.DOWN, Part.WORLD)
    TOP_RIGHT = (1.0, 0.0, Way.DOWN, Part.WORLD)
    OVER_CAR = (0.5, OVER_CAR, Way.DOWN, Part.WORLD)
    BOTTOM_LEFT = (0.0, 1.0, Way.UP, Part.WORLD)
    BOTTOM_RIGHT = (1.0, 1.0, Way.UP, Part.WORLD)
    LOWER_EDGE = (1.0, 1.0, Way.LEFT, Part.WORLD)
    BOARD_TOP = (0.5, 0.0, Way.DOWN, Part.FIRST)
    BOARD_BOTTOM = (0.5, 1.0, Way.UP, Part.SECOND)

    def __init__(self, across: float, down: float, way: Way, part: Part) -> None:
        self.across = across
        self.down = down
        self.way = way
        self.part = part


_Span: TypeAlias = tuple[float, float, float, float]
"""A box as a way sees it: from and to along the way, from and to across it."""


@final
class Layout:
    """Gives out the rectangles of one picture.

    No two of `boxes` are closer than GAP, none is closer than a margin to the edge of its part.
    In a place they stand in the order in which they were asked for; what other places took is
    stepped over. So who asks first stands best. `moved` says which places stand for which.
    """

    def __init__(
        self,
        area: Box,
        columns: Columns | None = None,
        moved: Mapping[Anchor, Anchor] | None = None,
    ) -> None:
        self.boxes: list[Box] = []
        self._moved = moved or {}
        self._areas = dict.fromkeys(Part, (area, MARGIN))
        if columns is not None:
            self._areas = {
                Part.WORLD: (columns.world, MARGIN),
                Part.FIRST: (columns.first, INSET),
                Part.SECOND: (columns.second, INSET),
            }
        self._spans: tuple[list[_Span], ...] = ([], [], [])  # of the boxes by way, in order
        self._ends: dict[Anchor, float] = {}  # of the last panel of each place, along its way

    def take(
        self, place: Anchor, width: float, height: float, *, least: float | None = None
    ) -> Box | None:
        """Return the rectangle of a panel; None where it has no room, so it is not drawn.

        Args:
            place: where it stands.
            width, height: what it would like [units].
            least: what does along the place's way (its height; at the lower edge its width)
                where there is less room than it would like; without it, nothing less.
        """
        place = self._moved.get(place, place)
        way = place.way
        along, across = (width, height) if way is Way.LEFT else (height, width)
        low = self._begin_across(place, across)
        if low is None:
            return None
        least = along if least is None else least
        found = self._first_stretch(place, along, least, low, low + across)
        if found is None:
            return None
        near, far = found
        box = _box((near, far, low, low + across), way)
        self.boxes.append(box)
        self._ends[place] = far
        for each in WAYS:
            insort(self._spans[each], _span(box, each))
        return box

    def is_moved(self, place: Anchor) -> bool:
        """Whether another place stands for one: the road is there."""
        return place in self._moved

    def width_at(self, place: Anchor) -> float:
        """Return how wide a panel of a place that grows up or down can be at most."""
        area, margin = self._areas[self._moved.get(place, place).part]
        return area.width - 2.0 * margin

    def _begin_across(self, place: Anchor, across: float) -> float | None:
        """Return where a panel begins across its place's way; None where it is too large."""
        area, margin = self._areas[place.part]
        if place.way is Way.LEFT:
            start, length, share = area.y, area.height, place.down
        else:
            start, length, share = area.x, area.width, place.across
        free = length - 2.0 * margin - across
        return None if free < -_DUST else start + margin + share * free

    def _first_stretch(
        self, place: Anchor, wanted: float, least: float, low: float, high: float
    ) -> tuple[float, float] | None:
        """Return the first free stretch along the place's way, from and to."""
        area, margin = self._areas[place.part]
        begin, end, _, _ = _span(area, place.way)
        near = begin + margin
        if place in self._ends:
            near = self._ends[place] + GAP
        elif place.way is Way.DOWN:
            near = max(near, begin + place.down * (end - begin))
        end -= margin
        low, high = low - GAP + _DUST, high + GAP - _DUST
        for other_near, other_far, other_low, other_high in self._spans[place.way]:
            if other_low >= high or other_high <= low:
                continue
            if other_near - GAP - near >= least - _DUST:
                end = min(end, other_near - GAP)
                break
            near = max(near, other_far + GAP)
        return (near, min(near + wanted, end)) if end - near >= least - _DUST else None


def _span(box: Box, way: Way) -> _Span:
    x, y, width, height = box
    if way is Way.DOWN:
        return (y, y + height, x, x + width)
    if way is Way.UP:
        return (-(y + height), -y, x, x + width)
    return (-(x + width), -x, y, y + height)


def _box(span: _Span, way: Way) -> Box:
    near, far, low, high = span
    if way is Way.DOWN:
        return Box(low, near, high - low, far - near)
    if way is Way.UP:
        return Box(low, -far, high - low, far - near)
    return Box(-far, low, far - near, high - low)
