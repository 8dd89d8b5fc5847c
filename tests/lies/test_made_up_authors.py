"""A member makes up authors and lives, to fill the store of operations (issue 18, row 3)."""

from __future__ import annotations

from functools import partial

import pytest

from net.cluster.causal.anti_entropy import batches
from net.limits import (
    AUTHORS_BROUGHT_MAX,
    MILLISECOND,
    OPERATIONS_WAITING_MAX,
    SECOND,
    VECTOR_ENTRIES_MAX,
)
from net.node.program import Submit
from net.sim.machine import Machine
from tests.lies.liars import made_up, node_of, program_of, quiet, room_of, signed, tell

pytestmark = pytest.mark.sim

WORD_WITHIN_NS = 300 * MILLISECOND  # of a newcomer that is in the room, at all others


def is_synced(machine: Machine) -> bool:
    return machine.host is not None and machine.host.node.synced


def hear(machines: list[Machine], text: bytes) -> bool:
    programs = [program_of(machine) for machine in machines]
    return all(any(o.body == text for o in program.operations) for program in programs)


def test_made_up_authors_silence_no_newcomer_and_no_returner() -> None:
    """256 keys, a word each, 64 kB, to each member: and who comes then is heard as before."""
    world, machines = room_of(4)
    *honest, liar = machines
    flood = [signed(each, 1, f"word {k}") for k, each in enumerate(made_up(VECTOR_ENTRIES_MAX))]
    tell(world, liar, honest, batches(flood))
    world.run(world.now_ns + SECOND)
    for machine in honest:
        assert len(node_of(machine).operations.clock) <= len(machines) + AUTHORS_BROUGHT_MAX
        assert len(program_of(machine).operations) <= AUTHORS_BROUGHT_MAX
    newcomer = world.add(quiet, world.now_ns)
    world.crash(honest[0])
    world.start(honest[0])
    for machine, text in ((newcomer, b"word of the newcomer"), (honest[0], b"word of the other")):
        world.run(world.now_ns + 5 * SECOND, partial(is_synced, machine))
        world.command(machine, [Submit(text)])
        world.run(world.now_ns + WORD_WITHIN_NS)
        assert hear([*honest, newcomer], text)


def test_made_up_lives_of_a_members_own_key_fill_nothing() -> None:
    world, machines = room_of(3)
    *honest, liar = machines
    key = liar.identity
    lives = [signed(key, 1, f"word {life}", life=life) for life in range(1000, 1300)]
    tell(world, liar, honest, batches(lives))
    world.run(world.now_ns + 2 * SECOND)
    for machine in honest:
        assert len(node_of(machine).operations.clock) <= len(machines) + AUTHORS_BROUGHT_MAX


def test_what_strangers_are_said_to_have_written_waits_in_bounded_room() -> None:
    """Who is a member speaks on meanwhile."""
    world, machines = room_of(3)
    *honest, liar = machines
    many = made_up(20)
    flood = [signed(each, n, "word") for each in many for n in range(2, 100)]
    tell(world, liar, honest, batches(flood))
    for machine in honest:
        assert len(node_of(machine).operations._waiting) <= OPERATIONS_WAITING_MAX
    world.command(honest[0], [Submit(b"word of a member")])
    world.run(world.now_ns + WORD_WITHIN_NS)
    assert hear(honest, b"word of a member")


def test_a_newcomers_first_word_counts_everywhere_with_its_admission() -> None:
    """It is said before anybody knows it; and then no later than a commit."""
    world, machines = room_of(3)
    newcomer = world.add(quiet, world.now_ns)
    world.run(world.now_ns + 250 * MILLISECOND)
    world.command(newcomer, [Submit(b"word of the newcomer")])
    assert not hear(machines, b"word of the newcomer")
    world.run(world.now_ns + 5 * SECOND, partial(is_synced, newcomer))
    world.run(world.now_ns + 50 * MILLISECOND)
    assert hear(machines, b"word of the newcomer")
