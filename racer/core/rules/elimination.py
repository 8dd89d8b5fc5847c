"""Elimination: lap after lap a car goes out. Pure functions of sets of facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from racer.core.rules.results import LapFact, Row, classify, with_places


def knocked_out(facts: Iterable[LapFact], cars: Iterable[int]) -> dict[int, int]:
    """Return the lap in which each car that is out went out; one car always stays in.

    Lap after lap, of the cars still in, that one goes out which completes the lap last. A car
    without the lap counts as last once it is the only one without; and all go out that have not
    completed it when the first car completes the next. Equal times: the higher number goes.

    A fact that comes late may change the answer: it is provisional until the race is closed.

    Args:
        facts: of all cars, as for `classify`.
        cars: that take part.
    """
    runs = _race_times_by_car(facts, cars)
    staying = sorted(runs)
    out: dict[int, int] = {}
    lap = 1
    while len(staying) > 1:
        losers = _lap_losers(runs, staying, lap)
        if not losers:
            break
        out |= dict.fromkeys(losers, lap)
        staying = [car for car in staying if car not in losers]
        lap += 1
    return out


def rank_elimination(
    facts: Iterable[LapFact], laps: int, distances: Mapping[int, float]
) -> tuple[Row, ...]:
    """Return the table of an elimination. Arguments as for `classify`.

    `ms` is the winner's alone: its time at the end of the lap that put the last other car out.
    """
    told = list(facts)
    rows = classify(told, laps, distances)
    out = knocked_out(told, distances)
    runs = _race_times_by_car(told, distances)
    decided = len(out) == len(distances) - 1
    last_lap = max(out.values(), default=1)

    def key(row: Row) -> tuple[int, int, int, float, int]:
        lap = out.get(row.car)
        run = runs[row.car]
        laps = len(run) if lap is None else min(lap, len(run))
        at_ms = run[laps - 1] if laps else 0
        return (-(lap or 10**6), -laps, at_ms, -distances[row.car], row.car)

    judged = []
    for row in sorted(rows, key=key):
        lap, run = out.get(row.car), runs[row.car]
        won = decided and lap is None and len(run) >= last_lap
        driven = min(row.laps, len(run)) if lap is None else min(lap, len(run))
        judged.append(replace(row, laps=driven, ms=run[last_lap - 1] if won else None, out_lap=lap))
    return with_places(judged)


def _lap_losers(runs: Mapping[int, Sequence[int]], staying: list[int], lap: int) -> list[int]:
    """Return who of the cars still in goes out by a lap; nobody while that is open."""
    done = {car: runs[car][lap - 1] for car in staying if len(runs[car]) >= lap}
    ahead = [runs[car][lap] for car in staying if len(runs[car]) > lap]
    if ahead:
        late = [car for car in staying if car not in done or done[car] > min(ahead)]
        if late:
            return late
    missing = [car for car in staying if car not in done]
    if len(missing) > 1:
        return []
    return missing or [max(done, key=lambda car: (done[car], car))]


def _race_times_by_car(facts: Iterable[LapFact], cars: Iterable[int]) -> dict[int, list[int]]:
    """Return each car's race times lap by lap, up to one that is missing or ends too early."""
    told: dict[tuple[int, int], int] = {}
    for fact in facts:
        key = (fact.car, fact.lap)
        told[key] = min(fact.race_ms, told.get(key, fact.race_ms))
    runs: dict[int, list[int]] = {car: [] for car in cars}
    for car, run in runs.items():
        while (at_ms := told.get((car, len(run) + 1))) is not None:
            if run and at_ms <= run[-1]:
                break
            run.append(at_ms)
    return runs
