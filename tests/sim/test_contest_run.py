"""The contest: rooms under drawn faults stay safe, a core goes on, and in the end all agree."""

from __future__ import annotations

from functools import cache

import pytest

from net.sim.contest_run import ContestOutcome, draw_plan, run_contest
from net.sim.narration import Narrator

pytestmark = pytest.mark.sim

FIRST, END = 8, 20
STEP = 2
SMALL = 30


@pytest.mark.parametrize(
    "first",
    [
        FIRST,
        *(pytest.param(each, marks=pytest.mark.long) for each in range(FIRST + STEP, END, STEP)),
    ],
)
def test_rooms_under_faults_stay_safe_go_on_and_agree(first: int) -> None:
    for seed in range(first, first + STEP):
        outcome = run_contest(seed)
        assert outcome.failure == "", f"seed {seed}: {outcome.plan}"
        assert outcome.checks > 100
        assert 0 <= outcome.coordinator_ms <= outcome.decree_ms


@cache
def told() -> tuple[ContestOutcome, list[str]]:
    """Return what became of a small room in which much happens, and its lines."""
    lines: list[str] = []
    return run_contest(SMALL, Narrator(lines.append, messages=True)), lines


def test_a_trial_is_the_same_again_told_or_not() -> None:
    quiet = run_contest(SMALL)
    assert quiet == told()[0]
    assert run_contest(1).trace != quiet.trace


def test_a_plan_says_all_that_it_holds() -> None:
    plans = [draw_plan(seed) for seed in range(200)]
    texts = "\n".join(map(str, plans))
    for word in (
        "kill the coordinator",
        "after action",
        "its journal damaged",
        "pause",
        "cut off",
        "one way",
        "majorities in a ring",
        "bridge",
        "clog",
        "leaps",
        "disk",
        "spoilt",
        "bursts by machine",
        "bursts by link",
        "buffers of 30",
        "frozen",
        "dead",
        "loss 40%",
    ):
        assert word in texts, word
    assert {plan.nodes for plan in plans} == {3, 4, 5, 6, 7, 9}
    for plan in plans:
        assert 2 * len(plan.core) > plan.nodes
        assert draw_plan(plans.index(plan)) == plan


def test_a_trace_tells_who_saw_what() -> None:
    _, lines = told()
    text = "\n".join(lines)
    for word in (
        "starts ",
        "dies",
        "coordinates",
        "commits ",
        "delivers",
        "down ",
        "resumes",
        "Append(",
    ):
        assert word in text, word
    assert all(line[:9].strip().replace(".", "").isdigit() for line in lines)
