"""Steering towards a place ahead: pure pursuit (Coulter 1992) with an understeer allowance."""

import math
from typing import Final

from racer.core.physics.car import clamped
from racer.core.physics.tyres import steer_angle_limit
from racer.core.tuning import CarTunables

LOOK_AHEAD_M: Final = 4.5
LOOK_AHEAD_S: Final = 0.26
"""Aim point of the pursuit: nearer, the car weaves; further, it cuts corners."""

UNDERSTEER_S2_M: Final = 0.0065
"""Extra steering by speed²: at the limit the front slips more than the rear."""


def steering_towards(dx: float, dy: float, look: float, speed: float, spec: CarTunables) -> float:
    """Return the steering, -1..1, that leads a car over a place.

    Args:
        dx, dy: from the car to the place [m].
        look: where the car looks, or goes [rad].
        speed: of the car [m/s].
    """
    c, s = math.cos(look), math.sin(look)
    forward, left = dx * c + dy * s, dy * c - dx * s
    bend = 2.0 * left / (forward * forward + left * left + 1e-6)
    if forward < 0.0:
        return math.copysign(1.0, left)
    angle = math.atan(spec.wheelbase_m * bend) + UNDERSTEER_S2_M * speed**2 * bend
    return clamped(angle / steer_angle_limit(speed, spec), -1.0, 1.0)
