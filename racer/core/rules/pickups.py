"""Boost canisters on the track. Who gets one is not decided here: that takes a decree."""

from dataclasses import replace

from racer.core.circuits.track import Track
from racer.core.physics.car import CarState
from racer.core.tuning import BOOST_TICKS_CANISTER, BOOST_TICKS_MAX, PICKUP_RADIUS_M


def touched(track: Track, before: CarState, after: CarState) -> tuple[int, float] | None:
    """Return the pick-up a car touched in one tick and when, as a fraction 0..1, or None.

    The way of its centre is a segment, so that no speed steps over a canister.
    """
    dx, dy = after.x - before.x, after.y - before.y
    way2 = dx * dx + dy * dy
    for index, (x, y) in enumerate(track.pickups):
        ahead = (x - before.x) * dx + (y - before.y) * dy
        part = max(0.0, min(1.0, ahead / way2)) if way2 > 0.0 else 0.0
        gap_x = before.x + part * dx - x
        gap_y = before.y + part * dy - y
        if gap_x * gap_x + gap_y * gap_y <= PICKUP_RADIUS_M * PICKUP_RADIUS_M:
            return index, part
    return None


def with_canister(car: CarState) -> CarState:
    """Return the car with one canister more in its tank, which may overflow."""
    return replace(car, boost_ticks=min(BOOST_TICKS_MAX, car.boost_ticks + BOOST_TICKS_CANISTER))
