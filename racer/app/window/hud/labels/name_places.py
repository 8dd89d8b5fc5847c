"""Where names stand about their cars in a pack: none over another, those near us first."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias, final

import pygame

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PLAY_M: Final = 5.0  # a car comes nearer or falls back by more than this before its turn changes
TURNS: Final = 8  # pictures, in one of which who has no place, or a worse one, looks for a better
NOWHERE: Final = pygame.Rect(0, 0, 0, 0)  # hides nothing

_Slot: TypeAlias = tuple[float, int]

SLOTS: Final[tuple[_Slot, ...]] = (
    (0.0, -1),
    (0.6, -1),
    (-0.6, -1),
    (0.0, -2),
    (0.0, 1),
    (1.0, 0),
    (-1.0, 0),
    (0.6, 1),
    (-0.6, 1),
    (0.0, 2),
)
"""Aside of the car by so many halves of the name, and rows over (-) or under it; best first."""


class Tagged(NamedTuple):
    """A car whose name is wanted."""

    number: int
    x: int  # its middle, in pixels
    y: int
    size: tuple[int, int]  # of its name
    away_m: float  # from whom we watch: the nearest have the first choice


class Spacing(NamedTuple):
    """What names leave free, in pixels."""

    over: int  # from the middle of a car to the top of the name over it
    roof: int  # half of what shows a car's number
    gap: int  # beside a name when it comes to a place; it may stay with less


@final
class NamePlaces:
    """Remembers where each name stands: it stays there for as long as the place is free."""

    def __init__(self) -> None:
        self._slots: dict[int, _Slot] = {}  # of those shown, by number
        self._held_m: dict[int, float] = {}  # how near they were when their turn was chosen
        self._turn = 0

    def place(
        self,
        cars: Sequence[Tagged],
        spacing: Spacing,
        area: pygame.Rect,
        kept: Sequence[pygame.Rect],
    ) -> Mapping[int, pygame.Rect]:
        """Return the rectangles of those names that have a place, by number.

        None lies over another, over the number of a car that comes before it, or over what is
        `kept` free; all lie within the area. The nearest car chooses first, and so on.
        """
        known = self._held_m
        ordered = self._in_turn(cars)
        self._turn += 1
        roofs = [_square_about(car, spacing.roof) for car in ordered]
        # Where the names behind one stood, they are to stay, if there is another place for it.
        standing = [
            NOWHERE
            if (slot := self._slots.get(car.number)) is None
            else _at(slot, car, spacing, area)
            for car in ordered
        ]
        slots: dict[int, _Slot] = {}
        placed: dict[int, pygame.Rect] = {}
        before = [*kept]  # what those in turn before have taken
        for k, car in enumerate(ordered):
            before.append(roofs[k])
            slot, rect = self._slots.get(car.number), standing[k]
            looks = k == 0 or (self._turn + car.number) % TURNS == 0 or car.number not in known
            if slot is not None and rect.collidelist(before) >= 0:
                slot, looks = None, True
            if looks and slot != SLOTS[0]:
                standing[k] = NOWHERE
                everything = [*kept, *standing, *roofs]
                if slot is None:
                    slot = _free_slot(car, spacing, area, (everything, before))
                else:
                    wide = spacing._replace(gap=3 * spacing.gap)
                    slot = _free_slot(car, wide, area, (everything,), SLOTS[:1]) or slot
                rect = NOWHERE if slot is None else _at(slot, car, spacing, area)
            standing[k] = NOWHERE if slot is None else rect
            if slot is not None:
                slots[car.number] = slot
                placed[car.number] = rect
                before.append(rect)
        self._slots = slots
        return placed

    def _in_turn(self, cars: Sequence[Tagged]) -> list[Tagged]:
        """Return the nearest first, with play: two do not change turns from frame to frame."""
        held_m = {}
        for car in cars:
            held = self._held_m.get(car.number, car.away_m)
            held_m[car.number] = held if abs(held - car.away_m) <= PLAY_M else car.away_m
        self._held_m = held_m
        return sorted(cars, key=lambda car: (held_m[car.number], car.number))


def _free_slot(
    car: Tagged,
    spacing: Spacing,
    area: pygame.Rect,
    taken: Sequence[Sequence[pygame.Rect]],
    slots: Sequence[_Slot] = SLOTS,
) -> _Slot | None:
    """Return the best that is free of the first of what is taken, else of the next."""
    gap = 2 * spacing.gap
    rects = [_at(slot, car, spacing, area).inflate(gap, gap) for slot in slots]
    for each in taken:
        for slot, rect in zip(slots, rects, strict=True):
            if rect.collidelist(each) < 0:
                return slot
    return None


def _at(slot: _Slot, car: Tagged, spacing: Spacing, area: pygame.Rect) -> pygame.Rect:
    """Return the rectangle of a car's name in a slot, whole within the area."""
    left, top = _offset_of(slot, car.size, spacing.over)
    return pygame.Rect((car.x + left, car.y + top), car.size).clamp(area)


@lru_cache(256)
def _offset_of(slot: _Slot, size: tuple[int, int], over: int) -> tuple[int, int]:
    """Return where a name's corner is, from the middle of its car."""
    aside, row = slot
    width, height = size
    clear = over - height
    left = round(aside * (width / 2 if row else width / 2 + clear) - width / 2)
    if row == 0:
        return left, -(height // 2)
    return left, clear + (row - 1) * height if row > 0 else row * height - clear


def _square_about(car: Tagged, half: int) -> pygame.Rect:
    return pygame.Rect(car.x - half, car.y - half, 2 * half, 2 * half)
