"""How often each other driver needs the states of a car: who may touch it soon, at once."""

from __future__ import annotations

from collections.abc import Iterable

from net import NodeId, Pace
from racer.core.physics.car import CarState
from racer.play.limits import SIGHT_M, TOUCH_M, TOUCH_S


def paces_around(
    car: CarState, others: Iterable[tuple[NodeId, CarState, bool]]
) -> dict[NodeId, Pace]:
    """Return the paces of those who drive near a car; who is not named is far.

    Both sides judge by where they see each other. That may be wrong by less than the room that
    TOUCH_M leaves around a car, so neither lacks the other's states when they touch.

    Args:
        others: the drivers of other cars, with the car, and whether its place is out of date.
    """
    paces: dict[NodeId, Pace] = {}
    for node, other, stale in others:
        dx, dy = other.x - car.x, other.y - car.y
        dvx, dvy = other.vx - car.vx, other.vy - car.vy
        if stale:
            near = dx * dx + dy * dy < SIGHT_M * SIGHT_M
        else:
            near = _least_distance_squared(dx, dy, dvx, dvy) < TOUCH_M * TOUCH_M
        if near:
            paces[node] = Pace.EACH
        elif dx * dx + dy * dy < SIGHT_M * SIGHT_M:
            paces.setdefault(node, Pace.BEAT)
    return paces


def _least_distance_squared(dx: float, dy: float, dvx: float, dvy: float) -> float:
    """Return the square of the least distance [m²] that two cars come to within TOUCH_S."""
    speed2 = dvx * dvx + dvy * dvy
    after_s = 0.0
    if speed2 > 0.0:
        after_s = min(max(-(dx * dvx + dy * dvy) / speed2, 0.0), TOUCH_S)
    return (dx + dvx * after_s) ** 2 + (dy + dvy * after_s) ** 2
