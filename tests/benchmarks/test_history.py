"""The soak of a history judges itself: each bound can be missed, and a power loss too."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from benchmarks.history import (
    HALVES_MIN,
    JOIN_MS,
    NODES,
    SECOND,
    Hour,
    Speaker,
    beyond_bounds,
    black_out,
    fold_words,
)
from net import Folding
from net.sim import Conditions, World

GOOD = Hour(45.0, 0.1, 300, 5000)


def test_a_history_within_its_bounds_is_one() -> None:
    grown = [replace(GOOD, memory_mib=45.0 + 0.3 * hour) for hour in range(48)]
    assert beyond_bounds(grown) == []
    assert beyond_bounds([]) == []


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        ([GOOD, replace(GOOD, join_ms=JOIN_MS)], "hour 2: a newcomer took 1000 ms"),
        ([replace(GOOD, resume_ms=None)], "hour 1: the room did not go on"),
        ([*[GOOD] * 16, replace(GOOD, memory_mib=45.0 + 16 * NODES)], "memory grew by 1.00 MiB"),
        ([*[GOOD] * 16, replace(GOOD, journal_mib=0.1 + 16 * 1.1)], "the journal grew by 1.10 MiB"),
        (
            [replace(GOOD, join_ms=300 + 10 * hour) for hour in range(HALVES_MIN)],
            "a newcomer took 335 ms early and 415 late",
        ),
    ],
)
def test_each_bound_that_is_missed_is_told(hours: list[Hour], told: str) -> None:
    (line,) = beyond_bounds(hours)
    assert line.startswith(told)


@pytest.mark.parametrize("damaged", [False, True])
def test_a_power_loss_is_gone_on_from_unless_the_disks_are_lost(
    damaged: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.history.RESUME_NS", 10 * SECOND)
    world = World(1, lambda *_: None, Conditions(), folding=Folding(fold_words))
    for number in range(NODES):
        world.add(Speaker, number * SECOND // 20)
    world.run(3 * SECOND)

    def lose_disks() -> None:
        world.invariants.durability.waive()  # the simulator would see it before we do
        for machine in world.machines:
            machine.disk.damage()

    if damaged:
        world.at(world.now_ns + 1, lose_disks)
    resume_ms = black_out(world, Random(1))
    assert (resume_ms is None) == damaged
