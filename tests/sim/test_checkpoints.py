"""Whole rooms across checkpoints: they grow no longer, and newcomers and blackouts go on there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, final
from unittest.mock import Mock, patch

import msgspec
import pytest

from net.cluster.checkpoint import Bound, BoundReached
from net.limits import MILLISECOND, SECOND
from net.node.checkpoints import Checkpoints
from net.node.program import Command, Event, Folding, NodeView, Refused
from net.sim import Script, World
from net.sim.checks.inspection import log_of, operations_of
from net.sim.checks.invariants import Violation
from net.sim.contest import Contestant, ContestFold, fold_contest
from net.sim.faults import Blackout
from net.sim.network import Conditions

if TYPE_CHECKING:
    from random import Random

    from net.cluster.log import DecreeLog
    from net.ids import Dot, NodeId
    from net.sim.machine import Machine
    from net.wire.decrees import Decree
    from net.wire.messages import Operation

pytestmark = pytest.mark.sim

SPACING = 20


def room(folding: Folding, machines: int = 3, seed: int = 1) -> World:
    world = World(seed, lambda *_: None, Conditions(), folding=folding)
    for number in range(machines):
        world.add(Contestant, number * SECOND // 20)
    return world


def log(machine: Machine) -> DecreeLog:
    assert machine.host is not None
    found = log_of(machine.host.node)
    assert found is not None
    return found


def test_a_room_keeps_what_follows_the_checkpoint_before_the_last() -> None:
    world = room(Folding(fold_contest, SPACING, SPACING))
    world.run(12 * SECOND)
    for machine in world.machines:
        assert machine.host is not None
        held = log(machine)
        assert held.folded > 3 * SPACING
        assert held.head - held.base.index < 4 * SPACING
        assert operations_of(machine.host.node).kept < 4 * SPACING
        assert min(machine.disk.decrees) == held.folded, "its disk holds what follows the last"
    assert len({log(machine).checkpoint for machine in world.machines}) == 1


def test_a_newcomer_holds_what_was_decreed_before_the_checkpoint_that_it_began_from() -> None:
    world = room(Folding(fold_contest, SPACING, SPACING))
    world.run(8 * SECOND)
    newcomer = world.add(Contestant, world.now_ns)
    world.run(11 * SECOND)
    program, first = newcomer.program, world.machines[0].program
    assert isinstance(program, Contestant)
    assert isinstance(first, Contestant)
    assert log(newcomer).base.index > 0
    assert program.order[:50] == first.order[:50] != []


def test_a_room_that_lost_power_goes_on_from_its_checkpoint() -> None:
    world = room(Folding(fold_contest, SPACING, SPACING))
    world.run(8 * SECOND)
    before = world.machines[0].program
    assert isinstance(before, Contestant)
    order = list(before.order)
    world.play(Script(Conditions(), ((world.now_ns, Blackout((SECOND, SECOND, SECOND))),)))
    world.run(14 * SECOND)
    for machine in world.machines:
        assert isinstance(machine.program, Contestant)
        assert log(machine).base.index > 0
        assert machine.program.order[: len(order) - SPACING] == order[: len(order) - SPACING]


def black_out(world: World, but: Sequence[int] = ()) -> None:
    """Take the power from all but some of them for a second."""
    machines = [machine for machine in world.machines if machine.number not in but]
    for machine in machines:
        world.crash(machine)
    world.run(world.now_ns + SECOND)
    for machine in machines:
        world.start(machine)


def run_to(world: World, decrees: int, by: int = 0) -> None:
    """Run until so many more decrees count at a machine."""
    head = log(world.machines[by]).commit + decrees
    until_ns = world.now_ns + 60 * SECOND
    world.run(until_ns, lambda: log(world.machines[by]).commit >= head)
    assert log(world.machines[by]).commit >= head


def talk_anew(world: World) -> None:
    """Let all say as much as they have said once more."""
    for machine in world.machines:
        if isinstance(machine.program, Contestant):
            machine.program._said = 0


def test_a_room_that_lost_power_and_misses_nobody_is_folded_as_any() -> None:
    """It waited for eight times as much, and a newcomer fetched all that in 2.3 s."""
    world = room(Folding(fold_contest, SPACING, SPACING))
    world.run(5 * SECOND)
    black_out(world)
    world.run(world.now_ns + 2 * SECOND)
    revived = log(world.machines[0])
    assert revived.found is not None
    assert (revived.found.forks, revived.missing) == (1, frozenset())
    run_to(world, 4 * SPACING)
    for machine in world.machines:
        assert log(machine).folded > revived.found_at
        assert log(machine).head - log(machine).folded < 2 * SPACING


def test_while_somebody_is_missing_a_room_that_lost_power_keeps_what_a_merge_may_need() -> None:
    world = room(Folding(fold_contest, SPACING, SPACING), machines=4)
    world.run(5 * SECOND)
    world.crash(world.machines[3])
    world.machines[3].barred = True
    black_out(world)
    world.run(world.now_ns + 2 * SECOND)
    talk_anew(world)
    found_at, folded = log(world.machines[0]).found_at, log(world.machines[0]).folded
    assert folded < found_at
    run_to(world, 4 * SPACING)
    assert log(world.machines[0]).folded == folded
    world.machines[3].barred = False
    world.start(world.machines[3])
    world.run(world.now_ns + 3 * SECOND, lambda: log(world.machines[0]).folded > found_at)
    assert log(world.machines[0]).missing == frozenset()
    assert folded < found_at < log(world.machines[0]).folded < folded + 7 * SPACING


def words_of(machine: Machine) -> set[Dot]:
    """Return the words that a machine's program holds as ordered."""
    assert isinstance(machine.program, Contestant)
    return set(machine.program.order)


def is_one_room(world: World) -> bool:
    found: set[tuple[object, ...]] = set()
    for machine in world.machines:
        assert machine.host is not None
        held, program = log_of(machine.host.node), machine.program
        assert isinstance(program, Contestant)
        if held is None or not program.synced or program.unordered():
            return False
        found.add((held.lineage, *program.order))
    return len(found) == 1


@pytest.mark.parametrize(("dark", "spacing"), [((0, 1), 20), ((0, 1, 2, 3), 40)])
def test_the_sides_of_a_split_that_lost_power_too_keep_what_the_other_lacks(
    dark: tuple[int, ...], spacing: int
) -> None:
    """Each side is whole again, and yet misses the other: nothing that was said may be folded.

    With a spacing of 20, one was folded when it got what the other had said, and missed nobody from
    then on; so it was folded again at once, and 192 words were given up.
    """
    world = room(Folding(fold_contest, spacing, spacing), machines=4)
    world.run(3 * SECOND)
    sides = [(a, b) for a in (0, 1) for b in (2, 3)]
    links = [*sides, *((b, a) for a, b in sides)]
    world.network.cut(links)
    world.run(world.now_ns + 4 * SECOND)
    black_out(world, but=[number for number in range(4) if number not in dark])
    world.run(world.now_ns + 3 * SECOND)
    for machine in world.machines:
        assert len(log(machine).missing) == 2
    run_to(world, 60)
    for machine in world.machines:
        assert log(machine).head > log(machine).found_at + spacing, "due, but for who is missing"
        assert log(machine).folded < log(machine).found_at
    said = [words_of(machine) for machine in world.machines]
    world.network.heal(links)
    world.run(world.now_ns + 20 * SECOND, lambda: is_one_room(world))
    assert is_one_room(world)
    for machine in world.machines:
        assert isinstance(machine.program, Contestant)
        assert machine.program.given_up == 0
        assert words_of(machine) >= set().union(*said)


def is_decreed(machine: Machine) -> bool:
    """Whether a checkpoint counts at a machine that it has not begun."""
    held = log(machine)
    return any(each.index < held.commit for each in held.checkpoints_ahead)


@pytest.mark.parametrize("seed", range(4))
def test_the_content_of_a_checkpoint_that_counts_survives_the_power_of_all(seed: int) -> None:
    """Seed 40080 of the contest: nobody had it on disk, and the next one came 6 s later."""
    world = room(Folding(fold_contest, SPACING, SPACING), seed=seed)
    world.run(3 * SECOND)
    while not any(map(is_decreed, world.machines)):
        world.run(world.now_ns + MILLISECOND)
    decreed = max(each.index for m in world.machines for each in log(m).checkpoints_ahead)
    world.play(Script(Conditions(), ((world.now_ns, Blackout((SECOND, SECOND, SECOND))),)))
    world.run(world.now_ns + 4 * SECOND)
    for machine in world.machines:
        assert machine.host is not None
        assert log(machine).folded >= decreed
        assert "checkpoints.lost" not in machine.host.node.counters().losses


def test_who_gave_up_a_checkpoint_that_it_could_not_get_wants_it_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Seed 23 of a contest: a member that was cut off kept all decrees, until the next one came."""
    world = room(Folding(fold_contest, SPACING, SPACING))
    world.run(3 * SECOND)
    monkeypatch.setattr("net.node.checkpoints.CHECKPOINT_LOST_NS", SECOND)
    host = world.machines[2].host
    assert host is not None
    checkpoints = host.node._checkpoints
    monkeypatch.setattr(checkpoints, "_fold_next", lambda *_: Mock(digest=b"another"))
    with monkeypatch.context() as cut_off:
        cut_off.setattr(checkpoints.contents, "want", lambda *_: [])
        while not is_decreed(world.machines[2]):
            world.run(world.now_ns + SECOND // 100)
        monkeypatch.setattr(Checkpoints, "_is_due", lambda *_: False)  # nothing newer comes
        world.run(world.now_ns + 3 * SECOND // 2)
        assert checkpoints.counters.lost == 1
    assert log(world.machines[2]).folded < log(world.machines[0]).folded
    world.run(world.now_ns + SECOND)
    assert log(world.machines[2]).folded == log(world.machines[0]).folded


@final
class Listener:
    """A contestant, and what of its bounds its node tells it."""

    def __init__(self, me: NodeId, rng: Random) -> None:
        self._contestant = Contestant(me, rng)
        self.told: list[BoundReached] = []
        self.refused = 0

    def on_event(self, event: Event, node: NodeView, now_ns: int) -> list[Command]:
        if isinstance(event, BoundReached):
            self.told.append(event)
        self.refused += isinstance(event, Refused)
        return self._contestant.on_event(event, node, now_ns)

    def on_tick(self, node: NodeView, now_ns: int) -> list[Command]:
        return self._contestant.on_tick(node, now_ns)


def test_a_room_that_can_decide_nothing_more_says_so_and_lets_its_members_come_and_go() -> None:
    """Nobody can fold it, so it keeps all; without its spare it would hang, and in silence."""
    world = World(1, lambda *_: None, Conditions())
    for number in range(3):
        world.add(Listener, number * SECOND // 20)
    with patch("net.cluster.log.DECREES_MAX", 90), patch("net.cluster.log.DECREES_SPARE", 50):
        world.run(SECOND)
        while not log(world.machines[0]).is_full:
            world.run(world.now_ns + SECOND // 10)
        world.run(world.now_ns + SECOND)
        for machine in world.machines:
            assert isinstance(machine.program, Listener)
            assert machine.program.told == [BoundReached(Bound.DECREES)]
            assert machine.program.refused == 0, "who cannot propose is not asked to"
            assert machine.host is not None
            assert machine.host.node.counters().faults == {"checkpoints.full.decrees": 1}
        newcomer = world.add(Listener, world.now_ns)
        world.run(world.now_ns + 3 * SECOND)
        assert newcomer.host is not None
        assert newcomer.host.node.synced
        assert log(newcomer).head < 90


def test_what_fits_no_checkpoint_is_told_and_not_folded_again_and_again() -> None:
    world = room(Folding(fold_contest, SPACING, SPACING))
    with patch("net.node.checkpoints.FOLD_BYTES_MAX", 100):
        world.run(5 * SECOND)
    counted = [m.host.node.counters().faults for m in world.machines if m.host is not None]
    assert [each for each in counted if each] == [
        {"checkpoints.full.fold": 1, "checkpoints.oversized": 1}
    ]


def test_who_folds_another_state_than_the_rest_is_found_out() -> None:
    calls: list[int] = []

    def fold_otherwise(
        before: bytes, decrees: Sequence[Decree], operations: Sequence[Operation]
    ) -> bytes:
        calls.append(0)
        return msgspec.msgpack.encode(ContestFold(((0, len(calls), bytes(16)),)))

    world = room(Folding(fold_otherwise, SPACING, SPACING))
    with pytest.raises(Violation, match="invariant 44"):
        world.run(12 * SECOND)
