"""How our running lap compares with our best: now, and by thirds of the lap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, final

if TYPE_CHECKING:
    from racer.play.view import CarView

MARK_M: Final = 12.0  # times are taken at places so far apart, and read between them
SECTORS: Final = 3


class Sector(NamedTuple):
    """A third of the lap, once it is done."""

    ms: float
    off_ms: float | None  # against the best one before; None: the first ever


@final
class LapDelta:
    """Takes times along our laps; each tick of the race is told once."""

    def __init__(self) -> None:
        self._lap = -1
        self._seen_whole = False  # the running lap was seen from its start
        self._marks: list[float] = []  # ms of the running lap, by place
        self._best: list[float] = []  # … of the best lap
        self._best_ms = float("inf")
        self._best_sectors: list[float | None] = [None] * SECTORS
        self._closed_ms: list[float] = []  # of the running lap, when each sector was closed
        self.delta_s: float | None = None  # behind our best lap, here; negative: ahead of it
        self.sectors: tuple[Sector | None, ...] = (None,) * SECTORS  # the last that were closed

    def on_tick(self, car: CarView, running_ms: float | None, length_m: float) -> None:
        """Take in where our car is, and how long its lap has lasted."""
        if car.lap != self._lap:
            self._begin_lap(car, running_ms, length_m)
        if not self._seen_whole or running_ms is None or car.finished_ms is not None:
            return
        place = car.way_m / MARK_M
        if place - len(self._marks) > 0.5 * length_m / MARK_M:
            return  # put back behind the line
        while len(self._marks) <= place:
            self._marks.append(running_ms)
        self.delta_s = self._off_best(place, running_ms)
        closed = len(self._closed_ms)
        if closed < SECTORS - 1 and car.way_m >= length_m * (closed + 1) / SECTORS:
            self._close_sector(running_ms)

    def _begin_lap(self, car: CarView, running_ms: float | None, length_m: float) -> None:
        if self._seen_whole and car.lap == self._lap + 1 and car.last_ms is not None:
            if len(self._closed_ms) == SECTORS - 1:
                self._close_sector(car.last_ms)
            if car.last_ms < self._best_ms:
                self._best_ms, self._best = car.last_ms, [*self._marks, car.last_ms]
        self._lap, self._marks, self._closed_ms = car.lap, [], []
        self._seen_whole = running_ms is not None and car.lap > 0 and car.way_m < 0.5 * length_m

    def _off_best(self, place: float, running_ms: float) -> float | None:
        """Return how far behind the best lap we are; the last answer near its end."""
        index = int(place)
        if index + 1 >= len(self._best):
            return self.delta_s
        here, there = self._best[index], self._best[index + 1]
        return (running_ms - here - (place - index) * (there - here)) / 1000.0

    def _close_sector(self, now_ms: float) -> None:
        k = len(self._closed_ms)
        ms = now_ms - (self._closed_ms[-1] if self._closed_ms else 0.0)
        best = self._best_sectors[k]
        if best is None or ms < best:
            self._best_sectors[k] = ms
        sector = Sector(ms, None if best is None else ms - best)
        self._closed_ms.append(now_ms)
        rest = (None,) * (SECTORS - 1 - k)
        self.sectors = (*self.sectors[:k], sector, *rest)
