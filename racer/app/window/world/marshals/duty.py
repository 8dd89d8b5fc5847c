"""Which flag each post shows to the cars that come to it: what all of them see, not ours alone."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, final

from racer.app.window.world.land.trackside.posts import posts_of
from racer.core.tuning import TICK_HZ

if TYPE_CHECKING:
    from collections.abc import Sequence

    from racer.core.circuits.track import Track
    from racer.play.view import CarView

WAVED_S: Final = 4.0  # green, after the start
STANDS_MS: Final = 3.0  # a car slower than this [m/s] is in the way …
BEGUN_S: Final = 8.0  # … once all have got away
WARNS_M: Final = 200.0  # yellow is shown so far before it: two posts …
BESIDE_M: Final = 30.0  # … and so far beyond: by whoever is beside it
LAPPING_M: Final = 45.0  # who is so near behind and a lap before is let by …
LETS_M: Final = 110.0  # … at the posts within this
LOOKS_EVERY: Final = TICK_HZ // 10  # ticks


class Flag(Enum):
    """A flag, as marshals wave it."""

    GREEN = "green"
    YELLOW = "yellow"
    BLUE = "blue"
    CHEQUERED = "chequered"


@final
class Marshals:
    """Those of one circuit. They know what they see: cars, tick by tick."""

    def __init__(self, track: Track) -> None:
        self.posts = posts_of(track)
        self.flags: list[Flag | None] = [None] * len(self.posts)
        self._length_m = track.length_m
        self._moves = False
        self._racing_s = 0.0  # since the cars set off
        self._ticks = 0

    def pass_time(self, dt: float) -> None:
        """Let seconds pass."""
        self._racing_s = self._racing_s + dt if self._moves else 0.0

    def tick(self, cars: Sequence[CarView]) -> None:
        """Look at the road; ten times a second is enough."""
        self._moves = any(car.speed_ms > STANDS_MS for car in cars)
        self._ticks += 1
        if self._ticks % LOOKS_EVERY == 0:
            self.flags = self._flags_for(cars)

    def _flags_for(self, cars: Sequence[CarView]) -> list[Flag | None]:
        """Return what each post shows; of several what one must act on first."""
        running = [car for car in cars if car.finished_ms is None and not car.ghost]
        won = any(car.finished_ms is not None for car in cars)
        starts = self._moves and self._racing_s < WAVED_S and all(car.lap <= 1 for car in cars)
        flags: list[Flag | None] = [Flag.GREEN if starts else None for _ in self.posts]
        if won and flags:
            flags[0] = Flag.CHEQUERED
        for way in self._let_by(running):
            self._show_before(flags, Flag.BLUE, way, -LETS_M)
        if self._racing_s > BEGUN_S:
            for car in running:
                if car.speed_ms < STANDS_MS:
                    self._show_before(flags, Flag.YELLOW, car.way_m + BESIDE_M, WARNS_M + BESIDE_M)
        return flags

    def _show_before(self, flags: list[Flag | None], flag: Flag, way: float, reach: float) -> None:
        """Show a flag at the posts within a reach before a place; beyond it, where negative."""
        for k, post in enumerate(self.posts):
            before = way - post.way_m if reach > 0.0 else post.way_m - way
            if before % self._length_m < abs(reach):
                flags[k] = flag

    def _let_by(self, cars: Sequence[CarView]) -> list[float]:
        """Return where cars are that are about to be lapped."""
        ways = []
        for car in cars:
            here = self._raced_m(car)
            for other in cars:
                behind = (car.way_m - other.way_m) % self._length_m
                laps = (self._raced_m(other) - here) / self._length_m
                if laps > 0.5 and behind < LAPPING_M:
                    ways.append(car.way_m)
                    break
        return ways

    def _raced_m(self, car: CarView) -> float:
        return (car.lap - 1) * self._length_m + car.way_m
