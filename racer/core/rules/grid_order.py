"""In which order cars stand on the grid: a pure function of what all nodes hold."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

if TYPE_CHECKING:
    from collections.abc import Sequence


class GridOrder(StrEnum):
    """Who stands in front."""

    TURN = "turn"  # by car number, a new one in front each round
    DRAW = "draw"
    REVERSE = "reverse"
    QUALIFYING = "qualifying"  # by best lap of a short trial before the race

    @property
    def label(self) -> str:
        """What people read."""
        match self:
            case GridOrder.TURN:
                return "grid in turn"
            case GridOrder.DRAW:
                return "grid by lot"
            case GridOrder.REVERSE:
                return "last result reversed"
            case GridOrder.QUALIFYING:
                return "grid by qualifying"
            case _:
                assert_never(self)


def line_up(
    order: GridOrder, numbers: Sequence[int], round_: int, seed: bytes, last: Sequence[int]
) -> tuple[int, ...]:
    """Return the grid, front first.

    Args:
        order: by which rule.
        numbers: of the cars that race.
        round_: how many races this room has had.
        seed: of the lot; all nodes hold the same.
        last: numbers as the last race placed them, or the qualifying, best first. Who was not in
            it stands in front of nobody: behind those who were.
    """
    cars = sorted(numbers)
    match order:
        case GridOrder.TURN:
            at = round_ % len(cars) if cars else 0
            return (*cars[at:], *cars[:at])
        case GridOrder.DRAW:
            return tuple(sorted(cars, key=lambda car: (_lot_digest(seed, car), car)))
        case GridOrder.REVERSE:
            reverse = [car for car in reversed(last) if car in cars]
            return (*reverse, *(car for car in cars if car not in reverse))
        case GridOrder.QUALIFYING:
            best = [car for car in last if car in cars]
            return (*best, *(car for car in cars if car not in best))
        case _:
            assert_never(order)


def _lot_digest(seed: bytes, car: int) -> bytes:
    return hashlib.blake2b(seed + car.to_bytes(2, "big"), digest_size=8).digest()
