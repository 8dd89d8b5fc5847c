"""Who coordinates says in a checkpoint that all before it amounts to something else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
import pytest

from net import Folding
from net.limits import SECOND
from net.sim.contest import ContestFold, fold_contest
from tests.lies.liars import node_of, quiet, room_of
from tests.lies.liars_in_folds import IN_FOLDS, PASSED_OVER
from tests.lies.liars_in_races import race_with
from tests.lies.verdicts import fault_of

if TYPE_CHECKING:
    from net.cluster.log import DecreeLog
    from net.node.node import Node
    from net.sim import Machine, World

pytestmark = pytest.mark.sim


LIED: Final = msgspec.msgpack.encode(ContestFold(owners=((7, 1, bytes(16)),)))


def room_of_a_false_checkpoint() -> tuple[World, Machine, list[Machine]]:
    """Return a room whose coordinator has just decreed checkpoints of what never was."""
    world, machines = room_of(3, folding=Folding(fold_contest, 400, 400))
    (leader,) = [machine for machine in machines if node_of(machine).decides]
    world.invariants.liars.add(leader.identity.node_id)
    assert all(checkpoint_of(machine) is None for machine in machines)
    node_of(leader)._checkpoints._folding = Folding(lambda *_: LIED, 1, 1)
    world.run(world.now_ns + 2 * SECOND)
    return world, leader, [machine for machine in machines if machine is not leader]


def test_who_holds_all_that_a_checkpoint_folds_goes_on_from_what_it_folded_itself() -> None:
    _, leader, honest = room_of_a_false_checkpoint()
    for machine in honest:
        assert node_of(machine)._checkpoints.counters.differed >= 1
        assert checkpoint_of(machine) not in {None, LIED}
    assert len(set(map(checkpoint_of, honest))) == 1
    assert len(set(map(digest_of, [leader, *honest]))) == 1, "one log all the same"


def test_who_came_in_at_a_false_checkpoint_takes_the_next_true_one() -> None:
    world, leader, honest = room_of_a_false_checkpoint()
    late = world.add(quiet, world.now_ns)
    world.run(world.now_ns + 3 * SECOND)
    assert checkpoint_of(late) == LIED
    world.crash(leader)
    world.run(world.now_ns + 5 * SECOND)
    (leads,) = [machine for machine in honest if node_of(machine).decides]
    node_of(leads)._checkpoints._folding = Folding(fold_contest, 1, 1)
    world.run(world.now_ns + SECOND)
    assert checkpoint_of(late) == checkpoint_of(leads) != LIED


def checkpoint_of(machine: Machine) -> bytes | None:
    checkpoint = log_of(node_of(machine)).checkpoint
    return None if checkpoint is None else checkpoint.content.fold


def digest_of(machine: Machine) -> bytes:
    checkpoint = log_of(node_of(machine)).checkpoint
    assert checkpoint is not None
    return checkpoint.digest


def log_of(node: Node) -> DecreeLog:
    assert node.consensus is not None
    return node.consensus.log


@pytest.mark.long
@pytest.mark.parametrize("lie", IN_FOLDS)
def test_no_checkpoint_says_how_a_race_went(lie: str) -> None:
    raced = race_with(IN_FOLDS[lie], count=4, lies=0)
    rows = {row.name: row for row in raced.results[raced.honest[0].number].table}
    for number in (1, 2, 3):
        row = rows[f"bot {number}"]
        assert (row.laps, row.ms is not None and row.ms > 10_000) == (1, True)
    assert fault_of(raced, proved=lie not in PASSED_OVER) == ""
