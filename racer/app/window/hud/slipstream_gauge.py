"""Whether our car is in the wake of another, for drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racer.app.window.world.playback import velocity
from racer.core.physics.car import CarState
from racer.core.physics.slipstream import slipstream

if TYPE_CHECKING:
    from racer.play.view import CarView, RaceView


def wake(view: RaceView) -> float:
    """Return how deep we are in a wake, 0..1, as the car's own step has it."""
    mine = view.my_car
    if mine is None or mine.ghost:
        return 0.0
    return slipstream(
        _car_state(mine), [_car_state(car) for car in view.cars if not (car.mine or car.ghost)]
    )


def _car_state(car: CarView) -> CarState:
    vx, vy = velocity(car.before, car.pose)
    return CarState(x=car.pose.x, y=car.pose.y, heading=car.pose.heading, vx=vx, vy=vy)
