"""Times as a driver reads them: the running lap, and the gap to the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

if TYPE_CHECKING:
    from racer.play.view import CarView, RaceView

SECTOR_M: Final = 60.0  # gaps are taken at places so far apart: fresh, and the same for all
SECTORS_KEPT: Final = 64  # some laps of the shortest circuit; who is further behind is lapped
SECOND_NS: Final = 1_000_000_000


@final
class LapWatch:
    """Times our running lap, from the lap counter's steps; each tick of the race is a view."""

    def __init__(self) -> None:
        self._lap = -1
        self._from_ns: int | None = None

    def running_ms(self, view: RaceView) -> float | None:
        """Return how long our lap has lasted; None before the start and when it is not known."""
        car = view.my_car
        if car is None or view.green_ns is None or view.now_ns < view.green_ns:
            self._lap = -1
            return None
        if car.lap <= 1:
            self._from_ns = view.green_ns
        elif car.lap != self._lap:
            # Met in the middle of a race, the lap's start is unknown until the line is crossed.
            self._from_ns = view.now_ns if self._lap == car.lap - 1 else None
        self._lap = car.lap
        return None if self._from_ns is None else (view.now_ns - self._from_ns) / 1e6


@final
class Gaps:
    """Takes the time of each car at places along the lap, and compares them."""

    def __init__(self) -> None:
        self._passed: dict[int, dict[int, int]] = {}  # car: sector: race clock
        self._now_ns = 0

    def on_view(self, view: RaceView) -> None:
        """Take in one tick."""
        self._now_ns = view.now_ns
        for car in view.cars:
            sector = _sector_of(car)
            passed = self._passed.setdefault(car.number, {})
            if sector not in passed and car.lap > 0:
                passed[sector] = view.now_ns
                if len(passed) > SECTORS_KEPT:
                    del passed[min(passed)]
        numbers = {car.number for car in view.cars}
        for gone in sorted(self._passed.keys() - numbers):
            del self._passed[gone]

    def behind_s(self, car: CarView, ahead: CarView) -> float | None:
        """Return how many seconds a car passes a place after the other; None if not yet known.

        As at the last place that both have passed; and where the other has passed the next one,
        no less than since then: who stands still falls back, and does not keep what it had.
        """
        ours, theirs = self._passed.get(car.number, {}), self._passed.get(ahead.number, {})
        common = ours.keys() & theirs.keys()
        if not common:
            return None
        last, reached = max(common), max(ours)
        waits_ns = [self._now_ns - at_ns for place, at_ns in theirs.items() if place > reached]
        return max(0, ours[last] - theirs[last], *waits_ns) / SECOND_NS


def _sector_of(car: CarView) -> int:
    # A lap has fewer sectors than this, so that later laps are always larger.
    return car.lap * 1000 + int(car.way_m / SECTOR_M) % 1000


def seconds_left(closes_ns: int, now_ns: int) -> int:
    """Return whole seconds until a moment, never negative."""
    return max(0, -(-(closes_ns - now_ns) // SECOND_NS))
