"""Faults do what they say: to links, to processes, to disks, to clocks."""

from __future__ import annotations

from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

import pytest

from net.ids import Dot, Member
from net.node.program import CoordinatorChanged, LineageEntered, PeerChanged, PeerState
from net.sim import Conditions, Invariants, Violation, World, draw_script
from net.sim.checks.inspection import coordinates
from net.sim.contest import Contestant
from net.sim.faults import COORDINATOR, Clog, Crash, Cut, FullDisk, Leap, Pause, Sever, aimed
from net.sim.network import Burst, Network
from net.wire.messages import Cause, Operation

if TYPE_CHECKING:
    from net.sim import Machine

pytestmark = pytest.mark.sim

MILLISECOND, SECOND = 1_000_000, 1_000_000_000
ADA, BEN = b"\x01" * 16, b"\x02" * 16


def room(count: int = 3, seconds: float = 3, **conditions: int) -> World:
    """Return a room of contestants that has run for a while."""
    world = World(1, lambda machine, what, now_ns: None, Conditions(**conditions))  # type: ignore[arg-type]
    for number in range(count):
        world.add(Contestant, number * SECOND // 20)
    world.run(int(seconds * SECOND))
    return world


def run(world: World, seconds: float) -> None:
    world.run(world.now_ns + int(seconds * SECOND))


def coordinator(world: World) -> Machine:
    return next(m for m in world.machines if m.host is not None and coordinates(m.host.node))


# --- links ------------------------------------------------------------------------------------


@pytest.mark.parametrize("by_machine", [False, True])
def test_bursts_lose_a_share_that_comes_in_runs(by_machine: bool) -> None:
    burst = Burst(300 * MILLISECOND, 100 * MILLISECOND, 1.0, by_machine)
    links = Network(Conditions(burst=burst), Random(1))
    lost = [not links.arrivals(0, 1, at * MILLISECOND) for at in range(20_000)]
    assert 0.15 < sum(lost) / len(lost) < 0.6
    changes = sum(a != b for a, b in pairwise(lost))
    assert changes < len(lost) / 20


def test_a_clogged_link_holds_back_and_lets_go() -> None:
    links = Network(Conditions(), Random(1))
    links.clog((0, 1), SECOND)
    assert links.arrivals(0, 1, 0)[0] > SECOND
    assert links.arrivals(1, 0, 0)[0] < SECOND
    assert links.arrivals(0, 1, 2 * SECOND)[0] < SECOND


def test_a_spoilt_datagram_differs_in_one_bit() -> None:
    links = Network(Conditions(corrupt=1.0), Random(1))
    data = bytes(50)
    for _ in range(100):
        assert sum(byte.bit_count() for byte in links.spoil(0, 1, data)) == 1
    assert Network(Conditions(), Random(1)).spoil(0, 1, data) is data


def test_what_is_mended_works_and_the_rest_stays_broken() -> None:
    links = Network(Conditions(loss=1.0, corrupt=1.0), Random(1))
    links.cut([(0, 1), (0, 2)])
    links.mend([0, 1])
    assert len(links.arrivals(0, 1, 0)) == 1
    assert links.spoil(0, 1, b"as sent") == b"as sent"
    assert not links.is_cut(0, 1)
    assert links.arrivals(1, 2, 0) == []
    assert links.is_cut(0, 2)


def test_severed_shapes_leave_everybody_a_majority_or_a_bridge() -> None:
    shapes: dict[str, list[Sever]] = {}
    for seed in range(100):
        script = draw_script(Random(seed), 5, 0, SECOND, 0.2, 5, ("bridge",))
        for _, fault in script.faults:
            assert isinstance(fault, Sever)
            shapes.setdefault(fault.shape.split()[0], []).append(fault)
    for fault in shapes["majorities"]:
        heard = [sum((a, b) not in fault.links for a in range(5) if a != b) for b in range(5)]
        assert heard == [2] * 5
    for fault in shapes["bridge"]:
        heard = [sum((a, b) not in fault.links for a in range(5) if a != b) for b in range(5)]
        assert sorted(heard) == [2, 2, 2, 2, 4]


# --- processes --------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_crash_may_fall_between_what_is_kept_and_what_is_sent(after: int) -> None:
    world = room()
    machine = world.machines[1]
    sent_by: list[int] = []
    world.carriage.on_transmit = lambda sender, *_: sent_by.append(sender)
    world.inflict(Crash(1, SECOND, after))
    before = 0
    while machine.host is not None:
        before = len(machine.disk.operations) + len(machine.disk.queue)
        sent_by.clear()
        assert world.next_ns is not None
        world.run(world.next_ns)  # one event
    assert len(machine.disk.operations) - before <= after
    assert sent_by.count(1) <= after
    run(world, 2)
    assert machine.starts == 2


def test_a_crash_may_take_the_journal_but_not_the_incarnation() -> None:
    world = room()
    disk = world.machines[1].disk
    lives = disk.reserved
    world.inflict(Crash(1, SECOND, journal_lost=True))
    assert disk.operations == []
    assert disk.reserved == lives
    run(world, 3)
    assert disk.reserved > lives
    assert disk.operations != []  # from its peers


def test_a_full_disk_keeps_nothing_more() -> None:
    world = room()
    disk = world.machines[1].disk
    kept = len(disk.operations)
    world.inflict(FullDisk(1, SECOND))
    run(world, 0.9)
    assert len(disk.operations) == kept
    assert not disk.told[0].keeps
    run(world, 3)
    assert len(disk.operations) > kept
    assert disk.told[0].keeps


def test_a_small_buffer_keeps_the_oldest() -> None:
    world = room(buffer=10)
    machine = world.machines[1]
    world.inflict(Pause(1, SECOND))
    run(world, 0.5)
    oldest = list(machine.buffer)
    assert len(oldest) == 10
    run(world, 0.4)
    assert list(machine.buffer) == oldest


def test_a_clock_leaps_ahead_and_the_room_goes_on() -> None:
    world = room()
    before = world.machines[1].clock_ns(world.now_ns)
    world.inflict(Leap(1, 3 * SECOND))
    assert world.machines[1].clock_ns(world.now_ns) == before + 3 * SECOND
    run(world, 3)
    assert all(m.host is not None and m.host.node.synced for m in world.machines)


def test_a_fault_may_be_aimed_at_whoever_presides() -> None:
    world = room()
    target = coordinator(world)
    world.inflict(Crash(COORDINATOR, SECOND))
    assert target.host is None
    assert str(Crash(COORDINATOR, SECOND)) == "kill the coordinator for 1000 ms"
    assert aimed(Cut((COORDINATOR, 2), SECOND), 1) == Cut((1, 2), SECOND)
    clog = Clog(1, (((0, 1), 0, SECOND),))
    assert aimed(clog, 2) is clog


def test_a_barred_machine_stays_down_until_it_is_mended() -> None:
    world = room()
    world.inflict(Crash(1, 100 * MILLISECOND))
    world.bar(world.machines[1])
    run(world, 1)
    assert world.machines[1].host is None
    world.mend(range(3))
    assert world.machines[1].host is not None


# --- what is seen -----------------------------------------------------------------------------


def operation(author: bytes, n: int, *causes: Cause) -> Operation:
    return Operation(Dot(author, 1, n), 0, causes, b"", bytes(32), bytes(64))


def test_an_operation_before_its_cause_is_caught() -> None:
    invariants = Invariants()
    late = operation(BEN, 1, Cause(ADA, 1, 1))
    invariants.on_start((0, 1), [operation(ADA, 1)], b"")
    invariants.on_saved_operation((0, 1), late)
    invariants.on_start((1, 1), [], b"")
    with pytest.raises(Violation, match="invariant 16"):
        invariants.on_saved_operation((1, 1), late)
    with pytest.raises(Violation, match="invariant 15"):
        invariants.on_saved_operation((1, 1), operation(ADA, 2))


def test_a_life_led_twice_is_caught() -> None:
    invariants = Invariants()
    invariants.on_saved_incarnation((0, 1), 3)
    invariants.on_saved_incarnation((1, 1), 3)
    with pytest.raises(Violation, match="invariant 6"):
        invariants.on_saved_incarnation((0, 2), 3)


def test_what_goes_back_is_caught() -> None:
    invariants = Invariants()
    invariants.on_event((0, 1), LineageEntered(b"lineage1"))
    invariants.on_event((0, 1), CoordinatorChanged(b"lineage1", ADA, 7))
    with pytest.raises(Violation, match="invariant 20"):
        invariants.on_event((0, 1), CoordinatorChanged(b"lineage1", ADA, 6))
    invariants.on_event((0, 1), PeerChanged(BEN, 2, "", PeerState.ALIVE))
    with pytest.raises(Violation, match="invariant 3"):
        invariants.on_event((0, 1), PeerChanged(BEN, 1, "", PeerState.DOWN))
    invariants.on_race_clock((0, 1), 5)
    invariants.on_race_clock((0, 1), 4)  # the one step of who has entered a lineage
    with pytest.raises(Violation, match="invariant 36"):
        invariants.on_race_clock((0, 1), 3)


def test_a_blind_checker_looks_away_from_just_that() -> None:
    invariants = Invariants(blind=frozenset({6}))
    invariants.on_saved_incarnation((0, 1), 3)
    invariants.on_saved_incarnation((0, 2), 3)
    invariants.on_start((0, 2), [], b"")
    with pytest.raises(Violation, match="invariant 15"):
        invariants.on_saved_operation((0, 2), operation(ADA, 2))


def test_wrong_verdicts_are_caught() -> None:
    world = room()
    judged, by = world.machines[:2]
    assert judged.host is not None
    world.mend(range(3))
    run(world, 3)
    with pytest.raises(Violation, match="invariant 1:"):
        world.detection.on_down(by, judged, judged.host.node.incarnation, world.now_ns)
    host, judged.host = judged.host, None  # gone, though nobody has noticed
    judged.times.died_ns = judged.times.heard_ns = world.now_ns - 10 * SECOND
    with pytest.raises(Violation, match="invariant 2:"):
        world.detection.inspect(world.machines, world.now_ns)
    assert Member(host.node.me, 1).node == judged.identity.node_id
