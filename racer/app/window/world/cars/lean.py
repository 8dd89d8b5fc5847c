"""How the bodies of cars lean over their wheels: outwards in a turn, forwards under the brakes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple, final

from racer.app.motion import velocity
from racer.core.tuning import TICK_HZ

if TYPE_CHECKING:
    from racer.play.view import CarView

STEP_MS2: Final = 4.5  # of acceleration that leans a body by one step; a corner has three
STEPS_MAX: Final = 4
SETTLES: Final = 0.16  # share of the way to a new lean in one tick: springs take a moment
HIT_MS2: Final = 60.0  # no tyre does this: a hit, or a car put elsewhere


class Lean(NamedTuple):
    """Steps that a body stands off its wheels."""

    forward: int
    left: int


UPRIGHT: Final = Lean(0, 0)


@final
class Leans:
    """Follows all cars from tick to tick."""

    def __init__(self) -> None:
        self._velocities: dict[int, tuple[float, float]] = {}
        self._felt: dict[int, tuple[float, float]] = {}  # acceleration, eased

    def tick(self, cars: tuple[CarView, ...]) -> None:
        """Take in one tick of the race."""
        before, self._velocities = self._velocities, {}
        felt, self._felt = self._felt, {}
        for car in cars:
            now = self._velocities[car.number] = velocity(car.before, car.pose)
            was = before.get(car.number, now)
            ax, ay = (now[0] - was[0]) * TICK_HZ, (now[1] - was[1]) * TICK_HZ
            if math.hypot(ax, ay) > HIT_MS2:
                ax = ay = 0.0
            old = felt.get(car.number, (0.0, 0.0))
            self._felt[car.number] = (
                old[0] + SETTLES * (ax - old[0]),
                old[1] + SETTLES * (ay - old[1]),
            )

    def of(self, number: int, heading: float) -> Lean:
        """Return how the body of a car leans that heads there."""
        ax, ay = self._felt.get(number, (0.0, 0.0))
        c, s = math.cos(heading), math.sin(heading)
        return Lean(_steps_of(-(ax * c + ay * s)), _steps_of(-(ay * c - ax * s)))


def _steps_of(acceleration: float) -> int:
    return max(-STEPS_MAX, min(STEPS_MAX, round(acceleration / STEP_MS2)))
