"""A member says that strangers try the room with wrong passphrases: all count it, and say so."""

from __future__ import annotations

import pytest

from net.limits import SECOND, TRIES_MAX, TRIES_MISTYPED
from net.transport.actions import Denied
from net.wire.messages import Tried
from tests.lies.liars import node_of, room_of

pytestmark = pytest.mark.sim


def test_what_a_member_tells_of_tries_is_shown_in_every_lobby_and_only_so_often() -> None:
    world, (machine, liar) = room_of(2)
    node, now_ns = node_of(machine), machine.clock_ns(world.now_ns)
    peer = node._peers.get(liar.identity.node_id)
    assert peer is not None
    told = node._route_message(peer, Tried("10.0.0.9", 7000), now_ns)
    assert told == [Denied(None, ("10.0.0.9", 7000), ours=False)]
    shown = [
        each
        for number in range(100)
        for each in node._route_message(
            peer, Tried(f"10.0.1.{number}", 7000), now_ns + number * SECOND // 2
        )
    ]
    assert len(shown) < TRIES_MISTYPED + TRIES_MAX
