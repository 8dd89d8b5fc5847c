"""Sixteen bots on a circuit: contacts, overtakes, who got stuck, who left the barriers.

Every car is stepped and resolved as its owner would (`racer.core.world`). A contact is a moment at
which a car begins to touch another one; both cars of a touch count it. An overtake is a change of
place on the road between two cars that have both passed the line, other than by a rescue.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from random import Random
from statistics import median
from typing import Final

from racer.app.circuits import circuit, circuit_names
from racer.core.laps import race_distance_m
from racer.core.line import racing_line
from racer.core.tuning import CARS, GRID_MAX, TICK_HZ
from racer.core.world import Heat

LAPS: Final = 5
SEEDS: Final = 20
SKILL_LEAST: Final = 0.4
SKILL_MOST: Final = 1.0
LAP_S_MAX: Final = 240.0
OUTSIDE_M: Final = 0.05  # of a car's middle beyond a barrier: none may be
SLOW: Final = 2.0  # m/s
SETTLED_TICKS: Final = 20 * TICK_HZ  # the start is no overtaking


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one race."""

    circuit: str
    seed: int
    finished: int
    contacts_a_lap: float  # of one car
    overtakes: int
    rescues: int
    stuck_s: float  # the longest that anybody stood still
    outside: int  # ticks of cars beyond a barrier


def race(name: str, seed: int, laps: int = LAPS) -> Outcome:
    """Race sixteen bots of mixed skill."""
    track = circuit(name)
    rng = Random(seed)
    skills = [rng.uniform(SKILL_LEAST, SKILL_MOST) for _ in range(GRID_MAX)]
    kinds = [rng.randrange(len(CARS)) for _ in skills]
    heat = Heat(track, racing_line(track), skills, rng, kinds)
    touching: set[tuple[int, int]] = set()
    stood = [0] * GRID_MAX
    order: list[int] = []
    contacts = overtakes = outside = longest = 0
    while heat.tick < laps * LAP_S_MAX * TICK_HZ:
        racing = [e.progress.laps_done < laps for e in heat.entries]
        if not any(racing):
            break
        heat.step()
        now = set()
        for number, entry in enumerate(heat.entries):
            others = {hit.other for hit in entry.contacts if hit.other is not None}
            now |= {(number, other) for other in others}
            slow = racing[number] and entry.car.speed < SLOW
            stood[number] = stood[number] + 1 if slow else 0
            longest = max(longest, stood[number])
            place = track.project(entry.car.x, entry.car.y, track.index_at(entry.progress.s_m))
            left, right = track.walls_at(place)
            outside += not -right - OUTSIDE_M <= place.lateral_m <= left + OUTSIDE_M
        contacts += len(now - touching)
        touching = now
        if heat.tick % TICK_HZ == 0 and heat.tick > SETTLED_TICKS:
            ways = [race_distance_m(e.progress, track) for e in heat.entries]
            fresh = sorted(range(GRID_MAX), key=lambda n, ways=ways: -ways[n])  # type: ignore[misc]
            overtakes += _swaps(order, fresh) if order else 0
            order = fresh
    laps_driven = sum(entry.progress.laps_done for entry in heat.entries)
    return Outcome(
        name,
        seed,
        sum(entry.progress.laps_done >= laps for entry in heat.entries),
        contacts / max(1, laps_driven),
        overtakes,
        sum(entry.rescues for entry in heat.entries),
        longest / TICK_HZ,
        outside,
    )


def _swaps(before: Sequence[int], after: Sequence[int]) -> int:
    """Return how many pairs of cars have changed places."""
    at = {number: k for k, number in enumerate(after)}
    return sum(at[one] > at[other] for k, one in enumerate(before) for other in before[k + 1 :])


def report(
    names: Sequence[str] = (), seeds: int = 2, laps: int = LAPS, jobs: int = 2
) -> Iterator[str]:
    """Yield a line for each circuit."""
    for name in names or circuit_names():
        with ProcessPoolExecutor(jobs) as pool:
            outcomes = list(pool.map(partial(race, name, laps=laps), range(seeds)))
        finished = min(outcome.finished for outcome in outcomes)
        yield (
            f"{name:<16} {seeds} races of {laps} laps: at least {finished} of {GRID_MAX} finish,"
            f" contacts a car and lap {median(o.contacts_a_lap for o in outcomes):.2f},"
            f" overtakes a race {median(o.overtakes for o in outcomes):.0f},"
            f" rescues {sum(o.rescues for o in outcomes)},"
            f" longest stand {max(o.stuck_s for o in outcomes):.1f} s,"
            f" outside {sum(o.outside for o in outcomes)}"
        )


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="benchmarks.field", description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--laps", type=int, default=LAPS)
    parser.add_argument("circuits", nargs="*")
    asked = parser.parse_args()
    for line in report(asked.circuits, asked.seeds, asked.laps):
        print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
