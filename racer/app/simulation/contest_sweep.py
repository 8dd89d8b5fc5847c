"""`racer simulate --contest`: the substrate alone, without cars, under every fault there is."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import partial

from net.sim.contest_run import ContestOutcome, run_contest
from net.sim.narration import Narrator
from racer.app.simulation.pool import in_order
from racer.app.simulation.sweep_progress import SweepProgress


def sweep_contest(seeds: range, jobs: int, *, as_json: bool, air: bool) -> int:
    """Run all seeds, print what failed and a summary. Returns 0 where nothing did."""
    outcomes: list[ContestOutcome] = []
    with SweepProgress(len(seeds)) as progress:
        for outcome in in_order(partial(run_contest, air=air), seeds, jobs):
            outcomes.append(outcome)
            told = _outcome_text(outcome, as_json=as_json, air=air)
            progress.note(told, failed=bool(outcome.failure))
    if not as_json:
        _print_summary(outcomes, progress.failed)
    return 1 if progress.failed else 0


def trace_contest(seed: int, *, messages: bool, air: bool) -> int:
    """Run one seed, and print it line by line. Returns 0 where nothing failed."""
    outcome = run_contest(seed, Narrator(_print_line, messages), air=air)
    _print_line(outcome.plan)
    return 1 if outcome.failure else 0


def _print_line(text: str) -> None:
    print(text, flush=True)


def _outcome_text(outcome: ContestOutcome, *, as_json: bool, air: bool = False) -> str:
    """Return what is printed of an outcome: for people, only of one that failed."""
    if as_json:
        return json.dumps(asdict(outcome))
    if not outcome.failure:
        return ""
    again = f"racer simulate --contest --seeds {outcome.seed}{' --air' if air else ''} --trace"
    return f"seed {outcome.seed} FAILED: {outcome.failure}\n  {outcome.plan}\n  again: {again}"


def _print_summary(outcomes: list[ContestOutcome], failed: int) -> None:
    checks = sum(outcome.checks for outcome in outcomes)
    virtual_s = sum(outcome.virtual_s for outcome in outcomes)
    print(f"{len(outcomes)} seeds, {failed} failed; {virtual_s:.0f} s of rooms, {checks} checks")
    for what, times in (
        ("a core mended → all know one coordinator", [o.coordinator_ms for o in outcomes]),
        ("a core mended → a decree counts at all of it", [o.decree_ms for o in outcomes]),
        ("all mended → all hold the same", [o.converged_ms for o in outcomes]),
    ):
        reached = sorted(ms for ms in times if ms >= 0)
        if reached:
            p50, p99 = (reached[len(reached) * share // 100] for share in (50, 99))
            print(f"  {what}: p50 {p50} ms, p99 {p99} ms, max {reached[-1]} ms")
