"""A room that splits and merges again and again does not grow heavier by it."""

from __future__ import annotations

import pytest

from net import Folding, Submit
from net.cluster.log_adoption import kept_log
from net.limits import MILLISECOND, SECOND
from net.sim import World
from net.sim.checks.inspection import log_of, operations_of, voter_of
from net.sim.contest import Contestant, fold_contest
from net.sim.faults import Crash, Cut

pytestmark = pytest.mark.sim

MERGES = 12
WORD = b"word of a process that is not in yet"


def test_lives_that_merges_began_leave_nothing_in_the_vector_clocks() -> None:
    world = World(1, lambda machine, what, now_ns: None)
    machines = [world.add(Contestant, number * 50 * MILLISECOND) for number in range(4)]
    for merge in range(MERGES):
        world.run(world.now_ns + 3 * SECOND)
        world.inflict(Cut((merge % 3, 3), 2 * SECOND))
    world.run(world.now_ns + 4 * SECOND)
    hosts = [machine.host for machine in machines if machine.host is not None]
    assert sum(host.node.incarnation for host in hosts) > 4 + MERGES
    for host in hosts:
        assert len(operations_of(host.node).clock) == 4
    for machine in machines:
        assert machine.host is not None
        log = log_of(machine.host.node)
        assert log is not None
        kept = kept_log(machine.disk.kept().decrees)
        assert (kept.head, kept.head_hash) == (log.commit, log.hash_at(log.commit))


def test_what_a_process_says_before_it_is_in_counts_once() -> None:
    """Its past is of a split that the room never had, so nobody can deliver it as it is."""
    world = World(1, lambda machine, what, now_ns: None, folding=Folding(fold_contest, 4, 4))
    machines = [world.add(Contestant, number * 50 * MILLISECOND) for number in range(4)]
    world.run(2 * SECOND)
    world.inflict(Cut((3,), 8 * SECOND))
    world.run(9 * SECOND)
    world.inflict(Crash(3, 1100 * MILLISECOND))
    world.run(10 * SECOND + 110 * MILLISECOND)
    host = machines[3].host
    assert host is not None
    assert not host.node.synced
    world.command(machines[3], [Submit(WORD)])
    began = host.node.incarnation
    world.run(world.now_ns + 3 * SECOND)
    assert host.node.incarnation == began + 1, "the room was entered once more, by another life"
    said = world.invariants.operations
    for machine in machines:
        assert isinstance(machine.program, Contestant)
        assert [said[dot].body for dot in machine.program.order].count(WORD) == 1


@pytest.mark.parametrize("seed", [1, pytest.param(5, marks=pytest.mark.long)])
def test_what_a_new_life_asks_first_is_not_lost(seed: int) -> None:
    """Its peers must have heard of the life; a quarter of a second went by with each seed."""
    world = World(seed, lambda machine, what, now_ns: None)
    machines = [world.add(Contestant, number * 50 * MILLISECOND) for number in range(8)]
    world.run(6 * SECOND)
    world.inflict(Cut((0, 1, 2, 3), 3 * SECOND))
    world.run(world.now_ns + 3 * SECOND + 400 * MILLISECOND)
    seats = [voter_of(machine.host.node) for machine in machines if machine.host is not None]
    assert (
        len({(voter.log.lineage, voter.coordinator) for voter in seats if voter is not None}) == 1
    )
    assert all(machine.host is not None and machine.host.node.synced for machine in machines)
