"""The soak of a history judges itself: each bound can be missed, and a power loss too."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from benchmarks.history import (
    HALVES_MIN,
    JOIN_MS,
    SECOND,
    Cast,
    Hour,
    beyond_bounds,
    black_out,
)
from benchmarks.journaled import Driver, JournaledDisk
from benchmarks.speaker import NODES, Speaker, fold_words
from net import Folding
from net.cluster.log import DecreeLog
from net.ids import NO_LINEAGE, Member
from net.node.program import KeptRoom, SaveDecree
from net.sim import Conditions, World
from net.sim.checks.inspection import log_of
from net.wire.decrees import FoundLineage
from racer.play.room.folding import fold_room

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
    monkeypatch.setattr("benchmarks.history.RESUME_NS", 5 * SECOND)
    world = World(1, lambda *_: None, Conditions(), folding=Folding(fold_words))
    for number in range(2):
        world.add(Speaker, number * SECOND // 20)
    world.run(2 * SECOND)

    def lose_disks() -> None:
        world.invariants.durability.waive()  # the simulator would see it before we do
        for machine in world.machines:
            machine.disk.damage()

    if damaged:
        world.at(world.now_ns + 1, lose_disks)
    resume_ms = black_out(world, Random(1))
    assert (resume_ms is None) == damaged


def test_all_go_on_from_real_journals_with_the_fold_of_the_program(tmp_path: Path) -> None:
    cast = Cast(Driver, fold_room, tmp_path)
    world = World(1, lambda *_: None, Conditions(), folding=Folding(fold_room, 40, 40))
    for number in range(2):
        cast.add(world, number * SECOND // 20)
    world.run(2 * SECOND)
    log = log_of(world.machines[0].host.node) if world.machines[0].host else None
    assert log is not None
    assert log.folded > 0
    assert black_out(world, Random(1)) is not None
    cast.close(world)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) > 10_000


def test_a_journal_that_gives_back_something_else_than_it_was_given_is_found_out(
    tmp_path: Path,
) -> None:
    path, log = tmp_path / "journal", DecreeLog()
    log.append(1, FoundLineage(b"lineage1", NO_LINEAGE, 0, (Member(bytes(16), 1),)))
    disk = JournaledDisk(Random(1), path, b"room tag")
    assert disk.kept() == KeptRoom()
    disk.write([SaveDecree(log.entry(0))])
    assert disk.kept().decrees == log.entries(0, 1)
    disk.close()
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("DELETE FROM decree")
    with pytest.raises(ValueError, match="gives back something else"):
        disk.kept()
