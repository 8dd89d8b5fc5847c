"""The checks catch what they are for: each protection, taken away, is missed within some seeds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from net.sim.contest_run import run_contest
from net.sim.mutants import MUTANTS, broken
from racer.app.simulation.race_mutants import RACE_MUTANTS
from racer.app.simulation.simulate import SweepSpec, simulate

pytestmark = pytest.mark.sim

WITHIN = {
    "acknowledged": (1, 5),
    "counted": (0, 5),
    "fencing": (3, 30),
    "incarnations": (5, 36),
    "drain": (3, 30),
    "evidence": (30, 36),
    "opening": (0, 5),
    "replay": (0, 5),
    "beyond": (2, 12),
    "causality": (0, 5),
    "leases": (13, 24),
}
"""The seed that caught it last, tried first, and within how many each is caught.

`docs/SIMULATION.md` tells how often."""


def seeds(name: str) -> Iterator[int]:
    last, within = WITHIN[name]
    yield last
    yield from range(within)


SCHEDULED = {"revival", "lives"}
"""Caught by schedules made for it, in `test_durability.py`: few seeds draw what it takes."""


@pytest.mark.parametrize("name", sorted(MUTANTS.keys() - SCHEDULED))
def test_a_protection_taken_away_is_missed(name: str) -> None:
    with broken(MUTANTS[name]) as mutant:
        caught = any(run_contest(seed, blind=mutant.blind).failure for seed in seeds(name))
    assert caught, mutant.tells


@pytest.mark.parametrize("name", sorted(RACE_MUTANTS))
def test_a_protection_of_the_race_taken_away_is_missed(name: str) -> None:
    course = SweepSpec(nodes=3, laps=2, faults_max=12)
    with broken(RACE_MUTANTS[name]) as mutant:
        caught = any(simulate(seed, course).failures for seed in seeds(name))
    assert caught, mutant.tells


def test_a_mutant_leaves_the_protections_as_they_were() -> None:
    before = run_contest(1)
    for name in sorted(MUTANTS):
        with broken(MUTANTS[name]) as mutant:
            for where, attribute, instead in mutant.patches:
                assert getattr(where, attribute) is instead
    assert run_contest(1) == before
    assert before.failure == ""
