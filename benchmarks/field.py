"""Sixteen bots on a circuit: contacts, overtakes, who got stuck, who left the barriers.

Every car is stepped and resolved as its owner would (`racer.core.heat`). A contact is a moment at
which a car begins to touch another one, half a second after they last did; both cars of a touch
count it. It is a hard one from 2 m/s of closing speed on. An overtake is a change of place on the
road between two cars from one second to the next, other than by a rescue or in the first seconds.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from random import Random
from statistics import median
from typing import Final

from racer.app.circuits.catalog import circuit
from racer.app.circuits.library import circuit_names
from racer.app.commands.parser import INTERRUPTED
from racer.app.simulation.pool import in_order
from racer.app.terminal import complain
from racer.core.drivers.line import racing_line
from racer.core.heat import Heat, HeatEntry
from racer.core.rules.laps import race_distance_m
from racer.core.tuning import CARS, GRID_MAX, TICK_HZ

LAPS: Final = 5
SEEDS: Final = 20
SKILL_LEAST: Final = 0.4
SKILL_MOST: Final = 1.0
LAP_S_MAX: Final = 240.0
OUTSIDE_M: Final = 0.05  # of a car's middle beyond a barrier: none may be
SLOW: Final = 2.0  # m/s
HARD: Final = 2.0  # m/s of closing speed
APART_TICKS: Final = TICK_HZ // 2
START_TICKS: Final = 3 * TICK_HZ  # who waits for the light, or jumps it, is not stuck
SETTLED_TICKS: Final = 20 * TICK_HZ  # the start is no overtaking


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one race."""

    circuit: str
    seed: int
    laps: int
    finished: int
    contacts_a_lap: float  # of one car
    hard_a_lap: float
    overtakes: int
    rescues: int
    stuck_s: float  # the longest that anybody stood still
    outside: int  # ticks of cars beyond a barrier


@dataclass(slots=True)
class _Watch:
    """What is noted about a heat, tick by tick."""

    heat: Heat
    touched: dict[tuple[int, int], int]  # the tick of the last touch, by car and other
    stood: list[int]
    order: list[int]
    contacts: int = 0
    hard: int = 0
    overtakes: int = 0
    outside: int = 0
    longest: int = 0
    rescues: tuple[int, ...] = ()

    def look(self) -> None:
        """Note what the last tick brought."""
        for number, entry in enumerate(self.heat.entries):
            self._touches(number, entry)
            slow = entry.car.speed < SLOW and self.heat.tick > START_TICKS
            racing = not entry.own_car.finished
            self.stood[number] = self.stood[number] + 1 if slow and racing else 0
            self.longest = max(self.longest, self.stood[number])
            self.outside += self._is_outside(entry)
        if self.heat.tick % TICK_HZ == 0 and self.heat.tick > SETTLED_TICKS:
            self._places()

    def _touches(self, number: int, entry: HeatEntry) -> None:
        for other, hit in entry.touches:
            last = self.touched.get((number, other), -APART_TICKS)
            self.touched[number, other] = self.heat.tick
            if self.heat.tick - last >= APART_TICKS:
                self.contacts += 1
                self.hard += hit.speed > HARD

    def _is_outside(self, entry: HeatEntry) -> bool:
        track = self.heat.track
        place = track.project(entry.car.x, entry.car.y, track.index_at(entry.progress.s_m))
        left, right = track.walls_at(place)
        return not -right - OUTSIDE_M <= place.lateral_m <= left + OUTSIDE_M

    def _places(self) -> None:
        entries = self.heat.entries
        ways = [race_distance_m(entry.progress, self.heat.track) for entry in entries]
        rescues = tuple(entry.rescues for entry in entries)
        fresh = sorted(range(len(entries)), key=lambda n: -ways[n])
        at = {number: k for k, number in enumerate(fresh)}
        own = [n for n in self.order if rescues[n] == self.rescues[n]]
        self.overtakes += sum(at[a] > at[b] for k, a in enumerate(own) for b in own[k + 1 :])
        self.order, self.rescues = fresh, rescues


def race(name: str, seed: int, laps: int = LAPS) -> Outcome:
    """Race sixteen bots of mixed skill."""
    track = circuit(name)
    rng = Random(seed)
    skills = [rng.uniform(SKILL_LEAST, SKILL_MOST) for _ in range(GRID_MAX)]
    kinds = [rng.randrange(len(CARS)) for _ in skills]
    heat = Heat(track, racing_line(track), skills, rng, laps, kinds)
    watch = _Watch(heat, {}, [0] * GRID_MAX, [])
    while heat.tick < laps * LAP_S_MAX * TICK_HZ and not heat.finished:
        heat.step()
        watch.look()
    driven = max(1, sum(entry.progress.laps_done for entry in heat.entries))
    return Outcome(
        name,
        seed,
        laps,
        sum(entry.own_car.finished for entry in heat.entries),
        watch.contacts / driven,
        watch.hard / driven,
        watch.overtakes,
        sum(entry.rescues for entry in heat.entries),
        watch.longest / TICK_HZ,
        watch.outside,
    )


def races(
    names: Sequence[str], seeds: Sequence[int], laps: int, jobs: int, kept: Path | None = None
) -> Iterator[Outcome]:
    """Yield the outcomes as they come, of each seed all circuits.

    Args:
        kept: a file of outcomes. What it holds is not raced again, and what is raced is added.
    """
    done = [] if kept is None or not kept.exists() else kept.read_text("utf-8").splitlines()
    known = [Outcome(**json.loads(line)) for line in done]
    wanted = [(name, seed, laps) for seed, name in product(seeds, names)]
    yield from (o for o in known if (o.circuit, o.seed, o.laps) in wanted)
    missing = set(wanted) - {(o.circuit, o.seed, o.laps) for o in known}
    todo = [one for one in wanted if one in missing]
    for outcome in in_order(_race_one, todo, jobs):
        if kept is not None:
            with kept.open("a", encoding="utf-8") as file:
                print(json.dumps(asdict(outcome)), file=file)
        yield outcome


def _race_one(wanted: tuple[str, int, int]) -> Outcome:
    return race(*wanted)


def row(name: str, outcomes: Iterable[Outcome]) -> str:
    """Return a line about the races on one circuit."""
    of = [outcome for outcome in outcomes if outcome.circuit == name]
    return (
        f"{name:<16} {len(of)} races: at least {min(o.finished for o in of)} of {GRID_MAX} finish,"
        f" contacts a car and lap {median(o.contacts_a_lap for o in of):.2f},"
        f" hard {median(o.hard_a_lap for o in of):.2f},"
        f" overtakes a race {median(o.overtakes for o in of):.0f},"
        f" rescues {sum(o.rescues for o in of)},"
        f" longest stand {max(o.stuck_s for o in of):.1f} s,"
        f" outside {sum(o.outside for o in of)}"
    )


def report(seeds: int = 2, laps: int = LAPS, jobs: int = 2) -> Iterator[str]:
    """Yield a line for each circuit."""
    names = circuit_names()
    outcomes = list(races(names, range(seeds), laps, jobs))
    yield from (row(name, outcomes) for name in names)


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="benchmarks.field", description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS, help=f"races a circuit ({SEEDS})")
    parser.add_argument("--laps", type=int, default=LAPS, help=f"of a race ({LAPS})")
    parser.add_argument("--jobs", type=int, default=2, help="processes (2)")
    parser.add_argument("--keep", type=Path, help="file of outcomes, to go on from")
    parser.add_argument("circuits", nargs="*", help="raced on (all)")
    asked = parser.parse_args()
    names = asked.circuits or circuit_names()
    outcomes: list[Outcome] = []
    try:
        for outcome in races(names, range(asked.seeds), asked.laps, asked.jobs, asked.keep):
            outcomes.append(outcome)
            print(outcome, flush=True)
    except KeyboardInterrupt:
        complain(f"broken off: {len(outcomes)} of {len(names) * asked.seeds} races are run")
        return INTERRUPTED
    finally:
        raced = {outcome.circuit for outcome in outcomes}
        for name in names:
            if name in raced:
                print(row(name, outcomes))
    return 0


if __name__ == "__main__":
    sys.exit(main())
