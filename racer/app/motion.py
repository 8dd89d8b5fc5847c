"""How cars move, read from views: what the eye, the ear and the hand feel of it alike."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, final

from racer.core.physics.car import CarState
from racer.core.physics.slipstream import WAKE_LENGTH_M, slipstream
from racer.core.tuning import TICK_HZ

if TYPE_CHECKING:
    from collections.abc import Iterable

    from racer.play.view import CarView, Pose, RaceView

JUMP_M: Final = 8.0  # further in a tick than any car drives: it was put there
HIT_MS: Final = 2.2  # m/s; no tyre changes a car's velocity by so much in a tick, a hit does
HARD_MS: Final = 14.0  # m/s; from here on a hit is as hard as any
REST: Final = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Impact:
    """A car that was hit, or hit something."""

    number: int
    mine: bool
    x: float  # m, where it was struck
    y: float
    before: tuple[float, float]  # m/s, its velocity a tick ago
    shove: tuple[float, float]  # m/s, what the hit added to it

    @property
    def force(self) -> float:
        """How hard, 0..1; the square root lets light touches be felt."""
        return math.sqrt(min(1.0, math.hypot(*self.shove) / HARD_MS))


@final
class Impacts:
    """Finds hits: a car whose velocity leaps from one tick to the next was struck."""

    def __init__(self) -> None:
        self._were: dict[int, tuple[float, float]] = {}  # velocity by car, one tick ago

    def on_cars(self, cars: Iterable[CarView]) -> list[Impact]:
        """Take in one tick of all cars; return who was hit in it."""
        were, self._were = self._were, {}
        found = []
        for car in cars:
            now = self._were[car.number] = velocity(car.before, car.pose)
            before = were.get(car.number, now)
            if car.ghost or REST in (now, before):
                continue
            shove = (now[0] - before[0], now[1] - before[1])
            hit = math.hypot(*shove)
            if hit > HIT_MS:
                x, y = car.pose.x - shove[0] / hit * 1.1, car.pose.y - shove[1] / hit * 1.1
                found.append(Impact(car.number, car.mine, x, y, before, shove))
        return found


def velocity(before: Pose, pose: Pose) -> tuple[float, float]:
    """Return the velocity [m/s] of a car from two poses a tick apart; 0 after a jump."""
    dx, dy = pose.x - before.x, pose.y - before.y
    if math.hypot(dx, dy) > JUMP_M:
        return REST
    return dx * TICK_HZ, dy * TICK_HZ


def wake(view: RaceView) -> float:
    """Return how deep we are in a wake, 0..1, as the car's own step has it."""
    mine = view.my_car
    if mine is None or mine.ghost:
        return 0.0
    here = (mine.pose.x, mine.pose.y)
    ahead = [
        _car_state(car)
        for car in view.cars
        if not (car.mine or car.ghost) and math.dist(here, (car.pose.x, car.pose.y)) < WAKE_LENGTH_M
    ]
    return slipstream(_car_state(mine), ahead) if ahead else 0.0


def watched_car(view: RaceView) -> CarView | None:
    """Return our car; who has none watches the leader."""
    return view.my_car or min(view.cars, key=lambda car: (car.place, car.number), default=None)


def _car_state(car: CarView) -> CarState:
    vx, vy = velocity(car.before, car.pose)
    return CarState(x=car.pose.x, y=car.pose.y, heading=car.pose.heading, vx=vx, vy=vy)
