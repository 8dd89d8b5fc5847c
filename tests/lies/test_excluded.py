"""Who is removed from a room and does not go is no member, and nothing of it is taken."""

from __future__ import annotations

from functools import partial

import pytest

from net.limits import MILLISECOND, SECOND
from net.node.program import Exclude, Submit
from tests.lies.liars import node_of, room_of
from tests.lies.test_made_up_authors import hear, is_synced

pytestmark = pytest.mark.sim


def test_who_is_excluded_is_no_member_and_not_heard_in_this_life_or_the_next() -> None:
    world, machines = room_of(4)
    *honest, banned = machines
    node = banned.identity.node_id
    for machine in honest:
        world.command(machine, [Exclude(frozenset({node}))])
    world.run(world.now_ns + 2 * SECOND)
    for machine in honest:
        assert node not in {member.node for member in node_of(machine)._lifecycle.history.members}
    world.command(banned, [Submit(b"you cannot do this to me")])
    world.command(honest[0], [Submit(b"good riddance")])
    world.run(world.now_ns + SECOND)
    assert hear(honest, b"good riddance")
    assert not any(hear([each], b"you cannot do this to me") for each in honest)
    assert any(node_of(each)._frames.counters.excluded for each in honest)
    world.crash(banned)
    world.start(banned)
    world.run(world.now_ns + 4 * SECOND)
    assert not is_synced(banned), "it is let in no more"
    for machine in honest:
        world.command(machine, [Exclude(frozenset())])
    world.run(world.now_ns + 5 * SECOND, partial(is_synced, banned))
    world.command(banned, [Submit(b"thank you")])
    world.run(world.now_ns + 300 * MILLISECOND)
    assert hear(honest, b"thank you")
