"""The checks catch what they are for: each protection, taken away, is missed within some seeds."""

from __future__ import annotations

import pytest

from net.sim.contest_run import run_contest
from net.sim.mutants import CANARIES, broken
from racer.app.simulation.race_mutants import RACE_CANARIES
from racer.app.simulation.simulate import SweepSpec, simulate

WITHIN = {
    "fencing": 30,
    "incarnations": 36,
    "drain": 30,
    "evidence": 30,
    "opening": 5,
    "replay": 5,
    "causality": 5,
}
"""Within how many seeds each is caught; `docs/SIMULATION.md` tells how often."""

RACE_SEEDS = range(3)
"""A whole race takes longer."""


@pytest.mark.parametrize("name", sorted(CANARIES))
def test_a_protection_taken_away_is_missed(name: str) -> None:
    with broken(CANARIES[name]) as mutant:
        caught = any(run_contest(seed, blind=mutant.blind).failure for seed in range(WITHIN[name]))
    assert caught, mutant.tells


@pytest.mark.parametrize("name", sorted(RACE_CANARIES))
def test_a_protection_of_the_race_taken_away_is_missed(name: str) -> None:
    course = SweepSpec(nodes=3, laps=2, faults_max=12)
    with broken(RACE_CANARIES[name]) as mutant:
        caught = any(simulate(seed, course).failures for seed in RACE_SEEDS)
    assert caught, mutant.tells


def test_a_canary_leaves_the_protections_as_they_were() -> None:
    before = run_contest(1)
    for name in sorted(CANARIES):
        with broken(CANARIES[name]) as mutant:
            for where, attribute, instead in mutant.patches:
                assert getattr(where, attribute) is instead
    assert run_contest(1) == before
    assert before.failure == ""
