"""Pick-ups on the track: a row for each kind. Who gets one is not decided here: a decree does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, assert_never

from racer.core.circuits.track import PickupKind
from racer.core.tuning import BOOST_TICKS_CANISTER, BOOST_TICKS_MAX, PICKUP_RADIUS_M

if TYPE_CHECKING:
    from racer.core.circuits.track import Track
    from racer.core.physics.car import CarState


@dataclass(frozen=True, slots=True, kw_only=True)
class PickupRules:
    """What sets a kind apart. No field has a default: who adds a kind decides on each."""

    taken: Callable[[CarState], CarState]  # what it makes of the car that got it
    is_wanted: Callable[[CarState], bool]  # whether a bot goes out of its way for it


def rules_of(kind: PickupKind) -> PickupRules:
    """Return the row of a kind."""
    match kind:
        case PickupKind.CANISTER:
            return _CANISTER
        case _:
            assert_never(kind)


def touched(track: Track, before: CarState, after: CarState) -> tuple[int, float] | None:
    """Return the pick-up a car touched in one tick and when, as a fraction 0..1, or None.

    The way of its centre is a segment, so that no speed steps over a pick-up.
    """
    dx, dy = after.x - before.x, after.y - before.y
    way2 = dx * dx + dy * dy
    for index, pickup in enumerate(track.pickups):
        x, y = pickup.x, pickup.y
        ahead = (x - before.x) * dx + (y - before.y) * dy
        part = max(0.0, min(1.0, ahead / way2)) if way2 > 0.0 else 0.0
        gap_x = before.x + part * dx - x
        gap_y = before.y + part * dy - y
        if gap_x * gap_x + gap_y * gap_y <= PICKUP_RADIUS_M * PICKUP_RADIUS_M:
            return index, part
    return None


def with_pickup(car: CarState, kind: PickupKind) -> CarState:
    """Return the car that got one."""
    return rules_of(kind).taken(car)


def _with_canister(car: CarState) -> CarState:
    """Fill the tank by one canister; it may overflow."""
    return replace(car, boost_ticks=min(BOOST_TICKS_MAX, car.boost_ticks + BOOST_TICKS_CANISTER))


def _has_room_in_tank(car: CarState) -> bool:
    return car.boost_ticks < BOOST_TICKS_MAX


_CANISTER: Final = PickupRules(taken=_with_canister, is_wanted=_has_room_in_tank)
