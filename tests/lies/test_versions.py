"""Who coordinates, and has the room speak what nobody in it can."""

from __future__ import annotations

import pytest

from net.limits import SECOND
from net.node.program import Submit
from net.sim.checks.inspection import log_of
from net.wire.decrees import SpeakVersion
from net.wire.versions import OURS, VERSION_MAX
from tests.lies.liars import node_of, room_of
from tests.lies.test_equivocation import words_of

pytestmark = pytest.mark.sim


@pytest.mark.parametrize("version", [OURS.highest + 1, VERSION_MAX])
def test_no_room_speaks_a_version_that_its_members_do_not(version: int) -> None:
    """Each went its own way, and founded a room of its own, for good."""
    world, machines = room_of(4, blind=range(1, 60))
    liar = next(machine for machine in machines if node_of(machine).decides)
    world.invariants.liars.clear()
    world.invariants.liars.add(liar.identity.node_id)
    honest = [machine for machine in machines if machine is not liar]
    consensus = node_of(liar)._lifecycle.consensus
    assert consensus is not None
    assert consensus._leadership is not None
    consensus._leadership.propose([SpeakVersion(version)], world.now_ns)
    world.run(world.now_ns + 3 * SECOND)
    world.command(honest[0], [Submit(b"word after")])
    world.run(world.now_ns + 2 * SECOND)
    assert [words_of(each) for each in honest] == [[b"word after"]] * 3
    logs = [log_of(node_of(each)) for each in honest]
    assert all(log is not None and log.newest_version <= OURS.highest for log in logs)
