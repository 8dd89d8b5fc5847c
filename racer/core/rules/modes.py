"""Race forms: what counts, who is out, and in which order cars stand on the grid.

All are pure functions of sets of facts, so every node that holds the same facts says the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final, Literal, TypeAlias, assert_never

from racer.core.rules.results import LapFact, Row, classify

Form: TypeAlias = Literal["race", "trial", "elimination"]
"""Race: first over all laps. Trial: best lap, alone on the track. Elimination: see below."""

GridOrder: TypeAlias = Literal["turn", "draw", "reverse", "qualifying"]
"""The grid: by car number, a new one in front each round; by lot; the last result reversed; or by
best lap of a short trial before the race."""

FORMS: Final[tuple[Form, ...]] = ("race", "trial", "elimination")
ORDERS: Final[tuple[GridOrder, ...]] = ("turn", "draw", "reverse", "qualifying")
QUALIFYING_LAPS: Final = 2  # one to get going, one that counts for most


def laps_to_drive(form: Form, laps: int, cars: int) -> int:
    """Return how many laps a race has: as chosen, but in elimination one for each car to lose."""
    return max(1, cars - 1) if form == "elimination" else laps


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


def rank(
    form: Form, facts: Iterable[LapFact], laps: int, distances: Mapping[int, float]
) -> tuple[Row, ...]:
    """Return the table of a race of some form. Arguments as for `classify`.

    A trial goes by best lap, who has none last. In elimination `ms` is the winner's alone: its
    time at the end of the lap that put the last other car out.
    """
    told = list(facts)
    rows = classify(told, laps, distances)
    match form:
        case "race":
            return rows
        case "trial":
            return _with_places(sorted(rows, key=_by_best_lap))
        case "elimination":
            return _elimination_rows(rows, told, distances)
        case _:
            assert_never(form)


def line_up(
    order: GridOrder, numbers: Sequence[int], round_: int, seed: bytes, last: Sequence[int]
) -> tuple[int, ...]:
    """Return the grid, front first.

    Args:
        order: by which rule.
        numbers: of the cars that race.
        round_: how many races this room has had.
        seed: of the lot; all nodes hold the same.
        last: numbers as the last race placed them, or the qualifying, best first. Who was not in
            it stands in front of nobody: behind those who were.
    """
    cars = sorted(numbers)
    match order:
        case "turn":
            at = round_ % len(cars) if cars else 0
            return (*cars[at:], *cars[:at])
        case "draw":
            return tuple(sorted(cars, key=lambda car: (_lot_digest(seed, car), car)))
        case "reverse":
            reverse = [car for car in reversed(last) if car in cars]
            return (*reverse, *(car for car in cars if car not in reverse))
        case "qualifying":
            best = [car for car in last if car in cars]
            return (*best, *(car for car in cars if car not in best))
        case _:
            assert_never(order)


def _elimination_rows(
    rows: tuple[Row, ...], facts: list[LapFact], distances: Mapping[int, float]
) -> tuple[Row, ...]:
    out = knocked_out(facts, distances)
    runs = _race_times_by_car(facts, distances)
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
        laps = min(row.laps, len(run)) if lap is None else min(lap, len(run))
        judged.append(replace(row, laps=laps, ms=run[last_lap - 1] if won else None, out_lap=lap))
    return _with_places(judged)


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


def _by_best_lap(row: Row) -> tuple[bool, int, int]:
    return (row.best_ms is None, row.best_ms or 0, row.place)


def _with_places(rows: Iterable[Row]) -> tuple[Row, ...]:
    return tuple(replace(row, place=place) for place, row in enumerate(rows, start=1))


def _lot_digest(seed: bytes, car: int) -> bytes:
    return hashlib.blake2b(seed + car.to_bytes(2, "big"), digest_size=8).digest()
