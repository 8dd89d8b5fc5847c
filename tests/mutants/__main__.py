"""`make mutants`: each mutant by the test that misses it, by walks, and by the contest's seeds.

Takes some ten minutes of a core, and prints the tables of docs/MUTANTS.md and docs/SIMULATION.md.
`--shard 2/4` takes the second of each four mutants: four such runs, at any time, make all of it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Mapping
from typing import Final

from net.sim.contest_run import run_contest
from net.sim.explorer.deeds import ALL, BALLOTS, OVERTAKING, Deed
from net.sim.explorer.search import walk
from net.sim.mutants import MUTANTS, Mutant, broken
from tests.mutants.catalog import CATALOG, CAUGHT_BY, is_missed

WALKED: Final = ("votes", "decrees", "logs and members", "lineages")
MIXES: Final[dict[str, tuple[int, tuple[Deed, ...]]]] = {
    "in turn": (3, OVERTAKING),
    "ballots": (3, BALLOTS),
    "all": (3, ALL),
    "of two": (2, ALL),
    "of four": (4, ALL),
}
WALKS: Final = 60  # of each mix
SEEDS: Final = 60  # of the contest


def main() -> int:
    """Print all tables, or a shard of each. Returns how many mutants nothing has missed."""
    parser = argparse.ArgumentParser(description="Take each protection away.")
    parser.add_argument("--shard", type=read_shard, default=(1, 1), metavar="K/N")
    shard = parser.parse_args().shard
    unseen = 0
    for area, mutants in CATALOG.items():
        print(f"\n## {area.capitalize()}\n")
        print("| mutant | instead | missed by | and by walk |\n|---|---|---|---|")
        for name, mutant in of_shard(shard, mutants).items():
            began_s = time.process_time()
            with broken(mutant):
                missed = is_missed(name)
            took_ms = round(1000 * (time.process_time() - began_s))
            walks = first_walk(mutant) if area in WALKED else ""
            unseen += not missed
            by = f"`{CAUGHT_BY[name].rpartition('::')[2]}`, {took_ms} ms" if missed else "NOTHING"
            print(f"| `{name}` | {mutant.tells} | {by} | {walks} |", flush=True)
    print(f"\n| mutant | caught in seeds 0 to {SEEDS - 1} | mostly by | first |\n|---|---|---|---|")
    for name, mutant in of_shard(shard, MUTANTS).items():
        failed = contest(mutant)
        by = ", ".join(number for number, _ in Counter(failed.values()).most_common(2))
        first = min(failed, default=None)
        unseen += not failed
        print(f"| `{name}` | {len(failed)} of {SEEDS} | {by} | {first} |", flush=True)
    return unseen


def read_shard(text: str) -> tuple[int, int]:
    """Return which of how many shards is meant by "2/4".

    Raises:
        ValueError: there is none such.
    """
    number, _, count = text.partition("/")
    shard = int(number), int(count)
    if not 1 <= shard[0] <= shard[1]:
        raise ValueError(f"no shard {text}")
    return shard


def of_shard(shard: tuple[int, int], mutants: Mapping[str, Mutant]) -> dict[str, Mutant]:
    """Return the mutants of one shard: each is in just one of them."""
    number, count = shard
    return dict(list(mutants.items())[number - 1 :: count])


def first_walk(mutant: Mutant) -> str:
    """Return the first walk that breaks something; empty: none does."""
    with broken(mutant):
        for seed in range(WALKS):
            for mix, (members, deeds) in MIXES.items():
                try:
                    found = walk(members, seed, deeds)
                except Exception as error:  # noqa: BLE001 - a mutant may raise anything
                    return f"{mix} {seed}: {type(error).__name__}"
                if found is not None:
                    return f"{mix} {seed}: {found.violation.partition(':')[0].split()[1]}"
    return ""


def contest(mutant: Mutant) -> dict[int, str]:
    """Return which seeds of the contest fail, each with the number of what broke."""
    with broken(mutant):
        outcomes = (run_contest(seed, blind=mutant.blind) for seed in range(SEEDS))
        return {
            each.seed: each.failure.partition(":")[0].removeprefix("invariant ")
            for each in outcomes
            if each.failure
        }


if __name__ == "__main__":
    sys.exit(main())
