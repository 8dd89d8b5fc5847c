"""What counts for a node is on its disk, decree by decree."""

from __future__ import annotations

import pytest

from net.limits import SECOND
from net.sim.checks.inspection import log_of
from net.sim.contest import Contestant
from net.sim.world import World

pytestmark = pytest.mark.sim


def test_a_journal_holds_all_that_counts_without_a_gap_after_a_split_and_a_merge() -> None:
    world = World(3, lambda _machine, _what, _now_ns: None)
    for number in range(3):
        world.add(Contestant, number * SECOND // 10)
    world.run(3 * SECOND)
    cut = [(2, 0), (2, 1), (0, 2), (1, 2)]
    world.network.cut(cut)
    world.run(7 * SECOND)
    world.network.heal(cut)
    world.run(12 * SECOND)
    for machine in world.machines:
        assert machine.host is not None
        log = log_of(machine.host.node)
        assert log is not None
        kept = [machine.disk.decrees.get(index) for index in range(log.kept)]
        assert kept == list(log.entries(0, log.kept))
        assert log.kept > 10
