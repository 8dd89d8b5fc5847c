"""`racer simulate --contest`: what it prints, and how it ends."""

from __future__ import annotations

import pytest

from net.sim.contest_run import ContestOutcome
from racer.app.commands.cli import main
from racer.app.simulation import contest_sweep as contest


@pytest.mark.sim
def test_seeds_that_hold_end_with_a_summary(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--contest", "--seeds", "0:2", "--jobs", "1"]) == 0
    told = capfd.readouterr().out.splitlines()
    assert told[0].startswith("2 seeds, 0 failed")
    assert any("a decree counts" in line for line in told)


@pytest.mark.sim
def test_a_trace_ends_with_what_was_drawn(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--contest", "--seeds", "1", "--trace"]) == 0
    told = capfd.readouterr().out.splitlines()
    assert told[0].split()[2:] == ["starts", "as", "life", "1"]
    assert " nodes, a checkpoint each " in told[-1]


def test_a_trace_tells_one_seed_only(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--contest", "--seeds", "0:2", "--trace"]) == 2
    assert "a trace tells one seed" in capfd.readouterr().err


def test_a_seed_that_failed_comes_with_the_command_that_repeats_it() -> None:
    outcome = ContestOutcome(7, "3 nodes; a plan", "invariant 20: two", "", 1.0, 1)
    told = contest._outcome_text(outcome, as_json=False)
    assert "seed 7 FAILED: invariant 20: two" in told
    assert "again: racer simulate --contest --seeds 7 --trace" in told
