"""A member says one thing to some and another to others, in one place (issue 18, row 12)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from net.limits import MILLISECOND, SECOND
from net.node.program import Folding, Submit
from net.sim.checks.inspection import log_of
from net.sim.contest import fold_contest
from net.sim.faults import Cut, Sever
from net.wire.messages import Operations
from tests.lies.liars import node_of, program_of, quiet, room_of, signed, tell
from tests.lies.test_made_up_authors import hear, is_synced

if TYPE_CHECKING:
    from net.sim import World
    from net.sim.machine import Machine

pytestmark = pytest.mark.sim

OUT_WITHIN_NS = 2 * SECOND  # of the lie, at all others


def words_of(machine: Machine) -> list[bytes]:
    """Return the chat as a program shows it: words in their decreed order."""
    program = program_of(machine)
    said = {operation.dot: operation.body for operation in program.operations}
    return [said[dot] for dot in program.order if dot in said]


def is_out(machines: list[Machine], liar: Machine) -> bool:
    """Whether all know who lied, their log too, and nobody has it for a member."""
    node = liar.identity.node_id
    for machine in machines:
        log, convictions = log_of(node_of(machine)), node_of(machine).operations.convictions
        members = set() if log is None else {member.node for member in log.members}
        if node not in convictions.nodes or convictions.undecreed() or not members - {node}:
            return False
        if node in members:
            return False
    return True


def lie(world: World, liar: Machine, some: list[Machine], others: list[Machine], n: int = 1) -> int:
    """Say yes to some and no to others, in the same place; return in which life."""
    life = node_of(liar).incarnation
    for to, text in ((some, "word yes"), (others, "word no")):
        tell(world, liar, to, [Operations((signed(liar.identity, n, text, life=life),))])
    return life


def run_until_out(world: World, honest: list[Machine], liar: Machine) -> None:
    world.run(world.now_ns + OUT_WITHIN_NS, lambda: is_out(honest, liar))
    assert is_out(honest, liar)


def assert_one_chat(machines: list[Machine], words: list[bytes]) -> None:
    assert [words_of(machine) for machine in machines] == [words] * len(machines)
    assert len({node_of(machine).operations.vector_hash() for machine in machines}) == 1


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("some", [1, 2])
def test_all_end_with_one_chat_and_the_liar_is_out(seed: int, some: int) -> None:
    """It tells each half to two; or the second half to one alone."""
    world, machines = room_of(5, seed)
    *honest, liar = machines
    world.command(honest[0], [Submit(b"word before")])
    world.run(world.now_ns + 300 * MILLISECOND)
    lie(world, liar, honest[:some], honest[some:])
    world.command(honest[1], [Submit(b"word of somebody who may have heard it")])
    run_until_out(world, honest, liar)
    world.command(honest[3], [Submit(b"word after")])
    world.run(world.now_ns + SECOND)
    said = [b"word before", b"word of somebody who may have heard it", b"word after"]
    assert_one_chat(honest, said)
    assert all(node_of(machine).operations.counters.equivocated == 1 for machine in honest)
    assert all(node_of(each)._frames.counters.convicted for each in honest), "nobody reads it"
    assert liar.identity.node_id in node_of(liar).operations.convictions.nodes, "it is told, too"


def test_a_proof_is_told_and_then_all_is_as_quiet_as_before() -> None:
    world, machines = room_of(5)
    *honest, liar = machines

    def bytes_of(for_ns: int) -> int:
        before = world.network.sent_bytes
        world.run(world.now_ns + for_ns)
        return world.network.sent_bytes - before

    calm = bytes_of(SECOND)
    lie(world, liar, honest[:2], honest[2:])
    assert bytes_of(SECOND) < 2 * calm
    assert bytes_of(SECOND) < 1.2 * calm  # it is greeted now and then, in case it comes back


def test_what_a_life_before_signed_convicts_the_life_that_goes_on() -> None:
    """It says yes to all, starts again, and says to one that it had said no."""
    world, machines = room_of(4)
    *honest, liar = machines
    life = node_of(liar).incarnation
    tell(world, liar, honest, [Operations((signed(liar.identity, 1, "word yes", life=life),))])
    world.run(world.now_ns + 300 * MILLISECOND)
    assert_one_chat(honest, [b"word yes"])
    world.crash(liar)
    world.start(liar)
    world.run(world.now_ns + 5 * SECOND, partial(is_synced, liar))
    no = Operations((signed(liar.identity, 1, "word no", life=life),))
    tell(world, liar, honest[:1], [no])
    run_until_out(world, honest, liar)
    assert_one_chat(honest, [])


def test_halves_told_on_two_sides_of_a_cut_convict_when_the_sides_meet() -> None:
    world, machines = room_of(5)
    *honest, liar = machines
    sides = honest[:2], honest[2:]
    between = [(one.number, other.number) for one in sides[0] for other in sides[1]]
    links = (*between, *((b, a) for a, b in between))
    world.inflict(Sever("two halves that share a liar", links, 5 * SECOND))
    lie(world, liar, *sides)
    world.run(world.now_ns + 20 * MILLISECOND)
    world.crash(liar)  # and so brings the two halves together nowhere
    world.run(world.now_ns + 4 * SECOND)
    assert not is_out(honest, liar)
    world.run(world.now_ns + 10 * SECOND, lambda: is_out(honest, liar))
    assert is_out(honest, liar)
    world.run(world.now_ns + 2 * SECOND)
    assert_one_chat(honest, [])
    assert sum(node_of(machine).decides for machine in honest) == 1


def test_who_was_cut_off_while_it_was_convicted_hears_of_it_at_the_merge() -> None:
    """The conviction is in the log that yields, and counts in the one that they go on with."""
    world, machines = room_of(5)
    *honest, liar = machines
    cut, rest = honest[:2], honest[2:]
    world.inflict(Cut(tuple(machine.number for machine in cut), 8 * SECOND))
    world.run(world.now_ns + 5 * SECOND)
    lie(world, liar, rest[:1], rest[1:])
    run_until_out(world, rest, liar)
    assert not is_out(cut, liar)
    world.run(world.now_ns + 12 * SECOND, lambda: is_out(honest, liar))
    assert is_out(honest, liar)


def test_a_room_that_starts_again_or_folds_its_past_forgets_nobody() -> None:
    """Not even where each of its members has started again, one after the other."""
    world, machines = room_of(4, folding=Folding(fold_contest, 20, 20))
    *honest, liar = machines
    lie(world, liar, honest[:1], honest[1:])
    run_until_out(world, honest, liar)
    for k in range(45):
        world.command(honest[k % 3], [Submit(f"word {k}".encode())])
        world.run(world.now_ns + 50 * MILLISECOND)
    newcomer = world.add(quiet, world.now_ns)
    for machine in honest:
        world.crash(machine)
        world.start(machine)
        world.run(world.now_ns + 5 * SECOND, partial(is_synced, machine))
    for machine in (*honest, newcomer):
        log = log_of(node_of(machine))
        assert log is not None
        assert log.checkpoint is not None
        assert [p.dot.node for p in log.checkpoint.content.convicted] == [liar.identity.node_id]
    assert is_out([*honest, newcomer], liar)
    world.crash(liar)
    world.start(liar)
    world.run(world.now_ns + 3 * SECOND)
    assert is_out([*honest, newcomer], liar), "it is let in no more"
    assert liar.identity.node_id in node_of(liar).operations.convictions.nodes, "it is told why"


def test_a_coordinator_that_says_two_things_is_deposed() -> None:
    world, machines = room_of(4)
    coordinator = next(m for m in machines if node_of(m).decides)
    world.invariants.liars.add(coordinator.identity.node_id)
    honest = [machine for machine in machines if machine is not coordinator]
    lie(world, coordinator, honest[:1], honest[1:])
    run_until_out(world, honest, coordinator)
    assert sum(node_of(machine).decides for machine in honest) == 1


def test_of_two_who_are_alone_the_honest_one_goes_on() -> None:
    world, machines = room_of(2)
    honest, liar = machines
    life = node_of(liar).incarnation
    for text in ("word yes", "word no"):
        tell(world, liar, [honest], [Operations((signed(liar.identity, 1, text, life=life),))])
    world.run(world.now_ns + 8 * SECOND, lambda: is_out([honest], liar))
    world.command(honest, [Submit(b"word after")])
    world.run(world.now_ns + SECOND)
    assert_one_chat([honest], [b"word after"])


def test_one_thing_that_is_signed_again_convicts_nobody() -> None:
    world, machines = room_of(3)
    world.invariants.liars.clear()
    *honest, other = machines
    life = node_of(other).incarnation
    said = Operations((signed(other.identity, 1, "word", life=life),))
    for _ in range(3):
        tell(world, other, honest, [said])
    world.run(world.now_ns + SECOND)
    assert hear(honest, b"word")
    assert not any(node_of(machine).operations.convictions.nodes for machine in honest)
