"""A few bots that race for nobody but the eye: behind the title, and in tests."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final, final

from racer.core.heat import Heat, HeatEntry
from racer.core.physics.car import CarState, is_sliding
from racer.core.rules.laps import race_distance_m
from racer.play.view import CarView, Pose

if TYPE_CHECKING:
    from racer.core.circuits.track import Track
    from racer.core.drivers.line import RacingLine

NAMES: Final = (
    "Ada", "Grace", "Leslie", "Nancy", "Barbara", "Jim", "Radia", "Edsger",
    "Hedy", "Alan", "Karen", "Tony", "Susan", "Vint", "Lynn", "Dennis",
    "Mary", "Ken", "Frances", "Niklaus", "Joan", "Donald", "Shafi", "Bjarne",
)  # fmt: skip


@final
class Demo:
    """A heat of bots, shown as a race shows its cars."""

    def __init__(self, track: Track, line: RacingLine, count: int, seed: int = 1) -> None:
        rng = Random(seed)
        skills = [1.0 - 0.5 * k / max(1, count - 1) for k in range(count)]
        rng.shuffle(skills)
        self.heat = Heat(track, line, skills, rng)
        self._before = [entry.car for entry in self.heat.entries]

    def step(self) -> None:
        """Race on for one tick."""
        self._before = [entry.car for entry in self.heat.entries]
        self.heat.step()

    def cars(self, mine: int | None = None) -> tuple[CarView, ...]:
        """Return the cars as they are, numbered from 1; the one of number `mine` is ours."""
        ways = [race_distance_m(entry.progress, self.heat.track) for entry in self.heat.entries]
        order = sorted(range(len(ways)), key=lambda k: -ways[k])
        return tuple(
            self._car_view(number, entry, order.index(number) + 1, mine == number + 1)
            for number, entry in enumerate(self.heat.entries)
        )

    def _car_view(self, number: int, entry: HeatEntry, place: int, mine: bool) -> CarView:
        car = entry.car
        laps = [fact.lap_ms for fact in self.heat.facts if fact.car == number]
        return CarView(
            number=number + 1,
            node=bytes([number + 1]) * 16,
            name=NAMES[number % len(NAMES)],
            mine=mine,
            bot=not mine,
            pose=_pose_of(car),
            before=_pose_of(self._before[number]),
            speed_ms=car.speed,
            steer=car.steer,
            sliding=is_sliding(car, entry.own_car.spec),
            braking=car.brake > 0.1,
            boosting=car.boosting,
            ghost=entry.own_car.ghost,
            away=False,
            place=place,
            lap=entry.progress.lap,
            way_m=entry.progress.s_m,
            last_ms=laps[-1] if laps else None,
            best_ms=min(laps) if laps else None,
            finished_ms=None,
            throttle=car.throttle,
        )


def _pose_of(car: CarState) -> Pose:
    return Pose(car.x, car.y, car.heading)
