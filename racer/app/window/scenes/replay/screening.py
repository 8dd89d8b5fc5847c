"""A tape as a race that one watches: where it is, how fast it runs, and what it shows."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final, final

from racer.core.rules.modes import Mode
from racer.core.rules.race_setup import RaceSetup
from racer.core.tuning import TICK_HZ
from racer.play.view import CarView, GhostView, Phase, Pose, RaceView

if TYPE_CHECKING:
    from racer.core.recordings.race_tape import CarSample, Moment, Tape, TapeCar, TapeEvent

SPEEDS: Final = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
NORMAL: Final = SPEEDS.index(1.0)
BEFORE_MS: Final = 2500.0  # a jump to an event begins so long before it
TICK_MS: Final = 1000.0 / TICK_HZ
LAP_MS_MIN: Final = 1000.0  # a last lap and the finish may be told some ticks apart
MILLISECOND: Final = 1_000_000


@final
class Screening:
    """Runs one tape. Times are milliseconds after the green light."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        # Who joined late has seen neither the start nor its lights: before that there is nothing.
        self._begins_ms = float(tape.times[0]) if tape.times else 0.0
        self.ms = self._begins_ms
        self.paused = False
        self.ghost = False  # that of the best lap runs beside the car that is seen
        self._speed = NORMAL
        self._finished = {e.number: e.ms for e in tape.events if e.kind == "finish"}
        self._best = self._best_lap()
        self._setup = RaceSetup(tape.head.track, tape.head.laps, mode=_mode_of(tape.head.mode))

    @property
    def speed(self) -> float:
        return SPEEDS[self._speed]

    def advance(self, dt: float) -> None:
        """Let it run on for so many seconds of ours."""
        if not self.paused:
            self.seek(self.ms + 1000.0 * dt * self.speed)

    def seek(self, ms: float) -> None:
        """Go to a time, but to none before the first that was seen, or beyond the last."""
        self.ms = min(float(self.tape.length_ms), max(self._begins_ms, ms))

    def faster(self, step: int) -> None:
        """Go one speed up, or down."""
        self._speed = min(len(SPEEDS) - 1, max(0, self._speed + step))

    def jump(self, step: int) -> TapeEvent | None:
        """Go to shortly before the next event, or the one before; return it."""
        here = self.ms + BEFORE_MS
        events = self.tape.events
        if step > 0:
            found = next((event for event in events if event.ms > here + 1.0), None)
        else:
            found = next((event for event in reversed(events) if event.ms < here - 1000.0), None)
        if found is not None:
            self.seek(found.ms - BEFORE_MS)
        return found

    def newest_event(self) -> TapeEvent | None:
        """Return what happened last, if it is a moment ago."""
        recent = [event for event in self.tape.events if 0.0 <= self.ms - event.ms < BEFORE_MS]
        return recent[-1] if recent else None

    @property
    def is_over(self) -> bool:
        return self.ms >= self.tape.length_ms

    def ghost_beside(self, number: int) -> GhostView | None:
        """Return the best lap of the race as it is beside a car, both from the line on.

        None where there is none, where it is over, and in that very lap.
        """
        if self._best is None:
            return None
        best, from_ms, to_ms = self._best
        begun_ms = max(ms for ms in (0.0, *self._crossings(number)) if ms <= self.ms)
        at_ms = from_ms + self.ms - begun_ms
        if at_ms >= to_ms or (best == number and begun_ms == from_ms):
            return None
        now, was = self.tape.at(at_ms).get(best), self.tape.at(at_ms - TICK_MS).get(best)
        car = next((car for car in self.tape.head.cars if car.number == best), None)
        if now is None or was is None or car is None:
            return None
        pose, before = Pose(now.x, now.y, now.heading), Pose(was.x, was.y, was.heading)
        return GhostView("best", car.name, car.kind, round(to_ms - from_ms), pose, before)

    def _crossings(self, number: int) -> list[float]:
        """Return when a car has crossed the line."""
        kinds = {"lap", "finish"}
        return sorted({e.ms for e in self.tape.events if e.number == number and e.kind in kinds})

    def _best_lap(self) -> tuple[int, float, float] | None:
        """Return whose the fastest lap was, from when to when; the first has a standing start."""
        laps = [
            (to_ms - from_ms, car.number, from_ms, to_ms)
            for car in self.tape.head.cars
            for from_ms, to_ms in pairwise(self._crossings(car.number))
            if to_ms - from_ms > LAP_MS_MIN
        ]
        return min(laps)[1:] if laps else None

    def view(self) -> RaceView:
        """Return what is seen now, as one sees a race that is on."""
        now, before = self.tape.at(self.ms), self.tape.at(self.ms - TICK_MS)
        head = self.tape.head
        cars = tuple(
            self._car_view(car, now[car.number], before) for car in head.cars if car.number in now
        )
        return RaceView(
            race=head.race,
            me=b"",
            phase=Phase.RACING,
            synced=True,
            now_ns=round(self.ms * MILLISECOND),
            tick=round(self.ms / TICK_MS),
            green_ns=0,
            setup=self._setup,
            players=0,
            coordinator=None,
            coordinator_name="",
            epoch=0,
            cars=cars,
            drivers=(),
            chat=(),
            results=(),
            official=False,
            digest="",
            closes_ns=None,
            taken=(),
            boost=0.0,
            wrong_way=False,
            notices=(),
            watches=True,
        )

    def _car_view(self, car: TapeCar, now: CarSample, before: Moment) -> CarView:
        finished_ms = self._finished.get(car.number)
        was = before.get(car.number, now)
        return CarView(
            number=car.number,
            node=bytes([car.number % 256]) * 16,
            name=car.name,
            mine=False,
            bot=car.bot,
            pose=Pose(now.x, now.y, now.heading),
            before=Pose(was.x, was.y, was.heading),
            speed_ms=now.speed_ms,
            steer=now.steer,
            sliding=now.sliding,
            braking=now.braking,
            boosting=now.boosting,
            ghost=now.ghost,
            away=now.away,
            place=now.place,
            lap=now.lap,
            way_m=now.way_m,
            last_ms=None,
            best_ms=None,
            finished_ms=finished_ms if finished_ms is not None and finished_ms < self.ms else None,
            car=car.kind,
        )


def _mode_of(word: str) -> Mode:
    """Return a mode by its word; one that we do not know is shown as a race."""
    try:
        return Mode(word)
    except ValueError:
        return Mode.RACE
