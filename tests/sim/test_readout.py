"""What a node reads out of itself and of its peers, in a room of virtual machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from net import Command, Event, NodeView, Submit
from net.sim import Conditions, World

if TYPE_CHECKING:
    from random import Random

    from net import NodeId
    from net.readout import Readout
    from net.sim import Machine

pytestmark = pytest.mark.sim
SECOND: Final = 1_000_000_000


class Talker:
    """Says one thing, once it is in the room; notes what its node reads out."""

    def __init__(self, me: NodeId, rng: Random) -> None:
        self._said = False
        self.readout: Readout | None = None

    def on_event(self, event: Event, node: NodeView, now_ns: int) -> list[Command]:
        return []

    def on_tick(self, node: NodeView, now_ns: int) -> list[Command]:
        self.readout = node.readout(now_ns)
        if self._said or not node.synced:
            return []
        self._said = True
        return [Submit(b"hello")]


def room(count: int) -> tuple[World, list[Machine]]:
    world = World(3, lambda *_: None, Conditions())
    machines = [world.add(Talker, SECOND // 100 * k) for k in range(1, count + 1)]
    world.run(6 * SECOND)
    return world, machines


def readout(machine: Machine) -> Readout:
    assert isinstance(machine.program, Talker)
    assert machine.program.readout is not None
    return machine.program.readout


def test_all_read_out_one_leader_one_log_and_the_same_clock() -> None:
    _, machines = room(3)
    told = [readout(machine) for machine in machines]
    assert len({(each.coordinator, each.epoch, each.lineage, each.commit) for each in told}) == 1
    assert len({each.clock for each in told}) == 1
    assert [n for _, n in told[0].clock] == [1, 1, 1]
    for each in told:
        assert each.is_member
        assert set(each.members) == {other.me for other in told}
        assert [peer.health for peer in each.peers] == ["alive", "alive"]
        for peer in each.peers:
            assert peer.follows == each.coordinator
            assert peer.is_equal
            assert peer.rtt_ms is not None
            assert peer.sent_bytes > 1000
            assert peer.received_bytes > 1000
            assert peer.heard_ms is not None
            assert peer.heard_ms < 200


def test_who_stands_still_is_doubted_by_all_before_it_is_read_out_as_down() -> None:
    world, machines = room(3)
    victim = readout(machines[0]).me
    world.pause(machines[0], world.now_ns + 3 * SECOND)
    doubts: set[NodeId] = set()
    until_ns = world.now_ns + 2 * SECOND
    while world.now_ns < until_ns:
        world.run(world.now_ns + SECOND // 50)
        seen = readout(machines[1])
        doubts.update(node for peer in seen.peers for node, ms in peer.doubts if ms > 100)
    health = {peer.node: peer.health for peer in readout(machines[1]).peers}
    assert health[victim] == "down"
    assert victim in doubts
