"""The result table: a pure function of lap facts, in whatever order they came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

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


def classify(
    facts: Iterable[LapFact], laps: int, distances: Mapping[int, float]
) -> tuple[Row, ...]:
    """Return the table of a race over `laps`.

    Finishers come first, by time; then the others by laps and by distance; ties by car number.

    Args:
        facts: of all cars; order and repetition do not matter. Where two tell of the same lap,
            the lesser counts. A lap counts only when all before it are there.
        laps: that finish the race.
        distances: way raced [m] of every car that took part; it also names the cars.
    """
    told: dict[tuple[int, int], LapFact] = {}
    for fact in sorted(facts, reverse=True):
        told[fact.car, fact.lap] = fact
    ranked = []
    for car in sorted(distances):
        run = _counted_laps(told, car, laps)
        finished = len(run) == laps
        ms = run[-1].race_ms if run and finished else None
        best_ms = min((fact.lap_ms for fact in run), default=None)
        key = (not finished, ms or 0, -len(run), -distances[car] if not finished else 0.0, car)
        ranked.append((key, Row(0, car, len(run), ms, best_ms)))
    ranked.sort(key=lambda entry: entry[0])
    return with_places(row for _, row in ranked)


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


def live_places(progress: Mapping[int, Progress], track: Track) -> dict[int, int]:
    """Return car number → place (from 1) as they run now; ties by car number."""
    order = sorted(progress, key=lambda car: (-race_distance_m(progress[car], track), car))
    return {car: place for place, car in enumerate(order, start=1)}


def _counted_laps(told: Mapping[tuple[int, int], LapFact], car: int, laps: int) -> list[LapFact]:
    """Return the laps of a car from the first on, up to a missing one or the end of the race."""
    run: list[LapFact] = []
    while len(run) < laps and (car, len(run) + 1) in told:
        run.append(told[car, len(run) + 1])
    return run
