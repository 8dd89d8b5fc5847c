"""Picks the car that is worth watching: a fight, one that has just got past, the finish."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from racer.play.view import CarView

NEAR_M: Final = 35.0  # two cars so close fight
SHOT_S: Final = 4.0  # no shot is shorter …
LONG_S: Final = 12.0  # … and one so long must be much better than the rest
PASSED_S: Final = 3.0  # a change of places is worth looking at for so long
BETTER: Final = 1.3  # by so much another must be better within a shot
FINISH_M: Final = 200.0  # before the line, in its last lap, the leader is seen


@final
class Director:
    """Cuts from car to car. It sees nothing but the cars, and the same cars give the same cuts."""

    def __init__(self) -> None:
        self._number: int | None = None  # of the car in the picture
        self._since_s = 0.0
        self._places: dict[int, int] = {}
        self._passed_s: dict[int, float] = {}  # when a car last won a place

    def pick(
        self, cars: Sequence[CarView], laps: int, length_m: float, now_s: float
    ) -> CarView | None:
        """Return the car to show.

        Args:
            laps: of the race.
            length_m: of a lap.
            now_s: any clock that runs on.
        """
        self._note_passes(cars, now_s)
        scores = {car.number: self._score(car, cars, laps, length_m, now_s) for car in cars}
        if not scores:
            return None
        best = max(sorted(scores), key=lambda number: scores[number])
        age_s = now_s - self._since_s
        shown = self._number if self._number in scores else None
        if shown is None or (
            best != shown
            and age_s > SHOT_S
            and scores[best] > scores[shown] * (1.0 if age_s > LONG_S else BETTER)
        ):
            self._number, self._since_s = best, now_s
        return next(car for car in cars if car.number == self._number)

    def _note_passes(self, cars: Sequence[CarView], now_s: float) -> None:
        for car in cars:
            before = self._places.get(car.number)
            if before is not None and car.place < before and car.lap > 0:
                self._passed_s[car.number] = now_s
            self._places[car.number] = car.place

    def _score(
        self,
        car: CarView,
        cars: Sequence[CarView],
        laps: int,
        length_m: float,
        now_s: float,
    ) -> float:
        """Return what a car is worth looking at."""
        if car.finished_ms is not None:
            return 0.05
        worth = 0.5 + 1.0 / car.place
        here_m = (car.lap - 1) * length_m + car.way_m
        for other in cars:
            if other.number == car.number or other.finished_ms is not None:
                continue
            gap_m = abs((other.lap - 1) * length_m + other.way_m - here_m)
            worth += max(0.0, 1.0 - gap_m / NEAR_M) * (1.0 + 2.0 / car.place)
        if now_s - self._passed_s.get(car.number, -PASSED_S) < PASSED_S:
            worth += 1.5
        if car.place == 1 and car.lap >= laps and length_m - car.way_m < FINISH_M:
            worth += 6.0
        return worth * (0.3 if car.ghost else 1.0) + (0.3 if car.sliding else 0.0)
