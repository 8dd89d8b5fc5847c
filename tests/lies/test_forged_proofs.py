"""A member floods others with what it or others are said to have signed (issue 18)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from net.ids import NO_LINEAGE, Dot
from net.limits import FORGERIES_BURST, MILLISECOND, SECOND
from net.node.program import Submit
from net.wire.decrees import Equivocation
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
    """Return an accusation of which one half holds, a state of a key of its own, and a vote."""
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
