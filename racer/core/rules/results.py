"""The result table: a pure function of lap facts, in whatever order they came."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from racer.core.rules.laps import Progress, race_distance_m

if TYPE_CHECKING:
    from racer.core.circuits.track import Track


@dataclass(frozen=True, slots=True, order=True)
class LapFact:
    """Car `car` completed lap `lap` (from 1) at `race_ms` of race time, in `lap_ms`."""

    car: int
    lap: int
    race_ms: int
    lap_ms: int


@dataclass(frozen=True, slots=True)
class CarFinish:
    """A car has finished with this lap, at `race_ms`. No later lap of it counts."""

    lap: int
    race_ms: int


Finishes: TypeAlias = Callable[[Mapping[int, Sequence[int]], int], dict[int, CarFinish]]
"""Returns how each car finished that has. Of the race times at the ends of each car's laps, from
the first lap on and growing, and of how many laps the race has."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `ms` is the race time of a finisher; `best_ms` its best lap.

    `out_lap` is the lap by which an elimination put the car out.
    """

    place: int
    car: int
    laps: int
    ms: int | None
    best_ms: int | None
    out_lap: int | None = None


def after_all_laps(lap_ends: Mapping[int, Sequence[int]], laps: int) -> dict[int, CarFinish]:
    """Return how each car finished that has driven all laps."""
    return {
        car: CarFinish(laps, ends[laps - 1]) for car, ends in lap_ends.items() if len(ends) >= laps
    }


def under_the_flag(lap_ends: Mapping[int, Sequence[int]], laps: int) -> dict[int, CarFinish]:
    """Return how each car finished that has, once the chequered flag is out.

    The first car to drive all laps has won. From that moment on, whoever completes a lap has
    finished with it.
    """
    flag_ms = min((each.race_ms for each in after_all_laps(lap_ends, laps).values()), default=None)
    if flag_ms is None:
        return {}
    finishes: dict[int, CarFinish] = {}
    for car, ends in lap_ends.items():
        lap = next((k for k, end in enumerate(ends[:laps], start=1) if end >= flag_ms), None)
        if lap is not None:
            finishes[car] = CarFinish(lap, ends[lap - 1])
    return finishes


def classify(
    facts: Iterable[LapFact],
    laps: int,
    distances: Mapping[int, float],
    finishes: Finishes = after_all_laps,
) -> tuple[Row, ...]:
    """Return the table of a race over `laps`.

    Finishers come first, by laps and by time; then the others by laps and by distance; ties by
    car number.

    Args:
        facts: of all cars; order and repetition do not matter. Where two tell of the same lap,
            the lesser counts. A lap counts only when all before it are there.
        laps: that finish the race.
        distances: way raced [m] of every car that took part; it also names the cars.
        finishes: the rule by which a car has finished.
    """
    told: dict[tuple[int, int], LapFact] = {}
    for fact in sorted(facts, reverse=True):
        told[fact.car, fact.lap] = fact
    runs = {car: _counted_laps(told, car, laps) for car in sorted(distances)}
    done = finishes({car: [fact.race_ms for fact in run] for car, run in runs.items()}, laps)
    ranked = []
    for car, driven in runs.items():
        finish = done.get(car)
        run = driven if finish is None else driven[: finish.lap]
        ms = None if finish is None else finish.race_ms
        best_ms = min((fact.lap_ms for fact in run), default=None)
        key = (*finish_key(len(run), ms), -distances[car] if ms is None else 0.0, car)
        ranked.append((key, Row(0, car, len(run), ms, best_ms)))
    ranked.sort(key=lambda entry: entry[0])
    return with_places(row for _, row in ranked)


def finish_key(laps: int, ms: int | None) -> tuple[int, ...]:
    """Return by what a row of a race stands: finishers first, by laps and by time."""
    return (ms is None, -laps, ms or 0)


def with_places(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Return rows, best first, each with its place from 1."""
    return tuple(replace(row, place=place) for place, row in enumerate(rows, start=1))


def time_text(ms: float | None, *, hundredths: bool = False) -> str:
    """Return a time as 1:02.345; an unknown one as dashes.

    It is cut, not rounded: no second is shown before it is over.
    """
    if ms is None or ms < 0.0:
        return "-:--.--" if hundredths else "-:--.---"
    minutes, rest = divmod(int(ms), 60_000)
    if hundredths:
        return f"{minutes}:{rest // 1000:02d}.{rest % 1000 // 10:02d}"
    return f"{minutes}:{rest // 1000:02d}.{rest % 1000:03d}"


def live_places(
    progress: Mapping[int, Progress], track: Track, finishes: Mapping[int, CarFinish]
) -> dict[int, int]:
    """Return car number → place (from 1) as they run now; ties by car number.

    A car that has finished stands where it did so, however far it rolls on.
    """

    def key(car: int) -> tuple[float, int, int]:
        finish = finishes.get(car)
        if finish is not None:
            return (-finish.lap * track.length_m, finish.race_ms, car)
        return (-race_distance_m(progress[car], track), 0, car)

    return {car: place for place, car in enumerate(sorted(progress, key=key), start=1)}


def _counted_laps(told: Mapping[tuple[int, int], LapFact], car: int, laps: int) -> list[LapFact]:
    """Return the laps of a car from the first on, up to a missing one or the end of the race."""
    run: list[LapFact] = []
    while len(run) < laps and (car, len(run) + 1) in told:
        run.append(told[car, len(run) + 1])
    return run
