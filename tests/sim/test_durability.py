"""What was shown before a blackout is there after it, and the checks would see it if not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import pytest
from msgspec.structs import replace

from net.cluster.log import DecreeLog
from net.ids import LineageId
from net.limits import MILLISECOND, SECOND
from net.node.program import Folding, SaveDecree
from net.sim.checks.inspection import log_of
from net.sim.checks.invariants import Violation
from net.sim.contest import Contestant, fold_contest
from net.sim.contest_run import check_dropped, run_contest
from net.sim.disk import Disk
from net.sim.faults import Blackout, FullDisk, SlowDisk
from net.sim.mutants import MUTANTS, broken
from net.sim.world import World
from tests.mutants.lineages import LINEAGES

pytestmark = pytest.mark.sim

DARK_NS = 4 * SECOND


def room(
    seed: int, count: int, blind: frozenset[int] = frozenset(), sync_ns: int = 2 * MILLISECOND
) -> World:
    """Return a room of nodes that talk, some seconds old and in one lineage."""
    world = World(seed, lambda *_: None, blind=blind)
    for number in range(count):
        world.add(Contestant, number * 50 * MILLISECOND).disk.mean_ns = sync_ns
    world.run(DARK_NS)
    return world


def shown(world: World) -> set[object]:
    programs = [machine.program for machine in world.machines]
    return {dot for program in programs if isinstance(program, Contestant) for dot in program.order}


def power_fails(world: World, rng: Random) -> None:
    """Let the power go, and come back for one after the other."""
    down = tuple(rng.randrange(100 * MILLISECOND, 3 * SECOND) for _ in world.machines)
    world.inflict(Blackout(down))
    world.run(world.now_ns + 12 * SECOND)


@pytest.mark.parametrize("seed", range(3))
def test_what_was_shown_on_slow_disks_is_there_after_the_power_of_all_has_failed(seed: int) -> None:
    world = room(seed, 2 + seed, sync_ns=100 * MILLISECOND)
    before = shown(world)
    assert before
    power_fails(world, Random(seed))
    assert world.invariants.durability.promises == 1
    assert before <= shown(world)


@dataclass(frozen=True)
class Schedule:
    """What becomes of the coordinator, and of two who follow, in this order."""

    slow: tuple[bool, bool, bool]  # its disk
    late: tuple[bool, bool, bool]  # it is back after the others


SCHEDULES = {
    "acknowledged": Schedule((False, True, True), (True, False, False)),
    "counted": Schedule((True, False, True), (False, True, False)),
    "revival": Schedule((False, True, False), (True, False, True)),
}
"""In each, those who are back first lack what was shown; with the protection it was not shown."""


def coordinator_of(world: World) -> int:
    (ruler,) = {n.coordinator for m in world.machines if m.host and (n := m.host.node.consensus)}
    assert ruler is not None
    return next(m.number for m in world.machines if m.identity.node_id == ruler.node)


def play(schedule: Schedule, seed: int, blind: frozenset[int] = frozenset()) -> None:
    """Let the power of three fail.

    Raises:
        Violation: something that was shown is gone.
    """
    world = room(seed, 3, blind)
    ruler = coordinator_of(world)
    roles = [ruler, *(number for number in range(3) if number != ruler)]
    for number, is_slow in zip(roles, schedule.slow, strict=True):
        if is_slow:
            world.inflict(SlowDisk(number, 240 * MILLISECOND, 60 * SECOND))
    world.run(world.now_ns + SECOND)
    down = {
        number: 3 * SECOND if late else SECOND // 5
        for number, late in zip(roles, schedule.late, strict=True)
    }
    world.inflict(Blackout(tuple(down[number] for number in range(3))))
    world.run(world.now_ns + 6 * SECOND)


@pytest.mark.parametrize("name", sorted(SCHEDULES))
def test_a_protection_of_disks_taken_away_loses_what_was_shown(name: str) -> None:
    for seed in range(3):
        play(SCHEDULES[name], seed)
    found = ""
    with broken(MUTANTS[name]) as mutant:
        for seed in range(12):
            try:
                play(SCHEDULES[name], seed, mutant.blind | {42})
            except Violation as violation:
                found = str(violation)
                break
    assert found.startswith("invariant 43"), MUTANTS[name].tells


def shows_what_others_had(alter: Callable[[Disk, DecreeLog], None]) -> None:
    """Let a coordinator with a slow disk show what others keep no more.

    Args:
        alter: what becomes of a disk once its process has said that it has more than counts yet.

    Raises:
        Violation: they should have kept it.
    """
    world = room(1, 3)
    ruler = coordinator_of(world)
    world.inflict(SlowDisk(ruler, 200 * MILLISECOND, 60 * SECOND))
    logs = [n.consensus.log for m in world.machines if m.host and (n := m.host.node).consensus]
    others = [number for number in range(3) if number != ruler]
    while any(logs[number].kept <= logs[ruler].kept for number in others):
        world.run(world.now_ns + MILLISECOND)
    acknowledged, before = min(logs[number].kept for number in others), logs[ruler].commit
    for number in others:
        alter(world.machines[number].disk, logs[ruler])
    world.run(world.now_ns + SECOND // 2)
    assert before < acknowledged <= logs[ruler].commit


def test_a_disk_that_was_damaged_since_had_what_its_process_said_that_it_had() -> None:
    """Seed 41053 of the contest: a coordinator with a slow disk shows it when it is gone there."""
    shows_what_others_had(lambda disk, _log: disk.damage())


def test_a_disk_whose_node_left_the_lineage_had_what_its_process_said_that_it_had() -> None:
    """Seeds 40324, 40571 of the contest: who was frozen reads an old answer of one who left."""

    def leave(disk: Disk, log: DecreeLog) -> None:
        assert log.found is not None
        found = replace(log.found, lineage=LineageId(bytes(len(log.lineage))))
        disk.write([SaveDecree(replace(log.entry(log.commit), what=found))])

    shows_what_others_had(leave)


def test_a_disk_that_lost_a_decree_to_another_of_its_lineage_is_noticed() -> None:
    def overwrite(disk: Disk, log: DecreeLog) -> None:
        decree = log.entry(log.commit)
        disk.write([SaveDecree(replace(decree, epoch=decree.epoch + 1))])

    with pytest.raises(Violation, match="invariant 42"):
        shows_what_others_had(overwrite)


def test_decrees_are_dropped_soon_behind_a_checkpoint_and_the_check_sees_it_if_not() -> None:
    """Seed 40048 of the contest: all began a late checkpoint, and the next was due at a tick."""
    few, many = (
        World(1, lambda *_: None, folding=Folding(fold_contest, n, n)) for n in (10, 10_000)
    )
    for world in (few, many):
        for number in range(2):
            world.add(Contestant, number * 50 * MILLISECOND)
        world.run(DARK_NS)
    while all(
        log.head - log.folded <= 5 for m in few.machines if m.host and (log := log_of(m.host.node))
    ):
        few.run(few.now_ns + MILLISECOND)
    check_dropped(few, 5)
    with pytest.raises(Violation, match="invariant 46"):
        check_dropped(many, 5)


def test_a_seed_sees_a_history_given_up_by_the_clock_on_the_wall_alone() -> None:
    """Machines come back one by one, and the clock of the first is wrong."""
    seed = 46099
    assert run_contest(seed).failure == ""
    with broken(LINEAGES["aged-by-the-wall"]):
        assert run_contest(seed).failure.startswith("invariant 49")


# --- disks that take nothing ----------------------------------------------------------------------


def decided(world: World) -> int:
    return min(len(m.program.order) for m in world.machines if isinstance(m.program, Contestant))


@pytest.mark.parametrize("full", [(0,), (1,), (0, 1, 2)])
def test_a_room_goes_on_though_some_or_all_of_its_disks_take_nothing(full: tuple[int, ...]) -> None:
    world = room(1, 3)
    for number in full:
        world.inflict(FullDisk(number, 60 * SECOND))
    before = decided(world)
    world.run(world.now_ns + 5 * SECOND)
    assert decided(world) > before


def test_a_coordinator_whose_disk_is_slow_hands_over() -> None:
    world = room(2, 3)
    ruler = coordinator_of(world)
    world.inflict(SlowDisk(ruler, SECOND, 60 * SECOND))
    world.run(world.now_ns + 5 * SECOND)
    assert coordinator_of(world) != ruler


def test_no_life_is_led_twice_though_its_number_found_no_room_on_the_disk() -> None:
    def lives_on_a_full_disk() -> None:
        world = room(3, 2)
        world.inflict(FullDisk(0, 60 * SECOND))
        for _ in range(3):
            world.inflict(Blackout((50 * MILLISECOND, 50 * MILLISECOND)))
            world.run(world.now_ns + 2 * SECOND)
        assert world.machines[0].starts == 4

    lives_on_a_full_disk()
    with broken(MUTANTS["lives"]), pytest.raises(Violation, match="invariant 6"):
        lives_on_a_full_disk()
