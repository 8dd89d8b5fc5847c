"""A member floods others with what it or others are said to have signed (issue 18)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from net.ids import NO_LINEAGE, Dot
from net.limits import FORGERIES_BURST, MILLISECOND, SECOND
from net.node.program import Submit
from net.wire.decrees import Convict, Equivocation
from net.wire.messages import Accusation, Ballot, Elected, Keyframe, StreamState
from tests.lies.liars import node_of, room_of, signed, tell
from tests.lies.test_equivocation import words_of

if TYPE_CHECKING:
    from net.ids import Member
    from net.sim.machine import Machine
    from net.wire.messages import Message

pytestmark = pytest.mark.sim

NOTHING = bytes(64)


def lies_of(liar: Machine, somebody: Member) -> list[Message]:
    """Return an accusation, a state and a vote that nobody has signed."""
    life = node_of(liar).incarnation
    told = signed(liar.identity, 1, "one", life=life)
    dot = Dot(liar.identity.node_id, life, 1)
    proof = Equivocation(dot, told.key, (bytes(32), b"\1" * 32), (NOTHING, NOTHING))
    state = Keyframe(liar.identity.node_id, 1, 0, StreamState(1, b""), bytes(32), NOTHING)
    vote = Ballot(NO_LINEAGE, 1, somebody, somebody, bytes(32), NOTHING)
    return [Accusation(proof), state, Elected((vote,))]


def test_what_one_member_forges_costs_few_checks_and_nobody_else_a_word() -> None:
    world, machines = room_of(4)
    *honest, liar = machines
    lineage = node_of(honest[0])._lifecycle.lineage
    assert lineage is not None
    accused, state, elected = lies_of(liar, node_of(honest[1])._lifecycle.me)
    assert isinstance(elected, Elected)
    held = Elected((replace(elected.votes[0], lineage=lineage, epoch=9),))
    for n in range(40):
        world.command(honest[n % 3], [Submit(f"word {n}".encode())])
        flood = [accused, state, held] * 25
        tell(world, liar, honest, flood)
        world.run(world.now_ns + 50 * MILLISECOND)
    world.run(world.now_ns + SECOND)
    for each in honest:
        counted = node_of(each)._replica.checks.counters
        assert FORGERIES_BURST <= counted.forged < 2 * FORGERIES_BURST
        assert counted.unread > 1000
        assert len(words_of(each)) == 40


def test_who_decrees_a_conviction_by_what_proves_nothing_leads_no_more() -> None:
    """Each such decree cost all others two checks, each time that they read it."""
    world, machines = room_of(4, blind=range(1, 60))
    liar = next(machine for machine in machines if node_of(machine).decides)
    world.invariants.liars.clear()
    world.invariants.liars.add(liar.identity.node_id)
    honest = [machine for machine in machines if machine is not liar]
    accused, *_ = lies_of(liar, node_of(honest[0])._lifecycle.me)
    assert isinstance(accused, Accusation)
    consensus = node_of(liar)._lifecycle.consensus
    assert consensus is not None
    assert consensus._leadership is not None
    consensus._leadership.propose([Convict(accused.proof)] * 9, world.now_ns)
    world.run(world.now_ns + 2 * SECOND)
    world.command(honest[0], [Submit(b"word after")])
    world.run(world.now_ns + 2 * SECOND)
    assert [words_of(each) for each in honest] == [[b"word after"]] * 3
    for each in honest:
        coordinator = node_of(each)._lifecycle.coordinator
        assert coordinator in {other.identity.node_id for other in honest}
        assert node_of(each)._replica.checks.counters.forged == 1, "and it is told by whom"
