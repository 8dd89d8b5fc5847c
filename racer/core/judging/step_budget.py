"""What the steps of a car leave unexplained, summed up: a little in each state is much in a second.

A single step may be out by what a touch gives, in way and in speed. So a car that is out by as much
in every state would gain hundreds of metres a second: of the sum so much is for free, and the rest
comes back at a rate at which nothing is gained. Honest cars, in races with losses of 40 %, were out
by 1.1 m and 2.1 m/s at the most.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, final

from racer.core.judging.sighting import GAIN_MS2, apart_m
from racer.core.tuning import SPEED_MAX, TICK_HZ

if TYPE_CHECKING:
    from racer.core.judging.sighting import CarSighting

WAY_M: Final = 6.0  # beyond what its speeds explain: cars that are pushed out of each other …
WAY_MS: Final = 1.0  # … and so much of it is forgiven in a second
KNOCKS_MS: Final = 60.0  # m/s that it was given, and lost none for: one full frontal hit …
KNOCKS_MS2: Final = 4.0  # … and so much of it is forgiven in a second
THRUST_MS2: Final = 12.0  # m/s² of the strongest drive, from standing
POWER_W_KG: Final = 560.0  # of the strongest car with boost
DRAG_M: Final = 0.0011  # 1/m: drag over mass of the heaviest car in a slipstream
BARRIER_LOSS: Final = 0.25  # of what a barrier gives a car across, it takes so much of its speed
ROUNDING_M: Final = 0.02
ROUNDING_MS: Final = 0.05


@final
@dataclass(slots=True)
class StepBudget:
    """What of it one car has used up."""

    way_m: float = 0.0
    knocks_ms: float = 0.0

    def covers(self, before: CarSighting, seen: CarSighting) -> bool:
        """Take a step; tell whether it is within the budget. Once it is not, all begins anew."""
        past_s = (seen.tick - before.tick) / TICK_HZ
        self.way_m = max(0.0, self.way_m - WAY_MS * past_s) + _unexplained_m(before, seen)
        given_ms = _unexplained_ms(before, seen, past_s)
        self.knocks_ms = max(0.0, self.knocks_ms - KNOCKS_MS2 * past_s) + given_ms
        if self.way_m <= WAY_M and self.knocks_ms <= KNOCKS_MS:
            return True
        self.way_m = self.knocks_ms = 0.0
        return False


def explained_m(before: CarSighting, seen: CarSighting, stood: int = 0) -> float:
    """Return how far a car has gone between two states, by the higher of its speeds.

    In a gap of seconds it may have been faster than at both ends of it.

    Args:
        stood: so many ticks of the time it stood.
    """
    past_s = max(0, seen.tick - before.tick - stood) / TICK_HZ
    fastest = max(before.speed, seen.speed) + THRUST_MS2 * past_s / 2.0
    return min(SPEED_MAX, fastest) * past_s + ROUNDING_M


def _unexplained_m(before: CarSighting, seen: CarSighting) -> float:
    return max(0.0, apart_m(before, seen) - explained_m(before, seen))


def _unexplained_ms(before: CarSighting, seen: CarSighting, past_s: float) -> float:
    """Return how much speed a car was given that neither its tyres nor a barrier can have.

    A barrier turns a car at the cost of its speed; its drive may have made up for that.
    """
    turned = math.hypot(seen.vx - before.vx, seen.vy - before.vy)
    driven = _thrust_ms2(min(before.speed, seen.speed)) * past_s
    lost = max(0.0, before.speed - seen.speed)
    across = turned - GAIN_MS2 * past_s - lost / BARRIER_LOSS
    along = seen.speed - before.speed - driven
    return max(0.0, across - ROUNDING_MS, along - ROUNDING_MS)


def _thrust_ms2(speed: float) -> float:
    """Return how fast any car can gain speed, at a speed [m/s]."""
    pull = POWER_W_KG / max(speed, 1.0) - DRAG_M * speed * speed
    return max(0.0, min(THRUST_MS2, pull))
