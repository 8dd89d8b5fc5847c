"""Where the arrows stand at the edge of the picture: clear of panels, and of each other."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias, final

import pygame

if TYPE_CHECKING:
    from collections.abc import Sequence

CLOSE_M: Final = 60.0  # a second at speed: who is farther away is no concern yet
SHOWN_MAX: Final = 4
INSET: Final = 34.0  # units from the edge to a badge: the tip of the largest arrow is whole
RADIUS: Final = 9.0  # of the badge of the smallest
TIP: Final = 22.0  # from the middle of a badge to the tip of its arrow
WING: Final = (8.0, 10.0)  # from there to its wings: forward, and aside
RIM: Final = 2.0
SIDE: Final = 13.5  # from the middle of a badge to whatever stands beside it
GROWTH: Final = 0.35  # of the arrow to who is closest of all
INWARDS_MAX: Final = 0.3  # of the picture, that an arrow goes from its edge to be clear of a panel
STAYS: Final = 40.0  # units that another place must be nearer to be better than the one held

Place: TypeAlias = tuple[float, float]


class UnseenCar(NamedTuple):
    """A car near ours, whose place [pixels] is not in the picture."""

    away_m: float
    number: int
    x: float
    y: float


class Arrow(NamedTuple):
    """The badge of a car and a tip that points to it, in pixels."""

    number: int
    at: Place  # the middle of the badge
    turn: float
    scale: float  # pixels of a unit of this arrow: the closer the car, the more

    def points(self, grown: float = RIM) -> list[Place]:
        """Return the corners of the tip, larger by so many units."""
        forward, aside = WING
        ahead, across = math.cos(self.turn), math.sin(self.turn)
        return [
            (
                self.at[0] + self.scale * (along * ahead - side * across),
                self.at[1] + self.scale * (along * across + side * ahead),
            )
            for along, side in (
                (TIP + grown, 0.0),
                (forward - grown, aside + grown),
                (forward - grown, -aside - grown),
            )
        ]

    @property
    def rect(self) -> pygame.Rect:
        """What it covers."""
        half = SIDE * self.scale
        xs, ys = zip(*self.points(), strict=True)
        left, right = min(*xs, self.at[0] - half), max(*xs, self.at[0] + half)
        top, bottom = min(*ys, self.at[1] - half), max(*ys, self.at[1] + half)
        x, y = math.floor(left), math.floor(top)
        return pygame.Rect(x, y, math.ceil(right) - x, math.ceil(bottom) - y)


@final
class ArrowPlaces:
    """Remembers where each arrow stands: where a panel is in its way it changes sides seldom."""

    def __init__(self) -> None:
        self._held: dict[int, Place] = {}

    def place(
        self,
        cars: Sequence[UnseenCar],
        area: pygame.Rect,
        taken: Sequence[pygame.Rect],
        unit: float,
    ) -> list[Arrow]:
        """Return arrows to the cars that are closest, whole within the area.

        None covers another, or what is taken. Who finds no place near where it should be is left
        out: three arrows in a corner are enough.

        Args:
            taken: by panels, and by cars that are seen.
            unit: of the canvas, in pixels.
        """
        inset = round(INSET * unit)
        inner = area.inflate(-2 * inset, -2 * inset)
        covered = [*taken]
        arrows = []
        for car in sorted(car for car in cars if car.away_m < CLOSE_M)[:SHOWN_MAX]:
            arrow = self._free_arrow(car, inner, covered, unit)
            if arrow is not None:
                arrows.append(arrow)
                covered.append(arrow.rect)
        self._held = {arrow.number: arrow.at for arrow in arrows}
        return arrows

    def _free_arrow(
        self, car: UnseenCar, inner: pygame.Rect, taken: Sequence[pygame.Rect], unit: float
    ) -> Arrow | None:
        scale = unit * (1.0 + GROWTH * (1.0 - car.away_m / CLOSE_M))
        wished = _clamped_into(inner, (car.x, car.y))
        arrow = _arrow_at(car, wished, scale)
        if arrow.rect.collidelist(taken) < 0:
            return arrow
        held = self._held.get(car.number, wished)
        stays = STAYS * unit
        badness = {
            at: far - stays if math.dist(at, held) < stays else far
            for at, far in _places_near(wished, inner, taken, scale).items()
        }
        half = SIDE * scale
        for at in sorted(badness, key=badness.__getitem__):
            # A badge that is in the way saves the look at its tip: most are.
            badge = pygame.Rect(
                math.floor(at[0] - half), math.floor(at[1] - half), 2 * half, 2 * half
            )
            if badge.collidelist(taken) >= 0:
                continue
            arrow = _arrow_at(car, at, scale)
            if arrow.rect.collidelist(taken) < 0:
                return arrow
        return None


def _arrow_at(car: UnseenCar, at: Place, scale: float) -> Arrow:
    return Arrow(car.number, at, math.atan2(car.y - at[1], car.x - at[0]), scale)


def _places_near(
    wished: Place, inner: pygame.Rect, taken: Sequence[pygame.Rect], scale: float
) -> dict[Place, float]:
    """Return places beside what is taken, and how far each is from the wished one, on the edge.

    Along the edge, and inwards from it, which is twice as far and has an end. There are some 150
    in a pack, in each picture and for each arrow, so little is done for one.
    """
    x, y = wished
    left, top, right, bottom = inner.left, inner.top, inner.right, inner.bottom
    deepest = INWARDS_MAX * min(inner.size)
    is_beside = x in {left, right}  # else above or below
    most_x, most_y = (deepest, math.inf) if is_beside else (math.inf, deepest)
    by_x, by_y = (2.0, 1.0) if is_beside else (1.0, 2.0)
    rooms = SIDE * scale + 1.0, (TIP + RIM) * scale + 1.0
    near: dict[Place, float] = {}
    for rect in taken:
        above, below, before, behind = rect.top, rect.bottom, rect.left, rect.right
        for room in rooms:
            for other in (above - room, below + room):
                clamped = min(max(other, top), bottom)
                if (far := abs(clamped - y)) <= most_y:
                    near[x, clamped] = by_y * far
            for other in (before - room, behind + room):
                clamped = min(max(other, left), right)
                if (far := abs(clamped - x)) <= most_x:
                    near[clamped, y] = by_x * far
    return near


def _clamped_into(rect: pygame.Rect, place: Place) -> Place:
    return min(max(place[0], rect.left), rect.right), min(max(place[1], rect.top), rect.bottom)
