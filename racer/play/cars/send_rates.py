"""How often each other driver needs the states of a car: who may touch it soon, at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from net import NodeId, Pace
from racer.core.physics.car import CarState
from racer.core.tuning import SPEED_MAX
from racer.play.limits import SIGHT_CARS_MAX, SIGHT_M, STALE_CARS_MAX, TOUCH_M, TOUCH_S

_REACH_M: Final = TOUCH_M + 2.0 * SPEED_MAX * TOUCH_S  # beyond it nobody touches, nor is in sight


def paces_around(
    car: CarState, others: Iterable[tuple[NodeId, CarState, bool]]
) -> dict[NodeId, Pace]:
    """Return the paces of those who drive near a car; who is not named is far.

    Both sides judge by where they see each other. That may be wrong by less than the room that
    TOUCH_M leaves around a car, so neither lacks the other's states when they touch. In a dense
    field the nearest are in sight. Places are out of date where datagrams get lost: there to send
    all of them to everybody would lose yet more.

    Args:
        others: the drivers of other cars, with the car, and whether its place is out of date.
    """
    paces: dict[NodeId, Pace] = {}
    seen: list[tuple[float, NodeId]] = []
    lost: list[tuple[float, NodeId]] = []
    for node, other, stale in others:
        dx, dy = other.x - car.x, other.y - car.y
        if abs(dx) > _REACH_M or abs(dy) > _REACH_M:
            continue
        dvx, dvy = other.vx - car.vx, other.vy - car.vy
        apart2 = dx * dx + dy * dy
        if not stale and _least_distance_squared(dx, dy, dvx, dvy) < TOUCH_M * TOUCH_M:
            paces[node] = Pace.EACH
        elif apart2 < SIGHT_M * SIGHT_M:
            seen.append((apart2, node))
            if stale:
                lost.append((apart2, node))
    for _, node in sorted(lost)[:STALE_CARS_MAX]:
        paces[node] = Pace.EACH
    for _, node in sorted(seen)[:SIGHT_CARS_MAX]:
        paces.setdefault(node, Pace.BEAT)
    return paces


def _least_distance_squared(dx: float, dy: float, dvx: float, dvy: float) -> float:
    """Return the square of the least distance [m²] that two cars come to within TOUCH_S."""
    speed2 = dvx * dvx + dvy * dvy
    after_s = 0.0
    if speed2 > 0.0:
        after_s = min(max(-(dx * dvx + dy * dvy) / speed2, 0.0), TOUCH_S)
    return (dx + dvx * after_s) ** 2 + (dy + dvy * after_s) ** 2
